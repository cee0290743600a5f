"""The order of events in time: which transfers come before which, so far as that is certain.

Only the dates and kinds of claims decide it, never an id, a row or a name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from geomap.core.dates import Span
from geomap.core.events import Event


def span_of(transfer: Event) -> Span:
    """Return the span of a transfer, which always has one."""
    if transfer.span is None:
        raise ValueError(f"transfer {transfer.id!r} has no date")
    return transfer.span


def comes_before(event: Event, later: Event) -> bool:
    """Return whether one transfer of the whole region is certain to come before another.

    It is if it ends before the other starts. A handover also comes after the control of another
    actor that it ends: one that shares a day with it and was certain by its last day. A handover
    whose start is open ("by 25 January") comes after whatever was certain before its last day.
    """
    a, b = span_of(event), span_of(later)
    if b.start is not None and a.end < b.start:
        return True
    if b.start is None and later.is_handover and a.end < b.end:
        return True
    return (
        later.is_handover
        and not event.is_handover
        and event.actor != later.actor
        and a.end <= b.end
        and (b.start is None or b.start <= a.end)
    )


def latest(transfers: Sequence[Event]) -> list[Event]:
    """Return the transfers that no other one certainly comes after, in the order given."""
    if len(transfers) < 2:
        return list(transfers)
    starts = [start for event in transfers if (start := span_of(event).start)]
    last_start = max(starts, default=date.min)
    # A transfer that ends before the last start is not the latest, and comes after none of the rest.
    rest = [event for event in transfers if span_of(event).end >= last_start]
    if len(rest) == 1:
        return rest
    return [event for event in rest if not any(comes_before(event, other) for other in rest)]


def latest_each_day(transfers: Sequence[Event]) -> Iterator[list[Event]]:
    """Yield `latest` of the transfers that have certainly happened, for each day on which one more
    has; in the order given.
    """
    ends = [span_of(event).end for event in transfers]
    places = sorted(range(len(transfers)), key=ends.__getitem__)
    last_start, begin = date.min, 0
    for number, place in enumerate(places, start=1):
        last_start = max(last_start, span_of(transfers[place]).start or date.min)
        if number < len(places) and ends[places[number]] == ends[place]:
            continue
        # Those that end before the last start come after none, now or later.
        while ends[places[begin]] < last_start:
            begin += 1
        yield latest([transfers[place] for place in sorted(places[begin:number])])


def only_actor(events: Iterable[Event]) -> str | None:
    """Return the actor whom all events name, None if they name several or there are none."""
    actors = {event.actor for event in events}
    return actors.pop() if len(actors) == 1 else None


def by_day(event: Event) -> tuple[date, date, str, str]:
    """Return a transfer's place in a list: by its last, then its first day, then by qualifiers."""
    span = span_of(event)
    return span.end, span.start or date.min, span.end_qualifier, span.start_qualifier


def first_possible_day(
    transfer: Event, wholes: Iterable[Event], arrangements: Iterable[Event]
) -> date | None:
    """Return the first day on which a transfer may have happened; None is the open past.

    A handover whose start is open starts no earlier than the latest arrangement that was in force
    by its last day, nor than the last transfer of the whole that was certain before.
    """
    span = span_of(transfer)
    if span.start is not None or not transfer.is_handover:
        return span.start
    bounds = [
        span_of(other).end
        for other in wholes
        if other is not transfer
        and (
            span_of(other).end < span.end
            or (span_of(other).end == span.end and not other.is_handover)
        )
    ]
    in_force = [
        due.in_force
        for due in arrangements
        if due.actor == transfer.actor and due.in_force and due.in_force.end <= span.end
    ]
    if in_force:
        last = max(force.end for force in in_force)
        bounds.append(min(force.start or last for force in in_force if force.end == last))
    return min(max(bounds), span.end) if bounds else None


def standing_parts(parts: Iterable[Event], wholes: Iterable[Event]) -> list[Event]:
    """Return the transfers of a part that no transfer of the whole certainly came after."""
    starts = [start for event in wholes if (start := span_of(event).start)]
    last_start = max(starts, default=date.min)
    return [event for event in parts if span_of(event).end >= last_start]
