/* geomap: the reader's side of the map. Rules live in Python; this script looks up intervals.
 *
 * window.geomap
 *   data                        the payload, read from <script id="geomap-data">
 *   state                       {date: "2020-11-30", index: days since the period's first day}
 *   start(map)                  draws on a Leaflet map; written by Folium into the page
 *   setDate(iso, {final, push}) final (default true): a commit, else a step of a drag;
 *                               push (default true): keep the address bar in step
 *   on("date", fn)              fn({date, final}), at once with the present date, then on change
 *   intervalOf(i, iso)          the interval of region i on a day
 *   headlineOf(iso)             spans of text for the day
 *   formatDate(iso, style)      "long", "short" or "day", by the CLDR pattern of the payload
 *   setText(node, spans, iso)   fills a node with text and <strong>; {date} becomes the long date
 *   plain(spans, iso)           the same as a string
 *   open(i)                     opens the card of region i
 *   swatch(item)                a 22 x 14 SVG for an interval or a legend item
 *   summary(iso)                "Aghdam: Handed over. Kalbajar: …" for a screen reader
 * Events on document: geomap:ready, geomap:date with detail {date, final}.
 * Every text goes into the page as a text node, so nothing in a payload can become markup.
 */
(function () {
  "use strict";

  const DAY = 864e5;
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
    if (!payload) payload = JSON.parse(document.getElementById("geomap-data").textContent);
    return payload;
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
    for (const [text, strong] of spans || []) {
      const words = text === "{date}" ? formatDate(iso || state.date, "long") : text;
      node.append(strong ? el("strong", "", words) : words);
    }
  }

  const plain = (spans, iso) => (spans || []).map(([text]) =>
    text === "{date}" ? formatDate(iso || state.date, "long") : text).join("");

  /* Dates and intervals ------------------------------------------------------------------ */

  function formatDate(iso, style) {
    const [year, month, day] = iso.split("-");
    const names = data().dates;
    const pattern = style === "day" ? "d" : names[style || "long"];
    return pattern.replace(/'((?:[^']|'')*)'|([dMLy])\2*/g, (token, quoted, letter) => {
      if (quoted !== undefined) return quoted.replace(/''/g, "'") || "'";
      const size = token.length;
      if (letter === "d") return size > 1 ? day : String(+day);
      if (letter === "y") return size === 2 ? year.slice(2) : String(+year).padStart(size, "0");
      if (size > 3) return names.months[month - 1];
      if (size === 3) return names.monthsShort[month - 1];
      return size > 1 ? month : String(+month);
    });
  }

  // ISO days compare as text, so no date is built for a look-up.
  const during = (list, iso) => list.find((one) => one.from <= iso && iso <= one.to);
  const intervalOf = (i, iso) => during(data().regions[i].intervals, iso || state.date);
  const headlineOf = (iso) => (during(data().headlines, iso || state.date) || {text: []}).text;

  function summary(iso) {
    return data().regions.map((region, i) => {
      const now = intervalOf(i, iso);
      const lead = now && now.sentence.find((span) => span[1]);
      return lead ? region.name + ": " + lead[0] : "";
    }).filter(Boolean).join(". ");
  }

  /* Colours and patterns ----------------------------------------------------------------- */

  // One description for an interval and for a legend item, so both are painted alike.
  function lookOf(item) {
    const kind = item.kind || item.status;
    const look = {kind, base: item.actor, next: null, part: !!item.part || kind === "part",
      disputed: !!item.disputed || kind === "disputed", overdue: !!item.overdue || kind === "overdue"};
    if (kind === "due") {
      if (item.from !== undefined && item.kind) look.base = item.from;
      look.next = item.kind ? item.to : item.next;
    }
    return look;
  }

  const set = (value) => value !== null && value !== undefined;
  const actorColour = (actor) => set(actor) ? `var(--actor-${actor})` : "var(--gm-paper)";

  // The value for `fill`; patterns are made when first needed and kept in one <defs>.
  function paint(look) {
    const unclear = look.kind === "unclear";
    if (look.kind === "unknown" && !look.disputed) return "none";
    if (!unclear && !look.part && !look.disputed && !set(look.next)) return actorColour(look.base);
    const id = ["gm", unclear ? "u" : look.base, look.next, +look.part, +look.disputed].join("-")
      .replace(/[^\w-]/g, "n");
    if (!document.getElementById(id)) {
      const size = set(look.next) ? 9 : unclear ? 5 : 6;
      const tile = svg("pattern", {id, width: size, height: size, patternUnits: "userSpaceOnUse",
        patternTransform: `rotate(${unclear ? -45 : 45})`});
      const bar = (colour, width, height, opacity) => {
        const rect = svg("rect", {width, height, "fill-opacity": opacity});
        rect.style.fill = colour;
        tile.append(rect);
      };
      if (unclear) {
        bar("var(--gm-paper)", size, size, 0.75);
        bar("var(--gm-hatch)", 1.3, size, 1);
      } else {
        bar(actorColour(look.base), size, size, look.part ? 0.4 : 1);
        if (look.part) bar(actorColour(look.base), 2, size, 1);
        if (set(look.next)) bar(actorColour(look.next), 4, size, 1);
      }
      if (look.disputed) {
        bar("var(--gm-ink)", 0.8, size, 1);
        bar("var(--gm-ink)", size, 0.8, 1);
      }
      defs().append(tile);
    }
    return `url(#${id})`;
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

  function swatch(item) {
    const look = lookOf(item);
    const box = svg("svg", {width: 22, height: 14, viewBox: "0 0 22 14", class: "gm-swatch",
      "aria-hidden": "true", focusable: "false"});
    const rect = svg("rect", {x: 0.5, y: 0.5, width: 21, height: 13, class: "gm-edge"});
    if (look.kind === "unknown" || look.overdue) rect.classList.add("gm-dashed");
    // As thick as on the map, or it would look like what is not known.
    if (look.overdue) rect.style.strokeWidth = "2.2";
    rect.style.fill = paint(look);
    box.append(rect);
    return box;
  }

  // Light or dark is one class on the root; print is always light.
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const printing = matchMedia("print");

  function applyTheme() {
    const wish = root.dataset.theme || figure.dataset.theme || "auto";
    const night = !printing.matches && (wish === "dark" || (wish !== "light" && dark.matches));
    root.classList.toggle("gm-dark", night);
    data().actors.forEach((actor, i) =>
      root.style.setProperty("--actor-" + i, night ? actor.dark || actor.colour : actor.colour));
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
    const moved = clamp(iso) !== before;
    state.date = clamp(iso);
    state.index = number(state.date) - number(data().period[0]);
    if (push && figure && figure.dataset.address === "follow") follow(moved, final);
    const detail = {date: state.date, final};
    parts.forEach((part) => part.show(detail));
    listeners.forEach((fn) => fn(detail));
    document.dispatchEvent(new CustomEvent("geomap:date", {detail}));
    if (moved && before) keepDay();
    if (final) announce();
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
    const found = /[?&]date=(\d{4}-\d\d-\d\d)/.exec(location.search);
    return found ? found[1] : data().date;
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

  function legend() {
    const list = figure.querySelector(".gm-legend");
    list.setAttribute("aria-label", data().text.legend);
    for (const item of data().legend) {
      const row = el("li");
      row.append(swatch(item), el("span", "", item.label));
      list.append(row);
    }
    list.hidden = !data().legend.length;
  }

  function credit() {
    const {credit: spans, links, text} = data();
    setText(figure.querySelector(".gm-sources"), spans);
    figure.querySelector(".gm-limit").textContent = text.limit || "";
    const link = figure.querySelector(".gm-credit a");
    link.hidden = !/^(https?:\/)?\//.test(links.page || "");
    if (!link.hidden) link.href = links.page;
    link.textContent = text.full;
  }

  // The way to the full map leads to the day that the reader chose.
  function keepDay() {
    const link = figure && figure.querySelector(".gm-credit a");
    if (!link || !link.hasAttribute("href")) return;
    const url = new URL(link.href);
    url.searchParams.set("date", state.date);
    link.href = url.href;
  }

  // Which claims are left out: a map that does not say so would be taken for the whole.
  function restrictions() {
    const node = figure.querySelector(".gm-restricted");
    const lines = data().restrictions;
    node.textContent = lines.join(" · ");
    node.title = node.textContent;
    node.hidden = !lines.length;
  }

  function start(map) {
    figure = document.querySelector("figure.gm");
    const {lang, dir, text} = data();
    figure.lang = lang;
    figure.dir = dir || "ltr";
    figure.setAttribute("aria-label", text.map);
    if (!document.title) document.title = data().title;
    applyTheme();
    [dark, printing].forEach((query) => query.addEventListener("change", applyTheme));
    legend();
    credit();
    restrictions();
    parts.push(...geomap.widgets.map((make) => make(figure, map)));
    setDate(data().date, {push: false});
    clearTimeout(settle);
    if (figure.dataset.address === "follow") {
      addEventListener("popstate", () => setDate(dateInAddress(), {push: false}));
    }
    root.classList.add("gm-ready");
    document.dispatchEvent(new CustomEvent("geomap:ready"));
  }

  window.geomap = {
    get data() { return data(); },
    state, start, setDate, on, intervalOf, headlineOf, formatDate, setText, plain, swatch, summary,
    ended,
    widgets: [],
    tools: {el, svg, lookOf, paint, number, isoOf},
  };
})();
