"""The last good version of each dataset, in a folder that the server shares with its workers.

The server alone reads the sources, and publishes here what is sound. A worker opens only what is
published, so a restarted one has the same data as the others, even if the source is now broken.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass, field, replace
from pathlib import Path

import orjson

from geomap.core.dataset import Dataset
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
    """Snapshots of datasets in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._written = 0

    def state(self) -> State:
        """Return what is published now."""
        return State(**orjson.loads((self._folder / _STATE).read_bytes()))

    def open(self, name: str) -> Dataset:
        """Return the dataset of a snapshot. Raises FileNotFoundError where it has been replaced."""
        return from_files(name, unpacked(self._folder / name))

    def publish(self, state: State, id: str, files: dict[str, bytes]) -> State:
        """Publish the files of a sound dataset; return the new state."""
        self._written += 1
        name = f"{id}-{self._written}.zip"
        self._write(name, packed(files))
        new = State({**state.snapshots, id: name}, _without(state.faults, id))
        self._write(_STATE, orjson.dumps(new))
        if id in state.snapshots:
            # A worker about to open the old one gets FileNotFoundError and reads the state again.
            (self._folder / state.snapshots[id]).unlink(missing_ok=True)
        return new

    def report(self, state: State, id: str, fault: str | None) -> State:
        """Publish what is wrong with a dataset, None for nothing; return the new state."""
        faults = _without(state.faults, id)
        new = replace(state, faults={**faults, id: fault} if fault else faults)
        self._write(_STATE, orjson.dumps(new))
        return new

    def _write(self, name: str, content: bytes) -> None:
        """Write a file whole: beside its place, then renamed into it."""
        beside = self._folder / f"{name}.part"
        beside.write_bytes(content)
        beside.replace(self._folder / name)


def packed(files: dict[str, bytes]) -> bytes:
    """Return a zip of a dataset's files."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:  # not compressed: it is read again at once
        for name, file in files.items():
            archive.writestr(name, file)
    return content.getvalue()


def unpacked(path: Path) -> dict[str, bytes]:
    """Return the files in a zip that `packed` made. Raises OSError, zipfile.BadZipFile."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _without(faults: dict[str, str], id: str) -> dict[str, str]:
    return {other: fault for other, fault in faults.items() if other != id}
