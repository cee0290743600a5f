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
from collections.abc import Callable, Sequence
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from geomap.errors import CannotListen
from geomap.web import Settings, create_app
from geomap.web.cache import MOST_WAITING
from geomap.web.fork_server import ForkServer, can_fork, spawn
from geomap.web.last_good import LastGood
from geomap.web.reloading import Follower, Publisher, Repeater, find_sources, open_published
from geomap.web.render_pool import RenderPool
from geomap.web.render_process import RenderProcess, serve
from geomap.web.settings import LOCAL_HOSTS
from geomap.web.snapshots import Snapshots

_LOOK_EVERY = 1.0
_NO_HOST = errno.EADDRNOTAVAIL
_THREADS = MOST_WAITING + 16
"""Per worker. A request for what is not finished blocks a thread while it is made, so there must be
others to answer from the cache. Threads start only when needed."""
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
) -> None:
    """Serve datasets until stopped. Raises GeomapError before anything listens if one is unsound.

    `state` is a folder that keeps the last good version of each, for a start on an unsound one.
    """
    settings = Settings(
        base_url=base_url,
        trusted_hosts=(*LOCAL_HOSTS, host),
        frame_ancestors=tuple(allow_embed) or ("*",),
        name=name,
        colour=colour,
    )
    with tempfile.TemporaryDirectory(prefix="geomap-", ignore_cleanup_errors=True) as folder:
        last_good = LastGood(Path(state)) if state else None
        publisher = Publisher(find_sources(sources), Snapshots(Path(folder)), reload, last_good)
        address, port = _find_address(host, port)
        shown = "localhost" if host in ("127.0.0.1", "0.0.0.0", "::") else host
        print(f"geomap: open http://{shown}:{port}/ in a browser; stop with Ctrl+C", flush=True)
        # Before there are threads: a fork could copy a lock that one of them holds.
        forks = ForkServer(RenderProcess(settings).serve) if can_fork() else None
        connect = forks.connect if forks else partial(spawn, partial(serve, settings))
        loader = partial(load_app, folder, settings, publisher.looks, connect)

        def look() -> None:
            if forks:
                forks.look()
            if publisher.looks:
                publisher.look()

        watch = Repeater("geomap-watch", look, _LOOK_EVERY)
        try:
            _listen(loader, address, port, workers, on_reload=publisher.read_again)
        finally:
            watch.stop()
            if forks:
                forks.close()


def load_app(
    folder: str, settings: Settings, follow: bool, connect: Callable[[], Connection]
) -> Callable[..., Any]:
    """In a worker: return the app over the snapshots in a folder; with `follow` it follows them.

    `connect` starts a process that makes answers (`geomap.web.render_process`).
    """
    _end_with_the_parent(folder)
    snapshots = Snapshots(Path(folder))
    datasets, state = open_published(snapshots)
    app = create_app(datasets, settings, pool=RenderPool(connect))
    site = app.extensions["geomap"]
    site.faults = state.faults
    if follow:
        Repeater("geomap-follow", Follower(site, snapshots, state).look, _LOOK_EVERY)
    return app.wsgi_app


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
    on_reload: Callable[[], None],
) -> None:
    """Serve until stopped; `on_reload` is called at the signal HUP, before new workers start."""
    from granian import Granian
    from granian.constants import HTTPModes, Interfaces
    from granian.http import HTTP1Settings
    from granian.log import LogLevels

    _allow_many_connections()
    logging.getLogger("_granian").addFilter(_is_no_advice)
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


def _is_no_advice(record: logging.LogRecord) -> bool:
    """Whether a log record is not granian's warning about more threads than cores."""
    return not record.getMessage().startswith("Configuration allows spawning up to")
