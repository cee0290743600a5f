"""What the embed of many regions costs, by how many there are."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import brotli
from rich.console import Console
from rich.table import Table

import geomap
from benchmarks._many import write_many
from geomap.web import create_app

VERTICES = 300
MOST: dict[int, tuple[float, float]] = {100: (3, 150e3), 3000: (3, 1e6)}
"""By number of regions, with ten claims each: seconds to the embed's first answer, and its
compressed bytes."""


def run() -> bool:
    """Print the table; return whether every limit was kept."""
    table = Table("what", *(f"{regions:,} regions" for regions in MOST), title="Many regions")
    columns = [_measure(regions) for regions in MOST]
    names = ("embed made in, s", "embed, bytes")
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
        data = geomap.open(path)
    client = create_app([data]).test_client()
    start = time.perf_counter()
    answer = client.get("/many/embed")
    made = time.perf_counter() - start
    return [made, len(brotli.compress(answer.data, quality=5))]
