"""Every format carries the same rows, letter for letter, to a reader that is not its writer."""

from __future__ import annotations

import json
import re
import time
from itertools import cycle
from pathlib import Path
from typing import Any

import datasets
import duckdb
import pyogrio
import pytest
import python_calamine
import shapely
from formats_readers import HOSTILE, READERS, YEAR, Row, Write, by_json, read

import geomap.sources
from geomap.core.dataset import Dataset
from geomap.formats import FORMATS, export_regions

NAMES = {
    "en": {"Kalbajar", "Aghdam", "Lachin", "Nagorno-Karabakh"},
    "az": {"Kəlbəcər", "Ağdam", "Laçın", "Dağlıq Qarabağ"},
    "hy": {"Քարվաճառ", "Աղդամ", "Լաչին", "Լեռնային Ղարաբաղ"},
    "ru": {"Кельбаджар", "Агдам", "Лачин", "Нагорный Карабах"},
}
HELD = {
    "actor": "armenian-forces",
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
    "previous_actor": "armenian-forces",
    "divided": "no",
    "other_actors": None,
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
        "consistent_sources": "ap-2020-11-30¶1, ¶2, ¶5, ¶11, ¶13; ap-2020-11-25",
    },
    "lachin": HELD
    | {
        "control_status": "due",
        "since": "1992-05-18",
        "handover_due": "2020-12-01",
        "handover_due_first": "2020-12-01",
        "divided": "perhaps",
        "other_actors": "russian-peacekeepers",
        "lies_within": None,
    },
    "nagorno-karabakh": HELD
    | {
        "control_status": "held",
        "since": "1994",
        "handover_due": None,
        "handover_due_first": None,
        "divided": "yes",
        "other_actors": "azerbaijan",
        "lies_within": "azerbaijan",
        "sources": "ap-2020-11-30¶12; aljazeera-2020-11-20",
    },
}
TRUCE_ALONE = {
    "known": "2020-11-15",
    "control_status": "due",
    "overdue": True,
    "sources": "truce-2020-11-10¶clause 6",
}


def test_every_format_has_a_reader_here() -> None:
    assert set(READERS) == set(FORMATS)


@pytest.mark.parametrize("ending", FORMATS)
def test_the_same_four_rows_come_out(builtin: Dataset, ending: str, written: Write) -> None:
    rows = READERS[ending](written(builtin, ending, date="2020-11-30")).rows
    assert rows == read(by_rows(builtin, date="2020-11-30"), [], "").rows
    for id, values in ON_30_NOVEMBER.items():
        assert {name: rows[id][name] for name in values} == values
    then = {"date": "2020-11-30", "known": "2020-11-15", "sources": "truce-2020-11-10"}
    rows = READERS[ending](written(builtin, ending, **then)).rows
    assert rows == read(by_rows(builtin, **then), [], "").rows
    assert {name: rows["kalbajar"][name] for name in TRUCE_ALONE} == TRUCE_ALONE


def by_rows(dataset: Dataset, **options: Any) -> list[Row]:
    document = json.loads(export_regions(dataset, "geojson", **options))
    return [feature["properties"] for feature in document["features"]]


@pytest.mark.parametrize("ending", [e for e in FORMATS if e != "xlsx"])
def test_the_outlines_come_out_unchanged(builtin: Dataset, ending: str, written: Write) -> None:
    outlines = READERS[ending](written(builtin, ending)).outlines
    regions = zip(builtin.regions["id"], builtin.regions.geometry, strict=True)
    assert len(outlines) == 4
    for id, outline in regions:
        assert shapely.hausdorff_distance(outlines[id], outline) < 1e-6
        assert outlines[id].is_valid


@pytest.mark.parametrize(("ending", "lang"), list(zip(FORMATS, cycle(NAMES))))
def test_the_names_are_those_of_the_language(
    builtin: Dataset, ending: str, lang: str, written: Write
) -> None:
    rows = READERS[ending](written(builtin, ending, lang=lang)).rows
    assert {row["name"] for row in rows.values()} == NAMES[lang]


@pytest.mark.parametrize("ending", FORMATS)
def test_texts_survive_letter_for_letter(hostile: Dataset, ending: str, written: Write) -> None:
    rows = READERS[ending](written(hostile, ending)).rows
    assert {id: row["name"] for id, row in rows.items()} == {
        f"r{n}": text for n, text in enumerate(HOSTILE)
    }
    # The ledger trims its cells, so the text that starts with a tab has lost it there.
    assert {id: row["sources"] for id, row in rows.items()} == {
        f"r{n}": f"s¶{text.strip()}" for n, text in enumerate(HOSTILE)
    }
    assert {row["attribution"] for row in rows.values()} == {HOSTILE[8]}
    assert {row["as_of"] for row in rows.values()} == {f"{YEAR}-06-01"}


@pytest.mark.parametrize("ending", [e for e in FORMATS if e != "csv"])
def test_the_file_says_its_day_sources_and_terms(
    builtin: Dataset, ending: str, written: Write
) -> None:
    path = written(builtin, ending, date="2020-11-21", known="2020-11-21")
    about = READERS[ending](path).about if ending != "geojson" else by_json(path).about
    for text in ("The handover of Kalbajar", "2020-11-21", "jamnews-2020-11-15", "CC0-1.0"):
        assert text in about
    assert builtin.meta.attribution["en"] in about
    assert builtin.meta.licence.url in about
    assert builtin.meta.accuracy["en"] in about
    assert "yjc-2020-12-01" not in about


OWN = {"population": 1200, "share": 0.5, "ISO3166-2": "XX-HL", "rural": True, "level": 6}
ROWS_OF_OWN = {
    "hill": OWN | {"level": "6"},
    "vale": {"population": 80, "share": None, "ISO3166-2": None, "rural": None, "level": "six"},
}


@pytest.mark.parametrize("ending", FORMATS)
def test_every_format_passes_further_properties_on(
    dataset: Any, ending: str, written: Write
) -> None:
    regions = {
        "hill": datasets.region("hill", datasets.square(10, 50), **OWN),
        "vale": datasets.region("vale", datasets.square(11, 50), population=80, level="six"),
    }
    path = written(dataset(regions=regions), ending)
    found = further_of(path, ending)
    assert set(found) == {"hill", "vale"}
    for id, values in ROWS_OF_OWN.items():
        for name, value in values.items():
            own = found[id][name]
            if isinstance(own, str) and not isinstance(value, str):  # as CSV and KML have it
                assert own == ("" if value is None else str(value).lower())
            else:
                assert (None if own is None or own != own else own) == value


def further_of(path: Path, ending: str) -> dict[str, dict[str, Any]]:
    """The rows of a file by region, with names that the format had to shorten in full."""
    if ending in ("geojson", "jsonfg"):
        features = json.loads(path.read_bytes())["features"]
        return {feature["id"]: feature["properties"] for feature in features}
    if ending == "parquet":
        table = duckdb.sql(f"SELECT * FROM '{path}'")
        rows = [dict(zip(table.columns, values, strict=True)) for values in table.fetchall()]
    elif ending == "xlsx":
        book = python_calamine.CalamineWorkbook.from_path(str(path))
        header, *lines = book.get_sheet_by_name("regions").to_python()
        rows = [dict(zip(header, line, strict=True)) for line in lines]
    else:
        layer = {"layer": "regions"} if ending == "gpkg" else {}
        frame = pyogrio.read_dataframe(path, read_geometry=False, **layer).astype(object)
        rows = frame.rename(columns={"ISO3166_2": "ISO3166-2", "Name": "name"}).to_dict("records")
    return {row["name"].lower(): row for row in rows}


def test_a_publisher_is_named_in_the_language(builtin: Dataset) -> None:
    sources = json.loads(export_regions(builtin, "geojson", lang="ru"))["sources"]
    assert sources[1]["publisher"] == "Аппарат премьер-министра Армении"


@pytest.mark.parametrize("ending", FORMATS)
def test_a_box_without_regions_gives_a_file_without_rows(
    builtin: Dataset, ending: str, written: Write
) -> None:
    path = written(builtin, ending, bbox=(0, 0, 1, 1))
    reader = by_json if ending == "geojson" else READERS[ending]
    assert reader(path).rows == {}


@pytest.mark.parametrize("ending", FORMATS)
def test_same_input_gives_the_same_bytes(
    builtin: Dataset, ending: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = export_regions(builtin, ending, lang="hy", simplify=500)
    monkeypatch.setenv("TZ", "Asia/Baku")
    again = geomap.sources.open()
    with_later_clock(monkeypatch)
    assert export_regions(again, ending, lang="hy", simplify=500) == first
    now = re.compile(rb"20(2[1-9]|[3-9]\d)-\d\d-\d\dT\d\d:\d\d")
    assert not now.search(first)


def with_later_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Move Python's clock by a day; GDAL's own is told by the absence of this year's dates."""
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + 86_400)
