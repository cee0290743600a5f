"""A dataset in PostGIS as a source: its files as they were published."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from geomap.errors import DatabaseError, Fault, NotFound
from geomap.sources.files import read_members
from geomap.sources.postgis.address import Address
from geomap.sources.postgis.connection import connect, deadline, explained
from geomap.sources.postgis.watch import Watch

_SECONDS_TO_READ = 120
_UNNAMED = "dataset in PostGIS"
_IDS = "SELECT dataset FROM geomap.current ORDER BY dataset"
_LAST = "SELECT id FROM geomap.revision WHERE dataset = %s ORDER BY number DESC LIMIT 1"
_NUMBERED = "SELECT id FROM geomap.revision WHERE dataset = %s AND number = %s"
_FILES = "SELECT name, content FROM geomap.file WHERE revision = %s ORDER BY name"

Connection = psycopg.Connection[tuple[Any, ...]]


class PostgisSource:
    """The last revision of a dataset, or the one that its address names.

    Everything is read in read-only statements, so a replica or a user who may only read will do.
    """

    def __init__(self, address: Address) -> None:
        self._address = address
        self._dataset = address.dataset
        self._watch = Watch(address.conninfo, self._last_revision)
        self.is_live = address.revision is None

    @property
    def name(self) -> str:
        """What messages call it."""
        return self._dataset or _UNNAMED

    @property
    def place(self) -> str:
        """Where it is: host, port, database, dataset and revision."""
        parts = conninfo_to_dict(self._address.conninfo)
        where = [parts.get(name) or "" for name in ("host", "hostaddr", "port", "dbname")]
        return f"postgresql: {[*where, self._dataset or '', self._address.revision or '']}"

    def read(self) -> tuple[dict[str, bytes], list[Fault]]:
        """Return the dataset's files, name to content. Raises DatabaseError, NotFound."""
        with explained(self.name, self._address.conninfo):
            try:
                revision, rows = self._read()
            except psycopg.Error as error:
                self._watch.fail(error)
                raise
        if self.is_live and revision < self._watch.stamp:
            raise DatabaseError(self.name, "this copy of the database lags behind another")
        members = ((name, partial(io.BytesIO, content)) for name, content in rows)
        return read_members(members, (MemoryError,))

    def stamp(self) -> object:
        """Return the id of the last revision. Raises DatabaseError, NotFound."""
        with explained(self.name, self._address.conninfo):
            return self._watch.look() if self.is_live else self._address.revision

    def close(self) -> None:
        """End the connection by which the source is followed."""
        self._watch.close()

    def _read(self) -> tuple[int, list[tuple[str, bytes]]]:
        """Return the id of the revision, and names and contents of its files."""
        with self._connection() as connection, deadline(connection, _SECONDS_TO_READ):
            revision = self._revision(connection)
            rows = connection.cursor(binary=True).execute(_FILES, (revision,))
            return revision, [(name, content) for name, content in rows]

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        """Give the connection by which the source is followed, else one for the moment."""
        if self._watch.connection:
            yield self._watch.connection
        else:
            with closing(connect(self._address.conninfo)) as connection:
                yield connection

    def _revision(self, connection: Connection) -> int:
        """Return the id of the revision that the address means. Raises NotFound."""
        number = self._address.revision
        if number is None:
            return self._last_revision(connection)
        dataset = self._dataset_id(connection)
        row = connection.execute(_NUMBERED, (dataset, number)).fetchone()
        if row is None:
            raise NotFound(f"there is no revision {number} of {dataset}")
        return int(row[0])

    def _last_revision(self, connection: Connection) -> int:
        dataset = self._dataset_id(connection)
        row = connection.execute(_LAST, (dataset,)).fetchone()
        if row is None:
            ids = ", ".join(_ids(connection)) or "none"
            # The others may not be for whoever reads /healthz.
            raise DatabaseError(dataset, "it is not in this database", f"there is: {ids}")
        return int(row[0])

    def _dataset_id(self, connection: Connection) -> str:
        """Return the dataset's id: as the address has it, else that of the only one there is."""
        if self._dataset is None:
            ids = _ids(connection)
            if len(ids) != 1:
                there = f"holds {', '.join(ids)}" if ids else "holds no dataset yet"
                raise NotFound(f"this database {there}; add ?dataset=ID to its address")
            self._dataset = ids[0]
        return self._dataset


def find_all(address: Address) -> list[PostgisSource]:
    """Return the source of each dataset in a database, or of the one that the address names.

    Raises DatabaseError, NotFound.
    """
    if address.dataset:
        return [PostgisSource(address)]
    conninfo = address.conninfo
    with explained(_UNNAMED, conninfo), closing(connect(conninfo)) as connection:
        ids = _ids(connection)
    if not ids:
        raise NotFound("this database holds no dataset; put one there with geomap publish")
    return [PostgisSource(address.of(id)) for id in ids]


def _ids(connection: Connection) -> list[str]:
    return [id for (id,) in connection.execute(_IDS)]
