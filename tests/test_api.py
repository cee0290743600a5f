"""geomap in Python: what a script or a notebook relies on."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import folium
import geopandas as gpd
import numpy as np
import pytest
from browser import until
from datasets import claim, dataset_files, write_zip

import geomap
from geomap import sources as datasets
from geomap.errors import BadQuery, DatasetError, GeomapError, NotFound
from geomap.formats import FORMATS

DATA = geomap.open()


def test_open_gives_the_built_in_dataset() -> None:
    assert isinstance(DATA, geomap.Dataset)
    assert DATA.id == "handover-2020"
    assert datasets.open().version == DATA.version


def test_open_takes_a_folder_or_a_zip_of_one(
    make_dataset: Callable[..., Path], tmp_path: Path
) -> None:
    folder = make_dataset()
    archive = write_zip(tmp_path / "a.zip", dataset_files(), prefix="folder/")
    opened = [geomap.open(place) for place in (folder, str(folder), archive, str(archive))]
    assert {data.id for data in opened} == {"test"}
    assert len({data.version for data in opened}) == 1


def test_what_cannot_be_opened_says_why(make_dataset: Callable[..., Path], tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="there is no dataset folder or"):
        geomap.open(tmp_path / "nothing")
    rows = [claim("a", "control", "nord", "1990"), claim("b", "handover", "north", "soon")]
    with pytest.raises(DatasetError, match="has 2 faults") as error:
        geomap.open(make_dataset(rows))
    assert [fault.row for fault in error.value.faults] == [2, 3]
    assert isinstance(error.value, GeomapError)


def test_status_on_is_a_geodataframe() -> None:
    table = DATA.status_on("2020-11-30")
    assert isinstance(table, gpd.GeoDataFrame)
    assert table.crs == "EPSG:4326"
    by_id = table.set_index("id")
    assert by_id.loc["lachin", "control_status"] == "due"
    assert by_id.loc["kalbajar", "handover_due_first"] == "2020-11-15"
    assert by_id.geometry.is_valid.all()
    assert not by_id["overdue"].any()


def test_days_may_be_texts_dates_or_times() -> None:
    day = date(2020, 11, 20)
    first = DATA.status_on("2020-11-20", known="2020-11-24")
    for same in (day, datetime(2020, 11, 20, 23, 59), np.datetime64("2020-11-20T23:59")):
        other = DATA.status_on(same, known=date(2020, 11, 24))
        assert other.drop(columns="geometry").equals(first.drop(columns="geometry"))
    default = DATA.status_on()
    assert default["control_status"].equals(DATA.status_on("2020-11-30")["control_status"])


def test_sources_may_be_a_text_or_a_list() -> None:
    for chosen in ("ap-2020-11-30", ["ap-2020-11-30"], {"ap-2020-11-30"}):
        table = DATA.status_on("2020-11-30", sources=chosen).set_index("id")
        assert table.loc["kalbajar", "handover_date"] == "[2020-11-15..2020-11-25]"


@pytest.mark.parametrize(
    "wrong", [{"date": "2021-01-01"}, {"known": "soon"}, {"sources": ["reuters"]}]
)
@pytest.mark.parametrize("method", ["status_on", "draw", "export"])
def test_a_wrong_question_names_its_parameter(
    wrong: dict[str, Any], method: str, tmp_path: Path
) -> None:
    arguments = [tmp_path / "a.geojson"] if method == "export" else []
    with pytest.raises(BadQuery) as error:
        getattr(DATA, method)(*arguments, **wrong)
    assert [error.value.parameter] == list(wrong)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("parameter", "wrong"),
    [
        *(("date", 20201130), ("date", b"x"), ("date", np.datetime64("NaT")), ("known", 5)),
        *(("sources", 5), ("sources", [None]), ("sources", [["s"]])),
    ],
)
def test_a_value_of_another_type_is_a_wrong_question_too(parameter: str, wrong: Any) -> None:
    with pytest.raises(BadQuery) as error:
        DATA.status_on(**{parameter: wrong})
    assert error.value.parameter == parameter


@pytest.mark.parametrize("method", ["draw", "export"])
def test_a_language_that_is_not_offered_is_refused(method: str, tmp_path: Path) -> None:
    arguments = [tmp_path / "a.csv"] if method == "export" else []
    with pytest.raises(BadQuery, match=r"lang: there is no 'fr' here; use ar, az, en"):
        getattr(DATA, method)(*arguments, lang="fr")


def test_a_dataset_says_in_a_line_what_it_is_and_keeps_its_tables() -> None:
    assert repr(DATA) == (
        "<Dataset handover-2020: 4 regions, 30 claims by 12 sources, 2020-09-27 to 2020-12-01>"
    )
    with pytest.raises(TypeError, match="does not support item assignment"):
        DATA.ledger.actors["nobody"] = None


def test_events_and_intervals() -> None:
    spans = {event.id: str(event.span) for event in DATA.events(sources="ap-2020-11-30")}
    assert spans["aghdam-handover"] == "[2020-11-08~..2020-11-25]"
    intervals = DATA.intervals()
    assert list(intervals) == list(DATA.regions["id"])
    lachin = [(i.first.isoformat(), i.status.control_status) for i in intervals["lachin"]]
    assert lachin == [("2020-09-27", "held"), ("2020-11-10", "due"), ("2020-12-01", "handed_over")]
    known = DATA.intervals(known="2020-11-24")["kalbajar"]
    assert known[-1].status.control_status == "due"


def test_export_writes_by_the_files_ending(tmp_path: Path) -> None:
    path = DATA.export(tmp_path / "a.geojson", "2020-11-20", lang="en")
    assert path == tmp_path / "a.geojson"
    assert len(json.loads(path.read_bytes())["features"]) == 4
    table = DATA.export(str(tmp_path / "a.csv"), date="2020-11-20", bbox=(45.5, 39.2, 46.0, 40.2))
    rows = list(csv.DictReader(io.StringIO(table.read_text("utf-8-sig"))))
    assert 0 < len(rows) < 4


def test_an_unknown_ending_is_refused_with_the_list(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="has no ending that names a format") as error:
        DATA.export(tmp_path / "a.doc")
    assert all(f".{ending}" in str(error.value) for ending in FORMATS)


def test_draw_gives_a_folium_map_and_the_same_bytes_each_time() -> None:
    drawn = DATA.draw("2020-11-20", known="2020-11-24", theme="dark", controls="slider")
    assert isinstance(drawn, folium.Map)
    again = geomap.open().draw("2020-11-20", known="2020-11-24", theme="dark", controls="slider")
    assert drawn.get_root().render() == again.get_root().render()
    assert "<iframe srcdoc=" in drawn._repr_html_()


@pytest.mark.parametrize("option", ["theme", "controls"])
def test_an_option_that_is_not_known_is_refused(option: str) -> None:
    with pytest.raises(ValueError, match=f"{option} is 'pink'"):
        DATA.draw(**{option: "pink"})


@pytest.mark.browser
def test_a_saved_map_works_from_disk_and_asks_for_nothing(chromium: Any, tmp_path: Path) -> None:
    file = tmp_path / "map.html"
    DATA.draw("2020-11-20").save(str(file))
    context = chromium.new_context(viewport={"width": 900, "height": 700}, offline=True)
    page = context.new_page()
    faults: list[str] = []
    requests: list[str] = []
    page.on("console", lambda m: m.type in ("error", "warning") and faults.append(m.text))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))
    page.goto(file.as_uri())
    page.wait_for_selector("html.gm-ready")
    assert page.locator(".gm-date").text_content() == "20 November 2020"
    shapes = page.locator(".gm-region")
    assert shapes.count() == 4
    for shape in shapes.all():
        assert shape.bounding_box()["width"] > 20
    page.get_by_role("slider").press("End")
    until(page, "geomap.state.date === '2020-12-01'")
    shapes.first.focus()
    page.keyboard.press("Enter")
    assert "Handed over" in page.locator(".gm-card").text_content()
    context.close()
    assert not faults
    assert [url for url in requests if not url.startswith(("data:", "blob:"))] == [file.as_uri()]
