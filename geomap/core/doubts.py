"""Doubts about a ledger that no claim alone shows: events that do not fit each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import combinations

from geomap.core.arrangements import differ, in_force_from
from geomap.core.events import Event
from geomap.core.order import latest_each_day, only_actor, span_of


def contradicting_holders(events: Iterable[Event]) -> Iterator[tuple[Event, Event]]:
    """Yield the pairs of events that name different holders of a region in no known order."""
    pairs: set[tuple[str, str]] = set()
    for wholes in _by_region(e for e in events if e.is_transfer and e.span and not e.part):
        for current in latest_each_day(wholes):
            if only_actor(current) is not None:
                continue
            for one, other in combinations(current, 2):
                if one.actor != other.actor and (one.id, other.id) not in pairs:
                    pairs.add((one.id, other.id))
                    yield one, other


def contradicting_arrangements(events: Iterable[Event]) -> Iterator[tuple[Event, Event]]:
    """Yield the pairs of arrangements for a region, in force from one day, that differ in their
    actor or date.
    """
    for dues in _by_region(event for event in events if event.is_arrangement):
        for pair in combinations(dues, 2):
            if in_force_from(pair[0]) == in_force_from(pair[1]) and differ(pair):
                yield pair


def parts_of_nothing(events: Iterable[Event]) -> list[Event]:
    """Return the transfers of a part that name no holder of the rest: no transfer of the whole
    region may have happened by then.
    """
    orphans = []
    for transfers in _by_region(event for event in events if event.is_transfer and event.span):
        wholes = [span_of(event) for event in transfers if not event.part]
        orphans += [
            event
            for event in transfers
            if event.part
            and not any((whole.start or date.min) <= span_of(event).end for whole in wholes)
        ]
    return orphans


def _by_region(events: Iterable[Event]) -> Iterable[list[Event]]:
    groups: dict[str, list[Event]] = {}
    for event in events:
        groups.setdefault(event.region, []).append(event)
    return groups.values()
