/* geomap: the drawing on the Leaflet map. Ground, regions, and how the map is moved. */
(function () {
  "use strict";
  const {isDrawn, narrow, repaint, tone} = geomap.tools;

  const GROUND = ["country", "district", "lake"]; // the later over the earlier
  const ENOUGH = 170; // pixels of its height with which a smaller map is still worth a look
  const LOW = 260; // pixels of the map's height below which its letters are smaller

  const touches = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  const grow = (box, by) => ({left: box.left - by, right: box.right + by, top: box.top - by, bottom: box.bottom + by});
  geomap.tools.touches = touches;

  geomap.widgets.push(function (figure, map) {
    const {regions, context, area, text} = geomap.data;
    const find = (name) => figure.querySelector(".gm-" + name);
    const stage = find("stage");
    const key = find("key");
    const bounds = L.latLngBounds(area.bounds);
    const draw = (geometry, className, interactive, pane = "overlayPane") =>
      L.geoJSON(geometry, {interactive: !!interactive, pane, style: {className, fill: !/line/.test(className)}});
    const outlines = regions.map((region) => draw(region.geometry, "gm-region", true));
    const corners = regions.flatMap((region) => region.geometry.coordinates.flat(2));

    /* Drawing ------------------------------------------------------------------------------ */

    // Every region is always in view, whatever the view of the dataset says.
    for (const outline of outlines) bounds.extend(outline.getBounds().pad(0.04));
    let own = true; // the view is ours until the reader moves it
    let fitted = "";
    let names = null;
    let labelled = []; // by region, the card that its label stands for
    let drawn = null; // once the view is settled, as each change of it draws every line anew
    let wide = 0;
    let low = 0; // the stage's height at which the legend had to go under the map
    let arranging = 0;
    const inset = find("inset");
    fit();
    map.attributionControl.setPrefix(false);
    const pathOf = (layer) => layer.getLayers()[0].getElement();
    // Where two days are compared, a line of the earlier one has to end at the divider.
    const parted = figure.dataset.compared && map.createPane("geomap-before") && "geomap-before";

    function drawAll() {
      const dated = []; // what is drawn on some days only, with its paths
      const lay = (one, className) => {
        const pane = one.days && one.kind === "line" && parted || undefined;
        const layer = draw(one.geometry, className, false, pane).addTo(map);
        if (one.days) dated.push({one, path: pathOf(layer)});
        return layer;
      };
      const toned = context.filter((one) => one.kind === "area" || (one.kind === "country" && one.tone))
        .sort((a, b) => (a.kind === "area") - (b.kind === "area")) // areas over their country's tint
        .map((one) => {
          if (one.kind === "area") lay(one, "gm-base");
          return {path: pathOf(lay(one, "gm-tone gm-tone-" + one.kind)), tone: one.tone};
        });
      for (const kind of GROUND) {
        for (const one of context.filter((other) => other.kind === kind)) lay(one, "gm-" + kind);
      }
      // Regions cover land, not the tint of the country that they lie in.
      if (toned.length) for (const region of regions) draw(region.geometry, "gm-base").addTo(map);
      const shapes = outlines.map(drawRegion);
      for (const one of context.filter((other) => other.kind === "line")) lay(one, "gm-line");
      names.raise();
      return {dated, toned, shapes};
    }

    function drawRegion(layer, i) {
      const path = pathOf(layer.addTo(map));
      path.setAttribute("tabindex", "0");
      path.setAttribute("role", "button");
      path.setAttribute("aria-haspopup", "dialog");
      layer.on("click", (event) => { L.DomEvent.stop(event); open(i); });
      path.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        open(i);
      });
      path.addEventListener("focus", () => ring(i));
      path.addEventListener("blur", () => ring(card.shown));
      layer.on("mouseover", () => ring(i));
      layer.on("mouseout", () => ring(card.shown));
      return {path, now: null};
    }

    // Neighbours drawn later would hide half of a focus ring, so it is a line of its own on top.
    let ringed = [];
    let outlined = []; // the regions that a story speaks of
    function ring(i) {
      for (const line of ringed) line.remove();
      ringed = (i === null ? outlined : [i]).flatMap((n) => ["gm-ring-halo", "gm-ring-line"].map((name) =>
        draw(regions[n].geometry, name).addTo(map)));
    }
    geomap.outline = (numbers) => {
      outlined = numbers;
      ring(card.shown);
    };

    names = geomap.labels(figure, map, stage, () => [
      ...["when", "zoom", "inset", "after"].map(find).filter((node) => node && !node.hidden)
        .map((node) => node.getBoundingClientRect()),
      ...(find("legend").hidden ? [] : [geomap.legend.box()]),
    ].map((box) => grow(box, 4)), () => own);

    // However much has changed, the labels are put in their places once a frame.
    function arrangeSoon() {
      arranging = arranging || requestAnimationFrame(() => { arranging = 0; names.arrange(); });
    }

    /* Moving: the page's own scrolling always wins ------------------------------------------ */

    function fit() {
      narrow();
      // A stage that has grown may have room for the legend again; the few pixels that it gains
      // from a frame fitted to the legend's new place do not count, or the two would never settle.
      if (wide !== figure.clientWidth || stage.clientHeight > low + 8) figure.classList.remove("gm-below");
      wide = figure.clientWidth;
      if (!labelled.length) return place(0); // the rest is worth its time once labels are known
      if (sizeNow() === fitted) return;
      if (own) key.hidden = true;
      geomap.legend.measure();
      frame();
      if (own && names) label();
      fitted = sizeNow(); // what the fit itself has changed needs no other
      arrangeSoon();
    }

    // The key of numbers takes its room from the stage, and hangs on the stage's size itself.
    function sizeNow() {
      const high = [stage, key].reduce((sum, node) => sum + node.getBoundingClientRect().height, 0);
      return [figure.clientWidth, stage.clientWidth, Math.round(high), find("when").offsetHeight].join();
    }

    /* Shows all regions in the stage as it is now. */
    function frame() {
      map.invalidateSize({animate: false, pan: false});
      figure.classList.toggle("gm-low", stage.clientHeight < LOW);
      map.setMaxZoom(area.greatest_zoom);
      place(0);
      // Where the date would cover a region's corner, the regions go below it.
      const when = find("when");
      if (own && covers(when.getBoundingClientRect())) place(Math.min(when.offsetTop + when.offsetHeight, stage.clientHeight * 0.4));
      if (own && legendCovers()) {
        low = stage.clientHeight;
        figure.classList.add("gm-below");
        geomap.legend.measure();
        return frame(); // what the legend takes now is the map's no more
      }
      if (inset && own) {
        inset.hidden = false;
        inset.hidden = covers(inset.getBoundingClientRect()) || touches(grow(inset.getBoundingClientRect(), 4), geomap.legend.box());
      }
    }

    /* Decides whether regions have labels or numbers. A slightly smaller map may have room for labels. */
    function label() {
      names.decide(null);
      const {lat, lng} = map.getCenter();
      const zoom = map.getZoom();
      const tries = stage.clientHeight < ENOUGH ? [0] : [0, 0.5];
      const less = tries.find((by) => {
        map.options.minZoom = Math.min(map.options.minZoom, zoom - by);
        if (by) map.setView([lat, lng], zoom - by, {animate: false});
        return !names.arrange();
      });
      names.decide(less === undefined);
      if (less !== undefined) return;
      key.hidden = false;
      frame();
    }

    function place(above) { // with so many pixels free of regions at the top
      const padding = L.point(0, above);
      // Not by Leaflet's setter, which would start a zoom of its own. Without a limit while it is asked.
      map.options.minZoom = 0;
      map.options.minZoom = Math.min(area.least_zoom, map.getBoundsZoom(bounds, false, padding));
      if (own) map.fitBounds(bounds, {animate: false, paddingTopLeft: padding});
    }

    // Long words make a legend wide and large letters make it high; rather than cover a region's
    // corner, the date or the key of numbers it goes under the map.
    function legendCovers() {
      const legend = find("legend");
      if (legend.hidden || getComputedStyle(legend).position === "static") return false;
      if (!key.hidden) return true;
      const box = geomap.legend.box();
      return box.top < stage.getBoundingClientRect().top
        || touches(grow(box, 4), find("when").getBoundingClientRect()) || covers(box);
    }

    // Whether a panel lies on a region, as far as the region's corners tell.
    function covers(box) {
      const frame = stage.getBoundingClientRect();
      const [from, to] = [[box.left, box.top], [box.right, box.bottom]].map(([x, y]) =>
        map.containerPointToLatLng([x - frame.left, y - frame.top]));
      return corners.some(([lng, lat]) => lng > from.lng && lng < to.lng && lat < from.lat && lat > to.lat);
    }
    // Not by Leaflet's own limit, which pans over some time, also while the map is fitted to its frame.
    let returning = false;
    map.on("moveend", () => {
      if (own || returning) return;
      returning = true;
      map.panInsideBounds(bounds.pad(1), {animate: false});
      returning = false;
    });
    map.on("zoomend moveend", arrangeSoon);
    map.on("dragstart", () => { own = false; });

    let hiding = 0;
    function hint(words) {
      const node = find("hint");
      node.textContent = words;
      node.classList.add("gm-on");
      clearTimeout(hiding);
      hiding = setTimeout(() => node.classList.remove("gm-on"), 1400);
    }

    stage.addEventListener("wheel", (event) => {
      own = own && !(event.ctrlKey || event.metaKey);
      if (event.ctrlKey || event.metaKey) return;
      event.stopPropagation();
      hint(text.ctrl);
    }, {capture: true, passive: true});
    // A finger scrolls the page, a mouse drags the map; a machine may have both.
    stage.addEventListener("pointerdown", (event) =>
      map.dragging[event.pointerType === "mouse" ? "enable" : "disable"](), true);
    stage.addEventListener("touchmove", (event) => {
      if (event.touches.length === 1) return hint(text.two_fingers);
      own = false;
      find("hint").classList.remove("gm-on");
    }, {passive: true});
    for (const [name, by] of [["in", 1], ["out", -1]]) {
      const button = figure.querySelector(`[data-zoom="${name}"]`);
      button.setAttribute("aria-label", text["zoom_" + name]);
      button.title = text["zoom_" + name];
      button.addEventListener("click", () => { own = false; map.setZoom(map.getZoom() + by); });
    }
    map.getContainer().addEventListener("keydown", (event) => {
      if (/^(Arrow.*|[-+=])$/.test(event.key)) own = false;
    });
    map.getContainer().setAttribute("role", "region");
    map.getContainer().setAttribute("aria-label", text.map);

    /* The card of a region -------------------------------------------------------------------- */

    const card = geomap.card(figure, (i) => {
      ring(i);
      if (i === null) uncover();
      return i === null ? null : drawn.shapes[i].path;
    });
    function open(i) {
      card.open(i, map.latLngToContainerPoint(regions[i].label).x < stage.clientWidth / 2);
      moveFromUnder(find("card"), i);
    }

    // The card never hides the region that it speaks of: the map moves, and comes back afterwards.
    let before = null;
    function moveFromUnder(panel, i) {
      const [box, frame] = [panel, stage].map((node) => node.getBoundingClientRect());
      const shape = drawn.shapes[i].path.getBoundingClientRect();
      if (!touches(box, shape) || !touches(box, frame)) return;
      const wide = box.width > frame.width * 0.7;
      const left = !wide && box.left - frame.left < frame.right - box.right;
      before = before || {centre: map.getCenter(), zoom: map.getZoom()};
      map.fitBounds(outlines[i].getBounds(), {
        animate: false, maxZoom: map.getZoom(),
        paddingTopLeft: [left ? box.right - frame.left + 6 : 6, 6],
        paddingBottomRight: [wide || left ? 6 : frame.right - box.left + 6, wide ? frame.bottom - box.top + 6 : 6],
      });
    }
    function uncover() {
      if (before) map.setView(before.centre, before.zoom, {animate: false});
      before = null;
    }
    map.on("dragstart zoomstart", () => { if (!own) before = null; });
    geomap.open = open;
    map.on("click", () => card.close());

    // In a frame of fixed height the stage changes while the figure does not: the words under the
    // ticks take more room or less.
    const sizes = new ResizeObserver(fit);
    [figure, stage, find("when")].forEach((node) => sizes.observe(node));
    for (const [name, printing] of [["beforeprint", true], ["afterprint", false]]) {
      addEventListener(name, () => { figure.classList.toggle("gm-printing", printing); fit(); names.arrange(); });
    }

    // Where two days are on one map, a name says that of the day on its side.
    const labelDay = (i, date) => (geomap.dayAt ? geomap.dayAt(map.latLngToContainerPoint(regions[i].label)) : date);
    geomap.relabel = () => {
      if (!drawn) return;
      drawn.shapes.forEach((shape) => { shape.now = null; });
      labelled = [];
      widget.show({date: geomap.state.date});
    };

    function tell(date) {
      const cards = regions.map((_, i) => geomap.cardOf(i, labelDay(i, date)));
      const renamed = cards.map((card, i) => card !== labelled[i] && names.tell(i, card));
      labelled = cards;
      return renamed.some(Boolean);
    }

    function paintAll(date) {
      for (const one of drawn.toned) {
        tone(one.path, one.tone && one.tone.first <= date ? one.tone.look : null);
      }
      let renamed = false;
      for (const {one, path} of drawn.dated) {
        const hidden = !isDrawn(one, date);
        renamed = renamed || hidden !== (path.style.display === "none");
        path.style.display = hidden ? "none" : "";
      }
      drawn.shapes.forEach((shape, i) => {
        const now = geomap.cardOf(i, date);
        if (now === shape.now) return;
        shape.now = now;
        repaint(shape.path, now.look);
        const said = now.passages.map(([spans]) => geomap.plain(spans));
        shape.path.setAttribute("aria-label", [regions[i].name, said.join(" ")].join(". "));
      });
      return renamed;
    }

    const widget = {
      show({date}) {
        const renamed = tell(date);
        if (!drawn) {
          fit();
          drawn = drawAll();
        }
        if (paintAll(date) || renamed) arrangeSoon();
        card.refresh();
      },
    };
    return widget;
  });
})();
