"""How fast the core answers: a status from Python, and GeoJSON against `GeoDataFrame.to_json`."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import geopandas as gpd
import numpy as np
import orjson
import shapely
from rich.console import Console
from rich.table import Table

import geomap
from geomap.formats import export_regions

MOST_STATUS_MS = 1.0
LEAST_GEOJSON = 4.0
REGIONS, VERTICES = 3000, 300
DATASET = """id: many
title: Many regions
period: {start: 2020-01-01, end: 2020-12-31}
date: 2020-12-31
licence: {name: CC0-1.0}
attribution: none
"""


def run() -> bool:
    """Print the table; return whether every limit was kept."""
    table = Table("what", "here", "beside it", "ratio", "limit", title="Answers")
    builtin = geomap.open()
    builtin.status_on()
    one = _seconds(lambda: builtin.status_on("2020-11-12"), 200) * 1e3
    table.add_row("status_on, built-in dataset", f"{one:.2f} ms", "", "", f"{MOST_STATUS_MS} ms")
    with tempfile.TemporaryDirectory() as folder:
        many = geomap.open(_many(Path(folder)))
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


def _many(folder: Path) -> Path:
    """Write a dataset of many round regions, each held and then handed over."""
    (folder / "regions").mkdir()
    (folder / "dataset.yaml").write_text(DATASET)
    (folder / "actors.csv").write_text("id,name,colour\na,A,#2a78b5\nb,B,#e08a2c\n")
    header = "id,publisher,title,published,url,language,kind\n"
    (folder / "sources.csv").write_text(f"{header}s,P,T,2020-07-01,,en,news\n")
    rows = ["event,region,kind,actor,date,since,part,source,locator,withdrawn"]
    features = []
    angles = np.linspace(0, 2 * np.pi, VERTICES, endpoint=False)
    circle = np.column_stack([np.cos(angles), np.sin(angles)]) * 0.2
    for number in range(REGIONS):
        ring = circle + np.array([(number % 60) * 0.5 - 20, (number // 60) * 0.5])
        polygon = shapely.Polygon(ring.round(6))
        features.append(
            {
                "type": "Feature",
                "properties": {"id": f"r{number}", "name": f"Region {number}"},
                "geometry": shapely.geometry.mapping(polygon),
            }
        )
        rows.append(f"held-{number},r{number},control,a,2019,,,s,p. 1,")
        rows.append(f"gone-{number},r{number},handover,b,2020-06-{number % 28 + 1:02},,,s,p. 2,")
    collection = {"type": "FeatureCollection", "features": features}
    (folder / "regions" / "all.geojson").write_bytes(orjson.dumps(collection))
    (folder / "claims.csv").write_text("\n".join(rows) + "\n")
    return folder
