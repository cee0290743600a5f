"""The programs that people use read the live service: GDAL, OWSLib, QGIS."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyogrio
import pytest
from ogc_server import Live, serving
from owslib.ogcapi.features import Features
from run_qgis import seen_by_qgis

from geomap.core.dataset import Dataset
from geomap.formats import make_export

LAYER = "handover-2020.regions"


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with serving(tmp_path_factory.mktemp("ogc")) as found:
        yield found


# GDAL, and so ogr2ogr, GeoPandas and R's sf


def gdal(live: Live, layer: str = LAYER, **options: Any) -> Any:
    live.forget()
    return pyogrio.read_dataframe(f"OAPIF:{live.url}/ogc/", layer=layer, **options)


def test_gdal_lists_and_reads_the_collections(live: Live) -> None:
    names = pyogrio.list_layers(f"OAPIF:{live.url}/ogc/")[:, 0].tolist()
    assert names == [LAYER, "handover-2020.events"]
    regions = gdal(live)
    assert sorted(set(regions["id"])) == ["aghdam", "kalbajar", "lachin", "nagorno-karabakh"]
    assert len(regions) == 12
    assert regions.geometry.is_valid.all()
    assert (regions["divided"] == "yes").sum() == 2
    assert "1994" in set(regions["since"])
    events = gdal(live, "handover-2020.events")
    assert {"kalbajar-handover", "lachin-due"} <= set(events["id"])


@pytest.mark.parametrize(
    ("where", "asked", "count"),
    [
        ("id = 'kalbajar'", "items?id=kalbajar", 4),
        ("actor = 'azerbaijan'", "actor=azerbaijan", 3),
        ("actor = 'azerbaijan' AND disputed = 0", "actor=azerbaijan&disputed=0", 3),
        ("valid_to >= '2020-11-26'", "datetime=2020-11-26T/..", 5),
        ("valid_from <= '2020-11-09'", "datetime=../2020-11-09T", 4),
        (
            "valid_from <= '2020-11-30' AND valid_to >= '2020-11-30'",
            "datetime=../2020-11-30T&datetime=2020-11-30T/..",
            4,
        ),
        ("name LIKE 'K%' OR actor IS NULL", "limit=1000", 4),
    ],
)
def test_gdal_hands_filters_on(live: Live, where: str, asked: str, count: int) -> None:
    assert len(gdal(live, where=where)) == count
    assert asked in live.asked[-1]


def test_gdal_hands_a_box_on_and_pages(live: Live) -> None:
    assert set(gdal(live, bbox=(46.99, 39.98, 47, 39.99))["id"]) == {"aghdam"}
    assert "bbox=46.99" in live.asked[-1]
    assert len(gdal(live, PAGE_SIZE=5)) == 12
    assert [f"offset={n}" in live.asked[-1] for n in (5, 10)] == [False, True]


# OWSLib


def test_owslib_reads_everything(live: Live) -> None:
    service = Features(f"{live.url}/ogc/")
    assert service.feature_collections() == [LAYER, "handover-2020.events"]
    assert service.api()["openapi"].startswith("3.0")
    assert len(service.conformance()["conformsTo"]) > 8
    assert "control_status" in service.collection_queryables(LAYER)["properties"]
    day = service.collection_items(LAYER, datetime_="2020-11-30", limit=3)
    assert (day["numberMatched"], day["numberReturned"]) == (4, 3)
    after = service.collection_items(LAYER, datetime_="2020-11-21/..", actor="azerbaijan")
    assert {f["properties"]["id"] for f in after["features"]} == {"aghdam", "kalbajar", "lachin"}
    divided = service.collection_items(LAYER, filter="divided = 'yes'")
    assert "nagorno-karabakh@2020-11-10" in [f["id"] for f in divided["features"]]
    one = service.collection_item(LAYER, "kalbajar@2020-11-25")
    assert one["properties"]["handover_due_first"] == "2020-11-15"


# QGIS, where Debian's package is installed


@pytest.fixture(scope="module")
def qgis(live: Live) -> dict[str, Any]:
    return seen_by_qgis("qgis_reads.py", f"{live.url}/ogc/")


@pytest.mark.slow
def test_qgis_reads_the_layer(qgis: dict[str, Any]) -> None:
    assert len(qgis["all"]) == 12
    assert set(qgis["all"]) == {"aghdam", "kalbajar", "lachin", "nagorno-karabakh"}
    assert qgis["fields"]["id"] == "String"
    assert qgis["fields"]["valid_from"] == qgis["fields"]["valid_to"] == "Date"
    assert qgis["names"] == ["Aghdam", "Kalbajar", "Lachin", "Nagorno-Karabakh"]


@pytest.mark.slow
def test_qgis_keeps_dates_that_are_no_days(qgis: dict[str, Any]) -> None:
    assert qgis["fields"]["since"] == "String"
    assert "1994" in qgis["since"]


@pytest.mark.slow
def test_qgis_filters(qgis: dict[str, Any]) -> None:
    assert qgis["azerbaijan"] == ["aghdam", "kalbajar", "lachin"]
    assert set(qgis["box"]) == {"aghdam"}


@pytest.mark.slow
def test_qgis_temporal_controller_shows_each_day(qgis: dict[str, Any], builtin: Dataset) -> None:
    for day, shown in qgis["days"].items():
        rows = make_export(builtin, f"2020-11-{int(day):02}").rows
        assert shown == sorted(f"{row['id']} {row['control_status']}" for row in rows)
