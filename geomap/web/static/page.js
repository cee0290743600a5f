/* The reader's page around the map: headline, cards, tabs and links follow the day shown.
 * Every text comes from the map's payload and goes into the page as a text node. */
(function () {
  "use strict";

  const cards = [...document.querySelectorAll(".card")];
  const title = document.getElementById("status-title");
  const headline = document.getElementById("headline");
  const credit = document.getElementById("credit");
  const titleDay = document.title;

  function show(geomap, {date, final}) {
    const day = geomap.formatDate(date, "long");
    geomap.setText(headline, geomap.headlineOf(date), date);
    credit.textContent = geomap.creditOf(date);
    title.textContent = geomap.data.text.status.replace("{day}", () => day);
    for (const card of cards) {
      const now = geomap.cardOf(+card.dataset.region, date);
      card.querySelector(".swatch").replaceChildren(geomap.swatch(now.look));
      card.querySelector(".card-text").replaceChildren(
        ...geomap.passages(now, "card-sentence", "card-cite"));
    }
    if (final) {
      document.title = titleDay.replace(/ · [^·]*$/, " · " + day);
      follow(date);
    }
  }

  function follow(date) {
    for (const link of document.querySelectorAll("a[data-keeps-date]")) {
      const url = new URL(link.href);
      url.searchParams.set("date", date);
      link.href = url.href;
    }
    for (const link of document.querySelectorAll("a[data-by-day]")) {
      link.href = link.dataset.byDay.replace("{day}", window.geomapBuilt.fileDay(date));
    }
    for (const field of document.querySelectorAll('.evidence input[name="date"]')) field.value = date;
  }

  // A page in the reader's language, not the map's own, names it, so that a link shows what its sender saw.
  function nameLanguage() {
    const {namesLanguage} = document.querySelector("main").dataset;
    const url = new URL(location.href);
    if (!namesLanguage || url.searchParams.has("lang")) return;
    const query = location.search.length > 1 ? location.search + "&" : "?";
    history.replaceState(history.state, "", location.pathname + query + "lang=" + namesLanguage + location.hash);
  }

  function tabs() {
    const list = document.querySelector(".tabs");
    const links = [...list.querySelectorAll("a")];
    const panels = links.map((link) => document.getElementById(link.hash.slice(1)));
    document.body.classList.add("tabbed");
    list.setAttribute("role", "tablist");
    const select = (chosen, focus) => links.forEach((link, i) => {
      link.setAttribute("aria-selected", String(i === chosen));
      link.tabIndex = i === chosen ? 0 : -1;
      panels[i].hidden = i !== chosen;
      if (focus && i === chosen) link.focus();
      if (i === chosen) document.dispatchEvent(new CustomEvent("geomap:tab", {detail: panels[i].id}));
    });
    // The address names the tab, so that it is there again after a reload or in a link.
    const choose = (i, focus) => {
      select(i, focus);
      history.replaceState(null, "", location.pathname + location.search + links[i].hash);
    };
    const asked = () => location.hash ? links.findIndex((link) => link.hash === location.hash) : 0;
    links.forEach((link, i) => {
      link.id = "tab-" + panels[i].id;
      link.setAttribute("role", "tab");
      link.setAttribute("aria-controls", panels[i].id);
      panels[i].setAttribute("role", "tabpanel");
      panels[i].setAttribute("aria-labelledby", link.id);
      link.addEventListener("click", (event) => { event.preventDefault(); choose(i); });
      link.addEventListener("keydown", (event) => {
        const step = {ArrowRight: 1, ArrowLeft: -1}[event.key];
        if (!step && event.key !== " ") return;
        event.preventDefault();
        choose((i + (step || 0) + links.length) % links.length, true);
      });
    });
    select(Math.max(asked(), 0));
    addEventListener("hashchange", () => { if (asked() >= 0) select(asked()); });
  }

  // A form without any source would ask for every source.
  function sources() {
    const form = document.querySelector("form.evidence");
    if (!form) return; // a site of files counts every source
    const boxes = [...form.querySelectorAll('input[name="sources"]')];
    const check = () => boxes.length && boxes[0].setCustomValidity(
      boxes.some((box) => box.checked) ? "" : form.dataset.none);
    form.addEventListener("input", check);
    check();
  }

  function start() {
    const geomap = window.geomap;
    nameLanguage();
    tabs();
    sources();
    geomap.on("date", (detail) => show(geomap, detail));
    for (const card of cards) {
      const button = card.querySelector(".card-name");
      button.disabled = false;
      button.addEventListener("click", () => geomap.open(+card.dataset.region));
    }
  }

  if (document.documentElement.classList.contains("gm-ready")) start();
  else document.addEventListener("geomap:ready", start, {once: true});
})();
