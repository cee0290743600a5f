"""Reading the CSV tables of a dataset: separators, header, cells, and each row through its model.

A fault never stops the reading: all faults of all rows are collected, each with file, row, column
and how to mend it.
"""

from __future__ import annotations

import csv
import difflib
import io
import re
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from geomap.errors import Fault
from geomap.fields import has_unseen, visible

SEPARATORS = (",", ";", "\t")
"""What may stand between cells: the comma, and what spreadsheets write where it is a decimal mark."""
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_AS_UTF8 = "save it as 'CSV UTF-8'"


class Row(BaseModel):
    """A row of a table, immutable. Equal rows have equal hashes, though some hold dicts."""

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True, extra="forbid")

    def __hash__(self) -> int:
        # A dict has no hash; what is equal is equal in all other fields too.
        return hash(tuple(v for v in self.__dict__.values() if not isinstance(v, dict)))


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

    Both by row number as a spreadsheet shows it. `ids` are those of all rows, faulty ones too.
    """

    rows: list[tuple[int, Model]] = field(default_factory=list)
    cells: dict[int, dict[str, str]] = field(default_factory=dict)
    ids: set[str] = field(default_factory=set)


def read_table(files: dict[str, bytes], table: Table[Model], faults: list[Fault]) -> Reading[Model]:
    """Return what the table's file in `files` (name to content) holds; add to `faults`.

    The file is UTF-8. Cells are parted by commas, or by semicolons or tabs if the header is.
    """
    reading: Reading[Model] = Reading()
    try:
        lines = _lines(files, table)
    except ValueError as error:
        faults.append(Fault(table.file, None, None, str(error)))
        return reading
    header = [cell.strip() for cell in lines[0]] if lines else []
    if wrong := _check_header(table, header):
        faults += wrong
        return reading
    for number, line in enumerate(lines[1:], start=2):
        row = [cell.strip() for cell in line]
        if not any(row):
            continue
        cells = dict(zip(header, row, strict=False))
        # An id counts as there whatever else is wrong, so that one mistake is reported once.
        if cells.get("id"):
            reading.ids.add(cells["id"])
        if len(row) != len(header):
            hint = "add the missing" if len(row) < len(header) else "quote a text that holds commas"
            message = f"has {len(row)} cells where the header has {len(header)}; {hint}"
            faults.append(Fault(table.file, number, None, message))
            continue
        reading.cells[number] = cells
        if unseen := _unseen(table, number, cells):
            faults += unseen
            continue
        values = _values(table, cells)
        if "row" in table.model.model_fields:
            values["row"] = number
        try:
            reading.rows.append((number, table.model.model_validate(values)))
        except ValidationError as error:
            faults += _row_faults(table, number, error)
    return reading


def _lines(files: dict[str, bytes], table: Table[Any]) -> list[list[str]]:
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
    try:
        return _parse(text, _separator(table, text))
    except csv.Error as error:
        raise ValueError(f"is not a CSV file: {error}") from None


def _parse(text: str, separator: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))


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
            hint = f" (is {near[0]!r} meant?)" if near else ""
            faults.append(Fault(table.file, 1, column, f"is missing from the header{hint}"))
    for position, column in enumerate(header):
        stem = column.partition(":")[0]
        if column in header[:position]:
            faults.append(Fault(table.file, 1, column, "stands twice in the header"))
        elif column not in table.columns and not (":" in column and stem in table.by_language):
            near = difflib.get_close_matches(column, table.columns)
            hint = f"is {near[0]!r} meant? " if near else ""
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
