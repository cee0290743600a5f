/* geomap: two days on one map, parted by a divider: left of it the earlier day, right of it the later. */
(function () {
  "use strict";
  const {el, isDrawn, paint} = geomap.tools;

  geomap.widgets.push(function (figure, map) {
    const {regions, context, text} = geomap.data;
    const [before, after] = figure.dataset.compared.split(",");
    const stage = figure.querySelector(".gm-stage");
    const pane = map.createPane("geomap-after");
    const options = {pane: "geomap-after", interactive: false};
    const draw = (geometry, className) =>
      L.geoJSON(geometry, {...options, style: {className, fill: !/line/.test(className)}}).addTo(map);

    regions.forEach((region, i) => {
      draw(region.geometry, "gm-blank"); // the earlier day must not shine through
      const path = draw(region.geometry, "gm-region").getLayers()[0].getElement();
      path.style.pointerEvents = "none";
      paint(path, geomap.cardOf(i, after).look);
    });
    const lines = context.filter((one) => one.kind === "line");
    for (const one of lines.filter((other) => isDrawn(other, after))) draw(one.geometry, "gm-line");

    const chip = el("div", "gm-when gm-after");
    const day = el("time", "gm-date", geomap.formatDate(after, "long"));
    day.dateTime = after;
    chip.append(day);
    const line = el("div", "gm-divider");
    const input = el("input", "gm-divide");
    Object.assign(input, {type: "range", min: 0, max: 100, step: 1, value: 50});
    input.setAttribute("aria-label", text.divider);
    stage.append(chip, line, input);

    // The pane is clipped in its own pixels, which move with the map.
    function divide() {
      const size = map.getSize();
      const share = figure.dir === "rtl" ? 100 - input.value : +input.value;
      const x = size.x * share / 100;
      const [a, b] = [[x, 0], [size.x, size.y]].map((point) => map.containerPointToLayerPoint(point));
      const clip = (from, to) => `polygon(${from}px ${a.y}px, ${to}px ${a.y}px, ${to}px ${b.y}px, ${from}px ${b.y}px)`;
      pane.style.clipPath = clip(a.x, b.x);
      map.getPane("geomap-before").style.clipPath = clip(map.containerPointToLayerPoint([0, 0]).x, a.x);
      line.style.left = x + "px";
      input.setAttribute("aria-valuetext", `${geomap.formatDate(before, "long")} – ${geomap.formatDate(after, "long")}`);
      geomap.relabel();
    }
    input.addEventListener("input", divide);
    map.on("move zoomend viewreset resize", divide);
    geomap.dayAt = ({x}) => (x < parseFloat(line.style.left) ? before : after);
    requestAnimationFrame(() => {
      geomap.setDate(before, {push: false});
      divide();
    });
    return {show() {}};
  });
})();
