"""Whether readers notice that pictures are drawn: eight clients ask for pictures never asked before,
while another fetches a finished embed and `/healthz`. The same two are timed without them, too.
"""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from http.client import HTTPConnection
from statistics import quantiles
from urllib.parse import urlsplit

from rich.console import Console
from rich.table import Table

from benchmarks._service import geomap_service

DATASET = "/handover-2020"
PATHS = {"embed": f"{DATASET}/embed", "healthz": "/healthz"}
WORKERS = (1, 2)
CLIENTS = 8
SECONDS = 10.0
PAUSE = 0.01
MOST_MILLISECONDS = 100.0
"""How long a finished embed may take at the 99th percentile while pictures are drawn."""


def run() -> bool:
    """Print the table; return whether every limit was kept."""
    title = f"Readers while {CLIENTS} clients ask for new pictures (median and 99th percentile, ms)"
    columns = ("workers", "what", "quiet", "with pictures", "ratio of p99", "limit of p99")
    table = Table(*columns, title=title)
    kept = []
    for workers in WORKERS:
        with geomap_service(workers) as address:
            _latencies(address, 1.0)  # every worker has finished its embed
            quiet = _latencies(address, SECONDS)
            with _Picturegoers(address) as clients:
                time.sleep(3)  # until the drawing processes have started
                busy = _latencies(address, SECONDS)
        for name in PATHS:
            before, after = _shares(quiet[name]), _shares(busy[name])
            limit = MOST_MILLISECONDS if name == "embed" else None
            kept.append(limit is None or after[1] <= limit)
            table.add_row(
                str(workers),
                name,
                f"{before[0]:.1f}  {before[1]:.1f}",
                f"{after[0]:.1f}  {after[1]:.1f}",
                f"{after[1] / before[1]:.1f}",
                f"at most {limit:.0f}" if limit else "",
            )
        answers = ", ".join(f"{n} × {status}" for status, n in sorted(clients.answers.items()))
        table.add_row(str(workers), f"pictures: {answers}", "", "", "", "")
    Console().print(table)
    return all(kept)


class _Picturegoers:
    """Clients that ask, each for one picture after the other, until the block ends."""

    def __init__(self, address: str) -> None:
        self.answers: Counter[int] = Counter()
        self._address = address
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._ask) for _ in range(CLIENTS)]
        self._paths = _new_pictures()

    def __enter__(self) -> _Picturegoers:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _ask(self) -> None:
        connection = HTTPConnection(urlsplit(self._address).netloc, timeout=60)
        while not self._stop.is_set():
            with self._lock:
                path = next(self._paths)
            status, _ = _fetch(connection, path)
            with self._lock:
                self.answers[status] += 1
        connection.close()


def _new_pictures() -> Iterator[str]:
    """Yield addresses of pictures, no two of the same size."""
    chance = random.Random(2020)
    for number in chance.sample(range(1000 * 1000), 100_000):
        width, height = 300 + number % 1000, 300 + number // 1000
        yield f"{DATASET}/map.{chance.choice(('svg', 'png', 'pdf'))}?width={width}&height={height}"


def _latencies(address: str, seconds: float) -> dict[str, list[float]]:
    """Return how many milliseconds each answer took, the addresses asked by turns."""
    connection = HTTPConnection(urlsplit(address).netloc, timeout=60)
    taken: dict[str, list[float]] = {name: [] for name in PATHS}
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        for name, path in PATHS.items():
            status, milliseconds = _fetch(connection, path)
            if status != 200:
                raise RuntimeError(f"{path} answered {status}")
            taken[name].append(milliseconds)
            time.sleep(PAUSE)
    connection.close()
    return taken


def _fetch(connection: HTTPConnection, path: str) -> tuple[int, float]:
    """Return an answer's status, and how many milliseconds it took."""
    started = time.perf_counter()
    connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
    answer = connection.getresponse()
    answer.read()
    return answer.status, (time.perf_counter() - started) * 1000


def _shares(taken: list[float]) -> tuple[float, float]:
    """Return the median and the 99th percentile."""
    cuts = quantiles(taken, n=100)
    return cuts[49], cuts[98]
