"""The whole period as one table, and what is drawn beneath, in every format."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import datasets
import duckdb
import pyogrio
import pytest
import python_calamine
import shapely
from flask.testing import FlaskClient

from geomap.core.dataset import Dataset
from geomap.formats import FORMATS, export_context, export_history, make_export
from geomap.formats.shapefile import field_names
from geomap.sources import open as open_dataset
from geomap.web import create_app

DAYS = ("2020-09-27", "2020-11-09", "2020-11-10", "2020-11-20", "2020-11-24", "2020-12-01")
SAME = ("id", "name", "control_status", "actor", "since", "handover_due", "licence")


def rows_of(content: bytes, ending: str, folder: Path, columns: Any = ()) -> list[dict[str, Any]]:
    """The rows of a file, all its layers together, by readers other than their writers."""
    path = folder / f"x.{ending}"
    path.write_bytes(content)
    if ending == "parquet":
        table = duckdb.sql(f"SELECT * EXCLUDE geometry FROM '{path}'")
        return [dict(zip(table.columns, values, strict=True)) for values in table.fetchall()]
    if ending == "xlsx":
        book = python_calamine.CalamineWorkbook.from_path(str(path))
        header, *lines = book.get_sheet_by_index(0).to_python()
        return [dict(zip(header, line, strict=True)) for line in lines]
    if ending == "csv":
        return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    if ending in ("geojson", "jsonfg"):
        return [feature["properties"] for feature in json.loads(content)["features"]]
    if ending == "topojson":
        (layer,) = json.loads(content)["objects"].values()
        return [geometry["properties"] for geometry in layer["geometries"]]
    rows = []
    long = {short: name for name, short in field_names(columns).items()}
    for layer, kind in pyogrio.list_layers(path):
        if kind is None:  # the table of styles
            continue
        frame = pyogrio.read_dataframe(path, layer=layer, read_geometry=False)
        names = {"Name": "name", **(long if ending == "shp.zip" else {})}
        if ending == "kml":  # whose driver has a column `id` of its own: the placemark's
            frame = frame.drop(columns="id").rename(columns={"id2": "id"})
        rows += frame.rename(columns=names).astype(object).to_dict("records")
    return rows


def plain(value: Any) -> Any:
    """A value as every format can say it."""
    if isinstance(value, date):
        return value.isoformat()[:10]
    return None if value is None or value == "" or value != value else value


@pytest.mark.parametrize("ending", FORMATS)
def test_a_stretch_of_history_is_the_status_on_each_of_its_days(
    builtin: Dataset, ending: str, tmp_path: Path
) -> None:
    columns = (*make_export(builtin).columns, "valid_from", "valid_to")
    content = export_history(builtin, ending, lang="az")
    rows = rows_of(content, ending, tmp_path, columns)
    rows = [{name: plain(value) for name, value in row.items()} for row in rows]
    assert len(rows) == 12
    for day in DAYS:
        then = {row["id"]: row for row in rows if row["valid_from"] <= day <= row["valid_to"]}
        expected = make_export(builtin, day, lang="az").rows
        assert len(then) == len(expected)
        for row in expected:
            assert {n: then[row["id"]][n] for n in SAME} == {n: row[n] for n in SAME}


@pytest.mark.parametrize("ending", ["gpkg", "fgb", "shp.zip"])
def test_a_gis_gets_days_as_dates(builtin: Dataset, ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"history.{ending}"
    path.write_bytes(export_history(builtin, ending))
    info = pyogrio.read_info(path, layer="history")
    types = dict(zip(info["fields"], info["ogr_types"], strict=True))
    # FlatGeobuf has no dates without a time.
    expected = "OFTDateTime" if ending == "fgb" else "OFTDate"
    assert types["valid_from"] == types["valid_to"] == expected
    assert types["since"] == "OFTString"


def test_geoparquet_has_days_as_dates(builtin: Dataset, tmp_path: Path) -> None:
    path = tmp_path / "history.parquet"
    path.write_bytes(export_history(builtin, "parquet"))
    at = f"SELECT count(*) FROM '{path}' WHERE DATE '2020-11-30' BETWEEN valid_from AND valid_to"
    assert duckdb.sql(at).fetchall() == [(4,)]


def test_json_fg_and_kml_have_the_days_of_each_stretch(builtin: Dataset) -> None:
    features = json.loads(export_history(builtin, "jsonfg"))["features"]
    for feature in features:
        row = feature["properties"]
        assert feature["time"]["interval"] == [row["valid_from"], row["valid_to"]]
        assert feature["id"] == f"{row['id']}@{row['valid_from']}"
    assert export_history(builtin, "kml").count(b"<begin>2020-11-10</begin>") == sum(
        feature["properties"]["valid_from"] == "2020-11-10" for feature in features
    )


def test_history_obeys_both_clocks_and_the_box(client: FlaskClient) -> None:
    def found(query: str) -> list[dict[str, Any]]:
        document = client.get(f"/handover-2020/history.geojson?{query}").json
        return [feature["properties"] for feature in document["features"]]

    early = found("known=2020-11-10")
    assert {row["known"] for row in early} == {"2020-11-10"}
    assert "handed_over" not in {row["control_status"] for row in early}
    assert {row["id"] for row in found("bbox=46.99,39.98,47,39.99")} == {"aghdam"}
    assert len(found("simplify=1000")) == 12
    article = found("sources=ap-2020-11-30")
    cited = {source.partition("¶")[0] for row in article for source in row["sources"]}
    assert cited == {"ap-2020-11-30"}


# What is drawn beneath

CONTEXT = [
    ("country", datasets.square(8, 49, 4), {"name": "Land", "name:az": "Ölkə"}),
    (
        "area",
        datasets.square(12, 50),
        {
            **{"actor": "east", "note": "taken", "source": "s10", "locator": "¶2"},
            **{"date": "2021-03-08", "from": "2021-03-05", "to": "2021-03-20"},
        },
    ),
    ("line", {"type": "LineString", "coordinates": [[9, 50], [12, 52]]}, {"name": "The <b>line"}),
    (
        "district",
        {"type": "MultiLineString", "coordinates": [[[9, 50], [10, 50]], [[11, 51], [12, 51]]]},
        {},
    ),
    ("town", {"type": "Point", "coordinates": [10.5, 50.5]}, {"name": "Town", "rank": 2}),
]


@pytest.fixture(scope="module")
def beneath(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """A dataset with outlines, lines and points beneath, one of them with a sourced note."""
    features = [
        {"type": "Feature", "properties": {"kind": kind, **more}, "geometry": geometry}
        for kind, geometry, more in CONTEXT
    ]
    content = json.dumps({"type": "FeatureCollection", "features": features})
    folder = tmp_path_factory.mktemp("beneath") / "data"
    datasets.write_dataset(
        folder, raw={"context/all.geojson": content}, meta={"languages": ["en", "az"]}
    )
    return open_dataset(folder)


@pytest.mark.parametrize("ending", FORMATS)
def test_context_comes_in_every_format(beneath: Dataset, ending: str, tmp_path: Path) -> None:
    content = export_context(beneath, ending, lang="az")
    columns = ("id", "kind", "name", "rank", "label_lon", "label_lat", "actor", "date", "note")
    columns += ("valid_from", "valid_to")
    rows = {row["id"]: row for row in rows_of(content, ending, tmp_path, columns)}
    assert set(rows) == {"country-1", "area-2", "line-3", "district-4", "town-5"}
    assert rows["country-1"]["name"] == "Ölkə"
    assert rows["line-3"]["name"] == "The <b>line"
    assert float(rows["town-5"]["rank"]) == 2
    area = rows["area-2"]
    assert [plain(area[name]) for name in ("actor", "date", "note", "source", "locator")] == [
        *("east", "2021-03-08", "taken", "s10", "¶2")
    ]
    assert [str(area[name])[:10] for name in ("valid_from", "valid_to")] == [
        *("2021-03-05", "2021-03-20")
    ]


@pytest.mark.parametrize("ending", ["gpkg", "fgb", "geojson", "topojson", "kml", "shp.zip"])
def test_context_keeps_outlines_lines_and_points(
    beneath: Dataset, ending: str, tmp_path: Path
) -> None:
    path = tmp_path / f"context.{ending}"
    path.write_bytes(export_context(beneath, ending))
    found = {}
    for layer, _ in pyogrio.list_layers(path):
        frame = pyogrio.read_dataframe(path, layer=layer)
        found |= dict(zip(frame["id"], frame.geometry, strict=True))
    expected = [shapely.from_geojson(json.dumps(geometry)) for _, geometry, _ in CONTEXT]
    ids = ("country-1", "area-2", "line-3", "district-4", "town-5")
    for id, geometry in zip(ids, expected, strict=True):
        assert shapely.equals(found[id], geometry)


@pytest.mark.parametrize(
    ("asked", "counts"),
    [({}, True), ({"known": "2021-03-09"}, False), ({"sources": "s05"}, False)],
)
def test_what_a_source_says_counts_as_everywhere(
    beneath: Dataset, asked: dict[str, str], counts: bool
) -> None:
    area = json.loads(export_context(beneath, "geojson", **asked))["features"][1]["properties"]
    given = {area[name] for name in ("actor", "date", "note", "source", "locator")}
    assert given == ({"east", "2021-03-08", "taken", "s10", "¶2"} if counts else {None})


def test_context_is_an_address(beneath: Dataset) -> None:
    client = create_app([beneath]).test_client()
    answer = client.get("/test/context.geojson?bbox=10.4,50.4,10.6,50.6")
    assert answer.content_type == "application/geo+json"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    kinds = [feature["properties"]["kind"] for feature in answer.json["features"]]
    assert kinds == ["country", "town"]
    assert client.get("/test/context.nothing").status_code == 404
    assert client.get("/test/history.nothing").status_code == 404


@pytest.mark.parametrize("ending", FORMATS)
@pytest.mark.parametrize("export", [export_history, export_context])
def test_nothing_is_a_file_too(
    make_dataset: Callable[..., Path], ending: str, export: Callable[..., bytes], tmp_path: Path
) -> None:
    content = export(open_dataset(make_dataset([])), ending, bbox=(0, 0, 1, 1))
    assert rows_of(content, ending, tmp_path) == []


@pytest.mark.parametrize("ending", FORMATS)
@pytest.mark.parametrize("export", [export_history, export_context])
def test_the_same_question_gets_the_same_bytes(
    builtin: Dataset, ending: str, export: Callable[..., bytes]
) -> None:
    assert export(builtin, ending) == export(open_dataset(), ending)
