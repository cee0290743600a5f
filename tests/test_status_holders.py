"""Contradicting holders, divided regions and what may have happened: who can be named, and when."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest
from datasets import claim
from march import DUE, HANDOVER, HELD, kinds, march, on

from geomap.core.dataset import Dataset
from geomap.core.status import row

# Two holders in no known order


@pytest.mark.parametrize("ids", [("a", "z"), ("z", "a")])
def test_two_holders_of_one_day_are_both_named_and_none_is_chosen(dataset, ids) -> None:
    one, other = (
        claim(id, "handover", actor, march(18), source)
        for id, actor, source in zip(ids, ("south", "east"), ("s20", "s25"), strict=True)
    )
    for rows in permutations((HELD, one, other)):
        data = dataset(*rows)
        assert kinds(data) == [(1, "held", "north"), (18, "unclear", None)]
        found = row(on(data, 20))
        assert found["disputed"]
        assert found["other_actors"] == ["south", "east"]
        assert set(found["sources"]) == {"s20", "s25"}
        assert {e.id for e in on(data, 20).contradicting} == set(ids)
        assert [found[name] for name in ("since", "handover_date", "previous_actor")] == [None] * 3


def test_holders_whose_spans_share_a_day_contradict_each_other(dataset) -> None:
    rows = claim("a", "control", "south", "[2021-03-08..2021-03-12]"), HELD
    apart = dataset(*rows, claim("b", "control", "east", march(13)))
    assert kinds(apart)[-1] == (13, "held", "east")
    sharing = dataset(*rows, claim("b", "control", "east", "[2021-03-12..2021-03-14]"))
    assert kinds(sharing)[-1] == (14, "unclear", None)


def test_a_later_event_settles_it(dataset) -> None:
    data = dataset(
        HELD,
        claim("one", "control", "south", march(10)),
        claim("other", "control", "east", march(10)),
        claim("last", "control", "east", march(20)),
    )
    assert kinds(data) == [(1, "held", "north"), (10, "unclear", None), (20, "held", "east")]
    # Who held it before stays open; so does whether the hold began on the tenth.
    found = row(on(data, 20))
    assert (found["since"], found["previous_actor"], found["disputed"]) == (march(20), None, False)


def test_a_handover_ends_the_control_that_was_certain_by_its_day(dataset) -> None:
    for day in (march(18), "[..2021-03-18]", "[2021-03-10..2021-03-18]"):
        data = dataset(HELD, HANDOVER, claim("seen", "control", "north", day))
        assert kinds(data)[-1] == (18, "handed_over", "south")
    seen_later = dataset(HELD, HANDOVER, claim("seen", "control", "north", "[..2021-03-20]"))
    assert kinds(seen_later)[-1] == (20, "unclear", None)


def test_events_that_agree_on_the_holder_contradict_nothing(dataset) -> None:
    data = dataset(HELD, HANDOVER, claim("seen", "control", "south", march(18)))
    assert kinds(data)[-1] == (18, "handed_over", "south")
    assert not on(data, 18).disputed


def test_a_holder_whom_only_several_events_together_confirm(dataset) -> None:
    data = dataset(
        claim("m", "handover", "east", "[2021-03-05..2021-03-08]"),
        claim("n", "control", "north", "[2021-03-05..2021-03-09]"),
        claim("h", "control", "south", "[2021-03-09..2021-03-10]"),
        claim("k", "handover", "south", "[2021-03-07..2021-03-12]"),
    )
    status = on(data, 12)
    assert (status.actor, str(status.since)) == ("south", "[2021-03-09..2021-03-10]")
    assert {event.id for event in status.run} == {"h", "k"}


# What may have happened


def test_an_uncertain_event_of_the_present_holder_leaves_the_status_as_it_was(dataset) -> None:
    more = claim("more", "handover", "north", "[2021-03-10..2021-03-20]")
    data = dataset(HELD, more)
    assert [(s, a) for _, s, a in kinds(data)] == [("held", "north"), ("handed_over", "north")]
    assert (on(data, 12).possible, row(on(data, 12))["handover_date"]) == ((), None)
    assert on(dataset(HELD, DUE, more), 12).control_status == "due"


def test_a_handover_by_a_day_starts_no_earlier_than_what_it_fulfils(dataset) -> None:
    by = {**HANDOVER, "date": "[..2021-03-18]"}
    assert kinds(dataset(HELD, by)) == [(1, "unclear", "north"), (18, "handed_over", "south")]
    assert kinds(dataset(HELD, DUE, by)) == [
        *((1, "held", "north"), (5, "unclear", "north"), (18, "handed_over", "south")),
    ]
    assert row(on(dataset(HELD, DUE, by), 10))["handover_date"] == "[..2021-03-18]"
    unrelated = claim("due", "due", "east", march(20), since=march(5))
    assert kinds(dataset(HELD, unrelated, by))[0] == (1, "unclear", "north")


def test_a_handover_by_a_day_starts_no_earlier_than_the_last_transfer_before(dataset) -> None:
    by = {**HANDOVER, "date": "[..2021-03-18]"}
    seen = claim("seen", "control", "north", march(12))
    assert kinds(dataset(HELD, seen, DUE, by)) == [
        *((1, "held", "north"), (5, "due", "north"), (12, "unclear", "north")),
        (18, "handed_over", "south"),
    ]
    # Control on its very last day leaves it no day before.
    seen = {**seen, "date": march(18)}
    assert kinds(dataset(HELD, DUE, seen, by))[-2:] == [
        *((5, "due", "north"), (18, "handed_over", "south")),
    ]


def test_possible_handovers_to_different_actors_leave_open_what_was_due(dataset) -> None:
    data = dataset(
        HELD,
        DUE,
        claim("one", "handover", "south", "[2021-03-10..2021-03-18]"),
        claim("other", "handover", "east", "[2021-03-10..2021-03-18]"),
    )
    found = row(on(data, 12))
    assert (found["control_status"], found["handover_due"]) == ("unclear", None)
    assert len(on(data, 12).possible) == 2


# Divided


def divided(data: Dataset, days: tuple[int, ...]) -> list[tuple[Any, ...]]:
    found = [row(on(data, day)) for day in days]
    return [(r["control_status"], r["actor"], r["divided"], *r["other_actors"]) for r in found]


def test_a_part_of_another_actor_divides_the_region(dataset) -> None:
    part = claim("part", "control", "south", "[2021-03-10..2021-03-20]", part="part")
    assert divided(dataset(HELD, part), (9, 10, 19, 20)) == [
        ("held", "north", "no"),
        ("held", "north", "perhaps", "south"),
        ("held", "north", "perhaps", "south"),
        ("held", "north", "yes", "south"),
    ]


def test_a_part_of_the_holder_divides_nothing(dataset) -> None:
    part = claim("part", "control", "north", march(10), part="part")
    assert divided(dataset(HELD, part), (12,)) == [("held", "north", "no")]


def test_the_other_actors_stand_in_the_ledgers_order_the_certain_ones_alone(dataset) -> None:
    parts = [
        claim("e", "control", "east", march(10), part="part"),
        claim("s", "handover", "south", march(12), part="part"),
        claim("n", "control", "north", "[2021-03-08..2021-03-20]", part="part"),
    ]
    assert divided(dataset(*parts), (9, 11, 12, 20)) == [
        ("unknown", None, "perhaps", "north"),
        ("unknown", None, "yes", "east"),
        ("unknown", None, "yes", "south", "east"),
        ("unknown", None, "yes", "north", "south", "east"),
    ]


def test_a_later_transfer_of_the_whole_ends_the_division_one_of_the_same_day_does_not(
    dataset,
) -> None:
    part = claim("part", "control", "east", "[2021-03-10..2021-03-18]", part="part")
    assert divided(dataset(HELD, part, HANDOVER), (17, 18, 31)) == [
        ("held", "north", "perhaps", "east"),
        ("handed_over", "south", "yes", "east"),
        ("handed_over", "south", "yes", "east"),
    ]
    later = {**HANDOVER, "date": march(19)}
    assert divided(dataset(HELD, part, later), (18, 19)) == [
        ("held", "north", "yes", "east"),
        ("handed_over", "south", "no"),
    ]


def test_a_divided_region_whose_holders_contradict_each_other_names_all(dataset) -> None:
    data = dataset(
        claim("one", "control", "north", march(10)),
        claim("other", "control", "south", march(10)),
        claim("part", "control", "east", march(12), part="part"),
    )
    assert divided(data, (12,)) == [("unclear", None, "yes", "north", "south", "east")]


# The two divided regions of November 2020, in small

ACTORS = [
    {"id": id, "name": id, "colour": "#2a78b5"}
    for id in ("azerbaijan", "armenian-forces", "russian-peacekeepers")
]
NOVEMBER = {"period": {"start": "2020-09-27", "end": "2020-12-01"}, "date": "2020-11-30"}


def november(dataset, *claims: dict[str, str]) -> Any:
    data = dataset(*claims, actors=ACTORS, meta=NOVEMBER)

    def shown(day: str) -> tuple[Any, ...]:
        from geomap.core.status import statuses

        found = row(statuses(data, day)[0])
        return (found["control_status"], found["actor"], found["divided"], *found["other_actors"])

    return shown


def test_a_part_captured_in_the_fighting(dataset) -> None:
    shown = november(
        dataset,
        claim("held", "control", "armenian-forces", "1994"),
        claim("part", "control", "azerbaijan", "[2020-09-27..2020-11-10]", part="part"),
    )
    held = "held", "armenian-forces"
    assert shown("2020-09-27") == shown("2020-11-09") == (*held, "perhaps", "azerbaijan")
    assert shown("2020-11-10") == shown("2020-12-01") == (*held, "yes", "azerbaijan")


def test_a_corridor_that_stays_when_the_rest_is_handed_over(dataset) -> None:
    shown = november(
        dataset,
        claim("held", "control", "armenian-forces", "1992-05-18"),
        claim("due", "due", "azerbaijan", "2020-12-01", since="2020-11-10"),
        claim("part", "control", "russian-peacekeepers", "[2020-11-10..2020-12-01]", part="part"),
        claim("handover", "handover", "azerbaijan", "2020-12-01"),
    )
    due, corridor = ("due", "armenian-forces"), "russian-peacekeepers"
    assert shown("2020-11-09") == ("held", "armenian-forces", "no")
    assert shown("2020-11-10") == shown("2020-11-30") == (*due, "perhaps", corridor)
    assert shown("2020-12-01") == ("handed_over", "azerbaijan", "yes", corridor)


def test_a_handover_by_a_day_comes_after_what_was_certain_before(dataset) -> None:
    given = claim("given", "handover", "south", march(5))
    returned = claim("returned", "handover", "north", "[..2021-03-12]")
    assert kinds(dataset(HELD, given, returned))[-1] == (12, "handed_over", "north")
