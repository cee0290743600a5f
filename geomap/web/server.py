"""Running the web service: granian in production, with the datasets opened in each worker."""

from __future__ import annotations

import contextlib
import errno
import logging
import multiprocessing
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from geomap.core.dataset import Dataset
from geomap.errors import BadSetting, CannotListen, GeomapError
from geomap.sources import builtin_path, open
from geomap.web import Settings, create_app
from geomap.web.settings import LOCAL_HOSTS
from geomap.web.site import Site

_log = logging.getLogger("geomap")
_LOOK_EVERY = 1.0
_NO_HOST = errno.EADDRNOTAVAIL
_THREADS = 2  # in a worker: one draws a picture while the other hands out finished bytes
_SECONDS_TO_STOP = 5


def run(
    sources: Sequence[str],
    *,
    host: str,
    port: int,
    workers: int,
    base_url: str = "",
    allow_embed: Sequence[str] = (),
    reload: bool = False,
) -> None:
    """Serve datasets until stopped. Raises GeomapError before anything listens if one is unsound."""
    settings = Settings(
        base_url=base_url,
        trusted_hosts=(*LOCAL_HOSTS, host),
        frame_ancestors=tuple(allow_embed) or ("*",),
        render_processes=1,
    )
    paths = tuple(str(Path(source).resolve()) for source in sources)
    for dataset in _open_all(paths):
        _log.info("serving %s", dataset.id)
    address, port = _find_address(host, port)
    shown = "localhost" if host in ("127.0.0.1", "0.0.0.0", "::") else host
    print(f"geomap: open http://{shown}:{port}/ in a browser; stop with Ctrl+C", flush=True)
    _listen(partial(load_app, paths, settings, reload), address, port, workers)


def load_app(paths: Sequence[str], settings: Settings, reload: bool) -> Callable[..., Any]:
    """Return the app over freshly opened datasets; with `reload` it follows their edits."""
    _leave_stopping_to_the_parent()
    datasets = _open_all(paths)
    app = create_app(datasets, settings)
    if reload:
        ids = [dataset.id for dataset in datasets]
        places = paths or (str(builtin_path()),)
        follow_edits(app.extensions["geomap"], dict(zip(ids, places, strict=True)))
    return app.wsgi_app


def _leave_stopping_to_the_parent() -> None:
    """In a worker: end with the parent, and not by the Ctrl+C that the terminal sends to both.

    A worker that the terminal ends first counts as failed, and is started anew in place of the stop.
    """
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def follow() -> None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)

    if sys.platform != "win32":
        os.setpgrp()
    # Until the server sets its own, a worker has its parent's handlers, which do not end it.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=follow, name="geomap-parent", daemon=True).start()


def follow_edits(site: Site, paths: Mapping[str, str]) -> threading.Thread:
    """Watch datasets, by id, in a thread; a sound edit is served, a broken one is only reported."""
    seen = {}
    for id, path in paths.items():
        # One that cannot be looked at now is taken for edited as soon as it can.
        with contextlib.suppress(OSError):
            seen[id] = _stamp(Path(path))

    def watch() -> None:
        while True:
            time.sleep(_LOOK_EVERY)
            for id, path in paths.items():
                try:
                    stamp = _stamp(Path(path))
                except OSError:  # the folder is being replaced this very moment: look again
                    continue
                if stamp != seen.get(id):
                    seen[id] = stamp
                    take_edit(site, id, path)

    thread = threading.Thread(target=watch, name="geomap-reload", daemon=True)
    thread.start()
    return thread


def take_edit(site: Site, id: str, path: str) -> None:
    """Serve the dataset `id`, at `path`, as it now stands; keep the last good one if unsound."""
    try:
        found = open(path)
        if found.id != id:
            raise BadSetting("id", f"is now {found.id!r}; that is another address, so start anew")
        site.replace(found)
        _log.warning("%s was edited; serving the new version", path)
    except (GeomapError, OSError) as error:
        # A name only: where a dataset lies on this machine is nobody's business.
        site.report(id, str(error).replace(path, Path(path).name))
        _log.error("%s was edited and is not sound; still serving the last good version", path)
        _log.error("%s", error)
    except Exception as error:  # whatever it is, the map stays up and goes on looking for edits
        site.report(id, f"cannot be read: {type(error).__name__}")
        _log.exception("%s was edited and cannot be read", path)


def _open_all(paths: Sequence[str]) -> list[Dataset]:
    return [open(path) for path in paths] or [open()]


def _stamp(path: Path) -> tuple[tuple[str, int, int], ...]:
    """Names, sizes and times of a dataset's files: what changes when somebody edits it."""
    files = [path] if path.is_file() else [p for p in path.rglob("*") if p.is_file()]
    found = []
    for file in sorted(files):
        try:
            info = file.stat()
        except FileNotFoundError:
            continue
        found.append((str(file), info.st_size, info.st_mtime_ns))
    return tuple(found)


def _find_address(host: str, port: int) -> tuple[str, int]:
    """Return the IP address and the port (any free one for 0) to listen on.

    Raises CannotListen where they cannot be had; the server would fail without a sentence.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, kind, protocol, _, address = min(found)  # IPv4 before IPv6
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            return str(address[0]), int(probe.getsockname()[1])
    except OSError as error:
        option = "host" if isinstance(error, socket.gaierror) or error.errno == _NO_HOST else "port"
        raise CannotListen(host, port, error, option) from None


def _listen(loader: Callable[[], Any], host: str, port: int, workers: int) -> None:
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    server = Granian(
        "geomap",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=_THREADS,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        workers_kill_timeout=_SECONDS_TO_STOP,
    )
    server.serve(target_loader=loader, wrap_loader=False)
