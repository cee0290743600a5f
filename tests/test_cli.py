"""The command line: help, usage, `check`, and that every command is documented."""

from __future__ import annotations

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
from click.testing import Result
from commands import failed
from datasets import ACTORS, SOURCES, claim, dataset_files, write_zip

import geomap
from geomap import sources as datasets
from geomap.cli import main

ROOT = Path(__file__).parent.parent
COMMANDS = ("serve", "check", "diff", "status", "export")


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
