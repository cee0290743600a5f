/* geomap: the story. The steps of the period, one at a time, each with its sentence, its sources and what
 * they report besides; the regions concerned are outlined on the map. */
(function () {
  "use strict";
  const {el, svg} = geomap.tools;

  function arrow(path) {
    const icon = svg("svg", {class: "gm-icon", viewBox: "0 0 16 16", width: 16, height: 16, "aria-hidden": "true"});
    icon.append(svg("path", {d: path}));
    return icon;
  }

  geomap.widgets.push(function (figure) {
    const {steps, text, date} = geomap.data;
    const box = figure.querySelector(".gm-story");
    const head = el("div", "gm-story-head");
    const body = el("div", "gm-story-body");
    const count = el("p", "gm-story-count");
    const [back, on] = [["previous", "M11 2L5 8l6 6"], ["next", "M5 2l6 6-6 6"]].map(([name, path]) => {
      const button = el("button", "gm-step");
      button.type = "button";
      button.setAttribute("aria-label", text[name]);
      button.title = text[name];
      button.append(arrow(path));
      return button;
    });
    body.tabIndex = 0;
    body.setAttribute("aria-live", "polite");
    head.append(back, count, on);
    box.append(head, body);
    let shown = -1;

    // The last step that has happened by a day.
    const stepBy = (iso) => Math.max(0, steps.findLastIndex((step) => step.day <= iso));

    function fill(i) {
      const {day, line, cite, regions, reports} = steps[i];
      shown = i;
      body.textContent = "";
      body.scrollTop = 0;
      body.append(el("p", "gm-story-day", geomap.formatDate(day, "long")), el("p", "gm-story-line", line));
      if (cite) body.append(el("p", "gm-cite", cite));
      if (reports.length) {
        const list = el("ul");
        for (const report of reports) {
          const item = el("li", "", report.text);
          item.append(el("p", "gm-cite", report.when + " · " + report.cite));
          list.append(item);
        }
        body.append(el("h3", "", text.reports), list);
      }
      count.textContent = `${i + 1} / ${steps.length}`;
      back.setAttribute("aria-disabled", i === 0);
      on.setAttribute("aria-disabled", i === steps.length - 1);
      geomap.outline(regions);
    }

    function go(by) {
      const next = Math.min(steps.length - 1, Math.max(0, shown + by));
      if (next !== shown) geomap.setDate(steps[next].day);
    }
    back.addEventListener("click", () => go(-1));
    on.addEventListener("click", () => go(1));
    box.addEventListener("keydown", (event) => {
      const by = {ArrowLeft: -1, ArrowRight: 1}[event.key];
      if (!by) return;
      event.preventDefault();
      go(figure.dir === "rtl" ? -by : by);
    });

    return {
      show({date: iso}) {
        if (stepBy(iso) !== shown) fill(stepBy(iso));
      },
    };
  });
})();
