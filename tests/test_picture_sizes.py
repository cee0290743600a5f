"""What every picture has, whatever its size: title, day, its line, legend, credit, all of it whole."""

from datetime import date

import pytest
import shapely
from picture_reading import scene_of, svg_texts

from geomap.errors import BadQuery
from geomap.picture.picture import picture, size
from geomap.present import select, typesetting
from geomap.present.build import day_view
from geomap.present.scene import Label
from geomap.wording import LANGUAGES, words_in

SIZES = (
    (300, 250),
    (320, 480),
    (640, 300),
    (640, 520),
    (1000, 600),
    (1600, 900),
    (1080, 1080),
    (1080, 1920),
    (1123, 794),
)
DAYS = ("2020-09-27", "2020-11-16", "2020-11-30")


def run_together(text: str) -> str:
    """A text without its blanks, at which lines may end."""
    return "".join(text.split())


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("sides", SIZES, ids=str)
def test_every_size_says_what_where_when_and_by_whom(builtin, sides, lang):
    for day in DAYS:
        view = day_view(builtin, select(builtin, day), words_in(lang))
        scene = scene_of(builtin, date.fromisoformat(day), lang, size=sides)
        texts = [
            "".join(text for text, _ in item.text)
            for layer in scene.layers.values()
            for item in layer
            if isinstance(item, Label)
        ]
        said = run_together("".join(texts))
        assert run_together(view.title) in said
        assert run_together(view.short) in said
        assert any(run_together(text) in said for text in (view.day, view.day_short))
        for entry in view.legend:
            if entry.kind in ("area", "outside", "line") and sides == (300, 250):
                continue  # what is said of the regions comes first
            words = (entry.label, entry.short or entry.label, entry.shorter or entry.label)
            assert any(run_together(text) in said for text in words)
        whole = run_together(f"{view.credit} · {view.licence}{view.limit}")
        assert run_together(view.credit_short) in said or whole in said
        assert not any(text.endswith(typesetting.ELLIPSIS) for text in texts)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("sides", SIZES, ids=str)
def test_no_line_of_text_touches_another_or_the_edge(builtin, sides, lang):
    scene = scene_of(builtin, date(2020, 11, 16), lang, size=sides)
    boxes = []
    for item in scene.layers["text"]:
        if isinstance(item, Label):
            wide = typesetting.spans_width(item.text, item.size)
            left = item.x - {"start": 0, "middle": wide / 2, "end": wide}[item.anchor]
            box = (left, item.y - item.size * 0.75, left + wide, item.y + item.size * 0.1)
            assert 0 < box[0] < box[2] < sides[0]
            assert 0 < box[1] < box[3] < sides[1]
            boxes.append(shapely.box(*box))
    assert len(boxes) >= 4
    for number, box in enumerate(boxes):
        assert not any(box.intersects(other) for other in boxes[:number])


@pytest.mark.parametrize(
    ("sides", "share"),
    [
        ((300, 250), 0.3),
        ((640, 300), 0.75),
        ((960, 600), 0.75),
        ((1600, 900), 0.75),
        ((1080, 1080), 0.8),
        ((1080, 1920), 0.85),
    ],
)
def test_the_regions_are_large(builtin, sides, share):
    """Their width or height is a good part of the picture's."""
    shapes = [item.geometry for item in scene_of(builtin, size=sides).layers["regions"]]
    left, top, right, bottom = shapely.union_all(shapes).bounds
    assert max((right - left) / sides[0], (bottom - top) / sides[1]) >= share
    assert 0 <= left < right <= sides[0]
    assert 0 <= top < bottom <= sides[1]


def test_one_side_alone_keeps_the_usual_shape(builtin):
    assert size(None, None, (960, 600)) == (960, 600)
    assert size(1600, None, (960, 600)) == (1600, 1000)
    assert size(None, "300", (960, 600)) == (480, 300)
    assert size(200, None, (960, 600)) == (200, 200)
    assert size(2400, 2400, (960, 600)) == (2400, 2400)
    assert b'width="1200" height="750"' in picture(builtin, "svg", width=1200)


def test_texts_stay_on_paper_in_the_dark(builtin):
    """The paper beneath the texts covers all but the map."""
    scene = scene_of(builtin, theme="dark", size=(640, 300))
    paper = scene.layers["text"][0]
    for item in scene.layers["text"]:
        if isinstance(item, Label):
            assert paper.geometry.contains(shapely.Point(item.x, item.y - item.size / 3))


@pytest.mark.parametrize("side", ["width", "height"])
def test_a_size_that_is_not_possible(builtin, side):
    with pytest.raises(BadQuery, match="from 200 to 2400") as caught:
        picture(builtin, "svg", **{side: "2401"})
    assert caught.value.parameter == side


def test_the_line_of_a_picture_is_the_days(builtin):
    lines = " ".join(svg_texts(picture(builtin, "svg", date="2020-11-26", width=1200)))
    assert "Handed over: Aghdam, Kalbajar." in lines
