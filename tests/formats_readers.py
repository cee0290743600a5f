"""Readers of every format that are not its writer, and a dataset of texts that are hard to carry."""

from __future__ import annotations

import csv
import io
import json
import re
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import duckdb
import numpy as np
import pyogrio
import python_calamine
import shapefile
import shapely
from shapely.geometry import shape

import geomap.sources
from geomap.core.dataset import Dataset
from geomap.formats.export import ROW_COLUMNS
from geomap.formats.shapefile import FIELDS

Row = dict[str, Any]
Write = Callable[..., Path]
HOSTILE = (
    '=HYPERLINK("http://example.org","click")',
    "=1+1",
    "+1",
    "-2+3",
    "@SUM(A1:A9)",
    "\tA tab first",
    'He said "no", twice',
    "one line\nand another",
    "<b>Tom & Jerry</b>",
    "<script>alert('x')</script>",
    "&lt;already&gt; &amp;",
    "]]> and <![CDATA[",
    "{{ 7*7 }} {% if %}",
    "_x0041_ is no A",
    "Aghdam Ağdam Աղդամ Агдам 阿格达姆 أغدام",
    "emoji \U0001f5fa and \u2028 a line separator",
    "a;b; c",
    "null",
    "2020-11-25",
    "007",
    "1e5",
    "TRUE",
)
AS_DOCUMENTED = r"^'(?='*[=+\-@\t])"
"""The apostrophe before what a spreadsheet would run, by docs/formats.md."""
YEAR = 1848
FLAGS = ("overdue", "disputed")


@dataclass(frozen=True)
class Read:
    """What a reader makes of a file: rows by id, outlines by id if any, texts about the whole."""

    rows: dict[str, Row]
    outlines: dict[str, shapely.Geometry]
    about: str


def flat(row: Row) -> Row:
    """A row as every format can say it: each list in one text, an empty cell as None."""
    values = {}
    for name in ROW_COLUMNS:
        value = row.get(name)
        if isinstance(value, list | tuple | np.ndarray):
            value = "; ".join(value)
        values[name] = None if value is None or value == "" or value != value else value
    return values


def read(rows: list[Row], outlines: list[Any], about: str) -> Read:
    flags = {"true": True, "false": False}
    flat_rows = [flat(row) for row in rows]
    for row in flat_rows:
        for name in FLAGS:
            row[name] = flags.get(row[name], row[name])
    ids = [row["id"] for row in flat_rows]
    return Read(
        dict(zip(ids, flat_rows, strict=True)), dict(zip(ids, outlines, strict=False)), about
    )


def by_gdal(path: Path, **options: Any) -> Read:
    frame = pyogrio.read_dataframe(path, **options)
    about = str(pyogrio.read_info(path)["layer_metadata"])
    rows = frame.drop(columns="geometry").astype(object).to_dict("records")
    return read(rows, list(frame.geometry), about)


def by_json(path: Path) -> Read:
    document = json.loads(path.read_bytes())
    features = document.pop("features")
    outlines = [shape(feature["geometry"]) for feature in features]
    return read([f["properties"] for f in features], outlines, str(document))


def read_topojson(path: Path) -> Read:
    document = json.loads(path.read_bytes())
    by_ogr = pyogrio.read_dataframe(path)
    rows = [g["properties"] for g in document["objects"]["regions"]["geometries"]]
    assert list(by_ogr["id"]) == [row["id"] for row in rows]
    return read(rows, list(by_ogr.geometry), str(document))


def read_gpkg(path: Path) -> Read:
    with closing(sqlite3.connect(path)) as database:
        database.row_factory = sqlite3.Row
        rows = [dict(row) for row in database.execute("SELECT * FROM regions")]
        about = str([tuple(row) for row in database.execute("SELECT * FROM gpkg_contents")])
        about += str([tuple(row) for row in database.execute("SELECT * FROM gpkg_metadata")])
    for row in rows:
        row |= {name: bool(row[name]) for name in FLAGS}
    # GeoPackage binary: 8 bytes of head, an envelope of four doubles, then WKB.
    return read(rows, [shapely.from_wkb(row["geom"][40:]) for row in rows], about)


def read_parquet(path: Path) -> Read:
    table = duckdb.sql(f"SELECT *, ST_AsText(geometry) AS wkt FROM '{path}'")
    rows = [dict(zip(table.columns, values, strict=True)) for values in table.fetchall()]
    query = f"SELECT value FROM parquet_kv_metadata('{path}') WHERE key = 'geomap'::BLOB"
    about = json.loads(duckdb.sql(query).fetchall()[0][0])
    return read(rows, [shapely.from_wkt(row["wkt"]) for row in rows], str(about))


def read_csv(path: Path) -> Read:
    with path.open(newline="", encoding="utf-8-sig") as file:
        rows = [
            {name: re.sub(AS_DOCUMENTED, "", cell) for name, cell in row.items()}
            for row in csv.DictReader(file)
        ]
    return read(rows, [shapely.from_wkt(row["geometry"]) for row in rows], str(rows))


def read_xlsx(path: Path) -> Read:
    book = python_calamine.CalamineWorkbook.from_path(str(path))
    header, *lines = book.get_sheet_by_name("regions").to_python()
    rows = [dict(zip(header, line, strict=True)) for line in lines]
    about = book.get_sheet_by_name("about").to_python()
    return read(rows, [], str(about))


def read_kml(path: Path) -> Read:
    space = "{http://www.opengis.net/kml/2.2}"
    root = ElementTree.parse(path).getroot()
    rows, outlines = [], []
    for mark in root.iter(f"{space}Placemark"):
        row: Row = {str(d.get("name")): d.text for d in mark.iter(f"{space}SimpleData")}
        row |= {name: row[name] == "1" for name in FLAGS}
        name = mark.findtext(f"{space}name")
        rows.append(row | {"id": mark.get("id"), "name": name})
        polygons = []
        for polygon in mark.iter(f"{space}Polygon"):
            rings = [
                [tuple(map(float, point.split(",")[:2])) for point in (ring.text or "").split()]
                for ring in polygon.iter(f"{space}coordinates")
            ]
            polygons.append(shapely.Polygon(rings[0], rings[1:]))
        outlines.append(shapely.union_all(polygons))
    document = root.find(f"{space}Document")
    assert document is not None
    return read(rows, outlines, str(document.findtext(f"{space}description")))


def read_shapefile(path: Path) -> Read:
    long = {short: name for name, short in FIELDS.items()}
    with zipfile.ZipFile(path) as archive:
        parts = {name[-3:]: io.BytesIO(archive.read(name)) for name in archive.namelist()}
        about = archive.read("README.txt").decode()
        encoding = archive.read("regions.cpg").decode()
    with shapefile.Reader(
        shp=parts["shp"], shx=parts["shx"], dbf=parts["dbf"], encoding=encoding
    ) as reader:
        records = [record.as_dict() for record in reader.records()]
        outlines = [shape(outline.__geo_interface__) for outline in reader.shapes()]
    # A further property keeps its name where that is short enough.
    rows = [{long.get(name, name): value for name, value in record.items()} for record in records]
    return read(rows, outlines, about)


READERS: dict[str, Callable[[Path], Read]] = {
    "geojson": lambda path: by_gdal(path, DATE_AS_STRING="YES"),
    "jsonfg": by_json,
    "topojson": read_topojson,
    "gpkg": read_gpkg,
    "fgb": by_gdal,
    "parquet": read_parquet,
    "kml": read_kml,
    "shp.zip": read_shapefile,
    "csv": read_csv,
    "xlsx": read_xlsx,
}


def hostile_dataset(folder: Path) -> Dataset:
    """Return a dataset with a square for each text in HOSTILE, which is its name and its locator.

    The squares are drawn clockwise, unlike what RFC 7946 asks, and the year is before what many
    clocks of computers can tell.
    """
    (folder / "regions").mkdir()
    (folder / "dataset.yaml").write_text(
        "id: hostile\n"
        f"title: {json.dumps('T <i>&amp; ' + HOSTILE[0])}\n"
        f"period: {{start: {YEAR}-01-01, end: {YEAR}-12-31}}\n"
        f"date: {YEAR}-06-01\n"
        "licence: {name: CC0-1.0}\n"
        f"attribution: {json.dumps(HOSTILE[8])}\n",
        encoding="utf-8",
    )
    (folder / "actors.csv").write_text("id,name,colour\na,A,#2a78b5\n", encoding="utf-8")
    header = "id,publisher,title,published,url,language,kind\n"
    (folder / "sources.csv").write_text(f"{header}s,P,T,{YEAR}-01-01,,,\n", encoding="utf-8")
    columns = "event,region,kind,actor,date,since,part,source,locator,withdrawn"
    with (folder / "claims.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(columns.split(","))
        for n, text in enumerate(HOSTILE):
            writer.writerow([f"e{n}", f"r{n}", "control", "a", "1801", "", "", "s", text, ""])
    for n, text in enumerate(HOSTILE):
        feature = {
            "type": "Feature",
            "properties": {"id": f"r{n}", "name": text},
            "geometry": shapely.box(n, 0, n + 1, 1, ccw=False).__geo_interface__,
        }
        (folder / "regions" / f"r{n:02}.geojson").write_text(json.dumps(feature), "utf-8")
    return geomap.sources.open(folder)
