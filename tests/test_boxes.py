"""No name on a picture touches another, a line, or the edge of a region; each region has its own."""

from __future__ import annotations

from datetime import date

import pytest
import shapely
from label_boxes import DAYS, SIZES, crossing, picture_edges, picture_texts, touching
from picture_reading import scene_of

from geomap.core.dataset import Dataset
from geomap.wording import LANGUAGES, words_in
from geomap.wording.sentences import region_name


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", [*SIZES, (1080, 1920)], ids=str)
def test_no_name_touches_another_or_an_edge(
    builtin: Dataset, size: tuple[int, int], language: str, day: str
) -> None:
    scene = scene_of(builtin, date.fromisoformat(day), lang=language, size=size)
    names = picture_texts(scene, "names")
    numbers = [text for text in names if text.text.isdigit()]
    others = [text for text in names if not text.text.isdigit()]
    assert touching(names) == []
    assert crossing(others, picture_edges(scene)) == []
    panels = [
        shapely.box(*item.geometry.bounds)
        for layer in ("legend", "inset")
        for item in scene.layers[layer][:1]
    ]
    assert [text.text for text in names if any(text.box.intersects(one) for one in panels)] == []
    assert len(numbers) in (0, 4)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", [*SIZES, (1080, 1920)], ids=str)
def test_every_region_has_its_label_or_every_one_its_number(
    builtin: Dataset, size: tuple[int, int], language: str
) -> None:
    scene = scene_of(builtin, lang=language, size=size)
    texts = [text.text for text in picture_texts(scene, "names")]
    shown = "".join(texts)
    named = [
        region_name(words_in(language), builtin, id).replace(" ", "") in shown.replace(" ", "")
        for id in builtin.regions.id
    ]
    assert all(named) or {"1", "2", "3", "4"} <= set(texts)
