"""The ledger's history: each claim's coming and going, and what it changed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from geomap.core.claims import Claim, Ledger
from geomap.core.dataset import Dataset
from geomap.core.events import Event, due_order, event_of, source_counts
from geomap.core.selection import check_known, check_sources

Effect = Literal[
    "first",
    "postponed",
    "narrowed",
    "agrees",
    "contradicts",
    "withdrawn",
    "withdrawn_last",
    "settled",
]


@dataclass(frozen=True)
class Change:
    """A claim that counted from `day` on, or no longer did, and its event before and after.

    `before` is None where nothing was known of the event, `after` where nothing is left. A claim
    that postpones has the arrangement it moves in `moved`.
    """

    day: date
    claim: Claim
    withdrawn: bool
    before: Event | None
    after: Event | None
    moved: Event | None = None

    @property
    def effect(self) -> Effect:
        """What the claim did to its event, in a word."""
        if self.after is None:
            return "withdrawn_last"
        if self.withdrawn:
            settled = self.before is not None and self.before.disputed and not self.after.disputed
            return "settled" if settled else "withdrawn"
        if self.before is None:
            return "postponed" if self.moved else "first"
        if self.after.disputed:
            return "contradicts"
        return "agrees" if _says(self.before) == _says(self.after) else "narrowed"


def changes(
    dataset: Dataset,
    known: date | str | None = None,
    sources: Collection[str] | str | None = None,
) -> list[Change]:
    """Return every coming and going of a claim by the day `known`, oldest first.

    On one day withdrawals come first, so that a corrected claim does not seem to contradict the
    one it replaces; the rest keeps the ledger's order. A claim that was withdrawn on the day it
    would have come never counted, and is left out. Raises BadQuery as `status_on` does.
    """
    ledger = dataset.ledger
    clock, chosen = check_known(known), check_sources(dataset, sources)
    steps: list[tuple[date, bool, Claim]] = []
    for claim in ledger.claims:
        if not source_counts(ledger.sources[claim.source], clock, chosen):
            continue
        come, gone = visible_from(ledger, claim), claim.withdrawn
        if gone is not None and gone <= come:
            continue
        steps.append((come, True, claim))
        if gone is not None:
            steps.append((gone, False, claim))
    steps = [step for step in steps if clock is None or step[0] <= clock]
    steps.sort(key=lambda step: (step[0], step[1], step[2].row))
    return list(_walk(ledger, steps))


def visible_from(ledger: Ledger, claim: Claim) -> date:
    """Return the first day on which a claim counts, if it is not withdrawn by then."""
    published = ledger.sources[claim.source].published
    return max(published, claim.added) if claim.added else published


def _walk(ledger: Ledger, steps: Iterable[tuple[date, bool, Claim]]) -> Iterator[Change]:
    counting: dict[str, list[Claim]] = {}
    found: dict[str, Event] = {}
    dues: dict[tuple[str, str], list[str]] = {}
    for day, comes, claim in steps:
        held = counting.setdefault(claim.event, [])
        before = found.get(claim.event)
        if comes:
            held.append(claim)
            held.sort(key=lambda other: other.row)
        else:
            held.remove(claim)
        after = event_of(ledger, held) if held else None
        if after:
            found[claim.event] = after
        else:
            found.pop(claim.event, None)
        moved = None
        if claim.kind == "due":
            beside = dues.setdefault((claim.region, claim.actor), [])
            if after and before is None:
                moved = _moved(after, [found[id] for id in beside if id in found])
            if claim.event not in beside:
                beside.append(claim.event)
        yield Change(day, claim, not comes, before, after, moved)


def _moved(due: Event, others: list[Event]) -> Event | None:
    """The arrangement that a new one postpones: the last to come into force before it."""
    earlier = [e for e in others if e.id != due.id and due_order(e) < due_order(due)]
    return max(earlier, key=due_order, default=None)


def _says(event: Event | None) -> tuple[object, ...]:
    return (event.span, event.in_force, event.part, event.disputed) if event else ()
