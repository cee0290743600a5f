"""The sentence at the head of the page, in English: which regions share one, and what comes first."""

from __future__ import annotations

import pytest
from datasets import claim, region, square
from wording_rows import (
    DUE,
    EAST,
    EN,
    GOT,
    HELD,
    LATER,
    OTHER_DAY,
    PART,
    SOME_DAY,
    Row,
    Rows,
    Small,
    head,
)

from geomap.core.status import statuses
from geomap.wording import headline


def of(region: str, row: Row) -> dict[str, str]:
    return {**row, "region": region, "event": f"{region}-{row['event']}"}


def both(*rows: Row) -> list[dict[str, str]]:
    return [of(region, row) for region in ("hill", "vale") for row in rows]


REST = " None of the sources shown says who holds Vale."
PASSED = "; none of the sources shown says whether it happened."
HEADLINES: list[tuple[Rows, str, str]] = [
    ([], "05", "none of the sources shown says who holds Hill and Vale."),
    (both(HELD), "01", "Hill and Vale are held by the South."),
    (both(HELD, DUE), "05", "Hill and Vale are due to be handed over to the North by 10 March."),
    (both(HELD, LATER), "10", "Hill and Vale are due to be handed over to the North on 20 March."),
    (
        *(both(HELD, DUE), "11"),
        f"Hill and Vale were due to be handed over to the North by 10 March{PASSED}",
    ),
    (both(HELD, GOT), "12", "Hill and Vale have been handed over to the North."),
    (
        *([*both(HELD, DUE), of("vale", GOT)], "12"),
        "Vale has been handed over to the North."
        f" Hill was due to be handed over to the North by 10 March{PASSED}",
    ),
    (
        *([of("hill", HELD), of("vale", HELD | {"actor": "east"})], "05"),
        "Hill is held by the South. Vale is held by the East.",
    ),
    (
        *([*both(HELD), of("hill", DUE), of("vale", LATER)], "09"),
        "Hill is due to be handed over to the North by 10 March."
        " Vale is due to be handed over to the North on 20 March.",
    ),
    (
        *([HELD, GOT | SOME_DAY], "13"),
        f"it is not clear whether Hill has passed to the North.{REST}",
    ),
    (
        *([HELD, DUE, GOT | SOME_DAY], "13"),
        "Hill was due to be handed over to the North by 10 March,"
        f" and it is not clear whether that has happened.{REST}",
    ),
    (
        *([claim("c", "control", "south", "[2021-03-12..2021-03-15]")], "13"),
        f"it is not clear who holds Hill.{REST}",
    ),
    (
        *([GOT, HELD | {"date": "2021-03-12", "source": "later", "kind": "handover"}], "13"),
        f"sources contradict each other on who holds Hill: the North or the South.{REST}",
    ),
    (
        *([HELD, DUE, LATER | {"since": "2021-03-03"}], "05"),
        f"Hill is due to be handed over; sources contradict each other on how.{REST}",
    ),
    (
        *([HELD, GOT | PART], "13"),
        f"Hill is divided: a part is held by the North, the rest by the South.{REST}",
    ),
    (
        *([HELD, GOT | PART | SOME_DAY], "13"),
        f"Hill is held by the South, perhaps but for a part held by the North.{REST}",
    ),
    (
        *([GOT | PART], "13"),
        "none of the sources shown says who holds Vale. A part of Hill is held by the North;"
        " none of the sources shown says who holds the rest.",
    ),
    (
        *([HELD, GOT, OTHER_DAY | PART | EAST], "20"),
        f"Hill has been handed over to the North, but for a part held by the East.{REST}",
    ),
    (
        *([HELD, DUE | PART], "05"),
        f"a part of Hill is due to be handed over to the North by 10 March.{REST}",
    ),
    (
        *([HELD, DUE | PART], "11"),
        f"a part of Hill was due to be handed over to the North by 10 March{PASSED}{REST}",
    ),
    ([GOT | PART | SOME_DAY], "13", "none of the sources shown says who holds Hill and Vale."),
]


@pytest.mark.parametrize(("rows", "day", "text"), HEADLINES)
def test_the_headline(dataset: Small, rows: Rows, day: str, text: str) -> None:
    assert head(dataset(*rows), day) == f"As of {{date}}, {text}"


def test_the_day_of_a_headline_is_a_piece_of_its_own(dataset: Small) -> None:
    data = dataset()
    pieces = headline(EN, data, statuses(data, "2021-03-05"), 2021)
    assert pieces[:2] == (("As of ", False), ("{date}", True))


def test_a_list_of_21_regions_is_no_single_one_in_russian(dataset: Small) -> None:
    ids = [f"r{number:02}" for number in range(21)]
    regions = {id: region(id, square(10 + n, 50)) for n, id in enumerate(ids)}
    data = dataset(*(of(id, HELD) for id in ids), regions=regions)
    text = head(data, "05", "ru")
    assert "находятся под контролем" in text
    assert "находится" not in text
