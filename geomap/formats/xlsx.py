"""XLSX: a workbook for a newsroom's spreadsheet. It has no outlines."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import datetime
from typing import Any

from geomap.formats.archive import zip_files
from geomap.formats.csv import cell
from geomap.formats.export import Export, Format, need

TITLE = "Excel workbook"
# OOXML writes a character that XML cannot hold as _x0001_, and so must escape a text like that.
_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)|[\x00-\x08\x0b-\x1f\ufffe\uffff]")
_WIDTHS = {
    **dict.fromkeys(("sources", "consistent_sources", "claimed_by_sources"), 60),
    **dict.fromkeys(("name", "actor", "other_actors", "claimed_by", "previous_actor"), 24),
}


def write(export: Export) -> bytes:
    """Return a workbook: the rows on a sheet named after the layer, all about them on `about`.

    Every text is stored as text: none that starts like a formula becomes one.
    """
    openpyxl = need("openpyxl", TITLE)
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = export.layer
    names = export.columns
    _fill(sheet, [names, *([row[name] for name in names] for row in export.rows)])
    sheet.freeze_panes = "C2"
    about = book.create_sheet("about")
    _fill(about, _about(export))
    for place, name in enumerate(names, start=1):
        letter = openpyxl.utils.get_column_letter(place)
        sheet.column_dimensions[letter].width = _WIDTHS.get(name, 16)
    about.column_dimensions["A"].width = 24
    about.column_dimensions["B"].width = 60
    return _saved(openpyxl, book, datetime.combine(export.moment, datetime.min.time()))


def _about(export: Export) -> list[Any]:
    about = export.about | {"period": " to ".join(export.about["period"])}
    facts = [(name, value) for name, value in about.items() if name != "sources"]
    sources = export.about["sources"]
    header = [tuple(sources[0])] if sources else []
    return [*facts, (), ("sources",), *header, *(tuple(row.values()) for row in sources)]


def _fill(sheet: Any, rows: list[Any]) -> None:
    for y, row in enumerate(rows, start=1):
        for x, value in enumerate(row, start=1):
            text = cell(value)
            if not text:
                continue
            target = sheet.cell(y, x)
            if isinstance(value, bool | int | float):
                target.value = value
                continue
            target.value = _ESCAPED.sub(lambda match: f"_x{ord(match[0]):04X}_", text)
            # Stored as text even if it looks like a formula, also after the cell is edited.
            target.data_type = "s"
            target.quotePrefix = True


def _saved(openpyxl: Any, book: Any, moment: datetime) -> bytes:
    """The workbook's bytes with `moment` in place of every time of writing."""
    book.properties.creator = "geomap"
    book.properties.created = moment
    out = io.BytesIO()
    book.save(out)
    book.properties.modified = moment
    core = openpyxl.xml.functions.tostring(book.properties.to_tree())
    with zipfile.ZipFile(out) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    return zip_files(files | {"docProps/core.xml": core})


FORMAT = Format(
    "xlsx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    TITLE,
    write,
    extra="formats",
    works_without_geometry=True,
    title_in=lambda words: words.say("Excel workbook"),
)
