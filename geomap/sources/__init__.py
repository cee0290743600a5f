"""Where a dataset comes from: a folder, a zip of one, or the built-in dataset."""

from __future__ import annotations

import os
from pathlib import Path

from geomap.check.names import META, TABLES
from geomap.check.whole import build
from geomap.core.dataset import Dataset
from geomap.errors import DatasetError, Fault
from geomap.sources.files import read_files

__all__ = ["Dataset", "builtin_path", "check", "load", "open"]


def builtin_path() -> Path:
    """Return the folder of the built-in dataset: inside the package, or beside it in a checkout."""
    here = Path(__file__).parents[1]
    return next(p for p in (here / "data", here.parent / "data") if (p / META).is_file())


def open(source: str | os.PathLike[str] | None = None) -> Dataset:
    """Return the dataset in a folder or a zip of one; without argument the built-in dataset.

    Raises NotFound where there is nothing of that name, DatasetError with every fault where the
    dataset is not sound.
    """
    name = "built-in dataset" if source is None else os.fspath(source)
    dataset, faults = load(source)
    if dataset is None or faults:
        raise DatasetError(name, faults)
    return dataset


def check(source: str | os.PathLike[str] | None = None) -> list[Fault]:
    """Return every fault of a dataset, ordered by file and row; an empty list if it is sound."""
    return load(source)[1]


def load(source: str | os.PathLike[str] | None = None) -> tuple[Dataset | None, list[Fault]]:
    """Return the dataset as far as it can be read, and its faults. Raises NotFound."""
    files, faults = read_files(builtin_path() if source is None else source)
    if faults and not files:
        return None, faults
    dataset, found = build(files, {fault.file for fault in faults})
    return (None if faults else dataset), _in_order([*faults, *found])


def _in_order(faults: list[Fault]) -> list[Fault]:
    order = {name: place for place, name in enumerate((META, *TABLES))}
    return sorted(faults, key=lambda f: (order.get(f.file, 9), f.file, f.row or 0))
