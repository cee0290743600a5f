/* geomap: the card of a region: its names, its status on the day, every claim, and what else is
 * reported. */
(function () {
  "use strict";
  const {el} = geomap.tools;

  function linked(words, url) {
    const safe = /^https?:\/\//i.test(url);
    const link = el(safe ? "a" : "span", "", words);
    if (safe) {
      link.href = url;
      link.target = "_blank";
      link.rel = "noopener noreferrer";
    }
    return link;
  }

  function claimItem(claim) {
    const {sources, text} = geomap.data;
    const source = sources[claim.source];
    const item = el("li");
    const what = el(claim.withdrawn ? "s" : "span", "", claim.text);
    if (claim.when) what.append(" · ", el("span", "", claim.when));
    const line = el("p", "gm-what");
    line.append(what);
    const where = el("p", "gm-where");
    const link = linked(source.name, source.url);
    link.title = source.title;
    where.append(link);
    if (claim.locator) where.append(" ", el("span", "", claim.locator));
    // The name of a source often has its date already; the day of publication is shown all the same.
    where.append(" · ", text.published.replace("{date}", () => source.published));
    item.append(line, where);
    if (claim.note) item.append(el("p", "gm-note", claim.note));
    if (claim.withdrawn) item.append(el("p", "gm-note", claim.withdrawn));
    return item;
  }

  function reportItem(report) {
    const item = el("li");
    const where = el("p", "gm-where");
    where.append(report.when + " · ", linked(report.cite, report.url));
    item.append(el("p", "gm-what", report.text), where);
    return item;
  }

  function fill(body, i) {
    const {regions, claims, text} = geomap.data;
    const region = regions[i];
    const now = geomap.cardOf(i);
    body.textContent = "";
    if (region.alternates.length) body.append(el("p", "gm-alt", `${text.also} ${region.alternates.join(", ")}`));
    body.append(el("p", "gm-day", geomap.formatDate(geomap.state.date, "long")));
    body.append(...geomap.passages(now, "gm-sentence", "gm-cite"));
    if (now.dates.length) {
      const list = el("dl");
      for (const [name, value] of now.dates) {
        const row = el("div");
        row.append(el("dt", "", name), el("dd", "", value));
        list.append(row);
      }
      body.append(list);
    }
    if (region.note) body.append(el("p", "gm-note", region.note));
    const items = (title, list) => {
      if (!list.length) return;
      const node = el("ol");
      node.append(...list);
      body.append(el("h3", "", title), node);
    };
    const listed = (numbers) => numbers.map((n) => claimItem(claims[n]));
    items(text.claims, listed(now.stating));
    items(text.consistent, listed(now.consistent));
    items(text.withdrawn, listed(region.withdrawn));
    items(text.reports, region.reports.map(reportItem));
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
