"""Where a dataset comes from: a folder, a zip of one, PostGIS, or the built-in dataset.

Each kind of source is one class with the methods of `Source`. A new kind is one more file, and one
more line in `find`.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from geomap.check.names import META, TABLES, WORKBOOK_ENDINGS
from geomap.check.whole import build
from geomap.core.dataset import Dataset
from geomap.errors import CannotRead, DatasetError, Fault, NotFound
from geomap.sources.folder import FolderSource
from geomap.sources.postgis.address import is_database, parse_address
from geomap.sources.zip import ZipSource

__all__ = [
    "Dataset",
    "Source",
    "builtin_path",
    "check",
    "displayed",
    "find",
    "find_all",
    "from_files",
    "in_order",
    "inspect",
    "load",
    "open",
    "read",
]


class Source(Protocol):
    """A place that holds one dataset."""

    @property
    def name(self) -> str:
        """What messages call it: never the path that leads there, as readers may see them."""

    @property
    def place(self) -> str:
        """Where it is, the same after a restart and different from any other; no password."""

    @property
    def is_live(self) -> bool:
        """Whether it is served as it changes, without being asked to: only whole versions come."""

    def read(self) -> tuple[dict[str, bytes], list[Fault]]:
        """Return the dataset's files, name to content, and what could not be read.

        Raises CannotRead or DatabaseError where nothing can be.
        """

    def stamp(self) -> object:
        """Return a value that is cheap to get, and differs when the dataset may have changed.

        Raises OSError where that cannot be seen just now, as while a folder is being replaced, and
        GeomapError where whoever runs geomap should hear of it.
        """


def builtin_path() -> Path:
    """Return the folder of the built-in dataset: inside the package, or beside it in a checkout."""
    here = Path(__file__).parents[1]
    return next(p for p in (here / "data", here.parent / "data") if (p / META).is_file())


def find(address: str | os.PathLike[str] | None = None) -> Source:
    """Return the source at an address; without one, the built-in dataset's.

    An address is the path of a folder or of a .zip file, or begins with postgresql://. Raises
    NotFound where there is neither, CannotRead where the system does not let us look, BadSetting
    for an address of a database that cannot be read, MissingExtra.
    """
    if address is None:
        return FolderSource(builtin_path(), "built-in dataset")
    if not os.fspath(address):
        raise NotFound("the dataset's name is empty; give a folder or a .zip file")
    if is_database(address):
        parsed = parse_address(os.fspath(address))
        from geomap.sources.postgis.source import PostgisSource

        return PostgisSource(parsed)
    if "://" in os.fspath(address):  # not repeated: it may hold a password
        raise NotFound("an address of a dataset begins with postgresql://, or is a path")
    path = Path(address)
    try:
        if path.is_dir():
            return FolderSource(path)
        if path.is_file():
            return ZipSource(path)
    except OSError as error:
        if error.errno != errno.ENAMETOOLONG:
            raise CannotRead(os.fspath(address), error) from None
    raise NotFound(f"there is no dataset folder or .zip file {os.fspath(address)!r}")


def find_all(address: str | os.PathLike[str]) -> list[Source]:
    """Return all sources at an address: of a database that names no dataset, that of each in it.

    Raises as `find` does, and DatabaseError.
    """
    if not is_database(address):
        return [find(address)]
    parsed = parse_address(os.fspath(address))
    from geomap.sources.postgis import source

    return [*source.find_all(parsed)]


def displayed(address: str | os.PathLike[str]) -> str:
    """Return an address as it may be shown: that of a database may hold a password."""
    return find(address).name if is_database(address) else os.fspath(address)


def open(address: str | os.PathLike[str] | None = None) -> Dataset:
    """Return the dataset at an address (see `find`); without argument the built-in dataset.

    Raises NotFound where there is nothing of that name, CannotRead or DatabaseError where it cannot
    be read, and DatasetError with every fault where the dataset is not sound.
    """
    return read(find(address))


def read(source: Source) -> Dataset:
    """Return what a source now holds. Raises CannotRead, DatabaseError, DatasetError."""
    return from_files(source.name, *source.read())


def from_files(name: str, files: dict[str, bytes], unread: Sequence[Fault] = ()) -> Dataset:
    """Return the dataset that `files` (name to content) hold; `unread` says what is missing of it.

    Raises DatasetError, which calls the dataset by `name`.
    """
    dataset, faults = inspect(files, unread)
    if dataset is None or not all(fault.doubt for fault in faults):
        raise DatasetError(name, faults)
    return dataset


def check(address: str | os.PathLike[str] | None = None) -> list[Fault]:
    """Return every fault and doubt of a dataset, ordered by file and row; none if all is well.

    Raises NotFound, CannotRead, DatabaseError.
    """
    return load(address)[1]


def load(address: str | os.PathLike[str] | None = None) -> tuple[Dataset | None, list[Fault]]:
    """Return the dataset as far as it can be read, and its faults and doubts.

    Raises NotFound, CannotRead, DatabaseError.
    """
    return inspect(*find(address).read())


def inspect(
    files: dict[str, bytes], unread: Sequence[Fault] = ()
) -> tuple[Dataset | None, list[Fault]]:
    """Return the dataset that `files` hold as far as it can be read, and its faults and doubts.

    Arguments as of `from_files`.
    """
    if unread and not files:
        return None, [*unread]
    dataset, faults = build(files, {fault.file for fault in unread})
    return (None if unread else dataset), in_order([*unread, *faults])


def in_order(faults: list[Fault]) -> list[Fault]:
    """Return faults ordered by file and row: dataset.yaml, the tables, then all other files."""
    order = {META: 0}
    for place, table in enumerate(TABLES, start=1):
        stem = table.removesuffix(".csv")
        order |= {stem + ending: place for ending in (".csv", *WORKBOOK_ENDINGS)}
    return sorted(faults, key=lambda f: (order.get(f.file, 9), f.file, f.row or 0))
