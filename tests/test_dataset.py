"""Opening a dataset from a folder or a zip, and checking it as a whole."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import yaml
from datasets import ACTORS, META, REGIONS, SOURCES, claim, region, square

from geomap import sources as geomap_sources
from geomap.core.dataset import name_in, text_in
from geomap.core.status import statuses
from geomap.errors import DatasetError, Fault
from geomap.sources import check

Make = Callable[..., Path]
HELD = claim("held", "control", "north", "1994")
WITHIN = {"lies_within": "south", "lies_within:source": "s00"}


def the_fault(path: Path) -> Fault:
    """The only fault of a dataset."""
    faults = check(path)
    assert len(faults) == 1, faults
    return faults[0]


# What a sound dataset gives


def test_a_sound_folder_opens_as_one_value(make_dataset: Make) -> None:
    folder = make_dataset([HELD])
    assert check(folder) == []
    data = geomap_sources.open(folder)
    assert data.id == "test"
    assert (data.period.start, data.period.end) == (date(2021, 3, 1), date(2021, 3, 31))
    assert data.meta.date == date(2021, 3, 15)
    assert [c.event for c in data.ledger.claims] == ["held"]
    assert list(data.regions["id"]) == ["hill", "vale"]
    assert geomap_sources.open(str(folder)).version == data.version


def test_everything_that_dataset_yaml_may_say_is_read(make_dataset: Make) -> None:
    meta = {
        "title": {"en": "Hill", "az": "Təpə"},
        "summary": "Who held what",
        "timezone": "Asia/Baku",
        "languages": ["en", "az"],
        "licence": {"name": "CC0-1.0", "url": "https://example.org/cc0"},
        "limits": {"en": "It changed later"},
        "view": {"bounds": [9, 49, 13, 52], "min_zoom": 7, "max_zoom": 10},
        "milestones": [{"date": "2021-03-10", "label": "Truce", "source": "s10", "locator": "¶1"}],
    }
    data = geomap_sources.open(make_dataset([HELD], meta=meta))
    assert text_in(data.meta.title, "az") == "Təpə"
    assert text_in(data.meta.title, "hy") == "Hill"
    assert text_in(data.meta.summary, "az") == "Who held what"
    assert data.bounds == (9, 49, 13, 52)
    assert data.meta.view.max_zoom == 10
    assert data.meta.milestones[0].date == date(2021, 3, 10)
    assert data.meta.languages == ("en", "az")


@pytest.mark.parametrize("day", ["2021-03-15", "'2021-03-15'"])
def test_a_day_in_dataset_yaml_may_stand_in_quotes_or_not(make_dataset: Make, day: str) -> None:
    text = yaml.safe_dump({**META, "date": "DAY"}).replace("DAY", day)
    data = geomap_sources.open(make_dataset([HELD], raw={"dataset.yaml": text}))
    assert data.meta.date == date(2021, 3, 15)


def test_without_a_view_the_map_shows_all_regions_with_some_room(make_dataset: Make) -> None:
    west, south, east, north = geomap_sources.open(make_dataset([HELD])).bounds
    assert 9 < west < 10
    assert 49 < south < 50
    assert 12 < east < 13
    assert 51 < north < 52


def test_only_the_dataset_s_own_files_are_read(make_dataset: Make) -> None:
    extra = {"README.md": b"\xff", "build_regions.py": "raise", "regions/LICENSE": "{"}
    data = geomap_sources.open(make_dataset([HELD], raw=extra))
    assert data.version == geomap_sources.open(make_dataset([HELD])).version


@pytest.mark.parametrize(
    "change",
    [
        {"claims": [HELD, HELD]},
        {"meta": {"title": "Another"}},
        {"raw": {"context/x.geojson": '{"type": "Feature", "geometry": null}'}},
        {"regions": {"hill": REGIONS["hill"]}},
    ],
)
def test_the_version_changes_with_every_file(make_dataset: Make, change: dict) -> None:
    base = geomap_sources.open(make_dataset([HELD]))
    other, _ = geomap_sources.load(make_dataset(**{"claims": [HELD], **change}))
    assert other.version != base.version
    assert other != base


def test_context_is_read_beside_the_regions(make_dataset: Make) -> None:
    lake = json.dumps(region("blue", square(10, 50), kind="lake"))
    raw = {"context/water.geojson": lake}
    data = geomap_sources.open(make_dataset([HELD], raw=raw))
    assert list(data.context["kind"]) == ["lake"]


# Between the files


@pytest.mark.parametrize(
    ("properties", "column"),
    [
        ({**WITHIN, "lies_within": "atlantis"}, "lies_within"),
        ({**WITHIN, "lies_within:source": "gazette"}, "lies_within:source"),
        ({"lies_within": "south"}, "lies_within:source"),
    ],
)
def test_what_a_region_lies_within_needs_an_actor_and_a_source(
    make_dataset: Make, properties: dict, column: str
) -> None:
    hill = region("hill", square(10, 50), **properties)
    fault = the_fault(make_dataset([HELD], regions={"hill": hill}))
    assert (fault.file, fault.column) == ("regions/hill.geojson", column)


def test_overlapping_regions_are_a_fault_of_the_dataset(make_dataset: Make) -> None:
    over = region("mound", square(10.5, 50))
    fault = the_fault(make_dataset([HELD], regions={"hill": REGIONS["hill"], "mound": over}))
    assert (fault.file, fault.column) == ("regions/hill.geojson", "geometry")


def test_a_claim_may_not_name_a_region_by_its_file(make_dataset: Make) -> None:
    files = {"mound": REGIONS["hill"], "vale": REGIONS["vale"]}
    fault = the_fault(make_dataset([{**HELD, "region": "mound"}], regions=files))
    assert (fault.file, fault.row, fault.column) == ("claims.csv", 2, "region")
    data = geomap_sources.open(make_dataset([HELD], regions=files))
    assert statuses(data, "2021-03-15")[0].actor == "north"


def test_a_broken_region_is_one_fault_not_one_for_each_of_its_claims(make_dataset: Make) -> None:
    folder = make_dataset([HELD, HELD], regions={**REGIONS, "hill": {"type": "Feature"}})
    assert {f.file for f in check(folder)} == {"regions/hill.geojson"}


def test_every_region_of_a_broken_collection_may_be_named_by_claims(make_dataset: Make) -> None:
    broken = region("vale", {"type": "Point", "coordinates": [1, 2]})
    both = {"type": "FeatureCollection", "features": [REGIONS["hill"], broken]}
    claims = [HELD, {**HELD, "event": "vale-held", "region": "vale"}]
    fault = the_fault(make_dataset(claims, regions={"all": both}))
    assert (fault.file, fault.column) == ("regions/all.geojson", "geometry")


@pytest.mark.parametrize(
    "document",
    [
        [],
        region("", square(10, 50), name="Hill", ID="hill"),
        region("Hill", square(10, 50)),
        region("vale", square(20, 50)),
    ],
)
def test_a_region_without_its_id_is_one_fault_not_one_for_each_claim(
    make_dataset: Make, document: object
) -> None:
    regions = {"vale": REGIONS["vale"], "x": document}
    folder = make_dataset([HELD, HELD], regions=regions)
    assert the_fault(folder).file == "regions/x.geojson"


def test_a_broken_source_is_one_fault_not_one_for_each_that_names_it(make_dataset: Make) -> None:
    meta = {"milestones": [{"date": "2021-03-10", "label": "X", "source": "s00"}]}
    sources = [{**SOURCES[0], "published": "soon"}, *SOURCES[1:]]
    hill = region("hill", square(10, 50), **WITHIN)
    folder = make_dataset([HELD], meta=meta, sources=sources, regions={"hill": hill})
    assert the_fault(folder).file == "sources.csv"


VIEW = {"view": {"bounds": [9, 49, 13, 52]}}


@pytest.mark.parametrize(
    ("geometry", "message"),
    [
        (square(50, 10), "lies outside the map's view; are longitude and latitude swapped?"),
        (square(20, 20), "lies outside the map's view; correct it, or view.bounds in dataset.yaml"),
    ],
)
def test_a_region_outside_the_view_is_named(
    make_dataset: Make, geometry: dict, message: str
) -> None:
    regions = {"away": region("hill", geometry), "vale": REGIONS["vale"]}
    fault = the_fault(make_dataset([HELD], meta=VIEW, regions=regions))
    assert (fault.file, fault.column) == ("regions/away.geojson", "geometry")
    assert message in fault.message
    assert check(make_dataset([HELD], regions=regions)) == []


def test_a_region_that_the_view_cuts_is_in_it(make_dataset: Make) -> None:
    meta = {"view": {"bounds": [10.5, 50.5, 11.5, 50.7]}}
    assert check(make_dataset([HELD], meta=meta)) == []


# All at once


def bad_everywhere(make_dataset: Make) -> Path:
    return make_dataset(
        [HELD, {**HELD, "date": "soon"}, {**HELD, "actor": "nobody"}],
        meta={"date": "1999-01-01", "colour": "red"},
        actors=[{**ACTORS[0], "colour": "blue"}, *ACTORS[1:], ACTORS[1]],
        sources=[*SOURCES[:-1], {**SOURCES[-1], "url": "javascript:alert(1)"}],
        regions={**REGIONS, "vale": region("vale", {"type": "Point", "coordinates": [1, 2]})},
        raw={"context/x.geojson": "{"},
    )


def test_all_faults_come_at_once_by_file_and_row(make_dataset: Make) -> None:
    faults = check(bad_everywhere(make_dataset))
    assert {(f.file, f.row, f.column) for f in faults} == {
        ("dataset.yaml", None, "colour"),
        ("actors.csv", 2, "colour"),
        ("actors.csv", 5, "id"),
        ("sources.csv", len(SOURCES) + 1, "url"),
        ("claims.csv", 3, "date"),
        ("claims.csv", 4, "actor"),
        ("regions/vale.geojson", None, "geometry"),
        ("context/x.geojson", None, None),
    }


def test_opening_raises_one_error_with_all_of_them(make_dataset: Make) -> None:
    folder = bad_everywhere(make_dataset)
    with pytest.raises(DatasetError) as error:
        geomap_sources.open(folder)
    faults = check(folder)
    assert error.value.faults == tuple(faults)
    text = str(error.value)
    assert text.startswith(f"{folder.name} has {len(faults)} faults:")
    assert all(str(fault) in text for fault in faults)
    assert "claims.csv, row 3, column date: 'soon' is not a date" in text


def test_faults_of_a_table_come_in_the_order_of_its_rows(make_dataset: Make) -> None:
    folder = make_dataset([{**HELD, "event": f"e{n}", "date": "soon"} for n in range(12)])
    for faults in (check(folder), check(make_dataset([{**HELD, "date": "x"}] * 12, meta={"x": 1}))):
        rows = [f.row for f in faults if f.file == "claims.csv"]
        assert rows == sorted(rows)
        assert len(rows) >= 12


def test_doubts_are_reported_but_leave_a_dataset_sound(make_dataset: Make) -> None:
    folder = make_dataset([HELD], actors=[{**ACTORS[0], "name:english": "X"}, *ACTORS[1:]])
    (doubt,) = check(folder)
    assert doubt.doubt
    assert str(doubt).startswith("doubt: actors.csv, row 1, column name:english: ")
    assert geomap_sources.open(folder).ledger.actors
    (folder / "claims.csv").unlink()
    assert len(check(folder)) == 2
    with pytest.raises(DatasetError, match="has 1 fault:") as error:
        geomap_sources.open(folder)
    assert [fault.file for fault in error.value.faults] == ["claims.csv"]


# The built-in dataset


def test_the_built_in_dataset_passes_the_check(builtin) -> None:
    assert check() == []
    assert builtin.id == "handover-2020"
    assert geomap_sources.open().version == builtin.version


@pytest.mark.parametrize(
    ("texts", "language", "expected"),
    [
        ({"en": "a", "az": "b"}, "az", "b"),
        ({"en": "a", "az": ""}, "az", "a"),
        ({"": "plain"}, "hy", "plain"),
        ({"ru": "только"}, "en", "только"),
        ({}, "en", ""),
    ],
)
def test_a_text_falls_back_to_english_then_to_what_there_is(
    texts: dict, language: str, expected: str
) -> None:
    assert text_in(texts, language) == expected


def test_a_name_falls_back_to_the_one_that_was_written() -> None:
    names = {"az": "Təpə", "hy": ""}
    assert [name_in("Hill", names, code) for code in ("az", "hy", "ru")] == ["Təpə", "Hill", "Hill"]
