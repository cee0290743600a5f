"""Where names go on the map: on no other name, in their own region, at every zoom and size."""

from __future__ import annotations

from itertools import combinations

import pytest
import shapely
from datasets import REGIONS, region, square

import geomap.sources
from geomap.core.dataset import Dataset
from geomap.picture.compose import compose
from geomap.present import select, typesetting, view
from geomap.present.board import Board, Spot, fixed
from geomap.present.scene import Label
from geomap.present.zooms import STEP
from geomap.wording import LANGUAGES, words_in

SIZES = ((1200, 630), (960, 600), (640, 400), (375, 600), (1600, 900), (1080, 1920))


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


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_no_name_on_a_picture_covers_another(
    builtin: Dataset, size: tuple[int, int], language: str
) -> None:
    scene = compose(builtin, words_in(language), select(builtin), "light", *size)
    boxes = {}
    for item in scene.layers["names"]:
        if isinstance(item, Label):
            ((text, bold),) = item.text
            wide = typesetting.width(text, item.size, bold=bold, spaced=item.spaced)
            left = item.x - {"start": 0, "middle": wide / 2, "end": wide}[item.anchor]
            boxes[text, item.y] = shapely.box(left, item.y - item.size * 0.8, left + wide, item.y)
    assert len(boxes) >= 4
    assert [(a, b) for a, b in combinations(boxes, 2) if boxes[a].intersects(boxes[b])] == []


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
    named = [runs[0][1] for runs in labels.regions]
    assert any(named)
    assert not all(named)
