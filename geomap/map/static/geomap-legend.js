/* geomap: the legend. It has the signs that the map shows on the day; its room is that of the day
 * with the most, so that nothing moves when the day changes. */
(function () {
  "use strict";
  const {el} = geomap.tools;

  const now = (legends, date) => legends.reduce((last, one) => one.first <= date ? one : last);

  geomap.legend = function (figure) {
    const {legend, legends, text} = geomap.data;
    const list = figure.querySelector(".gm-legend");
    list.setAttribute("aria-label", text.legend);
    const rows = legend.map((item) => {
      const row = el("li", "gm-sign-" + item.kind);
      row.append(geomap.swatch(item.look, item.kind === "line"), el("span", "gm-long", item.label));
      if (item.more) row.lastChild.append(el("span", "gm-more", item.more));
      row.append(el("span", "gm-short", item.short), el("span", "gm-shorter", item.shorter));
      return row;
    });
    const different = [...new Map(legends.map((one) => [one.signs.join(), one])).values()];
    // One with some of another's signs needs no more room than the other.
    const states = different.filter((one) => !different.some((other) =>
      other !== one && one.signs.every((sign) => other.signs.includes(sign))));
    let shown = null;
    let room = {width: 0, height: 0};

    function show(state) {
      shown = state;
      list.replaceChildren(...state.signs.map((i) => rows[i]));
      list.hidden = !state.signs.length;
    }

    /* The room of the largest legend where it stands now: on the map or under it. */
    function measure() {
      const state = shown;
      list.style.removeProperty("--gm-legend-tall");
      room = {width: 0, height: 0};
      for (const one of states) {
        show(one);
        room.width = Math.max(room.width, list.offsetWidth);
        room.height = Math.max(room.height, list.offsetHeight);
      }
      list.style.setProperty("--gm-legend-tall", room.height + "px");
      show(state);
    }

    /* The room as a box of the window: a legend on the map grows upwards. */
    function box() {
      const {left, right, bottom} = list.getBoundingClientRect();
      const wider = room.width - (right - left);
      const leftwards = figure.dir === "rtl";
      return {left: left - (leftwards ? wider : 0), right: right + (leftwards ? 0 : wider),
        bottom, top: bottom - room.height};
    }

    // Two days on one map need the signs of both.
    const compared = (figure.dataset.compared || "").split(",").filter(Boolean);
    if (compared.length) {
      const signs = [...new Set(compared.flatMap((day) => now(legends, day).signs))].sort((a, b) => a - b);
      legends.splice(0, legends.length, {first: geomap.data.period[0], signs});
      states.splice(0, states.length, legends[0]);
    }
    show(now(legends, geomap.data.date));
    geomap.on("date", ({date}) => {
      const state = now(legends, date);
      if (state.signs !== shown.signs) show(state);
    });
    Object.assign(geomap.legend, {measure, box});
  };
})();
