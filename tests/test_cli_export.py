"""`geomap export`: every format, and that no file is ever half-written."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from commands import failed

from geomap.core.dataset import Dataset
from geomap.feeds import FEEDS
from geomap.formats import FORMATS, LEDGER
from geomap.formats.styles import STYLES
from geomap.picture.film import FILM_TYPES
from geomap.picture.picture import PICTURE_TYPES
from geomap.web import Settings, create_app

needs_limits = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limits")


# export -----------------------------------------------------------------------------------------


def test_export_writes_what_the_page_shows(run: Callable[..., Result], tmp_path: Path) -> None:
    geojson, table = tmp_path / "a.geojson", tmp_path / "A.CSV"
    assert run("export", geojson, "--date", "2020-11-20").exit_code == 0
    result = run("export", table, "--date", "2020-11-20", "--known", "2020-11-24")
    assert result.output == f"{table}: {table.stat().st_size:,} bytes\n"
    document = json.loads(geojson.read_bytes())
    by_id = {f["properties"]["id"]: f["properties"] for f in document["features"]}
    assert by_id["aghdam"]["control_status"] == "handed_over"
    rows = list(csv.DictReader(io.StringIO(table.read_text("utf-8-sig"))))
    assert {row["as_of"] for row in rows} == {"2020-11-20"}
    assert {row["known"] for row in rows} == {"2020-11-24"}


def test_export_takes_a_dataset_first(
    run: Callable[..., Result], make_dataset: Callable[..., Path], tmp_path: Path
) -> None:
    target = tmp_path / "a.geojson"
    assert run("export", make_dataset(), target).exit_code == 0
    ids = [f["properties"]["id"] for f in json.loads(target.read_bytes())["features"]]
    assert ids == ["hill", "vale"]


def test_export_lists_every_format(run: Callable[..., Result]) -> None:
    lines = run("export", "--list").output.splitlines()
    endings = (*FORMATS, "pmtiles", *STYLES, *PICTURE_TYPES, *FILM_TYPES, "html", *FEEDS)
    assert [line.split()[0] for line in lines if line[0] == "."] == [f".{one}" for one in endings]
    layers = [line.split()[1] for line in lines if line.startswith("--layer")]
    assert layers == [*LEDGER, "package"]


PAGE = "https://maps.example.org/handover-2020/"


@pytest.mark.parametrize(
    ("file", "arguments", "address"),
    [
        ("a.csv", ["--layer", "claims"], "claims.csv"),
        ("a.json", ["--layer", "events", "--known", "2020-11-20"], "events.json?known=2020-11-20"),
        ("a.json", ["--layer", "package"], "datapackage.json"),
        ("a.pmtiles", ["--lang", "az"], "tiles.pmtiles?lang=az"),
        ("a.html", ["--date", "2020-11-20"], "map.html?date=2020-11-20"),
        ("a.ics", ["--page", PAGE], "handovers.ics"),
        ("a.atom", ["--page", PAGE, "--lang", "ru"], "feed.atom?lang=ru"),
    ],
)
def test_export_writes_what_the_service_answers(
    builtin: Dataset,
    run: Callable[..., Result],
    tmp_path: Path,
    file: str,
    arguments: list[str],
    address: str,
) -> None:
    service = create_app([builtin], Settings(base_url="https://maps.example.org")).test_client()
    result = run("export", tmp_path / file, *arguments)
    assert result.exit_code == 0, result.output
    expected = service.get(f"/{builtin.id}/{address}").data
    if file == "a.atom":  # which names its own address, here without the language
        expected = expected.replace(b"feed.atom?lang=ru", b"feed.atom")
    assert (tmp_path / file).read_bytes() == expected


def test_a_feed_asks_for_the_address_of_its_page(
    run: Callable[..., Result], tmp_path: Path
) -> None:
    result = run("export", tmp_path / "a.atom")
    assert result.exit_code == 2
    assert "--page" in result.stderr


def test_export_without_a_file_says_how_to_call_it(run: Callable[..., Result]) -> None:
    for arguments in ([], ["a", "b", "c.csv"]):
        result = run("export", *arguments)
        assert result.exit_code == 2
        assert "give one FILE" in result.stderr


def test_an_unknown_ending_gets_the_list(run: Callable[..., Result], tmp_path: Path) -> None:
    said = failed(run("export", tmp_path / "a.doc"))
    assert said.startswith("'a.doc' has no ending that names a format; there are .")
    assert not list(tmp_path.iterdir())


@pytest.fixture
def targets(tmp_path: Path) -> dict[str, Path]:
    """Places where no file can be written."""
    folder = tmp_path / "folder.csv"
    folder.mkdir()
    (tmp_path / "file").write_text("")
    return {
        "missing folder": tmp_path / "nowhere" / "a.csv",
        "a directory": folder,
        "below a file": tmp_path / "file" / "a.csv",
        "too long": tmp_path / f"{'a' * 300}.csv",
    }


@pytest.mark.parametrize("kind", ["missing folder", "a directory", "below a file", "too long"])
def test_a_file_that_cannot_be_written_is_one_sentence(
    run: Callable[..., Result], targets: dict[str, Path], tmp_path: Path, kind: str
) -> None:
    before = sorted(tmp_path.rglob("*"))
    said = failed(run("export", targets[kind]))
    assert said.startswith(f"{str(targets[kind])!r} cannot be written: ")
    assert sorted(tmp_path.rglob("*")) == before


def test_a_file_is_replaced_whole_or_not_at_all(run: Callable[..., Result], tmp_path: Path) -> None:
    target = tmp_path / "a.csv"
    target.write_text("what was there before")
    assert run("export", target, "--date", "someday").exit_code == 1
    assert target.read_text() == "what was there before"
    longest = tmp_path / f"{'a' * 251}.csv"
    assert run("export", longest).exit_code == 0
    longest.unlink()
    assert run("export", target).exit_code == 0
    assert target.read_bytes().startswith(b"\xef\xbb\xbfid,name,")
    assert list(tmp_path.iterdir()) == [target]


def exports(setup: str, target: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run an export in a process of its own, after some Python that limits what it can do."""
    code = f"import resource, signal, os\n{setup}\nimport geomap.cli; geomap.cli.main()"
    return subprocess.run(
        [sys.executable, "-c", code, "export", str(target)],
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
    )


@needs_limits
def test_a_disk_that_takes_no_more_is_one_sentence(tmp_path: Path) -> None:
    target = tmp_path / "a.geojson"
    target.write_text("what was there before")
    result = exports("resource.setrlimit(resource.RLIMIT_FSIZE, (9000, 9000))", target)
    assert result.returncode == 1
    assert result.stderr == f"Error: {str(target)!r} cannot be written: File too large\n"
    assert target.read_text() == "what was there before"
    assert list(tmp_path.iterdir()) == [target]


@needs_limits
def test_ctrl_c_leaves_nothing_half_written(tmp_path: Path) -> None:
    setup = """
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it
def interrupted(descriptor):
    os.kill(os.getpid(), signal.SIGINT)
os.fsync = interrupted
"""
    result = exports(setup, tmp_path / "a.geojson")
    assert result.returncode == 1
    assert "Aborted!" in result.stderr
    assert list(tmp_path.iterdir()) == []


@needs_limits
@pytest.mark.parametrize("ending", ["gpkg", "fgb", "shp.zip"])
def test_a_temporary_folder_that_takes_nothing_is_one_sentence(tmp_path: Path, ending: str) -> None:
    setup = "resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))"
    result = exports(setup, tmp_path / f"a.{ending}")
    assert result.returncode == 1
    assert result.stderr.startswith("Error: a temporary file cannot be written: ")
    assert result.stderr.endswith("; make room there, or set TMPDIR to another folder\n")
    assert list(tmp_path.iterdir()) == []


def test_a_link_stays_and_a_file_keeps_its_mode(run: Callable[..., Result], tmp_path: Path) -> None:
    target, link = tmp_path / "real" / "a.csv", tmp_path / "a.csv"
    target.parent.mkdir()
    target.write_text("before")
    target.chmod(0o640)
    link.symlink_to(Path("real", "a.csv"))
    assert run("export", link).exit_code == 0
    assert link.is_symlink()
    assert target.read_bytes().startswith(b"\xef\xbb\xbfid,name,")
    assert target.stat().st_mode & 0o777 == 0o640
    circle = tmp_path / "circle.csv"
    circle.symlink_to(circle)
    assert "cannot be written" in failed(run("export", circle))
