"""The rules: from the events of one region to its status on one day.

They are written here, once. The browser, the exports and the command line get what `decide` returns.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from geomap.core.claims import Claim
from geomap.core.dates import Span
from geomap.core.events import Event, due_order

ControlStatus = Literal["held", "due", "handed_over", "unclear", "unknown"]
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Status:
    """What a region's visible claims say about one day.

    `run` are the events since which the present actor holds the region, the latest last; `pending`
    is the `due` event in force, `possible` are those that may have happened, `handover` is the one
    that brought the actor or may be under way, `dues` the arrangements behind it, oldest first.
    """

    region: str
    control_status: ControlStatus
    actor: str | None = None
    since: Span | None = None
    previous_actor: str | None = None
    pending: Event | None = None
    handover: Event | None = None
    possible: tuple[Event, ...] = ()
    dues: tuple[Event, ...] = ()
    run: tuple[Event, ...] = ()
    overdue: bool = False
    part: bool = False
    lies_within: str | None = None
    lies_within_citation: str | None = None

    @property
    def handover_due(self) -> Span | None:
        """The days by which the handover was to happen, after any postponement."""
        return self.dues[-1].span if self.dues else None

    @property
    def handover_due_first(self) -> Span | None:
        """The days by which it was to happen when it was first agreed."""
        return self.dues[0].span if self.dues else None

    @property
    def events(self) -> tuple[Event, ...]:
        """Every event that the status rests on, each once."""
        found = {event.id: event for event in (*self.run, *self.dues, *self.possible)}
        return tuple(found.values())

    @property
    def told(self) -> Event | None:
        """The event that a sentence about the status speaks of first; None where none is known."""
        if self.possible:
            return next((e for e in self.possible if e is self.handover), self.possible[0])
        if self.control_status == "handed_over":
            return self.handover
        return self.pending or (self.run[-1] if self.run else None)

    @property
    def held_in_part(self) -> bool:
        """Whether the present actor holds a part of the region only, by the latest word on it."""
        return bool(self.run and self.run[-1].part)

    @property
    def may_have_changed_hands(self) -> bool:
        """Whether an event that may have happened gives the region to someone else."""
        return any(
            event.kind == "handover" or self.actor not in (None, event.actor)
            for event in self.possible
        )

    @property
    def disputed(self) -> bool:
        """Whether claims about any event that the status rests on contradict each other."""
        return any(event.disputed for event in self.events)

    @property
    def claims(self) -> tuple[Claim, ...]:
        """The claims that the status rests on, in the order of the ledger."""
        found = {claim.row: claim for event in self.events for claim in event.claims}
        return tuple(found[row] for row in sorted(found))

    @property
    def citations(self) -> list[str]:
        """The claims' sources, and who says what the region lies within, as `source¶locator`."""
        found = [claim.citation for claim in self.claims]
        if self.lies_within_citation:
            found.append(self.lies_within_citation)
        return list(dict.fromkeys(found))


def decide(region: str, events: Sequence[Event], day: date) -> Status:
    """Return who holds a region on `day`, by the events that its visible claims make."""
    transfers = _transfers(events)
    certain = [event for span, event in transfers if span.end <= day]
    possible = tuple(event for span, event in transfers if day < span.end and day in span)
    current = certain[-1] if certain else None
    actor = current.actor if current else None
    run = _run(certain)
    before = certain[: len(certain) - len(run)]
    in_force = [e for e in events if e.kind == "due" and e.in_force and e.in_force.end <= day]
    in_force.sort(key=due_order)
    open_dues = [e for e in in_force if e.actor != actor and not fulfilled(e, certain)]
    pending = open_dues[-1] if open_dues and not possible else None
    arrival = next((e for e in reversed(run) if e.kind == "handover"), None)
    attempt = next((e for e in possible if e.kind == "handover"), None)
    handover = attempt or arrival

    if possible:
        control_status: ControlStatus = "unclear"
    elif pending:
        control_status = "due"
    elif current:
        control_status = "handed_over" if arrival else "held"
    else:
        control_status = "unknown"

    # The arrangements behind what is shown: of the pending transfer, or of the handover itself.
    leading = pending or handover
    target = leading.actor if leading else None
    dues = tuple(e for e in in_force if e.actor == target and not fulfilled(e, before))
    return Status(
        region=region,
        control_status=control_status,
        actor=actor,
        since=run[0].span if run else None,
        previous_actor=before[-1].actor if before else None,
        pending=pending,
        handover=handover,
        possible=possible,
        dues=dues,
        run=tuple(run),
        overdue=bool(pending and pending.span and pending.span.end < day),
        part=any(e.part for e in (current, pending, *possible) if e),
    )


def change_days_of(events: Iterable[Event]) -> list[date]:
    """Return the days on which `decide` may give another answer than on the day before."""
    found: set[date] = set()
    for event in events:
        if event.kind == "due":
            if event.in_force:
                found.add(event.in_force.end)
            if event.span and event.span.end < date.max:
                found.add(event.span.end + _DAY)
        elif event.span:
            found.add(event.span.end)
            if event.span.start:
                found.add(event.span.start)
    return sorted(found)


def _transfers(events: Iterable[Event]) -> list[tuple[Span, Event]]:
    """The events that give a region to an actor, in the order in which they are certain."""
    found = [(e.span, e) for e in events if e.kind != "due" and e.span]
    return sorted(found, key=lambda pair: _order(*pair))


def _order(span: Span, event: Event) -> tuple[date, date, bool, str]:
    # A handover on the last day of a control claim comes after it.
    return span.end, span.start or date.min, event.kind == "handover", event.id


def _run(certain: list[Event]) -> list[Event]:
    """The last events that all name the present holder: its unbroken time in the region."""
    run: list[Event] = []
    for event in reversed(certain):
        if event.actor != certain[-1].actor:
            break
        run.insert(0, event)
    return run


def fulfilled(due: Event, certain: list[Event]) -> bool:
    """Whether the actor of `due` has got the region since the arrangement came into force.

    Where nothing says since when it was in force, and its day had passed when it was reported,
    the actor may have got the region by that day.
    """
    force = due.in_force
    if force is None:
        return False
    agreed, before = force.start or force.end, []
    if force.start is None and due.span and (due.span.start or due.span.end) < agreed:
        agreed = due.span.start or due.span.end
        before = [e for e in certain if e.span and e.span.end < agreed][-1:]
    since = [e for e in certain if e.span and e.span.end >= agreed]
    return any(e.actor == due.actor for e in (*before, *since))
