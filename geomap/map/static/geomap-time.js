/* geomap: the time bar. A native range input over the period's days, its ticks, and play. */
(function () {
  "use strict";
  const {el, number, isoOf} = geomap.tools;

  const PLAY = 13000; // the whole period takes about this many milliseconds
  const STEP = 200; // between two steps of it
  const LOW = 640; // pixels of a frame's height
  const calm = matchMedia("(prefers-reduced-motion: reduce)");

  geomap.widgets.push(function (figure) {
    const {period, ticks, text} = geomap.data;
    const find = (name) => figure.querySelector(".gm-" + name);
    const [bar, input, scale, play] = [find("time"), find("slider"), find("ticks"), find("play")];
    const first = number(period[0]);
    const last = number(period[1]) - first;
    const stops = [...new Set([period[0], period[1], ...ticks.flatMap((tick) => [tick.first, tick.last])])]
      .filter((iso) => iso >= period[0] && iso <= period[1]).sort();
    let timer = 0;
    let stepping = false;
    let keyed = false;
    let settle = 0;

    bar.hidden = figure.dataset.controls === "none";
    input.max = last;
    input.setAttribute("aria-label", text.day);
    find("previous").setAttribute("aria-label", text.previous);
    find("next").setAttribute("aria-label", text.next);
    for (const name of ["previous", "next"]) find(name).title = text[name];

    const position = (iso) => last ? (number(iso) - first) / last * 100 : 0;
    const marks = ticks.map((tick) => {
      const mark = el("span", "gm-tick");
      mark.style.insetInlineStart = (position(tick.first) + position(tick.last)) / 2 + "%";
      const day = el("b", "gm-word");
      const name = el("span", "gm-word gm-event", tick.label);
      mark.append(day, name);
      mark.addEventListener("click", () => { stop(); geomap.setDate(tick.first); });
      scale.append(mark);
      if (tick.last > tick.first) {
        const band = el("span", "gm-band");
        band.style.insetInlineStart = position(tick.first) + "%";
        band.style.width = position(tick.last) - position(tick.first) + "%";
        scale.append(band);
      }
      return {tick, day, name};
    });

    // "10 Nov", then "15" while the month stays the same.
    function label({first: from, last: until}, before) {
      const month = (iso) => iso.slice(0, 7);
      const start = geomap.formatDate(from, before === month(from) ? "day" : "short");
      if (until === from) return start;
      const end = geomap.formatDate(until, "short");
      return month(until) !== month(from) ? start + " – " + end
        : geomap.formatDate(from, "day") + "–" + (before === month(until) ? geomap.formatDate(until, "day") : end);
    }

    // All words are measured at once: to measure between changes would lay out the page each time.
    function measure(words) {
      for (const word of words) {
        word.hidden = false;
        word.style.translate = "";
      }
      return words.map((word) => word.getBoundingClientRect());
    }

    // Puts a word under its tick, inside the bar; false where it would touch one before it.
    function put(word, box, others, room) { // room: {left, right} that words may take
      const shift = Math.min(0, room.right - 4 - box.right) || Math.max(0, room.left + 4 - box.left);
      const [left, right] = [box.left + shift, box.right + shift];
      word.style.translate = shift ? shift + "px 0" : "";
      word.hidden = others.some((other) => left < other[1] + 5 && other[0] < right + 5);
      if (!word.hidden) others.push([left, right]);
      return !word.hidden;
    }

    // Dates: the last, the first, then what fits between. Names: in two rows, those heard before
    // last; where fewer than two in three fit, none at all.
    function layout() {
      if (bar.hidden) return;
      const room = {left: scale.getBoundingClientRect().left - 12, right: bar.getBoundingClientRect().right};
      const order = [...marks.keys()].sort((a, b) => (b === marks.length - 1) - (a === marks.length - 1));
      for (let round = 0; round < 2; round++) {
        const taken = [];
        let before = "";
        for (const one of marks) {
          one.day.textContent = label(one.tick, round && one.day.hidden ? "" : before);
          if (!round || !one.day.hidden) before = one.tick.last.slice(0, 7);
        }
        const boxes = measure(marks.map((one) => one.day));
        order.forEach((i) => put(marks[i].day, boxes[i], taken, room));
      }
      const rows = [[], []];
      scale.classList.remove("gm-bare", "gm-two");
      const boxes = measure(marks.map((one) => one.name));
      const again = (i) => marks.findIndex((one) => one.tick.label === marks[i].tick.label) < i;
      const shown = [...marks.keys()].sort((a, b) => again(a) - again(b)).filter((i) => {
        const {day, name} = marks[i];
        name.hidden = day.hidden || !rows.some((row, below) => {
          name.classList.toggle("gm-below", below > 0);
          return put(name, boxes[i], row, room);
        });
        return !name.hidden;
      });
      // In a low frame the names would take their room from the map.
      const low = figure.hasAttribute("data-fill") && figure.clientHeight < LOW;
      const enough = !low && shown.length >= marks.length * 2 / 3;
      scale.classList.toggle("gm-bare", !enough);
      scale.classList.toggle("gm-two", enough && rows[1].length > 0);
    }

    function toStop(direction) {
      const now = geomap.state.date;
      const next = direction > 0 ? stops.find((iso) => iso > now) : [...stops].reverse().find((iso) => iso < now);
      return next;
    }

    function setPlaying(playing) {
      play.setAttribute("aria-label", playing ? text.pause : text.play);
      play.title = playing ? text.pause : text.play;
      play.classList.toggle("gm-playing", playing);
    }

    function halt() {
      clearInterval(timer);
      timer = 0;
      setPlaying(false);
    }

    function stop() {
      if (!timer) return;
      halt();
      geomap.setDate(geomap.state.date);
    }

    function step(iso) {
      stepping = true;
      geomap.setDate(iso, {final: false});
      stepping = false;
    }

    function begin() {
      if (geomap.state.index >= last) step(period[0]);
      const days = Math.max(1, Math.round(last * STEP / PLAY));
      timer = setInterval(() => {
        const day = Math.min(last, geomap.state.index + days);
        const iso = calm.matches ? toStop(1) || period[1] : isoOf(first + day);
        step(iso);
        if (geomap.state.index >= last) stop();
      }, calm.matches ? 1500 : STEP);
      setPlaying(true);
    }

    // A held arrow key sends "change" for every day: they are committed together.
    const chosen = () => isoOf(first + +input.value);
    input.addEventListener("input", () => geomap.setDate(chosen(), {final: false}));
    input.addEventListener("change", () => {
      clearTimeout(settle);
      settle = setTimeout(() => geomap.setDate(chosen()), keyed ? 300 : 0);
    });
    input.addEventListener("keydown", () => { keyed = true; });
    input.addEventListener("pointerdown", () => { keyed = false; stop(); });
    play.addEventListener("click", () => timer ? stop() : begin());
    for (const [name, direction] of [["previous", -1], ["next", 1]]) {
      find(name).addEventListener("click", () => {
        stop();
        const iso = toStop(direction);
        if (iso) geomap.setDate(iso);
      });
    }
    document.addEventListener("visibilitychange", () => document.hidden && stop());
    // Before the map is drawn, so that it is drawn once.
    find("date").textContent = geomap.formatDate(geomap.data.date, "long");
    layout();
    let width = scale.clientWidth;
    new ResizeObserver(() => {
      if (scale.clientWidth === width) return;
      width = scale.clientWidth;
      layout();
    }).observe(scale);
    setPlaying(false);

    return {
      show({date}) {
        if (timer && !stepping) halt();
        const long = geomap.formatDate(date, "long");
        find("date").textContent = long;
        find("date").dateTime = date;
        input.value = geomap.state.index;
        input.setAttribute("aria-valuetext", geomap.ended(long) + " " + geomap.summary(date));
        input.style.setProperty("--gm-done", (last ? geomap.state.index / last : 0));
        find("previous").setAttribute("aria-disabled", !toStop(-1));
        find("next").setAttribute("aria-disabled", !toStop(1));
      },
    };
  });
})();
