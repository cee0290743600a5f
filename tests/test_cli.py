"""The commands as a person types them: what they print, and what they say to a mistake."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result
from datasets import ACTORS, SOURCES, claim, dataset_files, write_zip
from rich.cells import cell_len

import geomap
from geomap import sources as datasets
from geomap.cli import main
from geomap.core.dataset import Dataset
from geomap.feeds import FEEDS
from geomap.formats import FORMATS, LEDGER
from geomap.formats.styles import STYLES
from geomap.picture.film import FILM_TYPES
from geomap.picture.picture import PICTURE_TYPES
from geomap.web import Settings, create_app

ROOT = Path(__file__).parent.parent
needs_limits = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limits")
COMMANDS = ("serve", "check", "diff", "status", "export")


@pytest.fixture
def run(runner: CliRunner) -> Callable[..., Result]:
    """A function that runs a command at a width of the terminal."""
    return lambda *args, width=100: runner.invoke(
        main, [str(a) for a in args], env={"COLUMNS": str(width)}
    )


def failed(result: Result) -> str:
    """Return the one message of a command that failed as it should."""
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.startswith("Error: ")
    assert "Traceback" not in result.stderr
    return result.stderr.removeprefix("Error: ").strip()


def test_help_names_every_command(run: Callable[..., Result]) -> None:
    for arguments in (["--help"], ["-h"]):
        result = run(*arguments)
        assert result.exit_code == 0
        for name in COMMANDS:
            assert re.search(rf"^  {name} ", result.output, re.MULTILINE)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(run: Callable[..., Result], name: str) -> None:
    assert run(name, "--help").exit_code == 0


def test_help_is_not_cut(run: Callable[..., Result]) -> None:
    assert "..." not in run("--help", width=80).output.partition("Commands:")[2]


def python_m_geomap(*arguments: str, **environment: str) -> dict[str, Any]:
    return {
        "args": [sys.executable, "-m", "geomap", *arguments],
        "env": {**os.environ, "COLUMNS": "100", **environment},
    }


def test_a_terminal_without_the_letters_gets_the_rest() -> None:
    call = python_m_geomap("status", "--lang", "hy", PYTHONIOENCODING="cp1252")
    result = subprocess.run(**call, capture_output=True, check=True)
    assert b"?" in result.stdout
    assert result.stderr == b""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only some systems have it")
@pytest.mark.parametrize("command", ["status", "--help"])
def test_output_that_nothing_takes_is_one_sentence(command: str) -> None:
    with Path("/dev/full").open("wb") as full:
        call = python_m_geomap(command)
        result = subprocess.run(**call, stdout=full, stderr=subprocess.PIPE, text=True)
    assert result.returncode == 1
    assert result.stderr == "Error: the output cannot be written: No space left on device\n"


def test_version(run: Callable[..., Result]) -> None:
    assert geomap.__version__ in run("--version").output


@pytest.mark.parametrize(
    "arguments", [["fly"], ["status", "--days", "3"], ["serve", "--port", "x"]]
)
def test_a_call_that_cannot_be_read_is_a_usage_error(
    run: Callable[..., Result], arguments: list[str]
) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert "Usage: " in result.stderr


def test_python_dash_m_geomap_is_the_command() -> None:
    result = subprocess.run(
        [sys.executable, "-m", "geomap", "status", "--date", "2020-12-01"],
        capture_output=True,
        text=True,
        env={**os.environ, "COLUMNS": "100", "PYTHONIOENCODING": "utf-8"},
        check=True,
    )
    assert "As of 1 December 2020, Aghdam and Kalbajar have been handed over" in result.stdout


# check ------------------------------------------------------------------------------------------


def test_check_of_a_sound_dataset(
    run: Callable[..., Result], make_dataset: Callable[..., Path], tmp_path: Path
) -> None:
    rows = [claim(id, "control", "north", "1990", region=id) for id in ("hill", "vale")]
    archive = write_zip(tmp_path / "a.zip", dataset_files(rows, sources=SOURCES[:1]), prefix="a/")
    for dataset in (make_dataset(rows, sources=SOURCES[:1]), archive):
        result = run("check", dataset)
        assert result.exit_code == 0
        assert result.output == f"{dataset} is sound: 2 regions, 2 claims by 1 source\n"


def test_check_lists_every_fault(
    run: Callable[..., Result], make_dataset: Callable[..., Path]
) -> None:
    rows = [
        claim("a", "control", "nord", "1990"),
        claim("b", "handover", "north", "2021-02-30"),
        claim("c", "handover", "north", ""),
        claim("d", "due", "north", "2021-03-10", source="reuters"),
        claim("e", "control", "north", "1990", region="dale"),
    ]
    broken = {"regions/vale.geojson": '{"type": "Feature", "properties": {"id": "vale"}}'}
    folder = make_dataset(rows, meta={"date": "2022-01-01"}, raw=broken)
    result = run("check", folder)
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    for expected in (
        "dataset.yaml, column date: 2022-01-01 lies outside the period",
        "claims.csv, row 2, column actor: there is no actor 'nord'; is 'north' meant?",
        "claims.csv, row 3, column date: ",
        "claims.csv, row 4, column date: is empty",
        "claims.csv, row 5, column source: there is no source 'reuters'",
        "claims.csv, row 6, column region: there is no region 'dale'; is 'vale' meant?",
        "regions/vale.geojson",
    ):
        assert any(line.startswith(expected) for line in lines), expected
    assert result.stderr == f"{len(lines)} faults in {folder}\n"


def test_check_prints_no_more_faults_than_anybody_reads(
    run: Callable[..., Result], make_dataset: Callable[..., Path]
) -> None:
    folder = make_dataset([claim("a", "control", "north", "soon")] * 250, meta={"colour": "red"})
    result = run("check", folder)
    lines = result.stdout.splitlines()
    assert len(lines) == 202
    assert lines[-1] == "claims.csv: … and 50 more"
    assert result.stderr == f"251 faults in {folder}\n"
    assert failed(run("status", folder)).endswith("claims.csv: … and 50 more")


def test_faults_are_capped_over_all_files_too(
    run: Callable[..., Result], make_dataset: Callable[..., Path]
) -> None:
    broken = {f"regions/r{n:04}.geojson": "{" for n in range(1500)}
    lines = run("check", make_dataset(raw=broken)).stdout.splitlines()
    assert len(lines) == 1001
    assert lines[-1] == "… and 500 more in 500 other files"


def test_a_doubt_is_printed_and_does_not_fail(
    run: Callable[..., Result], make_dataset: Callable[..., Path]
) -> None:
    actors = [{**row, "name:english": "X"} for row in ACTORS]
    folder = make_dataset(actors=actors)
    result = run("check", folder)
    assert result.exit_code == 0
    doubt, *others, summary = result.stdout.splitlines()
    assert doubt.startswith("doubt: actors.csv, row 1, column name:english: ")
    assert summary.startswith(f"{folder} is sound, with {len(others) + 1} doubts: 2 regions")
    folder = make_dataset(actors=actors, meta={"colour": "red"})
    result = run("check", folder)
    assert result.exit_code == 1
    assert result.stderr == f"1 fault and 1 doubt in {folder}\n"
    assert run("status", make_dataset(actors=actors)).exit_code == 0


def test_every_command_lists_the_faults_of_an_unsound_dataset(
    run: Callable[..., Result], make_dataset: Callable[..., Path], tmp_path: Path
) -> None:
    folder = make_dataset(raw={"actors.csv": "id,name\nnorth,the North\n"})
    target = tmp_path / "out.csv"
    for arguments in (["status", folder], ["export", folder, target], ["serve", folder]):
        said = failed(run(*arguments))
        assert said.startswith(f"{folder.name} has 1 fault:")
        assert "actors.csv, row 1, column colour: is missing from the header" in said
    assert not target.exists()


@pytest.mark.parametrize("command", ["check", "status", "serve"])
def test_a_dataset_that_is_not_there(
    run: Callable[..., Result], tmp_path: Path, command: str
) -> None:
    missing = tmp_path / "nothing"
    said = failed(run(command, missing))
    assert said == f"there is no dataset folder or .zip file {str(missing)!r}"


# status -----------------------------------------------------------------------------------------


def test_status_tells_a_reader_what_they_need(run: Callable[..., Result]) -> None:
    result = run("status")
    assert result.exit_code == 0
    words = " ".join(result.output.split())
    assert "The handover of Kalbajar, Aghdam and Lachin" in words
    assert (
        "As of 30 November 2020, Aghdam and Kalbajar have been handed over to Azerbaijan." in words
    )
    wide = run("status", width=300).output
    lachin = next(line for line in wide.splitlines() if "◪ Lachin" in line)
    assert "Due to be handed over to Azerbaijan by 1 December." in lachin
    assert "Truce text, clause 6" in lachin
    for name in ("Aghdam", "Kalbajar"):
        assert f"■ {name}" in wide
    assert "◧ Nagorno-Karabakh" in wide  # half held is not held


@pytest.mark.parametrize("width", [40, 60, 80, 100, 140, 300])
@pytest.mark.parametrize("day", ["2020-09-27", "2020-11-30"])
def test_status_fits_the_terminal(run: Callable[..., Result], width: int, day: str) -> None:
    lines = run("status", "--date", day, width=width).output.splitlines()
    assert max(cell_len(line) for line in lines) <= width
    assert all(line == line.rstrip() or cell_len(line) <= width for line in lines)


def test_status_is_coloured_in_a_terminal_only() -> None:
    pty = pytest.importorskip("pty")
    command = [sys.executable, "-m", "geomap", "status"]
    seen = {}
    for name, more in (("colours", {}), ("none", {"NO_COLOR": "1"})):
        ours, theirs = pty.openpty()
        env = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "COLORTERM")}
        env |= {"TERM": "xterm-256color", "COLUMNS": "200", **more}
        with subprocess.Popen(command, stdout=theirs, env=env) as process:
            os.close(theirs)
            text = b""
            with contextlib.suppress(OSError):  # the end of a terminal is an error
                while part := os.read(ours, 65536):
                    text += part
        os.close(ours)
        assert process.returncode == 0
        seen[name] = text.decode()
    assert re.search(r"\x1b\[38;5;\d+m■", seen["colours"])
    assert not re.search(r"\x1b\[38|\x1b\[3[0-7]", seen["none"])


def test_status_takes_the_same_questions_as_the_page(run: Callable[..., Result]) -> None:
    later = run("status", "--date", "2020-11-30", "--known", "2020-11-20", width=300).output
    assert "Was due to be handed over to Azerbaijan on 25 November" in later
    alone = run("status", "--date", "2020-11-12", "--sources", "ap-2020-11-30", width=300).output
    assert "? Aghdam" in alone
    assert "Not clear on this date" in alone
    unknown = run("status", "--known", "2020-01-01", width=300).output
    assert "□ Lachin" in unknown
    assert "Not known: none of the sources shown says who holds it." in unknown


def test_status_as_json_is_the_public_rows(run: Callable[..., Result]) -> None:
    rows = json.loads(run("status", "--json", "--date", "2020-11-30").output)
    table = geomap.open().status_on("2020-11-30")
    assert [row["id"] for row in rows] == list(table["id"])
    assert list(rows[0]) == [name for name in table.columns if name != "geometry"]
    kalbajar = next(row for row in rows if row["id"] == "kalbajar")
    assert kalbajar["handover_due_first"] == "2020-11-15"
    assert kalbajar["handover_date"] == "2020-11-25"
    assert kalbajar["overdue"] is False


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--date", "someday"], "date: 'someday' is not a day; write it as 2020-11-25"),
        (["--date", "2021-01-01"], "date: 2021-01-01 lies outside 2020-09-27 to 2020-12-01"),
        (["--known", "2020-13-01"], "known: '2020-13-01': there is no such day"),
        (["--sources", "reuters"], "sources: there is no source 'reuters'; this dataset has ap-"),
    ],
)
@pytest.mark.parametrize("command", ["status", "export"])
def test_a_wrong_question_gets_a_sentence(
    run: Callable[..., Result],
    tmp_path: Path,
    command: str,
    arguments: list[str],
    sentence: str,
) -> None:
    target = [tmp_path / "out.geojson"] if command == "export" else []
    assert failed(run(command, *target, *arguments)).startswith(sentence)
    assert not list(tmp_path.iterdir())


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


# documentation ----------------------------------------------------------------------------------


def documented() -> str:
    """Return everything that the project's own documents say."""
    files = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    return "\n".join(file.read_text("utf-8") for file in files)


def options(command: click.Command) -> list[str]:
    names = [n for p in command.params if isinstance(p, click.Option) for n in p.opts]
    return [name for name in names if name.startswith("--") and name != "--help"]


@pytest.mark.parametrize("name", sorted(main.commands))
def test_every_command_and_option_is_documented(name: str) -> None:
    text = documented()
    assert f"geomap {name}" in text
    # In the command's own section: an option of the same name elsewhere does not count.
    section = re.search(rf"^## geomap {name}\b.*?(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert section, f"docs/commands.md needs a section '## geomap {name}'"
    missing = [
        o for o in options(main.commands[name]) if not re.search(rf"{o}(?![\w-])", section[0])
    ]
    assert not missing


def test_no_document_names_a_command_or_option_that_is_not_there() -> None:
    text = documented()
    assert set(re.findall(r"^## geomap (\w+)", text, re.MULTILINE)) == set(main.commands)
    known = {name for command in main.commands.values() for name in options(command)}
    for section in re.findall(r"^## geomap .*?(?=^## |\Z)", text, re.MULTILINE | re.DOTALL):
        named = set(re.findall(r"`(--[\w-]+)`", section))
        assert named <= known | {"--help", "--version"}


def test_the_built_in_dataset_is_what_a_command_without_dataset_uses(
    run: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    rows: list[dict[str, Any]] = json.loads(run("status", "--json").output)
    assert [row["id"] for row in rows] == list(datasets.open().regions["id"])


def test_words_in_a_terminal_do_not_load_what_draws_maps() -> None:
    code = "import geomap.cli, geomap.terminal, sys; print({'folium', 'requests'} & {*sys.modules})"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "set()"
