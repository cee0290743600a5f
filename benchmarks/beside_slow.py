"""Whether readers notice what is slow to make: a finished embed over 8 connections, while eight clients
ask for what was never asked before (pictures, pages, exports), and the same without them.
"""

from __future__ import annotations

import csv
import itertools
import multiprocessing
import random
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from http.client import HTTPConnection, HTTPException
from multiprocessing.connection import Connection
from urllib.parse import urlsplit

from rich.console import Console
from rich.table import Table

from benchmarks._service import fetch, geomap_service

DATASET = "/handover-2020"
EMBED = f"{DATASET}/embed"
WORKERS = (1, 2)
CLIENTS = 8
SECONDS = 8
MOST_TIMES, MOST_MILLISECONDS = 5.0, 100.0
"""How much longer a finished embed may take at the 99th percentile, and how long at most."""
Latency = tuple[float, float]
"""The median and the 99th percentile, in milliseconds."""


def run() -> bool:
    """Print the table; return whether every limit was kept."""
    columns = (
        "workers",
        "beside",
        "median",
        "p99",
        "p99 to quiet",
        "limit",
        "answers to the eight",
    )
    table = Table(*columns, title="A finished embed over 8 connections (ms)")
    kept = []
    for workers in WORKERS:
        with geomap_service(workers) as address:
            latencies(address + EMBED, 2)  # every worker has finished its embed
            quiet = latencies(address + EMBED)
            _row(table, workers, "nothing", quiet, "", "", "")
            for kind in KINDS:
                with SlowClients(address, kind) as clients:
                    time.sleep(3)  # until the processes have started
                    beside = latencies(address + EMBED)
                times = beside[1] / quiet[1]
                kept.append(beside[1] <= min(MOST_MILLISECONDS, MOST_TIMES * quiet[1]))
                limit = f"at most {MOST_TIMES:.0f}, {MOST_MILLISECONDS:.0f} ms"
                answers = ", ".join(f"{n} × {of}" for of, n in sorted(clients.answers.items()))
                _row(table, workers, kind, beside, f"{times:.1f}", limit, answers)
    Console().print(table)
    return all(kept)


def latencies(address: str, seconds: int = SECONDS) -> Latency:
    """Return how long answers take over 8 connections, asked for as fast as they come."""
    command = ["wrk", "-t1", "-c8", f"-d{seconds}s", "--latency", "-H", "Accept-Encoding: gzip"]
    out = subprocess.run([*command, address], check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in out or "Socket errors" in out:
        raise RuntimeError(f"{address} answered with errors:\n{out}")
    shares = dict(line.split() for line in out.splitlines() if line.strip()[:3] in ("50%", "99%"))
    return _milliseconds(shares["50%"]), _milliseconds(shares["99%"])


def _milliseconds(text: str) -> float:
    for unit, factor in (("us", 0.001), ("ms", 1.0), ("s", 1000.0)):
        if text.endswith(unit):
            return float(text.removesuffix(unit)) * factor
    raise ValueError(text)


def _row(table: Table, workers: int, beside: str, taken: Latency, *rest: str) -> None:
    table.add_row(str(workers), beside, f"{taken[0]:.1f}", f"{taken[1]:.1f}", *rest)


def never_asked_pictures(sources: list[str]) -> Iterator[str]:
    """Yield addresses of pictures, no two of the same size."""
    for number in _numbers():
        ending = ("svg", "png", "pdf")[number % 3]
        yield f"{DATASET}/map.{ending}?width={300 + number % 1000}&height={300 + number // 1000}"


def never_asked_pages(sources: list[str]) -> Iterator[str]:
    """Yield addresses of pages and embeds, no two with the same sources."""
    for number in _numbers():
        bits = number % 2 ** len(sources) or 1
        chosen = ",".join(source for place, source in enumerate(sources) if bits >> place & 1)
        yield f"{DATASET}/{'embed' if number % 2 else ''}?sources={chosen}"


def never_asked_exports(sources: list[str]) -> Iterator[str]:
    """Yield addresses of files of the regions, no two simplified alike."""
    days = [f"regions.{ending}" for ending in ("gpkg", "xlsx", "geojson", "shp.zip", "kml")]
    periods = [f"history.{ending}" for ending in ("gpkg", "xlsx", "topojson", "parquet")]
    endings = itertools.cycle([*days, *periods])
    for number in _numbers():
        yield f"{DATASET}/{next(endings)}?simplify={number / 1000}"


KINDS: dict[str, Callable[[list[str]], Iterator[str]]] = {
    "pictures": never_asked_pictures,
    "pages": never_asked_pages,
    "exports": never_asked_exports,
}


def _numbers() -> list[int]:
    return random.Random(2020).sample(range(1000 * 1000), 100_000)


class SlowClients:
    """Eight clients, in a process of their own, that ask one thing after the other in a block."""

    def __init__(self, address: str, kind: str) -> None:
        self.answers: Counter[int] = Counter()
        context = multiprocessing.get_context("spawn")
        self._ours, theirs = context.Pipe()
        arguments = (address, kind, theirs)
        self._process = context.Process(target=ask_until_told, args=arguments, daemon=True)

    def __enter__(self) -> SlowClients:
        self._process.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ours.send("stop")
        self.answers = self._ours.recv()
        self._process.join()


def ask_until_told(address: str, kind: str, stop: Connection) -> None:
    """Ask with eight clients until a word comes; then send how often which status came."""
    answers: Counter[int] = Counter()
    lock, stopped = threading.Lock(), threading.Event()
    table = fetch(f"{address}{DATASET}/sources.csv")[0].decode("utf-8-sig")
    sources = [row["id"] for row in csv.DictReader(table.splitlines())]
    paths = KINDS[kind](sources)

    def ask() -> None:
        connection = HTTPConnection(urlsplit(address).netloc, timeout=120)
        while not stopped.is_set():
            with lock:
                path = next(paths)
            try:
                connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
                answer = connection.getresponse()
                answer.read()
                status = answer.status
            except (OSError, HTTPException):
                connection.close()
                status = 0
            with lock:
                answers[status] += 1

    threads = [threading.Thread(target=ask) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    stop.recv()
    stopped.set()
    for thread in threads:
        thread.join()
    stop.send(answers)
