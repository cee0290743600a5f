"""Publishing a dataset into PostGIS: one transaction, a new revision, nothing overwritten."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files as package_files
from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg import errors as states
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from geomap.core.dataset import Dataset
from geomap.errors import BadSetting, DatabaseError, GeomapError, NotPublished, printable
from geomap.sources.postgis.address import Address
from geomap.sources.postgis.connection import connect, explain
from geomap.sources.postgis.rows import table_rows
from geomap.sources.postgis.watch import CHANNEL

SCHEMA = "geomap"
RUN_ONCE = ("schema.sql",)
"""Files of the folder `sql` that make or change tables, in the order in which they are run."""
RUN_WHEN_CHANGED = ("events.sql", "status.sql", "clients.sql")
"""Those that define functions and views, and are run again when a newer geomap has another text,
in this order."""
_ONE_AT_A_TIME = 0x67656F6D
"""The lock under which databases are published to: "geom" as a number."""
_LONGEST_TEXT = 2000


@dataclass(frozen=True)
class Revision:
    """One published state of a dataset. `is_new` is False where it was published before."""

    number: int
    author: str
    message: str
    published_at: datetime
    version: str
    is_new: bool = False

    def __str__(self) -> str:
        when = self.published_at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
        return f"revision {self.number} ({when}, {self.author}: {self.message})"


def publish(
    dataset: Dataset,
    files: dict[str, bytes],
    address: Address,
    *,
    author: str,
    message: str,
    base: int | None = None,
) -> Revision:
    """Publish a sound dataset and its `files` as a new revision, and return that.

    A dataset whose last revision is the same gets none: that one is returned. `base` is the number
    of the revision that was edited, 0 for none. Raises BadSetting where it is no longer the last,
    and for another dataset's address; NotPublished where the database does not take it. Then
    nothing has changed. Raises DatabaseError where it is out of reach.
    """
    author, message = _text("author", author), _text("message", message)
    _check_address(dataset, address)
    engine = sa.create_engine(
        "postgresql+psycopg://",
        creator=lambda: connect(_writable(address.conninfo), autocommit=False),
        poolclass=sa.NullPool,
    )
    with (
        _explained(dataset.id, address.conninfo, denied=_MAY_NOT_PUBLISH),
        engine.connect() as connection,
    ):
        with _explained(dataset.id, address.conninfo, denied=_MAY_NOT_MAKE):
            _prepare(connection)
        last = _last(connection, dataset.id)
        if last and last.version == dataset.version:
            _commit(connection, dataset.id)  # tables and functions may be new
            return last
        if base is not None and base != (last.number if last else 0):
            there = f"the last one is {last}" if last else "nothing has been published yet"
            raise BadSetting(
                "base", f"{there}; take over what it changes, then publish with its number"
            )
        revision = _insert(connection, dataset, files, author, message, last)
        _commit(connection, dataset.id)
        return revision


def _commit(connection: sa.Connection, id: str) -> None:
    """End the transaction. Raises DatabaseError where the database's answer is not heard."""
    try:
        connection.commit()
    except sa.exc.OperationalError as error:
        if getattr(error.orig, "sqlstate", None) and not isinstance(
            error.orig, states.AdminShutdown
        ):
            raise
        reason = (
            "the connection broke while it was being published, so it is there whole or not at all; "
            "publish again, which adds nothing twice"
        )
        raise DatabaseError(id, reason) from None


def _text(option: str, text: str) -> str:
    text = " ".join(text.split())
    if not text or len(text) > _LONGEST_TEXT or not text.isprintable():
        raise BadSetting(option, f"takes a text of 1 to {_LONGEST_TEXT} letters")
    return text


def _check_address(dataset: Dataset, address: Address) -> None:
    """Raise BadSetting where an address does not mean the next revision of this dataset."""
    if address.revision is not None:
        raise BadSetting("revision", "a published revision stays as it is; leave it out")
    if address.dataset not in (None, dataset.id):
        raise BadSetting(
            "dataset", f"is {address.dataset}, but dataset.yaml says {dataset.id}; correct either"
        )


def _writable(conninfo: str) -> str:
    """Return the address with, of several hosts, only the one that can be written to."""
    given = conninfo_to_dict(conninfo)
    if "," in str(given.get("host", "")):
        given["target_session_attrs"] = "read-write"
    return make_conninfo("", **given)


def _prepare(connection: sa.Connection) -> None:
    """Have nobody else publish until the end of the transaction, and make what is missing."""
    connection.execute(sa.text("SET LOCAL lock_timeout = '60s'"))
    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_ONE_AT_A_TIME)))
    is_there = sa.text("SELECT FROM pg_extension WHERE extname = 'postgis'")
    if connection.execute(is_there).first() is None:
        connection.execute(sa.text("CREATE EXTENSION postgis"))
    applied = _applied(connection)
    if unknown := sorted(set(applied) - {*RUN_ONCE, *RUN_WHEN_CHANGED}):
        raise NotPublished(
            f"a newer geomap has changed the tables ({', '.join(unknown)}); update this one"
        )
    for name in (*RUN_ONCE, *RUN_WHEN_CHANGED):
        script = (package_files("geomap.sources") / "sql" / name).read_text("utf-8")
        digest = hashlib.sha256(script.encode()).hexdigest()
        if name not in applied or (name in RUN_WHEN_CHANGED and applied[name] != digest):
            _run_script(connection, script)
            connection.execute(
                sa.text(
                    "INSERT INTO geomap.migration (name, digest) VALUES (:name, :digest) "
                    "ON CONFLICT (name) DO UPDATE SET digest = excluded.digest, applied_at = now()"
                ),
                {"name": name, "digest": digest},
            )


def _applied(connection: sa.Connection) -> dict[str, str]:
    """Return the digest of each script that has been run in a database, by its name."""
    there = sa.text("SELECT to_regclass('geomap.migration')")
    if connection.execute(there).scalar() is None:
        return {}
    rows = connection.execute(sa.text("SELECT name, digest FROM geomap.migration"))
    return {row.name: row.digest for row in rows}


def _run_script(connection: sa.Connection, script: str) -> None:
    # Not by SQLAlchemy, which would look for parameters in it.
    driver: Any = connection.connection.driver_connection
    driver.execute(script)


def _last(connection: sa.Connection, id: str) -> Revision | None:
    row = connection.execute(
        sa.text(
            "SELECT number, author, message, published_at, version FROM geomap.revision "
            "WHERE dataset = :id ORDER BY number DESC LIMIT 1"
        ),
        {"id": id},
    ).first()
    return Revision(*row) if row else None


def _insert(
    connection: sa.Connection,
    dataset: Dataset,
    files: dict[str, bytes],
    author: str,
    message: str,
    last: Revision | None,
) -> Revision:
    """Insert a revision and all that belongs to it, and tell the instances that serve it."""
    tables = sa.MetaData(schema=SCHEMA)
    tables.reflect(connection)
    number = last.number + 1 if last else 1
    revision = tables.tables["geomap.revision"]
    meta = dataset.meta
    row = connection.execute(
        sa.insert(revision).returning(revision.c.id, revision.c.published_at),
        {
            "dataset": dataset.id,
            "number": number,
            "author": author,
            "message": message,
            "version": dataset.version,
            "title": meta.title,
            "period_start": meta.period.start,
            "period_end": meta.period.end,
            "date": meta.date,
            "attribution": meta.attribution,
            "licence": meta.licence.name,
            "licence_url": meta.licence.url,
        },
    ).one()
    for name, rows in table_rows(dataset, files).items():
        if rows:
            table = tables.tables[f"{SCHEMA}.{name}"]
            # A field without a column is in `file` all the same.
            columns = [column for column in rows[0] if column in table.columns]
            connection.execute(
                sa.insert(table),
                [
                    {"revision": row.id, **{column: one[column] for column in columns}}
                    for one in rows
                ],
            )
    connection.execute(sa.select(sa.func.pg_notify(CHANNEL, dataset.id)))
    return Revision(number, author, message, row.published_at, dataset.version, is_new=True)


@contextmanager
def _explained(name: str, conninfo: str, denied: str) -> Iterator[None]:
    """Turn the database's errors into geomap's; `denied` is the sentence for rights that lack."""
    try:
        yield
    except sa.exc.DBAPIError as error:
        raise _reason(name, conninfo, error.orig, denied) from None
    except psycopg.Error as error:
        raise _reason(name, conninfo, error, denied) from None


def _reason(name: str, conninfo: str, error: BaseException | None, denied: str) -> GeomapError:
    if not isinstance(error, psycopg.Error):
        return NotPublished(f"the database refuses it: {printable(str(error))}")
    detail = printable(error.diag.message_primary or str(error))
    if isinstance(error, states.InsufficientPrivilege):
        return NotPublished(f"{denied} ({detail})")
    for state, sentence in _REASONS.items():
        if isinstance(error, state):
            return NotPublished(f"{sentence} ({detail})")
    if isinstance(error, _REFUSALS):
        return NotPublished(f"the database refuses it: {detail}")
    return explain(name, conninfo, error)


_MAY_NOT_MAKE = (
    "this user of the database may not make its tables; have an administrator run "
    "CREATE EXTENSION IF NOT EXISTS postgis and GRANT CREATE ON DATABASE … TO …"
)
_MAY_NOT_PUBLISH = (
    "this user of the database may not add to its tables; have an administrator run "
    "GRANT … TO …, with the user who made them and this one"
)
_REFUSALS = (psycopg.IntegrityError, psycopg.DataError, psycopg.ProgrammingError)
_REASONS: dict[type[psycopg.Error], str] = {
    states.UndefinedFile: (
        "PostGIS is not installed on the database's server; on Debian: "
        "apt-get install postgresql-15-postgis-3"
    ),
    states.FeatureNotSupported: "PostGIS is not installed on the database's server",
    states.ReadOnlySqlTransaction: (
        "this database can only be read; give the address of the original if it is a copy, "
        "else have default_transaction_read_only set to off"
    ),
    states.LockNotAvailable: "somebody else has been publishing for a minute; try again",
    states.QueryCanceled: "the database's time for a statement is too short (statement_timeout)",
    states.DiskFull: "the database's disk is full",
}
