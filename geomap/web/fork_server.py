"""Starts processes that have everything imported already: forks of one that has no threads.

A worker has threads, and a fork of it could copy a lock that one of them holds. So the parent of the
workers forks a server of forks before it has threads itself, and a worker asks that for a process.
"""

from __future__ import annotations

import gc
import logging
import multiprocessing
import os
import signal
import socket
import struct
from collections.abc import Callable
from multiprocessing.connection import Connection, wait

Serve = Callable[[Connection], None]
"""What a new process does: it serves a connection until that is closed, or its parent ends."""
_SECONDS = 60
"""How long a message between two processes may be on its way."""
LOOK_EVERY = 1.0
"""How often a process looks whether its parent has ended, in seconds. (A pipe that closes with the
parent would not do: processes that are forked later hold its other end, too.)"""
_log = logging.getLogger("geomap")


def can_fork() -> bool:
    """Return whether processes are forked on this system, the workers of the server among them."""
    return multiprocessing.get_start_method() == "fork"


class ForkServer:
    """A process that forks itself for each connection; every fork runs `serve` with it.

    Processes that are forked from the one that made it can use it, too. `look` starts it again where
    it has ended; what is asked meanwhile waits.
    """

    def __init__(self, serve: Serve) -> None:
        self._serve = serve
        self._asking, self._asked = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._closed = False
        self._start()

    def connect(self) -> Connection:
        """Return a connection to a new process."""
        ours, theirs = socket.socketpair()
        with theirs:
            socket.send_fds(self._asking, [b"fork"], [theirs.fileno()])
        # A process that is stopped must not hold up the thread that sends to it.
        limit = struct.pack("ll", _SECONDS, 0)
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, limit)
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, limit)
        return Connection(ours.detach())

    def look(self) -> None:
        """Start the server again if it has ended."""
        if not self._closed and not self._process.is_alive():
            _log.warning(
                "the process that starts others has ended; starting it again",
                extra={"event": "process-ended"},
            )
            self._start()

    def close(self) -> None:
        """End the server; the processes that it has started end with their connections."""
        self._closed = True
        self._process.kill()
        self._process.join()
        self._asking.close()
        self._asked.close()

    def _start(self) -> None:
        context = multiprocessing.get_context("fork")
        self._process = context.Process(target=self._run, name="geomap-forks", daemon=True)
        self._process.start()

    def _run(self) -> None:
        """Fork for each connection that is asked for, until the parent ends."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the parent
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the forks
        gc.freeze()  # so that memory stays shared with the forks
        parent = os.getppid()
        while os.getppid() == parent:
            if wait([self._asked], LOOK_EVERY):
                _, fds, _, _ = socket.recv_fds(self._asked, 16, 1)
                for fd in fds:
                    self._fork(fd)

    def _fork(self, fd: int) -> None:
        try:
            pid = os.fork()
        except OSError as error:  # no memory, or too many processes
            _log.error("no process can be started: %s", error, extra={"event": "at-limit"})
            os.close(fd)
            return
        if pid:
            os.close(fd)
            return
        try:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            self._asking.close()
            self._asked.close()
            self._serve(Connection(fd))
        finally:
            os._exit(0)


def spawn(serve: Serve) -> Connection:
    """Return a connection to a new process that runs `serve`, on systems that do not fork.

    `serve` must be of the top level of a module.
    """
    ours, theirs = multiprocessing.Pipe()
    context = multiprocessing.get_context("spawn")
    process = context.Process(target=serve, args=(theirs,), name="geomap-renders", daemon=True)
    with theirs:
        process.start()
    return ours
