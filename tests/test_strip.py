"""Several days in one picture: in order, each with its line, what is new outlined."""

from dataclasses import replace
from xml.etree import ElementTree

import pytest
import shapely
from picture_reading import SVG, image_of, pdf_text, svg_texts

from geomap.errors import BadQuery, NotFound
from geomap.picture.strip import strip
from geomap.present import select
from geomap.present.steps import steps
from geomap.wording import LANGUAGES, words_in

FOUR = "2020-11-10,2020-11-20,2020-11-25,2020-12-01"


def maps_of(data: bytes) -> list[tuple[float, float]]:
    """The upper left corner of each panel's regions, in the order of the panels."""
    root = ElementTree.fromstring(data)
    groups = {g.get("id"): g for g in root.iter(f"{SVG}g")}
    corners = []
    for number in range(1, sum(str(id).startswith("map-") for id in groups) + 1):
        path = next(groups[f"region-kalbajar-{number}"].iter(f"{SVG}path")).get("d")
        points = [tuple(map(float, p.split(","))) for p in path.strip("MZ").split("L")]
        corners.append(shapely.LineString(points).bounds[:2])
    return corners


@pytest.mark.parametrize(
    ("sides", "columns"), [((1600, 640), 4), ((1080, 1080), 2), ((480, 1600), 1)]
)
def test_the_size_decides_how_many_stand_side_by_side(builtin, sides, columns):
    corners = maps_of(strip(builtin, "svg", dates=FOUR, width=sides[0], height=sides[1]))
    assert len(corners) == 4
    assert len({round(x) for x, _ in corners}) == columns
    assert corners == sorted(corners, key=lambda corner: (round(corner[1]), corner[0]))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_without_days_it_has_the_steps_of_the_period(builtin, lang):
    words = words_in(lang)
    said = "".join("".join(svg_texts(strip(builtin, "svg", lang=lang))).split())
    made = steps(words, builtin, select(builtin))
    assert len(made) > 4
    for step in made:
        assert "".join(step.line.split()) in said
    assert words.say("Outlined: what is new").replace(" ", "") in said


def test_a_day_between_the_steps_says_how_all_stand(builtin):
    said = " ".join(svg_texts(strip(builtin, "svg", dates=["2020-11-21", "2020-11-26"])))
    assert "Handed over: Aghdam." in said
    assert "Handed over: Aghdam, Kalbajar." in said


def test_what_changed_between_two_days_is_outlined(builtin):
    def thick(dates):
        root = ElementTree.fromstring(strip(builtin, "svg", dates=dates))
        group = next(g for g in root.iter(f"{SVG}g") if g.get("id") == "map-2")
        ink = [p for p in group.iter(f"{SVG}path") if float(p.get("stroke-width", 0)) > 3]
        return len(ink) // 2  # each with a rim of paper

    assert thick("2020-11-17,2020-11-18") == 0
    assert thick("2020-11-18,2020-11-21") == 1


def test_days_are_in_order_and_once(builtin):
    mixed = "2020-12-01, 2020-11-10,2020-11-25,2020-11-10,2020-11-20"
    assert strip(builtin, "svg", dates=mixed) == strip(builtin, "svg", dates=FOUR)


@pytest.mark.parametrize("number", [1, 2, 3, 5, 7, 12])
@pytest.mark.parametrize("sides", [(1600, 640), (1080, 1080), (900, 2000)], ids=str)
def test_any_number_of_days_up_to_twelve(builtin, number, sides):
    dates = [f"2020-11-{day:02}" for day in range(12, 12 + number)]
    corners = maps_of(strip(builtin, "svg", dates=dates, width=sides[0], height=sides[1]))
    assert len(corners) == number
    assert all(0 <= x <= sides[0] and 0 <= y <= sides[1] for x, y in corners)


def test_png_and_pdf(builtin):
    assert image_of(strip(builtin, "png", dates=FOUR, width=800)).shape == (320, 800, 3)
    said = pdf_text(strip(builtin, "pdf", dates=FOUR, known="2020-11-30"))
    assert "As known on 30 November 2020" in said
    assert "Boundaries: Natural Earth" in said
    assert "25 November 2020" in said


@pytest.mark.parametrize(
    ("dates", "says"),
    [
        ("2021-01-01", "lies outside 2020-09-27 to 2020-12-01"),
        ("tomorrow", "tomorrow"),
        (",".join(["2020-11-10"] * 40), "40 days are too many; give 1 to 12"),
    ],
)
def test_days_that_are_not_possible(builtin, dates, says):
    with pytest.raises(BadQuery, match=says) as caught:
        strip(builtin, "svg", dates=dates)
    assert caught.value.parameter == "dates"


def test_more_days_than_there_is_room_for(builtin):
    dates = [f"2020-11-{day}" for day in range(12, 24)]
    with pytest.raises(BadQuery, match="ask for fewer or for a larger picture"):
        strip(builtin, "svg", dates=dates, width=200, height=200)


def test_no_such_kind(builtin):
    with pytest.raises(NotFound, match="svg, png, pdf"):
        strip(builtin, "mp4")


def test_a_dataset_in_which_nothing_happens_has_one_day(builtin):
    still = replace(
        builtin,
        ledger=replace(builtin.ledger, claims=()),
        meta=replace(builtin.meta, milestones=()),
    )
    assert len(maps_of(strip(still, "svg"))) == 1
