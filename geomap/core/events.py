"""Claims to events: which claims are visible, what they agree on, and where they contradict."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import groupby

from geomap.cache import OwnerCache
from geomap.core.claims import Claim, Kind, Ledger, Source
from geomap.core.dates import Span, hull, intersect
from geomap.core.kinds import CLAIM_KINDS
from geomap.memory import collector_paused

_events: OwnerCache[Ledger, tuple[Event, ...]] = OwnerCache(4)
_days: OwnerCache[Ledger, list[date]] = OwnerCache(1)


@dataclass(frozen=True)
class Event:
    """What the visible claims of one event agree on.

    `span` is None only for an arrangement to which no claim gives a date. `in_force` is the span of
    days from which an arrangement counts, `stating_since` the claims that state it; None and empty
    for other kinds. `disputed` is true where no day is allowed by all claims; then the spans reach
    from the earliest to the latest day claimed.
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
    stating_since: tuple[Claim, ...] = ()

    @property
    def is_transfer(self) -> bool:
        """Whether its actor holds the region, or a part of it, once it has happened."""
        return CLAIM_KINDS[self.kind].transfers

    @property
    def is_handover(self) -> bool:
        """Whether it takes the region from the one who controlled it until then."""
        return CLAIM_KINDS[self.kind].ends_control

    @property
    def is_arrangement(self) -> bool:
        """Whether it is an agreement on a transfer that is still to come."""
        return CLAIM_KINDS[self.kind].takes_since

    @property
    def is_claimed(self) -> bool:
        """Whether its actor's government claims the region from then on, whoever holds it."""
        return CLAIM_KINDS[self.kind].asserts

    @property
    def is_renounced(self) -> bool:
        """Whether its actor's government gives its claim to the region up."""
        return CLAIM_KINDS[self.kind].gives_up

    @cached_property
    def stating(self) -> tuple[Claim, ...]:
        """The claims that state the span: those that give it alone, else those that bound it
        together; all that give a date where they contradict each other; all where none gives one.
        """
        stating = _stating_claims(self.claims, lambda claim: claim.date) or list(self.claims)
        if self.part and not any(claim.part for claim in stating):
            # The claims that say it was a part only belong to the statement, too.
            stating += [claim for claim in self.claims if claim.part]
        return tuple(sorted(stating, key=lambda claim: claim.row))

    @cached_property
    def consistent(self) -> tuple[Claim, ...]:
        """The other claims of the event: they state neither its span nor its being in force."""
        rows = {claim.row for claim in (*self.stating, *self.stating_since)}
        return tuple(claim for claim in self.claims if claim.row not in rows)


# Which claims are visible


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


def visible_from(ledger: Ledger, claim: Claim) -> date:
    """Return the first day on which a claim counts, if it is not withdrawn by then."""
    published = ledger.sources[claim.source].published
    return max(published, claim.added) if claim.added else published


def visibility_days(ledger: Ledger) -> list[date]:
    """Return the days, ascending, from which a value of `known` can change `is_visible`."""
    days = {source.published for source in ledger.sources.values()}
    for claim in ledger.claims:
        if claim.added:
            days.add(claim.added)
        if claim.withdrawn:
            days.add(claim.withdrawn)
    return sorted(days)


def settled_clock(ledger: Ledger, known: date | None) -> date | None:
    """Return the first day from which on the same claims are visible as on `known`."""
    if known is None:
        return None
    days = _days.get(ledger, None, lambda: visibility_days(ledger))
    place = bisect_right(days, known)
    return days[place - 1] if place else date.min


# What claims agree on


def resolve(
    ledger: Ledger, known: date | None = None, sources: Collection[str] | None = None
) -> tuple[Event, ...]:
    """Return the events that the visible claims make, in the order of the ledger.

    They are cached: whatever is made of a ledger begins with them.
    """
    clock, chosen = settled_clock(ledger, known), None if sources is None else frozenset(sources)
    return _events.get(ledger, (clock, chosen), lambda: _events_of(ledger, clock, chosen))


def _events_of(
    ledger: Ledger, known: date | None, sources: Collection[str] | None
) -> tuple[Event, ...]:
    groups: dict[str, list[Claim]] = {}
    for claim in ledger.claims:
        if is_visible(ledger, claim, known, sources):
            groups.setdefault(claim.event, []).append(claim)
    with collector_paused():
        return tuple(event_of(ledger, claims) for claims in groups.values())


def event_of(ledger: Ledger, claims: Sequence[Claim]) -> Event:
    """Return what claims about one event, at least one, agree on. Ignores visibility."""
    first = claims[0]
    span, disputed = _agree(claim.date for claim in claims if claim.date)
    in_force: Span | None = None
    stating_since: tuple[Claim, ...] = ()
    if CLAIM_KINDS[first.kind].takes_since:
        in_force, unsure, stating_since = _in_force(ledger, claims)
        disputed = disputed or unsure
    return Event(
        id=first.event,
        region=first.region,
        kind=first.kind,
        actor=first.actor,
        span=span,
        in_force=in_force,
        part=any(claim.part for claim in claims),
        disputed=disputed,
        claims=tuple(claims),
        stating_since=stating_since,
    )


def _in_force(ledger: Ledger, claims: Sequence[Claim]) -> tuple[Span, bool, tuple[Claim, ...]]:
    """From when an arrangement counts, whether that is disputed, and the claims that state it.

    Where no claim says it, the arrangement counts at the latest from the day on which the first
    of them was published.
    """
    span, disputed = _agree(claim.since for claim in claims if claim.since)
    if span:
        return span, disputed, tuple(_stating_claims(claims, lambda claim: claim.since))
    published = [ledger.sources[claim.source].published for claim in claims]
    first = min(published)
    reports = [claim for claim, day in zip(claims, published, strict=True) if day == first]
    return Span(None, first), False, tuple(reports)


def _agree(spans: Iterable[Span]) -> tuple[Span | None, bool]:
    """Return the days that all spans allow, or their hull and True where they contradict."""
    spans = list(spans)
    if not spans:
        return None, False
    common = intersect(spans)
    return (common, False) if common else (hull(spans), True)


def _stating_claims(
    claims: Iterable[Claim], span_of: Callable[[Claim], Span | None]
) -> list[Claim]:
    """Return the claims that state what all of them agree on; all, where they contradict."""
    spans = [(claim, span) for claim in claims if (span := span_of(claim))]
    if len(spans) == 1:
        return [spans[0][0]]
    common = intersect(span for _, span in spans) if spans else None
    if common is None:
        return [claim for claim, _ in spans]
    alone = [claim for claim, span in spans if span == common]
    if alone:
        return alone
    bounding: dict[int, Claim] = {}
    if common.start is not None:
        starts = [(c, s.start_qualifier) for c, s in spans if s.start == common.start]
        bounding |= _qualified(starts, common.start_qualifier)
    ends = [(c, s.end_qualifier) for c, s in spans if s.end == common.end]
    bounding |= _qualified(ends, common.end_qualifier)
    return [bounding[row] for row in sorted(bounding)]


def _qualified(claims: list[tuple[Claim, str]], qualifier: str) -> dict[int, Claim]:
    """The claims, by row, that give an end with this qualifier; all, where only all together do."""
    alike = {claim.row: claim for claim, mark in claims if mark == qualifier}
    return alike or {claim.row: claim for claim, _ in claims}


# Which arrangement belongs to which handover


@dataclass(frozen=True)
class Chain:
    """The arrangements for one handover, oldest first, and that handover if it took place."""

    arrangements: tuple[Event, ...]
    handover: Event | None

    @property
    def events(self) -> tuple[Event, ...]:
        """The arrangements, then the handover."""
        return (*self.arrangements, *([self.handover] if self.handover else []))


def chain_order(event: Event) -> tuple[date, bool, date, int]:
    """Return the place of an arrangement or a handover among others, for sorting.

    An arrangement stands at the day from which it is certainly in force, those of one day by their
    last day, no day coming last; then by row. A handover on that same day fulfils it.
    """
    span = event.in_force if event.is_arrangement else event.span
    last = event.span.end if event.span else date.max
    return span.end if span else date.min, event.is_handover, last, event.claims[0].row


def chains(events: Iterable[Event]) -> list[Chain]:
    """Return the arrangements and handovers of each region and actor, one chain a handover."""
    groups: dict[tuple[str, str], list[Event]] = {}
    for event in events:
        if event.is_arrangement or event.is_handover:
            groups.setdefault((event.region, event.actor), []).append(event)
    all_chains = []
    for group in groups.values():
        waiting: list[Event] = []
        for event in sorted(group, key=chain_order):
            if event.is_handover:
                all_chains.append(Chain(tuple(waiting), event))
                waiting = []
            else:
                waiting.append(event)
        if waiting:
            all_chains.append(Chain(tuple(waiting), None))
    return all_chains


def postponed_by(events: Iterable[Event]) -> dict[str, Event]:
    """Return what each postponement moves: the id of the later arrangement, and the earlier one.

    Of two arrangements in force from the same day neither moves the other.
    """
    moved: dict[str, Event] = {}
    for chain in chains(events):
        earlier: Event | None = None
        for _, group in groupby(chain.arrangements, key=lambda due: chain_order(due)[0]):
            together = list(group)
            if earlier:
                moved |= {due.id: earlier for due in together}
            earlier = together[-1]
    return moved


def postponements(events: Iterable[Event]) -> set[str]:
    """Return the ids of the arrangements that move an earlier one of the same handover."""
    return set(postponed_by(events))
