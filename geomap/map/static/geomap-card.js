/* geomap: the card of a region: its names, its status on the day, and every claim. */
(function () {
  "use strict";
  const {el} = geomap.tools;

  function claimItem(claim) {
    const {sources, text} = geomap.data;
    const source = sources[claim.source];
    const item = el("li");
    const what = el("p", "gm-what");
    what.append(el("span", "", claim.text));
    if (claim.when) what.append(" · ", el("span", "", claim.when));
    const where = el("p", "gm-where");
    const safe = /^https?:\/\//i.test(source.url);
    const link = el(safe ? "a" : "span", "", source.name);
    if (safe) {
      link.href = source.url;
      link.target = "_blank";
      link.rel = "noopener noreferrer";
    }
    link.title = source.title;
    where.append(link);
    if (claim.locator) where.append(" ", el("span", "", claim.locator));
    // The name of a source often has its date already; the day of publication is shown all the same.
    where.append(" · ", text.published.replace("{date}", () => source.published));
    item.append(what, where);
    if (claim.note) item.append(el("p", "gm-note", claim.note));
    return item;
  }

  function fill(body, i) {
    const {regions, claims, text} = geomap.data;
    const region = regions[i];
    const now = geomap.cardOf(i);
    body.textContent = "";
    if (region.alternates.length) body.append(el("p", "gm-alt", `${text.also} ${region.alternates.join(", ")}`));
    body.append(el("p", "gm-day", geomap.formatDate(geomap.state.date, "long")));
    const sentence = el("p", "gm-sentence");
    geomap.setText(sentence, now.sentence);
    body.append(sentence);
    if (now.disputed) body.append(el("p", "gm-flag", geomap.data.labels.disputed_sign + text.disputed));
    if (now.overdue) body.append(el("p", "gm-flag", text.overdue));
    if (now.dates.length) {
      const list = el("dl");
      for (const [name, value] of now.dates) {
        const row = el("div");
        row.append(el("dt", "", name), el("dd", "", value));
        list.append(row);
      }
      body.append(list);
    }
    if (now.claims.length) {
      const list = el("ol");
      list.append(...now.claims.map((n) => claimItem(claims[n])));
      body.append(el("h3", "", text.claims), list);
    }
  }

  /* mark(i) shows which region is meant and returns its path; mark(null) takes the sign away. */
  geomap.card = function (figure, mark) {
    const {regions, text} = geomap.data;
    const box = figure.querySelector(".gm-card");
    const [heading, button, body] = ["h2", ".gm-close", ".gm-body"].map((name) => box.querySelector(name));
    button.setAttribute("aria-label", text.close);
    button.title = text.close;
    const card = {
      shown: null,
      open(i, onRight) {
        card.shown = i;
        box.hidden = false;
        box.classList.toggle("gm-right", onRight);
        heading.textContent = regions[i].name;
        fill(body, i);
        body.scrollTop = 0;
        mark(i);
        button.focus({preventScroll: true});
      },
      close() {
        if (card.shown === null) return;
        const path = mark(card.shown);
        const focused = box.contains(document.activeElement);
        card.shown = null;
        box.hidden = true;
        mark(null);
        if (focused) path.focus({preventScroll: true});
      },
      refresh() {
        if (card.shown !== null) fill(body, card.shown);
      },
    };
    button.addEventListener("click", card.close);
    figure.addEventListener("keydown", (event) => {
      if (event.key === "Escape") card.close();
    });
    return card;
  };
})();
