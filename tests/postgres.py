"""A PostgreSQL server with PostGIS of the tests' own, and a pooler and a replica of it."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import needs
import psycopg

from geomap import sources as datasets
from geomap.sources.postgis.address import parse_address
from geomap.sources.postgis.publish import Revision, publish

PASSWORD = "p@ss:w/rd %1"
"""Of every user, with what must be percent-encoded in an address."""
_TEMPLATE = "with_postgis"
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "fsync": "off",
    "full_page_writes": "off",
    "max_connections": "40",
    "shared_buffers": "32MB",
    "jit": "off",
}


class Server:
    """A server in a folder of its own, as the user that may run it."""

    def __init__(self, folder: Path, programs: Path, port: int | None = None) -> None:
        self.folder = folder
        self.programs = programs
        self.port = port or free_port()
        self._databases = 0
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it answers."""
        settings = {**_SETTINGS, "port": self.port, "unix_socket_directories": self.folder}
        options = [f"--{name}={value}" for name, value in settings.items()]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self.programs / "postgres", "-D", self.folder / "data", *options],
                stdout=log,
                stderr=log,
                **_as_its_user(),
            )
        deadline = time.monotonic() + 30
        while True:
            try:
                psycopg.connect(self.address("postgres"), connect_timeout=2).close()
                return
            except psycopg.OperationalError:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    raise AssertionError((self.folder / "log").read_text()) from None
                time.sleep(0.05)

    def kill(self) -> None:
        """End all its processes at once, as a machine that fails does."""
        assert self._process
        self._signal(signal.SIGKILL)
        self._process.wait()

    @contextmanager
    def hanging(self) -> Iterator[None]:
        """Have it do nothing for a while, though it is there."""
        self._signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        assert self._process
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children")
        for pid in [self._process.pid, *map(int, children.read_text().split())]:
            os.kill(pid, number)

    def stop(self) -> None:
        """End it, and all connections."""
        if self._process and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(timeout=30)

    def address(self, database: str, user: str = "postgres", **parameters: Any) -> str:
        """Return the address of a database."""
        return address(self.port, database, user, **parameters)

    def run(self, statement: str, database: str = "postgres") -> None:
        """Run a statement, or several, as the administrator."""
        with psycopg.connect(self.address(database), autocommit=True) as connection:
            connection.execute(statement)

    def new_database(self) -> str:
        """Return the name of a new database that has PostGIS."""
        self._databases += 1
        name = f"test_{self._databases}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE}")
        return name


def address(port: int, database: str, user: str = "postgres", **parameters: Any) -> str:
    """Return the address of a database behind a port of this machine."""
    query = f"?{urlencode(parameters)}" if parameters else ""
    return f"postgresql://{user}:{quote(PASSWORD, safe='')}@127.0.0.1:{port}/{database}{query}"


@contextmanager
def running_server() -> Iterator[Server]:
    """Give a new server with a template of a database that has PostGIS."""
    with _folder() as folder:
        server = Server(folder, needs.postgres())
        (folder / "password").write_text(PASSWORD)
        initdb = [server.programs / "initdb", "-D", folder / "data", "-U", "postgres"]
        initdb += ["--auth-local=trust", "--auth-host=scram-sha-256", "--no-sync"]
        initdb += ["--encoding=UTF8", "--locale=C.UTF-8", f"--pwfile={folder / 'password'}"]
        subprocess.run(initdb, check=True, capture_output=True, **_as_its_user())
        server.start()
        try:
            server.run(f"CREATE DATABASE {_TEMPLATE}")
            server.run("CREATE EXTENSION postgis", _TEMPLATE)
            yield server
        finally:
            server.stop()


@contextmanager
def replica_of(server: Server) -> Iterator[Server]:
    """Give a read-only copy of a server that follows it."""
    with _folder() as folder:
        copy = [server.programs / "pg_basebackup", "-D", folder / "data", "-R", "-U", "postgres"]
        copy += ["-h", server.folder, "-p", str(server.port), "--checkpoint=fast", "--no-sync"]
        subprocess.run(copy, check=True, capture_output=True, **_as_its_user())
        replica = Server(folder, server.programs)
        replica.start()
        try:
            yield replica
        finally:
            replica.stop()


@contextmanager
def pooler_of(server: Server) -> Iterator[int]:
    """Give the port of a pgbouncer before a server, which lends connections for a transaction."""
    program = needs.program("pgbouncer", package="pgbouncer")
    port = free_port()
    with _folder() as folder:
        (folder / "users").write_text(f'"postgres" "{PASSWORD}"\n')
        (folder / "pgbouncer.ini").write_text(
            f"[databases]\n* = host={server.folder} port={server.port}\n"
            f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n"
            f"auth_type = plain\nauth_file = {folder}/users\npool_mode = transaction\n"
        )
        with (folder / "log").open("ab") as log:
            process = subprocess.Popen(
                [program, folder / "pgbouncer.ini"], stdout=log, stderr=log, **_as_its_user()
            )
        try:
            for _ in range(200):
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.05)
            yield port
        finally:
            process.terminate()
            process.wait(timeout=10)


def publish_folder(folder: Path, database: str, message: str = "A change", **more: Any) -> Revision:
    """Publish the dataset in a folder."""
    source = datasets.find(folder)
    files, _ = source.read()
    data = datasets.from_files(source.name, files)
    more = {"author": "A. Desk", **more}
    return publish(data, files, parse_address(database), message=message, **more)


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _folder() -> Iterator[Path]:
    """Give a folder that the server's user may write; pytest's own are for this user only."""
    folder = Path(tempfile.mkdtemp(prefix="geomap-pg-"))
    try:
        if user := _as_its_user().get("user"):
            os.chown(folder, user, -1)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _as_its_user() -> dict[str, Any]:
    """Return options for a process of the server: it refuses to be run by root."""
    if os.geteuid() != 0:
        return {}
    user = pwd.getpwnam("postgres")
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": [], "cwd": "/"}
