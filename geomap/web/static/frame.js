/* Inside an embed: tells the page around it how high it wants to be, and keeps the table for
 * screen readers in step with the day shown. It accepts one message from the parent page: the question
 * to tell its height again. */
(function () {
  "use strict";

  // WordPress frames what it embeds with a secret of its own, and takes a height that bears it. It
  // stands in the address, or in the message in which its script says that it is there.
  let secret = (/[#?&]secret=([a-zA-Z0-9]+)/.exec(location.hash) || [])[1];
  let wordpress = false;

  const BORDER = 4; // what a page may take of the height for a border

  /* The height for a width: the standard shape, for which the map lays itself out. What does not fit
   * in it, at this width, makes it higher. */
  const wanted = {
    width: 0,
    needed: 0,
    height() {
      const [least, greatest] = window.geomap.data.sizes.fitted;
      const [across, down] = document.querySelector("main").dataset.shape.split("/");
      const shape = Math.max(this.width * down / across, least, this.needed);
      return Math.round(Math.min(shape, greatest));
    },
    /* How much the page needs, once everything on it has its place. What it needs at another height
     * than the one asked for says nothing, as the map is laid out for the height that it has. */
    update() {
      const high = document.documentElement.scrollHeight;
      if (this.width !== innerWidth) this.needed = 0;
      else if (Math.abs(innerHeight - this.height()) <= BORDER && high > innerHeight) this.needed = high;
      this.width = innerWidth;
    },
  };

  function talk(figure) {
    const tell = (message) => parent.postMessage(message, "*");
    let sent = 0;
    let waiting = 0;
    const send = () => {
      const now = wanted.height();
      if (now === sent) return;
      sent = now;
      tell({type: "geomap:height", height: now});
      if (secret) tell({message: "height", value: now, secret});
    };
    // The map arranges itself in the frame after the one in which its size has changed.
    const settled = (frames) => {
      waiting = requestAnimationFrame(() => {
        if (frames) return settled(frames - 1);
        waiting = 0;
        wanted.update();
        send();
      });
    };
    const sizes = new ResizeObserver(() => {
      cancelAnimationFrame(waiting);
      settled(3);
    });
    ["", " .gm-top", " .gm-legend", " .gm-key", " .gm-time", " .gm-credit"].forEach((part) =>
      sizes.observe(document.querySelector("figure.gm" + part)));
    // Who listens only later asks again.
    addEventListener("message", ({source, data}) => {
      if (source !== parent) return;
      if (data && data.message === "ready" && /^[a-zA-Z0-9]+$/.test(data.secret)) {
        secret = data.secret;
        wordpress = true;
      }
      sent = 0;
      send();
    });
    // At once, too: WordPress clips the frame until it hears a height, and nothing in it is drawn then.
    wanted.width = innerWidth;
    send();
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
