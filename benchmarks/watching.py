"""What the metrics and the access log add to a cached answer, in CPU time of one worker."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from contextlib import redirect_stderr
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table

import geomap
from geomap.web import create_app, logs, metrics
from geomap.web.observing import Observer

REQUESTS, ROUNDS = 3000, 7
MOST_METRICS = 20.0
"""Microseconds. The access log has no limit: it is for who asks for it."""
REQUEST = {
    "REQUEST_METHOD": "GET",
    "PATH_INFO": "/handover-2020/embed",
    "QUERY_STRING": "",
    "SCRIPT_NAME": "",
    "SERVER_NAME": "localhost",
    "SERVER_PORT": "80",
    "HTTP_HOST": "localhost",
    "HTTP_ACCEPT_ENCODING": "br",
    "wsgi.url_scheme": "http",
    "wsgi.errors": sys.stderr,
}


def run() -> bool:
    with TemporaryDirectory() as folder, Path(os.devnull).open("w") as nowhere:
        plain = _microseconds([])
        with_metrics = _microseconds([metrics.worker_observer(Path(folder))])
        with redirect_stderr(nowhere):
            logs.configure("json")
            with_log = _microseconds([logs.log_request])
    table = Table("a cached answer", "µs of CPU", "more", title="Watching the service")
    table.add_row("as it is", f"{plain:.1f}", "")
    table.add_row("with metrics", f"{with_metrics:.1f}", f"{with_metrics - plain:.1f}")
    table.add_row("with an access log", f"{with_log:.1f}", f"{with_log - plain:.1f}")
    Console().print(table)
    return with_metrics - plain <= MOST_METRICS


def _microseconds(observers: Sequence[Observer]) -> float:
    """The least of several rounds, in the app itself, without the server around it."""
    app = create_app([geomap.open()], observers=observers).wsgi_app
    rounds = []
    for _ in range(ROUNDS + 1):  # the first fills the cache
        started = time.process_time()
        for _ in range(REQUESTS):
            app(REQUEST, lambda *_: None)
        rounds.append((time.process_time() - started) / REQUESTS * 1e6)
    return min(rounds)
