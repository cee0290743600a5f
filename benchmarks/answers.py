"""How fast the core answers: a status from Python, and GeoJSON against `GeoDataFrame.to_json`."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import geopandas as gpd
from rich.console import Console
from rich.table import Table

import geomap
from benchmarks._many import write_many
from geomap.formats import export_regions

MOST_STATUS_MS = 1.0
LEAST_GEOJSON = 4.0
REGIONS, VERTICES = 3000, 300


def run() -> bool:
    """Print the table; return whether every limit was kept."""
    table = Table("what", "here", "beside it", "ratio", "limit", title="Answers")
    builtin = geomap.open()
    builtin.status_on()
    one = _seconds(lambda: builtin.status_on("2020-11-12"), 200) * 1e3
    table.add_row("status_on, built-in dataset", f"{one:.2f} ms", "", "", f"{MOST_STATUS_MS} ms")
    with tempfile.TemporaryDirectory() as folder:
        many = geomap.open(write_many(Path(folder) / "many", REGIONS, VERTICES, 2 * REGIONS))
    frame = gpd.GeoDataFrame(many.status_on().assign(sources=""), geometry="geometry")
    export_regions(many, "geojson")
    ours = _seconds(lambda: export_regions(many, "geojson"), 5)
    theirs = _seconds(frame.to_json, 3)
    ratio = theirs / ours
    what = f"GeoJSON of {REGIONS:,} regions with {VERTICES} vertices, against to_json"
    limit = f"at least {LEAST_GEOJSON:.0f}"
    table.add_row(what, f"{ours:.3f} s", f"{theirs:.3f} s", f"{ratio:.1f}", limit)
    Console().print(table)
    return one <= MOST_STATUS_MS and ratio >= LEAST_GEOJSON


def _seconds(call: Callable[[], object], rounds: int) -> float:
    taken = []
    for _ in range(rounds):
        start = time.perf_counter()
        call()
        taken.append(time.perf_counter() - start)
    return median(taken)
