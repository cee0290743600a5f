"""The table of a day, the intervals of a period, and the questions that have no answer."""

from __future__ import annotations

from datetime import date, datetime
from itertools import pairwise

import pytest
from datasets import LAST, PUBLISHED, REGIONS, claim, days
from march import DUE, HANDOVER, HELD, PERIOD, march, on

from geomap.core.selection import check_known, check_sources
from geomap.core.status import COLUMNS, change_days, intervals, status_on, statuses
from geomap.errors import BadQuery

# The table


def test_the_table_has_one_row_a_region_with_the_public_columns(dataset) -> None:
    frame = status_on(dataset(HELD, DUE, HANDOVER), march(18))
    assert tuple(frame.columns) == COLUMNS
    assert list(frame["id"]) == list(REGIONS)
    assert list(frame["name"]) == ["Hill", "Vale"]
    assert frame.crs.to_epsg() == 4326
    assert frame.geometry[0].bounds == (10, 50, 11, 51)
    hill, vale = frame.drop(columns="geometry").to_dict("records")
    assert hill == {
        "id": "hill",
        "name": "Hill",
        "control_status": "handed_over",
        "actor": "south",
        "divided": "no",
        "other_actors": [],
        "claimed_by": [],
        "since": march(18),
        "previous_actor": "north",
        "handover_date": march(18),
        "handover_due": march(20),
        "handover_due_first": march(20),
        "overdue": False,
        "disputed": False,
        "lies_within": None,
        "sources": ["s00", "later"],
        "consistent_sources": [],
        "claimed_by_sources": [],
    }
    assert vale["control_status"] == "unknown"
    assert vale["actor"] is None
    assert frame["overdue"].dtype == bool


def test_a_day_may_be_given_as_a_date_or_a_time(dataset) -> None:
    data = dataset(HELD, HANDOVER | {"source": "s20"})
    text = statuses(data, march(18))
    assert statuses(data, date(2021, 3, 18)) == text
    assert statuses(data, datetime(2021, 3, 18, 23, 59)) == text
    assert statuses(data, march(18), known=datetime(2021, 3, 31, 1)) == text


# Questions that have no answer


@pytest.mark.parametrize("day", ["2021-02-28", "2021-04-01", "1994-01-01", "9999-12-31"])
def test_a_day_outside_the_period_is_refused_with_the_period(dataset, day: str) -> None:
    with pytest.raises(BadQuery, match="2021-03-01 to 2021-03-31") as error:
        status_on(dataset(HELD), day)
    assert error.value.parameter == "date"
    assert day in str(error.value)


def test_the_first_and_the_last_day_of_the_period_are_answered(dataset) -> None:
    assert [on(dataset(HELD), day).control_status for day in (1, 31)] == ["held", "held"]


@pytest.mark.parametrize("day", ["", "today", "2021-03", "2021-02-30", "18 March 2021"])
def test_what_is_no_day_is_refused(dataset, day: str) -> None:
    with pytest.raises(BadQuery, match=r"^date: .*(is not a day|no such day)"):
        statuses(dataset(HELD), day)


@pytest.mark.parametrize("day", ["yesterday", "2021-13-01", "2021"])
def test_known_must_be_a_day(dataset, day: str) -> None:
    with pytest.raises(BadQuery, match=r"^known: .*(is not a day|no such day)") as error:
        intervals(dataset(HELD), known=day)
    assert error.value.parameter == "known"


def test_known_may_lie_outside_the_period_or_be_left_out() -> None:
    assert check_known("2035-01-01") == date(2035, 1, 1)
    assert check_known("") is None
    assert check_known(None) is None


@pytest.mark.parametrize("sources", ["nobody", "s00,nobody", ["nobody"], "s00,"])
def test_an_unknown_source_is_refused_with_those_there_are(dataset, sources: object) -> None:
    data = dataset(HELD)
    for ask in (status_on, statuses):
        with pytest.raises(BadQuery, match="there is no source") as error:
            ask(data, march(1), sources=sources)
        assert error.value.parameter == "sources"
        assert all(id in str(error.value) for id in PUBLISHED)
    with pytest.raises(BadQuery, match="there is no source"):
        intervals(data, sources=sources)


def test_chosen_sources_come_in_the_order_of_the_ledger_each_once(dataset) -> None:
    data = dataset(HELD)
    assert check_sources(data, "s20,s00,s20") == ("s00", "s20")
    assert check_sources(data, "") is None


# Intervals

LIVELY = (
    HELD,
    DUE,
    claim("later", "due", "south", march(22), "s15", since=march(14)),
    claim("handover", "handover", "south", "[2021-03-20..2021-03-26]", "s25"),
    claim("vale-held", "control", "east", "[2021-02..2021-03-03]", region="vale", part="part"),
    claim("vale-due", "due", "north", march(9), region="vale", since=march(4)),
    claim("vale-handover", "handover", "north", LAST, region="vale"),
)


@pytest.mark.parametrize("known", [None, march(10), march(24)])
def test_intervals_cover_the_period_without_gap_or_overlap(dataset, known: str | None) -> None:
    for parts in intervals(dataset(*LIVELY), known=known).values():
        covered = [day for part in parts for day in days(part.first, part.last)]
        assert covered == PERIOD


@pytest.mark.parametrize("known", [None, march(10), march(24)])
def test_intervals_and_days_agree(dataset, known: str | None) -> None:
    data = dataset(*LIVELY)
    found = intervals(data, known=known)
    assert list(found) == ["hill", "vale"]
    for day in PERIOD:
        by_interval = [
            part.status
            for parts in found.values()
            for part in parts
            if part.first <= day <= part.last
        ]
        assert by_interval == statuses(data, day, known=known)


def test_neighbouring_intervals_differ(dataset) -> None:
    for parts in intervals(dataset(*LIVELY)).values():
        assert all(a.status != b.status for a, b in pairwise(parts))


def test_change_days_are_the_days_on_which_any_region_changes(dataset) -> None:
    data = dataset(*LIVELY)
    found = change_days(data)
    changed = [
        today
        for before, today in pairwise(PERIOD)
        if statuses(data, before) != statuses(data, today)
    ]
    assert found == changed
    # hill: due 5, postponed 14, unclear 20, handed over 26;
    # vale: held 3, due 4, overdue 10, handed over 31
    assert [day.day for day in found] == [3, 4, 5, 10, 14, 20, 26, 31]


def test_without_claims_nothing_changes(dataset) -> None:
    data = dataset()
    assert change_days(data) == []
    assert [len(parts) for parts in intervals(data).values()] == [1, 1]
