"""A feed as a file, for a map whose page stands at a known address."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from urllib.parse import urlencode, urljoin, urlsplit

from geomap.core.dataset import Dataset
from geomap.core.selection import check_sources
from geomap.errors import BadQuery, NotFound, quoted
from geomap.feeds.atom import atom_feed
from geomap.feeds.calendar import handover_calendar

FEEDS = {"atom": "Atom: every new claim", "ics": "iCalendar: due and done handovers"}
"""The kinds of feed by the ending of their names, with their titles."""


def export_feed(
    dataset: Dataset,
    ending: str,
    page: str,
    known: date | str | None = None,
    sources: Collection[str] | str | None = None,
    lang: str = "en",
) -> bytes:
    """Return a feed of one of `FEEDS`, whose entries lead to the map's page at the address `page`.

    An Atom feed gives as its own address `feed.atom` beside the page. Raises NotFound for another
    ending, BadQuery.
    """
    if ending not in FEEDS:
        raise NotFound(f"there is no such kind of feed; use one of {', '.join(FEEDS)}")
    if urlsplit(page).scheme not in ("http", "https") or not urlsplit(page).netloc:
        raise BadQuery("page", f"{quoted(page)} must start with http:// or https://")
    chosen = check_sources(dataset, sources)
    same = {"sources": ",".join(chosen)} if chosen else {}
    same |= {"lang": lang} if lang != dataset.meta.languages[0] else {}

    def link(day: date, clock: date | None) -> str:
        query = {"date": day.isoformat(), **same}
        query |= {"known": clock.isoformat()} if clock else {}
        return f"{page}?{urlencode(query, safe=',')}"

    if ending == "ics":
        return handover_calendar(dataset, known, sources, lang, page=link)
    own = urljoin(page, "feed.atom")
    return atom_feed(dataset, known, sources, lang, page=link, address=own)
