"""Who holds a region on a day: each rule by a dataset that shows nothing else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from datasets import FIRST, LAST, PUBLISHED, REGIONS, claim, region, square

from geomap import dataset as geomap_dataset
from geomap.dataset import Dataset
from geomap.dates import days
from geomap.errors import BadQuery
from geomap.status import (
    COLUMNS,
    Status,
    change_days,
    check_known,
    check_sources,
    intervals,
    row,
    status_on,
    statuses,
)

Make = Callable[..., Path]
PERIOD = days(date.fromisoformat(FIRST), date.fromisoformat(LAST))

HELD = claim("held", "control", "north", "1994")
DUE = claim("due", "due", "south", "2021-03-20", since="2021-03-05")
HANDOVER = claim("handover", "handover", "south", "2021-03-18")


def march(day: int) -> str:
    return f"2021-03-{day:02}"


@pytest.fixture
def dataset(make_dataset: Make) -> Callable[..., Dataset]:
    """A function that makes a dataset of these claims."""
    return lambda *claims, **parts: geomap_dataset.open(make_dataset(claims, **parts))


def on(dataset: Dataset, day: int, **query: object) -> Status:
    """The status of `hill` on a day of March."""
    return statuses(dataset, march(day), **query)[0]  # type: ignore[arg-type]


def kinds(dataset: Dataset, **query: object) -> list[tuple[int, str, str | None]]:
    """The days of March on which kind of status or actor of `hill` change, and to what."""
    found: list[tuple[int, str, str | None]] = []
    for day in PERIOD:
        status = on(dataset, day.day, **query)
        now = (status.control_status, status.actor)
        if not found or found[-1][1:] != now:
            found.append((day.day, *now))
    return found


# Who holds it


def test_without_claims_it_is_unknown(dataset) -> None:
    data = dataset()
    assert kinds(data) == [(1, "unknown", None)]
    assert row(on(data, 1)) == {
        "id": "hill",
        "control_status": "unknown",
        **dict.fromkeys(("actor", "since", "previous_actor", "handover_date")),
        **dict.fromkeys(("handover_due", "handover_due_first", "lies_within")),
        **dict.fromkeys(("overdue", "disputed", "part"), False),
        "sources": [],
    }


def test_a_control_claim_holds_from_its_day_on(dataset) -> None:
    data = dataset(claim("held", "control", "north", march(10)))
    assert kinds(data) == [(1, "unknown", None), (10, "held", "north")]
    assert str(on(data, 10).since) == march(10)


def test_the_day_of_a_handover_counts_as_after(dataset) -> None:
    data = dataset(HELD, HANDOVER)
    assert kinds(data) == [(1, "held", "north"), (18, "handed_over", "south")]
    after = row(on(data, 18))
    assert (after["previous_actor"], after["since"]) == ("north", march(18))
    assert after["handover_date"] == march(18)


def test_a_handover_without_one_who_held_it_before(dataset) -> None:
    data = dataset(HANDOVER)
    assert kinds(data) == [(1, "unknown", None), (18, "handed_over", "south")]
    assert on(data, 18).previous_actor is None


def test_the_last_event_counts(dataset) -> None:
    data = dataset(
        HELD,
        HANDOVER,
        claim("earlier", "control", "east", march(8)),
    )
    assert kinds(data) == [(1, "held", "north"), (8, "held", "east"), (18, "handed_over", "south")]
    assert on(data, 20).previous_actor == "east"


def test_a_region_may_be_lost_again(dataset) -> None:
    data = dataset(HELD, DUE, HANDOVER, claim("back", "control", "north", march(25)))
    assert kinds(data) == [
        (1, "held", "north"),
        (5, "due", "north"),
        (18, "handed_over", "south"),
        (25, "held", "north"),
    ]
    after = row(on(data, 25))
    assert (after["actor"], after["previous_actor"]) == ("north", "south")
    assert (after["since"], after["handover_date"], after["handover_due"]) == (
        *(march(25), None, None),
    )


def test_an_unbroken_hold_counts_from_its_first_event(dataset) -> None:
    data = dataset(HELD, claim("more", "control", "north", march(10), part="part"))
    assert kinds(data) == [(1, "held", "north")]
    assert (str(on(data, 20).since), on(data, 20).previous_actor) == ("1994", None)
    assert [on(data, day).part for day in (9, 10)] == [False, True]


def test_who_came_by_a_handover_and_is_confirmed_stays_handed_over(dataset) -> None:
    data = dataset(HELD, HANDOVER, claim("stays", "control", "south", march(25)))
    assert kinds(data) == [(1, "held", "north"), (18, "handed_over", "south")]
    assert str(on(data, 30).handover.span) == march(18)


def test_a_control_and_a_handover_of_one_day_end_as_a_handover(dataset) -> None:
    for id in ("before", "zz-after"):
        data = dataset(HELD, HANDOVER, claim(id, "control", "north", march(18)))
        assert on(data, 18).control_status == "handed_over"


def test_the_last_event_is_the_one_that_is_certain_last(dataset) -> None:
    open_to_the_past = claim("retaken", "control", "north", "[..2021-03-20]")
    data = dataset(HANDOVER, open_to_the_past)
    assert kinds(data)[-1] == (20, "held", "north")


# What may have happened


def test_inside_its_span_a_handover_makes_it_unclear(dataset) -> None:
    data = dataset(HELD, claim("handover", "handover", "south", "[2021-03-12..2021-03-18]"))
    assert kinds(data) == [
        (1, "held", "north"),
        (12, "unclear", "north"),
        (18, "handed_over", "south"),
    ]
    assert row(on(data, 12))["handover_date"] == "[2021-03-12..2021-03-18]"
    assert row(on(data, 11))["handover_date"] is None
    assert row(on(data, 18))["handover_date"] == "[2021-03-12..2021-03-18]"


def test_a_span_open_to_the_past_is_unclear_until_its_end(dataset) -> None:
    data = dataset(claim("held", "control", "north", "[..2021-03-10]"))
    assert kinds(data) == [(1, "unclear", None), (10, "held", "north")]


def test_unclear_outweighs_due(dataset) -> None:
    data = dataset(HELD, DUE, claim("handover", "handover", "south", "[2021-03-12..2021-03-25]"))
    assert kinds(data) == [
        (1, "held", "north"),
        (5, "due", "north"),
        (12, "unclear", "north"),
        (25, "handed_over", "south"),
    ]
    status = row(on(data, 22))
    assert (status["handover_due"], status["overdue"]) == (march(20), False)


def test_qualifiers_do_not_widen_but_are_carried_along(dataset) -> None:
    data = dataset(HELD, claim("handover", "handover", "south", march(18) + "~"))
    assert kinds(data) == [(1, "held", "north"), (18, "handed_over", "south")]
    assert row(on(data, 18))["handover_date"] == march(18) + "~"


def test_sources_that_contradict_each_other_make_it_unclear_and_disputed(dataset) -> None:
    data = dataset(HELD, HANDOVER, {**HANDOVER, "date": march(21), "source": "s25"})
    assert kinds(data) == [
        (1, "held", "north"),
        (18, "unclear", "north"),
        (21, "handed_over", "south"),
    ]
    assert [on(data, day).disputed for day in (17, 18, 20, 21, 31)] == [
        *(False, True, True, True, True)
    ]
    between = row(on(data, 19))
    assert between["handover_date"] == "[2021-03-18..2021-03-21]"
    assert between["sources"] == ["s00", "s25"]
    assert kinds(data, known=march(24)) == [(1, "held", "north"), (18, "handed_over", "south")]


# What is due


def test_an_arrangement_in_force_is_due_until_it_is_done(dataset) -> None:
    data = dataset(HELD, DUE, HANDOVER)
    assert kinds(data) == [
        (1, "held", "north"),
        (5, "due", "north"),
        (18, "handed_over", "south"),
    ]
    due, done = row(on(data, 5)), row(on(data, 18))
    assert due["handover_due"] == due["handover_due_first"] == march(20)
    assert (due["handover_date"], due["overdue"]) == (None, False)
    assert done["handover_due"] == done["handover_due_first"] == march(20)
    assert on(data, 5).pending.actor == "south"


def test_an_arrangement_without_a_since_counts_from_its_publication(dataset) -> None:
    data = dataset(HELD, claim("due", "due", "south", march(20), "s10"))
    assert kinds(data) == [(1, "held", "north"), (10, "due", "north")]


def test_an_arrangement_whose_beginning_is_a_span_counts_when_it_is_certain(dataset) -> None:
    data = dataset(HELD, {**DUE, "since": "[2021-03-05..2021-03-09]"})
    assert kinds(data) == [(1, "held", "north"), (9, "due", "north")]


def test_past_its_last_day_it_is_overdue(dataset) -> None:
    data = dataset(HELD, DUE)
    assert [on(data, day).overdue for day in (4, 5, 20, 21, 31)] == [
        *(False, False, False, True, True)
    ]
    assert kinds(data) == [(1, "held", "north"), (5, "due", "north")]


def test_an_arrangement_for_a_month_is_overdue_after_the_month(dataset) -> None:
    data = dataset(HELD, {**DUE, "date": "[2021-03-08..2021-03-14]"})
    assert [on(data, day).overdue for day in (10, 14, 15)] == [False, False, True]


def test_without_a_date_it_is_due_but_never_overdue(dataset) -> None:
    data = dataset(HELD, {**DUE, "date": ""})
    assert kinds(data) == [(1, "held", "north"), (5, "due", "north")]
    assert not any(on(data, day.day).overdue for day in PERIOD)
    assert row(on(data, 31))["handover_due"] is None


def test_a_late_handover_ends_overdue(dataset) -> None:
    data = dataset(HELD, DUE, {**HANDOVER, "date": march(25)})
    assert [on(data, day).overdue for day in (20, 21, 24, 25)] == [False, True, True, False]


def test_a_postponement_counts_from_its_own_since(dataset) -> None:
    later = claim("later", "due", "south", march(28), since=march(19))
    data = dataset(HELD, DUE, later, {**HANDOVER, "date": march(27)})
    seen = {day: row(on(data, day)) for day in (18, 19, 21, 27)}
    assert [r["handover_due"] for r in seen.values()] == [march(20), *[march(28)] * 3]
    assert {r["handover_due_first"] for r in seen.values()} == {march(20)}
    assert not any(r["overdue"] for r in seen.values())


@pytest.mark.parametrize("flip", [False, True])
def test_of_several_arrangements_the_latest_since_counts_not_the_latest_date(
    dataset, flip: bool
) -> None:
    sooner = claim("sooner", "due", "south", march(12), since=march(8))
    data = dataset(HELD, *([sooner, DUE] if flip else [DUE, sooner]))
    assert row(on(data, 7))["handover_due"] == march(20)
    assert row(on(data, 8))["handover_due"] == march(12)
    assert [on(data, day).overdue for day in (12, 13)] == [False, True]


def test_an_arrangement_with_another_actor_replaces_the_first(dataset) -> None:
    data = dataset(HELD, DUE, claim("swap", "due", "east", march(25), since=march(10)))
    assert [on(data, day).pending.actor for day in (9, 10)] == ["south", "east"]
    assert row(on(data, 10))["handover_due_first"] == march(25)


def test_control_by_the_one_it_was_due_to_fulfils_it_too(dataset) -> None:
    data = dataset(HELD, DUE, claim("taken", "control", "south", march(12)))
    assert kinds(data) == [(1, "held", "north"), (5, "due", "north"), (12, "held", "south")]


def test_an_event_of_another_actor_does_not_fulfil_it(dataset) -> None:
    data = dataset(HELD, DUE, claim("taken", "control", "east", march(12)))
    assert kinds(data)[-1] == (12, "due", "east")
    assert on(data, 12).pending.actor == "south"


def test_what_happened_before_an_arrangement_does_not_fulfil_it(dataset) -> None:
    data = dataset(claim("once", "control", "south", "1990"), HELD, DUE)
    assert kinds(data) == [(1, "held", "north"), (5, "due", "north")]


def test_an_arrangement_reported_after_it_was_done_is_not_due(dataset) -> None:
    data = dataset(HELD, HANDOVER, claim("due", "due", "south", march(20), "s25"))
    assert kinds(data) == [(1, "held", "north"), (18, "handed_over", "south")]


def test_it_can_become_due_back_again(dataset) -> None:
    back = claim("back", "due", "north", march(30), since=march(22))
    data = dataset(HELD, DUE, HANDOVER, back)
    assert kinds(data)[-2:] == [(18, "handed_over", "south"), (22, "due", "south")]
    status = row(on(data, 22))
    assert (status["handover_due"], status["handover_due_first"]) == (march(30), march(30))
    assert status["previous_actor"] == "north"


def test_due_with_nobody_known_to_hold_it(dataset) -> None:
    assert kinds(dataset(DUE)) == [(1, "unknown", None), (5, "due", None)]


def test_a_handover_on_the_day_of_the_arrangement_fulfils_it(dataset) -> None:
    data = dataset(
        HELD, DUE, {**HANDOVER, "date": march(5)}, claim("back", "control", "north", march(12))
    )
    assert kinds(data) == [(1, "held", "north"), (5, "handed_over", "south"), (12, "held", "north")]


def test_a_second_handover_has_its_own_arrangement(dataset) -> None:
    data = dataset(
        HELD,
        DUE,
        {**HANDOVER, "date": march(10)},
        claim("back", "control", "north", march(12)),
        claim("again-due", "due", "south", march(25), since=march(15)),
        claim("again", "handover", "south", march(24)),
    )
    for day in (15, 24):
        found = row(on(data, day))
        assert (found["handover_due_first"], found["handover_due"]) == (march(25), march(25))
    assert row(on(data, 24))["handover_date"] == march(24)
    assert row(on(data, 11))["handover_due"] == march(20)


# Parts, evidence and clocks


def test_part_is_said_of_what_is_shown(dataset) -> None:
    data = dataset({**HELD, "part": "part"}, DUE, HANDOVER)
    assert [on(data, day).part for day in (1, 5, 18)] == [True, True, False]
    due = dataset(HELD, {**DUE, "part": "part"}, HANDOVER)
    assert [on(due, day).part for day in (4, 5, 18)] == [False, True, False]


def test_sources_are_those_the_status_rests_on_each_once(dataset) -> None:
    data = dataset(
        {**HELD, "locator": "¶1"},
        {**HELD, "source": "s25", "date": "[1990..1999]", "locator": "p. 3"},
        {**DUE, "locator": "¶1"},
        {**HANDOVER, "source": "s20"},
    )
    assert on(data, 1).citations == ["s00¶1", "s25¶p. 3"]
    assert on(data, 5).citations == ["s00¶1", "s25¶p. 3"]
    assert set(on(data, 18).citations) == {"s00¶1", "s20"}


def test_the_two_clocks_are_independent(dataset) -> None:
    data = dataset(HELD, DUE, {**HANDOVER, "source": "s20"})
    assert on(data, 18, known=march(19)).control_status == "due"
    assert on(data, 21, known=march(19)).overdue
    assert on(data, 18, known=march(20)).control_status == "handed_over"
    assert on(data, 17, known=march(31)).control_status == "due"


def test_before_anything_was_known_it_is_unknown(dataset) -> None:
    assert kinds(dataset(HELD, HANDOVER), known="2019-12-31") == [(1, "unknown", None)]


def test_only_chosen_sources_are_heard(dataset) -> None:
    data = dataset(HELD, {**DUE, "source": "s05"}, {**HANDOVER, "source": "s20"})
    assert kinds(data, sources="s00") == [(1, "held", "north")]
    assert kinds(data, sources=["s00", "s05"]) == [(1, "held", "north"), (5, "due", "north")]
    assert kinds(data, sources="s20 , s00") == [(1, "held", "north"), (18, "handed_over", "south")]
    assert kinds(data, sources=[]) == [(1, "unknown", None)]


def test_what_a_region_lies_within_is_also_a_claim_of_a_source(dataset) -> None:
    properties = {"lies_within": "south", "lies_within:source": "s10", "lies_within:locator": "¶2"}
    hill = region("hill", square(10, 50), **properties)
    data = dataset(HELD, regions={"hill": hill})
    assert on(data, 1).lies_within == "south"
    assert "s10¶2" in on(data, 1).citations
    assert on(data, 1, sources="s00").lies_within is None
    assert on(data, 1, known=march(9)).lies_within is None
    assert on(data, 1, known=march(9)).citations == ["s00"]


def test_regions_do_not_touch_each_other(dataset) -> None:
    vale = [{**c, "region": "vale", "event": f"vale-{c['event']}"} for c in (HELD, DUE)]
    data = dataset(HELD, HANDOVER, *vale)
    found = statuses(data, march(18))
    assert [(s.region, s.control_status, s.actor) for s in found] == [
        ("hill", "handed_over", "south"),
        ("vale", "due", "north"),
    ]


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
        "since": march(18),
        "previous_actor": "north",
        "handover_date": march(18),
        "handover_due": march(20),
        "handover_due_first": march(20),
        "overdue": False,
        "disputed": False,
        "part": False,
        "lies_within": None,
        "sources": ["s00"],
    }
    assert vale["control_status"] == "unknown"
    assert vale["actor"] is None
    assert frame["overdue"].dtype == bool


def test_a_day_may_be_given_as_a_date_or_a_time(dataset) -> None:
    data = dataset(HELD, HANDOVER)
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
