/* geomap: the small map that shows where the large one lies, drawn as Python laid it out. */
(function () {
  "use strict";
  const {el, svg} = geomap.tools;

  geomap.panels.push(function (figure) {
    const {inset} = geomap.data;
    if (!inset) return {show() {}};
    const {size: [width, height], land, frame: [left, top, right, bottom], places, letters, dot} = inset;
    // Lengths are in tenths of a pixel, as the land's are.
    const picture = svg("svg", {width, height, viewBox: `0 0 ${width * 10} ${height * 10}`});
    picture.append(svg("path", {d: land}), svg("rect", {x: left * 10, y: top * 10,
      width: (right - left) * 10, height: (bottom - top) * 10}));
    for (const {name, dot: [x, y], text: [textX, textY], anchor} of places) {
      const label = svg("text", {x: textX * 10, y: textY * 10, "font-size": letters * 10, "text-anchor": anchor});
      label.textContent = name;
      picture.append(svg("circle", {cx: x * 10, cy: y * 10, r: dot * 10}), label);
    }
    const node = el("div", "gm-inset");
    node.setAttribute("aria-hidden", "true");
    node.append(picture);
    figure.querySelector(".gm-stage").append(node);
    return {show() {}};
  });
})();
