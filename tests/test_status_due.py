"""What is due: arrangements in force, postponed, overdue and done."""

from __future__ import annotations

import pytest
from datasets import claim
from march import DUE, HANDOVER, HELD, PERIOD, kinds, march, on

from geomap.core.events import postponements, resolve
from geomap.core.history import changes
from geomap.core.status import row


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
    assert [due.actor for due in on(data, 5).pending] == ["south"]


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


@pytest.mark.parametrize("ids", [("a", "z"), ("z", "a")])
@pytest.mark.parametrize("flip", [False, True])
def test_of_arrangements_in_force_from_one_day_that_differ_none_is_chosen(
    dataset, ids: tuple[str, str], flip: bool
) -> None:
    first, later, open_end = (
        claim(id, "due", "south", day, since=march(5))
        for id, day in ((ids[0], march(8)), (ids[1], march(28)), ("m", ""))
    )
    data = dataset(HELD, *([later, first] if flip else [first, later]))
    found = row(on(data, 12))
    assert (found["handover_due_first"], found["handover_due"]) == (
        *("[2021-03-08..2021-03-28]", "[2021-03-08..2021-03-28]"),
    )
    assert found["disputed"]
    assert {due.id for due in on(data, 12).pending} == set(ids)
    assert [on(data, day).overdue for day in (12, 28, 29)] == [False, False, True]
    assert postponements(resolve(data.ledger)) == set()
    assert [c.effect for c in changes(data)][1:] == ["first", "first"]
    data = dataset(HELD, open_end, later)
    assert row(on(data, 31))["handover_due"] == march(28)
    assert (on(data, 31).disputed, on(data, 31).overdue) == (True, False)


def test_arrangements_in_force_from_one_day_with_different_actors_are_a_dispute(dataset) -> None:
    data = dataset(HELD, DUE, claim("swap", "due", "east", march(20), since=march(5)))
    status = on(data, 12)
    assert (status.control_status, status.disputed) == ("due", True)
    assert {due.actor for due in status.pending} == {"south", "east"}


def test_arrangements_alike_are_no_dispute(dataset) -> None:
    rows = [claim(id, "due", "south", march(20), since=march(5)) for id in ("z", "a")]
    data = dataset(HELD, *rows)
    assert {due.id for due in on(data, 12).pending} == {"a", "z"}
    assert not on(data, 12).disputed
    assert postponements(resolve(data.ledger)) == set()


def test_a_later_arrangement_settles_a_dispute_about_the_earlier(dataset) -> None:
    swap = claim("swap", "due", "east", march(20), since=march(5))
    data = dataset(HELD, DUE, swap, claim("new", "due", "south", march(25), since=march(10)))
    assert [(on(data, day).disputed, len(on(data, day).pending)) for day in (9, 10)] == [
        *((True, 2), (False, 1)),
    ]


def test_an_arrangement_after_a_finished_handover_postpones_nothing(dataset) -> None:
    again = claim("again", "due", "south", march(28), since=march(24))
    back = claim("back", "control", "north", march(22))
    data = dataset(HELD, DUE, HANDOVER, back, again)
    assert postponements(resolve(data.ledger)) == set()


def test_a_first_date_that_was_agreed_later_is_no_second_date(dataset) -> None:
    undated = claim("undated", "due", "south", "", since=march(2))
    found = row(on(dataset(HELD, undated, DUE), 12))
    assert (found["handover_due_first"], found["handover_due"]) == (march(20), march(20))


def test_a_part_that_was_due_is_fulfilled_by_a_part(dataset) -> None:
    part = {**HANDOVER, "part": "part"}
    data = dataset(HELD, {**DUE, "part": "part"}, part)
    assert kinds(data) == [(1, "held", "north"), (5, "due", "north"), (18, "held", "north")]
    assert kinds(dataset(HELD, DUE, part))[-1] == (5, "due", "north")


def test_a_part_that_was_due_and_reported_late_is_fulfilled_by_a_part_that_stands(dataset) -> None:
    due = claim("due", "due", "south", march(10), "s20", part="part")
    got = {**HANDOVER, "date": march(8), "part": "part"}
    assert kinds(dataset(HELD, got, due)) == [(1, "held", "north")]
    again = claim("again", "control", "north", march(9))
    assert kinds(dataset(HELD, got, again, due))[-1] == (20, "due", "north")


def test_an_arrangement_with_another_actor_postpones_nothing(dataset) -> None:
    data = dataset(HELD, DUE, claim("swap", "due", "east", march(25), since=march(10)))
    assert postponements(resolve(data.ledger)) == set()


def test_an_arrangement_with_another_actor_replaces_the_first(dataset) -> None:
    data = dataset(HELD, DUE, claim("swap", "due", "east", march(25), since=march(10)))
    assert [on(data, day).pending[0].actor for day in (9, 10)] == ["south", "east"]
    assert row(on(data, 10))["handover_due_first"] == march(25)


def test_control_by_the_one_it_was_due_to_fulfils_it_too(dataset) -> None:
    data = dataset(HELD, DUE, claim("taken", "control", "south", march(12)))
    assert kinds(data) == [(1, "held", "north"), (5, "due", "north"), (12, "held", "south")]


def test_an_event_of_another_actor_does_not_fulfil_it(dataset) -> None:
    data = dataset(HELD, DUE, claim("taken", "control", "east", march(12)))
    assert kinds(data)[-1] == (12, "due", "east")
    assert [due.actor for due in on(data, 12).pending] == ["south"]


def test_what_happened_before_an_arrangement_does_not_fulfil_it(dataset) -> None:
    data = dataset(claim("once", "control", "south", "1990"), HELD, DUE)
    assert kinds(data) == [(1, "held", "north"), (5, "due", "north")]


def test_an_arrangement_reported_after_it_was_done_is_not_due(dataset) -> None:
    data = dataset(HELD, HANDOVER, claim("due", "due", "south", march(20), "s25"))
    assert kinds(data) == [(1, "held", "north"), (18, "handed_over", "south")]


@pytest.mark.parametrize("got", [march(8), march(10), march(12)])
@pytest.mark.parametrize("back", [march(14), march(22)])
def test_an_arrangement_reported_after_it_was_done_stays_done_when_the_region_goes_back(
    dataset, got: str, back: str
) -> None:
    data = dataset(
        HELD,
        {**HANDOVER, "date": got},
        claim("due", "due", "south", march(10), "s20"),
        claim("back", "handover", "north", back),
    )
    assert kinds(data)[-1] == (int(back[-2:]), "handed_over", "north")
    assert not any(on(data, day.day).overdue for day in PERIOD)


def test_who_had_held_the_region_long_before_does_not_fulfil_a_late_report(dataset) -> None:
    data = dataset(
        claim("once", "control", "south", "1990"),
        HELD,
        claim("due", "due", "south", march(10), "s20"),
    )
    assert kinds(data)[-1] == (20, "due", "north")
    assert on(data, 20).overdue
    assert row(on(data, 20))["handover_due"] == march(10)


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
