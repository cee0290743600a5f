"""The Atom feed (RFC 4287): one entry for each claim that came or was withdrawn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection
from datetime import date
from xml.etree import ElementTree as ET

from geomap.core.dataset import Dataset
from geomap.core.history import Change, changes
from geomap.core.selection import check_known, check_sources
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
    found = changes(dataset, clock, chosen)
    latest = list(zip(_keys(dataset, found), found, strict=True))[: -MOST_ENTRIES - 1 : -1]
    root = ET.Element("feed", {"xmlns": "http://www.w3.org/2005/Atom", "xml:lang": lang})
    selection = ",".join(chosen) if chosen is not None else "*"
    _add(root, "id", f"urn:uuid:{stable_id(dataset.id, 'feed', lang, clock, selection)}")
    _add(root, "title", phrases.title)
    about = phrases.words.say("What was claimed, narrowed and withdrawn.")
    _add(root, "subtitle", f"{about} {phrases.limits}")
    newest = found[-1].day if found else dataset.period.start
    _add(root, "updated", phrases.midnight(newest).isoformat())
    _add(ET.SubElement(root, "author"), "name", phrases.title)
    _add(root, "rights", phrases.rights)
    _add(root, "generator", "geomap")
    ET.SubElement(root, "link", rel="self", type="application/atom+xml", href=clean(address))
    here = page(dataset.meta.date, clock)
    ET.SubElement(root, "link", rel="alternate", type="text/html", href=clean(here))
    for key, change in latest:
        _entry(root, phrases, f"urn:uuid:{stable_id(*key)}", change, page)
    ET.indent(root, space=" ")
    text: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return text + b"\n"


def _keys(dataset: Dataset, found: list[Change]) -> list[tuple[object, ...]]:
    """What each change's id is made of: what its claim says, not its row or its note."""
    times: Counter[tuple[object, ...]] = Counter()
    keys: list[tuple[object, ...]] = []
    for change in found:
        claim = change.claim
        key = (
            *(dataset.id, claim.event, claim.region, claim.kind, claim.actor),
            *(claim.date or "", claim.since or "", claim.part, claim.source, claim.locator),
            "withdrawn" if change.withdrawn else "added",
        )
        times[key] += 1
        keys.append((*key, times[key]))
    return keys


def _entry(root: ET.Element, phrases: Phrases, id: str, change: Change, page: Page) -> None:
    claim = change.claim
    source = phrases.dataset.ledger.sources[claim.source]
    say = phrases.words.say
    cited = phrases.cited(claim)
    title = phrases.of_region(claim.region, cited)
    entry = ET.SubElement(root, "entry")
    _add(entry, "id", id)
    _add(entry, "title", say("Withdrawn: {text}", text=title) if change.withdrawn else title)
    moment = phrases.midnight(change.day).isoformat()
    _add(entry, "published", moment)
    _add(entry, "updated", moment)
    if not change.withdrawn:  # it is the desk that withdraws, and the desk is the feed's author
        _add(ET.SubElement(entry, "author"), "name", source.publisher)
    here = page(phrases.shown(change.after or change.before), change.day)
    ET.SubElement(entry, "link", rel="alternate", type="text/html", href=clean(here))
    if source.url:
        ET.SubElement(entry, "link", rel="via", href=clean(source.url))
    region = phrases.region(claim.region)
    ET.SubElement(entry, "category", term=clean(claim.region), label=clean(region))
    ET.SubElement(entry, "category", term=change.effect.replace("_last", ""))
    content = "\n".join(text for text in (phrases.effect(change), phrases.note(claim)) if text)
    _add(entry, "content", content)


def _add(parent: ET.Element, tag: str, text: str) -> None:
    """Add an element that holds plain text, which is what Atom takes it for unless told otherwise."""
    ET.SubElement(parent, tag).text = clean(text)
