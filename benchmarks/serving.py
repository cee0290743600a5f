"""How fast finished responses are served: against nginx with the same bytes from disk, and against
a Flask view that draws with Folium on each request. Ratios within one run; 8 connections, 2 workers.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from statistics import median

from rich.console import Console
from rich.table import Table

from benchmarks._service import (
    fetch,
    free_port,
    geomap_service,
    nginx_service,
    requests_per_second,
)

PATHS = {
    "embed": "/handover-2020/embed",
    "GeoJSON": "/handover-2020/regions.geojson",
}
ROUNDS = 3
LEAST, LEAST_304, LEAST_FOLIUM, MOST_START = 0.9, 0.5, 500.0, 2.0
FOLIUM_APP = """
import folium, geomap
from flask import Flask
from werkzeug.serving import make_server
app, data = Flask("folium"), geomap.open()
@app.get("/")
def view():
    frame = data.status_on("2020-11-30").drop(columns=["sources"])
    drawn = folium.Map([39.8, 46.6], zoom_start=8)
    folium.GeoJson(frame, tooltip=folium.GeoJsonTooltip(["name"])).add_to(drawn)
    return drawn.get_root().render()
import logging; logging.getLogger("werkzeug").disabled = True
make_server("127.0.0.1", {port}, app, threaded=True).serve_forever()
"""


def run() -> bool:
    """Print the table; return whether every limit was kept."""
    if not shutil.which("wrk") or not (shutil.which("nginx") or shutil.which("/usr/sbin/nginx")):
        print("serving: needs wrk and nginx (apt-get install wrk nginx)")
        return False
    table = Table("what", "here", "beside it", "ratio", "limit", title="Serving")
    kept = []
    gzip = {"Accept_Encoding": "gzip"}
    with geomap_service(2) as ours:
        bodies = {name: fetch(ours + path, **gzip)[0] for name, path in PATHS.items()}
        with nginx_service(2, bodies) as nginx:
            for name, path in PATHS.items():
                ratio, mine, theirs = _compare(ours + path, f"{nginx}/{name}", gzip, gzip)
                kept.append(ratio >= LEAST)
                _row(table, f"{name}, gzip, against nginx", mine, theirs, ratio, LEAST)
            path = PATHS["embed"]
            tags = [
                {**gzip, "If_None_Match": fetch(at, **gzip)[1]["etag"]}
                for at in (ours + path, f"{nginx}/embed")
            ]
            ratio, mine, theirs = _compare(ours + path, f"{nginx}/embed", *tags)
            kept.append(ratio >= LEAST_304)
            _row(table, "embed, 304, against nginx", mine, theirs, ratio, LEAST_304)
        port = free_port()
        process = subprocess.Popen([sys.executable, "-c", FOLIUM_APP.replace("{port}", str(port))])
        try:
            time.sleep(4)
            theirs = requests_per_second(f"http://127.0.0.1:{port}/", 6)
        finally:
            process.terminate()
        mine = requests_per_second(ours + PATHS["embed"], **gzip)
        kept.append(mine / theirs >= LEAST_FOLIUM)
        _row(table, "embed, against Folium per request", mine, theirs, mine / theirs, LEAST_FOLIUM)
    start = time.perf_counter()
    with geomap_service(1) as ours:
        fetch(f"{ours}/")
        taken = time.perf_counter() - start
    kept.append(taken <= MOST_START)
    table.add_row("first page after start", f"{taken:.2f} s", "", "", f"at most {MOST_START:.0f} s")
    Console().print(table)
    return all(kept)


def _compare(
    ours: str, theirs: str, mine: dict[str, str], others: dict[str, str]
) -> tuple[float, float, float]:
    """Measure two addresses by turns; return the median ratio and both medians."""
    pairs = [
        (requests_per_second(ours, **mine), requests_per_second(theirs, **others))
        for _ in range(ROUNDS)
    ]
    ratio = median(a / b for a, b in pairs)
    return ratio, median(a for a, _ in pairs), median(b for _, b in pairs)


def _row(table: Table, what: str, mine: float, theirs: float, ratio: float, least: float) -> None:
    table.add_row(what, f"{mine:,.0f}/s", f"{theirs:,.0f}/s", f"{ratio:.2f}", f"at least {least}")
