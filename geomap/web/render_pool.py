"""Draws pictures in separate processes, so that drawing never slows down pages.

The callers are threads that wait for an answer anyway, so the pool needs no thread of its own: each
caller borrows a process, sends it one job and reads the answer. Unlike the
standard library's pool, it kills a job that takes too long and goes on, and sends each dataset to a
process once, not with every job.
"""

from __future__ import annotations

import contextlib
import copyreg
import io
import logging
import multiprocessing
import os
import pickle
import queue
import signal
import threading
import traceback
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from dataclasses import dataclass
from multiprocessing.connection import Connection
from types import MappingProxyType
from typing import Any

from geomap.core.dataset import Dataset
from geomap.errors import GeomapError, Unavailable
from geomap.web.memory import end_before_others

MOST_CALLERS = 8
"""How many threads may wait for pictures at once; a server needs more threads than this, so that
some are always free for pages."""
SECONDS = 30.0
"""How long one picture may take, and how long a caller waits for a free process."""
_NICENESS = 10
_POINTS = 1000
"""Where memory runs out, a drawing process shall end, not a worker that serves readers."""
_RETRY_AFTER = 5
_log = logging.getLogger("geomap")


@dataclass(frozen=True)
class Job:
    """One picture to draw: `function(dataset, **options)`, which returns its bytes.

    The function must be at the top level of a module, so that another process can import it.
    `seconds` is how long it may take; None is the pool's own limit.
    """

    function: Callable[..., bytes]
    dataset: Dataset
    options: dict[str, Any]
    seconds: float | None = None

    @property
    def key(self) -> Hashable:
        """Equal for jobs that give the same bytes."""
        options = tuple(sorted(self.options.items()))
        return self.function.__qualname__, self.dataset.id, self.dataset.version, options

    def run(self) -> bytes:
        """Draw it here and now."""
        return self.function(self.dataset, **self.options)


class RenderPool:
    """Draws jobs in at most `processes` processes, each started when it is first needed.

    With no processes, jobs are drawn in the calling thread. At most `most_callers` threads wait at
    once, and callers who ask for the same picture share one job. A job may take `seconds`.
    """

    def __init__(
        self, processes: int, *, most_callers: int = MOST_CALLERS, seconds: float = SECONDS
    ) -> None:
        self._most_callers = most_callers
        self._seconds = seconds
        self._workers = [_Worker() for _ in range(processes)]
        self._idle: queue.LifoQueue[_Worker] = queue.LifoQueue()
        for worker in self._workers:
            self._idle.put(worker)
        self._lock = threading.Lock()
        self._callers = 0
        self._jobs: dict[Hashable, Future[bytes]] = {}

    def render(self, job: Job) -> bytes:
        """Return a job's picture.

        Raises Unavailable where too many wait already, where the job takes too long, or where its
        process ended twice; and whatever the job's function raises.
        """
        if not self._workers:
            return job.run()
        with self._lock:
            if self._callers >= self._most_callers:
                raise Unavailable("too many pictures are being drawn", _RETRY_AFTER)
            self._callers += 1
            running = self._jobs.get(job.key)
            future: Future[bytes] = running or self._jobs.setdefault(job.key, Future())
        try:
            if running is None:
                self._run(job, future)
            return future.result()
        finally:
            with self._lock:
                self._callers -= 1

    def close(self) -> None:
        """End the processes; those at work are killed."""
        for worker in self._workers:
            worker.stop()

    def _run(self, job: Job, future: Future[bytes]) -> None:
        """Let a process draw a job; the result or the error goes to all who wait for it."""
        try:
            future.set_result(self._draw(job))
        except BaseException as error:
            future.set_exception(error)
        finally:
            with self._lock:
                del self._jobs[job.key]

    def _draw(self, job: Job) -> bytes:
        try:
            worker = self._idle.get(timeout=self._seconds)
        except queue.Empty:
            raise Unavailable("too many pictures are being drawn", _RETRY_AFTER) from None
        try:
            return worker.draw(job, job.seconds or self._seconds)
        finally:
            self._idle.put(worker)


class _Worker:
    """One drawing process, as its parent sees it. Used by one thread at a time."""

    def __init__(self) -> None:
        self._process: Any = None
        self._connection: Any = None
        self._versions: dict[str, str] = {}  # of the datasets that the process holds

    def draw(self, job: Job, seconds: float) -> bytes:
        """Let the process draw a job; one that has ended is replaced, once."""
        for _ in range(2):
            late = threading.Event()
            try:
                outcome = self._ask(job, seconds, late)
            except BaseException as error:
                self.stop()  # otherwise the next job could receive this job's answer
                if not isinstance(error, (EOFError, OSError)):
                    raise
                if late.is_set():
                    _log.warning("a picture took longer than %g s and was given up", seconds)
                    message = f"this picture takes longer than {seconds:g} seconds to draw"
                    raise Unavailable(message, _RETRY_AFTER) from None
                _log.warning("a process that draws pictures has ended; starting another")
            else:
                return outcome.unwrap() if isinstance(outcome, _Failure) else outcome
        raise Unavailable("this picture could not be drawn", _RETRY_AFTER)

    def stop(self) -> None:
        """Kill the process, if there is one."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._connection.close()
        self._process = self._connection = None
        self._versions = {}

    def _ask(self, job: Job, seconds: float, late: threading.Event) -> bytes | _Failure:
        """Send a job and return its outcome. Raises EOFError or OSError if the process ends."""
        if self._process is None:
            self._start()
        process, dataset = self._process, job.dataset

        def give_up() -> None:
            late.set()
            process.kill()

        # Killing the process also wakes a thread that is still sending to it.
        timer = threading.Timer(seconds, give_up)
        timer.daemon = True
        timer.start()
        try:
            if self._versions.get(dataset.id) != dataset.version:
                self._connection.send_bytes(_dumps(dataset))
                self._versions[dataset.id] = dataset.version
            self._connection.send_bytes(_dumps((job.function, dataset.id, job.options)))
            outcome: bytes | _Failure = pickle.loads(self._connection.recv_bytes())
            return outcome
        finally:
            timer.cancel()

    def _start(self) -> None:
        # Not forked: this process has threads, and a fork may copy a lock that one of them holds.
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=_work, args=(theirs,), name="geomap-pictures", daemon=True)
        with theirs:
            process.start()
        end_before_others(_POINTS, process.pid)
        self._process, self._connection = process, ours


@dataclass(frozen=True)
class _Failure:
    """An error on its way between processes; pickle would call its class with the wrong arguments."""

    kind: type[GeomapError] | None
    arguments: tuple[Any, ...]
    state: dict[str, Any]
    trace: str

    @classmethod
    def of(cls, error: Exception) -> _Failure:
        trace = "".join(traceback.format_exception(error))
        if isinstance(error, GeomapError):
            return cls(type(error), error.args, vars(error), trace)
        return cls(None, (), {}, trace)

    def unwrap(self) -> bytes:
        """Raise the error."""
        if self.kind is None:
            raise RuntimeError(f"a picture could not be drawn:\n{self.trace}")
        error = self.kind.__new__(self.kind, *self.arguments)
        vars(error).update(self.state)
        raise error


def _work(connection: Connection) -> None:
    """Draw the jobs that come in, in a process of their own, until the parent ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the parent
    if hasattr(os, "nice"):
        os.nice(_NICENESS)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    datasets: dict[str, Dataset] = {}
    with contextlib.suppress(EOFError, OSError):
        while True:
            message = pickle.loads(connection.recv_bytes())
            if isinstance(message, Dataset):
                datasets[message.id] = message
                continue
            function, dataset_id, options = message
            outcome: bytes | _Failure
            try:
                outcome = Job(function, datasets[dataset_id], options).run()
            except Exception as error:
                outcome = _Failure.of(error)
            connection.send_bytes(pickle.dumps(outcome))


def _end_with_parent() -> None:
    """End this process with its parent, also in the middle of a job."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


class _Pickler(pickle.Pickler):
    """Also pickles the read-only mappings of a dataset, which pickle does not support."""

    dispatch_table = {  # noqa: RUF012 (that is where pickle looks for it)
        **copyreg.dispatch_table,
        MappingProxyType: lambda mapping: (_read_only, (dict(mapping),)),
    }


def _read_only(values: dict[Any, Any]) -> MappingProxyType[Any, Any]:
    return MappingProxyType(values)


def _dumps(value: object) -> bytes:
    file = io.BytesIO()
    _Pickler(file, pickle.HIGHEST_PROTOCOL).dump(value)
    return file.getvalue()
