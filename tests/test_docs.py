"""What the documentation shows is run: Python sessions, and the commands in `console` blocks."""

from __future__ import annotations

import doctest
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug.serving import make_server

import geomap
import geomap.api
from geomap.formats import FORMATS
from geomap.web import Settings, create_app

ROOT = Path(__file__).resolve().parents[1]
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
SHOWN = "http://localhost:8000"
CONSOLE = re.compile(r"^```console\n(.*?)^```$", re.DOTALL | re.MULTILINE)
# Commands that a test can run anywhere, or where their program is installed.
RUNNABLE = ("geomap", "python", "curl", "ogrinfo", "ogr2ogr", "unzip")
COMPARED = ("geomap", "curl", "ogr2ogr")  # ogrinfo says the same in other words in each version
NOT_HERE = ("geomap serve", "geomap publish", "geomap bake")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Where a running service answers, as `geomap serve` would on port 8000."""
    app = create_app([geomap.open()], Settings())
    server = make_server("localhost", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://localhost:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_docstrings() -> None:
    results = doctest.testmod(geomap.api)
    assert results.attempted > 5
    assert not results.failed


def commands(path: Path) -> list[tuple[str, str]]:
    """The commands of a page's console blocks, each with what it is shown to print."""
    found = []
    for block in CONSOLE.findall(path.read_text(encoding="utf-8")):
        for piece in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, printed = re.sub(r"\\\n\s*", "", piece).partition("\n")
            found.append((command, printed))
    return found


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_what_a_page_shows(
    path: Path, address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page's commands work one after the other, then its Python session in the same folder.

    `handover.*` is there: the built-in dataset as `geomap export` writes it.
    """
    monkeypatch.chdir(tmp_path)
    for ending in FORMATS:
        geomap.open().export(f"handover.{ending}")
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)
    for command, printed in commands(path):
        program = command.split()[0]
        if program not in RUNNABLE or command.startswith(NOT_HERE):
            continue
        if not shutil.which(program):
            reason = f"{program} is not installed here"
            pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
        run_command(command, printed, address)
    run_session(path, address)


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
    found = doctest.DocTestParser().get_doctest(text, {}, path.name, str(path), 0)
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    said: list[str] = []
    runner.run(found, out=said.append)
    assert not runner.failures, "".join(said)


def test_links_between_pages_lead_somewhere() -> None:
    for path in PAGES:
        for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", path.read_text("utf-8")):
            assert (path.parent / target).exists(), f"{path.name}: {target}"
