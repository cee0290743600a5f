"""What it costs to open a dataset and to say who holds what: the built-in one and many regions.

Processor time of one process, which is the wall's on a quiet machine, and its largest memory.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks._many import write_many

_MEASURES = ("open, s", "first status, s", "next day, s", "far day, s", "memory, MB")
_REPEATED = 200


class _Case:
    """A dataset to measure: how large, and the limits of `_MEASURES`, None for none."""

    def __init__(
        self, name: str, size: tuple[int, int, int] | None, limits: tuple[float | None, ...]
    ) -> None:
        self.name, self.size, self.limits = name, size, limits


_CASES = (
    _Case("built-in", None, (None, None, 0.001, None, 200)),
    _Case("3,000 × 300 vertices, 30,000 claims", (3_000, 300, 30_000), (2, 0.3, 0.03, None, None)),
    _Case(
        "100,000 × 48 vertices, 1,000,000 claims",
        (100_000, 48, 1_000_000),
        (60, None, 0.1, None, 4096),
    ),
)


def run() -> bool:
    """Print the table; return whether every limit was kept."""
    table = Table("what", *(case.name for case in _CASES), title="Opening and status")
    columns = [_measured(case) for case in _CASES]
    kept = True
    for row, name in enumerate(_MEASURES):
        cells = []
        for case, measured in zip(_CASES, columns, strict=True):
            limit = case.limits[row]
            kept = kept and (limit is None or measured[row] <= limit)
            cells.append(f"{measured[row]:,.3g}" + (f" (limit {limit:,})" if limit else ""))
        table.add_row(name, *cells)
    Console().print(table)
    return kept


def _measured(case: _Case) -> list[float]:
    """Return the measures of a case, each taken in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        path = [str(write_many(Path(folder) / "many", *case.size))] if case.size else []
        command = [sys.executable, "-m", "benchmarks.reading", *path]
        answer = subprocess.run(command, check=True, capture_output=True, text=True)
    measures: list[float] = json.loads(answer.stdout)
    return measures


def _measure(address: str | None) -> list[float]:
    import geomap

    geomap.open()  # what is imported is no part of it
    opened, dataset = _timed(lambda: geomap.open(address))
    first = dataset.period.start + (dataset.period.end - dataset.period.start) / 2
    first_status, _ = _timed(lambda: dataset.status_on(first))
    next_day, _ = _timed(lambda: dataset.status_on(first + timedelta(days=1)))
    far_day, _ = _timed(lambda: dataset.status_on(dataset.period.end))
    if address is None:
        again = [_timed(lambda: dataset.status_on(first))[0] for _ in range(_REPEATED)]
        next_day = min(again)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return [opened, first_status, next_day, far_day, memory]


def _timed(call: Callable[[], Any]) -> tuple[float, Any]:
    start = time.process_time()
    value = call()
    return time.process_time() - start, value


if __name__ == "__main__":
    print(json.dumps(_measure(*(sys.argv[1:] or [None]))))
