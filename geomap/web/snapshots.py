"""The last good version of each dataset, in a folder that the server shares with its workers.

The server alone reads the sources, and publishes here what is sound. A worker opens only what is
published, so a restarted one has the same data as the others, even if the source is now broken.
"""

from __future__ import annotations

import errno
import io
import os
import sys
import weakref
import zipfile
from dataclasses import dataclass, field, replace
from pathlib import Path

import orjson

from geomap.core.dataset import Dataset
from geomap.errors import CannotWrite
from geomap.files import no_temporary_file
from geomap.sources import from_files

_STATE = "state.json"


@dataclass(frozen=True)
class State:
    """What is published: the name of each dataset's snapshot, and what is wrong with an edit of it.

    Both are by dataset id. A snapshot never changes under its name.
    """

    snapshots: dict[str, str] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)


class Snapshots:
    """Snapshots of datasets in a folder. Writing into it raises CannotWrite."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._written = 0
        # Descriptors of what is published, by the names of the files.
        self._open: dict[str, int] = {}
        weakref.finalize(self, _close, self._open)

    def state(self) -> State:
        """Return what is published now."""
        return State(**orjson.loads(self._path(_STATE).read_bytes()))

    def open(self, name: str) -> Dataset:
        """Return the dataset of a snapshot. Raises FileNotFoundError where it has been replaced."""
        return from_files(name, unpacked(self._path(name)))

    def publish(self, state: State, id: str, files: dict[str, bytes]) -> State:
        """Publish the files of a sound dataset; return the new state."""
        self._written += 1
        name = f"{id}-{self._written}.zip"
        self._write(name, packed(files))
        new = State({**state.snapshots, id: name}, _without(state.faults, id))
        try:
            self._write(_STATE, orjson.dumps(new))
        except CannotWrite:
            self._remove(name)
            raise
        if id in state.snapshots:
            # A worker about to open the old one gets FileNotFoundError and reads the state again.
            self._remove(state.snapshots[id])
        return new

    def report(self, state: State, id: str, fault: str | None) -> State:
        """Publish what is wrong with a dataset, None for nothing; return the new state."""
        faults = _without(state.faults, id)
        new = replace(state, faults={**faults, id: fault} if fault else faults)
        self._write(_STATE, orjson.dumps(new))
        return new

    def restore(self) -> None:
        """Write again what is gone from the folder: some systems clean up temporary ones.

        A file that is gone can still be read by who has it open, which the publisher has.
        """
        for name, descriptor in [*self._open.items()]:
            if not (self._folder / name).exists():
                size = os.fstat(descriptor).st_size
                self._write(name, os.pread(descriptor, size, 0))

    def _remove(self, name: str) -> None:
        (self._folder / name).unlink(missing_ok=True)
        if name in self._open:
            os.close(self._open.pop(name))

    def _write(self, name: str, content: bytes) -> None:
        """Write a file whole: beside its place, then renamed into it."""
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            beside = self._path(f"{name}.part")
            try:
                beside.write_bytes(content)
                beside.replace(self._path(name))
            finally:
                beside.unlink(missing_ok=True)
            self._hold(name)
        except OSError as error:
            raise no_temporary_file(error) from None

    def _hold(self, name: str) -> None:
        """Open a file, so that `restore` can read it. On Windows it could then not be replaced."""
        if sys.platform != "win32":
            opened = os.open(self._folder / name, os.O_RDONLY)
            if name in self._open:
                os.close(self._open[name])
            self._open[name] = opened

    def _path(self, name: str) -> Path:
        """Return the path of a file. Raises OSError where the folder is not ours alone.

        A system may clean up temporary folders, and somebody else then make one of this name.
        """
        info = self._folder.lstat()
        if hasattr(os, "geteuid") and (info.st_uid != os.geteuid() or info.st_mode & 0o022):
            raise PermissionError(errno.EPERM, "it is not ours alone", str(self._folder))
        return self._folder / name


def _close(descriptors: dict[str, int]) -> None:
    for descriptor in descriptors.values():
        os.close(descriptor)


def packed(files: dict[str, bytes]) -> bytes:
    """Return a zip of a dataset's files."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:  # not compressed: it is read again at once
        for name, file in files.items():
            archive.writestr(name, file)
    return content.getvalue()


def unpacked(path: Path) -> dict[str, bytes]:
    """Return the files in a zip that `packed` made. Raises OSError, or BadZipFile if it is damaged."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _without(faults: dict[str, str], id: str) -> dict[str, str]:
    return {other: fault for other, fault in faults.items() if other != id}
