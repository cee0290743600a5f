/* geomap: names on the map. Python has settled where each stands at every step of zoom, for letters of
 * 16 px to the rem; this script takes the step for the reader's zoom and letters, and hides what the
 * frame or an overlay would cut. */
(function () {
  "use strict";
  const {el} = geomap.tools;
  const THOUSANDTHS = 1000; // of a degree, in places for names of countries

  /* overlays() returns the boxes that no name may touch, in pixels of the window. */
  geomap.labels = function (figure, map, stage, overlays) {
    const {regions, context, labels} = geomap.data;
    const pane = map.createPane("geomap-labels");
    pane.setAttribute("aria-hidden", "true"); // the paths carry the same names

    function label(one, kind) {
      const node = el("div", "gm-label gm-name-" + kind);
      const name = el("span", "", one.name);
      node.append(name);
      const icon = L.divIcon({html: node, className: "gm-at", iconSize: null});
      const marker = L.marker(one.label, {icon, interactive: false, keyboard: false, pane: "geomap-labels"});
      marker.addTo(map);
      return {node, name, marker, places: one.places};
    }

    const of = (kind) => context.filter((one) => one.kind === kind && one.label).map((one) => label(one, kind));
    const names = regions.map((region) => label(region, "region"));
    const [towns, lakes, countries] = ["town", "lake", "country"].map(of);
    const all = [...names, ...towns, ...lakes, ...countries];

    // The run that holds at a step; a run begins with its first step.
    const runAt = (runs, step) => runs.findLast((run) => run[0] <= step) || runs[0];

    function arrange() {
      const scale = parseFloat(getComputedStyle(pane).fontSize) / 16;
      const step = Math.max(0, Math.floor((map.getZoom() - Math.log2(scale) - labels.first) / labels.step));
      figure.style.setProperty("--gm-shrunk", runAt(labels.shrunk, step)[1] / 100);
      for (const one of all) {
        const [, form, ...place] = runAt(one.places, step);
        one.place = place;
        one.node.hidden = !form;
        one.node.classList.toggle("gm-other", form === 2);
      }
      for (const {name, place: [x = 0, y = 0]} of names) {
        name.style.translate = `${x * scale}px ${y * scale}px`;
      }
      hideCut();
    }

    // All is measured at once: to measure between changes would lay out the page each time.
    function hideCut() {
      const frame = stage.getBoundingClientRect();
      const taken = overlays();
      const fits = (box) => box.left >= frame.left && box.right <= frame.right
        && box.top >= frame.top && box.bottom <= frame.bottom
        && !taken.some((other) => geomap.tools.touches(box, other));
      const single = [...(labels.always ? [] : names), ...towns, ...lakes].filter((one) => !one.node.hidden)
        .map((one) => [one, (towns.includes(one) ? one.node : one.name).getBoundingClientRect()]);
      const movable = countries.filter((one) => !one.node.hidden)
        .map((one) => [one, one.name.getBoundingClientRect()]);
      for (const [one, box] of single) one.node.hidden = !fits(box);
      for (const [one, {width, height}] of movable) {
        const spot = spotsOf(one).find((place) => {
          const {x, y} = map.latLngToContainerPoint(place);
          const [left, top] = [frame.left + x - width / 2, frame.top + y - height / 2];
          return fits({left, top, right: left + width, bottom: top + height});
        });
        one.node.hidden = !spot;
        if (spot) one.marker.setLatLng(spot);
      }
    }

    const spotsOf = ({place: spots}) => Array.from({length: spots.length / 2}, (_, i) =>
      [spots[2 * i] / THOUSANDTHS, spots[2 * i + 1] / THOUSANDTHS]);

    /* Returns whether the name of region i is another now. */
    function rename(i, text) {
      const {name} = names[i];
      if (name.textContent === text) return false;
      name.textContent = text;
      return true;
    }

    return {arrange, rename};
  };
})();
