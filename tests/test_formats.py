"""Every format carries the same rows, letter for letter, to a reader that is not its writer."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Any

import pytest
import shapely
from formats_readers import HOSTILE, READERS, Row, Write, by_json, hostile_dataset, read

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


@pytest.fixture(scope="module")
def handover() -> Dataset:
    return geomap.sources.open()


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return hostile_dataset(tmp_path_factory.mktemp("hostile"))


@pytest.fixture
def written(tmp_path: Path) -> Write:
    def write(dataset: Dataset, ending: str, **options: Any) -> Path:
        path = tmp_path / f"x.{ending}"
        path.write_bytes(export_regions(dataset, ending, **options))
        return path

    return write


def test_every_format_has_a_reader_here() -> None:
    assert set(READERS) == set(FORMATS)


@pytest.mark.parametrize("ending", FORMATS)
def test_the_same_four_rows_come_out(handover: Dataset, ending: str, written: Write) -> None:
    found = READERS[ending](written(handover, ending, date="2020-11-30"))
    expected = read(by_rows(handover, date="2020-11-30"), [], "").rows
    assert found.rows == expected
    for id, values in ON_30_NOVEMBER.items():
        assert {name: found.rows[id][name] for name in values} == values


def by_rows(dataset: Dataset, **options: Any) -> list[Row]:
    document = json.loads(export_regions(dataset, "geojson", **options))
    return [feature["properties"] for feature in document["features"]]


@pytest.mark.parametrize("ending", [e for e in FORMATS if e != "xlsx"])
def test_the_outlines_come_out_unchanged(handover: Dataset, ending: str, written: Write) -> None:
    found = READERS[ending](written(handover, ending)).outlines
    regions = zip(handover.regions["id"], handover.regions.geometry, strict=True)
    assert len(found) == 4
    for id, outline in regions:
        assert shapely.hausdorff_distance(found[id], outline) < 1e-6
        assert found[id].is_valid


@pytest.mark.parametrize("lang", NAMES)
@pytest.mark.parametrize("ending", FORMATS)
def test_names_in_four_scripts_survive(
    handover: Dataset, ending: str, lang: str, written: Write
) -> None:
    found = READERS[ending](written(handover, ending, lang=lang))
    assert {row["name"] for row in found.rows.values()} == NAMES[lang]


@pytest.mark.parametrize("ending", FORMATS)
def test_texts_survive_letter_for_letter(hostile: Dataset, ending: str, written: Write) -> None:
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
    handover: Dataset, ending: str, written: Write
) -> None:
    path = written(handover, ending, date="2020-11-21", known="2020-11-21")
    about = READERS[ending](path).about if ending != "geojson" else by_json(path).about
    for text in ("The handover of Kalbajar", "2020-11-21", "jamnews-2020-11-15", "CC0-1.0"):
        assert text in about
    assert handover.meta.attribution["en"] in about
    assert handover.meta.licence.url in about
    assert "yjc-2020-12-01" not in about


@pytest.mark.parametrize("ending", FORMATS)
def test_known_and_sources_reach_the_rows(handover: Dataset, ending: str, written: Write) -> None:
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
    handover: Dataset, ending: str, written: Write
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
    again = geomap.sources.open()
    with_later_clock(monkeypatch)
    assert export_regions(again, ending, lang="hy", simplify=500) == first
    now = re.compile(rb"20(2[1-9]|[3-9]\d)-\d\d-\d\dT\d\d:\d\d")
    assert not now.search(first)


def with_later_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Move Python's clock by a day; GDAL's own is told by the absence of this year's dates."""
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + 86_400)
