"""The feed's entries: each change, with what it meant for the region on the day it came."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from geomap.core.dates import intersect
from geomap.core.doubts import contradicting_holders
from geomap.core.events import Event, postponements
from geomap.core.history import Change


@dataclass(frozen=True)
class Entry:
    """A change beside the other events of its region, as they stood when its day was over.

    `postponement`: its event moves an earlier arrangement. `against`: the events that name another
    holder, and contradict its event since that day.
    """

    change: Change
    postponement: bool
    against: tuple[Event, ...]

    @property
    def category(self) -> str:
        """What the change did, in a word."""
        if self.against:
            return "contradicts"
        if self.change.effect == "contradicts" and not is_opposed(self.change):
            return "agrees"
        return self.change.effect.replace("_last", "")


@dataclass(frozen=True)
class _Standing:
    """What the events of one region make of each other: postponements, and contradicting pairs."""

    postponements: set[str]
    against: Mapping[str, Mapping[str, Event]]


def is_opposed(change: Change) -> bool:
    """Return whether the claim itself contradicts another one about its event.

    A claim may also be added to an event whose other claims contradict each other.
    """
    claim, claims = change.claim, change.after.claims if change.after else ()
    return any(
        intersect([mine, theirs]) is None
        for other in claims
        for mine, theirs in ((claim.date, other.date), (claim.since, other.since))
        if mine and theirs
    )


def latest_entries(changes: Sequence[Change], most: int) -> list[Entry]:
    """Return the last `most` changes as entries, oldest first."""
    first = len(changes) - most
    regions: dict[str, dict[str, Event]] = {}
    entries: list[Entry] = []
    done = 0
    for _, group in groupby(changes, key=lambda change: change.day):
        today = list(group)
        done += len(today)
        touched = {change.claim.region for change in today}
        before = {id: _standing(regions.get(id, {}).values()) for id in touched if done > first}
        for change in today:
            events = regions.setdefault(change.claim.region, {})
            events.pop(change.claim.event, None)
            if change.after:
                events[change.claim.event] = change.after
        after = {id: _standing(regions[id].values()) for id in before}
        if before:
            entries += [
                _entry(change, before[change.claim.region], after[change.claim.region])
                for change in today
            ]
    return entries[-most:]


def _entry(change: Change, before: _Standing, after: _Standing) -> Entry:
    id = change.claim.event
    met = before.against.get(id, {})
    new = [event for other, event in after.against.get(id, {}).items() if other not in met]
    return Entry(
        change,
        postponement=id in before.postponements | after.postponements,
        against=() if change.withdrawn else tuple(new),
    )


def _standing(events: Iterable[Event]) -> _Standing:
    events = list(events)
    against: dict[str, dict[str, Event]] = {}
    for one, other in contradicting_holders(events):
        against.setdefault(one.id, {})[other.id] = other
        against.setdefault(other.id, {})[one.id] = one
    return _Standing(postponements(events), against)
