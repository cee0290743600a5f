/* Inside an embed: tells the page around it how high it wants to be, and keeps the table for
 * screen readers in step with the day shown. Of the page around it, it takes one thing only: the
 * question to tell its height again. */
(function () {
  "use strict";

  const LOWEST = 300, HIGHEST = 760;
  const height = (node) => (node ? node.getBoundingClientRect().height : 0);
  // WordPress frames what it embeds with a secret of its own, and takes a height that bears it.
  const secret = (/[#?&]secret=([a-zA-Z0-9]+)/.exec(location.hash) || [])[1];

  function wanted(figure) {
    const legend = figure.querySelector(".gm-legend");
    const narrow = figure.classList.contains("gm-narrow");
    const stage = Math.min(Math.max(figure.clientWidth * (narrow ? 0.8 : 0.6), 220), 560);
    const rest = [".gm-time", ".gm-credit"].map((name) => figure.querySelector(name));
    const under = narrow || figure.classList.contains("gm-below");
    const below = (under ? [legend, ...rest] : rest).reduce((sum, node) => sum + height(node), 0);
    return Math.round(Math.min(Math.max(stage + below, LOWEST), HIGHEST));
  }

  function talk(figure) {
    const tell = (message) => parent.postMessage(message, "*");
    let told = 0;
    const measure = () => {
      const now = wanted(figure);
      if (now === told) return;
      told = now;
      tell({type: "geomap:height", height: now});
      if (secret) tell({message: "height", value: now, secret});
    };
    const sizes = new ResizeObserver(measure);
    ["", " .gm-legend", " .gm-time", " .gm-credit"].forEach((part) =>
      sizes.observe(document.querySelector("figure.gm" + part)));
    // Who listens only later asks again.
    addEventListener("message", ({source}) => {
      if (source !== parent) return;
      told = 0;
      measure();
    });
    // WordPress lets no link out of the frame, but opens one of the frame's own site itself.
    if (secret) {
      figure.querySelector(".gm-credit a").addEventListener("click", (event) => {
        event.preventDefault();
        tell({message: "link", value: event.currentTarget.href, secret});
      });
    }
  }

  function start() {
    const {geomap} = window;
    if (parent !== window) talk(document.querySelector("figure.gm"));

    const table = document.querySelector("#twin table");
    geomap.on("date", ({date}) => {
      const {restrictions, text} = geomap.data;
      const status = text.status.replace("{day}", () => geomap.formatDate(date, "long"));
      table.caption.textContent = [status, ...restrictions].join(" · ");
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
