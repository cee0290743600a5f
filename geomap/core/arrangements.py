"""Arrangements: which are in force, which of them belong together, and when one is fulfilled."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from geomap.core.dates import Span, hull
from geomap.core.events import Event
from geomap.core.order import latest, only_actor, span_of, standing_parts


def in_force_on(arrangements: Iterable[Event], day: date) -> list[Event]:
    """Return the arrangements in force on a day, the latest last; those of one day by their date."""
    in_force = [due for due in arrangements if due.in_force and due.in_force.end <= day]
    return sorted(
        in_force, key=lambda due: (in_force_from(due), due.span.end if due.span else date.max)
    )


def in_force_from(due: Event) -> date:
    """Return the day from which an arrangement is certainly in force."""
    return due.in_force.end if due.in_force else date.max


def in_force_with(due: Event, dues: Iterable[Event]) -> tuple[Event, ...]:
    """Return the arrangements that are in force from the same day as `due`."""
    return tuple(other for other in dues if in_force_from(other) == in_force_from(due))


def differ(dues: Iterable[Event]) -> bool:
    """Return whether arrangements name several actors or dates."""
    return len({(due.actor, due.span) for due in dues}) > 1


def hull_of(dues: Iterable[Event]) -> Span | None:
    """Return the days from the first to the last that arrangements name, None where none does."""
    spans = [due.span for due in dues if due.span]
    return hull(spans) if spans else None


def fulfilled(due: Event, transfers: Iterable[Event]) -> bool:
    """Return whether the actor of an arrangement has got the region since it was agreed.

    For a part of the region, a part is enough. `transfers` are those that certainly happened.
    Where nothing says since when the arrangement was in force, and its day had passed when it was
    reported, the actor may have got the region by that day.
    """
    if due.in_force is None:
        return False
    transfers = [event for event in transfers if due.part or not event.part]
    agreed = due.in_force.start or due.in_force.end
    before: list[Event] = []
    if due.in_force.start is None and due.span and (due.span.start or due.span.end) < agreed:
        agreed = due.span.start or due.span.end
        before = [event for event in transfers if span_of(event).end < agreed]
    if any(e.actor == due.actor and span_of(e).end >= agreed for e in transfers):
        return True
    wholes = [event for event in before if not event.part]
    parts = standing_parts([event for event in before if event.part], wholes)
    return only_actor(latest(wholes)) == due.actor or any(e.actor == due.actor for e in parts)
