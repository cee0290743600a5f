"""What lies beneath the regions, the legend that explains it through the period, the small map."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import shapely
from datasets import claim, square
from picture_reading import scene_of

import geomap.sources
from geomap.core.dataset import Dataset
from geomap.present import day_view, payload, select, view
from geomap.present.board import Box
from geomap.present.inset import LETTERS
from geomap.present.looks import PLAIN_LAND, tint_of, tone_of
from geomap.present.typesetting import width
from geomap.wording import LANGUAGES, words_in

Open = Callable[..., Dataset]
ENGLISH = words_in("en")
HELD = claim("held", "control", "north", "1990")


def feature(geometry: dict[str, Any], **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def context(*features: dict[str, Any]) -> dict[str, str]:
    collection = {"type": "FeatureCollection", "features": features}
    return {"context/beneath.geojson": json.dumps(collection)}


NOTED = feature(
    square(12, 50),
    kind="area",
    actor="south",
    note="Taken",
    source="s10",
    locator="¶2",
    date="[2021-03-05..2021-03-12]",
)


def labels(data: Dataset, **query: Any) -> dict[str, str]:
    """The legend of a day: kind to label."""
    return {e.kind: e.label for e in day_view(data, select(data, **query), ENGLISH).legend}


# Tones --------------------------------------------------------------------------------------------


def test_an_area_has_its_tone_and_sign_once_what_its_note_says_is_certain(dataset: Open) -> None:
    data = dataset(HELD, raw=context(NOTED))
    for day, certain in (("2021-03-11", False), ("2021-03-12", True), ("2021-03-31", True)):
        shown = day_view(data, select(data, date=day), ENGLISH)
        (area,) = shown.context
        assert area.look_on(shown.date) == (tone_of("south") if certain else None)
        assert ("Taken (Paper, 10 Mar 2021, ¶2)" in {e.label for e in shown.legend}) == certain
        assert ("Not on this map" in {e.label for e in shown.legend}) == (not certain)


@pytest.mark.parametrize("query", [{"known": "2021-03-09"}, {"sources": "s05,s00"}])
def test_a_note_whose_source_does_not_count_is_not_shown(
    dataset: Open, query: dict[str, str]
) -> None:
    data = dataset(HELD, raw=context(NOTED))
    shown = labels(data, date="2021-03-20", **query)
    assert "area" not in shown
    assert shown["outside"] == "Not on this map"
    assert (
        labels(data, date="2021-03-20", known="2021-03-10")["area"]
        == "Taken (Paper, 10 Mar 2021, ¶2)"
    )


def test_what_the_first_view_does_not_show_is_not_in_the_legend(dataset: Open) -> None:
    far = [
        feature(square(40, 50), kind="country", name="Elsewhere"),
        feature(square(42, 50), **NOTED["properties"]),
        feature({"type": "LineString", "coordinates": [[40, 10], [41, 10]]}, kind="line", name="L"),
    ]
    assert set(labels(dataset(HELD, raw=context(*far)))) == {"actor", "unknown"}


def test_a_line_is_explained_with_what_its_note_adds(dataset: Open) -> None:
    course = {"type": "LineString", "coordinates": [[10, 50.5], [12, 50.5]]}
    data = dataset(
        HELD, raw=context(feature(course, kind="line", name="Wall", note="Built in 1900"))
    )
    (entry,) = [e for e in day_view(data, select(data), ENGLISH).legend if e.kind == "line"]
    assert (entry.label, entry.more) == ("Wall", "Built in 1900")


def test_what_is_drawn_beneath_comes_in_steps_that_lead_back_to_its_lines(
    builtin: Dataset,
) -> None:
    whole = view(builtin, select(builtin), ENGLISH)
    shown = payload(whole)
    countries = [one for one in shown["context"] if one["kind"] == "country"]
    drawn = [one for one in whole.today.context if one.kind == "country"]
    assert len(countries) == len(drawn) > 3
    for one, original in zip(countries, drawn, strict=True):
        rings = one["geometry"]["coordinates"]
        first = rings[0] if isinstance(rings[0][0], int) else rings[0][0]
        points = np.cumsum(np.reshape(first, (-1, 2)), axis=0) / shown["context_scale"]
        outline = shapely.get_coordinates(original.geometry)[: len(points)]
        assert np.abs(points - outline).max() <= 0.5 / shown["context_scale"] + 1e-9


def test_a_line_that_moved_is_drawn_on_its_days_only(dataset: Open) -> None:
    def line(north: float, **days: str) -> dict[str, Any]:
        course = {"type": "LineString", "coordinates": [[10, north], [12, north]]}
        return feature(course, kind="line", name=f"Line {north}", **days)

    data = dataset(
        HELD, raw=context(line(50.4, to="2021-03-14"), line(50.6, **{"from": "2021-03-15"}))
    )
    for day, name in (("2021-03-14", "Line 50.4"), ("2021-03-15", "Line 50.6")):
        assert labels(data, date=day)["line"] == name
        assert len(scene_of(data, date.fromisoformat(day)).layers["lines"]) == 1
    whole = view(data, select(data), ENGLISH)
    lines = [[e.label for e in one.entries if e.kind == "line"] for one in whole.legends]
    assert lines == [["Line 50.4"], ["Line 50.6"]]
    drawn = [one["days"] for one in payload(whole)["context"]]
    assert drawn == [("0001-01-01", "2021-03-14"), ("2021-03-15", "9999-12-31")]


@pytest.mark.parametrize(
    ("kind", "days", "column", "message"),
    [
        ("line", {"from": "spring"}, "from", "'spring' is not a day"),
        ("line", {"from": "2021-03-15", "to": "2021-03-14"}, "to", "is before the first day"),
        ("lake", {"from": "2021-03-15"}, "from", "a lake is drawn on all days"),
    ],
)
def test_days_on_which_nothing_can_be_drawn_are_refused(
    make_dataset: Callable[..., Any], kind: str, days: dict[str, str], column: str, message: str
) -> None:
    wrong = context(feature(square(12, 50), kind=kind, **days))
    (fault,) = geomap.sources.check(make_dataset([HELD], raw=wrong))
    assert fault.column == column
    assert message in fault.message


def test_a_picture_paints_tints_below_areas_below_regions(builtin: Dataset) -> None:
    beneath = scene_of(builtin).layers["ground"]
    fills = [shape.fill for shape in beneath if shape.fill]
    assert len(set(fills)) >= 4  # two tints, an area with a note, plain land
    stroked = [number for number, shape in enumerate(beneath) if shape.stroke]
    filled = [n for n, shape in enumerate(beneath) if shape.fill and not shape.stroke]
    assert max(filled) < min(stroked)  # or an area would cover half of a border


def test_tints_and_tones_are_never_the_look_of_a_status(builtin: Dataset) -> None:
    shown = view(builtin, select(builtin), ENGLISH)
    looks = {stretch.card.look for region in shown.regions for stretch in region.stretches}
    for actor in builtin.ledger.actors:
        assert not {tint_of(actor), tone_of(actor), PLAIN_LAND} & looks


# The built-in dataset ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ({"date": "2020-11-09"}, False),
        ({"date": "2020-11-10"}, True),
        ({"date": "2020-11-30", "known": "2020-11-24"}, False),
        ({"date": "2020-11-30", "sources": "ap-2020-11-30"}, False),
        ({"date": "2020-11-30", "sources": "ap-2020-11-25"}, True),
    ],
)
def test_districts_retaken_in_the_fighting_are_shown_when_their_source_counts(
    builtin: Dataset, query: dict[str, str], shown: bool
) -> None:
    day = day_view(builtin, select(builtin, **query), ENGLISH)
    toned = {one.name for one in day.context if one.kind == "area" and one.look_on(day.date)}
    assert toned == ({"Fuzuli", "Jabrayil"} if shown else set())
    found = [e.label for e in day.legend if e.kind == "area"]
    assert found == (["Retaken in the fighting (AP, 25 Nov 2020)"] if shown else [])


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_legend_of_each_day_is_that_of_the_picture(builtin: Dataset, lang: str) -> None:
    words = words_in(lang)
    shown = view(builtin, select(builtin), words)
    days = [date(2020, 9, 27), date(2020, 11, 10), date(2020, 11, 24), date(2020, 12, 1)]
    for day in days:
        (stretch,) = [one for one in shown.legends if one.first <= day <= one.last]
        assert stretch.entries == day_view(builtin, select(builtin, date=day), words).legend
        assert set(stretch.entries) <= set(shown.legend)


def test_legends_cover_the_period_without_gap_or_repeat(builtin: Dataset) -> None:
    legends = view(builtin, select(builtin), ENGLISH).legends
    assert (legends[0].first, legends[-1].last) == (builtin.period.start, builtin.period.end)
    for one, after in pairwise(legends):
        assert one.last + timedelta(1) == after.first
        assert one.entries != after.entries


def test_the_legend_names_everyone_whose_colour_shows(dataset: Open) -> None:
    rows = [
        claim("a", "control", "north", "2021-03-10", "s10"),
        claim("b", "control", "south", "2021-03-10", "s15"),
        claim("v", "control", "east", "1990", region="vale"),
    ]
    data = dataset(*rows)
    shown = day_view(data, select(data, date="2021-03-20"), ENGLISH).legend
    assert [e.label for e in shown if e.kind == "actor"] == [
        "The North",
        "The South",
        "Held by the East",
    ]


# The small map ---------------------------------------------------------------------------------------


def _meet(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_small_map_names_three_capitals_beside_the_frame(builtin: Dataset, lang: str) -> None:
    inset = day_view(builtin, select(builtin), words_in(lang)).inset
    assert inset
    assert len(inset.places) == 3
    boxes = [inset.frame]
    for place in inset.places:
        wide = width(place.name, LETTERS)
        left = place.text[0] - {"start": 0, "middle": 0.5, "end": 1}[place.anchor] * wide
        boxes.append((left, place.text[1] - 0.8 * LETTERS, left + wide, place.text[1]))
    for number, box in enumerate(boxes):
        assert 0 <= box[0] < box[2] <= inset.width
        assert 0 <= box[1] < box[3] <= inset.height
        assert not any(_meet(box, other) for other in boxes[:number])
    frame = shapely.box(*inset.frame)
    assert any(land.intersects(frame) for land in inset.land)


def test_there_is_no_small_map_without_data_or_room(builtin: Dataset, dataset: Open) -> None:
    data = dataset(HELD)
    assert day_view(data, select(data), ENGLISH).inset is None
    assert scene_of(builtin, size=(1000, 640)).layers["inset"]
    assert not scene_of(builtin, size=(375, 600)).layers["inset"]


# Checks ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "column", "message"),
    [
        ({"actor": "nobody"}, "actor", "there is no actor 'nobody'"),
        ({"source": "s11"}, "source", "there is no source 's11'"),
    ],
)
def test_an_area_names_an_actor_and_a_source_that_exist(
    make_dataset: Callable[..., Any], change: dict[str, str], column: str, message: str
) -> None:
    wrong = feature(NOTED["geometry"], **{**NOTED["properties"], **change})
    (fault,) = geomap.sources.check(make_dataset([HELD], raw=context(wrong)))
    assert (fault.file, fault.column) == ("context/beneath.geojson", column)
    assert fault.message.startswith(f"{message}; ")
