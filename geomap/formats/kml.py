"""KML 2.2 (OGC 12-007), for Google Earth and its kin."""

from __future__ import annotations

import html
import re
from typing import Any

from geomap.formats.csv import cell
from geomap.formats.export import ROW_COLUMNS, Export, Format
from geomap.formats.ogr import write_files

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write(export: Export) -> bytes:
    """Return one placemark a region, its row in ExtendedData and as a description to read.

    A description is HTML to its readers, so its texts are escaped. Characters that XML cannot hold
    become U+FFFD.
    """
    frame = export.frame()
    frame["description"] = [_lines(_text(row)) for row in export.rows]
    for name in frame.columns.drop("geometry"):
        if frame[name].dtype == object:
            frame[name] = [_plain(value) for value in frame[name]]
    return write_files(
        frame,
        "regions.kml",
        "LIBKML",
        dataset_options={
            "NAME": _plain(export.title),
            "DESCRIPTION": _lines(export.notes),
            "AUTHOR_NAME": _plain(export.about["attribution"]),
        },
    )["regions.kml"]


def _text(row: dict[str, Any]) -> str:
    shown = [(name, cell(row[name])) for name in ROW_COLUMNS if name not in ("id", "name")]
    return "\n".join(f"{name}: {value}" for name, value in shown if value)


def _lines(text: str) -> str:
    escaped: str = _plain(html.escape(text)).replace("\n", "<br>")
    return escaped


def _plain(value: Any) -> Any:
    return _NOT_XML.sub("\ufffd", value) if isinstance(value, str) else value


FORMAT = Format("kml", "application/vnd.google-earth.kml+xml", "KML", write)
