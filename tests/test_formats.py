"""Every format carries the same rows, letter for letter, to a reader that is not its writer."""

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
import jsonschema
import numpy as np
import openpyxl
import pyogrio
import pytest
import python_calamine
import shapefile
import shapely
from shapely.geometry import shape

import geomap.dataset
from geomap.dataset import Dataset
from geomap.formats import FORMATS, export_regions
from geomap.formats.export import ROW_COLUMNS
from geomap.formats.schema import collection_schema, row_schema
from geomap.formats.shapefile import FIELDS

Row = dict[str, Any]
NAMES = {
    "en": {"Kalbajar", "Aghdam", "Lachin", "Nagorno-Karabakh"},
    "az": {"Kəlbəcər", "Ağdam", "Laçın", "Dağlıq Qarabağ"},
    "hy": {"Քարվաճառ", "Աղդամ", "Լաչին", "Լեռնային Ղարաբաղ"},
    "ru": {"Кельбаджар", "Агдам", "Лачин", "Нагорный Карабах"},
}
HELD = {
    "actor": "ethnic-armenian-forces",
    "previous_actor": None,
    "handover_date": None,
    "overdue": False,
    "disputed": False,
    "as_of": "2020-11-30",
    "known": None,
    "licence": "CC0-1.0",
}
HANDED_OVER = HELD | {
    "control_status": "handed_over",
    "actor": "azerbaijan",
    "previous_actor": "ethnic-armenian-forces",
    "part": False,
    "lies_within": None,
}
ON_30_NOVEMBER = {
    "kalbajar": HANDED_OVER
    | {
        "since": "2020-11-25",
        "handover_date": "2020-11-25",
        "handover_due": "2020-11-25",
        "handover_due_first": "2020-11-15",
    },
    "aghdam": HANDED_OVER
    | {
        "since": "2020-11-20",
        "handover_date": "2020-11-20",
        "handover_due": "2020-11-20",
        "handover_due_first": "2020-11-20",
    },
    "lachin": HELD
    | {
        "control_status": "due",
        "since": "1992-05-18",
        "handover_due": "2020-12-01",
        "handover_due_first": "2020-12-01",
        "part": False,
        "lies_within": None,
    },
    "nagorno-karabakh": HELD
    | {
        "control_status": "held",
        "since": "1994",
        "handover_due": None,
        "handover_due_first": None,
        "part": True,
        "lies_within": "azerbaijan",
    },
}
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


@dataclass(frozen=True)
class Read:
    """What a reader found: rows by id, outlines by id if there are any, texts about the whole."""

    rows: dict[str, Row]
    outlines: dict[str, shapely.Geometry]
    about: str


def flat(row: Row) -> Row:
    """A row as every format can say it: sources in one text, an empty cell as None."""
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
        for name in ("overdue", "disputed", "part"):
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
        row |= {name: bool(row[name]) for name in ("overdue", "disputed", "part")}
    # GeoPackage binary: 8 bytes of head, an envelope of four doubles, then WKB.
    return read(rows, [shapely.from_wkb(row["geom"][40:]) for row in rows], about)


def read_parquet(path: Path) -> Read:
    found = duckdb.sql(f"SELECT *, ST_AsText(geometry) AS wkt FROM '{path}'")
    rows = [dict(zip(found.columns, values, strict=True)) for values in found.fetchall()]
    query = f"SELECT value FROM parquet_kv_metadata('{path}') WHERE key = 'geomap'::BLOB"
    about = json.loads(duckdb.sql(query).fetchall()[0][0])
    return read(rows, [shapely.from_wkt(row["wkt"]) for row in rows], str(about))


def read_csv(path: Path) -> Read:
    with path.open(newline="", encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
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
        row = {d.get("name"): d.text for d in mark.iter(f"{space}SimpleData")}
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
    rows = [{long[name]: value for name, value in record.items()} for record in records]
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


@pytest.fixture(scope="session")
def handover() -> Dataset:
    return geomap.dataset.open()


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """One square region for each of the texts in HOSTILE; the text is its name and its locator."""
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "regions").mkdir()
    (folder / "dataset.yaml").write_text(
        "id: hostile\n"
        f"title: {json.dumps('T <i>&amp; ' + HOSTILE[0])}\n"
        "period: {start: 2020-01-01, end: 2020-12-31}\n"
        "date: 2020-06-01\n"
        "licence: {name: CC0-1.0}\n"
        f"attribution: {json.dumps(HOSTILE[8])}\n",
        encoding="utf-8",
    )
    (folder / "actors.csv").write_text("id,name,colour\na,A,#2a78b5\n", encoding="utf-8")
    header = "id,publisher,title,published,url,language,kind\n"
    (folder / "sources.csv").write_text(f"{header}s,P,T,2020-01-01,,,\n", encoding="utf-8")
    columns = "event,region,kind,actor,date,since,part,source,locator,withdrawn"
    with (folder / "claims.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(columns.split(","))
        for n, text in enumerate(HOSTILE):
            writer.writerow([f"e{n}", f"r{n}", "control", "a", "1994", "", "", "s", text, ""])
    for n, text in enumerate(HOSTILE):
        feature = {
            "type": "Feature",
            "properties": {"id": f"r{n}", "name": text},
            "geometry": shapely.box(n, 0, n + 1, 1).__geo_interface__,
        }
        (folder / "regions" / f"r{n:02}.geojson").write_text(json.dumps(feature), "utf-8")
    return geomap.dataset.open(folder)


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., Path]:
    def write(dataset: Dataset, ending: str, **options: Any) -> Path:
        path = tmp_path / f"x.{ending}"
        path.write_bytes(export_regions(dataset, ending, **options))
        return path

    return write


def test_every_format_has_a_reader_here() -> None:
    assert set(READERS) == set(FORMATS)


@pytest.mark.parametrize("ending", FORMATS)
def test_the_same_four_rows_come_out(
    handover: Dataset, ending: str, written: Callable[..., Path]
) -> None:
    found = READERS[ending](written(handover, ending, date="2020-11-30"))
    expected = read(by_rows(handover, date="2020-11-30"), [], "").rows
    assert found.rows == expected
    for id, values in ON_30_NOVEMBER.items():
        assert {name: found.rows[id][name] for name in values} == values


def by_rows(dataset: Dataset, **options: Any) -> list[Row]:
    document = json.loads(export_regions(dataset, "geojson", **options))
    return [feature["properties"] for feature in document["features"]]


@pytest.mark.parametrize("ending", [e for e in FORMATS if e != "xlsx"])
def test_the_outlines_come_out_unchanged(
    handover: Dataset, ending: str, written: Callable[..., Path]
) -> None:
    found = READERS[ending](written(handover, ending)).outlines
    regions = zip(handover.regions["id"], handover.regions.geometry, strict=True)
    assert len(found) == 4
    for id, outline in regions:
        assert shapely.hausdorff_distance(found[id], outline) < 1e-6
        assert found[id].is_valid


@pytest.mark.parametrize("lang", NAMES)
@pytest.mark.parametrize("ending", FORMATS)
def test_names_in_four_scripts_survive(
    handover: Dataset, ending: str, lang: str, written: Callable[..., Path]
) -> None:
    found = READERS[ending](written(handover, ending, lang=lang))
    assert {row["name"] for row in found.rows.values()} == NAMES[lang]


@pytest.mark.parametrize("ending", FORMATS)
def test_texts_survive_letter_for_letter(
    hostile: Dataset, ending: str, written: Callable[..., Path]
) -> None:
    found = READERS[ending](written(hostile, ending))
    assert {id: row["name"] for id, row in found.rows.items()} == {
        f"r{n}": text for n, text in enumerate(HOSTILE)
    }
    # The ledger trims its cells, so the text that starts with a tab has lost it there.
    assert {id: row["sources"] for id, row in found.rows.items()} == {
        f"r{n}": f"s¶{text.strip()}" for n, text in enumerate(HOSTILE)
    }
    assert {row["attribution"] for row in found.rows.values()} == {HOSTILE[8]}


@pytest.mark.parametrize("ending", [e for e in FORMATS if e != "csv"])
def test_the_file_says_its_day_sources_and_terms(
    handover: Dataset, ending: str, written: Callable[..., Path]
) -> None:
    path = written(handover, ending, date="2020-11-21", known="2020-11-21")
    about = READERS[ending](path).about if ending != "geojson" else by_json(path).about
    for text in ("The handover of Kalbajar", "2020-11-21", "jamnews-2020-11-15", "CC0-1.0"):
        assert text in about
    assert handover.meta.attribution["en"] in about
    assert handover.meta.licence.url in about
    assert "yjc-2020-12-01" not in about


@pytest.mark.parametrize("ending", FORMATS)
def test_known_and_sources_reach_the_rows(
    handover: Dataset, ending: str, written: Callable[..., Path]
) -> None:
    path = written(
        handover, ending, date="2020-11-30", known="2020-11-15", sources="truce-2020-11-10"
    )
    row = READERS[ending](path).rows["kalbajar"]
    assert row["known"] == "2020-11-15"
    assert row["control_status"] == "due"
    assert row["overdue"] is True
    assert row["sources"] == "truce-2020-11-10¶clause 6"


@pytest.mark.parametrize("ending", FORMATS)
def test_a_box_without_regions_gives_a_file_without_rows(
    handover: Dataset, ending: str, written: Callable[..., Path]
) -> None:
    path = written(handover, ending, bbox=(0, 0, 1, 1))
    found = by_json(path) if ending == "geojson" else READERS[ending](path)
    assert found.rows == {}


@pytest.mark.parametrize("ending", FORMATS)
def test_same_input_gives_the_same_bytes(
    handover: Dataset, ending: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = export_regions(handover, ending, lang="hy", simplify=500)
    monkeypatch.setenv("TZ", "Asia/Baku")
    again = geomap.dataset.open()
    with_later_clock(monkeypatch)
    assert export_regions(again, ending, lang="hy", simplify=500) == first
    now = re.compile(rb"20(2[1-9]|[3-9]\d)-\d\d-\d\dT\d\d:\d\d")
    assert not now.search(first)


def with_later_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Move Python's clock by a day; GDAL's own is told by the absence of this year's dates."""
    import time

    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + 86_400)


def test_a_spreadsheet_gets_no_formula(hostile: Dataset, written: Callable[..., Path]) -> None:
    book = openpyxl.load_workbook(written(hostile, "xlsx"))
    for sheet in book:
        assert {cell.data_type for row in sheet for cell in row} <= {"s", "b", "n"}
        texts = [cell for row in sheet for cell in row if cell.data_type == "s"]
        assert all(cell.quotePrefix for cell in texts)
        assert all(cell.value is None for row in sheet for cell in row if cell.data_type == "n")
    book.close()


def test_a_kml_balloon_shows_markup_as_text(hostile: Dataset, written: Callable[..., Path]) -> None:
    root = ElementTree.parse(written(hostile, "kml")).getroot()
    texts = [e.text or "" for e in root.iter("{http://www.opengis.net/kml/2.2}description")]
    assert len(texts) == len(HOSTILE) + 1
    for text in texts:
        assert set(re.findall(r"<[^>]*>", text)) <= {"<br>"}


def test_geojson_follows_rfc_7946(handover: Dataset) -> None:
    text = export_regions(handover, "geojson")
    document = json.loads(text)
    assert "crs" not in document
    assert document["bbox"] == pytest.approx(handover.regions.total_bounds, abs=1e-6)
    for feature in document["features"]:
        assert feature["id"] == feature["properties"]["id"]
        for polygon in shapely.get_parts(shape(feature["geometry"])):
            assert polygon.exterior.is_ccw
            assert not any(ring.is_ccw for ring in polygon.interiors)
    assert not re.search(rb"\.\d{7}", text)
    assert b"NaN" not in text


def test_the_published_schema_describes_what_is_served(handover: Dataset) -> None:
    checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
    schema = collection_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema, format_checker=checker)
    rows = jsonschema.Draft202012Validator(row_schema(), format_checker=checker)
    for options in ({}, {"known": "2020-11-16", "date": "2020-11-16"}, {"date": "2020-09-27"}):
        document = json.loads(export_regions(handover, "geojson", **options))
        validator.validate(document)
        for feature in document["features"]:
            rows.validate(feature["properties"])
            assert not rows.is_valid(feature["properties"] | {"since": "last spring"})
            assert not rows.is_valid(feature["properties"] | {"extra": 1})


def test_json_fg_says_for_which_days_a_status_holds(
    handover: Dataset, written: Callable[..., Path]
) -> None:
    path = written(handover, "jsonfg", date="2020-11-21")
    document = json.loads(path.read_bytes())
    times = {f["id"]: f["time"]["interval"] for f in document["features"]}
    assert times["aghdam"] == ["2020-11-20", "2020-12-01"]
    assert times["kalbajar"][1] == "2020-11-24"
    assert times["lachin"][1] == "2020-11-30"
    assert pyogrio.read_info(path)["driver"] == "JSONFG"
    frame = pyogrio.read_dataframe(path)
    starts = dict(zip(frame["id"], frame["time_start"].dt.date.astype(str), strict=True))
    assert starts == {id: interval[0] for id, interval in times.items()}


def test_topojson_stores_a_shared_border_once(handover: Dataset) -> None:
    document = json.loads(export_regions(handover, "topojson"))
    rings = [
        arc
        for geometry in document["objects"]["regions"]["geometries"]
        for arc in flattened(geometry["arcs"])
    ]
    used = [arc if arc >= 0 else ~arc for arc in rings]
    assert set(used) == set(range(len(document["arcs"])))
    assert max(used.count(arc) for arc in set(used)) == 2


def flattened(arcs: Any) -> list[int]:
    return [arcs] if isinstance(arcs, int) else [arc for part in arcs for arc in flattened(part)]


def test_geoparquet_declares_itself(handover: Dataset, written: Callable[..., Path]) -> None:
    path = written(handover, "parquet")
    query = f"SELECT value FROM parquet_kv_metadata('{path}') WHERE key = 'geo'::BLOB"
    geo = json.loads(duckdb.sql(query).fetchall()[0][0])
    assert geo["version"] == "1.1.0"
    column = geo["columns"]["geometry"]
    assert column["encoding"] == "WKB"
    assert column["covering"]["bbox"]["xmin"] == ["bbox", "xmin"]
    kinds = dict(duckdb.sql(f"SELECT name, duckdb_type FROM parquet_schema('{path}')").fetchall())
    assert kinds["known"] == "VARCHAR"
    assert kinds["overdue"] == "BOOLEAN"
    types = duckdb.sql(f"SELECT typeof(sources) FROM '{path}'").fetchall()
    assert {kind for (kind,) in types} == {"VARCHAR[]"}


def test_a_text_too_long_for_a_shapefile_is_in_its_readme(tmp_path: Path) -> None:
    from geomap.formats.export import make_export

    dataset = geomap.dataset.open()
    export = make_export(dataset)
    long = ["Քարվաճառ " * 40]
    export.rows[0]["sources"][:] = long
    path = tmp_path / "x.shp.zip"
    path.write_bytes(FORMATS["shp.zip"].write(export))
    found = read_shapefile(path)
    short = found.rows[export.rows[0]["id"]]["sources"]
    assert len(short.encode()) <= 254
    assert long[0].startswith(short)
    assert long[0] in found.about
