"""What the documentation shows is run: Python sessions, and the commands after `$`."""

from __future__ import annotations

import doctest
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import needs
import pytest

import geomap
import geomap.api
from geomap.formats import FORMATS

ROOT = Path(__file__).resolve().parents[1]
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
SHOWN = "http://localhost:8000"
CONSOLE = re.compile(r"^```(?:console)?\n(\$ .*?)^```$", re.DOTALL | re.MULTILINE)
# What commands may begin with, and the Debian package that has it.
PROGRAMS = {
    "geomap": "",
    "python": "",
    "curl": "curl",
    "ogrinfo": "gdal-bin",
    "ogr2ogr": "gdal-bin",
}
COMPARED = ("geomap", "curl", "ogr2ogr")  # ogrinfo says the same in other words in each version
NOT_HERE = "geomap serve"  # does not end; the address it would have is `live_server`'s


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `handover.*`: the built-in dataset as `geomap export` writes it."""
    folder = tmp_path_factory.mktemp("exported")
    for ending in FORMATS:
        geomap.open().export(str(folder / f"handover.{ending}"))
    return folder


def test_docstrings() -> None:
    results = doctest.testmod(geomap.api)
    assert results.attempted > 5
    assert not results.failed


def commands(path: Path) -> list[tuple[str, str]]:
    """Return the commands of a page's blocks, each with what it is shown to print."""
    return [
        (command, printed)
        for block in CONSOLE.findall(path.read_text(encoding="utf-8"))
        for piece in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]
        for command, _, printed in [re.sub(r"\\\n\s*", "", piece).partition("\n")]
    ]


@pytest.mark.slow
@pytest.mark.parametrize(
    "path",
    [path for path in PAGES if commands(path) or ">>> " in path.read_text(encoding="utf-8")],
    ids=lambda path: path.name,
)
def test_what_a_page_shows(
    path: Path, exported: Path, live_server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page's commands work one after the other, then its Python session in the same folder."""
    shutil.copytree(exported, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)
    for command, printed in commands(path):
        if not command.startswith(NOT_HERE):
            program = command.split()[0]
            needs.program(program, package=PROGRAMS[program])
            run_command(command, printed, live_server)
    run_session(path, live_server)


def run_command(command: str, printed: str, address: str) -> None:
    """Run one command; what it prints is what the page shows, `…` standing for anything."""
    bash = ["bash", "-euo", "pipefail", "-c", command.replace(SHOWN, address)]
    run = subprocess.run(bash, capture_output=True, text=True, check=False)
    assert (run.returncode != 0) == ("Error:" in printed), f"$ {command}\n{run.stderr}"
    if command.startswith(COMPARED):
        shown = printed.replace("…", "...").replace(SHOWN, address)
        got = run.stdout + run.stderr
        options = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
        assert doctest.OutputChecker().check_output(shown, got, options), f"$ {command}\n{got}"


def run_session(path: Path, address: str) -> None:
    """Run a page's `>>>` lines as one session; the marks of its code blocks are left out."""
    text = path.read_text(encoding="utf-8").replace(SHOWN, address)
    text = re.sub("^```.*$", "", text, flags=re.MULTILINE)
    session = doctest.DocTestParser().get_doctest(text, {}, path.name, str(path), 0)
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    output: list[str] = []
    runner.run(session, out=output.append)
    assert not runner.failures, "".join(output)


def test_links_between_pages_lead_somewhere() -> None:
    for path in PAGES:
        for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", path.read_text("utf-8")):
            assert (path.parent / target).exists(), f"{path.name}: {target}"
