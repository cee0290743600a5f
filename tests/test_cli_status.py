"""`geomap status`: who holds what, as a table and as JSON."""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from commands import failed
from rich.cells import cell_len

import geomap

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
