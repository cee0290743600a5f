"""The same rows in every format: one small file a format, each with its `FORMAT`.

A new format is a new file here; the command line, the download links, the web addresses and the
tests find it in `FORMATS`.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Collection
from datetime import date

from geomap.core.dataset import Dataset
from geomap.errors import NotFound
from geomap.formats.context import make_context
from geomap.formats.export import Export, Format, make_export
from geomap.formats.history import make_history
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
    "LAYERS",
    "LEDGER",
    "TABLES",
    "Export",
    "Format",
    "export_actors",
    "export_claims",
    "export_context",
    "export_events",
    "export_history",
    "export_regions",
    "export_reports",
    "export_sources",
    "format_for",
    "make_context",
    "make_export",
    "make_history",
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
    format = _format(ending)
    return format.write(make_export(dataset, date, known, sources, lang, bbox, simplify))


def export_history(
    dataset: Dataset,
    ending: str,
    known: date | str | None = None,
    sources: Collection[str] | str | None = None,
    lang: str = "en",
    bbox: Bbox | None = None,
    simplify: float | None = None,
) -> bytes:
    """Return a file with the status of the regions over the whole period.

    It has one row a region and stretch of days, `valid_from` to `valid_to`, both included.
    Arguments and errors as `export_regions`.
    """
    return _format(ending).write(make_history(dataset, known, sources, lang, bbox, simplify))


def export_context(
    dataset: Dataset,
    ending: str,
    known: date | str | None = None,
    sources: Collection[str] | str | None = None,
    lang: str = "en",
    bbox: Bbox | None = None,
) -> bytes:
    """Return a file with what is drawn beneath the regions; columns as in `make_context`.

    Arguments and errors as `export_regions`.
    """
    return _format(ending).write(make_context(dataset, known, sources, lang, bbox))


LAYERS: dict[str, Callable[..., bytes]] = {
    "regions": export_regions,
    "history": export_history,
    "context": export_context,
}
"""What can be written in every format, by name."""
LEDGER: dict[str, Callable[..., bytes]] = {
    "events": export_events,
    "claims": export_claims,
    "reports": export_reports,
    "sources": export_sources,
    "actors": export_actors,
}
"""What lies behind the status, by name: each can be written as one of `TABLES`."""


def _format(ending: str) -> Format:
    if ending not in FORMATS:
        raise NotFound(f"there is no format {ending!r}; there are {', '.join(FORMATS)}")
    return FORMATS[ending]


def format_for(name: str) -> Format:
    """Return the format that a file name's ending stands for. Raises NotFound."""
    for ending, format in FORMATS.items():
        if name.lower().endswith(f".{ending}"):
            return format
    endings = ", ".join(f".{ending}" for ending in FORMATS)
    raise NotFound(f"{name!r} has no ending that names a format; there are {endings}")
