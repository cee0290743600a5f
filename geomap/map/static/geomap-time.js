/* geomap: the time control. The chart, with a native range input laid invisibly over it for keys and
 * screen readers, our own pointer events, since days are not equally long on it, and play. */
(function () {
  "use strict";
  const {number, isoOf} = geomap.tools;

  const NEAR = {mouse: 8, pen: 8, touch: 16}; // pixels around a change day in which a click means it
  const STILL = 4; // pixels that a pointer moves before it drags

  geomap.panels.push(function (figure) {
    const {period, ticks, text} = geomap.data;
    const find = (name) => figure.querySelector(".gm-" + name);
    const [bar, input, area, scale, play] = ["time", "slider", "chart", "scale", "play"].map(find);
    const first = number(period[0]);
    const stops = [...new Set([period[0], period[1], ...ticks.flatMap((tick) => [tick.first, tick.last])])]
      .filter((iso) => iso >= period[0] && iso <= period[1]).sort();
    const chart = geomap.chart(figure);
    let timer = 0;
    let stepping = false;
    let paused = ""; // the day on which play was interrupted
    let keyed = false;
    let settle = 0;
    let drag = null;

    bar.hidden = figure.dataset.controls === "none";
    input.max = number(period[1]) - first;
    input.setAttribute("aria-label", text.day);
    for (const name of ["previous", "next"]) {
      find(name).setAttribute("aria-label", text[name]);
      find(name).title = text[name];
    }

    /* Play: from step to step ------------------------------------------------------------------ */

    // The first day of the period is a step; its last one needs not be.
    const {steps: given} = geomap.data;
    const end = {day: period[1], line: geomap.lineOf(period[1]), rest: 0};
    const steps = given.at(-1).day === end.day ? given : [...given, end];

    function setPlaying(playing) {
      play.setAttribute("aria-label", playing ? text.pause : text.play);
      play.title = playing ? text.pause : text.play;
      play.classList.toggle("gm-playing", playing);
    }

    function halt() {
      clearTimeout(timer);
      timer = 0;
      setPlaying(false);
      geomap.say(null);
    }

    function stop() {
      if (!timer) return;
      halt();
      geomap.setDate(geomap.state.date);
    }

    function rest(i) {
      stepping = true;
      geomap.setDate(steps[i].day, {final: false});
      stepping = false;
      geomap.say(steps[i].line);
      find("live").textContent = steps[i].line;
      timer = setTimeout(() => i + 1 < steps.length ? rest(i + 1) : stop(), steps[i].rest * 1000);
    }

    function begin() {
      const next = steps.findIndex((step) => step.day > geomap.state.date);
      setPlaying(true);
      rest(paused === geomap.state.date && next > 0 ? next : 0);
    }

    play.addEventListener("click", () => {
      if (!timer) return begin();
      stop();
      paused = geomap.state.date;
    });

    /* Steps by hand, and keys ------------------------------------------------------------------ */

    function toStop(direction) {
      const now = geomap.state.date;
      return direction > 0 ? stops.find((iso) => iso > now) : [...stops].reverse().find((iso) => iso < now);
    }

    for (const [name, direction] of [["previous", -1], ["next", 1]]) {
      find(name).addEventListener("click", () => {
        stop();
        const iso = toStop(direction);
        if (iso) geomap.setDate(iso);
      });
    }

    // A held arrow key sends "change" for every day: they are committed together.
    const chosen = () => isoOf(first + +input.value);
    input.addEventListener("input", () => geomap.setDate(chosen(), {final: false}));
    input.addEventListener("change", () => {
      clearTimeout(settle);
      settle = setTimeout(() => geomap.setDate(chosen()), keyed ? 300 : 0);
    });
    input.addEventListener("keydown", () => { keyed = true; });

    /* Mouse, pen and finger --------------------------------------------------------------------- */

    function shareOf({clientX}) {
      const {left, width} = scale.getBoundingClientRect();
      const share = (clientX - left) / width;
      return figure.dir === "rtl" ? 1 - share : share;
    }

    const move = (iso) => iso !== geomap.state.date && geomap.setDate(iso, {final: false});

    // What is clicked: a date or its words, a change day close by, or else the day itself.
    function meant(event) {
      const share = shareOf(event);
      const near = (iso) => Math.abs(chart.at(iso) - share) * scale.clientWidth;
      const [closest] = [...stops].sort((a, b) => near(a) - near(b));
      return drag.day || (near(closest) < NEAR[event.pointerType] ? closest : chart.dayAt(share));
    }

    area.addEventListener("pointerdown", (event) => {
      if (event.button || drag) return;
      event.preventDefault();
      stop();
      keyed = false;
      input.focus({preventScroll: true});
      area.setPointerCapture(event.pointerId);
      const word = event.target.closest("[data-day]");
      drag = {id: event.pointerId, from: event.clientX, moved: false, day: word && word.dataset.day};
      // A finger may be about to scroll the page.
      if (event.pointerType !== "touch" && !drag.day) move(chart.dayAt(shareOf(event)));
    });
    area.addEventListener("pointermove", (event) => {
      if (!drag || event.pointerId !== drag.id) return;
      drag.moved = drag.moved || Math.abs(event.clientX - drag.from) >= STILL;
      if (drag.moved) move(chart.dayAt(shareOf(event)));
    });
    area.addEventListener("pointerup", (event) => {
      if (!drag || event.pointerId !== drag.id) return;
      const iso = drag.moved ? chart.dayAt(shareOf(event)) : meant(event);
      drag = null;
      geomap.setDate(iso);
    });
    area.addEventListener("pointercancel", (event) => {
      if (!drag || event.pointerId !== drag.id) return;
      const {moved} = drag;
      drag = null;
      if (moved) geomap.setDate(geomap.state.date);
    });

    document.addEventListener("visibilitychange", () => document.hidden && stop());
    // Before the map is drawn, so that it is drawn once.
    find("date").textContent = geomap.formatDate(geomap.state.date, "long");
    chart.layout();
    let size = "";
    new ResizeObserver(() => {
      const now = [scale.clientWidth, figure.clientHeight, figure.className].join();
      if (size !== now) chart.layout();
      size = now;
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
        scale.style.setProperty("--gm-done", chart.at(date) * 100 + "%");
        find("previous").setAttribute("aria-disabled", !toStop(-1));
        find("next").setAttribute("aria-disabled", !toStop(1));
      },
    };
  });
})();
