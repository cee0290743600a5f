"""The Atom feed (RFC 4287): one entry for each claim that came or was withdrawn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection
from datetime import date
from xml.etree import ElementTree as ET

from geomap.core.dataset import Dataset
from geomap.core.history import Change, changes
from geomap.core.selection import check_known, check_sources
from geomap.feeds.effects import effect_text
from geomap.feeds.entries import Entry, latest_entries
from geomap.feeds.latest import with_latest_changes
from geomap.feeds.phrases import Phrases, clean, stable_id

ATOM = "application/atom+xml; charset=utf-8"
MOST_ENTRIES = 1000
"""A feed holds the latest changes; a longer history is in the ledger's own downloads."""

Page = Callable[[date, date | None], str]
"""Gives the address of the reader's page for a date, and for what was known by a day."""


def atom_feed(
    dataset: Dataset,
    known: date | str | None = None,
    sources: Collection[str] | str | None = None,
    lang: str = "en",
    *,
    page: Page,
    address: str,
) -> bytes:
    """Return what was added, narrowed, contradicted and withdrawn, the latest first.

    `known` ends the history on that day, `sources` walks it by those sources' word alone. `address`
    is the feed's own. Times are the start of the day in the dataset's time zone. Raises BadQuery.
    """
    phrases = Phrases(dataset, lang)
    clock, chosen = check_known(known), check_sources(dataset, sources)
    recent = with_latest_changes(dataset, MOST_ENTRIES, clock, chosen)
    history = changes(recent, clock, chosen)
    entries = latest_entries(history, MOST_ENTRIES)
    keys = _keys(dataset, history)[-len(entries) :]
    root = ET.Element("feed", {"xmlns": "http://www.w3.org/2005/Atom", "xml:lang": lang})
    selection = ",".join(chosen) if chosen is not None else "*"
    _add(root, "id", f"urn:uuid:{stable_id(dataset.id, 'feed', lang, clock, selection)}")
    _add(root, "title", phrases.title)
    subtitle = phrases.words.say("What was claimed, narrowed and withdrawn.")
    _add(root, "subtitle", f"{subtitle} {phrases.about}")
    newest = history[-1].day if history else dataset.period.start
    _add(root, "updated", phrases.midnight(newest).isoformat())
    _add(ET.SubElement(root, "author"), "name", phrases.title)
    _add(root, "rights", phrases.rights)
    _add(root, "generator", "geomap")
    ET.SubElement(root, "link", rel="self", type="application/atom+xml", href=clean(address))
    here = page(dataset.meta.date, clock)
    ET.SubElement(root, "link", rel="alternate", type="text/html", href=clean(here))
    for key, entry in zip(reversed(keys), reversed(entries), strict=True):
        _add_entry(root, phrases, f"urn:uuid:{stable_id(*key)}", entry, page)
    ET.indent(root, space=" ")
    text: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return text + b"\n"


def _keys(dataset: Dataset, history: list[Change]) -> list[tuple[object, ...]]:
    """What each change's id is made of: what its claim says, not its row or its note."""
    times: Counter[tuple[object, ...]] = Counter()
    keys: list[tuple[object, ...]] = []
    for change in history:
        claim = change.claim
        key = (
            *(dataset.id, claim.event, claim.region, claim.kind, claim.actor),
            *(claim.date or "", claim.since or "", claim.part, claim.source, claim.locator),
            "withdrawn" if change.withdrawn else "added",
        )
        times[key] += 1
        keys.append((*key, times[key]))
    return keys


def _add_entry(root: ET.Element, phrases: Phrases, id: str, entry: Entry, page: Page) -> None:
    change, claim = entry.change, entry.change.claim
    say = phrases.words.say
    title = phrases.of_region(claim.region, phrases.cited(claim, postponement=entry.postponement))
    element = ET.SubElement(root, "entry")
    _add(element, "id", id)
    _add(element, "title", say("Withdrawn: {text}", text=title) if change.withdrawn else title)
    moment = phrases.midnight(change.day).isoformat()
    _add(element, "published", moment)
    _add(element, "updated", moment)
    if not change.withdrawn:  # it is the desk that withdraws, and the desk is the feed's author
        _add(ET.SubElement(element, "author"), "name", phrases.publisher(claim))
    here = page(phrases.shown(change.after or change.before), change.day)
    ET.SubElement(element, "link", rel="alternate", type="text/html", href=clean(here))
    url = phrases.dataset.ledger.sources[claim.source].url
    if url:
        ET.SubElement(element, "link", rel="via", href=clean(url))
    region = phrases.region(claim.region)
    ET.SubElement(element, "category", term=clean(claim.region), label=clean(region))
    ET.SubElement(element, "category", term=entry.category)
    # The reason of a withdrawal is public from its day on: never in an entry of the claim's coming.
    remark = phrases.reason(claim) if change.withdrawn else phrases.note(claim)
    texts = (effect_text(phrases, entry), remark)
    _add(element, "content", "\n".join(text for text in texts if text))


def _add(parent: ET.Element, tag: str, text: str) -> None:
    """Add an element that holds plain text, which is what Atom takes it for unless told otherwise."""
    ET.SubElement(parent, tag).text = clean(text)
