"""The files of a dataset, wherever they lie: a folder or a zip of one becomes name to bytes."""

from __future__ import annotations

import os
import zipfile
import zlib
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import IO

from geomap.errors import Fault, NotFound

META = "dataset.yaml"
TABLES = ("actors.csv", "sources.csv", "claims.csv")
FOLDERS = ("regions/", "context/")
MAX_FILE_BYTES = 256 * 2**20
MAX_TOTAL_BYTES = 1024 * 2**20
_BROKEN_ZIP = (
    *(zipfile.BadZipFile, zlib.error, EOFError, OSError),
    *(NotImplementedError, RuntimeError),  # a compression of its own, or a password
)
_Member = tuple[str, Callable[[], AbstractContextManager[IO[bytes]]]]


def read_bundle(source: str | os.PathLike[str]) -> tuple[dict[str, bytes], list[Fault]]:
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
    """Return the dataset's files that a folder holds. Raises OSError where it cannot be listed."""
    paths = list(folder.iterdir())
    for sub in FOLDERS:
        if (folder / sub).is_dir():
            paths += (folder / sub).iterdir()
    names = {path.relative_to(folder).as_posix(): path for path in paths}
    return [
        (name, partial(_open, names[name]))
        for name in sorted(names)
        if _wanted(name) and names[name].is_file()
    ]


def _open(path: Path) -> IO[bytes]:
    return path.open("rb")


def _read_zip(path: Path) -> tuple[dict[str, bytes], list[Fault]]:
    """Return the wanted members of a zip; nothing is unpacked to disk. Raises OSError."""
    with path.open("rb") as file:
        try:
            with zipfile.ZipFile(file) as archive:
                prefix = _prefix(archive.namelist())
                return _collect(
                    (name, partial(archive.open, info))
                    for info in archive.infolist()
                    if _wanted(name := info.filename.removeprefix(prefix))
                )
        except _BROKEN_ZIP as error:
            message = f"is not a dataset folder nor a zip of one: {error}"
            return {}, [Fault(path.name, None, None, message)]


def _collect(members: Iterable[_Member]) -> tuple[dict[str, bytes], list[Fault]]:
    files: dict[str, bytes] = {}
    faults: list[Fault] = []
    total = 0
    for name, open_member in members:
        try:
            with open_member() as member:
                # The size that a zip states may lie, so no more than the limit is ever read.
                content = member.read(MAX_FILE_BYTES + 1)
        except PermissionError as error:
            faults.append(Fault(name, None, None, f"cannot be read: {error.strerror}"))
            continue
        total += len(content)
        if total > MAX_TOTAL_BYTES:
            message = (
                f"brings the dataset to more than {MAX_TOTAL_BYTES // 2**20} MB; "
                "simplify the geometry or make two datasets of it"
            )
            faults.append(Fault(name, None, None, message))
            break
        if len(content) > MAX_FILE_BYTES:
            message = f"is larger than {MAX_FILE_BYTES // 2**20} MB; simplify or split it"
            faults.append(Fault(name, None, None, message))
        else:
            files[name] = content
    return files, faults


def _wanted(name: str) -> bool:
    """Whether a file belongs to a dataset; names with a leading dot are an editor's or a system's."""
    folder, _, last = name.rpartition("/")
    return name in (META, *TABLES) or (
        f"{folder}/" in FOLDERS and last.endswith(".geojson") and not last.startswith(".")
    )


def _prefix(names: list[str]) -> str:
    """The folder inside a zip that holds dataset.yaml, as zips of a folder have."""
    found = sorted((name for name in names if Path(name).name == META), key=len)
    return found[0].removesuffix(META) if found else ""
