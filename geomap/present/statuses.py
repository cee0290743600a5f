"""What a status comes to for a reader. The only module of `present` that reads a status's fields."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from geomap.core.arrangements import hull_of, in_force_with
from geomap.core.claims import Claim
from geomap.core.dataset import Dataset
from geomap.core.events import Event
from geomap.core.region_status import ControlStatus, Divided, Status
from geomap.wording import Words
from geomap.wording.catalogue import Spans
from geomap.wording.sentences import citations, event_when, join
from geomap.wording.spans import Form
from geomap.wording.statements import statements


@dataclass(frozen=True)
class Facts:
    """What decides a region's look: the status kind, who holds it, who is to get it, and more.

    `other_actors` hold a part of it, or may (`divided`). `claimants` are named as its holder by
    sources that contradict each other. `claimed_by` are the others whose governments claim it, but for
    those who are to get it: their stripes show them already.
    """

    kind: ControlStatus
    actor: str | None = None
    next_actors: tuple[str, ...] = ()
    divided: Divided = "no"
    other_actors: tuple[str, ...] = ()
    claimants: tuple[str, ...] = ()
    claimed_by: tuple[str, ...] = ()
    disputed: bool = False
    overdue: bool = False

    @property
    def actors(self) -> set[str]:
        """Everyone whom the look of the region shows."""
        named = {*self.next_actors, *self.other_actors, *self.claimants, *self.claimed_by}
        return named | ({self.actor} if self.actor else set())


@dataclass(frozen=True)
class Passage:
    """Sentences that the same claims state, who makes them, "" for nobody, and their source ids."""

    text: Spans
    cite: str
    sources: tuple[str, ...]


def facts_of(status: Status) -> Facts:
    """Return what decides the look of a status."""
    parts = {event.actor for event in status.parts or status.possible_parts}
    claimants = {event.actor for event in status.contradicting}
    next_actors = tuple(dict.fromkeys(event.actor for event in status.pending))
    return Facts(
        kind=status.control_status,
        actor=status.actor,
        next_actors=next_actors,
        divided=status.divided,
        other_actors=tuple(id for id in status.other_actors if id in parts),
        claimants=tuple(id for id in status.other_actors if id in claimants),
        claimed_by=tuple(id for id in status.claimed_by_others if id not in next_actors),
        disputed=status.disputed,
        overdue=status.overdue,
    )


def stating_claims(status: Status) -> tuple[Claim, ...]:
    """Return the claims that state what is shown, in the ledger's order."""
    return status.all_stating


def consistent_claims(status: Status) -> tuple[Claim, ...]:
    """Return the claims that are consistent with what is shown but do not state it."""
    return status.all_consistent


def passages_of(
    words: Words, dataset: Dataset, status: Status, year: int | None = None
) -> tuple[Passage, ...]:
    """Return what is said of a status; dates of `year` are written without it.

    Sentences that follow each other and that the same claims state stand together.
    """

    said = statements(words, dataset, status, year)
    return tuple(
        Passage(
            join([statement.text for statement in together]),
            " · ".join(map(words.set_apart, citations(words, dataset, cited))),
            tuple(dict.fromkeys(source for source, _ in cited)),
        )
        for cited, together in groupby(said, key=attrgetter("cited"))
    )


def dates_of(words: Words, dataset: Dataset, status: Status) -> tuple[tuple[str, str], ...]:
    """Return the dates of a handover, from the first on which it was due, as label and value."""

    def when(events: Iterable[Event], form: Form) -> str:
        days = [event_when(words, dataset, event, form) for event in events if event.span]
        return (
            words.alternatives(list(dict.fromkeys(days))) if days else words.say("no date stated")
        )

    rows = []
    dated = [due for due in status.dues if due.span]
    if dated:
        first = in_force_with(dated[0], dated)
        last = in_force_with(status.dues[-1], status.dues)
        if hull_of(first) == hull_of(last):
            rows.append((words.say("Due"), when(last, "by")))
        else:
            rows.append((words.say("First due"), when(first, "by")))
            rows.append((words.say("Then due"), when(last, "by")))
    if status.handover and not status.pending:
        rows.append((words.say("Handed over"), when([status.handover], "when")))
    elif status.run and status.divided != "yes":
        rows.append((words.say("Held"), when(status.run[:1], "since")))
    return tuple(rows)
