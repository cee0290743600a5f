"""What governments claim: which of their claims to a region stand on a day, whoever holds it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from geomap.core.events import Event
from geomap.core.order import by_day, span_of


def standing_claims(events: Sequence[Event], day: date) -> tuple[Event, ...]:
    """Return the `claimed` events that say, on a day, which governments claim a region since when.

    `events` are all `claimed` and `renounced` events of the region. A claim stands from the day on
    which it has certainly been made. A renunciation ends every claim of its actor that may have
    been made by then: one whose first day, or last where the start is open, is not later than the
    renunciation's last. Of each actor's claims the earliest counts, with those of equal span.
    """
    certain = [event for event in events if span_of(event).end <= day]
    given_up: dict[str, date] = {}
    for event in certain:
        if event.is_renounced:
            given_up[event.actor] = max(span_of(event).end, given_up.get(event.actor, date.min))
    earliest: dict[str, Event] = {}
    standing = []
    for event in sorted((event for event in certain if event.is_claimed), key=by_day):
        made = span_of(event).start or span_of(event).end
        if event.actor in given_up and made <= given_up[event.actor]:
            continue
        if event.span == earliest.setdefault(event.actor, event).span:
            standing.append(event)
    return tuple(standing)


def renounced_without_claim(events: Iterable[Event]) -> Iterator[Event]:
    """Yield the `renounced` events before whose last day no `claimed` event of their actor began."""
    events = [event for event in events if event.span]
    made: dict[tuple[str, str], date] = {}
    for event in events:
        if event.is_claimed:
            start = span_of(event).start or date.min
            key = event.region, event.actor
            made[key] = min(start, made.get(key, date.max))
    for event in events:
        first = made.get((event.region, event.actor), date.max)
        if event.is_renounced and first > span_of(event).end:
            yield event
