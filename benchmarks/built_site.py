"""The site that `geomap build` writes, on nginx with the file that it writes for nginx, against nginx
giving the same bytes from one plain file each. Ratios within one run; 8 connections, 2 workers.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from benchmarks._service import fetch, free_port, load, nginx_service, running

LEAST, MOST_SECONDS, MOST_AGAIN = 0.9, 60, 2
ROUNDS, SECONDS = 3, 3
PATHS = {
    "list of maps": "/",
    "page": "/handover-2020/",
    "embed": "/handover-2020/embed/",
    "GeoJSON": "/handover-2020/regions.geojson",
    "picture": "/handover-2020/map.svg",
}
_NGINX = """
worker_processes 2; daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 256; }}
http {{
  access_log off; sendfile on;
  server {{ listen 127.0.0.1:{port}; root {site}; include {site}/nginx.conf; }}
}}
"""
_GZIP = {"Accept-Encoding": "gzip"}


def run() -> bool:
    """Print the table; return whether every limit was kept."""
    if not shutil.which("wrk") or not (shutil.which("nginx") or shutil.which("/usr/sbin/nginx")):
        print("built_site: needs wrk and nginx (apt-get install wrk nginx)")
        return False
    table = Table(
        "what", "built site", "plain file", "ratio", "limit", title="The built site, on nginx"
    )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        first, again = _build(folder / "site"), _build(folder / "site")
        kept = [first <= MOST_SECONDS, again <= MOST_AGAIN]
        with _site(folder, folder / "site") as ours:
            bodies = {
                name: fetch(ours + path, accept_encoding="gzip")[0] for name, path in PATHS.items()
            }
            with nginx_service(
                2, {name.replace(" ", "-"): b for name, b in bodies.items()}
            ) as plain:
                for name, path in PATHS.items():
                    pairs = [
                        (_rate(ours, path), _rate(plain, f"/{name.replace(' ', '-')}"))
                        for _ in range(ROUNDS)
                    ]
                    ratio = median(mine / theirs for mine, theirs in pairs)
                    mine, theirs = (median(column) for column in zip(*pairs, strict=True))
                    kept.append(ratio >= LEAST)
                    size = f"{name}, {len(bodies[name]) / 1e3:,.1f} kB"
                    table.add_row(
                        size, f"{mine:,.0f}/s", f"{theirs:,.0f}/s", f"{ratio:.2f}", f"{LEAST}"
                    )
    table.add_row("built in", f"{first:.1f} s", "", "", f"{MOST_SECONDS} s")
    table.add_row("built again, nothing changed", f"{again:.1f} s", "", "", f"{MOST_AGAIN} s")
    Console().print(table)
    return all(kept)


def _rate(base: str, path: str) -> float:
    return load(base, [path], SECONDS, once=False, **_GZIP).each_second


def _build(folder: Path) -> float:
    """Build the built-in dataset's site; return the seconds it took."""
    command = [sys.executable, "-m", "geomap", "build", str(folder)]
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - start


@contextmanager
def _site(folder: Path, site: Path) -> Iterator[str]:
    """Run nginx over a built site; yield its address."""
    port = free_port()
    config = folder / "nginx.conf"
    config.write_text(_NGINX.format(folder=folder, site=site, port=port))
    nginx = shutil.which("nginx") or "/usr/sbin/nginx"
    with running([nginx, "-c", config], port) as address:
        yield address
