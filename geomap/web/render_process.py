"""What runs in a process that makes answers: the app, with the datasets that its worker sends."""

from __future__ import annotations

import contextlib
import copyreg
import io
import os
import pickle
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection
from types import MappingProxyType
from typing import Any, cast

from geomap.core.dataset import Dataset
from geomap.web import bare_app, compressible
from geomap.web.fork_server import LOOK_EVERY
from geomap.web.out_of_memory import end_before_others
from geomap.web.responses import Answer, Environ, WSGIApp, ask
from geomap.web.settings import Settings
from geomap.web.site import Site

_POINTS = 1000
"""Where memory runs out, such a process shall end, not a worker that serves readers."""
_GRACE = 2
"""So many seconds after its time limit a process ends itself, if its worker has not ended it."""


@dataclass(frozen=True)
class Job:
    """One request to answer: the parts of its environment that an answer can depend on.

    `encoding` is the one in which the answer will be sent first; `seconds` how long it may take.
    """

    environ: Mapping[str, str]
    encoding: str
    seconds: float


class RenderProcess:
    """The app of such a process. It is made before the fork, so that it is there at once."""

    def __init__(self, settings: Settings, *, as_files: bool = False) -> None:
        self._app = bare_app([], settings, as_files=as_files)
        self._site: Site = self._app.extensions["geomap"]

    def serve(self, connection: Connection) -> None:
        """Do the jobs that come in, until the connection is closed or the parent ends.

        A message is a job, which is answered; or the process's niceness or a dataset to serve from
        now on, each answered with the process id.
        """
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the parent
        parent = os.getppid()
        with contextlib.suppress(EOFError, OSError):
            while True:
                while not connection.poll(LOOK_EVERY):
                    if os.getppid() != parent:
                        return
                message = pickle.loads(connection.recv_bytes())
                if isinstance(message, Job):
                    _limit_seconds(int(message.seconds) + _GRACE)
                    connection.send_bytes(dumps(self._do(message)))
                    _limit_seconds(0)
                else:
                    connection.send_bytes(dumps(self._prepare(message)))

    def _prepare(self, message: int | Dataset) -> int:
        if isinstance(message, Dataset):
            self._site.replace(message)
        else:
            end_before_others(_POINTS)
            _step_back(message)
        return os.getpid()

    def _do(self, job: Job) -> Answer:
        app = cast(WSGIApp, self._app.wsgi_app)
        return ask(app, _whole(job.environ), job.encoding, compressible)


def serve(settings: Settings, connection: Connection, *, as_files: bool = False) -> None:
    """Do the jobs that come in, in a process that is no fork."""
    RenderProcess(settings, as_files=as_files).serve(connection)


def _step_back(niceness: int) -> None:
    """Leave the processors to others who want them: readers, whose answers are finished."""
    if hasattr(os, "nice"):
        os.nice(niceness)
    if hasattr(os, "sched_setscheduler"):  # on Linux: when it wakes, it interrupts nobody
        os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))


def _limit_seconds(seconds: int) -> None:
    if hasattr(signal, "alarm"):
        signal.alarm(seconds)  # which ends the process


def _whole(environ: Mapping[str, str]) -> Environ:
    """Return the environment of a GET request."""
    return {
        "REQUEST_METHOD": "GET",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.version": (1, 0),
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        **environ,
    }


class _Pickler(pickle.Pickler):
    """Also pickles the read-only mappings of a dataset, which pickle does not support."""

    dispatch_table = {  # noqa: RUF012 (that is where pickle looks for it)
        **copyreg.dispatch_table,
        MappingProxyType: lambda mapping: (_read_only, (dict(mapping),)),
    }


def _read_only(values: dict[Any, Any]) -> MappingProxyType[Any, Any]:
    return MappingProxyType(values)


def dumps(value: object) -> bytes:
    """Return a pickled value; it may hold read-only mappings."""
    file = io.BytesIO()
    _Pickler(file, pickle.HIGHEST_PROTOCOL).dump(value)
    return file.getvalue()
