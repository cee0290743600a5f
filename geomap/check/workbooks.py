"""Tables in workbooks, `claims.xlsx` or `claims.ods`, to the CSV that stands for them.

A date is read as its day, a number as its digits, a formula by the value it had when it was saved.
Rows keep their numbers, so that a fault names the row that the spreadsheet shows.
"""

from __future__ import annotations

import csv
import io
import warnings
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, time
from functools import partial
from itertools import repeat
from typing import Any
from xml.etree import ElementTree

from geomap.check.formulas import defused
from geomap.check.lines import Unreadable
from geomap.check.names import TABLES, WORKBOOK_ENDINGS
from geomap.errors import Fault, MissingExtra, quoted

MAX_UNPACKED = 256 * 2**20
MAX_ROWS = 1_048_576
"""As many as Excel has."""
MAX_COLUMNS = 1000
_CHUNK = 2**20
_SAVE = "save it anew, or as 'CSV UTF-8'"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
Rows = Iterator[list[str]]


def tables_as_csv(files: Mapping[str, bytes]) -> tuple[dict[str, bytes], list[Fault]]:
    """Return a dataset's files with each workbook as the CSV file that it stands for.

    Also the faults of workbooks that cannot be read. Of two files for one table, the CSV file is
    taken, or the first, and the other is a fault, so that nothing is chosen silently.
    """
    read = dict(files)
    faults: list[Fault] = []
    for table in TABLES:
        first, *others = _files_of(table, files) or [table]
        for name in others:
            message = f"stands beside {first}, and only one can be the table; keep one of the two"
            faults.append(Fault(name, None, None, message))
            del read[name]
        if first != table:
            del read[first]
            try:
                read[table] = _as_csv(first, table.removesuffix(".csv"), files[first])
            except Unreadable as error:
                faults.append(Fault(first, error.row, None, str(error)))
    return read, faults


def with_workbooks(faults: Iterable[Fault], files: Mapping[str, bytes]) -> list[Fault]:
    """Return faults of tables as faults of the workbooks, where `files` hold those instead."""
    held = {table: (_files_of(table, files) or [table])[0] for table in TABLES}
    return [replace(fault, file=held.get(fault.file, fault.file)) for fault in faults]


def table_of(name: str) -> str:
    """Return the table that a file stands for, as `claims.csv` of claims.xlsx; else its own name."""
    stem, dot, ending = name.rpartition(".")
    table = f"{stem}.csv"
    return table if table in TABLES and dot + ending in WORKBOOK_ENDINGS else name


def _files_of(table: str, files: Mapping[str, bytes]) -> list[str]:
    """Return which files for a table there are, CSV first."""
    stem = table.removesuffix(".csv")
    return [stem + ending for ending in (".csv", *WORKBOOK_ENDINGS) if stem + ending in files]


def _as_csv(name: str, stem: str, content: bytes) -> bytes:
    """Return a workbook's table as CSV. Raises Unreadable."""
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable(f"is an old Excel workbook, or has a password; {_SAVE}")
    reader = _READERS[name.removeprefix(stem)]
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    try:
        _check_size(content)
        sheets = reader(content)
        for row in sheets[_chosen(list(sheets), stem)]():
            writer.writerow([defused(text) for text in row])
    except Unreadable:
        raise
    except MissingExtra as error:
        raise Unreadable(f"cannot be read here: {error}; or save it as 'CSV UTF-8'") from None
    except Exception as error:  # a broken workbook fails wherever its reader happens to stumble
        reason = type(error).__name__
        raise Unreadable(f"is not a workbook that can be read ({reason}); {_SAVE}") from None
    return out.getvalue().encode("utf-8", "surrogatepass")


def _check_size(content: bytes) -> None:
    """Raise Unreadable for a workbook that unpacks to more than a table has.

    The sizes that it states may lie, so it is unpacked, a piece at a time.
    """
    size = 0
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for info in archive.infolist():
            info.file_size = 2 * MAX_UNPACKED
            with archive.open(info) as member:
                while chunk := member.read(_CHUNK):
                    size += len(chunk)
                    if size > MAX_UNPACKED:
                        limit = f"{MAX_UNPACKED // 2**20} MB"
                        raise Unreadable(f"unpacks to more than {limit}; save it as 'CSV UTF-8'")


def _chosen(sheets: list[str], stem: str) -> str:
    """Return the sheet that holds the table: the only one, or the one of the table's name."""
    own = [name for name in sheets if name.strip().casefold() == stem]
    if len(own) == 1:
        return own[0]
    if len(sheets) == 1:
        return sheets[0]
    names = ", ".join(map(quoted, sheets[:10])) or "none"
    raise Unreadable(f"has several sheets ({names}); call the one that counts {quoted(stem)}")


# xlsx -----------------------------------------------------------------------------------------


def _read_xlsx(content: bytes) -> dict[str, Callable[[], Rows]]:
    try:
        import openpyxl
    except ImportError:
        raise MissingExtra("a table in xlsx", "formats") from None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what it leaves out, such as charts and drop-downs
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    return {
        sheet.title: partial(_xlsx_rows, sheet)
        for sheet in book.worksheets
        if sheet.sheet_state == "visible"
    }


def _xlsx_rows(sheet: Any) -> Rows:
    sheet.reset_dimensions()  # the extent that a file states need not be true
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield from _bounded((map(_cell, row), 1) for row in sheet.iter_rows(values_only=True))


def _cell(value: Any) -> str:
    """Return the text that stands for a cell's value."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)


# ods ------------------------------------------------------------------------------------------


def _read_ods(content: bytes) -> dict[str, Callable[[], Rows]]:
    names = []
    for event, element in _ods_elements(content):
        if event == "start" and element.tag == f"{_TABLE}table":
            names.append(element.get(f"{_TABLE}name", ""))
        elif event == "end":
            element.clear()
    return {name: partial(_ods_sheet, content, name) for name in names}


def _ods_sheet(content: bytes, name: str) -> Rows:
    return _bounded(_ods_rows(content, name))


def _ods_elements(content: bytes) -> Iterator[tuple[str, ElementTree.Element]]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive, archive.open("content.xml") as file:
        yield from ElementTree.iterparse(file, events=("start", "end"))


def _ods_rows(content: bytes, sheet: str) -> Iterator[tuple[Iterable[str], int]]:
    """Yield the rows of a sheet, each with how often it is repeated."""
    inside = False
    for event, element in _ods_elements(content):
        if element.tag == f"{_TABLE}table":
            inside = event == "start" and element.get(f"{_TABLE}name", "") == sheet
        elif event == "end" and element.tag == f"{_TABLE}table-row":
            if inside:
                yield _ods_cells(element), _repeated(element, "rows")
            element.clear()


def _ods_cells(row: ElementTree.Element) -> Iterator[str]:
    for cell in row:
        times = min(_repeated(cell, "columns"), MAX_COLUMNS + 1)
        yield from repeat(_ods_cell(cell), times)


def _repeated(element: ElementTree.Element, what: str) -> int:
    return int(element.get(f"{_TABLE}number-{what}-repeated", "1"))


def _ods_cell(cell: ElementTree.Element) -> str:
    kind = cell.get(f"{_OFFICE}value-type", "")
    if kind == "date":
        return cell.get(f"{_OFFICE}date-value", "").removesuffix("T00:00:00")
    if kind == "float":
        return _cell(float(cell.get(f"{_OFFICE}value", "nan")))
    return "\n".join(_ods_text(paragraph) for paragraph in cell.findall(f"{_TEXT}p"))


def _ods_text(element: ElementTree.Element) -> str:
    """Return a paragraph's text; several blanks and line ends are elements of their own in it."""
    pieces = [element.text or ""]
    for child in element:
        if child.tag == f"{_TEXT}s":
            pieces.append(" " * min(int(child.get(f"{_TEXT}c", "1")), 1000))
        elif child.tag == f"{_TEXT}line-break":
            pieces.append("\n")
        elif child.tag.startswith(_TEXT):
            pieces.append(_ods_text(child))
        pieces.append(child.tail or "")
    return "".join(pieces)


_READERS: dict[str, Callable[[bytes], dict[str, Callable[[], Rows]]]] = {
    ".xlsx": _read_xlsx,
    ".ods": _read_ods,
}
"""How a workbook of an ending is read: its visible sheets by name, each giving its rows."""


def _bounded(rows: Iterable[tuple[Iterable[str], int]]) -> Rows:
    """Yield rows as wide as the first, without the blank cells and rows at their ends.

    Each comes with how often it is repeated: programs fill a sheet to its end with one blank row.
    Raises Unreadable for too many.
    """
    number = blank = width = 0
    for cells, times in rows:
        row = _without_blank_end(cells)
        number += times
        if not row:
            blank += times
            continue
        if number > MAX_ROWS:
            raise Unreadable(f"has more than {MAX_ROWS:,} rows; a table takes no more")
        yield from repeat([], blank)
        row += repeat("", width - len(row))
        yield from repeat(row, times)
        blank, width = 0, width or len(row)


def _without_blank_end(cells: Iterable[str]) -> list[str]:
    row: list[str] = []
    blank = 0
    for cell in cells:
        if not cell.strip():
            blank += 1
            continue
        row += repeat("", blank)
        row.append(cell)
        blank = 0
        if len(row) > MAX_COLUMNS:
            raise Unreadable(f"has more than {MAX_COLUMNS:,} columns; a table takes no more")
    return row
