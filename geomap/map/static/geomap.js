/* geomap: the reader's side of the map. What is shown is settled in Python; this script looks it up.
 *
 * window.geomap
 *   data                        the payload, read from <script id="geomap-data">
 *   state                       {date: "2020-11-30", index: days since the period's first day}
 *   panels                      functions that make what stands beside the map, of the figure
 *   widgets                     functions that make what is on the map, of the figure and the Leaflet map
 *                               (either returns an object whose show({date, final}) shows a day)
 *   start(map)                  draws on a Leaflet map; written by Folium into the page
 *   setDate(iso, {final, push}) final (default true): a commit, else a step of a drag;
 *                               push (default true): keep the address bar in step
 *   on("date", fn)              fn({date, final}), at once with the present date, then on change
 *   cardOf(i, iso)              what is said of region i on a day
 *   headlineOf(iso)             spans of text for the day
 *   lineOf(iso)                 one line for the day: what happens on it, else how all regions stand
 *   say(line)                   shows a line on the map while the days play; null takes it away
 *   formatDate(iso, style)      "long", "short" or "day", by the CLDR pattern of the payload
 *   setText(node, spans, iso)   fills a node with text and <strong>; {date} becomes the long date
 *   plain(spans, iso)           the same as a string
 *   passages(card, text, cite)  paragraphs of what is said on a card and who states it, of these classes
 *   open(i)                     opens the card of region i
 *   swatch(number, line)        a small SVG of the look of that number, of a line if `line`
 *   summary(iso)                "Aghdam: Handed over. Kalbajar: …" for a screen reader
 * Events on document: geomap:ready, geomap:date with detail {date, final}.
 * Every text goes into the page as a text node, so nothing in a payload can become markup.
 */
(function () {
  "use strict";

  const DAY = 864e5;
  const MANY = 12; // of more regions, the line of their states says enough
  const SVG = "http://www.w3.org/2000/svg";
  const listeners = [];
  const parts = [];
  const state = {date: "", index: 0};
  const root = document.documentElement;
  let payload = null;
  let figure = null;
  let gesture = false;
  let lastWrite = 0;
  let settle = 0;

  const number = (iso) => Date.parse(iso + "T00:00:00Z") / DAY;
  const isoOf = (day) => new Date(day * DAY).toISOString().slice(0, 10);

  function data() {
    if (!payload) payload = unpacked(JSON.parse(document.getElementById("geomap-data").textContent));
    return payload;
  }

  // A line is its first point and the steps from each to the next, in parts of a degree.
  function lineOfSteps(steps, scale) {
    const line = [];
    for (let i = 0, x = 0, y = 0; i < steps.length; i += 2) {
      line.push([(x += steps[i]) / scale, (y += steps[i + 1]) / scale]);
    }
    return line;
  }

  /* Borders that neighbours share, and cards that many regions have, come once. */
  function unpacked(packed) {
    const {arcs: {scale, lines}, cards, period, context, context_scale: contextScale} = packed;
    const arcs = lines.map((steps) => lineOfSteps(steps, scale));
    const nested = (some) => Array.isArray(some[0]) ? some.map(nested) : lineOfSteps(some, contextScale);
    for (const {geometry} of context) {
      if (geometry) geometry.coordinates = nested(geometry.coordinates);
    }
    const ring = (numbers) => numbers.flatMap((n, i) =>
      (n < 0 ? arcs[~n].slice().reverse() : arcs[n]).slice(i ? 1 : 0));
    for (const region of packed.regions) {
      region.geometry = {type: "MultiPolygon", coordinates: region.outline.map((rings) => rings.map(ring))};
      region.stretches = region.stretches.map(([first, card, stating, consistent], i, all) => ({
        ...cards[card], first, last: i + 1 < all.length ? isoOf(number(all[i + 1][0]) - 1) : period[1],
        stating, consistent,
      }));
    }
    return packed;
  }

  /* Elements ---------------------------------------------------------------------------- */

  function el(name, cls, text) {
    const node = document.createElement(name);
    if (cls) node.className = cls;
    if (text !== undefined) node.textContent = text;
    return node;
  }

  function svg(name, attributes) {
    const node = document.createElementNS(SVG, name);
    for (const key in attributes) node.setAttribute(key, attributes[key]);
    return node;
  }

  function setText(node, spans, iso) {
    node.textContent = "";
    for (const [words, strong] of filled(spans, iso)) node.append(strong ? el("strong", "", words) : words);
  }

  // Only the piece that is nothing else stands for the day; a region may bear the name "{date}".
  const filled = (spans, iso) => spans.map(([text, strong]) =>
    [text === "{date}" ? formatDate(iso || state.date, "long") : text, strong]);
  const plain = (spans, iso) => filled(spans, iso).map(([text]) => text).join("");

  /* Dates and stretches of days ------------------------------------------------------------------ */

  function formatDate(iso, style) {
    const [year, month, day] = iso.split("-");
    const {long, short, months, months_short: monthsShort} = data().dates;
    const pattern = {day: "d", short, long}[style || "long"];
    return pattern.replace(/'((?:[^']|'')*)'|([dMLy])\2*/g, (token, quoted, letter) => {
      if (quoted !== undefined) return quoted.replace(/''/g, "'") || "'";
      const size = token.length;
      if (letter === "d") return size > 1 ? day : String(+day);
      if (letter === "y") return size === 2 ? year.slice(2) : String(+year).padStart(size, "0");
      if (size > 3) return months[month - 1];
      if (size === 3) return monthsShort[month - 1];
      return size > 1 ? month : String(+month);
    });
  }

  // ISO days compare as text, so no date is built for a look-up.
  const during = (list, iso) => list.find((one) => one.first <= iso && iso <= one.last);
  const isDrawn = ({days}, iso) => !days || (days[0] <= iso && iso <= days[1]);
  const cardOf = (i, iso) => during(data().regions[i].stretches, iso || state.date);
  const headlineOf = (iso) => during(data().headlines, iso || state.date).text;
  const creditOf = (iso, kind) => data().credits[during(data().headlines, iso || state.date)[kind || "credit"]];
  const stepOf = (iso) => data().steps.find((step) => step.day === (iso || state.date));
  const stateOf = (iso) => during(data().headlines, iso || state.date).short;
  const lineOf = (iso) => (stepOf(iso) || {}).line || stateOf(iso);

  function passages(card, textClass, citeClass) {
    return card.passages.flatMap(([spans, cite]) => {
      const text = el("p", textClass);
      setText(text, spans);
      return cite ? [text, el("p", citeClass, cite)] : [text];
    });
  }

  function summary(iso) {
    if (data().regions.length > MANY) return stateOf(iso);
    return data().regions.map((region, i) => {
      const lead = cardOf(i, iso).passages.flatMap(([spans]) => spans).find((span) => span[1]);
      return lead ? region.name + ": " + lead[0] : "";
    }).filter(Boolean).join(". ");
  }

  /* The date and the address -------------------------------------------------------------- */

  function clamp(iso) {
    const [first, last] = data().period;
    return iso < first ? first : iso > last ? last : iso;
  }

  function setDate(iso, options) {
    const {final = true, push = true} = options || {};
    if (!/^\d{4}-\d\d-\d\d$/.test(iso) || Number.isNaN(number(iso))) return;
    const before = state.date;
    setState(iso);
    const moved = state.date !== before;
    if (push && figure && figure.dataset.address === "follow") follow(moved, final);
    listeners.forEach((fn) => fn({date: state.date, final})); // first, as their texts leave the map its room
    show(final);
    if (moved && before) keepDay();
    if (final) announce();
  }

  function setState(iso) {
    state.date = clamp(iso);
    state.index = number(state.date) - number(data().period[0]);
  }

  function show(final, from = 0) {
    const detail = {date: state.date, final};
    parts.slice(from).forEach((part) => part.show(detail));
    document.dispatchEvent(new CustomEvent("geomap:date", {detail}));
  }

  // One gesture, one entry: its first step pushes, so "back" leads to the day before the
  // drag; the steps after it replace. Browsers limit the number of calls, hence the pause.
  function follow(moved, final) {
    if (!moved && !gesture) return;
    if (gesture && !final && Date.now() - lastWrite < 350) return;
    const old = location.search;
    const query = /[?&]date=/.test(old) ? old.replace(/([?&]date=)[^&]*/, "$1" + state.date)
      : (old ? old + "&" : "?") + "date=" + state.date;
    try {
      const target = location.pathname + query + location.hash;
      history[gesture ? "replaceState" : "pushState"](null, "", target);
    } catch (error) { /* srcdoc, file and sandboxed documents have no address of their own */ }
    lastWrite = Date.now();
    gesture = !final;
  }

  function dateInAddress() {
    const asked = /[?&]date=(\d{4}-\d\d-\d\d|latest)/.exec(location.search);
    if (!asked) return data().date;
    return asked[1] === "latest" ? data().period[1] : asked[1];
  }

  /* A text as a sentence; a date may end in an abbreviation's full stop already. */
  const ended = (text) => text.replace(/\.$/, "") + ".";

  // A held arrow key commits many days a second; a screen reader hears the last one.
  function announce() {
    clearTimeout(settle);
    settle = setTimeout(() => {
      const day = formatDate(state.date, "long");
      const line = plain(headlineOf(state.date)) || summary(state.date);
      // A headline names its day already; it is heard once.
      figure.querySelector(".gm-live").textContent = line.includes(day) ? line : ended(day) + " " + line;
    }, 500);
  }

  function on(name, fn) {
    if (name !== "date") return;
    listeners.push(fn);
    if (state.date) fn({date: state.date, final: true});
  }

  /* Start ---------------------------------------------------------------------------------- */

  const isAddress = (page) => /^(https?:\/|\.\.?)?\//.test(page);

  function credit() {
    const {limits, page, text} = data();
    figure.querySelector(".gm-limit").textContent = limits;
    on("date", () => {
      figure.querySelector(".gm-sources").textContent = creditOf();
      figure.querySelector(".gm-brief").textContent = creditOf(state.date, "credit_short");
    });
    const link = figure.querySelector(".gm-credit a");
    link.hidden = !isAddress(page);
    if (!link.hidden) Object.assign(link, {href: page, target: "_blank", rel: "noopener"});
    link.textContent = text.full;
  }

  // The way to the full map leads to the day that the reader chose.
  function keepDay() {
    if (!figure) return;
    for (const link of figure.querySelectorAll(".gm-credit a[href], .gm-restricted a[href]")) {
      const url = new URL(link.href);
      url.searchParams.set("date", state.date);
      link.href = url.href;
    }
  }

  /* A line that lies on the map while the days play; null takes it away. */
  function say(line) {
    const node = figure.querySelector(".gm-said");
    node.hidden = line === null;
    node.textContent = line || "";
  }

  // The room of the longest text, so that nothing moves when the day changes.
  function reserve(node, texts) {
    const probe = node.cloneNode(false);
    probe.className += " gm-probe";
    probe.style.width = node.clientWidth + "px";
    node.after(probe);
    const heights = texts.map((text) => {
      probe.textContent = text;
      return probe.offsetHeight;
    });
    probe.remove();
    node.style.minHeight = Math.max(0, ...heights) + "px";
  }

  // In a low frame the time control is a thin bar.
  const low = matchMedia("(max-height: 420px), (max-height: 480px) and (max-width: 340px)");
  const slim = () => figure.classList.toggle("gm-slim", figure.hasAttribute("data-fill") && low.matches);

  function narrow() {
    const style = getComputedStyle(figure.querySelector(".gm-stage"));
    figure.classList.toggle("gm-narrow", !!style.getPropertyValue("--gm-is-narrow"));
  }

  function top() {
    const {title, headlines} = data();
    slim();
    low.addEventListener("change", slim);
    const line = figure.querySelector(".gm-state");
    figure.querySelector(".gm-title").textContent = title;
    on("date", () => {
      line.textContent = stateOf();
      figure.querySelector(".gm-day").textContent = formatDate(state.date, "long");
    });
    let width = -1;
    new ResizeObserver(() => {
      if (line.clientWidth === width) return;
      width = line.clientWidth;
      reserve(line, headlines.map((one) => one.short));
    }).observe(line);
  }

  // Which claims are left out, and that what is left was corrected: a map that does not say so would
  // be taken for the whole.
  function restrictions() {
    const node = figure.querySelector(".gm-restricted");
    const {restrictions: lines, corrected, page} = data();
    lines.forEach((line, i) => {
      const leads = line === corrected && isAddress(page);
      const part = el(leads ? "a" : "span", "", line);
      if (leads) Object.assign(part, {href: page, target: "_blank", rel: "noopener"});
      node.append(i ? " · " : "", part);
    });
    node.title = node.textContent;
    node.hidden = !node.textContent;
  }

  // Whatever needs no Leaflet, which is the larger part of what a phone waits for.
  function prepare() {
    figure = document.querySelector("figure.gm");
    const {lang, dir, text} = data();
    setState(figure.dataset.address ? dateInAddress() : data().date);
    figure.lang = lang;
    figure.dir = dir;
    figure.setAttribute("aria-label", text.map);
    if (!document.title) document.title = data().title;
    geomap.followTheme(figure);
    top();
    geomap.legend(figure);
    credit();
    restrictions();
    narrow();
    parts.push(...geomap.panels.map((make) => make(figure)));
    show(true);
  }

  function start(map) {
    if (!figure) prepare();
    const first = parts.length;
    parts.push(...geomap.widgets.map((make) => make(figure, map)));
    root.classList.add("gm-ready"); // before the map is fitted to what the rest leaves
    show(true, first);
    if (figure.dataset.address === "follow") {
      addEventListener("popstate", () => setDate(dateInAddress(), {push: false}));
    }
    document.dispatchEvent(new CustomEvent("geomap:ready"));
  }

  window.geomap = {
    get data() { return data(); },
    state, prepare, start, setDate, on, cardOf, headlineOf, lineOf, creditOf, say, formatDate, setText, plain, passages,
    summary, ended,
    panels: [],
    widgets: [],
    tools: {el, svg, number, isDrawn, isoOf, narrow},
  };
})();
