"""What the files of a site depend on, as a key: where it is the same, the files are."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict
from importlib import metadata
from importlib.resources import files
from pathlib import Path

import orjson

from geomap.core.dataset import Dataset
from geomap.version import __version__
from geomap.web import Settings

_DRAWING = ("babel", "branca", "folium", "jinja2", "pyogrio", "resvg-py", "shapely", "typst")
"""Libraries whose version shows in what they write."""


def group_keys(datasets: Sequence[Dataset], settings: Settings) -> dict[str, str]:
    """Return the key of each dataset's files by its id, and of the site's own files by ""."""
    common = [_program(), asdict(settings)]
    versions = {dataset.id: dataset.version for dataset in datasets}
    keys = {id: _key([*common, version, len(versions) == 1]) for id, version in versions.items()}
    return {"": _key([*common, versions]), **keys}


def _key(parts: object) -> str:
    return hashlib.sha256(orjson.dumps(parts)).hexdigest()


def _program() -> list[str]:
    """What of this program the files depend on: its version, its own files and libraries."""
    package = Path(str(files("geomap")))
    own = hashlib.sha256()
    for path in sorted(package.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            own.update(f"{path.relative_to(package)} {path.stat().st_mtime_ns}\n".encode())
    return [__version__, own.hexdigest(), *(f"{name} {_version(name)}" for name in _DRAWING)]


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:  # an optional one
        return ""
