"""Watching a database for revisions: told by NOTIFY where that works, else asking again."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Any

import psycopg

from geomap.errors import GeomapError
from geomap.sources.postgis.connection import connect, deadline

CHANNEL = "geomap_revision"
_SECONDS_TO_ANSWER = 10
_ASK_EVERY = 2.0
"""Seconds between questions where nobody tells us: behind a pooler, on a replica."""
_ASK_ALL_THE_SAME = 15.0
_LONGEST_WAIT = 10.0
"""Seconds between attempts to connect, after several have failed."""

Connection = psycopg.Connection[tuple[Any, ...]]


class Watch:
    """Knows the last revision in a database, at the cost of few questions.

    `ask` returns it by a connection. `stamp` is what it returned last, 0 before that; `connection` that
    by which it was asked, None where there is none.
    """

    def __init__(self, conninfo: str, ask: Callable[[Connection], int]) -> None:
        self._conninfo = conninfo
        self._ask = ask
        self.connection: Connection | None = None
        self.stamp = 0
        self.is_told = False
        self._ask_at = 0.0
        self._failure: psycopg.Error | GeomapError | None = None
        self._wait = 0.0

    def look(self) -> int:
        """Return the last revision, asking only where it may be another. Raises psycopg.Error.

        After a failure it raises the same at once until it is time to try again: soon after the
        first, later and later after others.
        """
        if self._failure and time.monotonic() < self._ask_at:
            raise self._failure.with_traceback(None)
        try:
            if self.connection is None:
                self.connection = connect(self._conninfo)
                self.is_told = _listen(self.connection)
                self._ask_at = 0.0
            if self._is_due(self.connection):
                with deadline(self.connection, _SECONDS_TO_ANSWER):
                    self.stamp = self._ask(self.connection)
                self._ask_at = time.monotonic() + (
                    _ASK_ALL_THE_SAME if self.is_told else _ASK_EVERY
                )
        except (psycopg.Error, GeomapError) as error:
            self.fail(error)
            raise
        self._failure, self._wait = None, 0.0
        return self.stamp

    def fail(self, error: psycopg.Error | GeomapError) -> None:
        """End the connection because of an error, and wait before the next attempt."""
        self.close()
        self._failure = error
        self._wait = min(2 * self._wait or 1.0, _LONGEST_WAIT)
        # Many instances lose a database at one moment; they do not all come back at one.
        self._ask_at = time.monotonic() + self._wait * random.uniform(0.5, 1)

    def close(self) -> None:
        """End the connection."""
        if self.connection:
            self.connection.close()
            self.connection = None

    def _is_due(self, connection: Connection) -> bool:
        """Whether to ask: somebody published something, or nobody told us anything for long."""
        told = self.is_told and bool(list(connection.notifies(timeout=0)))
        return told or time.monotonic() >= self._ask_at


def _listen(connection: Connection) -> bool:
    """Ask to be told of revisions; return whether that works.

    A pooler lends us a connection of its own for each statement, and would tell whoever has it
    when something comes: the process that answers is then another than we were connected to. A
    replica refuses to be listened to.
    """
    try:
        with deadline(connection, _SECONDS_TO_ANSWER):
            (process,) = connection.execute("SELECT pg_backend_pid()").fetchone() or (None,)
            if process != connection.info.backend_pid:
                return False
            connection.execute(f"LISTEN {CHANNEL}")
            return True
    except psycopg.Error:
        if connection.closed:
            raise
        return False
