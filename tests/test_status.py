"""Who holds a region on a day: each rule by a dataset that shows nothing else."""

from __future__ import annotations

from datasets import claim, region, square
from march import DUE, HANDOVER, HELD, kinds, march, on

from geomap.core.status import row, statuses

# Who holds it


def test_without_claims_it_is_unknown(dataset) -> None:
    data = dataset()
    assert kinds(data) == [(1, "unknown", None)]
    assert row(on(data, 1)) == {
        "id": "hill",
        "control_status": "unknown",
        **dict.fromkeys(("actor", "since", "previous_actor", "handover_date")),
        **dict.fromkeys(("handover_due", "handover_due_first", "lies_within")),
        **dict.fromkeys(("overdue", "disputed"), False),
        "divided": "no",
        **{name: [] for name in ("other_actors", "claimed_by")},
        **{name: [] for name in ("sources", "consistent_sources", "claimed_by_sources")},
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
    data = dataset(HELD, claim("more", "control", "north", march(10)))
    assert kinds(data) == [(1, "held", "north")]
    assert (str(on(data, 20).since), on(data, 20).previous_actor) == ("1994", None)


def test_who_came_by_a_handover_and_is_confirmed_stays_handed_over(dataset) -> None:
    data = dataset(HELD, HANDOVER, claim("stays", "control", "south", march(25)))
    assert kinds(data) == [(1, "held", "north"), (18, "handed_over", "south")]
    assert str(on(data, 30).handover.span) == march(18)


def test_a_control_and_a_handover_of_one_day_end_as_a_handover(dataset) -> None:
    for id in ("before", "zz-after"):
        data = dataset(HELD, HANDOVER, claim(id, "control", "north", march(18)))
        assert on(data, 18).control_status == "handed_over"


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
    first, other = HANDOVER | {"source": "s20"}, HANDOVER | {"date": march(21), "source": "s25"}
    data = dataset(HELD, first, other)
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
    assert between["sources"] == ["s00", "s20", "s25"]
    assert kinds(data, known=march(24)) == [(1, "held", "north"), (18, "handed_over", "south")]


# Evidence and clocks


def test_only_a_handover_has_a_day_of_handover(dataset) -> None:
    open_control = claim("taken", "control", "south", "[2021-03-10..2021-03-20]")
    found = row(on(dataset(HELD, open_control), 12))
    assert (found["control_status"], found["handover_date"]) == ("unclear", None)


def test_sources_are_those_that_state_the_row_and_the_others_stand_apart(dataset) -> None:
    data = dataset(
        {**HELD, "locator": "¶1"},
        {**HELD, "source": "s25", "date": "[1990..1999]", "locator": "p. 3"},
        {**DUE, "locator": "¶11, ¶1"},
        {**HANDOVER, "source": "s20"},
        {**HANDOVER, "date": "2021-03", "source": "s25", "locator": "p. 4"},
    )
    evidence = {
        day: (on(data, day).citations, on(data, day).consistent_citations) for day in (1, 5)
    }
    assert evidence == {1: (["s00¶1"], ["s25¶p. 3"]), 5: (["s00¶1, ¶11"], ["s25¶p. 3"])}
    after = row(on(data, 18))
    assert after["sources"] == ["s00¶1, ¶11", "s20"]
    assert after["consistent_sources"] == ["s25¶p. 3, p. 4"]


def test_a_place_that_states_the_row_is_not_repeated_as_consistent(dataset) -> None:
    wide = {**HANDOVER, "date": "2021-03", "locator": "¶2, ¶7"}
    found = row(on(dataset({**HELD, "source": "later", "locator": "¶2"}, HANDOVER, wide), 18))
    assert found["sources"] == ["later¶2"]
    assert found["consistent_sources"] == ["later¶7"]


def test_a_confirmation_states_nothing_new(dataset) -> None:
    data = dataset(HELD, HANDOVER, claim("stays", "control", "south", march(25), "s25"))
    assert on(data, 26).citations == ["s00", "later"]


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
