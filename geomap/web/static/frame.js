/* Inside an embed: tells the page around it how high it wants to be, and keeps the table for
 * screen readers in step with the day shown. It accepts one message from the parent page: the question
 * to tell its height again. */
(function () {
  "use strict";

  const height = (node) => (node ? node.getBoundingClientRect().height : 0);
  // WordPress frames what it embeds with a secret of its own, and takes a height that bears it. It
  // stands in the address, or in the message in which its script says that it is there.
  let secret = (/[#?&]secret=([a-zA-Z0-9]+)/.exec(location.hash) || [])[1];
  let wordpress = false;

  function wanted(figure) {
    const legend = figure.querySelector(".gm-legend");
    const narrow = figure.classList.contains("gm-narrow");
    const stage = Math.min(Math.max(figure.clientWidth * (narrow ? 0.8 : 0.6), 220), 560);
    const rest = [".gm-top", ".gm-time", ".gm-credit"].map((name) => figure.querySelector(name));
    const parts = narrow || figure.classList.contains("gm-below") ? [legend, ...rest] : rest;
    const under = parts.reduce((sum, node) => sum + height(node), 0);
    const [least, greatest] = window.geomap.data.sizes.fitted;
    return Math.round(Math.min(Math.max(stage + under, least), greatest));
  }

  function talk(figure) {
    const tell = (message) => parent.postMessage(message, "*");
    let sent = 0;
    const measure = () => {
      const now = wanted(figure);
      if (now === sent) return;
      sent = now;
      tell({type: "geomap:height", height: now});
      if (secret) tell({message: "height", value: now, secret});
    };
    const sizes = new ResizeObserver(measure);
    ["", " .gm-top", " .gm-legend", " .gm-time", " .gm-credit"].forEach((part) =>
      sizes.observe(document.querySelector("figure.gm" + part)));
    // Who listens only later asks again.
    addEventListener("message", ({source, data}) => {
      if (source !== parent) return;
      if (data && data.message === "ready" && /^[a-zA-Z0-9]+$/.test(data.secret)) {
        secret = data.secret;
        wordpress = true;
      }
      sent = 0;
      measure();
    });
    // At once, too: WordPress clips the frame until it hears a height, and nothing in it is resized then.
    measure();
    // WordPress's sandbox lets no link out of the frame. Its script opens those of the frame's own
    // site, so one of another site, a source's, leads to the full map's list of sources.
    document.addEventListener("click", (event) => {
      const link = event.target.closest("a[href]");
      if (!link || !secret || self.origin !== "null") return;
      const value = link.host === location.host ? link.href : full(figure) + "#sources";
      if (wordpress) event.preventDefault();
      tell({message: "link", value, secret});
    });
  }

  const full = (figure) => figure.querySelector(".gm-credit a").href;

  // A region's rows, one for what each group of sources states.
  function rowsOf(name, {passages}) {
    return passages.map(([spans, cite], i) => {
      const row = document.createElement("tr");
      if (!i) {
        const head = geomap.tools.el("th", "", name);
        head.scope = "row";
        head.rowSpan = passages.length;
        row.append(head);
      }
      geomap.setText(row.insertCell(), spans);
      row.insertCell().textContent = cite;
      return row;
    });
  }

  function start() {
    const {geomap} = window;
    if (parent !== window) talk(document.querySelector("figure.gm"));

    const table = document.querySelector("#twin table");
    geomap.on("date", ({date}) => {
      const {restrictions, regions, text} = geomap.data;
      const status = text.status.replace("{day}", () => geomap.formatDate(date, "long"));
      table.caption.textContent = [status, ...restrictions].join(" · ");
      table.tBodies[0].replaceChildren(...regions.flatMap(({name}, i) => rowsOf(name, geomap.cardOf(i, date))));
    });
  }

  if (document.documentElement.classList.contains("gm-ready")) start();
  else document.addEventListener("geomap:ready", start, {once: true});
})();
