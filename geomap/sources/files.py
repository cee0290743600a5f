"""What sources made of files share: which files belong to a dataset, and how much is read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from pathlib import PurePosixPath
from typing import IO

from geomap.check.names import FOLDERS, META, TABLES, WORKBOOKS
from geomap.errors import Fault, printable

MAX_FILE_BYTES = 256 * 2**20
MAX_TOTAL_BYTES = 1024 * 2**20
MAX_META_BYTES = 2**20
_CHUNK_BYTES = 2**20
_OTHER_TABLES = frozenset(
    table.removesuffix(".csv") + ending
    for table in TABLES
    for ending in (".xls", ".xlsm", ".xlsb", ".numbers", ".tsv")
)
"""Names of tables in forms that are not read: who puts one there means it to count."""
_BESIDE = frozenset(("readme", "license", "licence", "thumbs", "desktop"))
"""Stems of what may lie among regions and context: a text about them, and what Windows puts there."""

Member = tuple[str, Callable[[], AbstractContextManager[IO[bytes]]]]
"""The name of a file in the dataset, with slashes, and a function that opens it for reading."""


class Refused(ValueError):
    """A file that is not read; its text is the sentence of the fault."""


def read_members(
    members: Iterable[Member], errors: tuple[type[Exception], ...]
) -> tuple[dict[str, bytes], list[Fault]]:
    """Return the files that belong to a dataset, name to content, and what could not be read.

    No more than MAX_FILE_BYTES of one and MAX_TOTAL_BYTES of all are read. `errors` are those by
    which opening or reading fails.
    """
    files: dict[str, bytes] = {}
    faults: list[Fault] = []
    total = 0
    for name, open_member in members:
        try:
            if not belongs(name):
                _check_misnamed(name)
                continue
            _check_encoding(name)
            with open_member() as member:
                content = _read(member, MAX_META_BYTES if name == META else MAX_FILE_BYTES)
        except Refused as error:
            faults.append(Fault(printable(name), None, None, str(error)))
            continue
        except errors as error:
            reason = getattr(error, "strerror", None) or str(error) or "there is too little memory"
            faults.append(Fault(printable(name), None, None, f"cannot be read: {reason}"))
            continue
        total += len(content)
        if total > MAX_TOTAL_BYTES:
            message = (
                f"brings the dataset to more than {MAX_TOTAL_BYTES // 2**20} MB; "
                "simplify the geometry or make two datasets of it"
            )
            return {}, [*faults, Fault(name, None, None, message)]
        files[name] = content
    return files, faults


def belongs(name: str) -> bool:
    """Return whether a file is part of a dataset, by its name with slashes.

    Names with a leading dot are an editor's or a system's.
    """
    if name in (META, *TABLES, *WORKBOOKS):
        return True
    return _among_features(name) and name.lower().endswith(".geojson")


def _among_features(name: str) -> bool:
    folder, _, last = name.rpartition("/")
    return f"{folder}/" in FOLDERS and bool(last) and not last.startswith(".")


def _check_misnamed(name: str) -> None:
    """Raise Refused for a file that is meant to count, by its place or name, but cannot."""
    if name.lower() in _OTHER_TABLES:
        raise Refused("is not read; save it as .xlsx, .ods or 'CSV UTF-8', and remove it")
    stem = PurePosixPath(name).stem
    if _among_features(name) and stem.lower() not in _BESIDE:
        raise Refused(
            f"is not read; name it {printable(stem)}.geojson if it is GeoJSON, or put it elsewhere"
        )


def _check_encoding(name: str) -> None:
    try:
        name.encode()
    except UnicodeEncodeError:  # Python holds the bytes that are no UTF-8 as lone surrogates
        raise Refused("has a name that is not UTF-8; give the file another") from None


def _read(member: IO[bytes], limit: int) -> bytes:
    """Return a file's content. Raises Refused where it is larger than `limit` bytes.

    It is read in pieces: the size that a zip states may lie, and to ask for the limit at once would
    take that much memory for each small file.
    """
    chunks: list[bytes] = []
    size = 0
    while chunk := member.read(_CHUNK_BYTES):
        chunks.append(chunk)
        size += len(chunk)
        if size > limit:
            raise Refused(f"is larger than {limit // 2**20} MB; simplify or split it")
    return b"".join(chunks)
