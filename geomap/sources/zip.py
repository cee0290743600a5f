"""A dataset in a zip of its folder. Nothing is unpacked to disk."""

from __future__ import annotations

import io
import zipfile
import zlib
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO

from geomap.check.names import META
from geomap.errors import CannotRead, Fault
from geomap.sources.files import Refused, read_members

MAX_UNPACKED = 16 * 2**20
MAX_RATIO = 100
MAX_LISTED = 16 * 2**20
"""Bytes of a zip's list of its files, which is read whole: some 200,000 files."""
_BROKEN = (
    *(zipfile.BadZipFile, zlib.error, EOFError, OSError),
    *(NotImplementedError, RuntimeError, MemoryError),  # the first: an unknown compression
)
_ENCRYPTED = 1
"""The bit among a member's flags."""


class ZipSource:
    """The files of a dataset in a zip, in whichever of its folders dataset.yaml lies."""

    is_live = False

    def __init__(self, path: Path) -> None:
        self._path = path.absolute()
        self.place = str(self._path)
        self.name = path.name

    def read(self) -> tuple[dict[str, bytes], list[Fault]]:
        """Return the dataset's files, name to content, and what could not be read."""
        try:
            file = _Archive(self._path.open("rb", buffering=0))
        except OSError as error:
            raise CannotRead(self.name, error) from None
        with file:
            try:
                with zipfile.ZipFile(file) as archive:
                    return self._read(archive)
            except (*_BROKEN, ValueError) as error:
                message = f"is not a dataset folder nor a zip of one: {error}"
                return {}, [Fault(self.name, None, None, message)]

    def stamp(self) -> object:
        """Return size and time of the zip. Raises OSError."""
        info = self._path.stat()
        return info.st_size, info.st_mtime_ns, info.st_ino

    def _read(self, archive: zipfile.ZipFile) -> tuple[dict[str, bytes], list[Fault]]:
        infos: dict[str, zipfile.ZipInfo] = {}
        twice: set[str] = set()
        for info in archive.infolist():
            name = info.filename.replace("\\", "/")  # some programs write it as Windows does
            if infos.setdefault(name, info) is not info:
                twice.add(name)
        prefix = _prefix(list(infos))
        members = (
            (name.removeprefix(prefix), partial(_open, archive, info, name in twice))
            for name, info in infos.items()
            if name.startswith(prefix) and not info.is_dir()
        )
        return read_members(members, _BROKEN)


class _Archive(io.BufferedReader):
    """A zip on disk. Its list of files is the only thing that is ever read in so large a piece."""

    def read(self, size: int | None = -1, /) -> bytes:
        """Return the next bytes. Raises BadZipFile where more are asked for than a list may have."""
        if size is not None and size > MAX_LISTED:
            raise zipfile.BadZipFile("it lists more files than a dataset has")
        return super().read(size)


def _open(archive: zipfile.ZipFile, info: zipfile.ZipInfo, twice: bool) -> IO[bytes]:
    """Open a member. Raises Refused where its name stands `twice` in the zip, where it is encrypted,
    or unpacks to far more than it takes.
    """
    if twice:
        raise Refused("stands twice in the zip; make the zip anew from the folder")
    if info.flag_bits & _ENCRYPTED:
        raise Refused("is encrypted; make the zip without a password")
    if info.file_size > MAX_UNPACKED and info.file_size > MAX_RATIO * info.compress_size:
        raise Refused(
            f"unpacks to more than {MAX_RATIO} times its size in the zip, as no map does; "
            "simplify it or give the dataset as a folder"
        )
    return archive.open(info)


def _prefix(names: list[str]) -> str:
    """Return the folder inside a zip that holds dataset.yaml, the outermost if several do."""
    places = sorted((name for name in names if PurePosixPath(name).name == META), key=len)
    return places[0].removesuffix(META) if places else ""
