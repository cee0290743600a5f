"""The second dataset, and that it comes out of the commands which the tutorial prints."""

from __future__ import annotations

import runpy
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import geomap
from geomap import desk
from geomap.cli import main

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "examples/hong-kong-macau"
PUBLISHING = "8. On your web space"


def test_the_example_is_sound_and_leaves_no_doubt() -> None:
    checked = desk.check(EXAMPLE)
    assert checked.dataset is not None
    assert checked.faults == []


@pytest.mark.parametrize(
    ("day", "hong_kong", "macau"),
    [
        ("1985-05-26", ("held", "united-kingdom"), ("held", "portugal")),
        ("1985-05-27", ("due", "united-kingdom"), ("held", "portugal")),
        ("1997-06-30", ("due", "united-kingdom"), ("due", "portugal")),
        ("1997-07-01", ("handed_over", "china"), ("due", "portugal")),
        ("1999-12-20", ("handed_over", "china"), ("handed_over", "china")),
    ],
)
def test_each_territory_is_agreed_on_then_handed_over(
    day: str, hong_kong: tuple[str, str], macau: tuple[str, str]
) -> None:
    rows = geomap.open(EXAMPLE).status_on(day).set_index("id")
    statuses = rows[["control_status", "actor"]].apply(tuple, axis=1)
    assert (statuses["hong-kong"], statuses["macau"]) == (hong_kong, macau)


def test_the_tutorial_makes_the_example(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, runner: CliRunner
) -> None:
    """Up to its publication: what serves is left out, as it changes nothing."""
    tutorial = runpy.run_path(str(ROOT / "docs/tutorial.py"))
    page = tutorial["part"](tutorial["PAGE"].read_text(encoding="utf-8"), PUBLISHING)
    (tmp_path / "geomap").symlink_to(ROOT)
    (tmp_path / "newsroom").mkdir()
    monkeypatch.chdir(tmp_path / "newsroom")
    output = "".join(_do(step, tutorial, runner) for step in tutorial["steps"](page))
    assert "'1 July 1997' is not a date; write 1997-07-01" in output
    made, kept = _files(Path("hong-kong-macau")), _files(EXAMPLE)
    guides = {"README.md"}  # The guide of `geomap new` there, the example's own here.
    assert made.keys() == kept.keys()
    assert [name for name in made if name not in guides and made[name] != kept[name]] == []


def _do(step: Any, tutorial: dict[str, Any], runner: CliRunner) -> str:
    """Do a step of the tutorial here; return what `geomap` printed."""
    if isinstance(step, tutorial["File"]):
        Path(step.path).write_text(step.text, encoding="utf-8")
    if not isinstance(step, tutorial["Commands"]):
        return ""
    output = ""
    for line in tutorial["lines"](step):
        program, _, arguments = line.partition(" ")
        if program != "geomap":
            subprocess.run(["bash", "-c", line], check=True)
        elif not tutorial["SERVES"].search(line):
            may_fail = arguments.endswith("|| true")
            result = runner.invoke(main, shlex.split(arguments.removesuffix("|| true")))
            assert result.exit_code == int(may_fail), result.output
            output += result.output
    return output


def _files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }
