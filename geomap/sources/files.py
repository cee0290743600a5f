"""The files of a dataset, wherever they lie: a folder or a zip of one becomes name to bytes."""

from __future__ import annotations

import os
import zipfile
import zlib
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO

from geomap.check.names import FOLDERS, META, TABLES
from geomap.errors import Fault, NotFound

MAX_FILE_BYTES = 256 * 2**20
MAX_TOTAL_BYTES = 1024 * 2**20
MAX_META_BYTES = 2**20
MAX_UNPACKED = 16 * 2**20
MAX_RATIO = 100
_BROKEN_ZIP = (
    *(zipfile.BadZipFile, zlib.error, EOFError, OSError),
    *(NotImplementedError, RuntimeError),  # a compression of its own, or a password
)
_BESIDE = frozenset(("readme", "license", "licence", "thumbs", "desktop"))
"""Stems of what may lie among regions and context: a text about them, and what Windows puts there."""
_Member = tuple[str, Callable[[], AbstractContextManager[IO[bytes]]]]


def read_files(source: str | os.PathLike[str]) -> tuple[dict[str, bytes], list[Fault]]:
    """Return the files of the dataset at `source`, name to content, and what could not be read.

    Only the files of a dataset are read, and no more than MAX_FILE_BYTES of one and
    MAX_TOTAL_BYTES of all. Raises NotFound where there is neither a folder nor a file, or the
    system does not let us look.
    """
    name = os.fspath(source)
    if not name:
        raise NotFound("the dataset's name is empty; give a folder or a .zip file")
    path = Path(source)
    try:
        if path.is_dir():
            return _collect(_folder_members(path))
        if path.is_file():
            return _read_zip(path)
    except OSError as error:
        raise NotFound(f"the dataset {name!r} cannot be read: {error.strerror}") from None
    raise NotFound(f"there is no dataset folder or .zip file {name!r}")


def _folder_members(folder: Path) -> list[_Member]:
    """Return the files that a folder holds. Raises OSError where it cannot be listed."""
    paths = list(folder.iterdir())
    for sub in FOLDERS:
        if (folder / sub).is_dir():
            paths += (folder / sub).iterdir()
    names = {path.relative_to(folder).as_posix(): path for path in paths}
    return [(name, partial(_open, names[name])) for name in sorted(names) if names[name].is_file()]


def _open(path: Path) -> IO[bytes]:
    return path.open("rb")


def _read_zip(path: Path) -> tuple[dict[str, bytes], list[Fault]]:
    """Return the wanted members of a zip; nothing is unpacked to disk. Raises OSError."""
    with path.open("rb") as file:
        try:
            with zipfile.ZipFile(file) as archive:
                # Some programs write the names as Windows does.
                infos = {i.filename.replace("\\", "/"): i for i in archive.infolist()}
                prefix = _prefix(list(infos))
                return _collect(
                    (name.removeprefix(prefix), partial(_open_member, archive, info))
                    for name, info in infos.items()
                    if name.startswith(prefix) and not info.is_dir()
                )
        except _BROKEN_ZIP as error:
            message = f"is not a dataset folder nor a zip of one: {error}"
            return {}, [Fault(path.name, None, None, message)]


def _open_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> IO[bytes]:
    """Open a member of a zip. Raises ValueError where it unpacks to far more than it takes up."""
    if info.file_size > MAX_UNPACKED and info.file_size > MAX_RATIO * info.compress_size:
        raise ValueError(
            f"unpacks to more than {MAX_RATIO} times its size in the zip, as no map does; "
            "simplify it or give the dataset as a folder"
        )
    return archive.open(info)


def _collect(members: Iterable[_Member]) -> tuple[dict[str, bytes], list[Fault]]:
    files: dict[str, bytes] = {}
    faults: list[Fault] = []
    total = 0
    for name, open_member in members:
        if not _wanted(name):
            if _misnamed(name):
                wanted = f"{PurePosixPath(name).stem}.geojson"
                message = f"is not read; name it {wanted} if it is GeoJSON, or put it elsewhere"
                faults.append(Fault(name, None, None, message))
            continue
        limit = MAX_META_BYTES if name == META else MAX_FILE_BYTES
        try:
            with open_member() as member:
                # The size that a zip states may lie, so no more than the limit is ever read.
                content = member.read(limit + 1)
        except (*_BROKEN_ZIP, ValueError, MemoryError) as error:
            reason = getattr(error, "strerror", None) or str(error) or "there is too little memory"
            message = reason if isinstance(error, ValueError) else f"cannot be read: {reason}"
            faults.append(Fault(name, None, None, message))
            continue
        total += len(content)
        if total > MAX_TOTAL_BYTES:
            message = (
                f"brings the dataset to more than {MAX_TOTAL_BYTES // 2**20} MB; "
                "simplify the geometry or make two datasets of it"
            )
            return {}, [*faults, Fault(name, None, None, message)]
        if len(content) > limit:
            message = f"is larger than {limit // 2**20} MB; simplify or split it"
            faults.append(Fault(name, None, None, message))
        else:
            files[name] = content
    return files, faults


def _wanted(name: str) -> bool:
    """Whether a file belongs to a dataset; names with a leading dot are an editor's or a system's."""
    if name in (META, *TABLES):
        return True
    return _among_features(name) and name.lower().endswith(".geojson")


def _misnamed(name: str) -> bool:
    """Whether a file lies where regions or context are, but is none by its name."""
    return _among_features(name) and PurePosixPath(name).stem.lower() not in _BESIDE


def _among_features(name: str) -> bool:
    folder, _, last = name.rpartition("/")
    return f"{folder}/" in FOLDERS and bool(last) and not last.startswith(".")


def _prefix(names: list[str]) -> str:
    """The folder inside a zip that holds dataset.yaml, as zips of a folder have."""
    found = sorted((name for name in names if PurePosixPath(name).name == META), key=len)
    return found[0].removesuffix(META) if found else ""
