/* geomap: the chart of time. A lane a region in the region's looks, the marked days beneath, and
 * where on it a day lies. */
(function () {
  "use strict";
  const {el, svg, number, isoOf, paint} = geomap.tools;

  const OUTLINE = 0.6; // a stretch's outline, as a share of a region's
  const LOW = 640; // pixels of a frame's height below which the map needs the room of the names
  const MOST_LANES = 6; // with more of them the chart would be too high with events' names
  const NARROW = 360; // pixels of the scale under which only dates have room
  const APART = 4; // pixels between two words
  const SIDE = 10; // pixels beside the scale that words may take
  const LEAST_LETTERS = 8; // pixels to which regions' names shrink
  const percent = (share) => share * 100 + "%";

  /* Where days lie: shares from 0 to 1 ------------------------------------------------------ */

  function axisOf({anchors}, [first, end]) {
    const last = number(end);
    const parts = anchors.map(([iso, low], i) => {
      const [next, high] = anchors[i + 1] || [null, 1];
      const start = number(iso);
      return {start, low, high, days: (next ? number(next) : last + 1) - start};
    });
    const reached = (test) => parts.filter(test).pop() || parts[0];
    function share(day) {
      const {start, low, high, days} = reached((part) => part.start <= day);
      return low + (high - low) * (day - start) / days;
    }
    return {
      at: (iso) => share(Math.min(Math.max(number(iso), number(first)), last)),
      after: (iso) => number(iso) >= last ? 1 : share(number(iso) + 1),
      // The day that begins nearest to a share.
      dayAt(share) {
        const {start, low, high, days} = reached((part) => part.low <= share);
        const day = start + Math.round((share - low) / (high - low) * days);
        return isoOf(Math.min(Math.max(day, number(first)), last));
      },
    };
  }

  /* Lanes ------------------------------------------------------------------------------------ */

  // Neighbours that look alike are one.
  function coursesOf(stretches) {
    const courses = [];
    for (const {first, last, look} of stretches) {
      const before = courses[courses.length - 1];
      if (before && before.look === look) before.last = last;
      else courses.push({first, last, look});
    }
    return courses;
  }

  function laneOf({region, due, arrows}, {at, after}) {
    const {regions, looks} = geomap.data;
    const lane = svg("svg", {class: "gm-lane", width: "100%"});
    lane.append(svg("rect", {class: "gm-lane-land", width: "100%", height: "100%"}));
    const rects = coursesOf(regions[region].stretches).map(({first, last, look}) => {
      const rect = svg("rect", {class: "gm-stretch", x: percent(at(first)),
        width: percent(after(last) - at(first)), height: "100%"});
      paint(rect, look, OUTLINE);
      return {rect, width: looks[look].outline.width};
    });
    // The boldest outlines last, or a neighbour would cover half of them.
    lane.append(...rects.sort((a, b) => a.width - b.width).map(({rect}) => rect));
    for (const [old, now] of arrows) {
      const [x1, x2] = [percent(at(old)), percent(at(now))];
      const tip = svg("svg", {class: "gm-arrow-tip", x: x2, y: "50%", width: 1, height: 1});
      tip.append(svg("path", {d: at(now) > at(old) ? "M0 0l-9-4.500v9z" : "M0 0l9-4.500v9z"}));
      for (const cls of ["gm-arrow-rim", "gm-arrow"]) {
        lane.append(svg("line", {class: cls, x1, x2, y1: "50%", y2: "50%"}));
      }
      lane.append(tip, svg("circle", {class: "gm-due", cx: x1, cy: "50%", r: 3}));
    }
    for (const iso of due) lane.append(svg("circle", {class: "gm-due", cx: percent(at(iso)), cy: "50%", r: 3}));
    return lane;
  }

  /* Words beneath ---------------------------------------------------------------------------- */

  // All words are measured at once: to measure between changes would lay out the page each time.
  function measure(words) {
    for (const word of words) {
      word.hidden = false;
      word.style.translate = "";
    }
    return words.map((word) => word.getBoundingClientRect());
  }

  // Puts words, the one of the least rank first, into the first of the rows in which each touches no
  // other, moved to lie in the room; returns how many rows are used, and how many words have no place.
  function put(words, rankOf, rows, room) {
    const taken = Array.from({length: rows}, () => []);
    let hidden = 0;
    const boxes = measure(words);
    const ranks = boxes.map((box, i) => rankOf(i, box.width));
    for (const i of [...words.keys()].sort((a, b) => ranks[a] - ranks[b])) {
      const box = boxes[i];
      const shift = Math.min(0, room.right - box.right) || Math.max(0, room.left - box.left);
      const [left, right] = [box.left + shift, box.right + shift];
      const row = taken.findIndex((others) => !others.some((one) => left < one[1] + APART && one[0] < right + APART));
      words[i].hidden = row < 0;
      if (row < 0) { hidden += 1; continue; }
      taken[row].push([left, right]);
      words[i].style.translate = shift ? shift + "px 0" : "";
      words[i].dataset.row = row;
    }
    return {used: taken.filter((row) => row.length).length, hidden};
  }

  function lower(words, by) {
    for (const word of words) word.style.setProperty("--gm-row", +word.dataset.row + by);
  }

  // "10 Nov", then "15" while the month stays the same.
  function dateWords({first, last}, before) {
    const month = (iso) => iso.slice(0, 7);
    const start = geomap.formatDate(first, before === month(first) ? "day" : "short");
    if (last === first) return start;
    const end = geomap.formatDate(last, "short");
    return month(last) !== month(first) ? start + " – " + end
      : geomap.formatDate(first, "day") + "–" + (before === month(last) ? geomap.formatDate(last, "day") : end);
  }

  geomap.chart = function (figure) {
    const {period, ticks, chart, regions} = geomap.data;
    const find = (name) => figure.querySelector(".gm-" + name);
    const [lanes, names, scale] = [find("lanes"), find("names"), find("ticks")];
    const axis = axisOf(chart, period);

    find("time").style.setProperty("--gm-count", Math.max(1, chart.lanes.length));
    find("time").classList.toggle("gm-thin", !chart.named);
    for (const one of chart.lanes) {
      lanes.append(laneOf(one, axis));
      const {name} = regions[one.region];
      if (chart.named) names.append(Object.assign(el("span", "gm-lane-name", name), {title: name}));
    }
    const place = (node, share) => { node.style.insetInlineStart = percent(share); return node; };
    for (const [from, to] of chart.breaks) scale.append(place(el("span", "gm-break"), (from + to) / 2));
    const marks = ticks.map((tick) => {
      const [from, to] = [axis.at(tick.first), axis.at(tick.last)];
      const mark = place(el("span", "gm-tick"), (from + to) / 2);
      const day = el("b", "gm-word");
      const name = el("span", "gm-word gm-event", tick.label);
      mark.dataset.day = tick.first;
      mark.append(day, name);
      scale.append(mark);
      if (to > from) {
        const band = place(el("span", "gm-band"), from);
        band.style.width = percent(to - from);
        scale.append(band);
      }
      return {tick, day, name};
    });
    const [firstYear, lastYear] = period.map((iso) => +iso.slice(0, 4));
    const years = firstYear === lastYear ? [] : Array.from({length: lastYear - firstYear + 1}, (_, i) => {
      const iso = i ? String(firstYear + i).padStart(4, "0") + "-01-01" : period[0];
      const mark = place(el("span", "gm-tick gm-new-year"), axis.at(iso));
      mark.append(el("span", "gm-word gm-year", firstYear + i));
      scale.append(mark);
      return mark.firstChild;
    });

    // All names shrink a little before one is cut.
    function fitNames() {
      names.style.setProperty("--gm-shrink", 1);
      if (!names.firstChild) return;
      const size = parseFloat(getComputedStyle(names.firstChild).fontSize);
      const shares = [...names.children].map((name) => name.clientWidth / name.scrollWidth);
      names.style.setProperty("--gm-shrink", Math.min(1, Math.max(LEAST_LETTERS / size, Math.min(...shares))));
    }

    // Dates: the last, then those that have a name, then what fits between. Names: the shorter before
    // the longer; where fewer than two in three fit, none.
    function layout() {
      const box = scale.getBoundingClientRect();
      if (!box.width) return;
      fitNames();
      const room = {left: box.left - SIDE, right: box.right + SIDE};
      const days = marks.map((one) => one.day);
      const rank = (i) => i === marks.length - 1 ? 0 : ticks[i].label ? 1 : 2;
      let rows = 0;
      for (let round = 0; round < 2; round++) {
        let before = "";
        for (const one of marks) {
          one.day.textContent = dateWords(one.tick, round && one.day.hidden ? "" : before);
          if (!round || !one.day.hidden) before = one.tick.last.slice(0, 7);
        }
        rows = put(days, rank, 2, room).used;
      }
      lower(days, 0);
      scale.style.setProperty("--gm-dates", rows);
      rows += put(years, (i) => i, 1, room).used;
      lower(years, rows - 1);
      const low = figure.hasAttribute("data-fill") && figure.clientHeight < LOW;
      const labels = marks.map((one) => one.name).filter((name) => name.textContent);
      scale.classList.remove("gm-bare");
      const named = put(labels, (_, width) => width, 2, room);
      const bare = low || box.width < NARROW || chart.lanes.length > MOST_LANES || named.hidden > labels.length / 3;
      scale.classList.toggle("gm-bare", bare);
      lower(labels, rows);
      scale.style.setProperty("--gm-rows", rows + (bare ? 0 : named.used));
    }

    return {...axis, layout};
  };
})();
