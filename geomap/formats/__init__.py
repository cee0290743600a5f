"""The same rows in every format: one small file a format, each with its `FORMAT`.

A new format is a new file here; the command line, the download links, the web addresses and the
tests find it in `FORMATS`.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Collection
from datetime import date

from geomap.core.dataset import Dataset
from geomap.errors import NotFound
from geomap.formats.export import Export, Format, make_export
from geomap.formats.query import Bbox, parse_bbox, parse_simplify
from geomap.formats.tables import (
    TABLES,
    export_actors,
    export_claims,
    export_events,
    export_reports,
    export_sources,
)

__all__ = [
    "FORMATS",
    "TABLES",
    "Export",
    "Format",
    "export_actors",
    "export_claims",
    "export_events",
    "export_regions",
    "export_reports",
    "export_sources",
    "format_for",
    "make_export",
    "parse_bbox",
    "parse_simplify",
]


def _collect() -> dict[str, Format]:
    names = [f"{__name__}.{module.name}" for module in pkgutil.iter_modules(__path__)]
    modules = [importlib.import_module(name) for name in names]
    formats = [module.FORMAT for module in modules if hasattr(module, "FORMAT")]
    return {format.ending: format for format in sorted(formats, key=lambda f: f.title.lower())}


FORMATS: dict[str, Format] = _collect()


def export_regions(
    dataset: Dataset,
    ending: str,
    date: date | str | None = None,
    known: date | str | None = None,
    sources: Collection[str] | str | None = None,
    lang: str = "en",
    bbox: Bbox | None = None,
    simplify: float | None = None,
) -> bytes:
    """Return a file with the status of the regions on `date`; None is the dataset's own date.

    `bbox` keeps the regions that touch west, south, east, north (degrees), `simplify` drops
    vertices by a tolerance in metres. The same arguments give the same bytes.

    Raises NotFound for an unknown ending, BadQuery for a parameter that makes no sense here,
    MissingExtra where an optional library is not installed.
    """
    if ending not in FORMATS:
        raise NotFound(f"there is no format {ending!r}; there are {', '.join(FORMATS)}")
    export = make_export(dataset, date, known, sources, lang, bbox, simplify)
    return FORMATS[ending].write(export)


def format_for(name: str) -> Format:
    """Return the format that a file name's ending stands for. Raises NotFound."""
    for ending, format in FORMATS.items():
        if name.lower().endswith(f".{ending}"):
            return format
    endings = ", ".join(f".{ending}" for ending in FORMATS)
    raise NotFound(f"{name!r} has no ending that names a format; there are {endings}")
