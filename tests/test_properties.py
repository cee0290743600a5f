"""What holds for every ledger, whatever its claims: the rules of status, generated and compared."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Any

import geopandas as gpd
from datasets import ACTORS, REGIONS, dataset_files, days
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from geomap.check.meta import read_meta
from geomap.check.regions import read_context, read_regions
from geomap.core.claims import Actor, Claim, Ledger, Source
from geomap.core.dataset import Dataset
from geomap.core.dates import Span
from geomap.core.events import resolve
from geomap.core.meta import Meta
from geomap.core.rules import Status
from geomap.core.status import change_days, intervals, row, status_on, statuses

FIRST, LAST = date(2021, 3, 1), date(2021, 3, 12)
PERIOD = days(FIRST, LAST)
# Claims and publications also lie before and after the period.
AROUND = st.integers(-5, 15).map(lambda n: FIRST + timedelta(n))
SOURCE_IDS = ("a", "b", "c")


@lru_cache(maxsize=1)
def _map() -> tuple[Meta, gpd.GeoDataFrame, gpd.GeoDataFrame]:
    period = {"start": str(FIRST), "end": str(LAST)}
    files = dataset_files(meta={"period": period, "date": str(FIRST)})
    meta = read_meta(files)[0]
    assert meta is not None
    return meta, read_regions(files)[0], read_context({})[0]


def dataset_of(ledger: Ledger) -> Dataset:
    meta, regions, context = _map()
    return Dataset(meta, ledger, regions, context, "test")


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
    sources = {
        id: Source(id=id, publisher="P", title="T", published=draw(AROUND)) for id in SOURCE_IDS
    }
    claims: list[Claim] = []
    for number in range(draw(st.integers(least, most))):
        kind = draw(st.sampled_from(["control", "due", "handover"]))
        region = draw(st.sampled_from(["hill", "hill", "vale"]))
        actor = draw(st.sampled_from(["north", "south", "east"]))
        for _ in range(draw(st.integers(1, 3))):
            source = draw(st.sampled_from(SOURCE_IDS))
            added = draw(later(sources[source].published))
            withdrawn = draw(later(added or sources[source].published))
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
                    part=draw(st.booleans()),
                    source=source,
                    locator=f"¶{len(claims)}",
                    added=added,
                    withdrawn=withdrawn,
                )
            )
    actors = {a["id"]: Actor(**a) for a in ACTORS}
    return Ledger(actors, sources, tuple(claims))


KNOWN = st.none() | AROUND
CHOSEN = st.none() | st.lists(st.sampled_from(SOURCE_IDS), unique=True)


def picture(ledger: Ledger, **query: Any) -> dict[date, list[dict[str, object]]]:
    """Every day's public rows, citations in no order."""

    def plain(status: Status) -> dict[str, object]:
        found = row(status)
        return {**found, "sources": sorted(found["sources"])}  # type: ignore[call-overload]

    data = dataset_of(ledger)
    return {day: [plain(s) for s in statuses(data, day, **query)] for day in PERIOD}


def with_claims(ledger: Ledger, claims: list[Claim]) -> Ledger:
    return replace(ledger, claims=tuple(claims))


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
    new = Source(id="new", publisher="P", title="T", published=known + timedelta(1))
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
def test_the_order_of_the_rows_does_not_matter(ledger, known, random) -> None:
    shuffled = list(ledger.claims)
    random.shuffle(shuffled)
    renumbered = [replace(c, row=n) for n, c in enumerate(shuffled, start=2)]
    other = with_claims(ledger, renumbered)
    assert picture(other, known=known) == picture(ledger, known=known)


@few
@given(ledgers(), KNOWN, CHOSEN, st.sampled_from(PERIOD))
def test_a_status_follows_from_the_events_as_the_design_says(ledger, known, sources, day) -> None:
    events = resolve(ledger, known, sources)
    for status in statuses(dataset_of(ledger), day, known, sources):
        mine = [e for e in events if e.region == status.region]
        transfers = [e for e in mine if e.kind != "due"]
        certain = [e for e in transfers if e.span.end <= day]
        maybe = [e for e in transfers if e.span.end > day and day >= (e.span.start or date.min)]
        last = max((e.span.end for e in certain), default=None)
        # Two certain events may end on one day; then either may be the last.
        actors = {e.actor for e in certain if e.span.end == last} or {None}
        in_force = [e for e in mine if e.kind == "due" and e.in_force.end <= day]
        assert status.actor in actors
        assert (status.control_status == "unclear") == bool(maybe)
        assert status.overdue <= (status.control_status == "due")
        if status.control_status == "due":
            assert status.pending in in_force
            assert status.pending.actor != status.actor
            assert status.overdue == bool(status.pending.span and status.pending.span.end < day)
        elif status.control_status in ("held", "handed_over"):
            assert certain
            # What is still in force was due to the holder, or fulfilled by one before.
            assert all(e.actor in {c.actor for c in certain} for e in in_force)
        elif status.control_status == "unknown":
            assert not certain
            assert not in_force
        rested_on = {c.citation for e in mine for c in e.claims}
        assert set(status.citations) <= rested_on
