"""How fast finished responses are served: against the same server with fixed bytes from a bare app,
which is its limit, against nginx with the same bytes from disk, and against a Flask view that draws
with Folium on each request. Ratios within one run; 8 connections, 2 workers.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

from rich.console import Console
from rich.table import Table

from benchmarks._service import (
    fetch,
    free_port,
    geomap_service,
    nginx_service,
    requests_per_second,
    running,
)

PATHS = {
    "embed": "/handover-2020/embed",
    "GeoJSON": "/handover-2020/regions.geojson",
}
ROUNDS = 3
LEAST, LEAST_FOLIUM, MOST_START = 0.9, 500.0, 2.0
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
        tag = {**gzip, "If_None_Match": fetch(ours + PATHS["embed"], **gzip)[1]["etag"]}
        with _bare_service(ours, tag) as bare:
            for name, path in PATHS.items():
                ratio, mine, theirs = _compare(ours + path, f"{bare}/{name}", gzip, gzip)
                kept.append(ratio >= LEAST)
                _row(table, f"{name}, gzip, against fixed bytes", mine, theirs, ratio, LEAST)
            ratio, mine, theirs = _compare(ours + PATHS["embed"], f"{bare}/304", tag, tag)
            kept.append(ratio >= LEAST)
            _row(table, "embed, 304, against a fixed 304", mine, theirs, ratio, LEAST)
        with nginx_service(2, bodies) as nginx:
            for name, path in PATHS.items():
                ratio, mine, theirs = _compare(ours + path, f"{nginx}/{name}", gzip, gzip)
                _row(table, f"{name}, gzip, against nginx", mine, theirs, ratio, None)
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


@contextmanager
def _bare_service(ours: str, tag: dict[str, str]) -> Iterator[str]:
    """Run the bare app with the answers of ours, headers and all, and a 304 to `tag`."""
    answers = {f"/{name}": _answer(ours + path) for name, path in PATHS.items()}
    answers["/304"] = _answer(ours + PATHS["embed"], **tag)
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "answers.json")
        file.write_text(json.dumps(answers))
        command = [sys.executable, "-m", "benchmarks._bare", str(port), "2", str(file)]
        with running(command, port, "embed") as address:
            yield address


def _answer(address: str, **headers: str) -> tuple[str, list[tuple[str, str]], str]:
    """Return an answer's status, headers and body, as gzip."""
    connection = HTTPConnection(urlsplit(address).netloc, timeout=30)
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request("GET", urlsplit(address).path, headers={"Accept-Encoding": "gzip", **sent})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    # These two are the server's own.
    given = [
        header for header in answer.getheaders() if header[0].lower() not in ("date", "server")
    ]
    return f"{answer.status} {answer.reason}", given, body.decode("latin-1")


def _row(
    table: Table, what: str, mine: float, theirs: float, ratio: float, least: float | None
) -> None:
    limit = f"at least {least}" if least else ""
    table.add_row(what, f"{mine:,.0f}/s", f"{theirs:,.0f}/s", f"{ratio:.2f}", limit)
