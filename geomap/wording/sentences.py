"""What a status, an event or a claim says, as whole sentences in a reader's language."""

from __future__ import annotations

from collections.abc import Sequence

from geomap.cache import OwnerCache
from geomap.core.claims import Claim, Kind
from geomap.core.dataset import Dataset
from geomap.core.dates import Span
from geomap.core.events import Event
from geomap.core.rules import Status
from geomap.wording.catalogue import Name, Spans, Words
from geomap.wording.spans import FORM_OF_KIND, format_day, format_span

_SPACE: Spans = ((" ", False),)
_names: OwnerCache[Dataset, dict[str, tuple[str, dict[str, str]]]] = OwnerCache(1)


def actor_name(words: Words, dataset: Dataset, actor: str | None) -> Name:
    """Return an actor's name in the language, ready for any case that a message asks for."""
    if actor is None:
        return Name("")
    found = dataset.ledger.actors[actor]
    return words.name(found.name, found.names)


def legend_name(words: Words, dataset: Dataset, actor: str) -> str:
    """Return an actor's name as it stands alone, with a capital."""
    return words.capitalise(actor_name(words, dataset, actor).text)


def region_name(words: Words, dataset: Dataset, region: str) -> str:
    """Return a region's name in the language, else its own."""
    kept = _names.get(dataset, None, lambda: _region_names(dataset))
    name, names = kept[region]
    return names.get(words.language) or name


def _region_names(dataset: Dataset) -> dict[str, tuple[str, dict[str, str]]]:
    """Each region's own name and its names by language, looked up often and so kept."""
    regions = dataset.regions
    columns = zip(regions["id"], regions["name"], regions["names"], strict=True)
    return {id: (name, names) for id, name, names in columns}


def sentence(words: Words, dataset: Dataset, status: Status, year: int | None = None) -> Spans:
    """Return what a status says, in whole sentences; dates of `year` are written without it."""
    said = [_main_sentence(words, dataset, status, year)]
    if status.pending and status.actor:
        said.append(_holder(words, dataset, status))
    if len(status.dues) > 1 and status.handover_due_first != status.handover_due:
        first = status.handover_due_first
        if first:
            by = format_span(words, first, "by", year=year)
            said.append(words.spans("It was first due {by}.", by=by))
    if status.lies_within:
        country = actor_name(words, dataset, status.lies_within)
        said.append(words.spans("It lies within {country}.", country=country))
    if status.disputed:
        said.append(words.spans("*Sources contradict each other.*"))
    return join([capitalised(words, pieces) for pieces in said])


def _main_sentence(words: Words, dataset: Dataset, status: Status, year: int | None) -> Spans:
    actor = actor_name(words, dataset, status.actor)
    if status.control_status == "unknown":
        return words.spans("*Not known*: no source says who holds it.")
    if status.control_status == "unclear":
        return _unclear(words, dataset, status, year)
    if status.pending:
        return _due(words, dataset, status.pending, status.overdue, year)
    if status.control_status == "handed_over" and status.handover and status.handover.span:
        return _handed_over(words, dataset, status, status.handover, year)
    return _held(words, status, actor, year)


def _holder(words: Words, dataset: Dataset, status: Status) -> Spans:
    """Who holds the region now, where the first sentence speaks of something else."""
    actor = actor_name(words, dataset, status.actor)
    if status.held_in_part:
        return words.spans("Held in part by {actor}.", actor=actor)
    return words.spans("Held by {actor}.", actor=actor)


def _handed_over(
    words: Words, dataset: Dataset, status: Status, handover: Event, year: int | None
) -> Spans:
    actor = actor_name(words, dataset, handover.actor)
    when = format_span(words, handover.span, "when", year=year) if handover.span else ""
    if handover.part:
        said = words.spans("*Handed over in part* to {actor} {when}.", actor=actor, when=when)
        return said if status.held_in_part else join([said, _holder(words, dataset, status)])
    latest = status.run[-1]
    if latest.part and latest.span:
        return words.spans(
            "*Handed over* to {actor} {when}; held in part {part_since}.",
            actor=actor,
            when=when,
            part_since=format_span(words, latest.span, "since", year=year),
        )
    return words.spans("*Handed over* to {actor} {when}.", actor=actor, when=when)


def _held(words: Words, status: Status, actor: Name, year: int | None) -> Spans:
    since = format_span(words, status.since, "since", year=year) if status.since else ""
    if not status.held_in_part:
        return words.spans("*Held* by {actor} {since}.", actor=actor, since=since)
    partial = next((e for e in status.run if e.part), None)
    if partial is None or partial is status.run[0] or partial.span is None:
        return words.spans("*Held in part* by {actor} {since}.", actor=actor, since=since)
    part_since = format_span(words, partial.span, "since", year=year)
    return words.spans(
        "*Held* by {actor} {since}; only a part of it {part_since}.",
        actor=actor,
        since=since,
        part_since=part_since,
    )


def _due(words: Words, dataset: Dataset, due: Event, overdue: bool, year: int | None) -> Spans:
    actor = actor_name(words, dataset, due.actor)
    if due.span is None:
        if due.part:
            return words.spans(
                "*Due* to be handed over in part to {actor}; no date stated.", actor=actor
            )
        return words.spans("*Due* to be handed over to {actor}; no date stated.", actor=actor)
    values = {"actor": actor, "by": format_span(words, due.span, "by", year=year)}
    if overdue and due.part:
        return words.spans("*Overdue*: it was to be handed over in part to {actor} {by}.", **values)
    if overdue:
        return words.spans("*Overdue*: it was to be handed over to {actor} {by}.", **values)
    if due.part:
        return words.spans("*Due* to be handed over in part to {actor} {by}.", **values)
    return words.spans("*Due* to be handed over to {actor} {by}.", **values)


def _unclear(words: Words, dataset: Dataset, status: Status, year: int | None) -> Spans:
    event = status.told
    if event is None or event.span is None:
        raise ValueError(f"what may have happened to {status.region!r} has a span")
    form = FORM_OF_KIND[event.kind]
    values = {
        "actor": actor_name(words, dataset, event.actor),
        form: format_span(words, event.span, form, year=year),
    }
    if event.kind == "handover" and event.part:
        return words.spans(
            "*Not clear on this date*: it was handed over in part to {actor} {when}.", **values
        )
    if event.kind == "handover":
        return words.spans(
            "*Not clear on this date*: it was handed over to {actor} {when}.", **values
        )
    if event.part:
        return words.spans(
            "*Not clear on this date*: it may have been held in part by {actor}, "
            "said to hold a part {since}.",
            **values,
        )
    return words.spans(
        "*Not clear on this date*: it may have been held by {actor}, said to hold it {since}.",
        **values,
    )


def event_text(words: Words, dataset: Dataset, event: Event, *, postponed: bool = False) -> str:
    """Return what happened, without its day; but with the one by which it is due.

    `postponed` says that it moves an earlier arrangement (see `events.postponements`).
    """
    if event.kind == "due" and postponed:
        return _postponed(words, event.span, event.part)
    if event.kind == "due" and event.span is not None:
        values = {
            "actor": actor_name(words, dataset, event.actor),
            "by": format_span(words, event.span, "by"),
        }
        if event.part:
            said = words.say("Handover in part to {actor} agreed, due {by}", **values)
        else:
            said = words.say("Handover to {actor} agreed, due {by}", **values)
        return words.capitalise(said)
    return _what(words, dataset, event.kind, event.actor, event.part)


def claim_text(words: Words, dataset: Dataset, claim: Claim, *, postponed: bool = False) -> str:
    """Return what one claim says, without its day; `postponed` as for `event_text`, with it."""
    if postponed:
        return _postponed(words, claim.date, claim.part)
    return _what(words, dataset, claim.kind, claim.actor, claim.part)


def _postponed(words: Words, span: Span | None, part: bool) -> str:
    if span is None:
        if part:
            return words.say("Handover in part postponed; no date stated")
        return words.say("Handover postponed; no date stated")
    by = format_span(words, span, "by")
    if part:
        return words.say("Handover in part postponed: now due {by}", by=by)
    return words.say("Handover postponed: now due {by}", by=by)


def _what(words: Words, dataset: Dataset, kind: Kind, actor: str, part: bool) -> str:
    name = actor_name(words, dataset, actor)
    if kind == "due" and part:
        said = words.say("Handover in part to {actor} agreed", actor=name)
    elif kind == "due":
        said = words.say("Handover to {actor} agreed", actor=name)
    elif kind == "handover" and part:
        said = words.say("Handed over in part to {actor}", actor=name)
    elif kind == "handover":
        said = words.say("Handed over to {actor}", actor=name)
    elif part:
        said = words.say("Held in part by {actor}", actor=name)
    else:
        said = words.say("Held by {actor}", actor=name)
    return words.capitalise(said)


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
    same = [s for s in dataset.ledger.sources if source_name(words, dataset, s) == name]
    if len(same) > 1:
        name = source_label(words, dataset, source_id)
    if not locator:
        return name
    return (
        f"{name} {locator}" if locator.startswith("¶") and len(same) == 1 else f"{name}, {locator}"
    )


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
