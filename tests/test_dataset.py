"""Opening a dataset from a folder or a zip, and checking it as a whole."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import yaml
from datasets import ACTORS, META, REGIONS, SOURCES, claim, dataset_files, region, square, write_zip

from geomap import dataset as geomap_dataset
from geomap.dataset import check, text_in
from geomap.errors import DatasetError, Fault, NotFound
from geomap.status import statuses

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
    data = geomap_dataset.open(folder)
    assert data.id == "test"
    assert (data.period.start, data.period.end) == (date(2021, 3, 1), date(2021, 3, 31))
    assert data.meta.date == date(2021, 3, 15)
    assert [c.event for c in data.ledger.claims] == ["held"]
    assert list(data.regions["id"]) == ["hill", "vale"]
    assert data.claims_csv == (folder / "claims.csv").read_bytes()
    assert geomap_dataset.open(str(folder)) == data


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
    data = geomap_dataset.open(make_dataset([HELD], meta=meta))
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
    data = geomap_dataset.open(make_dataset([HELD], raw={"dataset.yaml": text}))
    assert data.meta.date == date(2021, 3, 15)


def test_without_a_view_the_map_shows_all_regions_with_some_room(make_dataset: Make) -> None:
    west, south, east, north = geomap_dataset.open(make_dataset([HELD])).bounds
    assert 9 < west < 10
    assert 49 < south < 50
    assert 12 < east < 13
    assert 51 < north < 52


def test_only_the_dataset_s_own_files_are_read(make_dataset: Make) -> None:
    extra = {"README.md": b"\xff", "build_regions.py": "raise", "regions/notes.txt": "{"}
    data = geomap_dataset.open(make_dataset([HELD], raw=extra))
    assert data == geomap_dataset.open(make_dataset([HELD]))


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
    base = geomap_dataset.open(make_dataset([HELD]))
    other, _ = geomap_dataset.load(make_dataset(**{"claims": [HELD], **change}))
    assert other.version != base.version
    assert other != base


def test_context_is_read_beside_the_regions(make_dataset: Make) -> None:
    lake = '{"type":"Feature","properties":{"kind":"lake","name":"Blue"},"geometry":{"type":"Point"'
    raw = {"context/water.geojson": lake + ',"coordinates":[10,50]}}'}
    data = geomap_dataset.open(make_dataset([HELD], raw=raw))
    assert list(data.context["kind"]) == ["lake"]


# From a zip


@pytest.mark.parametrize("prefix", ["", "data/", "my map/data/"])
def test_a_zip_gives_the_same_dataset_as_its_folder(
    make_dataset: Make, tmp_path: Path, prefix: str
) -> None:
    path = write_zip(tmp_path / "data.zip", dataset_files([HELD]), prefix)
    assert check(path) == []
    assert geomap_dataset.open(path) == geomap_dataset.open(make_dataset([HELD]))


def test_what_a_zip_holds_beside_the_dataset_is_left_alone(tmp_path: Path) -> None:
    files = dataset_files([HELD])
    evil = {
        "../claims.csv": b"evil",
        "../../regions/hill.geojson": b"evil",
        "/etc/passwd": b"evil",
        "regions/../claims.csv": b"evil",
        "regions/deep/x.geojson": b"evil",
        "__MACOSX/regions/._hill.geojson": b"evil",
        "other/dataset.yaml": b"evil",
    }
    plain = geomap_dataset.open(write_zip(tmp_path / "plain.zip", files))
    before = sorted(tmp_path.rglob("*"))
    path = write_zip(tmp_path / "evil.zip", {**evil, **files})
    assert geomap_dataset.open(path) == plain
    assert sorted(tmp_path.rglob("*")) == sorted([*before, path])


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x03\x04 not really", b"\x1f\x8b gzip"])
def test_another_kind_of_file_is_no_dataset(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "data.zip"
    path.write_bytes(content)
    fault = the_fault(path)
    assert fault.file == "data.zip"
    assert "is not a dataset folder nor a zip of one" in fault.message


def test_a_damaged_zip_is_one_fault(tmp_path: Path) -> None:
    whole = write_zip(tmp_path / "data.zip", dataset_files([HELD] * 200)).read_bytes()
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        claims = archive.getinfo("claims.csv")
    damaged = bytearray(whole)
    start = claims.header_offset + 40
    damaged[start : start + claims.compress_size] = b"\xff" * claims.compress_size
    for content in (bytes(damaged), whole[: len(whole) // 2]):
        path = tmp_path / "damaged.zip"
        path.write_bytes(content)
        assert "is not a dataset folder nor a zip of one" in the_fault(path).message


def test_a_zip_of_something_else_lacks_the_files_of_a_dataset(tmp_path: Path) -> None:
    faults = check(write_zip(tmp_path / "data.zip", {"holiday.jpg": b"x"}))
    assert {f.file for f in faults} == {
        *("dataset.yaml", "actors.csv", "sources.csv", "claims.csv", "regions/"),
    }


def test_a_member_that_unpacks_to_too_much_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(geomap_dataset, "MAX_FILE_BYTES", 2**20)
    bomb = {**dataset_files([HELD]), "regions/zz.geojson": b" " * (2**20 + 1)}
    path = write_zip(tmp_path / "bomb.zip", bomb)
    assert path.stat().st_size < 2**14
    fault = the_fault(path)
    assert fault.file == "regions/zz.geojson"
    assert "is larger than 1 MB; simplify or split it" in fault.message


def test_many_members_may_not_unpack_to_too_much_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(geomap_dataset, "MAX_TOTAL_BYTES", 2**20)
    many = {f"regions/z{n}.geojson": b" " * 2**18 for n in range(5)}
    fault = the_fault(write_zip(tmp_path / "bomb.zip", {**dataset_files([HELD]), **many}))
    assert fault.file in many
    assert "is larger than" in fault.message


def test_a_file_of_a_folder_has_a_limit_too(
    make_dataset: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(geomap_dataset, "MAX_FILE_BYTES", 2**20)
    folder = make_dataset([HELD], raw={"regions/zz.geojson": b" " * (2**20 + 1)})
    assert the_fault(folder).file == "regions/zz.geojson"


# Nothing there


@pytest.mark.parametrize("ask", [geomap_dataset.open, geomap_dataset.check])
def test_a_name_without_anything_behind_it_is_not_found(tmp_path: Path, ask: Callable) -> None:
    with pytest.raises(NotFound, match=r"there is no dataset folder or \.zip file"):
        ask(tmp_path / "nowhere")


def test_an_empty_folder_lacks_every_file(tmp_path: Path) -> None:
    assert {f.file for f in check(tmp_path)} == {
        *("dataset.yaml", "actors.csv", "sources.csv", "claims.csv", "regions/"),
    }


# dataset.yaml


@pytest.mark.parametrize(
    ("meta", "column", "message"),
    [
        ({"date": "2020-12-31"}, "date", "2020-12-31 lies outside the period 2021-03-01 to"),
        ({"date": "2021-02-30"}, "date", "no such day in the calendar"),
        ({"date": "March"}, "date", "'March' is not a day"),
        ({"period": {"start": "2021-03-31", "end": "2021-03-01"}}, "period", "before it starts"),
        ({"period": {"start": "2021-03-01"}}, "period.end", "is missing"),
        ({"period": {"start": "2021-03-00", "end": "2021-03-31"}}, "period.start", "no such day"),
        ({"titel": "X"}, "titel", "is not known here; known: id, title"),
        ({"id": "My Map"}, "id", "use lower-case letters, digits and hyphens"),
        ({"id": "../etc"}, "id", "is not an id"),
        ({"view": {"bounds": [13, 49, 9, 52]}}, "view.bounds", "west, south, east, north"),
        ({"view": {"bounds": [49, 9, 52, 200]}}, "view.bounds", "in degrees"),
        (
            {"milestones": [{"date": "2021-03-10", "label": "X", "source": "gazette"}]},
            "milestones.0.source",
            "there is no source 'gazette'",
        ),
    ],
)
def test_a_bad_entry_of_dataset_yaml_is_named(
    make_dataset: Make, meta: dict, column: str, message: str
) -> None:
    fault = the_fault(make_dataset([HELD], meta=meta))
    assert (fault.file, fault.column) == ("dataset.yaml", column)
    assert message in fault.message


@pytest.mark.parametrize("key", ["id", "title", "period", "date", "licence", "attribution"])
def test_a_missing_entry_of_dataset_yaml_is_named(make_dataset: Make, key: str) -> None:
    text = yaml.safe_dump({k: v for k, v in META.items() if k != key})
    fault = the_fault(make_dataset([HELD], raw={"dataset.yaml": text}))
    assert (fault.file, fault.column, fault.message) == ("dataset.yaml", key, "is missing")


def test_an_impossible_day_is_named_without_quotes_too(make_dataset: Make) -> None:
    text = yaml.safe_dump({**META, "date": "DAY"}).replace("DAY", "2021-02-30")
    fault = the_fault(make_dataset([HELD], raw={"dataset.yaml": text}))
    assert (fault.file, fault.column) == ("dataset.yaml", "date")
    assert "no such day in the calendar" in fault.message


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("id: test\ntitle: [unclosed\n", 3),
        ("id: test\n  title: X\n", 2),
        ("id: !!python/object/apply:os.system [ls]\n", 1),
        (b"title: caf\xe9\n", None),
        ("a: " + "[" * 5000, None),
        (f"id: {'9' * 5000}\n", None),
    ],
)
def test_broken_yaml_is_one_fault(make_dataset: Make, text: str | bytes, row: int | None) -> None:
    fault = the_fault(make_dataset([HELD], raw={"dataset.yaml": text}))
    assert (fault.file, fault.row) == ("dataset.yaml", row)
    assert "is not valid YAML" in fault.message


@pytest.mark.parametrize("text", ["", "just words", "- a\n- b\n"])
def test_yaml_without_keys_is_one_fault(make_dataset: Make, text: str) -> None:
    fault = the_fault(make_dataset([HELD], raw={"dataset.yaml": text}))
    assert (fault.file, fault.message) == ("dataset.yaml", "must hold `key: value` lines")


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
    data = geomap_dataset.open(make_dataset([HELD], regions=files))
    assert statuses(data, "2021-03-15")[0].actor == "north"


def test_a_broken_region_is_one_fault_not_one_for_each_of_its_claims(make_dataset: Make) -> None:
    folder = make_dataset([HELD, HELD], regions={**REGIONS, "hill": {"type": "Feature"}})
    assert {f.file for f in check(folder)} == {"regions/hill.geojson"}


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
        geomap_dataset.open(folder)
    faults = check(folder)
    assert error.value.faults == tuple(faults)
    text = str(error.value)
    assert text.startswith(f"{folder} has {len(faults)} faults:")
    assert all(str(fault) in text for fault in faults)
    assert "claims.csv, row 3, column date: 'soon' is not a date" in text


def test_faults_of_a_table_come_in_the_order_of_its_rows(make_dataset: Make) -> None:
    folder = make_dataset([{**HELD, "event": f"e{n}", "date": "soon"} for n in range(12)])
    for faults in (check(folder), check(make_dataset([{**HELD, "date": "x"}] * 12, meta={"x": 1}))):
        rows = [f.row for f in faults if f.file == "claims.csv"]
        assert rows == sorted(rows)
        assert len(rows) >= 12


# The built-in dataset


def test_the_built_in_dataset_passes_the_check(builtin) -> None:
    assert check() == []
    assert builtin.id == "handover-2020"
    assert geomap_dataset.open() == builtin


@pytest.mark.parametrize(
    ("texts", "language", "found"),
    [
        ({"en": "a", "az": "b"}, "az", "b"),
        ({"en": "a", "az": ""}, "az", "a"),
        ({"": "plain"}, "hy", "plain"),
        ({"ru": "только"}, "en", "только"),
        ({}, "en", ""),
    ],
)
def test_a_text_falls_back_to_english_then_to_what_there_is(
    texts: dict, language: str, found: str
) -> None:
    assert text_in(texts, language) == found
