"""What holds for every ledger, whatever its claims: the rules of status, generated and compared."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from datasets import REGIONS, days
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from ledgers import (
    FIRST,
    PERIOD,
    SOURCE_IDS,
    actors,
    dataset_of,
    source,
    with_claims,
)

from geomap.core.claims import Claim, Ledger
from geomap.core.dates import Span
from geomap.core.events import resolve
from geomap.core.history import reported, reported_days
from geomap.core.kinds import CLAIM_KINDS
from geomap.core.region_status import Status
from geomap.core.status import change_days, intervals, row, status_on, statuses

# Claims and publications also lie before and after the period.
AROUND = st.integers(-5, 15).map(lambda n: FIRST + timedelta(n))


@st.composite
def spans(draw: st.DrawFn) -> Span:
    first, last = sorted([draw(AROUND), draw(AROUND)])
    start = draw(st.sampled_from([first, first, last, None]))
    mark = draw(st.sampled_from(["", "", "~", "?"]))
    return Span(start, last, mark if start else "", mark)


@st.composite
def later(draw: st.DrawFn, day: date) -> date | None:
    """A day on or after `day`, or none."""
    return draw(st.none() | st.integers(0, 10).map(lambda n: day + timedelta(n)))


@st.composite
def ledgers(draw: st.DrawFn, least: int = 0, most: int = 6) -> Ledger:
    sources = {id: source(id, draw(AROUND)) for id in SOURCE_IDS}
    claims: list[Claim] = []
    for number in range(draw(st.integers(least, most))):
        kind = draw(st.sampled_from([*CLAIM_KINDS]))
        region = draw(st.sampled_from(["hill", "hill", "vale"]))
        actor = draw(st.sampled_from(["north", "south", "east"]))
        for _ in range(draw(st.integers(1, 3))):
            id = draw(st.sampled_from(SOURCE_IDS))
            added = draw(later(sources[id].published))
            withdrawn = draw(later(added or sources[id].published))
            is_due = kind == "due"
            claims.append(
                Claim(
                    row=len(claims) + 2,
                    event=f"e{number}",
                    region=region,
                    kind=kind,
                    actor=actor,
                    date=draw(st.none() | spans()) if is_due else draw(spans()),
                    since=draw(st.none() | spans()) if is_due else None,
                    part=CLAIM_KINDS[kind].takes_part and draw(st.booleans()),
                    source=id,
                    locator=f"¶{len(claims)}",
                    added=added,
                    withdrawn=withdrawn,
                )
            )
    return Ledger(actors(), sources, tuple(claims))


KNOWN = st.none() | AROUND
CHOSEN = st.none() | st.lists(st.sampled_from(SOURCE_IDS), unique=True)


def picture(ledger: Ledger, **query: Any) -> dict[date, list[dict[str, object]]]:
    """Every day's public rows, citations in no order."""

    def plain(status: Status) -> dict[str, object]:
        lists = "sources", "consistent_sources", "claimed_by_sources"
        return {key: sorted(v) if key in lists else v for key, v in row(status).items()}

    data = dataset_of(ledger)
    return {day: [plain(s) for s in statuses(data, day, **query)] for day in PERIOD}


few = settings(max_examples=60)


@few
@given(ledgers(), KNOWN, CHOSEN, st.sampled_from(PERIOD))
def test_each_region_comes_exactly_once_on_each_day(ledger, known, sources, day) -> None:
    frame = status_on(dataset_of(ledger), day, known, sources)
    assert list(frame["id"]) == list(REGIONS)


@few
@given(ledgers(), KNOWN, CHOSEN)
def test_intervals_cover_the_period_and_agree_with_every_day(ledger, known, sources) -> None:
    data = dataset_of(ledger)
    found = intervals(data, known, sources)
    assert list(found) == list(REGIONS)
    for parts in found.values():
        assert [day for part in parts for day in days(part.first, part.last)] == PERIOD
    by_day = {day: statuses(data, day, known, sources) for day in PERIOD}
    for place, parts in enumerate(found.values()):
        for part in parts:
            assert all(by_day[d][place] == part.status for d in days(part.first, part.last))
    changed = [b for a, b in pairwise(PERIOD) if by_day[a] != by_day[b]]
    assert change_days(data, known, sources) == changed


@few
@given(ledgers(), ledgers(most=3), AROUND)
def test_a_later_publication_never_changes_what_was_known_before(ledger, more, known) -> None:
    new = source("new", known + timedelta(1))
    late = [replace(c, source="new", added=None) for c in more.claims]
    # Some claims are about events of the first ledger, so they would narrow or dispute them.
    kinds = {c.event: (c.region, c.kind, c.actor) for c in ledger.claims}
    late = [c for c in late if kinds.get(c.event) in (None, (c.region, c.kind, c.actor))]
    after = Ledger(ledger.actors, {**ledger.sources, "new": new}, (*ledger.claims, *late))
    assert picture(after, known=known) == picture(ledger, known=known)


@few
@given(ledgers(least=1), AROUND, st.data())
def test_a_claim_entered_later_never_changes_what_was_known_before(ledger, known, data) -> None:
    claim = data.draw(st.sampled_from(ledger.claims))
    late = replace(claim, added=known + timedelta(1), withdrawn=None)
    other = with_claims(ledger, [late if c is claim else c for c in ledger.claims])
    without = with_claims(ledger, [c for c in ledger.claims if c is not claim])
    assert picture(other, known=known) == picture(without, known=known)


@few
@given(ledgers(least=1), AROUND, st.data())
def test_withdrawing_equals_never_having_had_it_from_that_day_on(ledger, known, data) -> None:
    claim = data.draw(st.sampled_from(ledger.claims))
    day = data.draw(AROUND)
    firm = replace(claim, withdrawn=None)
    gone = replace(claim, withdrawn=day)
    kept, withdrawn = (
        with_claims(ledger, [other if c is claim else c for c in ledger.claims])
        for other in (firm, gone)
    )
    never = with_claims(ledger, [c for c in ledger.claims if c is not claim])
    before = kept if known < day else never
    assert picture(withdrawn, known=known) == picture(before, known=known)
    assert picture(withdrawn) == picture(never)


@few
@given(ledgers(least=2), st.data())
def test_an_agreeing_claim_never_widens_a_span(ledger, data) -> None:
    events = [e for e in resolve(ledger) if e.span and not e.disputed]
    assume(events)
    event = data.draw(st.sampled_from(events))
    # Any span that shares a day with the event's.
    longest = (event.span.end - (event.span.start or FIRST - timedelta(9))).days
    shared = event.span.end - timedelta(data.draw(st.integers(0, longest)))
    before, after_it = (timedelta(data.draw(st.integers(0, 9))) for _ in range(2))
    span = Span(data.draw(st.sampled_from([shared - before, None])), shared + after_it)
    claim = replace(event.claims[0], row=99, date=span)
    more = {e.id: e for e in resolve(with_claims(ledger, [*ledger.claims, claim]))}
    after = more[event.id]
    assert not after.disputed
    assert after.span.end <= event.span.end
    assert (after.span.start or date.min) >= (event.span.start or date.min)
    assert after.claims == (*event.claims, claim)


@few
@given(ledgers(), KNOWN)
def test_choosing_all_sources_is_choosing_none(ledger, known) -> None:
    assert picture(ledger, known=known, sources=SOURCE_IDS) == picture(ledger, known=known)


@few
@given(ledgers(), KNOWN, st.lists(st.sampled_from(SOURCE_IDS), unique=True))
def test_a_source_that_is_not_chosen_might_as_well_not_exist(ledger, known, sources) -> None:
    heard = with_claims(ledger, [c for c in ledger.claims if c.source in sources])
    assert picture(ledger, known=known, sources=sources) == picture(heard, known=known)


@few
@given(ledgers(), KNOWN, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_and_the_names_of_events_do_not_matter(ledger, known, random) -> None:
    shuffled = list(ledger.claims)
    random.shuffle(shuffled)
    ids = sorted({claim.event for claim in ledger.claims})
    names = dict(zip(ids, random.sample(ids, len(ids)), strict=True))
    other = [replace(c, row=n, event=names[c.event]) for n, c in enumerate(shuffled, start=2)]
    assert picture(with_claims(ledger, other), known=known) == picture(ledger, known=known)


@settings(max_examples=200)
@given(ledgers(), KNOWN, CHOSEN, st.sampled_from(PERIOD))
def test_the_claims_that_state_a_row_are_enough_for_it(ledger, known, sources, day) -> None:
    for place, status in enumerate(statuses(dataset_of(ledger), day, known, sources)):
        alone = dataset_of(with_claims(ledger, list(status.all_stating)))
        found = row(statuses(alone, day, known, sources)[place])
        assert found == {**row(status), "consistent_sources": []}


@few
@given(ledgers(), KNOWN, CHOSEN)
def test_the_claims_that_state_an_event_are_enough_for_it(ledger, known, sources) -> None:
    for event in resolve(ledger, known, sources):
        stating = {c.row for c in (*event.stating, *event.stating_since)}
        assert stating | {c.row for c in event.consistent} == {c.row for c in event.claims}
        alone = with_claims(ledger, [c for c in event.claims if c.row in stating])
        (found,) = resolve(alone, known, sources)
        assert (found.span, found.in_force, found.part, found.disputed) == (
            *(event.span, event.in_force, event.part, event.disputed),
        )


@few
@given(ledgers(), KNOWN, CHOSEN)
def test_an_event_was_reported_on_the_first_day_that_gave_its_span(ledger, known, sources) -> None:
    now = {event.id: event for event in resolve(ledger, known, sources)}
    found = reported_days(ledger, known, sources)
    assert set(found) == set(now)
    for id, event in now.items():
        gave = [
            day
            for day in days(FIRST - timedelta(9), FIRST + timedelta(50))
            if (known is None or day <= known)
            for then in resolve(ledger, day, sources)
            if then.id == id and (then.span, then.disputed) == (event.span, event.disputed)
        ]
        assert found[id] == reported(ledger, id, known, sources) == min(gave)
