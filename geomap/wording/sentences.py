"""What a status, an event or a claim says, as whole sentences in a reader's language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from geomap.cache import OwnerCache
from geomap.core.claims import Claim
from geomap.core.dataset import Dataset, text_in
from geomap.core.dates import Span, intersect
from geomap.core.events import Event
from geomap.core.kinds import CLAIM_KINDS
from geomap.wording.catalogue import Name, Spans, Words
from geomap.wording.spans import Form, format_day, format_span

_SPACE: Spans = ((" ", False),)
_names: OwnerCache[Dataset, dict[str, tuple[str, dict[str, str]]]] = OwnerCache(1)
_texts: OwnerCache[Dataset, dict[str, dict[str, str]]] = OwnerCache(4)
_shared: OwnerCache[Dataset, frozenset[str]] = OwnerCache(16)


def actor_name(words: Words, dataset: Dataset, actor: str | None) -> Name:
    """Return an actor's name in the language, ready for any case that a message asks for."""
    if actor is None:
        return Name("")
    holder = dataset.ledger.actors[actor]
    return words.name(holder.name, holder.names)


def legend_name(words: Words, dataset: Dataset, actor: str) -> str:
    """Return an actor's name as it stands alone, with a capital."""
    return words.capitalise(actor_name(words, dataset, actor).text)


def region_name(words: Words, dataset: Dataset, region: str) -> str:
    """Return a region's name in the language, else its own."""
    name, names = _region_names(dataset)[region]
    return names.get(words.language) or name


def place_name(words: Words, dataset: Dataset, region: str) -> Name:
    """Return a region's name in the language, ready for any case that a message asks for."""
    name, names = _region_names(dataset)[region]
    return words.name(name, names, place=True)


def region_text(words: Words, dataset: Dataset, region: str, column: str) -> str:
    """Return a text of a region in the language, such as its `note`; "" where it has none."""

    def read() -> dict[str, dict[str, str]]:
        regions = dataset.regions
        return dict(zip(regions["id"], regions[column], strict=True)) if column in regions else {}

    texts = _texts.get(dataset, column, read).get(region) or {}
    return text_in(texts, words.language)


def _region_names(dataset: Dataset) -> dict[str, tuple[str, dict[str, str]]]:
    """Each region's own name and its names by language, looked up often and so cached."""

    def read() -> dict[str, tuple[str, dict[str, str]]]:
        regions = dataset.regions
        columns = zip(regions["id"], regions["name"], regions["names"], strict=True)
        return {id: (name, names) for id, name, names in columns}

    return _names.get(dataset, None, read)


def event_when(
    words: Words, dataset: Dataset, event: Event, form: Form = "when", year: int | None = None
) -> str:
    """Return the days of an event in words, "" where none is stated.

    Where claims contradict each other about the days, each day stands with who gives it: "on
    25 May (Agency) or on 26 May (Gazette)". The days between were claimed by nobody.
    """
    claimed = [(claim, claim.date) for claim in event.stating if claim.date]
    return _claimed_days(words, dataset, event.span, claimed, form, year)


def in_force_when(
    words: Words, dataset: Dataset, event: Event, form: Form = "when", year: int | None = None
) -> str:
    """Return the days on which an arrangement came into force, as `event_when` does an event's."""
    claimed = [(claim, claim.since) for claim in event.stating_since if claim.since]
    return _claimed_days(words, dataset, event.in_force, claimed, form, year)


def _claimed_days(
    words: Words,
    dataset: Dataset,
    span: Span | None,
    claimed: Sequence[tuple[Claim, Span]],
    form: Form,
    year: int | None,
) -> str:
    if span is None:
        return ""
    if not claimed or intersect(days for _, days in claimed):
        return format_span(words, span, form, year=year)
    by_span: dict[Span, list[str]] = {}
    for claim, days in claimed:
        name = citation(words, dataset, claim.source, place(words, claim))
        by_span.setdefault(days, []).append(name)
    options = [
        words.say(
            "{when} ({sources})",
            when=format_span(words, days, form, year=year),
            sources=words.listing(list(dict.fromkeys(names))),
        )
        for days, names in by_span.items()
    ]
    return words.alternatives(options)


def event_text(words: Words, dataset: Dataset, event: Event, *, postponed: bool = False) -> str:
    """Return what happened, without its day; but with the one on or by which it is due.

    `postponed` says that it moves an earlier arrangement (see `events.postponements`).
    """
    if not event.is_arrangement:
        return _transfer(words, dataset, event)
    when = event_when(words, dataset, event, "by")
    return _arrangement(words, dataset, event.actor, event.part, when, postponed)


def claim_text(words: Words, dataset: Dataset, claim: Claim, *, postponed: bool = False) -> str:
    """Return what one claim says, without its day; of an arrangement with the day it is due."""
    if CLAIM_KINDS[claim.kind].takes_since:
        when = format_span(words, claim.date, "by") if claim.date else ""
        return _arrangement(words, dataset, claim.actor, claim.part, when, postponed)
    return _transfer(words, dataset, claim)


def _arrangement(
    words: Words, dataset: Dataset, actor: str, part: bool, when: str, postponed: bool
) -> str:
    """What was agreed; `when` is "" where no date is stated."""
    values = {"actor": actor_name(words, dataset, actor), "when": when}
    if postponed and part and when:
        text = words.say("Handover in part to {actor} postponed, now due {when}", **values)
    elif postponed and part:
        text = words.say("Handover in part to {actor} postponed, no date stated", **values)
    elif postponed and when:
        text = words.say("Handover to {actor} postponed, now due {when}", **values)
    elif postponed:
        text = words.say("Handover to {actor} postponed, no date stated", **values)
    elif part and when:
        text = words.say("Handover in part to {actor} agreed, due {when}", **values)
    elif part:
        text = words.say("Handover in part to {actor} agreed, no date stated", **values)
    elif when:
        text = words.say("Handover to {actor} agreed, due {when}", **values)
    else:
        text = words.say("Handover to {actor} agreed, no date stated", **values)
    return words.capitalise(text)


def _transfer(words: Words, dataset: Dataset, claimed: Event | Claim) -> str:
    """Who got, held or claimed the region, or a part of it, or claims it no more."""
    name = actor_name(words, dataset, claimed.actor)
    if CLAIM_KINDS[claimed.kind].asserts:
        text = words.say("Claimed by {actor}", actor=name)
    elif CLAIM_KINDS[claimed.kind].gives_up:
        text = words.say("Claim to it renounced by {actor}", actor=name)
    elif CLAIM_KINDS[claimed.kind].ends_control and claimed.part:
        text = words.say("A part handed over to {actor}", actor=name)
    elif CLAIM_KINDS[claimed.kind].ends_control:
        text = words.say("Handed over to {actor}", actor=name)
    elif claimed.part:
        text = words.say("A part held by {actor}", actor=name)
    else:
        text = words.say("Held by {actor}", actor=name)
    return words.capitalise(text)


def source_name(words: Words, dataset: Dataset, source_id: str) -> str:
    """Return a source's short name."""
    source = dataset.ledger.sources[source_id]
    return source.names.get(words.language) or source.name or source.publisher


def source_label(words: Words, dataset: Dataset, source_id: str) -> str:
    """Return a source's short name and day of publication, such as `AP, 30 Nov 2020`."""
    day = format_day(words, dataset.ledger.sources[source_id].published, short=True)
    name = source_name(words, dataset, source_id)
    return words.say("{source}, {day}", source=name, day=day)


def place(words: Words, claim: Claim) -> str:
    """Return where in its source a claim stands, such as `¶5` or `clause 2`."""
    return claim.locators.get(words.language) or claim.locator


def citation(words: Words, dataset: Dataset, source_id: str, locator: str) -> str:
    """Return a source's short name and the place in it, such as `AP ¶5`.

    Where several sources have one name, the day of publication tells them apart.
    """
    name = source_name(words, dataset, source_id)
    shared = name in _shared_names(words, dataset)
    if shared:
        name = source_label(words, dataset, source_id)
    if not locator:
        return name
    close = locator.startswith("¶") and not shared
    if close:
        return f"{words.set_apart(name)} {locator}"
    return words.enumeration([name, locator])


def _shared_names(words: Words, dataset: Dataset) -> frozenset[str]:
    """The short names that several sources have."""

    def count() -> frozenset[str]:
        names = Counter(source_name(words, dataset, id) for id in dataset.ledger.sources)
        return frozenset(name for name, number in names.items() if number > 1)

    return _shared.get(dataset, words.language, count)


def citation_of(words: Words, claim: Claim) -> tuple[str, str]:
    """Return a claim's source id and the place in it, in the language's words."""
    return claim.source, place(words, claim)


def citations(words: Words, dataset: Dataset, cited: Iterable[tuple[str, str]]) -> list[str]:
    """Return citations in words, the places of one source together: `AP ¶5, ¶6`."""
    places: dict[str, list[str]] = {}
    for source, locator in cited:
        listed = places.setdefault(source, [])
        listed += [p for p in locator.split(", ") if p and p not in listed]
    return [citation(words, dataset, id, words.enumeration(where)) for id, where in places.items()]


def join(sentences: Sequence[Spans]) -> Spans:
    """Set sentences one after the other."""
    joined: list[tuple[str, bool]] = []
    for number, pieces in enumerate(sentences):
        joined += _SPACE if number else ()
        joined += pieces
    return tuple(joined)


def capitalised(words: Words, sentence: Spans) -> Spans:
    """Return a sentence with a capital, which it needs where a date or an actor comes first."""
    (first, strong), *rest = sentence
    return ((words.capitalise(first), strong), *rest)
