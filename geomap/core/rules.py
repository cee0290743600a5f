"""The rules: from the events of one region to its status on one day.

They are written here, once. The browser, the exports and the command line get what `decide` returns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Literal

from geomap.core.arrangements import differ, fulfilled, hull_of, in_force_on, in_force_with
from geomap.core.citations import Place, citations, places, places_of
from geomap.core.claims import Claim
from geomap.core.dates import Span
from geomap.core.events import Event
from geomap.core.order import (
    by_day,
    comes_before,
    first_possible_day,
    latest,
    only_actor,
    span_of,
    standing_parts,
)

ControlStatus = Literal["held", "due", "handed_over", "unclear", "unknown"]
Divided = Literal["yes", "perhaps", "no"]
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Status:
    """What a region's visible claims say about one day.

    - `actor`, `since`: the holder, and when the first of `run` happened; None if nobody is known.
    - `run`: the consecutive events that confirm the holder, oldest first.
    - `previous`: what gave the region to `previous_actor`, the holder before.
    - `contradicting`: the events that name different holders in no known order.
    - `possible`: transfers of the whole region to another actor that may have happened.
    - `handover`: the handover that brought the holder, or the first that may have happened.
    - `pending`: the arrangements in force that count; several where they contradict each other.
    - `dues`: the arrangements for the pending transfer or for `handover`, oldest first.
    - `parts`, `possible_parts`: the events that gave, or may have given, a part to another actor.
    - `other_actors`: who else holds, or may hold, a part of it or all; in the ledger's order.
    - `lies_within_citation`: source and locator of who says what the region lies within.
    """

    region: str
    actor: str | None = None
    since: Span | None = None
    run: tuple[Event, ...] = ()
    previous_actor: str | None = None
    previous: tuple[Event, ...] = ()
    contradicting: tuple[Event, ...] = ()
    possible: tuple[Event, ...] = ()
    handover: Event | None = None
    pending: tuple[Event, ...] = ()
    overdue: bool = False
    dues: tuple[Event, ...] = ()
    parts: tuple[Event, ...] = ()
    possible_parts: tuple[Event, ...] = ()
    other_actors: tuple[str, ...] = ()
    lies_within: str | None = None
    lies_within_citation: Place | None = None

    @property
    def control_status(self) -> ControlStatus:
        """The first kind of status whose rule applies."""
        return next(kind.name for kind in STATUS_KINDS if kind.applies(self))

    @property
    def divided(self) -> Divided:
        """Whether another actor than the holder has got a part of the region."""
        return "yes" if self.parts else "perhaps" if self.possible_parts else "no"

    @property
    def handover_due(self) -> Span | None:
        """The days by which the handover was to happen, after any postponement."""
        return hull_of(self._last_dues)

    @property
    def handover_due_first(self) -> Span | None:
        """The days by which it was to happen when a date was first agreed."""
        return hull_of(self._first_dues)

    @cached_property
    def disputed(self) -> bool:
        """Whether claims or events that the status rests on contradict each other."""
        return bool(
            self.contradicting
            or differ(self._first_dues)
            or differ(self._last_dues)
            or any(event.disputed for event in self._present)
        )

    @cached_property
    def events(self) -> tuple[Event, ...]:
        """The events that state what the status says, each once."""
        return tuple({event.id: event for event in (*self._present, *self.previous)}.values())

    @cached_property
    def stating(self) -> tuple[Claim, ...]:
        """The claims that state what the status says, in the order of the ledger."""
        return _in_order(
            claim for event in self.events for claim in (*event.stating, *event.stating_since)
        )

    @cached_property
    def consistent(self) -> tuple[Claim, ...]:
        """The other claims about the same events, in the order of the ledger."""
        return _in_order(claim for event in self.events for claim in event.consistent)

    @cached_property
    def claims(self) -> tuple[Claim, ...]:
        """All claims about the events of the status, in the order of the ledger."""
        return _in_order((*self.stating, *self.consistent))

    @cached_property
    def citations(self) -> list[str]:
        """Who states what the status says, one `source¶locator` a source."""
        return citations(self._places)

    @cached_property
    def consistent_citations(self) -> list[str]:
        """The places that do not state it, but are about the same events: as `citations`."""
        return citations(places_of(self.consistent), without=self._places)

    @cached_property
    def _places(self) -> list[Place]:
        within = places(*self.lies_within_citation) if self.lies_within_citation else ()
        return [*places_of(self.stating), *within]

    @cached_property
    def _present(self) -> tuple[Event, ...]:
        """The events that the status rests on but for the previous holder's."""
        return (
            *self._confirming,
            *self.contradicting,
            *self.possible,
            *self._first_dues,
            *self._last_dues,
            *(self.parts or self.possible_parts),
        )

    @property
    def _confirming(self) -> Iterator[Event]:
        """The events of the run that state who holds the region, since when, and how it came."""
        # Rarely only all of them together come after all that gave it to the one before.
        jointly = not all(comes_before(e, own) for e in self.previous for own in self.run)
        for event in self.run:
            is_arrival = event.is_handover and self.handover and event.span == self.handover.span
            if jointly or event.span == self.since or is_arrival:
                yield event

    @cached_property
    def _last_dues(self) -> tuple[Event, ...]:
        return in_force_with(self.dues[-1], self.dues) if self.dues else ()

    @cached_property
    def _first_dues(self) -> tuple[Event, ...]:
        dated = next((due for due in self.dues if due.span), None)
        return in_force_with(dated, self.dues) if dated else ()


@dataclass(frozen=True)
class StatusKind:
    """A kind of status, and the rule that says whether a status is of this kind."""

    name: ControlStatus
    applies: Callable[[Status], bool]


STATUS_KINDS = (
    StatusKind("unclear", lambda status: bool(status.contradicting or status.possible)),
    StatusKind("due", lambda status: bool(status.pending)),
    StatusKind("handed_over", lambda status: any(event.is_handover for event in status.run)),
    StatusKind("held", lambda status: bool(status.run)),
    StatusKind("unknown", lambda status: True),
)
"""Every kind of status. The first one whose rule applies counts."""


@dataclass(frozen=True)
class RegionEvents:
    """The events of one region, sorted for `decide`; make it with `region_events`.

    `first_days` holds, by event id, the first day on which a transfer may have happened, None where
    that is the open past. `actors` are the ids of all actors in the ledger's order.
    """

    region: str
    wholes: tuple[Event, ...]
    parts: tuple[Event, ...]
    arrangements: tuple[Event, ...]
    actors: Sequence[str]
    first_days: Mapping[str, date | None] = field(hash=False)


def region_events(region: str, events: Iterable[Event], actors: Iterable[str]) -> RegionEvents:
    """Return the events of one region as `decide` takes them."""
    events = list(events)
    transfers = sorted((e for e in events if e.is_transfer and e.span), key=by_day)
    wholes = tuple(event for event in transfers if not event.part)
    arrangements = tuple(event for event in events if event.is_arrangement)
    return RegionEvents(
        region,
        wholes,
        tuple(event for event in transfers if event.part),
        arrangements,
        tuple(actors),
        {event.id: first_possible_day(event, wholes, arrangements) for event in transfers},
    )


def decide(events: RegionEvents, day: date) -> Status:
    """Return who holds a region on `day`, by the events that its visible claims make."""
    certain = [event for event in events.wholes if span_of(event).end <= day]
    current = latest(certain)
    actor = only_actor(current)
    contradicting = tuple(current) if current and actor is None else ()
    run, before = _run(certain, current, actor)
    previous = latest(before)
    possible = tuple(e for e in _possible(events, events.wholes, day) if e.actor != actor)
    arrivals = [event for event in run if event.is_handover]
    attempts = [event for event in possible if event.is_handover]
    handover = attempts[0] if attempts else arrivals[-1] if arrivals else None

    certain_parts = [event for event in events.parts if span_of(event).end <= day]
    transfers = [*certain, *certain_parts]
    in_force = in_force_on(events.arrangements, day)
    open_dues = [e for e in in_force if e.actor != actor and not fulfilled(e, transfers)]
    unclear = contradicting or possible
    pending = in_force_with(open_dues[-1], open_dues) if open_dues and not unclear else ()

    # The arrangements behind what is shown: of the pending transfer, or of the handover itself.
    if pending:
        awaited = {event.actor for event in pending}
    elif attempts:
        together = only_actor(e for e in attempts if e.span == attempts[0].span)
        awaited = {together} if together else set()
    else:
        awaited = {actor} if actor and arrivals else set()
        transfers = [*before, *certain_parts]
    dues = tuple(e for e in in_force if e.actor in awaited and not fulfilled(e, transfers))

    parts = tuple(e for e in standing_parts(certain_parts, certain) if e.actor != actor)
    possible_parts = tuple(e for e in _possible(events, events.parts, day) if e.actor != actor)
    others = {event.actor for event in (*contradicting, *(parts or possible_parts))}
    return Status(
        region=events.region,
        actor=actor,
        since=run[0].span if run else None,
        run=tuple(run),
        previous_actor=only_actor(previous),
        previous=tuple(previous) if only_actor(previous) else (),
        contradicting=contradicting,
        possible=possible,
        handover=handover,
        pending=pending,
        overdue=bool(pending) and all(e.span and e.span.end < day for e in pending),
        dues=dues,
        parts=parts,
        possible_parts=possible_parts,
        other_actors=tuple(id for id in events.actors if id in others),
    )


def change_days_of(events: RegionEvents) -> list[date]:
    """Return the days on which `decide` may give another answer than on the day before."""
    days: set[date] = set()
    for event in (*events.wholes, *events.parts):
        days.add(span_of(event).end)
        first = events.first_days[event.id]
        if first:
            days.add(first)
    for due in events.arrangements:
        if due.in_force:
            days.add(due.in_force.end)
        if due.span and due.span.end < date.max:
            days.add(due.span.end + _DAY)
    return sorted(days)


# The steps of `decide`


def _run(
    certain: Sequence[Event], current: Sequence[Event], actor: str | None
) -> tuple[list[Event], list[Event]]:
    """The consecutive events that confirm the holder, and all events before them."""
    if actor is None:
        return [], []
    others = latest([event for event in certain if event.actor != actor])
    run = [
        event
        for event in certain
        if event.actor == actor and all(comes_before(other, event) for other in others)
    ]
    run = run or list(current)
    ids = {event.id for event in run}
    return run, [event for event in certain if event.id not in ids]


def _possible(events: RegionEvents, transfers: Iterable[Event], day: date) -> Iterator[Event]:
    """The transfers that may have happened on a day, but have not certainly."""
    for event in transfers:
        if (events.first_days[event.id] or date.min) <= day < span_of(event).end:
            yield event


def _in_order(claims: Iterable[Claim]) -> tuple[Claim, ...]:
    by_row = {claim.row: claim for claim in claims}
    return tuple(by_row[row] for row in sorted(by_row))
