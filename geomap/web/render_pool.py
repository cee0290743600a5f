"""Has answers made in processes of their own, so that who makes never slows who reads.

Each lane (`geomap.web.lanes`) has its own processes. The callers are threads that wait for an answer
anyway, so the pool needs no thread of its own: each caller borrows a process, sends it one job and
reads the answer. A job that takes too long or too much memory is ended with its process, and the
pool goes on.
"""

from __future__ import annotations

import contextlib
import logging
import os
import pickle
import queue
import signal
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from multiprocessing.connection import Connection
from pathlib import Path

from geomap.core.dataset import Dataset
from geomap.errors import Unavailable
from geomap.web.lanes import LANES, Lane
from geomap.web.render_process import Job, dumps
from geomap.web.responses import Answer

MOST_MEMORY = 2**30
"""How many bytes a job may add to its process, or as much again as that has, if that is more."""
_RETRY_AFTER = 5
_LOOK_EVERY = 0.05
"""How often a process at work is looked at, in seconds."""
_SECONDS_TO_PREPARE = 60.0
"""How long a process may take to start, or to receive a dataset."""
_IDLE_MEMORY = MOST_MEMORY // 4
"""A process that has added so much, or as much again as it had, is replaced after its job."""
_GIVEN_UP = {"event": "answer-given-up"}
_log = logging.getLogger("geomap")


class RenderPool:
    """Answers jobs in at most `processes` processes a lane, each started when it is first needed.

    `connect` starts a process and returns the connection to it (`geomap.web.render_process`).
    Answers of a lane that is not among `lanes` are made in the last of them. `most_memory` is how
    many bytes one job may take.
    """

    def __init__(
        self,
        connect: Callable[[], Connection],
        processes: int = 1,
        lanes: Sequence[Lane] = LANES,
        most_memory: int = MOST_MEMORY,
    ) -> None:
        made = [_Lane(connect, processes, lane, most_memory) for lane in lanes]
        self._lanes = dict(zip(lanes, made, strict=True))
        self._other = made[-1]

    def render(
        self, lane: Lane, environ: Mapping[str, str], encoding: str, datasets: Mapping[str, Dataset]
    ) -> Answer:
        """Return the answer to a request, about the datasets that are served now, by id.

        Raises Unavailable where too many wait already, where the job takes too long or too much
        memory, or where its process ended twice.
        """
        return self._lanes.get(lane, self._other).render(environ, encoding, datasets)

    def close(self) -> None:
        """End the processes, those at work as well."""
        for lane in self._lanes.values():
            lane.close()


class _Lane:
    """The processes of one lane, and who waits for them."""

    def __init__(
        self, connect: Callable[[], Connection], processes: int, lane: Lane, most_memory: int
    ) -> None:
        self._lane = lane
        self._processes = [_Process(connect, lane, most_memory) for _ in range(processes)]
        self._idle: queue.LifoQueue[_Process] = queue.LifoQueue()
        for process in self._processes:
            self._idle.put(process)
        self._lock = threading.Lock()
        self._jobs = 0

    def render(
        self, environ: Mapping[str, str], encoding: str, datasets: Mapping[str, Dataset]
    ) -> Answer:
        with self._lock:
            if self._jobs >= self._lane.most_jobs:
                raise Unavailable("too much is being made for others", _RETRY_AFTER)
            self._jobs += 1
        try:
            process = self._idle.get(timeout=self._lane.seconds)
        except queue.Empty:
            raise Unavailable("too much is being made for others", _RETRY_AFTER) from None
        else:
            try:
                return process.render(Job(environ, encoding, self._lane.seconds), datasets)
            finally:
                self._idle.put(process)
        finally:
            with self._lock:
                self._jobs -= 1

    def close(self) -> None:
        for process in self._processes:
            process.end()


class _Process:
    """A process that makes answers, as its worker sees it. Used by one thread at a time."""

    def __init__(self, connect: Callable[[], Connection], lane: Lane, most_memory: int) -> None:
        self._connect = connect
        self._lane = lane
        self._most_memory = most_memory
        self._connection: Connection | None = None
        self._pid = 0
        self._is_ended = False
        self._memory = 0  # before its first job
        self._versions: dict[str, str] = {}  # of the datasets that it holds

    def render(self, job: Job, datasets: Mapping[str, Dataset]) -> Answer:
        """Let the process do a job; one that has ended is replaced, once."""
        for _ in range(2):
            if self._is_ended:
                break
            try:
                answer = self._ask(job, datasets)
            except (EOFError, OSError):
                self.stop()
                _log.warning(
                    "a process that makes answers has ended; starting another",
                    extra={"event": "process-ended"},
                )
            except BaseException:
                self.stop()  # otherwise the next job could receive this job's answer
                raise
            else:
                grown = _memory_of(self._pid) - self._memory
                if grown > max(_IDLE_MEMORY, self._memory):
                    self.stop()
                return answer
        raise Unavailable("this could not be made", _RETRY_AFTER)

    def stop(self) -> None:
        """Kill the process, if there is one; the next job starts another."""
        self._kill()
        if self._connection is not None:
            self._connection.close()
        self._connection, self._pid, self._versions = None, 0, {}

    def end(self) -> None:
        """Kill the process, from any thread, and start no other."""
        self._is_ended = True
        self._kill()

    def _kill(self) -> None:
        if self._pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGKILL)

    def _ask(self, job: Job, datasets: Mapping[str, Dataset]) -> Answer:
        """Send a job and return its answer. Raises EOFError or OSError if the process ends."""
        connection = self._connection or self._start()
        for id, dataset in datasets.items():
            if self._versions.get(id) != dataset.version:
                _prepare(connection, dataset)
                self._versions[id] = dataset.version
                self._memory = _memory_of(self._pid)
        connection.send_bytes(dumps(job))
        self._watch(connection, job)
        answer: Answer = pickle.loads(connection.recv_bytes())
        return answer

    def _start(self) -> Connection:
        connection = self._connection = self._connect()
        self._pid = _prepare(connection, self._lane.niceness)
        self._memory = _memory_of(self._pid)
        return connection

    def _watch(self, connection: Connection, job: Job) -> None:
        """Wait for the answer. Raises Unavailable where a limit is passed."""
        end = time.monotonic() + job.seconds
        before = _memory_of(self._pid)
        most = before + max(self._most_memory, before)
        while not connection.poll(_LOOK_EVERY):
            if time.monotonic() > end:
                _log.warning(
                    "an answer took longer than %g s and was given up", job.seconds, extra=_GIVEN_UP
                )
                message = f"this takes longer than {job.seconds:g} seconds to make"
                raise Unavailable(message, _RETRY_AFTER)
            if _memory_of(self._pid) > most:
                _log.warning(
                    "an answer took more than %d MB and was given up", most >> 20, extra=_GIVEN_UP
                )
                message = f"this takes more than {most >> 20} megabytes of memory to make"
                raise Unavailable(message, _RETRY_AFTER)


def _prepare(connection: Connection, message: int | Dataset) -> int:
    """Send a process its niceness or a dataset; return its id when it has taken it.

    Raises EOFError, OSError or Unavailable where it does not.
    """
    connection.send_bytes(dumps(message))
    if not connection.poll(_SECONDS_TO_PREPARE):
        raise Unavailable("no process could be started for this", _RETRY_AFTER)
    pid: int = pickle.loads(connection.recv_bytes())
    return pid


def _memory_of(pid: int) -> int:
    """Return how many bytes a process has in memory, 0 where that cannot be told."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGESIZE")
