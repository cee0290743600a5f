"""A dataset to start from: two invented regions, with a guide to every file, column and key."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from geomap.errors import BadSetting, CannotWrite, FolderInUse, quoted
from geomap.files import folder_beside, sync_tree

_META = "dataset.yaml"


def write_starter(folder: str | os.PathLike[str]) -> list[str]:
    """Write the starting dataset into a new or empty folder; return the names of its files.

    Raises as `write_folder` does.
    """
    return write_folder(folder, dict(_files(files(__name__) / "example")))


def example(name: str) -> bytes:
    """Return a file of the starting dataset."""
    return (files(__name__) / "example" / name).read_bytes()


def refuse_used(folder: str | os.PathLike[str]) -> None:
    """Raise BadSetting, FolderInUse or CannotWrite where a new dataset cannot be written."""
    name = os.fspath(folder)
    if not name:
        raise BadSetting("DIR", "is empty; give the name of a new folder")
    path = Path(folder)
    try:
        if path.exists() and (not path.is_dir() or any(path.iterdir())):
            raise FolderInUse(name)
    except (OSError, ValueError) as error:
        raise CannotWrite(quoted(name), error) from None


def write_folder(folder: str | os.PathLike[str], content: Mapping[str, bytes]) -> list[str]:
    """Write files (name to content) into a new or empty folder; return their names.

    The files are written beside their place and moved into it once all are there, dataset.yaml
    last. Raises FolderInUse where something is there already, BeingWritten where another process is
    at work on it, CannotWrite where the system refuses.
    """
    refuse_used(folder)
    name = os.fspath(folder)
    place = Path(folder).absolute()
    try:
        with folder_beside(place) as beside:
            refuse_used(folder)
            for file, data in content.items():
                (beside / file).parent.mkdir(parents=True, exist_ok=True)
                (beside / file).write_bytes(data)
            sync_tree(beside)
            if place.exists():
                # It may be the folder that somebody stands in, so it stays the same one.
                for path in sorted(beside.iterdir(), key=lambda path: path.name == _META):
                    path.rename(place / path.name)
            else:
                beside.rename(place)
    except (OSError, ValueError) as error:
        raise CannotWrite(quoted(name), error) from None
    return sorted(content)


def _files(folder: Traversable, prefix: str = "") -> Iterator[tuple[str, bytes]]:
    for item in folder.iterdir():
        if item.is_dir():
            yield from _files(item, f"{prefix}{item.name}/")
        else:
            yield prefix + item.name, item.read_bytes()
