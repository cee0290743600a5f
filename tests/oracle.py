"""The rules of status read a second time, by brute force, to compare the program with.

Written from the text of the rules alone, claim by claim and day by day, as plainly as possible and
sharing no code with the program: no order but the days that claims give, no shortcut, no cache.
`python tests/oracle.py 100000 [SEED]` compares both on so many random ledgers.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

PAST = date.min
Days = tuple[date, date, str, str]
"""First day (`PAST` where it is open), last day, and what qualifies each."""
FIELDS = (
    *("control_status", "actor", "divided", "other_actors", "claimed_by"),
    *("since", "previous_actor"),
    *("handover_date", "handover_due", "handover_due_first", "overdue", "disputed"),
)


@dataclass(frozen=True)
class Event:
    """One event as its visible claims give it."""

    id: str
    region: str
    kind: str
    actor: str
    part: bool
    days: Days | None
    force: Days
    disputed: bool

    @property
    def first(self) -> date:
        return self.days[0]

    @property
    def last(self) -> date:
        return self.days[1]


# Claims to events


def events_of(ledger: Any, known: date | None, chosen: Iterable[str] | None) -> list[Event]:
    """Every event, by the claims that are visible."""
    by_event: dict[str, list[Any]] = {}
    for claim in ledger.claims:
        published = ledger.sources[claim.source].published
        if chosen is not None and claim.source not in chosen:
            continue
        if known is None and claim.withdrawn is not None:
            continue
        if known is not None:
            if published > known or (claim.added or PAST) > known:
                continue
            if claim.withdrawn is not None and claim.withdrawn <= known:
                continue
        by_event.setdefault(claim.event, []).append(claim)
    return [_event(ledger, claims) for claims in by_event.values()]


def _event(ledger: Any, claims: list[Any]) -> Event:
    dates = [_days(claim.date) for claim in claims if claim.date is not None]
    sinces = [_days(claim.since) for claim in claims if claim.since is not None]
    if not sinces:
        first = min(ledger.sources[claim.source].published for claim in claims)
        sinces = [(PAST, first, "", "")]
    days, dispute = _common(dates) if dates else (None, False)
    force, other_dispute = _common(sinces)
    claim = claims[0]
    if claim.kind != "due":
        other_dispute = False
    return Event(
        *(claim.event, claim.region, claim.kind, claim.actor),
        any(claim.part for claim in claims),
        *(days, force, dispute or other_dispute),
    )


def _days(span: Any) -> Days:
    return span.start or PAST, span.end, span.start_qualifier, span.end_qualifier


def _common(all_days: list[Days]) -> tuple[Days, bool]:
    """The days that all allow; where there are none, from the first to the last, and True."""
    first, last = max(days[0] for days in all_days), min(days[1] for days in all_days)
    disputed = first > last
    if disputed:
        first, last = min(days[0] for days in all_days), max(days[1] for days in all_days)
    return _marked(first, last, all_days), disputed


def _marked(first: date, last: date, all_days: list[Days]) -> Days:
    return (
        *(first, last),
        _mark(days[2] for days in all_days if days[0] == first),
        _mark(days[3] for days in all_days if days[1] == last),
    )


def _mark(marks: Iterable[str]) -> str:
    """Whoever is firm wins; whoever doubt differently are both in doubt and approximate."""
    different = set(marks)
    if "" in different:
        return ""
    return different.pop() if len(different) == 1 else "%"


# Events to an answer


def answer(ledger: Any, events: list[Event], region: str, day: date) -> dict[str, Any]:
    """The fields of the region's row on a day; dates as `Days`, None where there is none."""
    mine = [event for event in events if event.region == region]
    wholes = [e for e in mine if e.kind in ("control", "handover") and not e.part]
    parts = [e for e in mine if e.kind in ("control", "handover") and e.part]
    dues = [e for e in mine if e.kind == "due"]

    certain = [e for e in wholes if e.last <= day]
    current = _last_of(certain)
    names = {e.actor for e in current}
    holder = next(iter(names)) if len(names) == 1 else None
    contradicting = current if len(names) > 1 else []

    def may_have_happened(event: Event) -> bool:
        return _earliest(event, wholes, dues) <= day < event.last

    possible = [e for e in wholes if may_have_happened(e) and e.actor != holder]
    run = []
    if holder:
        last_others = _last_of([e for e in certain if e.actor != holder])
        own = [e for e in certain if e.actor == holder]
        run = [e for e in own if all(_before(other, e) for other in last_others)] or current
    before = [e for e in certain if e not in run] if holder else []
    previous = {e.actor for e in _last_of(before)}
    arrivals = [e for e in run if e.kind == "handover"]
    attempts = [e for e in possible if e.kind == "handover"]

    certain_parts = [e for e in parts if e.last <= day]
    standing = [
        e
        for e in certain_parts
        if e.actor != holder and not any(e.last < whole.first for whole in certain)
    ]
    perhaps = [e for e in parts if may_have_happened(e) and e.actor != holder]
    in_force = [e for e in dues if e.force[1] <= day]
    open_dues = [
        e for e in in_force if e.actor != holder and not _got(e, [*certain, *certain_parts])
    ]
    pending = []
    if not contradicting and not possible:
        pending = [e for e in open_dues if all(e.force[1] >= o.force[1] for o in open_dues)]

    # What the row's arrangements are about: what is pending, what may be happening, what happened.
    handover, behind = None, []
    if attempts:
        handover = min(attempts, key=_by_days).days
        who = {e.actor for e in attempts if e.days == handover}
        behind = [e for e in in_force if who == {e.actor} and not _got(e, certain + certain_parts)]
    elif arrivals:
        handover = max(arrivals, key=_by_days).days
        behind = [e for e in in_force if e.actor == holder and not _got(e, before + certain_parts)]
    if pending:
        who = {e.actor for e in pending}
        behind = [e for e in in_force if e.actor in who and not _got(e, certain + certain_parts)]
    latest = [e for e in behind if all(e.force[1] >= o.force[1] for o in behind)]
    dated = [e.force[1] for e in behind if e.days]
    earliest = [e for e in behind if dated and e.force[1] == min(dated)]

    if contradicting or possible:
        status = "unclear"
    elif pending:
        status = "due"
    elif arrivals:
        status = "handed_over"
    else:
        status = "held" if holder else "unknown"
    others = {e.actor for e in (*contradicting, *(standing or perhaps))}
    first = min(run, key=_by_days) if run else None
    shown = [
        *(e for e in run if e.days == first.days),
        *(e for e in arrivals if e.days == handover),
        *(*contradicting, *possible, *(standing or perhaps), *latest, *earliest),
    ]
    if run and len(previous) == 1 and not all(_before(p, e) for p in _last_of(before) for e in run):
        shown += run
    return {
        "control_status": status,
        "actor": holder,
        "divided": "yes" if standing else "perhaps" if perhaps else "no",
        "other_actors": [id for id in ledger.actors if id in others],
        "claimed_by": [id for id in ledger.actors if _claims_it(id, mine, day)],
        "since": first.days if first else None,
        "previous_actor": next(iter(previous)) if len(previous) == 1 else None,
        "handover_date": handover,
        "handover_due": _together(latest),
        "handover_due_first": _together(earliest),
        "overdue": bool(pending) and all(e.days is not None and e.last < day for e in pending),
        "disputed": bool(contradicting)
        or any(e.disputed for e in shown)
        or any(len({(e.actor, e.days) for e in group}) > 1 for group in (latest, earliest)),
    }


def _claims_it(actor: str, events: list[Event], day: date) -> bool:
    """Whether a government certainly claims a region, and has not certainly given that claim up."""
    mine = [e for e in events if e.actor == actor and e.days and e.last <= day]
    given_up = [e.last for e in mine if e.kind == "renounced"]
    made = [e.last if e.first == PAST else e.first for e in mine if e.kind == "claimed"]
    return any(all(last < first for last in given_up) for first in made)


def _before(a: Event, b: Event) -> bool:
    """Whether a whole transfer is certain to come before another."""
    apart = b.first != PAST and a.last < b.first
    share = a.first <= b.last and b.first <= a.last
    ends_it = (
        (a.kind, b.kind) == ("control", "handover") and a.actor != b.actor and a.last <= b.last
    )
    # "By 25 January", said of a handover, is after whatever was certain before that day.
    by_then = b.kind == "handover" and b.first == PAST and a.last < b.last
    return apart or by_then or (share and ends_it)


def _last_of(events: list[Event]) -> list[Event]:
    return [a for a in events if not any(_before(a, b) for b in events)]


def _earliest(event: Event, wholes: list[Event], dues: list[Event]) -> date:
    """The first day on which a transfer may have happened."""
    if event.kind != "handover" or event.first != PAST:
        return event.first
    days = [PAST]
    agreed = [e for e in dues if e.actor == event.actor and e.force[1] <= event.last]
    newest = [e for e in agreed if all(e.force[1] >= o.force[1] for o in agreed)]
    if newest:
        days.append(min(e.force[1] if e.force[0] == PAST else e.force[0] for e in newest))
    for other in wholes:
        if other.id != event.id and (
            other.last < event.last or (other.last == event.last and other.kind == "control")
        ):
            days.append(other.last)
    return min(max(days), event.last)


def _got(due: Event, transfers: list[Event]) -> bool:
    """Whether the actor of an arrangement has got the region, or the part, since it was agreed."""
    fitting = [e for e in transfers if due.part or not e.part]
    agreed = due.force[1] if due.force[0] == PAST else due.force[0]
    late = False
    if due.force[0] == PAST and due.days:
        day = due.last if due.first == PAST else due.first
        late, agreed = day < agreed, min(day, agreed)
    if any(e.actor == due.actor and e.last >= agreed for e in fitting):
        return True
    if not late:
        return False
    earlier = [e for e in fitting if e.last < agreed]
    wholes = [e for e in earlier if not e.part]
    if {e.actor for e in _last_of(wholes)} == {due.actor}:
        return True
    return any(
        e.part and e.actor == due.actor and not any(e.last < whole.first for whole in wholes)
        for e in earlier
    )


def _together(dues: list[Event]) -> Days | None:
    all_days = [e.days for e in dues if e.days]
    if not all_days:
        return None
    first, last = min(days[0] for days in all_days), max(days[1] for days in all_days)
    return _marked(first, last, all_days)


def _by_days(event: Event) -> tuple[date, date, str, str]:
    return event.days[1], event.days[0], event.days[3], event.days[2]


# Both compared


def differences(
    dataset: Any, days: Iterable[date], known: date | None, chosen: tuple[str, ...] | None
) -> Iterator[tuple[Any, ...]]:
    """Every (region, day, known, sources, field, program's value, oracle's value) that differs."""
    from geomap.core.status import statuses

    events = events_of(dataset.ledger, known, chosen)
    for day in days:
        for status in statuses(dataset, day, known, chosen):
            here = _values(status)
            expected = answer(dataset.ledger, events, status.region, day)
            if here != expected:
                for name in FIELDS:
                    if here[name] != expected[name]:
                        yield status.region, day, known, chosen, name, here[name], expected[name]


def _values(status: Any) -> dict[str, Any]:
    """The fields of a status, dates as `Days`."""
    spans = {
        "since": status.since,
        "handover_date": status.handover.span if status.handover else None,
        "handover_due": status.handover_due,
        "handover_due_first": status.handover_due_first,
    }
    return {
        "other_actors": list(status.other_actors),
        "claimed_by": list(status.claimed_by),
        **{name: span and _days(span) for name, span in spans.items()},
        **{
            name: getattr(status, name)
            for name in FIELDS
            if name not in spans and name not in ("other_actors", "claimed_by")
        },
    }


def compare_random(number: int, seed: int = 0) -> Iterator[tuple[Any, ...]]:
    """Compare both on random ledgers, every day of each, by a random clock and choice of sources.

    Yields the ledger's number before what differs.
    """
    from random import Random

    from ledgers import PERIOD, SOURCE_IDS, dataset_of, random_ledger

    for index in range(number):
        random = Random(f"{seed}/{index}")
        dataset = dataset_of(random_ledger(random))
        known = random.choice([None, None, *PERIOD])
        chosen = random.choice([None, None, SOURCE_IDS[:1], SOURCE_IDS[1:]])
        for difference in differences(dataset, PERIOD, known, chosen):
            yield index, *difference


if __name__ == "__main__":
    wanted, seed = (*map(int, sys.argv[1:]), *(2000, 0)[len(sys.argv) - 1 :])
    count = 0
    for difference in compare_random(wanted, seed):
        count += 1
        print(*difference)
        if count == 20:
            break
    print(f"{count} differences in {wanted} ledgers")
    sys.exit(bool(count))
