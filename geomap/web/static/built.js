/* For a site of files: what the server would read from a page's address is read here, before the map
 * is drawn. Language and mode lead to a file of their own; day, look and controls are set in place.
 * window.geomapBuilt.fileDay(iso): the last day up to that one which has files of its own. */
(function () {
  "use strict";

  const {days, follows, key, other, own, pages} = JSON.parse(document.currentScript.dataset.built);
  const root = document.documentElement;
  const asked = new URLSearchParams(location.search);
  const one = (name, allowed) => allowed.includes(asked.get(name)) ? asked.get(name) : "";
  const chosen = Object.fromEntries(pages.by.map((name, i) => [name, key.split(" ")[i]]));
  const offered = [...new Set(Object.keys(pages.files).map((values) => values.split(" ")[0]))];

  // As the server does, the page without a language in its address follows the reader's.
  const preferred = () => navigator.languages.map((tag) => tag.split("-")[0]).find((tag) => offered.includes(tag));

  function elsewhere() {
    const lang = asked.get("lang") || (follows && chosen.lang === own && preferred());
    const wanted = {...chosen, ...lang && {lang}, ...asked.get("mode") && {mode: asked.get("mode")}};
    const file = pages.by.map((name) => wanted[name]).join(" ");
    return file === key ? undefined : pages.files[file];
  }

  function look() {
    const theme = one("theme", ["light", "dark", "auto"]);
    const figure = document.querySelector("figure.gm");
    if (!figure) {
      if (theme && theme !== "auto") root.dataset.theme = theme;
      return;
    }
    if (theme) figure.dataset.theme = theme;
    if (theme === "auto") delete root.dataset.theme;
    const controls = one("controls", ["full", "slider", "none"]);
    if (controls) figure.dataset.controls = controls;
    if (!figure.dataset.address) figure.dataset.address = "read";
    if (figure.dataset.compared) compare(figure);
  }

  const isDay = (text) => /^\d{4}-\d\d-\d\d$/.test(text);

  function compare(figure) {
    const two = (asked.get("dates") || "").split(",").filter(isDay).sort();
    const later = asked.get("date");
    if (two.length === 2) figure.dataset.compared = two.join(",");
    else if (isDay(later)) figure.dataset.compared = [figure.dataset.compared.split(",")[0], later].join(",");
  }

  // A map that shows more than its address asks for says so.
  function restricted() {
    if (!asked.get("known") && !asked.get("sources")) return;
    const node = document.querySelector(".gm-restricted");
    node.textContent = [node.textContent, other].filter(Boolean).join(" · ");
    node.hidden = false;
  }

  window.geomapBuilt = {fileDay: (iso) => days.filter((day) => day <= iso).pop() || days[0]};
  const target = elsewhere();
  if (target) location.replace(new URL(target, location.href).pathname + location.search + location.hash);
  look(); // at once, for the page's colours
  document.addEventListener("readystatechange", look, {once: true}); // the page is whole, no map is made yet
  document.addEventListener("geomap:ready", restricted, {once: true});
})();
