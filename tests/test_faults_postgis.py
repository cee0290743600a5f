"""A database that is slow, locked, full of connections or only readable, and publishing cut short."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import faults
import psycopg
import pytest
from datasets import META, write_dataset
from postgres import Server, address, publish_folder
from serving import Service

from geomap import sources
from geomap.errors import DatabaseError, NotPublished

pytestmark = [pytest.mark.slow, pytest.mark.long]
Make = Callable[..., Path]


class Line:
    """What passes between a client and a server: it may be slow, or be cut when something is said."""

    def __init__(self, port: int) -> None:
        self.delay = 0.0
        self.cut_at = b""
        self._is_deaf = False
        self._port = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._carry, args=(client,), daemon=True).start()

    def _carry(self, client: socket.socket) -> None:
        with client, socket.create_connection(("127.0.0.1", self._port)) as server:
            there = threading.Thread(target=self._pass, args=(client, server), daemon=True)
            there.start()
            self._pass(server, client)
            there.join()

    def _pass(self, one: socket.socket, other: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := one.recv(65536):
                time.sleep(self.delay)
                if self.cut_at and self.cut_at in data:
                    self.cut_at, self._is_deaf = b"", True
                    other.sendall(data)
                    time.sleep(1)  # so that the server has done what it was told
                    break
                if not self._is_deaf:
                    other.sendall(data)
        self._is_deaf = False
        for end in (one, other):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Take no more connections."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


@pytest.fixture
def line(postgres_server: Server) -> Iterator[Line]:
    """A line to the database server."""
    line = Line(postgres_server.port)
    yield line
    line.close()


def name_of(database: str) -> str:
    return database.rpartition("/")[2]


def revisions(database: str) -> list[tuple[Any, ...]]:
    """Return number, version and count of files of every revision."""
    with psycopg.connect(database) as connection:
        return connection.execute(
            "SELECT number, version, (SELECT count(*) FROM geomap.file WHERE revision = r.id), "
            "(SELECT count(*) FROM geomap.claim WHERE revision = r.id) "
            "FROM geomap.revision r ORDER BY number"
        ).fetchall()


def test_a_slow_line_slows_nobody_who_reads(
    database: str, line: Line, make_dataset: Make, start: Callable[..., Service]
) -> None:
    folder = make_dataset()
    publish_folder(folder, database)
    service = start(address(line.port, name_of(database)))
    line.delay = 0.5
    write_dataset(folder, meta={**META, "title": "Edited"})
    publish_folder(folder, database)
    slowest = 0.0
    end = time.monotonic() + 60
    while b"Edited" not in service.get("/").body and time.monotonic() < end:
        asked = time.monotonic()
        service.get("/healthz")
        slowest = max(slowest, time.monotonic() - asked)
        time.sleep(0.1)
    assert b"Edited" in service.get("/").body
    assert slowest < 1
    assert service.stop() == 0


def test_a_publication_whose_end_is_not_heard_is_found_out_by_repeating_it(
    database: str, line: Line, make_dataset: Make
) -> None:
    folder = make_dataset()
    line.cut_at = b"COMMIT"
    with pytest.raises((NotPublished, DatabaseError)) as lost:
        publish_folder(folder, address(line.port, name_of(database)))
    assert "nothing was published" not in str(lost.value)
    assert "publish again" in str(lost.value)
    there = revisions(database)
    assert len(there) == 1
    again = publish_folder(folder, address(line.port, name_of(database)))
    assert (again.number, again.is_new) == (1, False)
    assert revisions(database) == there


def test_publishing_killed_at_some_moment_publishes_all_or_nothing(
    database: str, make_dataset: Make
) -> None:
    folder = make_dataset()
    publish_folder(folder, database)
    (complete,) = revisions(database)
    options = ("--author", "A. Desk", "--message", "A change")
    for number in range(6):
        write_dataset(folder, meta={**META, "title": f"Edit {number}"})
        faults.killed_at_some_moment("publish", folder, database, *options, seconds=3)
    result = faults.run("publish", folder, database, *options)
    assert result.returncode == 0, result.stderr
    for _, _, files, claims in revisions(database):
        assert (files, claims) == complete[2:]
    assert sources.open(database).version == sources.open(folder).version


def test_a_connection_ended_while_publishing_changes_nothing(
    postgres_server: Server, database: str, make_dataset: Make
) -> None:
    folder = make_dataset()
    publish_folder(folder, database)
    before = revisions(database)
    write_dataset(folder, meta={**META, "title": "Edited"})
    with psycopg.connect(database) as holder:
        holder.execute("LOCK TABLE geomap.file IN ACCESS EXCLUSIVE MODE")
        raised: list[BaseException] = []

        def publish() -> None:
            try:
                publish_folder(folder, database)
            except BaseException as error:
                raised.append(error)

        thread = threading.Thread(target=publish)
        thread.start()
        waiting = (
            "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' "
            f"AND datname = '{name_of(database)}'"
        )
        end = time.monotonic() + 20
        with psycopg.connect(postgres_server.address("postgres"), autocommit=True) as other:
            while not (found := other.execute(waiting).fetchall()) and time.monotonic() < end:
                time.sleep(0.05)
            other.execute("SELECT pg_terminate_backend(%s)", found[0])
        thread.join(20)
    assert isinstance(raised[0], NotPublished | DatabaseError)
    assert revisions(database) == before


def test_settings_of_a_database_are_named(
    postgres_server: Server, database: str, make_dataset: Make
) -> None:
    folder = make_dataset()
    publish_folder(folder, database)
    write_dataset(folder, meta={**META, "title": "Edited"})

    def limited(setting: str) -> str:
        return address(postgres_server.port, name_of(database), options=f"-c{setting}")

    readable = limited("default_transaction_read_only=on")
    assert sources.open(readable).id == "test"
    with pytest.raises(NotPublished, match="can only be read"):
        publish_folder(folder, readable)
    with psycopg.connect(database) as holder:
        holder.execute("LOCK TABLE geomap.file IN ACCESS EXCLUSIVE MODE")
        for call in (sources.open, lambda database: publish_folder(folder, database)):
            with pytest.raises((DatabaseError, NotPublished), match=r"\(statement_timeout\)"):
                call(limited("statement_timeout=300"))
        with pytest.raises(DatabaseError, match=r"\(lock_timeout\)"):
            sources.open(limited("lock_timeout=100"))
    assert len(revisions(database)) == 1


def test_a_database_without_free_connections_says_so_and_is_followed_later(
    postgres_server: Server, database: str, make_dataset: Make, start: Callable[..., Service]
) -> None:
    folder = make_dataset()
    publish_folder(folder, database)
    name = name_of(database)
    service = start(database)
    postgres_server.run(
        "CREATE ROLE few LOGIN PASSWORD 'x' CONNECTION LIMIT 1; GRANT pg_read_all_data TO few"
    )
    few = f"postgresql://few:x@127.0.0.1:{postgres_server.port}/{name}"
    with psycopg.connect(few):
        with pytest.raises(DatabaseError, match="no connection left") as full:
            sources.open(few)
        assert "too many connections" in str(full.value)
        said = faults.refusal(faults.run("status", few))
        assert "no connection left" in said
    assert sources.open(few).id == "test"
    with psycopg.connect(database) as holder:
        holder.execute("LOCK TABLE geomap.revision IN ACCESS EXCLUSIVE MODE")
        service.until(lambda: service.health()["status"] == "degraded")
        assert service.get("/").status == 200
    service.until(lambda: service.health()["status"] == "ok")
    assert service.stop() == 0
