"""What each format's own standard asks for, and what its readers do with strangers' text."""

from __future__ import annotations

import csv
import json
import re
import subprocess
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import duckdb
import jsonschema
import needs
import openpyxl
import pyogrio
import pytest
import shapely
from datasets import claim
from formats_readers import HOSTILE, Write, read_shapefile, read_topojson
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import shape

import geomap.sources
from geomap.check.formulas import as_meant, defused
from geomap.core.dataset import Dataset
from geomap.formats import FORMATS, export_regions
from geomap.formats.export import make_export
from geomap.formats.schema import collection_schema, row_schema


def test_a_spreadsheet_gets_no_formula(hostile: Dataset, written: Write) -> None:
    book = openpyxl.load_workbook(written(hostile, "xlsx"))
    for sheet in book:
        assert {cell.data_type for row in sheet for cell in row} <= {"s", "b", "n"}
        texts = [cell for row in sheet for cell in row if cell.data_type == "s"]
        assert all(cell.quotePrefix for cell in texts)
        assert all(cell.value is None for row in sheet for cell in row if cell.data_type == "n")
    book.close()


def test_no_cell_of_csv_is_a_formula(hostile: Dataset, written: Write) -> None:
    with written(hostile, "csv").open(encoding="utf-8-sig", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert "'=1+1" in cells
    assert "+1" in cells  # a number is none
    assert not [c for c in cells if re.match(r"[=+\-@\t\r]", c) and not re.fullmatch(r"[+-]\d+", c)]


@given(st.text(alphabet="'=+-@\t1a,", max_size=6))
def test_what_is_marked_for_spreadsheets_comes_back(text: str) -> None:
    assert as_meant(defused(text)) == text


def test_a_kml_balloon_shows_markup_as_text(hostile: Dataset, written: Write) -> None:
    root = ElementTree.parse(written(hostile, "kml")).getroot()
    texts = [e.text or "" for e in root.iter("{http://www.opengis.net/kml/2.2}description")]
    assert len(texts) == len(HOSTILE) + 1
    for text in texts:
        assert set(re.findall(r"<[^>]*>", text)) <= {"<br>"}


def kml_by_pyogrio(path: Path) -> list[dict[str, Any]]:
    return pyogrio.read_dataframe(path).to_dict("records")


def kml_by_ogr2ogr(path: Path) -> list[dict[str, Any]]:
    """By the GDAL that the system has, an older one than pyogrio's, and the one that QGIS uses."""
    ogr2ogr = needs.program("ogr2ogr", package="gdal-bin")
    into = ["-f", "GeoJSON", "/vsistdout/", "-nlt", "PROMOTE_TO_MULTI"]
    run = subprocess.run([ogr2ogr, *into, path], capture_output=True, check=True)
    return [feature["properties"] for feature in json.loads(run.stdout)["features"]]


KML_READERS = [kml_by_pyogrio, kml_by_ogr2ogr]


@pytest.mark.parametrize("by", KML_READERS)
def test_gdal_reads_any_text_in_kml(hostile: Dataset, written: Write, by: Any) -> None:
    rows = by(written(hostile, "kml"))
    # GDAL itself drops space at the ends of a text.
    assert [row["Name"].strip() for row in rows] == [text.strip() for text in HOSTILE]
    assert [row["sources"] for row in rows] == [f"s¶{text.strip()}" for text in HOSTILE]


@pytest.mark.parametrize("by", KML_READERS)
def test_gdal_reads_flags_and_days_in_kml(builtin: Dataset, written: Write, by: Any) -> None:
    truce_alone = {"date": "2020-11-21", "sources": "truce-2020-11-10"}
    rows = by(written(builtin, "kml", **truce_alone))
    by_name = {row["Name"]: row for row in rows}
    assert {name: bool(row["overdue"]) for name, row in by_name.items()} == {
        "Aghdam": True,
        "Kalbajar": True,
        "Lachin": False,
        "Nagorno-Karabakh": False,
    }
    begin, end = by_name["Kalbajar"]["begin"], by_name["Kalbajar"]["end"]
    assert str(begin).replace("/", "-").startswith("2020-11-16")
    assert str(end).replace("/", "-").startswith("2020-12-01")


def kml_colours(path: Path) -> dict[str, tuple[str | None, str | None]]:
    """Each region's fill and line, as opacity, blue, green, red."""
    space = "{http://www.opengis.net/kml/2.2}"
    root = ElementTree.parse(path).getroot()
    styles = {
        f"#{style.get('id')}": tuple(
            style.findtext(f"{space}{kind}/{space}color") for kind in ("PolyStyle", "LineStyle")
        )
        for style in root.iter(f"{space}Style")
    }
    marks = root.iter(f"{space}Placemark")
    return {mark.get("id"): styles[str(mark.findtext(f"{space}styleUrl"))] for mark in marks}


def test_kml_paints_nobody_more_than_is_claimed(dataset: Any, written: Write) -> None:
    north, south, half, grey, ink = "b5782a", "2c8ae0", "708185", "9a9a9a", "ff333333"
    held = claim("h", "control", "south", "2021-02-01")
    due = claim("d", "due", "north", "2021-03-20", since="2021-03-10")
    part = claim("p", "control", "north", "2021-03-02", part="part")
    other = claim("o", "control", "north", "2021-02-01")
    handover = claim("n", "handover", "north", "2021-03-02")

    def hill(*claims: Any) -> tuple[str | None, str | None]:
        return kml_colours(written(dataset(*claims), "kml"))["hill"]

    assert hill(held) == (f"b8{south}", ink)
    assert hill(held, handover) == (f"b8{north}", ink)
    assert hill(held, due) == (f"b8{south}", f"ff{north}")
    assert hill(held, part) == (f"b8{half}", ink)
    assert hill(part) == ("b8a88962", ink)  # the rest is nobody's that is known: grey
    assert hill(held, other) == (f"b8{grey}", ink)
    assert hill() == (f"40{grey}", ink)


def test_a_kml_balloon_says_what_no_colour_can(builtin: Dataset, written: Write) -> None:
    assert (
        "Divided: a part of it has been held by Azerbaijan" in written(builtin, "kml").read_text()
    )


@pytest.mark.parametrize("name", ["builtin", "hostile"])
def test_geojson_follows_rfc_7946(name: str, request: pytest.FixtureRequest) -> None:
    dataset: Dataset = request.getfixturevalue(name)
    text = export_regions(dataset, "geojson")
    document = json.loads(text)
    assert "crs" not in document
    assert document["bbox"] == pytest.approx(dataset.regions.total_bounds, abs=1e-6)
    for feature in document["features"]:
        assert feature["id"] == feature["properties"]["id"]
        for polygon in shapely.get_parts(shape(feature["geometry"])):
            assert polygon.exterior.is_ccw
            assert not any(ring.is_ccw for ring in polygon.interiors)
    assert not re.search(rb"\.\d{7}", text)
    assert b"NaN" not in text


def test_the_published_schema_describes_what_is_served(builtin: Dataset) -> None:
    checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
    schema = collection_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema, format_checker=checker)
    rows = jsonschema.Draft202012Validator(row_schema(), format_checker=checker)
    for options in ({}, {"known": "2020-11-16", "date": "2020-11-16"}, {"date": "2020-09-27"}):
        document = json.loads(export_regions(builtin, "geojson", **options))
        validator.validate(document)
        for feature in document["features"]:
            rows.validate(feature["properties"])
            assert not rows.is_valid(feature["properties"] | {"since": "last spring"})
            # What a dataset's own region files say is passed on, but is never a list.
            assert rows.is_valid(feature["properties"] | {"extra": 1})
            assert not rows.is_valid(feature["properties"] | {"extra": [1]})


def test_a_contradicted_region_is_nobodys_and_names_every_claimant(dataset: Any) -> None:
    claims = [
        claim("a", "control", "north", "2021-03-02", "s05", locator="¶1"),
        claim("b", "control", "south", "2021-03-02", "s10"),
    ]
    document = json.loads(export_regions(dataset(*claims), "geojson"))
    jsonschema.validate(document, collection_schema())
    row = document["features"][0]["properties"]
    assert (row["control_status"], row["actor"], row["disputed"]) == ("unclear", None, True)
    assert row["other_actors"] == ["north", "south"]
    assert row["sources"] == ["s05¶1", "s10"]


def test_json_fg_says_for_which_days_a_status_holds(builtin: Dataset, written: Write) -> None:
    path = written(builtin, "jsonfg", date="2020-11-21")
    document = json.loads(path.read_bytes())
    times = {f["id"]: f["time"]["interval"] for f in document["features"]}
    assert times["aghdam"] == ["2020-11-20", "2020-12-01"]
    assert times["kalbajar"][1] == "2020-11-24"
    assert times["lachin"][1] == "2020-11-30"
    assert pyogrio.read_info(path)["driver"] == "JSONFG"
    frame = pyogrio.read_dataframe(path)
    starts = dict(zip(frame["id"], frame["time_start"].dt.date.astype(str), strict=True))
    assert starts == {id: interval[0] for id, interval in times.items()}


def test_topojson_stores_a_shared_border_once(builtin: Dataset) -> None:
    document = json.loads(export_regions(builtin, "topojson"))
    rings = [
        arc
        for geometry in document["objects"]["regions"]["geometries"]
        for arc in flattened(geometry["arcs"])
    ]
    used = [arc if arc >= 0 else ~arc for arc in rings]
    assert set(used) == set(range(len(document["arcs"])))
    assert max(used.count(arc) for arc in set(used)) == 2


def test_topojson_of_some_regions_holds_their_arcs_only(builtin: Dataset, written: Write) -> None:
    point = builtin.regions.set_index("id").geometry["lachin"].representative_point()
    path = written(builtin, "topojson", bbox=(point.x, point.y, point.x, point.y))
    lachin = read_topojson(path)
    assert list(lachin.rows) == ["lachin"]
    whole = builtin.regions.set_index("id").geometry["lachin"]
    assert shapely.hausdorff_distance(lachin.outlines["lachin"], whole) < 1e-6
    document = json.loads(path.read_bytes())
    arcs = flattened(document["objects"]["regions"]["geometries"][0]["arcs"])
    assert sorted(arc if arc >= 0 else ~arc for arc in arcs) == list(range(len(document["arcs"])))


def flattened(arcs: Any) -> list[int]:
    return [arcs] if isinstance(arcs, int) else [arc for part in arcs for arc in flattened(part)]


def test_geoparquet_declares_itself(builtin: Dataset, written: Write) -> None:
    path = written(builtin, "parquet")
    query = f"SELECT value FROM parquet_kv_metadata('{path}') WHERE key = 'geo'::BLOB"
    geo = json.loads(duckdb.sql(query).fetchall()[0][0])
    assert geo["version"] == "1.1.0"
    column = geo["columns"]["geometry"]
    assert column["encoding"] == "WKB"
    assert column["covering"]["bbox"]["xmin"] == ["bbox", "xmin"]
    kinds = dict(duckdb.sql(f"SELECT name, duckdb_type FROM parquet_schema('{path}')").fetchall())
    assert kinds["known"] == "VARCHAR"
    assert kinds["overdue"] == "BOOLEAN"
    names = ("other_actors", "sources", "consistent_sources")
    types = ", ".join(f"typeof({name})" for name in names)
    assert set(duckdb.sql(f"SELECT {types} FROM '{path}'").fetchall()) == {("VARCHAR[]",) * 3}


def test_a_geopackage_does_not_tell_how_fast_it_was_written(builtin: Dataset) -> None:
    """GDAL writes in one transaction less or more; SQLite counts them in its header."""
    content = export_regions(builtin, "gpkg")
    assert content[24:28] == content[92:96] == b"\0\0\0\1"


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("a" * 254, "a" * 254),
        ("a" * 255, "a" * 254),
        ("ə" * 127, "ə" * 127),
        ("a" + "ə" * 127, "a" + "ə" * 126),
    ],
)
def test_a_shapefile_cell_holds_254_bytes(tmp_path: Path, text: str, stored: str) -> None:
    export = make_export(geomap.sources.open())
    export.rows[0]["sources"][:] = [text]
    path = tmp_path / "x.shp.zip"
    path.write_bytes(FORMATS["shp.zip"].write(export))
    shapes = read_shapefile(path)
    assert shapes.rows[export.rows[0]["id"]]["sources"] == stored
    assert ("Texts too long" in shapes.about) == (text != stored)


def test_a_text_too_long_for_a_shapefile_is_in_its_readme(tmp_path: Path) -> None:
    dataset = geomap.sources.open()
    export = make_export(dataset)
    long = ["Քարվաճառ " * 40]
    export.rows[0]["sources"][:] = long
    path = tmp_path / "x.shp.zip"
    path.write_bytes(FORMATS["shp.zip"].write(export))
    shapes = read_shapefile(path)
    short = shapes.rows[export.rows[0]["id"]]["sources"]
    assert len(short.encode()) <= 254
    assert long[0].startswith(short)
    assert long[0] in shapes.about
