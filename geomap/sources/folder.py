"""A dataset in a folder."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import IO

from geomap.check.names import CATALOGUES, FOLDERS
from geomap.errors import CannotRead, Fault
from geomap.sources.files import belongs, read_members


class FolderSource:
    """The files of a dataset as they lie in a folder."""

    is_live = False

    def __init__(self, path: Path, name: str = "") -> None:
        self._path = path.absolute()
        self.place = str(self._path)
        last = path.name if path.name != ".." else ""
        self.name = name or last or self._path.resolve().name

    def read(self) -> tuple[dict[str, bytes], list[Fault]]:
        """Return the dataset's files, name to content, and what could not be read."""
        try:
            paths = self._paths()
        except OSError as error:
            raise CannotRead(self.name, error) from None
        return read_members(
            ((name, partial(_open, paths[name])) for name in sorted(paths)), (OSError, MemoryError)
        )

    def stamp(self) -> object:
        """Return names, sizes and times of the dataset's files. Raises OSError."""
        stamps = []
        for name, path in self._paths().items():
            if belongs(name):
                info = path.stat()
                stamps.append((name, info.st_size, info.st_mtime_ns, info.st_ino))
        return tuple(sorted(stamps))

    def _paths(self) -> dict[str, Path]:
        """Return the files in the folder and in those that belong to a dataset, by their name."""
        paths = {path.name: path for path in self._path.iterdir()}
        for folder in (*FOLDERS, CATALOGUES):
            if (self._path / folder).is_dir():
                paths |= {folder + path.name: path for path in (self._path / folder).iterdir()}
        return {name: path for name, path in paths.items() if path.is_file()}


def _open(path: Path) -> IO[bytes]:
    return path.open("rb")
