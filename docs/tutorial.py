"""Run the tutorial as it is printed, and take its pictures.

    python docs/tutorial.py                all of it, pictures too: needs Chromium and PostGIS
    python docs/tutorial.py --until TEXT   up to the heading that holds TEXT, without pictures

What runs is what the page shows. A `sh` block is run line by line in one folder, commands that
serve stay running in the background; a block of another kind with a path behind its language is
written to that file; each picture is taken where it stands, of the address that its title gives.
PostgreSQL is that of the environment (PGHOST, PGUSER, …).
"""

from __future__ import annotations

import argparse
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PAGE = Path(__file__).with_suffix(".md")
CHECKOUT = PAGE.parents[1]
SERVES = re.compile(r"geomap serve\b|python3 -m http\.server\b")
BLOCK = re.compile(r"^```(\w+)(?: +(\S+))?\n(.*?)^```$", re.DOTALL | re.MULTILINE)
PICTURE = re.compile(r'^!\[.*?\]\((\S+?) "(http\S+) (\d+)×(\d+)"\)$', re.MULTILINE)
STEP = re.compile(f"{BLOCK.pattern}|{PICTURE.pattern}", re.DOTALL | re.MULTILINE)
PATIENCE = 60.0  # seconds that a server has for its first answer


@dataclass(frozen=True)
class Commands:
    """The lines of one `sh` block."""

    text: str


@dataclass(frozen=True)
class File:
    """A file that the page prints, with its path in the reader's folder."""

    path: str
    text: str


@dataclass(frozen=True)
class Picture:
    """A picture of an address, with the size of its frame in pixels."""

    name: str
    url: str
    width: int
    height: int


Step = Commands | File | Picture


def steps(page: str) -> Iterator[Step]:
    """Yield what the page has its reader do, in its order."""
    for match in STEP.finditer(page):
        language, path, text, name, url, width, height = match.groups()
        if name:
            yield Picture(name, url, int(width), int(height))
        elif language == "sh":
            yield Commands(text)
        elif path:
            yield File(path, text)


def part(page: str, until: str | None) -> str:
    """Return the page up to the heading that holds `until`, or all of it."""
    if until is None:
        return page
    start = re.search(rf"^#+ .*{re.escape(until)}", page, re.MULTILINE)
    if start is None:
        raise SystemExit(f"{PAGE.name} has no heading with {until!r}")
    return page[: start.start()]


def lines(block: Commands) -> list[str]:
    """Return the commands of a block, each on one line."""
    return block.text.replace("\\\n", " ").splitlines()


def run(page: str, folder: Path, browser: Any = None) -> None:
    """Do what a page says, in `folder`, which gets the reader's files.

    Without a `browser` no picture is taken. Raises CalledProcessError where a command fails.
    """
    (folder / "geomap").symlink_to(CHECKOUT)
    desk = folder / "newsroom"
    desk.mkdir()
    with ExitStack() as servers:
        for step in steps(page):
            if isinstance(step, File):
                path = desk / step.path
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(step.text, encoding="utf-8")
            elif isinstance(step, Commands):
                _run_commands(step, desk, servers)
            elif browser is not None:
                _take(step, browser)


def _run_commands(block: Commands, desk: Path, servers: ExitStack) -> None:
    """Run the lines of a block; a serving one goes on, and stops those that served before it."""
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }
    for line in lines(block):
        print(f"$ {line}", flush=True)
        if SERVES.search(line):
            servers.close()
            servers.enter_context(_serving(line, desk, environment))
        else:
            subprocess.run(["bash", "-c", line], cwd=desk, env=environment, check=True)


@contextmanager
def _serving(line: str, desk: Path, environment: dict[str, str]) -> Iterator[None]:
    """Run a command that serves until the context ends, once it answers."""
    process = subprocess.Popen(
        ["bash", "-c", f"exec {line}"], cwd=desk, env=environment, start_new_session=True
    )
    try:
        port = re.search(r"(?:--port |http\.server )(\d+)", line)
        _wait_for(f"http://127.0.0.1:{port[1] if port else 8000}/", process)
        yield
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    """Return when an address answers."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.2)
    raise SystemExit(f"nothing answers at {url}")


def _take(picture: Picture, browser: Any) -> None:
    """Save a picture of an address beside the page."""
    size = {"width": picture.width, "height": picture.height}
    page = browser.new_page(viewport=size, color_scheme="light")
    page.goto(picture.url, wait_until="networkidle")
    page.wait_for_timeout(1000)  # The map fades in.
    page.screenshot(path=PAGE.parent / picture.name)
    page.close()


def main() -> int:
    """Run the tutorial in a temporary folder."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--until", metavar="TEXT")
    until = options.parse_args().until
    page = part(PAGE.read_text(encoding="utf-8"), until)
    with tempfile.TemporaryDirectory() as folder:
        if until is not None:
            run(page, Path(folder))
            return 0
        from playwright.sync_api import sync_playwright

        with sync_playwright() as play:
            browser = play.chromium.launch(
                executable_path="/usr/bin/chromium",
                args=["--no-sandbox", "--disable-background-networking"],
            )
            run(page, Path(folder), browser)
            browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
