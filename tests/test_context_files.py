"""Files of the context: what is drawn beneath, its kinds and their geometry."""

from __future__ import annotations

import json
from typing import Any

import pytest
from datasets import region, square
from region_files import files

from geomap.check.context import read_context
from geomap.check.regions import read_regions


@pytest.mark.parametrize(
    ("properties", "column", "message"),
    [
        ({"rank": 0}, "rank", "must be a whole number from 1 (labelled first) to 9"),
        ({"rank": 10}, "rank", "must be a whole number"),
        ({"rank": 1.5}, "rank", "must be a whole number"),
        ({"rank": "1"}, "rank", "must be a whole number"),
        ({"rank": True}, "rank", "must be a whole number"),
        ({"rank": [1]}, "rank", "must be a whole number"),
        ({"kind": "laek"}, "kind", "'laek' is not drawn; is 'lake' meant?"),
        ({"kind": "zoo"}, "kind", "use one of country, area, district, lake, line, town, inset"),
        ({"kind": 5}, "kind", "'5' is not drawn"),
        ({"name": ["X"]}, "name", "must be a text"),
        ({"kind": "lake", "actor": "north"}, "actor", "only a country or an area can have"),
        ({"kind": "area", "note": "Taken"}, "source", "say who says what the note says"),
        ({"kind": "area", "source": "s05"}, "source", "has no note beside it"),
        ({"kind": "area", "note": ["Taken"], "source": "s05"}, "note", "must be a text"),
        (
            {"kind": "area", "note": "Taken", "source": "s05", "date": "May"},
            "date",
            "'May' is not a date",
        ),
        ({"label_lon": "east"}, "label_lon", "must be a number"),
        ({"label_lat": 91}, "label_lat", "is 91; write degrees"),
    ],
)
def test_a_bad_property_of_the_context_is_named(
    properties: dict[str, Any], column: str, message: str
) -> None:
    document = {"type": "Feature", "properties": properties, "geometry": square(0, 0)}
    (fault,) = read_context({"context/x.geojson": json.dumps(document).encode()})[1]
    assert (fault.file, fault.column) == ("context/x.geojson", column)
    assert message in fault.message


POINT = {"type": "Point", "coordinates": [1, 2]}
LINE = {"type": "LineString", "coordinates": [[1, 2], [3, 4]]}
MIXED = {"type": "GeometryCollection", "geometries": [square(0, 0)]}
SUITS = {
    "country": [square(0, 0)],
    "area": [square(0, 0)],
    "inset": [square(0, 0), POINT],
    "lake": [square(0, 0)],
    "district": [square(0, 0), LINE],
    "line": [square(0, 0), LINE],
    "": [square(0, 0), LINE],
    "town": [POINT],
}


@pytest.mark.parametrize("kind", SUITS)
@pytest.mark.parametrize("geometry", [square(0, 0), LINE, POINT, MIXED])
def test_each_kind_of_context_has_its_geometry(kind: str, geometry: dict[str, Any]) -> None:
    document = {"type": "Feature", "properties": {"kind": kind}, "geometry": geometry}
    faults = read_context({"context/x.geojson": json.dumps(document).encode()})[1]
    if geometry in SUITS[kind]:
        assert faults == []
    else:
        assert [f.column for f in faults] == ["geometry"]
        assert f"is a {geometry['type']}; a {kind or 'line'} is a " in faults[0].message


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1"])
def test_geojson_is_utf_8_with_or_without_a_mark(encoding: str) -> None:
    text = json.dumps(region("hill", square(10, 50), name="Höhe"), ensure_ascii=False)
    (fault,) = read_regions({"regions/hill.geojson": text.encode(encoding)})[1]
    assert "is not JSON in UTF-8; save it as UTF-8" in fault.message
    assert read_regions({"regions/hill.geojson": text.encode("utf-8-sig")})[1] == []


@pytest.mark.parametrize(("rank", "found"), [(1, 1), (9, 9), (2.0, 2), (None, 1)])
def test_a_rank_is_a_whole_number(rank: Any, found: int) -> None:
    document = {"type": "Feature", "properties": {"rank": rank}, "geometry": square(0, 0)}
    frame, faults = read_context({"context/x.geojson": json.dumps(document).encode()})
    assert faults == []
    assert frame["rank"][0] == found


def test_context_is_read_with_its_kind() -> None:
    lake = {
        "type": "Feature",
        "properties": {"kind": "lake", "name": "Blue Lake", "name:az": "Göl"},
        "geometry": square(0, 0),
    }
    plain = {"type": "Feature", "properties": None, "geometry": square(3, 3)}
    collection = {"type": "FeatureCollection", "features": [lake, plain]}
    frame, faults = read_context({"context/water.geojson": json.dumps(collection).encode()})
    assert faults == []
    assert list(frame["kind"]) == ["lake", "line"]
    assert frame["name"][0] == "Blue Lake"
    assert frame["names"][0] == {"az": "Göl"}
    assert frame.crs.to_epsg() == 4326


@pytest.mark.parametrize("geometry", [None, {"type": "Point", "coordinates": [200, 100]}])
def test_context_without_a_usable_geometry_is_named(geometry: Any) -> None:
    document = {"type": "Feature", "properties": {}, "geometry": geometry}
    faults = read_context({"context/x.geojson": json.dumps(document).encode()})[1]
    assert [f.file for f in faults] == ["context/x.geojson"]
    assert "without a usable geometry" in faults[0].message


def test_no_context_is_no_fault() -> None:
    frame, faults = read_context({})
    assert faults == []
    assert len(frame) == 0


def test_a_key_that_stands_twice_in_a_feature_is_named() -> None:
    text = json.dumps(region("hill", square(10, 50)))
    text = text.replace('"name": "Hill"', '"name": "Hill", "name": "Mound"')
    (fault,) = read_regions(files(hill=text))[1]
    assert (fault.file, fault.column) == ("regions/hill.geojson", "name")
    assert "stands twice in one object" in fault.message


def test_a_text_that_looks_like_a_key_is_none() -> None:
    text = 'He said "name": and "name": again'
    assert read_regions(files(hill=region("hill", square(10, 50), note=text)))[1] == []


def test_names_of_no_language_are_doubted_once_and_not_shown() -> None:
    documents = {
        id: region(id, square(10 + n, 50), **{"name:etymology": "Q1", "name:az": "Təpə"})
        for n, id in enumerate(("hill", "vale"))
    }
    frame, faults = read_regions(files(**documents))
    assert list(frame["names"]) == [{"az": "Təpə"}] * 2
    (doubt,) = faults
    assert doubt.doubt
    assert (doubt.file, doubt.column) == ("regions/hill.geojson", "name:etymology")
