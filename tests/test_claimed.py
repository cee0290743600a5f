"""Claims of governments: who claims a region beside whoever holds it, and by whose word."""

from __future__ import annotations

import pytest
from datasets import claim
from march import HELD, kinds, march, on

from geomap.core.status import change_days, row, status_on


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


def test_a_claim_made_again_stands_from_its_new_day(dataset) -> None:
    data = dataset(
        claim("wants", "claimed", "south", "1994"),
        claim("no-more", "renounced", "south", march(5)),
        claim("again", "claimed", "south", march(9)),
        claim("still", "claimed", "south", march(12)),
    )
    assert claimed_by(data) == [(1, ("south",)), (5, ()), (9, ("south",))]
    assert [event.id for event in on(data, 20).claimed] == ["again"]
