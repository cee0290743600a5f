"""QGIS, where Debian's package is installed: runs a script in its own Python."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import needs

PYTHON = "/usr/bin/python3"


def seen_by_qgis(script: str, argument: str) -> dict[str, Any]:
    """Return what a script of this folder prints as JSON in QGIS's Python.

    The test is skipped where QGIS is missing.
    """
    # A Python of Debian's own: nothing of ours may reach it.
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    environment = {**clean, "QT_QPA_PLATFORM": "offscreen"}
    there = (
        Path(PYTHON).exists()
        and not subprocess.run(
            [PYTHON, "-c", "import qgis.core"], capture_output=True, env=environment
        ).returncode
    )
    if not there:
        needs.missing("QGIS", needs.DEBIAN.format("python3-qgis"))
    done = subprocess.run(
        [PYTHON, str(Path(__file__).with_name(script)), argument],
        capture_output=True,
        text=True,
        timeout=120,
        env=environment,
    )
    # Headless QGIS may stumble over its own shutdown, after everything is printed.
    lines = done.stdout.strip().splitlines()
    assert lines, done.stderr
    seen: dict[str, Any] = json.loads(lines[-1])
    return seen
