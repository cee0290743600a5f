"""Connecting to PostgreSQL, within bounded time, with errors that a person can act on."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psycopg
from psycopg import errors as states
from psycopg.conninfo import conninfo_to_dict

from geomap.errors import DatabaseError, GeomapError, NotFound, printable

_NOTHING_THERE = (states.UndefinedTable, states.InvalidSchemaName)
_GRANTS = "GRANT USAGE ON SCHEMA geomap and SELECT ON ALL TABLES IN SCHEMA geomap"
_LONGEST = 400


def connect(conninfo: str, autocommit: bool = True) -> psycopg.Connection[tuple[Any, ...]]:
    """Return a connection; unless `autocommit`, its statements are one transaction until it ends.

    Raises psycopg.Error.

    Nothing is prepared on the server: behind a pooler, the next statement may be run by another.
    """
    return psycopg.connect(conninfo, autocommit=autocommit, prepare_threshold=None)


@contextmanager
def explained(name: str, conninfo: str) -> Iterator[None]:
    """Turn psycopg's errors into geomap's; `name` is what messages call the dataset."""
    try:
        yield
    except psycopg.Error as error:
        raise explain(name, conninfo, error) from None


def explain(name: str, conninfo: str, error: psycopg.Error) -> GeomapError:
    """Return the error to raise for one of psycopg's. The password is in none of its texts."""
    if isinstance(error, _NOTHING_THERE):
        return NotFound("this database holds no dataset; put one there with geomap publish")
    if isinstance(error, states.InsufficientPrivilege):
        reason = f"the database's user may not read it; its owner allows that by {_GRANTS}"
        return DatabaseError(name, reason)
    detail = " ".join(str(error).split())
    password = conninfo_to_dict(conninfo).get("password")
    if password:
        detail = detail.replace(str(password), "…")
    return DatabaseError(name, _reason(error, detail), printable(detail[:_LONGEST]))


def _reason(error: psycopg.Error, detail: str) -> str:
    if isinstance(error, states.QueryCanceled):
        return "the database's time for a statement is too short (statement_timeout)"
    if isinstance(error, states.LockNotAvailable):
        return "the database's time to wait for a lock is too short (lock_timeout)"
    # libpq says no code of an error by which it does not connect.
    if "too many" in detail or "remaining connection slots" in detail:
        return "the database has no connection left for this user"
    return "no connection to the database"


@contextmanager
def deadline(connection: psycopg.Connection[Any], seconds: float) -> Iterator[None]:
    """End the connection if what is done in the meantime takes longer than `seconds`.

    A server that hangs still has its system acknowledge what is sent, so no timeout of TCP ends it.
    """

    def cut() -> None:
        with suppress(psycopg.Error, OSError):  # closed by itself in this very moment
            shared = socket.socket(fileno=connection.fileno())
            try:
                shared.shutdown(socket.SHUT_RDWR)
            finally:
                shared.detach()

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
