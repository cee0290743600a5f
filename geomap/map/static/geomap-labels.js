/* geomap: names on the map. Python has settled where each stands at every step of zoom, for letters of
 * 16 px to the rem (see present/zooms.py); this script takes the step for the reader's zoom and letters,
 * takes another of the places offered where the frame or an overlay would cut a name, and else hides it.
 * Where a region's label has no room in the whole map, numbers stand for the labels of all regions. */
(function () {
  "use strict";
  const {el, isDrawn, paint} = geomap.tools;
  const THOUSANDTHS = 1000; // of a degree, in places
  const [WORDS, BROKEN, LEADER, MARKER, UNDATED] = [2, 4, 8, 16, 32];
  const SIDES = ["", "gm-left", "gm-above", "gm-below"];
  const MARKED = 5; // pixels, the radius of the dot for a region too small to be seen

  /* overlays() returns the boxes that no name may touch, in pixels of the window; whole() is whether
   * the map shows all regions, not a part that the reader chose. */
  geomap.labels = function (figure, map, stage, overlays, whole) {
    const {regions, context, labels} = geomap.data;
    const key = figure.querySelector(".gm-key");
    const pane = map.createPane("geomap-labels");
    pane.setAttribute("aria-hidden", "true"); // the paths carry the same names

    function lineOf(pieces) {
      const line = el("span", "gm-row");
      line.append(...pieces.map(([text, gone]) => el(gone ? "s" : "span", "", text)));
      return line;
    }

    function label(one, kind) {
      const node = el("div", "gm-label gm-name-" + kind);
      const name = el("span", "", one.name);
      node.append(name);
      const icon = L.divIcon({html: node, className: "gm-at", iconSize: null});
      const marker = L.marker(one.label || [0, 0], {icon, interactive: false, keyboard: false, pane: "geomap-labels"});
      marker.addTo(map);
      return {node, name, marker, places: one.places, own: one.label, className: node.className};
    }

    function regionLabel(region, i) {
      const made = label(region, "region");
      const [text, dates, number] = ["gm-text", "gm-dates", "gm-number"].map((name) => el("span", name));
      made.name.replaceChildren(text, dates, number);
      number.textContent = region.number;
      // Room for all dates that it may get, so that nothing moves from day to day.
      const rows = Math.max(...region.stretches.map((one) => one.when.length));
      const dot = new L.CircleMarker(region.label, {radius: MARKED, className: "gm-region gm-marker"});
      dot.on("click", (event) => { L.DomEvent.stop(event); geomap.open(i); });
      const leader = L.polyline([], {interactive: false, className: "gm-leader"});
      const item = el("li");
      const [told, when] = [el("span", "gm-text"), el("span", "gm-dates")];
      item.append(el("span", "gm-number", region.number), told, " ", when);
      return {...made, text, dates, rows, dot, leader, item, told, when, spare: region.spare, points: region.points};
    }

    const of = (kind) => context.filter((one) => one.kind === kind && one.name && one.places.length)
      .map((one) => ({...label(one, kind), days: one.days}));
    const names = regions.map(regionLabel);
    const [towns, lakes, countries, lines] = ["town", "lake", "country", "line"].map(of);
    for (const {name} of towns) { // of two names each may have its own line
      const [first, second] = name.textContent.split(/(?<= \/) /);
      if (second) name.replaceChildren(el("span", "", first), " ", el("span", "", second));
    }
    if (key) key.append(...[...names].sort((a, b) => a.item.firstChild.textContent - b.item.firstChild.textContent)
      .map((one) => one.item));

    // The run that holds at a step; a run begins with its first step.
    const runAt = (runs, step) => runs.findLast((run) => run[0] <= step) || runs[0] || [0, 0];
    const degrees = (numbers, size = 2) => Array.from({length: Math.floor(numbers.length / size)},
      (_, i) => numbers.slice(i * size, (i + 1) * size).map((n, at) => at < 2 ? n / THOUSANDTHS : n));
    const shown = (some) => some.filter((one) => !one.node.hidden);
    const show = (layer, on) => on ? layer.addTo(map) : layer.remove();

    let decided = null; // whether the whole map has numbers

    /* Returns whether numbers stand for the labels of regions. */
    function arrange() {
      const scale = parseFloat(getComputedStyle(pane).fontSize) / 16;
      const step = Math.max(0, Math.floor((map.getZoom() - Math.log2(scale) - labels.first) / labels.step));
      const at = (runs) => runAt(runs, step);
      const shrunk = String(at(labels.shrunk)[1] / 100);
      // To set a property, even to what it is, has the style of all that is in the pane worked out anew.
      if (pane.style.getPropertyValue("--gm-shrunk") !== shrunk) pane.style.setProperty("--gm-shrunk", shrunk);
      for (const one of [...towns, ...lakes]) {
        const [, side] = at(one.places);
        one.node.hidden = !side;
        one.node.className = `${one.className} ${side ? SIDES[(side - 1) % 4] : ""} ${side > 4 ? "gm-two" : ""}`;
      }
      for (const one of [...countries, ...lines]) {
        const [, any, ...spots] = at(one.places);
        one.spots = any ? degrees(spots, lines.includes(one) ? 3 : 2) : [];
        one.node.hidden = !any || !isDrawn(one, geomap.state.date);
      }
      for (const one of names) {
        const [, code, ...numbers] = at(one.places);
        const [own = one.own, end] = degrees(numbers);
        const spare = at(one.spare)[1];
        Object.assign(one, {code, end, spots: [own, ...degrees(one.points).filter((_, i) => spare >> i & 1)]});
        one.node.hidden = !code;
        one.dates.hidden = !!(code & UNDATED);
        one.dates.style.minHeight = `${(code & BROKEN ? one.rows : Math.min(one.rows, 1)) * 1.1}em`;
        one.node.classList.remove("gm-numbered");
        one.node.classList.toggle("gm-words", !!(code & WORDS));
        one.node.classList.toggle("gm-broken", !!(code & BROKEN));
        show(one.dot, code & MARKER);
      }
      return settle(!!at(labels.numbered)[1]);
    }

    // All is measured at once: to measure between changes would lay out the page each time.
    function settle(numbered) {
      const frame = stage.getBoundingClientRect();
      const taken = overlays();
      const fits = (box) => box.left >= frame.left && box.right <= frame.right
        && box.top >= frame.top && box.bottom <= frame.bottom
        && !taken.some((other) => geomap.tools.touches(box, other));
      const boxOf = (place, {width, height}) => {
        const {x, y} = map.latLngToContainerPoint(place);
        const [left, top] = [frame.left + x - width / 2, frame.top + y - height / 2];
        return {left, top, right: left + width, bottom: top + height};
      };
      const single = shown([...towns, ...lakes])
        .map((one) => [one, (towns.includes(one) ? one.node : one.name).getBoundingClientRect()]);
      const movable = shown([...countries, ...names]).map((one) => [one, one.name.getBoundingClientRect()]);
      const alongLines = shown(lines).map((one) => [one, one.name.offsetWidth, one.name.offsetHeight]);
      for (const [one, box] of single) one.node.hidden = !fits(box);
      for (const [one, box] of movable) {
        one.spot = one.spots.find((place) => fits(boxOf(place, box)));
        one.box = box;
      }
      for (const [one, wide, high] of alongLines) {
        one.spot = one.spots.find(([lat, lng, angle]) => {
          const [sin, cos] = [Math.sin, Math.cos].map((of) => Math.abs(of(angle * Math.PI / 180)));
          return fits(boxOf([lat, lng], {width: wide * cos + high * sin, height: wide * sin + high * cos}));
        });
        if (one.spot) one.name.style.transform = `translate(-50%, -50%) rotate(${one.spot[2]}deg)`;
      }
      const none = numbered || (whole() && shown(names).some((one) => !one.spot));
      number(whole() && decided !== null ? decided : none);
      for (const one of shown([...countries, ...lines, ...names])) {
        one.node.hidden = !one.spot;
        if (one.spot) one.marker.setLatLng(one.spot.slice(0, 2));
      }
      names.forEach(lead);
      return names.some((one) => one.node.classList.contains("gm-numbered"));
    }

    /* Sets numbers in the place of all regions' labels, or takes them away. */
    function number(on) {
      for (const one of shown(names)) {
        one.node.classList.toggle("gm-numbered", on);
        if (on) one.spot = one.end ? one.own : one.spot || one.spots[0];
      }
    }

    // The line from a label to its region begins where it leaves the label's box.
    function lead(one) {
      const on = one.code & LEADER && !one.node.hidden && one.spot === one.spots[0]
        && !one.node.classList.contains("gm-numbered");
      show(one.leader, on);
      if (!on) return;
      const from = map.latLngToLayerPoint(one.spot);
      const way = map.latLngToLayerPoint(one.end).subtract(from);
      const share = Math.min(1, (one.box.width / 2 + 2) / Math.abs(way.x), (one.box.height / 2 + 2) / Math.abs(way.y));
      one.leader.setLatLngs([map.layerPointToLatLng(from.add(way.multiplyBy(share))), one.end]);
    }

    /* Shows what is so of region i; returns whether its label is another now. */
    function tell(i, card) {
      const one = names[i];
      const name = (card.disputed ? labels.disputed_sign : "") + regions[i].name;
      const before = one.name.textContent;
      for (const node of [one.text, one.told]) node.textContent = name;
      one.dates.replaceChildren(...card.when.map(lineOf));
      // All dates lie over one another and one is seen, so that the key's rows stay as they are.
      one.when.replaceChildren(...regions[i].stretches.map((stretch) => lineOf(stretch.when.flat())));
      one.when.children[regions[i].stretches.findIndex(({first}) => first === card.first)].classList.add("gm-on");
      one.look = card.look;
      if (one.dot.getElement()) paint(one.dot.getElement(), card.look);
      return one.name.textContent !== before;
    }
    for (const one of names) one.dot.on("add", () => paint(one.dot.getElement(), one.look));

    // Over the regions, which are drawn later.
    const raise = () => ["dot", "leader"].forEach((layer) => names.forEach((one) => one[layer].bringToFront()));

    return {arrange, tell, raise, decide: (numbers) => { decided = numbers; }};
  };
})();
