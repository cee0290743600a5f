"""The ledger's history: when claims were added and withdrawn, and what each of them changed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Literal

from geomap.core.claims import Claim, Ledger, Report
from geomap.core.dataset import Dataset
from geomap.core.doubts import contradicting_holders
from geomap.core.events import (
    Event,
    event_of,
    is_visible,
    postponed_by,
    resolve,
    source_counts,
    visible_from,
)
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
_Step = tuple[date, bool, Claim]


@dataclass(frozen=True)
class Change:
    """A claim that was added or withdrawn on `day`, and its event before and after.

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
        """The kind of change that the claim made to its event."""
        if self.after is None:
            return "withdrawn_last"
        if self.withdrawn:
            settled = self.before is not None and self.before.disputed and not self.after.disputed
            return "settled" if settled else "withdrawn"
        if self.before is None:
            return "postponed" if self.moved else "first"
        if self.after.disputed:
            return "contradicts"
        return "agrees" if _facts(self.before) == _facts(self.after) else "narrowed"

    @property
    def states(self) -> bool:
        """Whether the claim states what its event now says, rather than only being consistent."""
        return self.after is not None and self.claim in (
            *self.after.stating,
            *self.after.stating_since,
        )


def changes(
    dataset: Dataset,
    known: date | str | None = None,
    sources: Collection[str] | str | None = None,
) -> list[Change]:
    """Return every addition and withdrawal of a claim up to the day `known`, oldest first.

    On one day withdrawals come first, so that a corrected claim does not seem to contradict the
    one it replaces; the rest keeps the ledger's order. A claim that was withdrawn on the day it
    would have been added never counted, and is left out. Raises BadQuery as `status_on` does.
    """
    return _changes(dataset.ledger, check_known(known), check_sources(dataset, sources))


def reported(
    ledger: Ledger,
    event_id: str,
    known: date | None = None,
    sources: Collection[str] | None = None,
) -> date:
    """Return the first day on which the visible claims gave an event's present span and dispute.

    Raises KeyError where no claim about the event is visible.
    """
    claims = tuple(claim for claim in ledger.claims if claim.event == event_id)
    return _reported(ledger, claims, known, sources)[event_id]


def reported_days(
    ledger: Ledger, known: date | None = None, sources: Collection[str] | None = None
) -> dict[str, date]:
    """Return `reported` of every visible event, by id, in one pass."""
    return _reported(ledger, ledger.claims, known, sources)


def withdrawn_claims(
    ledger: Ledger, known: date | None = None, sources: Collection[str] | None = None
) -> tuple[Claim, ...]:
    """Return the claims that were visible once and are withdrawn by `known`, by day and row.

    Each has the day in `withdrawn`, and the reason in `withdrawn_because`, which is public from
    that day on.
    """
    gone = [
        (claim.withdrawn, claim.row, claim)
        for claim in ledger.claims
        if claim.withdrawn is not None
        and visible_from(ledger, claim) < claim.withdrawn
        and (known is None or claim.withdrawn <= known)
        and source_counts(ledger.sources[claim.source], known, sources)
    ]
    return tuple(claim for _, _, claim in sorted(gone, key=lambda entry: entry[:2]))


def corrections_since(
    ledger: Ledger, known: date | None, sources: Collection[str] | None = None
) -> list[Change]:
    """Return the changes after the day `known` that correct what was known then, oldest first.

    They are the withdrawals of claims that were visible then, and the first claim that
    contradicts an event that was undisputed then: about its days, or about who holds the region.
    Without `known` there is nothing to correct.
    """
    if known is None:
        return []
    then = {event.id: event for event in resolve(ledger, known, sources)}
    others = _contradicting(resolve(ledger, None, sources))
    contradicted = {id for id, event in then.items() if event.disputed}
    met = _contradicting(then.values())
    corrections = []
    for change in _changes(ledger, None, sources):
        id = change.claim.event
        if change.day <= known:
            continue
        if change.withdrawn:
            if is_visible(ledger, change.claim, known, sources):
                corrections.append(change)
        elif id in then:
            if change.effect == "contradicts" and id not in contradicted:
                contradicted.add(id)
                corrections.append(change)
        elif change.before is None and (others.get(id, set()) & then.keys()) - met.get(id, set()):
            corrections.append(change)
    return corrections


def visible_reports(
    ledger: Ledger, known: date | None = None, sources: Collection[str] | None = None
) -> tuple[Report, ...]:
    """Return the reports whose source was published by `known` and is among `sources`."""
    return tuple(
        report
        for report in ledger.reports
        if source_counts(ledger.sources[report.source], known, sources)
    )


def _changes(ledger: Ledger, known: date | None, sources: Collection[str] | None) -> list[Change]:
    return list(_walk(ledger, _steps(ledger, ledger.claims, known, sources)))


def _steps(
    ledger: Ledger,
    claims: Iterable[Claim],
    known: date | None,
    sources: Collection[str] | None,
) -> list[_Step]:
    """Each addition (True) and withdrawal of a claim up to `known`, in the order of `changes`."""
    steps: list[_Step] = []
    for claim in claims:
        if not source_counts(ledger.sources[claim.source], known, sources):
            continue
        come, gone = visible_from(ledger, claim), claim.withdrawn
        if gone is not None and gone <= come:
            continue
        steps.append((come, True, claim))
        if gone is not None:
            steps.append((gone, False, claim))
    steps = [step for step in steps if known is None or step[0] <= known]
    return sorted(steps, key=lambda step: (step[0], step[1], step[2].row))


def _walk(ledger: Ledger, steps: Iterable[_Step]) -> Iterator[Change]:
    visible: dict[str, list[Claim]] = {}
    events: dict[str, Event] = {}
    beside: dict[tuple[str, str], dict[str, None]] = {}
    for day, comes, claim in steps:
        claims = _step(visible, comes, claim)
        before = events.pop(claim.event, None)
        after = event_of(ledger, claims) if claims else None
        if after:
            events[claim.event] = after
        alike = beside.setdefault((claim.region, claim.actor), {})
        alike[claim.event] = None
        moved = None
        if after and before is None and after.is_arrangement:
            moved = postponed_by(events[id] for id in alike if id in events).get(after.id)
        yield Change(day, claim, not comes, before, after, moved)


def _step(visible: dict[str, list[Claim]], comes: bool, claim: Claim) -> list[Claim]:
    """Add or withdraw a claim; return the claims of its event then visible, in ledger order."""
    claims = visible.setdefault(claim.event, [])
    if comes:
        claims.append(claim)
        claims.sort(key=lambda other: other.row)
    else:
        claims.remove(claim)
    return claims


def _reported(
    ledger: Ledger,
    claims: Sequence[Claim],
    known: date | None,
    sources: Collection[str] | None,
) -> dict[str, date]:
    visible: dict[str, list[Claim]] = {}
    first: dict[str, dict[tuple[object, ...], date]] = {}
    latest: dict[str, tuple[object, ...] | None] = {}
    for day, steps in groupby(_steps(ledger, claims, known, sources), key=lambda step: step[0]):
        touched: dict[str, list[Claim]] = {}
        for _, comes, claim in steps:
            touched[claim.event] = _step(visible, comes, claim)
        for id, rows in touched.items():
            latest[id] = None
            if rows:
                event = event_of(ledger, rows)
                latest[id] = span_and_dispute = (event.span, event.disputed)
                first.setdefault(id, {}).setdefault(span_and_dispute, day)
    return {id: first[id][facts] for id, facts in latest.items() if facts}


def _facts(event: Event) -> tuple[object, ...]:
    return event.span, event.in_force, event.part, event.disputed


def _contradicting(events: Iterable[Event]) -> dict[str, set[str]]:
    """The ids of the events that contradict each event about the holder."""
    pairs: dict[str, set[str]] = {}
    for one, other in contradicting_holders(events):
        pairs.setdefault(one.id, set()).add(other.id)
        pairs.setdefault(other.id, set()).add(one.id)
    return pairs
