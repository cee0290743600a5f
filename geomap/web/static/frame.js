/* Inside an embed: tells the page around it how high it wants to be, and keeps the table for
 * screen readers in step with the day shown. It reads nothing from the page around it. */
(function () {
  "use strict";

  const LOWEST = 300, HIGHEST = 760, SHARE = 0.6;
  const height = (node) => (node ? node.getBoundingClientRect().height : 0);

  function wanted(figure) {
    const legend = figure.querySelector(".gm-legend");
    const below = getComputedStyle(legend).position === "absolute" ? 0 : height(legend);
    const stage = Math.min(Math.max(figure.clientWidth * SHARE, 220), 560);
    const rest = [".gm-time", ".gm-credit"].reduce((sum, name) => sum + height(figure.querySelector(name)), 0);
    return Math.round(Math.min(Math.max(stage + below + rest, LOWEST), HIGHEST));
  }

  function start() {
    const figure = document.querySelector("figure.gm");
    const {geomap} = window;
    let told = 0;
    const tell = () => {
      const now = wanted(figure);
      if (now === told) return;
      told = now;
      parent.postMessage({type: "geomap:height", height: now}, "*");
    };
    if (parent !== window) new ResizeObserver(tell).observe(figure);

    const table = document.querySelector("#twin table");
    geomap.on("date", ({date}) => {
      table.caption.textContent = geomap.data.text.status.replace("{day}", geomap.formatDate(date, "long"));
      [...table.tBodies[0].rows].forEach((row, i) => {
        const interval = geomap.intervalOf(i, date);
        geomap.setText(row.cells[1], interval.sentence, date);
        row.cells[2].textContent = interval.cite;
      });
    });
  }

  if (document.documentElement.classList.contains("gm-ready")) start();
  else document.addEventListener("geomap:ready", start, {once: true});
})();
