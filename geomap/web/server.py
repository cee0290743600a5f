"""Running the web service: granian in production, its workers serving what the server publishes."""

from __future__ import annotations

import contextlib
import errno
import multiprocessing
import os
import shutil
import signal
import socket
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from geomap.errors import CannotListen
from geomap.web import Settings, create_app, logs, metrics
from geomap.web.last_good import LastGood
from geomap.web.observing import Observer
from geomap.web.reloading import Follower, Publisher, Repeater, find_sources, open_published
from geomap.web.settings import LOCAL_HOSTS
from geomap.web.snapshots import Snapshots

_LOOK_EVERY = 1.0
_NO_HOST = errno.EADDRNOTAVAIL
_THREADS = 32
"""Per worker. Requests for pictures block a thread while the picture is drawn, so there must be
enough others to answer from the cache. Threads start only when needed."""
_SECONDS_TO_STOP = 5
_SECONDS_OF_SILENCE = 10
"""After so long, a connection on which no whole request has come is closed."""


def run(
    sources: Sequence[str],
    *,
    host: str,
    port: int,
    workers: int,
    base_url: str = "",
    allow_embed: Sequence[str] = (),
    name: str = "",
    colour: str = "",
    reload: bool = False,
    state: str = "",
    log_format: str = "text",
    access_log: bool = False,
    metrics_at: str = "",
) -> None:
    """Serve datasets until stopped. Raises GeomapError before anything listens if one is unsound.

    `state` is a folder that keeps the last good version of each, for a start on an unsound one.
    `metrics_at` is PORT or HOST:PORT, where metrics are to be had.
    """
    logs.configure(log_format)
    metrics_address = metrics.parse_address(metrics_at, port)
    settings = Settings(
        base_url=base_url,
        trusted_hosts=(*LOCAL_HOSTS, host),
        frame_ancestors=tuple(allow_embed) or ("*",),
        render_processes=1,
        name=name,
        colour=colour,
    )
    with tempfile.TemporaryDirectory(prefix="geomap-", ignore_cleanup_errors=True) as folder:
        last_good = LastGood(Path(state)) if state else None
        publisher = Publisher(find_sources(sources), Snapshots(Path(folder)), reload, last_good)
        address, port = _find_address(host, port)
        shown = "localhost" if host in ("127.0.0.1", "0.0.0.0", "::") else host
        counts = Path(folder, "metrics") if metrics_address else None
        loader = partial(load_app, folder, settings, publisher.looks, counts, access_log)
        with metrics.serving(metrics_address, counts, publisher.served) as told_at:
            logs.log_start(log_format, f"http://{shown}:{port}/", told_at)
            watch = (
                Repeater("geomap-watch", publisher.look, _LOOK_EVERY) if publisher.looks else None
            )
            try:
                _listen(loader, address, port, workers, log_format, on_reload=publisher.read_again)
            finally:
                if watch:
                    watch.stop()


def load_app(
    folder: str,
    settings: Settings,
    follow: bool,
    counts: Path | None = None,
    access_log: bool = False,
) -> Callable[..., Any]:
    """In a worker: return the app over the snapshots in a folder; with `follow` it follows them.

    `counts` is the folder that the worker counts requests in, None for no metrics.
    """
    _end_with_the_parent(folder)
    snapshots = Snapshots(Path(folder))
    datasets, state = open_published(snapshots)
    app = create_app(datasets, settings, observers=_observers(counts, access_log))
    site = app.extensions["geomap"]
    site.faults = state.faults
    if follow:
        Repeater("geomap-follow", Follower(site, snapshots, state).look, _LOOK_EVERY)
    return app.wsgi_app


def _observers(counts: Path | None, access_log: bool) -> list[Observer]:
    """What is told of each request in a worker."""
    observers: list[Observer] = [logs.log_request] if access_log else []
    if counts:
        try:
            observers.append(metrics.worker_observer(counts))
        except OSError as error:  # a full disk must not keep the map from readers
            logs.log_no_metrics(error)
    return observers


def _end_with_the_parent(folder: str) -> None:
    """In a worker: end with the parent, and not by the Ctrl+C that the terminal sends to both.

    The server would take a worker that Ctrl+C ends first for a failed one, and start another.
    If the parent was killed, the worker removes the folder of snapshots.
    """
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def follow() -> None:
        parent.join()
        shutil.rmtree(folder, ignore_errors=True)
        os.kill(os.getpid(), signal.SIGTERM)

    if sys.platform != "win32":
        os.setpgrp()
    # Until the server sets its own, a worker has its parent's handlers, which do not end it.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=follow, name="geomap-parent", daemon=True).start()


def _find_address(host: str, port: int) -> tuple[str, int]:
    """Return the IP address and the port (any free one for 0) to listen on.

    Raises CannotListen if they are not available; the server itself would give no clear message.
    """
    try:
        offers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, kind, protocol, _, address = min(offers)  # IPv4 before IPv6
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            return str(address[0]), int(probe.getsockname()[1])
    except OSError as error:
        option = "host" if isinstance(error, socket.gaierror) or error.errno == _NO_HOST else "port"
        raise CannotListen(host, port, error, option) from None


def _listen(
    loader: Callable[[], Any],
    host: str,
    port: int,
    workers: int,
    log_format: str,
    on_reload: Callable[[], None],
) -> None:
    """Serve until stopped; `on_reload` is called at the signal HUP, before new workers start."""
    from granian import Granian
    from granian.constants import HTTPModes, Interfaces
    from granian.http import HTTP1Settings
    from granian.log import LogLevels

    _allow_many_connections()
    server = Granian(
        "geomap",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        # With automatic detection it would wait for ever for the first bytes of a silent client.
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=_SECONDS_OF_SILENCE * 1000),
        workers=workers,
        blocking_threads=_THREADS,
        log_level=LogLevels.warning,
        log_dictconfig=logs.configuration(log_format),
        respawn_failed_workers=True,
        workers_kill_timeout=_SECONDS_TO_STOP,
    )
    server.on_reload(on_reload)
    server.serve(target_loader=loader, wrap_loader=False)


def _allow_many_connections() -> None:
    """Raise the limit of open files, which connections count among, as far as this user may."""
    try:
        import resource
    except ImportError:  # Windows
        return
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
