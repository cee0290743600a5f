"""The course of events: as rows of a table, as lanes of the time control, as days to mark on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date as Date
from operator import attrgetter

from geomap.core.claims import Claim
from geomap.core.dataset import Dataset, text_in
from geomap.core.dates import Span
from geomap.core.events import Event, chain_order, postponements, resolve, source_counts
from geomap.core.kinds import CLAIM_KINDS
from geomap.core.meta import Milestone
from geomap.present.looks import Look
from geomap.present.selection import Selection
from geomap.wording import Words, event_text, format_day, format_span
from geomap.wording.sentences import citation, place, region_name
from geomap.wording.spans import Form


@dataclass(frozen=True)
class Citation:
    """A source's short name and the place in it; its address, "" if none is known."""

    text: str
    url: str


@dataclass(frozen=True)
class TimelineRow:
    """One event or milestone in words."""

    day: Date
    when: str
    region: str
    what: str
    reported: str
    citations: tuple[Citation, ...]
    disputed: bool


@dataclass(frozen=True)
class LaneStretch:
    """Days, both included, through which a region keeps one look."""

    first: Date
    last: Date
    look: Look


@dataclass(frozen=True)
class LaneEvent:
    """A handover (`kind` is `handover`), or the decision to put one off (`postponed`).

    It happened between `first` and `last`. `before` and `after` are the days by which a handover
    that was put off had been due and then was, None where no claim states one.
    """

    kind: str
    first: Date
    last: Date
    label: str
    before: Span | None = None
    after: Span | None = None


@dataclass(frozen=True)
class Lane:
    """One region in the time control."""

    region: str
    name: str
    stretches: tuple[LaneStretch, ...]
    events: tuple[LaneEvent, ...]


@dataclass(frozen=True)
class Tick:
    """A day to mark, and the last of them where it is not known exactly."""

    first: Date
    last: Date
    label: str


def timeline(words: Words, dataset: Dataset, selection: Selection) -> tuple[TimelineRow, ...]:
    """Return events and milestones as rows, the latest first."""
    events = resolve(dataset.ledger, selection.known, selection.sources)
    moved = postponements(events)
    rows = [_event_row(words, dataset, event, event.id in moved) for event in events]
    rows += [_milestone_row(words, dataset, one) for one in _milestones(dataset, selection)]
    return tuple(sorted(rows, key=attrgetter("day"), reverse=True))


def lanes(
    words: Words,
    dataset: Dataset,
    selection: Selection,
    stretches: Mapping[str, Iterable[LaneStretch]],
) -> tuple[Lane, ...]:
    """Return one lane a region, in the dataset's order; `stretches` are by region id."""
    events = resolve(dataset.ledger, selection.known, selection.sources)
    by_region: dict[str, list[Event]] = {id: [] for id in stretches}
    for event in events:
        by_region[event.region].append(event)
    return tuple(
        Lane(
            id,
            name := region_name(words, dataset, id),
            tuple(stretches[id]),
            _lane_events(words, name, of_region),
        )
        for id, of_region in by_region.items()
    )


def ticks(
    words: Words, dataset: Dataset, selection: Selection, lanes: Sequence[Lane]
) -> tuple[Tick, ...]:
    """Return the days to mark on the time control, ascending: milestones and the lanes' events.

    What falls on one day shares one mark.
    """
    period = dataset.period
    marks: dict[Date, Tick] = {}

    def mark(first: Date, last: Date, label: str) -> None:
        if first in marks:
            label = f"{marks[first].label}, {label}"
        marks[first] = Tick(first, last, label)

    for event in (event for lane in lanes for event in lane.events):
        mark(max(event.first, period.start), event.last, event.label)
    for one in _milestones(dataset, selection):
        mark(one.date, one.date, text_in(one.label, words.language))
    return tuple(marks[day] for day in sorted(marks) if period.start <= day <= period.end)


def citations(words: Words, dataset: Dataset, claims: Iterable[Claim]) -> tuple[Citation, ...]:
    """Return where claims stand, each place once."""
    places = {(claim.source, claim.locator): claim for claim in claims}
    return tuple(
        Citation(
            citation(words, dataset, claim.source, place(words, claim)),
            dataset.ledger.sources[claim.source].url,
        )
        for claim in places.values()
    )


def _milestones(dataset: Dataset, selection: Selection) -> list[Milestone]:
    sources = dataset.ledger.sources
    return [
        one
        for one in dataset.meta.milestones
        if source_counts(sources[one.source], selection.known, selection.sources)
    ]


def _milestone_row(words: Words, dataset: Dataset, milestone: Milestone) -> TimelineRow:
    source = dataset.ledger.sources[milestone.source]
    text = citation(words, dataset, source.id, text_in(milestone.locator, words.language))
    return TimelineRow(
        day=milestone.date,
        when=format_day(words, milestone.date, short=True),
        region="",
        what=text_in(milestone.label, words.language),
        reported=format_day(words, source.published, short=True),
        citations=(Citation(text, source.url),),
        disputed=False,
    )


def _event_row(words: Words, dataset: Dataset, event: Event, postponed: bool) -> TimelineRow:
    # An arrangement stands on the day from which it was in force, and that is when it was made.
    due = event.kind == "due"
    span = event.in_force if due else event.span
    form: Form = "when" if due else CLAIM_KINDS[event.kind].date_form
    if span is None:
        raise ValueError(f"event {event.id!r} has no day")
    sources = dataset.ledger.sources
    first = min(sources[claim.source].published for claim in event.claims)
    exact = format_day(words, span.end, short=True) if span.exact else None
    return TimelineRow(
        day=span.end,
        when=exact or words.capitalise(format_span(words, span, form)),
        region=region_name(words, dataset, event.region),
        what=event_text(words, dataset, event, postponed=postponed),
        reported=format_day(words, first, short=True),
        citations=citations(words, dataset, event.claims),
        disputed=event.disputed,
    )


def _lane_events(words: Words, name: str, events: Sequence[Event]) -> tuple[LaneEvent, ...]:
    moved = postponements(events)
    due_before: dict[str, Span | None] = {}  # by actor
    drawn = []
    for event in sorted((e for e in events if e.kind == "due"), key=chain_order):
        if event.id in moved and event.in_force:
            day = event.in_force.end
            label = words.say("{region} postponed", region=name)
            before = due_before.get(event.actor)
            drawn.append(LaneEvent("postponed", day, day, label, before, event.span))
        due_before[event.actor] = event.span
    for event in events:
        if event.kind == "handover" and event.span:
            first = event.span.start or Date.min
            drawn.append(LaneEvent("handover", first, event.span.end, name))
    return tuple(drawn)
