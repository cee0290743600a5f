"""The rules: from the events of one region to its status on one day.

They are written here, once. The browser, the exports and the command line get what `decide` returns.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from geomap.core.arrangements import fulfilled, in_force_on, in_force_with
from geomap.core.events import Event
from geomap.core.governments import standing_claims
from geomap.core.order import (
    by_day,
    comes_before,
    first_possible_day,
    latest,
    only_actor,
    span_of,
    standing_parts,
)
from geomap.core.region_status import Status

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class RegionEvents:
    """The events of one region, sorted for `decide`; make it with `region_events`.

    `first_days` holds, by event id, the first day on which a transfer may have happened, None where
    that is the open past. `governments` are the events that say who claims the region and who has
    given a claim up. `actors` are the ids of all actors in the ledger's order.
    """

    region: str
    wholes: tuple[Event, ...]
    parts: tuple[Event, ...]
    arrangements: tuple[Event, ...]
    governments: tuple[Event, ...]
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
        tuple(event for event in events if (event.is_claimed or event.is_renounced) and event.span),
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
    claimed = standing_claims(events.governments, day)
    claimed_by = {event.actor for event in claimed}
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
        claimed=claimed,
        claimed_by=tuple(id for id in events.actors if id in claimed_by),
    )


def change_days_of(events: RegionEvents) -> list[date]:
    """Return the days on which `decide` may give another answer than on the day before."""
    days: set[date] = set()
    for event in (*events.wholes, *events.parts):
        days.add(span_of(event).end)
        first = events.first_days[event.id]
        if first:
            days.add(first)
    days.update(span_of(event).end for event in events.governments)
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
