/* geomap: colours and patterns. Paints the looks of the payload; a colour in it is the number of an
 * actor or a role of the theme, both custom properties of the page. */
(function () {
  "use strict";
  const {svg} = geomap.tools;
  const root = document.documentElement;

  const colour = (of) => `var(--${typeof of === "number" ? "actor" : "gm"}-${of})`;

  function rectangle(of, width, height, opacity) {
    const rect = svg("rect", {width, height, "fill-opacity": opacity});
    rect.style.fill = colour(of);
    return rect;
  }

  // Every pattern is made when first needed and kept in one <defs>. The first tile of a look has its
  // fill; a second has the first beneath its own bars, which repeats with it.
  function patternOf(number) {
    const id = "gm-look-" + number;
    const {fill, opacity, patterns} = geomap.data.looks[number];
    const layers = patterns.length ? patterns : [{period: 8, angle: 0, stripes: []}];
    const last = `${id}-${layers.length}`;
    if (document.getElementById(last)) return `url(#${last})`;
    layers.forEach(({period, angle, stripes}, i) => {
      const tile = svg("pattern", {id: `${id}-${i + 1}`, width: period, height: period,
        patternUnits: "userSpaceOnUse", patternTransform: `rotate(${angle})`});
      if (i) tile.append(svg("rect", {width: period, height: period, fill: `url(#${id}-${i})`}));
      else if (fill !== null) tile.append(rectangle(fill, period, period, opacity));
      for (const {colour: of, width, start, across} of stripes) {
        const bar = across ? rectangle(of, period, width, 1) : rectangle(of, width, period, 1);
        bar.setAttribute(across ? "y" : "x", start);
        tile.append(bar);
      }
      defs().append(tile);
    });
    return `url(#${last})`;
  }

  function defs() {
    let node = document.getElementById("gm-defs");
    if (!node) {
      const holder = svg("svg", {width: 0, height: 0, "aria-hidden": "true", class: "gm-patterns"});
      node = svg("defs", {id: "gm-defs"});
      holder.append(node);
      document.body.append(holder);
    }
    return node;
  }

  /* Paints a shape in the look of a number; `share` is that of its outline's width and dashes. */
  function paint(shape, number, share = 1) {
    const {fill, opacity, patterns, outline} = geomap.data.looks[number];
    const plain = !patterns.length && opacity === 1;
    shape.style.fill = !plain ? patternOf(number) : fill === null ? "none" : colour(fill);
    shape.style.stroke = colour(outline.colour);
    shape.style.strokeWidth = outline.width * share;
    shape.style.strokeDasharray = outline.dash.map((length) => length * share).join(" ");
  }

  /* Paints land outside the regions in the plain colour of a look, "none" for null. */
  function tone(shape, number) {
    const {fill, opacity} = number === null ? {fill: null} : geomap.data.looks[number];
    shape.style.fill = fill === null ? "none" : colour(fill);
    shape.style.fillOpacity = `calc(var(--gm-opacity) * ${opacity})`;
  }

  function swatch(number, line) {
    const {swatch: [width, height], swatch_outline: share} = geomap.data.sizes;
    const box = svg("svg", {width, height, viewBox: `0 0 ${width} ${height}`, class: "gm-swatch",
      "aria-hidden": "true", focusable: "false"});
    if (line) {
      const course = svg("path", {d: `M0 ${height / 2}h${width}`});
      paint(course, number);
      box.append(course);
      return box;
    }
    const at = {x: 0.5, y: 0.5, width: width - 1, height: height - 1};
    const over = svg("rect", {...at, class: "gm-over"});
    paint(over, number, share);
    box.append(svg("rect", {...at, class: "gm-base"}), over);
    return box;
  }

  // Light or dark is one class on the root; print is always light.
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const printing = matchMedia("print");

  function followTheme(figure) {
    const apply = () => {
      const wish = root.dataset.theme || figure.dataset.theme || "auto";
      const night = !printing.matches && (wish === "dark" || (wish !== "light" && dark.matches));
      root.classList.toggle("gm-dark", night);
      geomap.data.actors.forEach((actor, i) =>
        root.style.setProperty("--actor-" + i, night ? actor.dark : actor.colour));
    };
    apply();
    [dark, printing].forEach((query) => query.addEventListener("change", apply));
  }

  Object.assign(geomap, {swatch, followTheme});
  Object.assign(geomap.tools, {paint, tone});
})();
