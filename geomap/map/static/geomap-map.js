/* geomap: the drawing on the Leaflet map. Ground, regions, labels, and how the map is moved. */
(function () {
  "use strict";
  const {el, lookOf, paint} = geomap.tools;

  const DISTRICT_TOWNS_FROM = 9; // zoom from which towns of rank 2 are shown
  const MOST_LINES = 4; // of a region's name
  const SMALLER = [[], ["gm-crowded"], ["gm-crowded", "gm-packed"]]; // letters of regions' names
  const GROUND = ["country", "district", "lake"];

  const touches = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  const grow = (box, by) => ({left: box.left - by, right: box.right + by, top: box.top - by, bottom: box.bottom + by});
  const moved = (box, x, y) => ({left: box.left + x, right: box.right + x, top: box.top + y, bottom: box.bottom + y});

  function within(point, geometry) {
    const [y, x] = point;
    if (!/Polygon$/.test(geometry.type)) return false;
    const shapes = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
    return shapes.some((rings) => rings.reduce((inside, ring) => {
      for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
        const [ax, ay] = ring[i];
        const [bx, by] = ring[j];
        if ((ay > y) !== (by > y) && x < (bx - ax) * (y - ay) / (by - ay) + ax) inside = !inside;
      }
      return inside;
    }, false));
  }

  geomap.widgets.push(function (figure, map) {
    const {regions, context, view, text} = geomap.data;
    const find = (name) => figure.querySelector(".gm-" + name);
    const stage = find("stage");
    const bounds = L.latLngBounds(view.bounds);
    const nudges = [0, 14, -14, 26, -26, 40, -40].flatMap((y) => [0, 16, -16, 32, -32, 48, -48, 64, -64].map((x) => [x, y]))
      .sort((a, b) => Math.hypot(...a) - Math.hypot(...b));
    const labels = map.createPane("geomap-labels");
    labels.setAttribute("aria-hidden", "true"); // the paths carry the same names

    const draw = (geometry, className, interactive) =>
      L.geoJSON(geometry, {interactive: !!interactive, style: {className, fill: !/line/.test(className)}});

    function label(latlng, className, words) {
      const node = el("div", "gm-label " + className);
      const name = el("span", "", words);
      node.append(name);
      const icon = L.divIcon({html: node, className: "gm-at", iconSize: null});
      L.marker(latlng, {icon, interactive: false, keyboard: false, pane: "geomap-labels"}).addTo(map);
      return {node, name, latlng: L.latLng(latlng)};
    }

    /* Drawing ------------------------------------------------------------------------------ */

    // Every region is always in view, whatever the view of the dataset says.
    for (const region of regions) bounds.extend(L.geoJSON(region.geometry).getBounds().pad(0.04));
    let own = true; // the view is ours until the reader moves it
    let fitted = "";
    let wide = 0;
    let low = 0; // the stage's height at which the legend had to go under the map
    let arranging = 0;
    fit();
    map.attributionControl.setPrefix(false);
    for (const kind of GROUND) {
      for (const one of context.filter((other) => other.kind === kind)) {
        draw(one.geometry, "gm-" + kind).addTo(map);
      }
    }
    const shapes = regions.map((region, i) => {
      const layer = draw(region.geometry, "gm-region", true).addTo(map);
      const path = layer.getLayers()[0].getElement();
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
      return {path, layer, now: null};
    });
    for (const one of context.filter((other) => other.kind === "line")) {
      draw(one.geometry, "gm-line").addTo(map);
    }

    // Neighbours drawn later would hide half of a focus ring, so it is a line of its own on top.
    let ringed = null;
    function ring(i) {
      if (ringed) ringed.remove();
      ringed = i === null ? null : draw(regions[i].geometry, "gm-ring-line").addTo(map);
    }

    const names = regions.map((region) => Object.assign(
      label(region.label, "gm-name-region", region.name), {geometry: region.geometry}));
    const countries = context.filter((one) => one.kind === "country" && one.label)
      .map((one) => Object.assign(label(one.label, "gm-name-country", one.name), {geometry: one.geometry}));
    const waters = context.filter((one) => one.kind === "lake" && one.label)
      .map((one) => label(one.label, "gm-name-lake", one.name));
    const towns = context.filter((one) => one.kind === "town")
      .map((one) => {
        const [lon, lat] = one.geometry.coordinates;
        return Object.assign(label([lat, lon], "gm-name-town", one.name), {rank: one.rank || 1});
      })
      .sort((a, b) => a.rank - b.rank);

    /* Labels that do not cover each other: regions, then towns, lakes and countries ---------- */

    const at = (x, y) => {
      const {lat, lng} = map.containerPointToLatLng([x, y]);
      return [lat, lng];
    };

    // However much has changed, the labels are put in their places once a frame.
    function arrangeSoon() {
      arranging = arranging || requestAnimationFrame(() => { arranging = 0; arrange(); });
    }

    function arrange() {
      const frame = stage.getBoundingClientRect();
      const taken = [find("when"), find("zoom"), find("legend")].filter((node) => !node.hidden)
        .map((node) => grow(node.getBoundingClientRect(), 4));
      const free = (box) => !taken.some((other) => touches(box, other));
      const inside = (box) => box.left >= frame.left && box.right <= frame.right
        && box.top >= frame.top && box.bottom <= frame.bottom;
      const show = (one, yes) => { one.node.hidden = !yes; };

      // All is measured at once: to measure between changes would lay out the page each time.
      for (const one of [...names, ...towns, ...waters, ...countries]) {
        show(one, true);
        one.name.style.translate = "";
        one.node.classList.remove("gm-left", "gm-lines");
      }
      for (const one of [...waters, ...countries]) one.box = one.name.getBoundingClientRect();
      for (const one of towns) one.box = one.node.getBoundingClientRect();
      // Where a name finds no room, all names of regions are set in smaller letters.
      for (const smaller of SMALLER) {
        figure.classList.remove(...SMALLER.flat());
        figure.classList.add(...smaller);
        if (placeNames(free).every((one) => one.shift)) break;
      }
      for (const one of names) {
        show(one, !!one.shift || names.length < 13); // of a few regions none may stay unnamed
        if (one.node.hidden) continue;
        const [x, y] = one.shift || [0, 0];
        one.name.style.translate = `${x}px ${y}px`;
        taken.push(moved(one.box, x, y));
      }
      for (const one of towns) {
        const left = moved(one.box, one.box.left - one.box.right, 0);
        const box = (one.rank < 2 || map.getZoom() >= DISTRICT_TOWNS_FROM)
          && [one.box, left].find((side) => inside(side) && free(side));
        show(one, !!box);
        one.node.classList.toggle("gm-left", box === left);
        if (box) taken.push(box);
      }
      for (const one of waters) {
        show(one, inside(one.box) && free(one.box));
        if (!one.node.hidden) taken.push(one.box);
      }
      for (const one of countries) {
        const spot = roomFor(one, one.box, frame, (other) => inside(other) && free(other));
        show(one, !!spot);
        if (!spot) continue;
        one.name.style.translate = `${spot.x}px ${spot.y}px`;
        taken.push(moved(one.box, spot.x, spot.y));
      }
    }

    // Gives each name of a region its box and its shift: the nearest place in its region that
    // neither the panels nor a name before it takes; none where there is none.
    function placeNames(free) {
      for (const one of names) one.node.classList.remove("gm-lines");
      for (const one of names) one.box = one.name.getBoundingClientRect();
      const long = names.filter((one) => lines(one) > 1 && lines(one) <= MOST_LINES && spills(one));
      for (const one of long) one.node.classList.add("gm-lines");
      for (const one of long) one.box = one.name.getBoundingClientRect();
      const placed = [];
      for (const one of names) {
        const home = map.latLngToContainerPoint(one.latlng);
        one.shift = nudges.find(([x, y]) => {
          const box = moved(one.box, x, y);
          return free(box) && !placed.some((other) => touches(box, other))
            && within(at(home.x + x, home.y + y), one.geometry);
        });
        if (one.shift) placed.push(grow(moved(one.box, ...one.shift), 2));
      }
      return names;
    }

    // A name that is wider than its region has a line for each word, so that it covers no neighbour.
    const lines = (one) => one.name.textContent.trim().split(/\s+|-(?=.)/).length;
    function spills({latlng, box, geometry}) {
      const {x, y} = map.latLngToContainerPoint(latlng);
      const half = (box.right - box.left) / 2;
      return [-half, half].some((by) => !within(at(x + by, y), geometry));
    }

    // A country's own label point is often out of view: the nearest place is taken where the
    // whole word lies in the country, in view, and on no region and no other label.
    function roomFor(country, box, frame, fits) {
      const [width, height] = [box.right - box.left, box.bottom - box.top];
      const [across, down] = [14, 10];
      const spots = [{x: 0, y: 0, far: 0}];
      for (let i = 0; i < across; i++) {
        for (let j = 0; j < down; j++) {
          const x = frame.left + 8 + (frame.width - width - 16) * i / (across - 1) - box.left;
          const y = frame.top + 8 + (frame.height - height - 16) * j / (down - 1) - box.top;
          spots.push({x, y, far: Math.hypot(x, y)});
        }
      }
      spots.sort((a, b) => a.far - b.far);
      return spots.find((spot) => {
        const here = moved(box, spot.x, spot.y);
        if (!fits(grow(here, 4))) return false;
        return [0, 0.5, 1].every((part) => [0, 1].every((edge) => {
          const point = at(here.left + width * part - frame.left, here.top + height * edge - frame.top);
          return within(point, country.geometry) && !regions.some((region) => within(point, region.geometry));
        }));
      });
    }

    /* Moving: the page's own scrolling always wins ------------------------------------------ */

    function fit() {
      figure.classList.toggle("gm-narrow", !!getComputedStyle(stage).getPropertyValue("--gm-narrow"));
      // A stage that has grown may have room for the legend again; the few pixels that it gains
      // from a frame fitted to the legend's new place do not count, or the two would never settle.
      if (wide !== figure.clientWidth || stage.clientHeight > low + 8) figure.classList.remove("gm-below");
      wide = figure.clientWidth;
      const size = [figure.clientWidth, stage.clientWidth, stage.clientHeight, find("when").offsetHeight].join();
      if (size === fitted) return;
      fitted = size;
      map.invalidateSize({animate: false, pan: false});
      figure.classList.toggle("gm-low", stage.clientHeight < 260);
      map.setMaxZoom(view.maxZoom);
      place(0);
      // Where the date would cover a region's corner, the regions go below it.
      const when = find("when");
      if (own && covers(when)) place(Math.min(when.offsetTop + when.offsetHeight, stage.clientHeight * 0.4));
      if (own && legendCovers()) {
        low = stage.clientHeight;
        figure.classList.add("gm-below");
      }
      arrangeSoon();
    }

    function place(above) { // with so many pixels free of regions at the top
      const padding = L.point(0, above);
      map.setMinZoom(Math.min(view.minZoom, map.getBoundsZoom(bounds, false, padding)));
      if (own) map.fitBounds(bounds, {animate: false, paddingTopLeft: padding});
    }

    // Long words make a legend wide and large letters make it high; rather than cover a region's
    // corner or the date it goes under the map.
    function legendCovers() {
      const legend = find("legend");
      if (legend.hidden || getComputedStyle(legend).position === "static") return false;
      const box = legend.getBoundingClientRect();
      return box.top < stage.getBoundingClientRect().top
        || touches(grow(box, 4), find("when").getBoundingClientRect()) || covers(legend);
    }

    // Whether a panel lies on a region, as far as the region's corners tell.
    function covers(panel) {
      const box = panel.getBoundingClientRect();
      const frame = stage.getBoundingClientRect();
      return regions.some(({geometry}) => geometry.coordinates.flat(geometry.type === "Polygon" ? 1 : 2)
        .some(([lng, lat]) => {
          const {x, y} = map.latLngToContainerPoint([lat, lng]);
          const left = frame.left + x, top = frame.top + y;
          return left > box.left && left < box.right && top > box.top && top < box.bottom;
        }));
    }
    map.setMaxBounds(bounds.pad(1));
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

    const card = geomap.card(figure, (i) => { ring(i); return i === null ? null : shapes[i].path; });
    const open = (i) => card.open(i, map.latLngToContainerPoint(names[i].latlng).x < stage.clientWidth / 2);
    geomap.open = open;
    map.on("click", () => card.close());

    // In a frame of fixed height the stage changes while the figure does not: the words under the
    // ticks take more room or less.
    const sizes = new ResizeObserver(fit);
    [figure, stage, find("when")].forEach((node) => sizes.observe(node));
    for (const [name, printing] of [["beforeprint", true], ["afterprint", false]]) {
      addEventListener(name, () => { figure.classList.toggle("gm-printing", printing); fit(); arrange(); });
    }

    return {
      show({date}) {
        let renamed = false;
        shapes.forEach((shape, i) => {
          const now = geomap.intervalOf(i, date) || {status: "unknown", sentence: [], claims: [], facts: []};
          if (now === shape.now) return;
          const sign = now.disputed ? "≠ " : "";
          const look = lookOf(now);
          shape.now = now;
          shape.path.style.fill = paint(look);
          shape.path.classList.toggle("gm-dashed", look.kind === "unknown");
          shape.path.classList.toggle("gm-overdue", look.overdue);
          const notes = [now.disputed && text.disputed, now.overdue && text.overdue].filter(Boolean);
          shape.path.setAttribute("aria-label",
            [regions[i].name, geomap.plain(now.sentence), ...notes].join(". "));
          renamed = renamed || names[i].name.textContent !== sign + regions[i].name;
          names[i].name.textContent = sign + regions[i].name;
        });
        if (renamed) arrangeSoon();
        card.refresh();
      },
    };
  });
})();
