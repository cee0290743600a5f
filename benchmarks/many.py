"""What many regions cost: opening, a status, and a page with its map, by how many there are."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import brotli
from rich.console import Console
from rich.table import Table

import geomap
from benchmarks._many import write_many
from geomap.web import create_app

VERTICES = 300
MOST: dict[int, tuple[float, float, float, float, float]] = {
    100: (2, 0.3, 0.03, 3, 150e3),
    3000: (2, 0.3, 0.03, 3, 1e6),
}
"""By number of regions, with ten claims each: seconds to open, for the first status, for another
day and for the embed's first answer, and the embed's compressed bytes."""
_T = TypeVar("_T")


def run() -> bool:
    """Print the table; return whether every limit was kept."""
    table = Table("what", *(f"{regions:,} regions" for regions in MOST), title="Many regions")
    columns = [_measure(regions) for regions in MOST]
    names = ("open, s", "first status, s", "another day, s", "embed made in, s", "embed, bytes")
    kept = True
    for row, name in enumerate(names):
        cells = []
        for measured, most in zip(columns, MOST.values(), strict=True):
            kept = kept and measured[row] <= most[row]
            cells.append(f"{measured[row]:,.3g} (limit {most[row]:,.3g})")
        table.add_row(name, *cells)
    Console().print(table)
    return kept


def _measure(regions: int) -> list[float]:
    with tempfile.TemporaryDirectory() as folder:
        path = write_many(Path(folder) / "many", regions, VERTICES, 10 * regions)
        opened, data = _timed(lambda: geomap.open(path))
    first, _ = _timed(lambda: data.status_on("2020-06-01"))
    other, _ = _timed(lambda: data.status_on("2020-06-02"))
    client = create_app([data]).test_client()
    made, answer = _timed(lambda: client.get("/many/embed"))
    return [opened, first, other, made, len(brotli.compress(answer.data, quality=5))]


def _timed(call: Callable[[], _T]) -> tuple[float, _T]:
    start = time.perf_counter()
    value = call()
    return time.perf_counter() - start, value
