"""How a dataset is cited, with its version."""

from __future__ import annotations

from geomap.core.dataset import Dataset, text_in
from geomap.wording import Words

_SHOWN = 12


def short_version(dataset: Dataset) -> str:
    """Return as much of a dataset's version as tells it from every other one."""
    return dataset.version[:_SHOWN]


def citation(dataset: Dataset, words: Words, publisher: str = "", address: str = "") -> str:
    """Return how to cite a dataset: title, version, who publishes it, and where."""
    version = words.say("Version {version}", version=short_version(dataset))
    parts = (text_in(dataset.meta.title, words.language), version, publisher)
    text = " ".join(f"{part.rstrip('.։')}." for part in parts if part)
    return f"{text} {address}".rstrip()
