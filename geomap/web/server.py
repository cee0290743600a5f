"""Running the web service: granian in production, its workers serving what the server publishes."""

from __future__ import annotations

import contextlib
import errno
import logging
import multiprocessing
import os
import shutil
import signal
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from geomap.errors import CannotListen
from geomap.files import no_temporary_file
from geomap.web import Settings, create_app, logs, metrics
from geomap.web.cache import MOST_WAITING
from geomap.web.following import Follower, Repeater, open_published
from geomap.web.fork_server import ForkServer, can_fork, spawn
from geomap.web.last_good import LastGood
from geomap.web.limits import guarded
from geomap.web.observing import Observer
from geomap.web.out_of_memory import end_before_others
from geomap.web.reloading import Publisher, find_sources
from geomap.web.render_pool import RenderPool
from geomap.web.render_process import RenderProcess, serve
from geomap.web.settings import LOCAL_HOSTS, url_host
from geomap.web.snapshots import Snapshots
from geomap.web.supervising import Server

_log = logging.getLogger("geomap")
_LOOK_EVERY = 1.0
_NO_HOST = errno.EADDRNOTAVAIL
_THREADS = MOST_WAITING + 16
"""Per worker. A request for what is not finished blocks a thread while it is made, so there must be
others to answer from the cache. Threads start only when needed."""
_WORKERS_POINTS = 200
"""More than the parent has, which keeps the rest alive, and fewer than what makes answers has."""
_SECONDS_TO_STOP = 5
_SECONDS_OF_SILENCE = 10
"""After so long, a connection on which no whole request has come is closed."""
_LONGEST_HEAD = 64 * 1024
"""So many bytes of a request are read at most, its headers included; longer ones get 431."""
_CONNECTIONS = 4096
"""So many connections a worker has at most. Those that are silent take few bytes, and where there were
as few as the server's own 1024 for all workers, a script could hold them all."""


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
        trusted_hosts=(*LOCAL_HOSTS, url_host(host)),
        frame_ancestors=tuple(allow_embed) or ("*",),
        name=name,
        colour=colour,
    )
    with _shared_folder() as folder, contextlib.ExitStack() as at_the_end:
        last_good = LastGood(Path(state)) if state else None
        publisher = Publisher(find_sources(sources), Snapshots(Path(folder)), reload, last_good)
        address, port = _find_address(host, port)
        shown = "localhost" if host in ("127.0.0.1", "0.0.0.0", "::") else url_host(host)
        counts = Path(folder, "metrics") if metrics_address else None
        # Before there are threads: a fork could copy a lock that one of them holds.
        forks = ForkServer(RenderProcess(settings).serve) if can_fork() else None
        if forks:
            at_the_end.callback(forks.close)
        connect = forks.connect if forks else partial(spawn, partial(serve, settings))
        loader = partial(load_app, folder, settings, publisher.looks, connect, counts, access_log)

        def look() -> None:
            if forks:
                forks.look()
            publisher.look()

        with metrics.serving(metrics_address, counts, publisher.served) as told_at:
            logs.log_start(log_format, f"http://{shown}:{port}/", told_at)
            watch = Repeater("geomap-watch", look, _LOOK_EVERY)
            try:
                _listen(loader, address, port, workers, log_format, on_reload=publisher.read_again)
            finally:
                watch.stop()


def _shared_folder() -> tempfile.TemporaryDirectory[str]:
    """Make the folder that the server shares with its workers. Raises CannotWrite."""
    try:
        return tempfile.TemporaryDirectory(prefix="geomap-", ignore_cleanup_errors=True)
    except OSError as error:
        raise no_temporary_file(error) from None


def load_app(
    folder: str,
    settings: Settings,
    follow: bool,
    connect: Callable[[], Connection],
    counts: Path | None = None,
    access_log: bool = False,
) -> Callable[..., Any]:
    """In a worker: return the app over the snapshots in a folder; with `follow` it follows them.

    `connect` starts a process that makes answers (`geomap.web.render_process`). `counts` is the
    folder that the worker counts requests in, None for no metrics. Ends the worker with a sentence
    where the system is at its limits.
    """
    _end_with_the_parent(folder)
    end_before_others(_WORKERS_POINTS)
    try:
        return _load_app(folder, settings, follow, connect, counts, access_log)
    except (OSError, MemoryError) as error:
        _log.error(
            "a worker cannot start: %s: %s",
            type(error).__name__,
            error,
            extra={"event": "at-limit"},
        )
        sys.exit(1)


def _load_app(
    folder: str,
    settings: Settings,
    follow: bool,
    connect: Callable[[], Connection],
    counts: Path | None,
    access_log: bool,
) -> Callable[..., Any]:
    snapshots = Snapshots(Path(folder))
    datasets, state = open_published(snapshots)
    observers = _observers(counts, access_log)
    app = create_app(datasets, settings, pool=RenderPool(connect), observers=observers)
    site = app.extensions["geomap"]
    site.faults = state.faults
    if follow:
        Repeater("geomap-follow", Follower(site, snapshots, state).look, _LOOK_EVERY)
    return guarded(app.wsgi_app)


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
        time.sleep(_SECONDS_TO_STOP)
        os._exit(1)  # a worker that was just starting may have missed the signal

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
    from granian.constants import HTTPModes, Interfaces
    from granian.http import HTTP1Settings
    from granian.log import LogLevels

    _allow_many_connections()
    server = Server(
        "geomap",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        # With automatic detection it would wait for ever for the first bytes of a silent client.
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(
            header_read_timeout=_SECONDS_OF_SILENCE * 1000, max_buffer_size=_LONGEST_HEAD
        ),
        backpressure=_CONNECTIONS,
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
