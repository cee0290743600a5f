"""What a status comes to for a reader. The only module of `present` that reads a status's fields."""

from __future__ import annotations

from dataclasses import dataclass

from geomap.core.claims import Claim
from geomap.core.dataset import Dataset
from geomap.core.rules import Status
from geomap.wording import Words, format_span
from geomap.wording.sentences import citations
from geomap.wording.statements import statements


@dataclass(frozen=True)
class Facts:
    """What decides a region's look: the status kind, who holds it, who is to get it, and more.

    `part` says that only a part of the region is meant.
    """

    kind: str
    actor: str | None = None
    next_actor: str | None = None
    part: bool = False
    disputed: bool = False
    overdue: bool = False


def facts_of(status: Status) -> Facts:
    """Return what decides the look of a status."""
    return Facts(
        kind=status.control_status,
        actor=status.actor,
        next_actor=status.pending[0].actor if status.pending else None,
        part=status.divided == "yes",
        disputed=status.disputed,
        overdue=status.overdue,
    )


def claims_of(status: Status) -> tuple[Claim, ...]:
    """Return the claims that a status rests on, in the ledger's order."""
    return status.claims


def dates_of(words: Words, status: Status) -> tuple[tuple[str, str], ...]:
    """Return the dates of a handover, first due to done, as label and value."""
    rows = []
    first, last = status.handover_due_first, status.handover_due
    if first:
        rows.append((words.say("First due"), format_span(words, first, "by")))
    if last and last != first:
        rows.append((words.say("Then due"), format_span(words, last, "by")))
    if status.handover and status.handover.span and not status.pending:
        when = format_span(words, status.handover.span, "when")
        rows.append((words.say("Handed over"), when))
    elif status.since:
        rows.append((words.say("Held"), format_span(words, status.since, "since")))
    return tuple(rows)


def cite_short(words: Words, dataset: Dataset, status: Status) -> str:
    """Return the sources of what is shown."""
    cited = [pair for each in statements(words, dataset, status) for pair in each.cited]
    return " · ".join(citations(words, dataset, dict.fromkeys(cited)))
