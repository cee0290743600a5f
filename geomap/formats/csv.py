"""CSV (RFC 4180) with the outline as well-known text."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

import shapely

from geomap.check.formulas import defused
from geomap.formats.export import SEPARATOR, Export, Format
from geomap.formats.shapes import DECIMALS


def write(export: Export) -> bytes:
    """Return a line a row: its columns, flags as true or false, and `geometry` as WKT."""
    rows = [[cell(row[name]) for name in export.columns] for row in export.rows]
    if not export.with_geometry:
        return table(export.columns, rows)
    outlines = shapely.to_wkt(export.geometries, rounding_precision=DECIMALS)
    lines = [[*row, outline] for row, outline in zip(rows, outlines, strict=True)]
    return table([*export.columns, "geometry"], lines)


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Return a CSV file in UTF-8.

    It starts with a byte order mark: Excel takes a file without one for the old code page of its
    computer and garbles every name; pandas, R's readr, DuckDB, GDAL and browsers skip the mark.
    Texts that a spreadsheet would take for formulas are marked (see `check.formulas`).
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows([defused(text) for text in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def cell(value: object) -> str:
    """Return a value of the public row as the text of a cell; empty where nothing is known."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return SEPARATOR.join(value)
    return str(value)


FORMAT = Format(
    "csv",
    "text/csv; charset=utf-8",
    "CSV",
    write,
    shown_by_browsers=True,
    compressible=True,
    works_without_geometry=True,
)
