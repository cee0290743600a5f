"""Where names go on the map: on no other name, in their own region, at every zoom and size."""

from __future__ import annotations

import math

import pytest
import shapely
from datasets import REGIONS, region, square
from shapely import box

import geomap.sources
from geomap.core.dataset import Dataset
from geomap.present import select, view
from geomap.present.board import Board, Spot, fixed
from geomap.present.label_blocks import block
from geomap.present.labels import place
from geomap.present.names import Dates, Form, Letters, Name, Names, Placement
from geomap.present.scene import fit, to_unit
from geomap.present.zooms import STEP
from geomap.wording import LANGUAGES, words_in


@pytest.mark.parametrize(
    ("other", "spread", "free"),
    [
        (Spot(30, 0, (-5, -5, 5, 5)), 1.0, True),
        (Spot(30, 0, (-5, -5, 5, 5)), 4.0, True),
        (Spot(8, 0, (-5, -5, 5, 5)), 1.0, False),
        # Its box lies on the other side of its anchor's: enlarged they meet.
        (Spot(10, 0, (-32, -5, -22, 5)), 1.0, True),
        (Spot(10, 0, (-32, -5, -22, 5)), 2.0, False),
        # They would meet at twice the size only for a moment, on the way past each other.
        (Spot(10, 0, (-25, -5, -15, 5)), 4.0, False),
    ],
)
def test_a_place_is_free_throughout_a_range_of_zooms(
    other: Spot, spread: float, free: bool
) -> None:
    board = Board(None, spread)
    board.take(Spot(0, 0, (-5, -5, 5, 5)), margin=0)
    assert board.free(other) == free


def test_names_far_from_the_start_of_the_map_are_checked_too() -> None:
    board = Board(None)
    board.take(fixed((4000, 4000, 4300, 4020)))
    assert not board.free(fixed((4290, 4010, 4310, 4030)))
    assert board.free(fixed((4310, 4010, 4330, 4030)))


NORTH_AND_SOUTH = box(13, 50, 14, 51), box(13, 49, 14, 50)
"""Two regions one above the other, in degrees."""


def placed(
    size: tuple[int, int],
    *regions: shapely.Geometry,
    texts: tuple[str, ...] = ("Kalbajar", "Nagorno-Karabakh"),
    dates: Dates = (("25 Nov, was ", False), ("15", True)),
    towns: tuple[Name, ...] = (),
    lines: tuple[shapely.Geometry, ...] = (),
    bounds: tuple[float, float, float, float] = (13, 49, 14, 51),
) -> Placement:
    """Return where the names of regions stand in a frame that shows some bounds."""
    names = Names(
        [
            Name(
                texts[n],
                *shapely.get_coordinates(region.centroid)[0].tolist(),
                to_unit(region),
                dates=(dates,),
                number=n + 1,
            )
            for n, region in enumerate(regions)
        ],
        towns,
        (),
        (),
        [Name("Ceasefire line", 0, 0, to_unit(line)) for line in lines],
    )
    board = Board((0, 0, *size))
    return place(board, fit(bounds, *size, 0), names, Letters())


def test_a_label_is_a_name_and_its_dates_in_the_region() -> None:
    north, south = placed((600, 800), *NORTH_AND_SOUTH).regions
    assert north is not None
    assert south is not None
    assert (north.lines, north.form) == (("Kalbajar",), Form())
    assert north.dates == ((("25 Nov, was ", False), ("15", True)),)
    assert north.y < 400 < south.y


def test_where_it_is_wider_than_its_region_it_is_broken() -> None:
    _, south = placed((90, 290), *NORTH_AND_SOUTH).regions
    assert south is not None
    assert south.lines == ("Nagorno-", "Karabakh")
    assert south.dates == ((("25 Nov,", False),), (("was ", False), ("15", True)))


def test_in_smaller_letters_before_it_leaves_its_region() -> None:
    shown = placed((60, 195), *NORTH_AND_SOUTH)
    assert shown.shrunk < 1
    assert not any(region.leader for region in shown.regions if region)


def test_a_label_without_room_stands_in_free_land_with_a_line_that_leads_to_its_region() -> None:
    narrow = box(13.4, 49, 13.5, 51)
    shown = placed((400, 800), narrow)
    (only,) = shown.regions
    assert only is not None
    assert only.leader is not None
    frame = fit((13, 49, 14, 51), 400, 800, 0)
    assert shapely.intersects_xy(to_unit(narrow), *frame.unit(*only.leader))
    left, _, right, _ = only.outer
    assert only.x + right < 160 or only.x + left > 200


def test_without_free_land_either_all_regions_have_numbers() -> None:
    thin = [box(13 + n / 10, 49, 13.1 + n / 10, 51) for n in range(9)]
    shown = placed((300, 600), *thin, box(13.9, 49, 14, 51), texts=("Nagorno-Karabakh",) * 10)
    assert shown.numbered
    assert [region.number for region in shown.regions if region and region.numbered] == [
        *range(1, 11)
    ]


def test_a_region_too_small_to_be_seen_has_a_dot_and_its_label_beside_it() -> None:
    beach = box(13.5, 50.5, 13.51, 50.505)
    land, tiny = placed((400, 800), NORTH_AND_SOUTH[0], beach).regions
    assert land is not None
    assert tiny is not None
    assert land.marker is None
    assert tiny.marker is not None
    assert math.dist((tiny.x, tiny.y), tiny.marker) > 15


def test_a_town_of_its_regions_name_is_left_out_and_no_name_touches_an_edge() -> None:
    towns = (Name("Kalbajar", 13.2, 50.2), Name("Zar", 13.97, 50.4), Name("Goris", 13.5, 50.005))
    same, zar, goris = placed((600, 1200), *NORTH_AND_SOUTH, towns=towns).towns
    assert same is None
    assert zar is not None
    assert zar.side == "left"
    assert goris is not None
    assert goris.side in ("above", "below")


def test_a_lines_name_stands_along_its_course_and_no_label_crosses_it() -> None:
    line = shapely.LineString([(13, 50.2), (14, 50.8)])
    shown = placed((600, 1200), *NORTH_AND_SOUTH, lines=(line,))
    ((name,),) = shown.lines
    frame = fit((13, 49, 14, 51), 600, 1200, 0)
    course = frame.project(line)
    (x1, y1), (x2, y2) = course.coords
    assert name.angle == pytest.approx(math.degrees(math.atan2(y2 - y1, x2 - x1)), abs=1)
    apart = course.distance(shapely.Point(name.x, name.y))
    assert name.size / 2 < apart < 1.5 * name.size
    for label in shown.regions:
        assert label is not None
        name_and_dates = Name(label.lines[0], 0, 0, dates=label.dates)
        for left, top, right, bottom in block(name_and_dates, label.size, 1, label.form).boxes:
            row = box(label.x + left, label.y + top, label.x + right, label.y + bottom)
            assert not row.intersects(course)


def test_numbers_go_by_the_order_of_handover(builtin: Dataset) -> None:
    shown = view(builtin, select(builtin), words_in("en"))
    numbers = {region.number: region.id for region in shown.regions}
    assert [numbers[n] for n in (1, 2, 3, 4)] == [
        "aghdam",
        "kalbajar",
        "lachin",
        "nagorno-karabakh",
    ]
    assert {card.region: card.number for card in shown.today.cards} == {
        id: number for number, id in numbers.items()
    }


def test_at_most_zooms_every_region_has_its_name(builtin: Dataset) -> None:
    for language in LANGUAGES:
        labels = view(builtin, select(builtin), words_in(language)).labels
        for runs in labels.regions:
            hidden = [labels.first + run[0] * STEP for run in runs if run[1] == 0]
            assert all(zoom < 6.5 for zoom in hidden)


def test_a_name_stays_in_its_region_and_small_regions_of_many_have_none(make_dataset) -> None:
    many = {f"r{n}": region(f"r{n}", square(13 + n * 0.01, 50, 0.01)) for n in range(20)}
    dataset = geomap.sources.open(make_dataset([], regions={**REGIONS, **many}))
    labels = view(dataset, select(dataset), words_in("en")).labels
    steps = {run[0] for runs in labels.regions for run in runs}
    named = [
        [next(run[1] for run in reversed(runs) if run[0] <= step) for runs in labels.regions]
        for step in steps
    ]
    assert any(any(on_step) and not all(on_step) for on_step in named)
