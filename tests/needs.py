"""What some tests need and a machine may lack: a program, a package, the network.

A test that lacks it is skipped, and pytest's summary says how to get it. In CI it fails, so that
nothing is left out there unnoticed.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest

DEBIAN = "apt-get install {}"


def missing(what: str, how: str) -> NoReturn:
    """Skip the running test because `what` is missing; `how` says how to get it."""
    reason = f"{what} is missing: {how}"
    if os.environ.get("CI", "").lower() in ("1", "true"):
        pytest.fail(f"{reason} (in CI no test may be left out)", pytrace=False)
    pytest.skip(reason)


def program(*names: str, package: str) -> str:
    """Return the path of the first of these programs that is installed.

    `package` is the Debian package that has it.
    """
    for name in names:
        if path := shutil.which(name):
            return path
    missing(names[0], DEBIAN.format(package))


def chromium() -> str:
    """Return the path of Chromium: of its build without windows, which does the same in half the time,
    else of the whole.
    """
    names = ("chromium-headless-shell", "chromium", "chromium-browser")
    return program(*names, package="chromium-headless-shell")


def postgres() -> Path:
    """Return the folder of PostgreSQL's programs, which has PostGIS; Debian has them on no path."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for folder in folders:
        extensions = Path("/usr/share/postgresql", folder.parent.name, "extension")
        if (folder / "postgres").exists() and (extensions / "postgis.control").exists():
            return folder
    missing("PostgreSQL with PostGIS", DEBIAN.format("postgresql-15-postgis-3"))
