"""Reading the CSV tables of a dataset: separators, header, cells, and each row through its model.

A fault never stops the reading: all faults of all rows are collected, each with file, row, column
and how to mend it.
"""

from __future__ import annotations

import csv
import difflib
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError, create_model

from geomap.core.claims import Row
from geomap.core.fields import has_unseen, visible
from geomap.errors import Fault, quoted

SEPARATORS = (",", ";", "\t")
"""What may stand between cells: the comma, and what spreadsheets write where it is a decimal mark."""
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_AS_UTF8 = "save it as 'CSV UTF-8'"
_QUOTES = (
    "has a quotation mark that is not closed, or stands amid a cell in quotes; "
    'a cell that holds quotes is written "so ""that"" they are doubled"'
)


Model = TypeVar("Model", bound=Row)


@dataclass(frozen=True)
class Table(Generic[Model]):
    """How one CSV file maps to rows: its columns, and those that exist once a language.

    `by_language` gives the model's field for a column such as `name:az`, by its stem; `renamed`
    the field for a column that is called otherwise.
    """

    file: str
    model: type[Model]
    columns: tuple[str, ...]
    required: tuple[str, ...]
    by_language: dict[str, str]
    renamed: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Reading(Generic[Model]):
    """What a file held: its valid rows, and the cells by column of every row that was read.

    Both by row number as a spreadsheet shows it. `partial` are the rows with faults, as the model's
    fields; what is wrong is None there. `ids` are those of all rows, faulty ones too. `readable`
    is False where the file as a whole could not be read, so that nothing is known of its rows.
    """

    readable: bool = True
    rows: list[tuple[int, Model]] = field(default_factory=list)
    partial: list[tuple[int, Any]] = field(default_factory=list)
    cells: dict[int, dict[str, str]] = field(default_factory=dict)
    ids: set[str] = field(default_factory=set)

    @property
    def all_rows(self) -> list[tuple[int, Any]]:
        """Valid and partial rows, in the order of the file."""
        return sorted([*self.rows, *self.partial], key=lambda row: row[0])


@dataclass(frozen=True)
class _Broken:
    """A row that is not CSV: what could be made of its cells, and what is wrong."""

    cells: list[str]
    message: str


def read_table(files: dict[str, bytes], table: Table[Model], faults: list[Fault]) -> Reading[Model]:
    """Return what the table's file in `files` (name to content) holds; add to `faults`.

    The file is UTF-8. Cells are parted by commas, or by semicolons or tabs if the header is.
    Columns without a name and a value, which spreadsheets leave at the end, do not count.
    """
    try:
        lines = _lines(files, table)
    except ValueError as error:
        faults.append(Fault(table.file, None, None, str(error)))
        return Reading(readable=False)
    first = next(lines, [])
    if isinstance(first, _Broken):
        faults.append(Fault(table.file, 1, None, first.message))
        return Reading(readable=False)
    header = _without_empty_end([cell.strip() for cell in first], 0)
    if wrong := _check_header(table, header):
        faults += wrong
        return Reading(readable=False)
    reading: Reading[Model] = Reading()
    for number, line in enumerate(lines, start=2):
        broken = line if isinstance(line, _Broken) else None
        row = [cell.strip() for cell in (line.cells if isinstance(line, _Broken) else line)]
        row = _without_empty_end(row, len(header))
        if not any(row) and not broken:
            continue
        cells = dict(zip(header, row, strict=False))
        # An id counts as there whatever else is wrong, so that one mistake is reported once.
        if cells.get("id"):
            reading.ids.add(cells["id"])
        if broken:
            faults.append(Fault(table.file, number, None, broken.message))
        elif len(row) != len(header):
            hint = "add the missing" if len(row) < len(header) else "quote a text that holds commas"
            message = f"has {len(row)} cells where the header has {len(header)}; {hint}"
            faults.append(Fault(table.file, number, None, message))
        else:
            reading.cells[number] = cells
            faults += _read_row(table, number, cells, reading)
    return reading


def _read_row(
    table: Table[Model], number: int, cells: dict[str, str], reading: Reading[Model]
) -> list[Fault]:
    """Put a row into `reading`, whole or as far as its cells are right, and return its faults."""
    faults = _unseen(table, number, cells)
    unseen = {fault.column for fault in faults}
    values = _values(table, {name: cell for name, cell in cells.items() if name not in unseen})
    if "row" in table.model.model_fields:
        values["row"] = number
    try:
        if not faults:
            reading.rows.append((number, table.model.model_validate(values)))
        else:
            reading.partial.append((number, _partial(table.model).model_validate(values)))
    except ValidationError as error:
        faults += _row_faults(table, number, error)
        for detail in error.errors():
            values.pop(str(detail["loc"][0]), None)
        reading.partial.append((number, _partial(table.model).model_validate(values)))
    return faults


@cache
def _partial(model: type[BaseModel]) -> type[BaseModel]:
    """Return the model with every field optional: None stands for a cell that could not be read."""
    fields: dict[str, Any] = {
        name: (info.rebuild_annotation(), None) for name, info in model.model_fields.items()
    }
    return create_model(model.__name__, __base__=Row, **fields)


def _lines(files: dict[str, bytes], table: Table[Any]) -> Iterator[list[str] | _Broken]:
    """Return the file's cells, row by row. Raises ValueError with what to do about the file."""
    content = files.get(table.file)
    if content is None:
        raise ValueError("is missing; a dataset needs this file")
    if content.startswith(_UTF16_MARKS) or b"\0" in content:
        raise ValueError(f"is not UTF-8 but UTF-16, which Excel calls Unicode text; {_AS_UTF8}")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"is not UTF-8 (byte {error.start}); {_AS_UTF8}") from None
    return _parse(text, _separator(table, text))


def _parse(text: str, separator: str) -> Iterator[list[str] | _Broken]:
    """Yield each row's cells. A stray quote spoils the line that it stands in, not those after."""
    lines = io.StringIO(text, newline="").readlines()
    start = 0
    while start < len(lines):
        rest = (lines[n] for n in range(start, len(lines)))
        reader = csv.reader(rest, delimiter=separator, strict=True)
        begin = start
        try:
            for cells in reader:
                yield cells
                start = begin + reader.line_num
        except csv.Error:
            yield _broken(lines[start], separator)
            start += 1


def _broken(line: str, separator: str) -> _Broken:
    limit = csv.field_size_limit()
    cells = next(csv.reader([line[:limit]], delimiter=separator), [])
    return _Broken(
        cells, _QUOTES if len(line) <= limit else f"is longer than {limit:,} characters; shorten it"
    )


def _without_empty_end(row: list[str], length: int) -> list[str]:
    """Return a row without the empty cells at its end, but not shorter than `length`."""
    while len(row) > length and not row[-1]:
        row = row[:-1]
    return row


def _separator(table: Table[Any], text: str) -> str:
    """Return what parts the header into the most columns that are needed; the comma if in doubt."""
    first = re.split(r"[\r\n]", text, maxsplit=1)[0]

    def found(separator: str) -> int:
        cells = {cell.strip().strip('"').strip() for cell in first.split(separator)}
        return len(cells.intersection(table.required))

    return max(SEPARATORS, key=found)


def _check_header(table: Table[Any], header: list[str]) -> list[Fault]:
    faults = []
    for column in table.required:
        if column not in header:
            near = difflib.get_close_matches(column, [h for h in header if h not in table.columns])
            hint = f" (is {quoted(near[0])} meant?)" if near else ""
            faults.append(Fault(table.file, 1, column, f"is missing from the header{hint}"))
    for position, column in enumerate(header):
        stem = column.partition(":")[0]
        if column in header[:position]:
            faults.append(Fault(table.file, 1, column, "stands twice in the header"))
        elif column not in table.columns and not (":" in column and stem in table.by_language):
            near = difflib.get_close_matches(column, table.columns)
            hint = f"is {quoted(near[0])} meant? " if near else ""
            message = f"is not a column of this table; {hint}it takes {', '.join(table.columns)}"
            faults.append(Fault(table.file, 1, column or f"number {position + 1}", message))
    return faults


def _unseen(table: Table[Any], number: int, cells: dict[str, str]) -> list[Fault]:
    faults: list[Fault] = []
    if not has_unseen("".join(cells.values())):
        return faults
    for column, cell in cells.items():
        try:
            visible(cell)
        except ValueError as error:
            faults.append(Fault(table.file, number, column, str(error)))
    return faults


def _values(table: Table[Any], cells: dict[str, str]) -> dict[str, Any]:
    """Return a row's cells as the model's fields, the columns of each language gathered in one."""
    values: dict[str, Any] = {name: {} for name in table.by_language.values()}
    for column, cell in cells.items():
        stem, _, language = column.partition(":")
        if column in table.columns:
            values[table.renamed.get(column, column)] = cell
        elif cell:
            values[table.by_language[stem]][language] = cell
    return values


def _row_faults(table: Table[Any], number: int, error: ValidationError) -> list[Fault]:
    columns = {name: column for column, name in table.renamed.items()}
    faults = []
    for detail in error.errors():
        name = str(detail["loc"][0])
        message = detail["msg"].removeprefix("Value error, ")
        faults.append(Fault(table.file, number, columns.get(name, name), message))
    return faults
