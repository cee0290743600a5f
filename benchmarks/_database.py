"""A PostgreSQL server with PostGIS of the benchmarks' own, which holds the same features as geomap."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
import psycopg
from psycopg import sql

from benchmarks._peers import Missing
from benchmarks._service import free_port

USER, DATABASE = "postgres", "maps"
_SETTINGS = {"listen_addresses": "127.0.0.1", "shared_buffers": "256MB", "max_connections": "60"}
_DATES = ("valid_from", "valid_to")


@contextmanager
def postgis() -> Iterator[int]:
    """Run a new server with an empty database that has PostGIS; yield its port."""
    programs = _programs()
    port = free_port()
    folder = Path(tempfile.mkdtemp(prefix="geomap-bench-"))
    options = _as_its_user()
    try:
        if options:
            os.chown(folder, options["user"], -1)
        data = folder / "data"
        make = [programs / "initdb", "-D", data, "-U", USER, "--auth=trust", "--locale=C.UTF-8"]
        subprocess.run([*make, "--encoding=UTF8"], check=True, capture_output=True, **options)
        settings = {**_SETTINGS, "port": port, "unix_socket_directories": folder}
        given = [f"--{name}={value}" for name, value in settings.items()]
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(
                [programs / "postgres", "-D", data, *given], stdout=log, stderr=log, **options
            )
        try:
            _wait_for(port)
            with connect(port, "postgres") as connection:
                connection.execute(f"CREATE DATABASE {DATABASE}")
            with connect(port) as connection:
                connection.execute("CREATE EXTENSION postgis")
            yield port
        finally:
            server.terminate()
            server.wait(30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def connect(port: int, database: str = DATABASE) -> psycopg.Connection[Any]:
    """Return a connection in which each statement takes effect at once."""
    address = f"host=127.0.0.1 port={port} user={USER} dbname={database}"
    return psycopg.connect(address, autocommit=True)


def fill(port: int, table: str, features: Sequence[dict[str, Any]]) -> None:
    """Make a table of GeoJSON features: their id is its key, each property a column.

    It has an index of the geometries and one of `valid_from`, and statistics.
    """
    names = list(features[0]["properties"])
    columns = [_column(name, "date" if name in _DATES else "text") for name in names]
    holders = [sql.Placeholder() for _ in range(len(names) + 1)]
    geometry = sql.SQL("ST_SetSRID(ST_GeomFromGeoJSON(%s), 4326)")
    here = sql.Identifier(table)
    with connect(port) as connection:
        connection.execute(
            sql.SQL(
                "CREATE TABLE {} (feature text PRIMARY KEY, {}, geom geometry(Geometry, 4326))"
            ).format(here, sql.SQL(", ").join(columns))
        )
        statement = sql.SQL("INSERT INTO {} VALUES ({}, {})").format(
            here, sql.SQL(", ").join(holders), geometry
        )
        connection.cursor().executemany(statement, [_row(one, names) for one in features])
        for index in ("USING gist (geom)", "(valid_from)"):
            connection.execute(sql.SQL("CREATE INDEX ON {} " + index).format(here))
        connection.execute(sql.SQL("VACUUM ANALYZE {}").format(here))


def _column(name: str, kind: str) -> sql.Composed:
    return sql.SQL("{} " + kind).format(sql.Identifier(name))


def _row(feature: dict[str, Any], names: Sequence[str]) -> list[Any]:
    """Return a feature as a row; what is no text is written as JSON."""
    values = [feature["properties"][name] for name in names]
    texts = [v if v is None or isinstance(v, str) else orjson.dumps(v).decode() for v in values]
    return [feature["id"], *texts, orjson.dumps(feature["geometry"]).decode()]


def _programs() -> Path:
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        extensions = Path("/usr/share/postgresql", folder.parent.name, "extension")
        if (folder / "postgres").exists() and (extensions / "postgis.control").exists():
            return folder
    raise Missing("it needs PostGIS (apt-get install postgresql-15-postgis-3)")


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            return connect(port, "postgres").close()
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def _as_its_user() -> dict[str, Any]:
    """Return options for a process of the server: it refuses to be run by root."""
    if os.geteuid() != 0:
        return {}
    user = pwd.getpwnam(USER)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": [], "cwd": "/"}
