/* The embed builder: fills the templates that the server wrote with what the form says, and shows
 * the result. Without scripts the page holds the snippets of the view shown. */
(function () {
  "use strict";

  const box = document.getElementById("builder");
  const form = box.querySelector("form");
  const frame = box.querySelector("iframe");
  const [image, film] = ["img", "video"].map((name) => box.querySelector(".builder-preview " + name));
  const bases = JSON.parse(box.dataset.bases);
  // The same on this very origin, whatever the public address is.
  const here = JSON.parse(box.dataset.here);
  const shapes = JSON.parse(box.dataset.shapes);
  const [least, greatest] = JSON.parse(box.dataset.heights);
  const titles = JSON.parse(box.dataset.titles);
  const boxes = [...form.querySelectorAll('input[name="sources"]')];
  let day = "";
  let seen = false;

  function parameters() {
    const chosen = boxes.filter((field) => field.checked).map((field) => field.value);
    const mode = form.elements.mode.value;
    const compared = [...form.elements.compared].map((field) => field.value).filter(Boolean).sort();
    return {
      mode: ["story", "compare"].includes(mode) ? mode : "",
      dates: mode === "compare" && compared.length === 2 ? compared.join(",") : "",
      date: mode === "compare" ? compared[1] : mode !== "map" ? "" : form.elements.day.value === "latest" ? "latest" : day,
      known: box.dataset.known,
      sources: chosen.length && chosen.length < boxes.length ? chosen.join(",") : "",
      lang: form.elements.lang.value,
      theme: form.elements.theme.value,
      controls: form.elements.controls.value === "full" ? "" : form.elements.controls.value,
    };
  }

  /* An address on a base with some of the parameters. On a site of files the base is a table: some
   * values choose a file, its path may have a day, and the file reads some parameters itself. */
  function address(base, names) {
    const values = parameters();
    let path = base;
    let asked = names;
    if (base.files) {
      const chosen = {...values, mode: values.mode || "map", theme: values.theme === "dark" ? "dark" : "light"};
      const file = base.files[base.by.map((name) => chosen[name]).join(" ")];
      path = file.replace("{day}", window.geomapBuilt.fileDay(values.date === "latest" ? "9999" : values.date || day));
      asked = names.filter((name) => base.query.includes(name));
    }
    const query = asked.filter((name) => values[name]).map((name) => name + "=" + encodeURIComponent(values[name])
      .replace(/%2C/g, ",")).join("&");
    // If the server does not know its own address, it gives paths; the address bar completes them.
    return new URL(path, location.href).href + (query && "?" + query);
  }

  const LOCAL = ["", "localhost", "127.0.0.1", "[::1]"]; // "": a file opened without a server

  const CODES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;"};
  const safe = (text) => text.replace(/[&<>"']/g, (c) => CODES[c]);
  const plain = (text) => text.replace(/\[/g, "(").replace(/\]/g, ")").replace(/\n/g, " ");

  function build() {
    const view = ["date", "known", "sources", "lang"];
    for (const part of form.querySelectorAll("[data-mode]")) {
      part.hidden = part.dataset.mode !== form.elements.mode.value;
    }
    const [across, down, height] = shapes[form.elements.shape.value];
    const mode = form.elements.mode.value;
    // Pictures are light where they are not dark.
    const dark = form.elements.theme.value === "dark" ? ["theme"] : [];
    const files = ["known", "sources", "lang", ...dark];
    const values = {
      embed: address(bases.embed, [...view, "theme", "controls", "mode", "dates"]),
      page: address(bases.page, view),
      picture: mode === "strip" ? address(bases.strip, files) : address(bases.picture, [...view, ...dark]),
      film: bases.film ? address(bases.film, files) : "",
      poster: address(bases.picture, files),
      script: address(bases.script, []),
      title: titles[form.elements.lang.value],
      ratio: across + "/" + down,
      height: String(height),
    };
    for (const code of box.querySelectorAll(".code")) {
      code.hidden = !code.dataset.kinds.split(" ").includes(mode);
      const area = code.querySelector("textarea");
      const escape = code.dataset.html === "1" ? safe : plain;
      area.value = area.dataset.template.replace(/\{(\w+)\}/g, (all, name) => name in values ? escape(values[name]) : all);
    }
    Object.assign(frame.style, {aspectRatio: values.ratio, minHeight: least + "px", maxHeight: greatest + "px"});
    frame.dataset.src = address(here.embed, [...view, "theme", "controls", "mode", "dates"]);
    // Of what is a file itself, the preview is the file; a film is made when it is played.
    frame.hidden = mode === "strip" || mode === "film";
    image.hidden = mode !== "strip";
    film.hidden = mode !== "film";
    image.dataset.src = mode === "strip" ? address(here.strip, files) : "";
    film.dataset.src = mode === "film" ? address(here.film, files) : "";
    film.poster = mode === "film" && seen ? address(here.picture, files) : "";
    if (seen) preview();
  }

  function preview() {
    for (const node of [frame, image, film]) {
      if (!node.hidden && node.getAttribute("src") !== node.dataset.src) node.setAttribute("src", node.dataset.src);
    }
  }

  async function copy(button) {
    const area = button.parentElement.querySelector("textarea");
    const label = button.textContent;
    area.select();
    try {
      await navigator.clipboard.writeText(area.value);
    } catch (error) {
      document.execCommand("copy");
    }
    button.textContent = button.dataset.done;
    setTimeout(() => { button.textContent = label; }, 1500);
  }

  function start() {
    const {geomap} = window;
    form.hidden = false;
    box.querySelector(".builder-codes").hidden = false;
    // A site of files that does not know its address has those of wherever it is looked at.
    const local = box.querySelector(".builder-local");
    if (local) {
      local.hidden = !LOCAL.includes(new URL(address(bases.embed, [])).hostname);
    }
    box.querySelector(".builder-preview").hidden = false;
    for (const button of box.querySelectorAll(".copy")) {
      button.hidden = false;
      button.addEventListener("click", () => copy(button));
    }
    form.addEventListener("input", ({target}) => {
      // No source at all would mean every source: the last one stays.
      const none = boxes.length && !boxes.some((field) => field.checked);
      if (none) target.checked = true;
      if (boxes.length) form.querySelector('[role="alert"]').hidden = !none;
      build();
    });
    form.addEventListener("submit", (event) => event.preventDefault());
    document.addEventListener("geomap:tab", ({detail}) => {
      seen = detail === "embed";
      if (seen) preview();
    });
    geomap.on("date", ({date, final}) => {
      day = date;
      form.querySelector("[data-day]").textContent = geomap.formatDate(date, "long");
      if (final) build();
    });
  }

  if (document.documentElement.classList.contains("gm-ready")) start();
  else document.addEventListener("geomap:ready", start, {once: true});
})();
