"""The lanes of the chart of time: what each region's lane shows, and the days to mark beneath them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date as Date

from geomap.core.dataset import Dataset, text_in
from geomap.core.dates import Span
from geomap.core.events import Event, chain_order, chains, postponements, resolve
from geomap.core.order import first_possible_day
from geomap.present.looks import Look
from geomap.present.selection import Selection
from geomap.present.timeline import milestones_of
from geomap.wording import Words
from geomap.wording.sentences import region_name
from geomap.wording.short_lines import MOST_NAMED, MOST_NAMES, number_of_regions

MOST_DRAWN = 40
"""With more lanes than this, a chart has none."""


@dataclass(frozen=True)
class LaneStretch:
    """Days, both included, through which a region keeps one look."""

    first: Date
    last: Date
    look: Look


@dataclass(frozen=True)
class LaneEvent:
    """A handover (`handover`), the decision to put one off (`postponed`), or the last day for one
    that had not taken place by then (`due`).

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
    """One region in the chart."""

    region: str
    name: str
    stretches: tuple[LaneStretch, ...]
    events: tuple[LaneEvent, ...]

    @property
    def due_days(self) -> tuple[Date, ...]:
        """The days to mark on the lane: by each of them a handover was due that had not come."""
        return tuple(event.last for event in self.events if event.kind == "due")

    @property
    def arrows(self) -> tuple[tuple[Date, Date], ...]:
        """From which due day to which a handover was put off."""
        return tuple(
            (event.before.end, event.after.end)
            for event in self.events
            if event.before and event.after
        )


@dataclass(frozen=True)
class Tick:
    """A day to mark, and the last of them where it is not known exactly; `label` may be empty."""

    first: Date
    last: Date
    label: str


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
            (
                *_postponed(words, name, of_region),
                *_due(words, name, of_region),
                *_over(name, of_region),
            ),
        )
        for id, of_region in by_region.items()
    )


def drawn_lanes(lanes: Sequence[Lane]) -> tuple[tuple[Lane, ...], bool]:
    """Return the lanes that a chart has room for, and whether each has room for its name.

    Of more than `MOST_NAMED` regions only those that change have a lane, and of more than
    `MOST_DRAWN` that change none has.
    """
    if len(lanes) > MOST_NAMED:
        lanes = [lane for lane in lanes if len(lane.stretches) > 1]
    if len(lanes) > MOST_DRAWN:
        lanes = []
    return tuple(lanes), len(lanes) <= MOST_NAMED


def ticks(
    words: Words, dataset: Dataset, selection: Selection, lanes: Sequence[Lane]
) -> tuple[Tick, ...]:
    """Return the days to mark on the axis, ascending: milestones, the lanes' events, the due days of
    their arrows, and both ends of the period.

    What falls on one day shares one mark.
    """
    period = dataset.period
    ends: dict[Date, Date] = {}
    of_regions: dict[Date, list[str]] = defaultdict(list)
    others: dict[Date, list[str]] = defaultdict(list)
    for event in (event for lane in lanes for event in lane.events):
        first = max(event.first, period.start)
        ends[first] = event.last
        of_regions[first].append(event.label)
    for one in milestones_of(dataset, selection):
        ends[one.date] = one.date
        others[one.date].append(text_in(one.label, words.language))
    of_arrows = (day for lane in lanes for arrow in lane.arrows for day in arrow)
    for day in (*of_arrows, period.start, period.end):
        ends.setdefault(day, day)
    return tuple(
        Tick(day, ends[day], _tick_label(words, of_regions[day], others[day]))
        for day in sorted(ends)
        if period.start <= day <= period.end
    )


def _tick_label(words: Words, of_regions: list[str], others: list[str]) -> str:
    """What a tick is called: all that falls on its day, the regions counted where they are many."""
    if len(of_regions) > MOST_NAMES:
        of_regions = [number_of_regions(words, len(of_regions))]
    return words.enumeration([*of_regions, *others])


def days_to_mark(lanes: Iterable[Lane], ticks: Iterable[Tick]) -> set[Date]:
    """Return the days on which something changes or is marked in a chart of these lanes and ticks."""
    changes = {stretch.first for lane in lanes for stretch in lane.stretches}
    return changes | {day for tick in ticks for day in (tick.first, tick.last)}


def _postponed(words: Words, name: str, events: Sequence[Event]) -> Iterable[LaneEvent]:
    moved = postponements(events)
    due_before: dict[str, Span | None] = {}  # by actor
    for event in sorted((e for e in events if e.is_arrangement), key=chain_order):
        if event.id in moved and event.in_force:
            day = event.in_force.end
            label = words.say("{region} postponed", region=name)
            before = due_before.get(event.actor)
            yield LaneEvent("postponed", day, day, label, before, event.span)
        due_before[event.actor] = event.span


def _due(words: Words, name: str, events: Sequence[Event]) -> Iterable[LaneEvent]:
    """The day by which each handover was due at last, unless it had taken place by then."""
    for chain in chains(events):
        span = chain.arrangements[-1].span if chain.arrangements else None
        over = chain.handover.span if chain.handover else None
        if span and not (over and over.end <= span.end):
            yield LaneEvent("due", span.end, span.end, words.say("{region} due", region=name))


def _over(name: str, events: Sequence[Event]) -> Iterable[LaneEvent]:
    wholes = [event for event in events if event.is_transfer and event.span and not event.part]
    arrangements = [event for event in events if event.is_arrangement]
    for event in events:
        if event.is_handover and event.span:
            first = first_possible_day(event, wholes, arrangements) or Date.min
            yield LaneEvent("handover", first, event.span.end, name)
