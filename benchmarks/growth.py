"""How cost grows with the number of regions: each thing's seconds and bytes, and a picture of both.

Every size is measured in a process of its own with a limit of time, the largest last, so that what
takes too long is a gap in the table and not a benchmark that never ends.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from rich.console import Console
from rich.table import Table

from benchmarks._many import write_many

SIZES = {10: 60, 100: 60, 1_000: 60, 10_000: 120, 100_000: 240}
"""Numbers of regions, and the seconds that each may take in all; ten claims a region."""
VERTICES = 30
PICTURE = Path(__file__).parents[1] / "docs" / "growth.svg"
_BYTES = ("embed, compressed", "page, compressed")
_T = TypeVar("_T")


def run() -> bool:
    """Print the table and write the picture; there is no limit to miss."""
    measured = {regions: _measured(regions) for regions in SIZES}
    names = list(dict.fromkeys(name for values in measured.values() for name in values))
    table = Table("what", *(f"{regions:,}" for regions in SIZES), title="How cost grows")
    for name in names:
        cells = [_cell(name, measured[regions].get(name)) for regions in SIZES]
        table.add_row(name, *cells)
    Console(width=120).print(table)
    _draw(measured, names)
    print(f"the picture is {PICTURE}")
    return True


def _measured(regions: int) -> dict[str, float]:
    """Run this module for one size, and return what it measured before its time was over."""
    with tempfile.TemporaryDirectory() as folder:
        path = write_many(Path(folder) / "many", regions, VERTICES, 10 * regions)
        command = [sys.executable, "-m", "benchmarks.growth", str(path)]
        with (Path(folder) / "measured").open("w+") as lines:
            process = subprocess.Popen(command, stdout=lines)
            try:
                process.wait(SIZES[regions])
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            lines.seek(0)
            return {name: value for line in lines for name, value in json.loads(line).items()}


def _cell(name: str, value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value / 1e3:,.0f} kB" if name in _BYTES else f"{value:,.3g} s"


def _draw(measured: dict[int, dict[str, float]], names: list[str]) -> None:
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams |= {"svg.hashsalt": "geomap", "svg.fonttype": "none"}
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(1, 2, figsize=(11, 5.5), width_ratios=(3, 2))
    for name in names:
        points = [(n, values[name]) for n, values in measured.items() if values.get(name)]
        axis = axes[1] if name in _BYTES else axes[0]
        axis.loglog(*zip(*points, strict=True), marker="o", label=name)
    for axis, unit in zip(axes, ("seconds", "bytes"), strict=True):
        axis.set(xlabel="regions", ylabel=unit)
        axis.grid(visible=True, which="major", alpha=0.4)
        axis.legend(fontsize=8)
    figure.tight_layout()
    figure.savefig(PICTURE, format="svg", metadata={"Date": None})
    plt.close(figure)


# In the process of one size ---------------------------------------------------------------------


def _measure(path: Path) -> None:
    import brotli

    import geomap
    from geomap.web import create_app

    data = _timed("open", lambda: geomap.open(path))
    _timed("first status", lambda: data.status_on("2020-06-01"))
    _timed("another day", lambda: data.status_on("2020-06-02"))
    client = create_app([data]).test_client()
    items = "/ogc/collections/many.regions/items?limit=10"
    answers = {
        "OGC page, first": items,
        "OGC page, another": f"{items}&offset=40",
        "OGC page, bbox and datetime": f"{items}&bbox=10,20,10.6,20.6&datetime=2020-06-01",
        "feed": "/many/feed.atom",
        "calendar": "/many/handovers.ics",
        "GeoJSON": "/many/regions.geojson",
        "TopoJSON": "/many/regions.topojson",
        "embed": "/many/embed",
        "page": "/many/",
    }
    for name, address in answers.items():
        answer = _timed(name, lambda address=address: client.get(address))
        if answer.status_code != 200:
            raise SystemExit(f"{address}: {answer.status_code}")
        if f"{name}, compressed" in _BYTES:
            _note(f"{name}, compressed", len(brotli.compress(answer.data, quality=5)))


def _timed(name: str, call: Callable[[], _T]) -> _T:
    start = time.process_time()
    value = call()
    _note(name, time.process_time() - start)
    return value


def _note(name: str, value: float) -> None:
    print(json.dumps({name: value}), flush=True)


if __name__ == "__main__":
    _measure(Path(sys.argv[1]))
