"""Claims to events: which claims count, what they agree on, and where they contradict each other."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from geomap.core.claims import Claim, Kind, Ledger, Source
from geomap.core.dates import Span, hull, intersect


@dataclass(frozen=True)
class Event:
    """What the visible claims of one event agree on.

    `span` is None only for a `due` event to which no claim gives a date. `in_force` is the span of
    days from which a `due` event counts; None for other kinds. `disputed` is true where no day is
    allowed by all claims; then the spans reach from the earliest to the latest day claimed.
    """

    id: str
    region: str
    kind: Kind
    actor: str
    span: Span | None
    in_force: Span | None
    part: bool
    disputed: bool
    claims: tuple[Claim, ...]


def source_counts(source: Source, known: date | None, sources: Collection[str] | None) -> bool:
    """Return whether a source was published by `known` and is among `sources`; None is no limit."""
    return (known is None or source.published <= known) and (
        sources is None or source.id in sources
    )


def is_visible(
    ledger: Ledger, claim: Claim, known: date | None, sources: Collection[str] | None
) -> bool:
    """Return whether a claim counts: published (or added) and not withdrawn by the day `known`,
    and its source among `sources`. None stands for today's knowledge and for every source.
    """
    if not source_counts(ledger.sources[claim.source], known, sources):
        return False
    if known is None:
        return claim.withdrawn is None
    if claim.added is not None and claim.added > known:
        return False
    return claim.withdrawn is None or claim.withdrawn > known


def visibility_days(ledger: Ledger) -> list[date]:
    """Return the days, ascending, on which the clock `known` can change what `is_visible` says."""
    days = {source.published for source in ledger.sources.values()}
    for claim in ledger.claims:
        days.update(day for day in (claim.added, claim.withdrawn) if day)
    return sorted(days)


def resolve(
    ledger: Ledger, known: date | None = None, sources: Collection[str] | None = None
) -> list[Event]:
    """Return the events that the visible claims make, in the order of the ledger."""
    groups: dict[str, list[Claim]] = {}
    for claim in ledger.claims:
        if is_visible(ledger, claim, known, sources):
            groups.setdefault(claim.event, []).append(claim)
    return [event_of(ledger, claims) for claims in groups.values()]


def due_order(event: Event) -> tuple[date, date, int]:
    """Return the place of a `due` event among others, for sorting: the later one is what counts.

    By the day from which it is certainly in force, then by its last day, no day coming last, then
    by the row of its first claim.
    """
    force = event.in_force.end if event.in_force else date.max
    return force, event.span.end if event.span else date.max, event.claims[0].row


def postponements(events: Iterable[Event]) -> set[str]:
    """Return the ids of the `due` events that move an earlier one of the same region and actor."""
    found, seen = set(), set()
    for event in sorted((e for e in events if e.kind == "due"), key=due_order):
        if (event.region, event.actor) in seen:
            found.add(event.id)
        seen.add((event.region, event.actor))
    return found


def event_of(ledger: Ledger, claims: Sequence[Claim]) -> Event:
    """Return what claims about one event, at least one, agree on; visible or not is not asked."""
    first = claims[0]
    span, disputed = _agree(claim.date for claim in claims if claim.date)
    in_force, doubtful = None, False
    if first.kind == "due":
        in_force, doubtful = _agree(_in_force(ledger, claims))
    return Event(
        id=first.event,
        region=first.region,
        kind=first.kind,
        actor=first.actor,
        span=span,
        in_force=in_force,
        part=any(claim.part for claim in claims),
        disputed=disputed or doubtful,
        claims=tuple(claims),
    )


def _in_force(ledger: Ledger, claims: Sequence[Claim]) -> list[Span]:
    """From when an arrangement counts: as its claims say; where none does, from the day on which
    the first of them was published, at the latest.
    """
    stated = [claim.since for claim in claims if claim.since]
    first = min(ledger.sources[claim.source].published for claim in claims)
    return stated or [Span(None, first)]


def _agree(spans: Iterable[Span]) -> tuple[Span | None, bool]:
    """Return the days that all spans allow, or their hull and True where they contradict."""
    spans = list(spans)
    if not spans:
        return None, False
    common = intersect(spans)
    return (common, False) if common else (hull(spans), True)
