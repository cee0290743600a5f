"""What a caller may ask an export for, and the sentence that a wrong question gets."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

import geomap.sources
from geomap.core.dataset import Dataset
from geomap.errors import BadQuery, MissingExtra, NotFound
from geomap.formats import (
    FORMATS,
    export_claims,
    export_events,
    export_regions,
    format_for,
    parse_bbox,
    parse_simplify,
)
from geomap.formats.shapes import coverage_simplified, inside, shapes


@pytest.fixture(scope="module")
def pacific(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """Three regions: west of the antimeridian, east of it, and far from it."""
    folder = tmp_path_factory.mktemp("pacific")
    (folder / "regions").mkdir()
    (folder / "dataset.yaml").write_text(
        "id: pacific\ntitle: Pacific\nperiod: {start: 2020-01-01, end: 2020-12-31}\n"
        "date: 2020-06-01\nlicence: {name: CC0-1.0}\nattribution: none\n"
    )
    (folder / "actors.csv").write_text("id,name,colour\na,A,#2a78b5\n")
    header = "id,publisher,title,published,url,language,kind\n"
    (folder / "sources.csv").write_text(f"{header}s,P,T,2020-01-01,,,\n")
    (folder / "claims.csv").write_text(
        "event,region,kind,actor,date,since,part,source,locator,withdrawn\n"
    )
    boxes = {"west": (170, -20, 179, -10), "east": (-179, -20, -170, -10), "far": (0, 0, 1, 1)}
    for name, box in boxes.items():
        feature = {
            "type": "Feature",
            "properties": {"id": name, "name": name},
            "geometry": shapely.box(*box).__geo_interface__,
        }
        (folder / "regions" / f"{name}.geojson").write_text(json.dumps(feature))
    return geomap.sources.open(folder)


@pytest.mark.parametrize(
    ("text", "box"),
    [
        ("45.5,39.2,47.5,40.4", (45.5, 39.2, 47.5, 40.4)),
        (" 45.5 , 39.2 ,47.5, 4.04e1", (45.5, 39.2, 47.5, 40.4)),
        ("-180,-90,180,90", (-180, -90, 180, 90)),
        ("45,39,0,47,40,3000", (45, 39, 47, 40)),
        ("46,40,46,40", (46, 40, 46, 40)),
        ("", None),
        (None, None),
    ],
)
def test_a_box_is_read(text: str | None, box: tuple[float, ...] | None) -> None:
    assert parse_bbox(text) == box


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("45,39,47", "takes four numbers, this has 3"),
        ("45,39,47,40,41", "takes four numbers, this has 5"),
        ("45,39,47,nan", "'nan' is not a number"),
        ("45,39,47,1e999", "'1e999' is too large"),
        ("45,39,47,4_0", "'4_0' is not a number"),
        ("45,39,47,٤٠", "is not a number"),
        ("45,39,47,", "'' is not a number"),
        ("45,40,47,39", "the south edge 40 lies north of 39"),
        ("45,39,47,91", "a latitude lies outside -90 to 90"),
        ("45,39,47," + "9" * 9999, "is not a number"),
        ("," * 99_999, "takes four numbers, this has 100000"),
    ],
)
def test_a_wrong_box_gets_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(BadQuery) as caught:
        parse_bbox(text)
    assert caught.value.parameter == "bbox"
    assert sentence in str(caught.value)
    assert "write west,south,east,north in degrees" in str(caught.value)
    assert len(str(caught.value)) < 200


def test_a_box_across_the_antimeridian_has_its_west_first() -> None:
    assert parse_bbox("170,-20,-170,-10") == (170, -20, -170, -10)
    for text in ("170,-20,190,-10", "-190,-20,0,-170,-10,0"):
        with pytest.raises(BadQuery, match="goes from its western edge, up to 180"):
            parse_bbox(text)


def test_a_box_with_latitude_first() -> None:
    assert parse_bbox("39.2,45.5,0,40.4,47.5,9", latitude_first=True) == (45.5, 39.2, 47.5, 40.4)
    for text in ("39,45,40", "39,x,40,47", "40,45,39,47", "91,45,92,47"):
        with pytest.raises(BadQuery, match="write south,west,north,east in degrees"):
            parse_bbox(text, latitude_first=True)


@pytest.mark.parametrize(
    ("text", "metres"),
    [("500", 500), ("0", None), ("", None), ("10000", 10_000), ("1234.5", 1200), ("0.4", None)],
)
def test_a_tolerance_is_read_to_two_digits(text: str, metres: float | None) -> None:
    assert parse_simplify(text) == metres


@pytest.mark.parametrize("text", ["-1", "10001", "nan", "1 km", "1e400", "5" * 999])
def test_a_wrong_tolerance_gets_a_sentence(text: str) -> None:
    with pytest.raises(BadQuery, match="write a tolerance in metres from 0 to 10000") as caught:
        parse_simplify(text)
    assert caught.value.parameter == "simplify"


def ids(content: bytes) -> list[str]:
    return [feature["id"] for feature in json.loads(content)["features"]]


def test_a_box_keeps_the_regions_that_it_touches(builtin: Dataset) -> None:
    kalbajar = builtin.regions.set_index("id").geometry["kalbajar"].representative_point()
    x, y = kalbajar.x, kalbajar.y
    assert ids(export_regions(builtin, "geojson", bbox=(x, y, x, y))) == ["kalbajar"]
    assert len(ids(export_regions(builtin, "geojson", bbox=(-180, -90, 180, 90)))) == 4


def test_a_box_may_cross_the_antimeridian(pacific: Dataset) -> None:
    assert ids(export_regions(pacific, "geojson", bbox=(170, -20, -170, -10))) == ["east", "west"]
    assert ids(export_regions(pacific, "geojson", bbox=(-175, -20, 175, 20))) == [
        "east",
        "far",
        "west",
    ]
    assert inside(pacific, (179.5, -20, -179.5, -10)) == []


@pytest.mark.parametrize("metres", [100, 10_000])
def test_borders_stay_shared_after_simplification(builtin: Dataset, metres: float) -> None:
    full, few = shapes(builtin).geometries, shapes(builtin, metres).geometries
    assert shapely.coverage_is_valid(full)
    assert shapely.coverage_is_valid(few)
    assert shapely.is_valid(few).all()
    assert not shapely.is_empty(few).any()
    assert shapely.get_num_coordinates(few).sum() < shapely.get_num_coordinates(full).sum()


def test_a_tolerance_is_in_metres_of_the_ground() -> None:
    """A corner of 300 m by 300 m, at 60 degrees north, goes at 400 m and stays at 100 m."""
    x, y = 300 / (111_320 * 0.5), 300 / 111_320
    corner = [(0, 60 - y), (0, 60), (x / 2, 60 + y), (x, 60), (x, 60 - y)]
    shape = np.array([shapely.Polygon(corner)])
    assert shapely.get_num_coordinates(coverage_simplified(shape, 100))[0] == 6
    assert shapely.get_num_coordinates(coverage_simplified(shape, 400))[0] < 6


def test_few_simplifications_are_kept(builtin: Dataset) -> None:
    from geomap.formats import shapes as module

    for metres in range(100, 2100, 100):
        shapes(builtin, metres)
    assert module._simplified.count(builtin) <= 8
    assert shapes(builtin) is shapes(builtin)


@pytest.mark.parametrize(
    ("name", "ending"),
    [
        ("regions.geojson", "geojson"),
        ("A.B/regions.GeoJSON", "geojson"),
        ("x.shp.zip", "shp.zip"),
        ("x.csv", "csv"),
        ("x.tar.gpkg", "gpkg"),
    ],
)
def test_a_file_name_names_its_format(name: str, ending: str) -> None:
    assert format_for(name) is FORMATS[ending]


@pytest.mark.parametrize("name", ["x.shp", "geojson", "", "x.geojson.exe"])
def test_a_file_name_that_names_none_gets_the_list(name: str) -> None:
    with pytest.raises(NotFound) as caught:
        format_for(name)
    assert all(f".{ending}" in str(caught.value) for ending in FORMATS)


def test_unknown_endings_are_not_found(builtin: Dataset) -> None:
    for export in (export_regions, export_events, export_claims):
        with pytest.raises(NotFound, match="there is no format 'exe'"):
            export(builtin, "exe")


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("date", "2021-01-01"),
        ("known", "soon"),
        ("sources", "nobody"),
        ("lang", "<b>"),
    ],
)
def test_a_wrong_question_names_its_parameter(builtin: Dataset, parameter: str, value: str) -> None:
    options: dict[str, Any] = {parameter: value}
    with pytest.raises(BadQuery) as caught:
        export_regions(builtin, "geojson", **options)
    assert caught.value.parameter == parameter


@pytest.mark.parametrize(("ending", "module"), [("parquet", "pyarrow"), ("xlsx", "openpyxl")])
def test_a_missing_library_says_what_to_install(
    builtin: Dataset, ending: str, module: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingExtra, match=r"pip install 'geomap-ledger\[formats\]'") as caught:
        export_regions(builtin, ending)
    assert FORMATS[ending].title in str(caught.value)
    assert FORMATS[ending].extra == caught.value.extra == "formats"


def test_nothing_heavy_is_imported_before_it_is_used() -> None:
    code = (
        "import sys, geomap.formats; "
        "print([m for m in ('pyarrow.parquet', 'openpyxl') if m in sys.modules])"
    )
    root = Path(__file__).parents[1]
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "[]"
