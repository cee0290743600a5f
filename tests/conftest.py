"""Fixtures that every test file may use."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from pathlib import Path

import datasets
import pytest

from geomap import dataset as geomap_dataset
from geomap.dataset import Dataset


@pytest.fixture(scope="session")
def builtin() -> Dataset:
    """The built-in dataset."""
    return geomap_dataset.open()


@pytest.fixture
def make_dataset(tmp_path: Path) -> Callable[..., Path]:
    """A function that writes a small dataset (see `datasets.dataset_files`), each into a new
    folder, and returns the folder.
    """
    numbers = count(1)
    return lambda *args, **kwargs: datasets.write_dataset(
        tmp_path / f"dataset-{next(numbers)}", *args, **kwargs
    )
