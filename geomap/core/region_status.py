"""The status of one region on one day: what it says, which kind it is, and who states it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from geomap.core.arrangements import differ, hull_of, in_force_with
from geomap.core.citations import Place, citations, places, places_of
from geomap.core.claims import Claim
from geomap.core.dates import Span
from geomap.core.events import Event
from geomap.core.order import comes_before

ControlStatus = Literal["held", "due", "handed_over", "unclear", "unknown"]
Divided = Literal["yes", "perhaps", "no"]


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
    - `claimed`: the events that say which governments claim it since when, whoever holds it.
    - `claimed_by`: those governments, in the ledger's order.
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
    claimed: tuple[Event, ...] = ()
    claimed_by: tuple[str, ...] = ()
    lies_within: str | None = None
    lies_within_citation: Place | None = None

    @cached_property
    def control_status(self) -> ControlStatus:
        """The first kind of status whose rule applies."""
        return next(kind.name for kind in STATUS_KINDS if kind.applies(self))

    @property
    def divided(self) -> Divided:
        """Whether another actor than the holder has got a part of the region."""
        return "yes" if self.parts else "perhaps" if self.possible_parts else "no"

    @property
    def claimed_by_others(self) -> tuple[str, ...]:
        """The governments that claim the region without holding it."""
        return tuple(id for id in self.claimed_by if id != self.actor)

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
    def all_stating(self) -> tuple[Claim, ...]:
        """`stating`, and the claims that state which governments claim the region."""
        return _in_order((*self.stating, *self._claimed_stating))

    @cached_property
    def all_consistent(self) -> tuple[Claim, ...]:
        """The other claims about the events that `all_stating` states."""
        return _in_order((*self.consistent, *(c for e in self.claimed for c in e.consistent)))

    @property
    def _claimed_stating(self) -> tuple[Claim, ...]:
        return _in_order(claim for event in self.claimed for claim in event.stating)

    @cached_property
    def claimed_citations(self) -> list[str]:
        """Who states which governments claim the region: as `citations`."""
        return citations(places_of(self._claimed_stating))

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


def _in_order(claims: Iterable[Claim]) -> tuple[Claim, ...]:
    claims = tuple(claims)
    if len(claims) < 2:
        return claims
    by_row = {claim.row: claim for claim in claims}
    return tuple(by_row[row] for row in sorted(by_row))
