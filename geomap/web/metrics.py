"""Metrics in Prometheus's format, on an address of their own, summed over all workers.

Each worker counts into files of its own in a folder that it shares with the server, which adds them
up when it is asked (`prometheus_client`'s multiprocess mode). Their labels are what the service
itself defines (`geomap.web.observing`), so their number is bounded and none is about a reader.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from geomap.errors import BadSetting, CannotListen, MissingExtra
from geomap.version import __version__
from geomap.web.observing import Answered, Observer

_HOST = "127.0.0.1"
_BUCKETS = (0.0005, 0.001, 0.005, 0.025, 0.1, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_PICTURES = "pictures"
_SERIES = 2048
_ROOM = 2 * 2**20
"""Bytes of a worker's file. They are taken at once: a disk that gets full under such a file would
end the process. 10,000 series fit; there are some hundreds."""


@dataclass(frozen=True)
class Address:
    """Where metrics are to be had."""

    host: str
    port: int


def parse_address(text: str, service: int) -> Address | None:
    """Return the address that PORT or HOST:PORT stands for, None for "".

    Raises BadSetting where it is none, or has the port `service` that readers ask.
    """
    if not text:
        return None
    host, colon, port = text.rpartition(":")
    is_port = port.isascii() and port.isdigit() and len(port) <= 5 and int(port) < 65536
    if not is_port or (colon and not host):
        raise BadSetting("metrics", f"{text!r} is neither a port nor HOST:PORT, as 127.0.0.1:9464")
    if int(port) == service != 0:
        raise BadSetting("metrics", f"port {port} is for readers; metrics need another")
    return Address(host.strip("[]") or _HOST, int(port))


@dataclass(frozen=True)
class Served:
    """The datasets that are served: the version of each, and those whose latest edit is not."""

    versions: Mapping[str, str]
    faults: Mapping[str, str]


def worker_observer(folder: Path) -> Observer:
    """In a worker: return what counts each request, into files in a folder.

    Raises OSError where there is no room for them.
    """
    _take_place(folder)
    from prometheus_client import CollectorRegistry, Counter, Histogram

    registry = CollectorRegistry()
    requests = Counter(
        "geomap_requests",
        "Requests",
        ("route", "dataset", "status", "cache"),
        registry=registry,
    )
    seconds = Histogram(
        "geomap_request_seconds",
        "Seconds until an answer is ready",
        ("route", "cache"),
        buckets=_BUCKETS,
        registry=registry,
    )
    pictures = Counter("geomap_pictures", "Pictures", ("outcome",), registry=registry)

    number = lru_cache(_SERIES)(requests.labels)  # to find a series takes longer than to count
    duration = lru_cache(_SERIES)(seconds.labels)

    def observe(answered: Answered) -> None:
        number(answered.route, answered.dataset, str(answered.status), answered.cache).inc()
        duration(answered.route, answered.cache).observe(answered.seconds)
        if answered.blueprint == _PICTURES and answered.cache == "miss":
            pictures.labels(_outcome(answered.status)).inc()

    return observe


def _outcome(status: int) -> str:
    """What became of a picture: drawn, refused since there were too many, failed, or not to be had."""
    if status == 503:
        return "refused"
    return "drawn" if status < 400 else "failed" if status >= 500 else "invalid"


def _take_place(folder: Path) -> None:
    """Let this process count into the first files in a folder that no living process has.

    So a new worker goes on with the files of an ended one, and there are never more than workers.
    """
    place = str(os.getpid())
    if sys.platform != "win32":
        place = _lock_first(folder)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
    from prometheus_client import values

    values.ValueClass = values.MultiProcessValue(lambda: place)  # type: ignore[no-untyped-call]
    if hasattr(os, "posix_fallocate"):
        for kind in ("counter", "histogram"):
            with (folder / f"{kind}_{place}.db").open("ab") as file:
                os.posix_fallocate(file.fileno(), 0, _ROOM)


def _lock_first(folder: Path) -> str:
    """Return the lowest number whose lock no other process has; this one has it until it ends."""
    import fcntl

    number = 0
    while True:
        lock = os.open(folder / f"{number}.lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            number += 1
        else:
            return str(number)


@contextmanager
def serving(
    address: Address | None, folder: Path | None, served: Callable[[], Served]
) -> Iterator[str | None]:
    """In the server: answer at an address with the sums of what workers count in a folder.

    Yields the full address; None without one.

    Raises MissingExtra without `prometheus_client`, CannotListen where the address is not free.
    """
    if address is None or folder is None:
        yield None
        return
    try:
        from prometheus_client import CollectorRegistry, start_http_server
        from prometheus_client.multiprocess import MultiProcessCollector
    except ImportError:
        raise MissingExtra("--metrics", "metrics") from None

    folder.mkdir()
    registry = CollectorRegistry()
    MultiProcessCollector(registry, path=str(folder))  # type: ignore[no-untyped-call]
    registry.register(_Datasets(served))
    try:
        server, thread = start_http_server(address.port, address.host, registry)
    except OSError as error:
        raise CannotListen(address.host, address.port, error, "metrics") from None
    try:
        host = f"[{address.host}]" if ":" in address.host else address.host
        yield f"http://{host}:{server.server_port}/metrics"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Datasets:
    """What the server itself knows: its version, the datasets, and which of them have a broken edit."""

    def __init__(self, served: Callable[[], Served]) -> None:
        # Not when it is asked: workers are forked then, and could inherit a half-done import.
        from prometheus_client.core import GaugeMetricFamily

        self._gauge = GaugeMetricFamily
        self._served = served

    def collect(self) -> Iterator[Any]:
        """Yield the metrics."""
        served = self._served()
        program = self._gauge("geomap_info", "The version of geomap", labels=["version"])
        program.add_metric([__version__], 1)
        yield program
        version = self._gauge(
            "geomap_dataset_info", "The version of a dataset", labels=["dataset", "version"]
        )
        fault = self._gauge(
            "geomap_dataset_degraded",
            "1 where an older version is served, since the present one is broken or out of reach",
            labels=["dataset"],
        )
        for id, number in served.versions.items():
            version.add_metric([id, number], 1)
            fault.add_metric([id], float(id in served.faults))
        yield version
        yield fault
