"""CSV (RFC 4180) with the outline as well-known text."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

import shapely

from geomap.formats.export import ROW_COLUMNS, SEPARATOR, Export, Format
from geomap.formats.shapes import DECIMALS


def write(export: Export) -> bytes:
    """Return one line a region: the public row, flags as true or false, and `geometry` as WKT."""
    outlines = shapely.to_wkt(export.geometries, rounding_precision=DECIMALS)
    rows = [
        [*(cell(row[name]) for name in ROW_COLUMNS), outline]
        for row, outline in zip(export.rows, outlines, strict=True)
    ]
    return table([*ROW_COLUMNS, "geometry"], rows)


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Return a CSV file in UTF-8, its cells unchanged.

    It starts with a byte order mark: Excel takes a file without one for the old code page of its
    computer and garbles every name; pandas, R's readr, DuckDB, GDAL and browsers skip the mark.
    No cell is changed to defuse spreadsheet formulas, since that would change the data.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows(rows)
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
    "csv", "text/csv; charset=utf-8", "CSV", write, shown_by_browsers=True, compressible=True
)
