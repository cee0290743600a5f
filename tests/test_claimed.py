"""Claims of governments: who claims a region beside whoever holds it, and by whose word."""

from __future__ import annotations

import pytest
from datasets import claim
from march import HELD, kinds, march, on

import geomap.sources
from geomap.core.status import change_days, row, status_on
from geomap.feeds import atom_feed
from geomap.present import day_view, select, view
from geomap.wording import words_in


def claimed_by(dataset, **query: object) -> list[tuple[int, tuple[str, ...]]]:
    """The days of March on which those who claim `hill` change, and to whom."""
    changes: list[tuple[int, tuple[str, ...]]] = []
    for day in range(1, 32):
        now = on(dataset, day, **query).claimed_by
        if not changes or changes[-1][1] != now:
            changes.append((day, now))
    return changes


def test_a_government_claims_it_until_it_gives_the_claim_up(dataset) -> None:
    data = dataset(
        HELD,
        claim("wants", "claimed", "south", march(10), locator="¶3"),
        claim("ours", "claimed", "north", "1994"),
        claim("no-more", "renounced", "south", march(20)),
    )
    assert claimed_by(data) == [(1, ("north",)), (10, ("north", "south")), (20, ("north",))]
    assert kinds(data) == [(1, "held", "north")]
    assert [day.day for day in change_days(data)] == [10, 20]
    shown = row(on(data, 10))
    assert shown["claimed_by_sources"] == ["later¶3", "s00"]
    assert shown["sources"] == ["s00"]
    assert status_on(data, march(10)).loc[0, "claimed_by"] == ["north", "south"]


def test_it_obeys_clock_sources_and_withdrawal(dataset) -> None:
    data = dataset(
        claim("wants", "claimed", "south", march(5), "s05"),
        claim("ours", "claimed", "north", "1994", withdrawn=march(20)),
    )
    assert on(data, 12).claimed_by == ("south",)
    assert on(data, 12, known=march(4)).claimed_by == ("north",)
    assert on(data, 12, known=march(12)).claimed_by == ("north", "south")
    assert on(data, 12, sources="s00").claimed_by == ()


@pytest.mark.parametrize(
    ("claimed", "renounced", "from_day"),
    [
        ("[2021-03-04..2021-03-10]", march(4), None),  # it may have come before
        ("[2021-03-04..2021-03-10]", march(3), 10),
        ("[..2021-03-10]", march(9), 10),
        (march(10), march(10), None),
    ],
)
def test_a_renunciation_ends_each_claim_that_may_have_come_before(
    dataset, claimed: str, renounced: str, from_day: int | None
) -> None:
    data = dataset(
        claim("wants", "claimed", "south", claimed),
        claim("no-more", "renounced", "south", renounced),
    )
    assert claimed_by(data) == [(1, ())] + ([(from_day, ("south",))] if from_day else [])


def test_it_is_said_drawn_and_explained_beside_who_holds_it(dataset) -> None:
    data = dataset(
        HELD,
        claim("wants", "claimed", "south", "[..2021-03-10]"),
        claim("ours", "claimed", "north", "1994", locator="¶4"),
        claim("no-more", "renounced", "south", march(20)),
    )
    shown = day_view(data, select(data, date=march(12)), words_in("en"))
    assert shown.headline_text == (
        "As of 12 March 2021, Hill is held by the North. None of the sources shown says who holds "
        "Vale. Hill is claimed by the North and the South."
    )
    hill = shown.cards[0]
    assert "".join(text for text, _ in hill.sentence) == (
        "Held by the North since 1994. Claimed by the North since 1994. "
        "Claimed by the South since 10 March at the latest."
    )
    assert [passage.sources for passage in hill.passages] == [("s00",)] * 3
    assert hill.look.sign == "▤"
    assert hill.facts.claimed_by == ("south",)
    assert [e.label for e in shown.legend if e.kind == "claimed"] == ["Claimed by the South"]
    after = day_view(data, select(data, date=march(20)), words_in("en"))
    assert (
        after.cards[0].look == day_view(dataset(HELD), select(data), words_in("en")).cards[0].look
    )
    whole = view(data, select(data), words_in("en"))
    assert [(row.when, row.what) for row in whole.timeline] == [
        ("20 Mar 2021", "Claim to it renounced by the South"),
        ("Since 10 March 2021 at the latest", "Claimed by the South"),
        ("Since 1994", "Held by the North"),
        ("Since 1994", "Claimed by the North"),
    ]


def test_what_no_row_can_mean_is_refused_and_what_seems_a_slip_doubted(make_dataset) -> None:
    def faults(*claims: dict) -> list[tuple[str | None, bool]]:
        return [(f.column, f.doubt) for f in geomap.sources.check(make_dataset([HELD, *claims]))]

    assert faults(claim("wants", "claimed", "south", march(10), part="part")) == [("part", False)]
    assert faults(claim("wants", "claimed", "south", "")) == [("date", False)]
    assert faults(claim("wants", "claimed", "south", march(10), "s05")) == [("date", False)]
    assert faults(claim("no-more", "renounced", "south", march(10))) == [("event", True)]


def test_feeds_tell_of_it(dataset) -> None:
    data = dataset(
        claim("wants", "claimed", "south", "2019", "s00"),
        claim("no-more", "renounced", "south", "[2021-03-01..2021-03-09]", "s10"),
        claim("no-more", "renounced", "south", march(4), "s20"),
    )
    feed = atom_feed(data, page=lambda day, known: "/", address="/feed.atom").decode()
    assert "Hill: Claimed by the South since 2019 (Paper, 1 Jan 2020)" in feed
    assert "Hill: Claim to it renounced by the South on 4 March 2021" in feed
    assert "This narrows down when the claim to Hill was renounced." in feed


def test_a_claim_made_again_stands_from_its_new_day(dataset) -> None:
    data = dataset(
        claim("wants", "claimed", "south", "1994"),
        claim("no-more", "renounced", "south", march(5)),
        claim("again", "claimed", "south", march(9)),
        claim("still", "claimed", "south", march(12)),
    )
    assert claimed_by(data) == [(1, ("south",)), (5, ()), (9, ("south",))]
    assert [event.id for event in on(data, 20).claimed] == ["again"]


def test_that_its_holder_claims_it_is_said_only_beside_another_claim(dataset) -> None:
    data = dataset(
        HELD,
        claim("ours", "claimed", "north", "1994"),
        claim("wants", "claimed", "south", march(10)),
    )

    def said(day: int) -> str:
        (card, *_) = day_view(data, select(data, date=march(day)), words_in("en")).cards
        return "".join(text for text, _ in card.sentence)

    assert "Claimed" not in said(9)
    assert "Claimed by the North" in said(10)
    assert "Claimed by the South" in said(10)


def test_who_is_to_get_it_has_no_lines_beside_its_stripes(dataset) -> None:
    arranged = claim("agreed", "due", "south", "2021-03-20", since="2021-03-05")
    without = dataset(HELD, arranged)
    data = dataset(HELD, arranged, claim("wants", "claimed", "south", march(1)))

    def card(one):
        return day_view(one, select(one, date=march(10)), words_in("en")).cards[0]

    assert card(data).look == card(without).look
    assert "Claimed by the South" in "".join(text for text, _ in card(data).sentence)
