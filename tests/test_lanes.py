"""The chart of time: what its lanes and marks are, and how it is drawn in pictures."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import shapely
from datasets import claim, region, square

from geomap import sources
from geomap.core.dataset import Dataset
from geomap.picture.chart import chart
from geomap.picture.style import Style
from geomap.present import payload, select, typesetting, view
from geomap.present.lanes import MOST_NAMED, drawn_lanes
from geomap.present.scene import Item, Label, Shape
from geomap.present.themes import THEMES
from geomap.present.views import View
from geomap.wording import LANGUAGES, words_in

Open = Callable[..., Dataset]


def shown(dataset: Dataset, lang: str = "en", **query: str) -> View:
    return view(dataset, select(dataset, **query), words_in(lang))


def marks(shown: View) -> list[tuple[str, str]]:
    return [(tick.first.isoformat(), tick.label) for tick in shown.ticks]


def test_both_ends_and_every_event_are_marked() -> None:
    assert marks(shown(sources.open())) == [
        ("2020-09-27", "Heavy fighting flares up"),
        ("2020-11-10", "Truce"),
        ("2020-11-15", "Kalbajar postponed"),
        ("2020-11-20", "Aghdam"),
        ("2020-11-25", "Kalbajar"),
        ("2020-12-01", "Lachin"),
    ]


def test_what_was_not_yet_over_is_marked_by_its_due_day() -> None:
    then = shown(sources.open(), known="2020-11-20")
    assert marks(then)[-2:] == [("2020-11-25", "Kalbajar due"), ("2020-12-01", "Lachin due")]
    days = {lane.region: lane.due_days for lane in then.lanes}
    assert days["lachin"] == (date(2020, 12, 1),)
    assert days["aghdam"] == ()


def test_a_postponement_is_an_arrow_from_one_due_day_to_the_next(dataset: Open) -> None:
    data = dataset(
        claim("first", "due", "north", "2021-03-10", since="2021-03-02", source="s05"),
        claim("moved", "due", "north", "2021-03-20", since="2021-03-08", source="s10"),
    )
    hill = shown(data).lanes[0]
    assert hill.arrows == ((date(2021, 3, 10), date(2021, 3, 20)),)
    assert hill.due_days == (date(2021, 3, 20),)
    # Its days are marked, as the day is on which it was decided.
    assert {"2021-03-08", "2021-03-10", "2021-03-20"} <= {day for day, _ in marks(shown(data))}


def many(dataset: Open, regions: int, changing: int, **parts: Any) -> Dataset:
    """A dataset of so many regions, of which some change hands."""
    ids = [f"r{number}" for number in range(regions)]
    held = [claim(f"held-{id}", "control", "south", "1990", "s00", region=id) for id in ids]
    over = [
        claim(f"over-{id}", "handover", "north", f"2021-03-{number % 28 + 2:02d}", region=id)
        for number, id in enumerate(ids[:changing])
    ]
    squares = {id: region(id, square(number, 50)) for number, id in enumerate(ids)}
    return dataset(*held, *over, regions=squares, **parts)


@pytest.mark.parametrize(
    ("regions", "changing", "lanes", "named"),
    [
        (MOST_NAMED, 2, MOST_NAMED, True),
        (MOST_NAMED + 1, 2, 2, True),
        (MOST_NAMED + 8, MOST_NAMED + 3, MOST_NAMED + 3, False),
        (MOST_NAMED + 1, 0, 0, True),
    ],
)
def test_of_many_regions_those_that_change_have_a_lane(
    dataset: Open, regions: int, changing: int, lanes: int, named: bool
) -> None:
    then = shown(many(dataset, regions, changing))
    drawn, has_names = drawn_lanes(then.lanes)
    assert (len(drawn), has_names) == (lanes, named)
    sent = payload(then)["chart"]
    assert [lane["region"] for lane in sent["lanes"]] == [
        number for number in range(len(then.regions)) if then.lanes[number] in drawn
    ]


# In pictures


def drawn(shown: View, dataset: Dataset, width: int, height: int, **more: Any) -> list[Item]:
    style = Style(THEMES["light"], dataset.ledger.actors, 960, 600)
    return chart(style, words_in(shown.language), shown, (0, 0, width, height), **more)


def boxes(items: list[Item]) -> list[tuple[str, shapely.Geometry]]:
    """The boxes of a chart's words."""
    made = []
    for item in items:
        if isinstance(item, Label):
            ((text, bold),) = item.text
            wide = typesetting.width(text, item.size, bold=bold)
            left = item.x - (wide / 2 if item.anchor == "middle" else 0)
            box = shapely.box(
                left, item.y - item.size * 0.75, left + wide, item.y + item.size * 0.2
            )
            made.append((text, box))
    return made


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(("width", "height"), [(300, 110), (400, 130), (640, 160), (960, 180)])
def test_no_word_of_a_chart_touches_another_or_its_edge(
    builtin: Dataset, lang: str, width: int, height: int
) -> None:
    words = boxes(drawn(shown(builtin, lang), builtin, width, height))
    whole = shapely.box(-1, -1, width + 1, height + 1)
    assert [text for text, box in words if not whole.contains(box)] == []
    assert [
        (a, b)
        for number, (a, first) in enumerate(words)
        for b, second in words[number + 1 :]
        if first.intersects(second)
    ] == []


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("width", [300, 640, 960])
def test_every_day_of_change_keeps_its_date(builtin: Dataset, lang: str, width: int) -> None:
    dates = sorted(
        (item.x, item.text[0][0])
        for item in drawn(shown(builtin, lang), builtin, width, 120)
        if isinstance(item, Label) and item.anchor == "middle" and item.text[0][1]
    )
    assert [text.split()[0].rstrip(".") for _, text in dates] == ["27", "10", "15", "20", "25", "1"]


def test_a_chart_of_several_years_names_them(dataset: Open) -> None:
    data = dataset(
        claim("over", "handover", "north", "2021-03-08"),
        meta={"period": {"start": "2019-05-01", "end": "2021-12-31"}},
    )
    texts = [text for text, _ in boxes(drawn(shown(data), data, 640, 160))]
    assert [text for text in texts if text.isdigit() and len(text) == 4] == ["2019", "2020", "2021"]


def test_the_day_shown_is_a_line_through_the_lanes() -> None:
    data = sources.open()
    then = shown(data)
    plain = drawn(then, data, 960, 180)
    marked = drawn(then, data, 960, 180, day=date(2020, 11, 20))
    (_, line) = [item for item in marked if item not in plain]
    assert isinstance(line, Shape)
    left, top, right, bottom = line.geometry.bounds
    assert left == right
    assert bottom - top > 60
