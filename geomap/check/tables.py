"""Reading the CSV tables of a dataset by what their columns declare.

A fault never stops the reading: all faults of all rows are collected, each with file, row, column
and how to mend it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Generic

from geomap.check.columns import Row, Table
from geomap.check.formulas import as_meant
from geomap.check.lines import BrokenLine, Unreadable, read_lines
from geomap.check.suggest import Names
from geomap.check.values import is_language_tag, not_a_language, visible
from geomap.errors import Fault

MAX_COLUMNS = 1000
_GIT_MARKS = ("<<<<<<<", "=======", ">>>>>>>")
MAX_BROKEN = 100
"""Lines that are not CSV; after more of them the rest of the file is not read."""


@dataclass(frozen=True)
class ReadRow(Generic[Row]):
    """A row as it was read. `faulty` are the columns that could not be; their values are None."""

    number: int
    value: Row
    faulty: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Reading(Generic[Row]):
    """What a file held: its rows in order, and the ids of all, also of those that are no rows.

    `readable` is False where the file as a whole could not be read, so that nothing is known of its
    rows.
    """

    readable: bool = True
    rows: list[ReadRow[Row]] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)

    @property
    def sound(self) -> Iterator[Row]:
        """The rows without a fault."""
        return (row.value for row in self.rows if not row.faulty)


def read_table(files: dict[str, bytes], table: Table[Row], faults: list[Fault]) -> Reading[Row]:
    """Return what the table's file in `files` (name to content) holds; add to `faults`.

    The file is UTF-8. Cells are separated by commas, or by semicolons or tabs if the header is.
    Columns without a name and a value, which spreadsheets leave at the end, do not count.
    """
    if table.optional and table.file not in files:
        return Reading()
    try:
        lines = read_lines(files.get(table.file), [c.name for c in table.columns if c.required])
    except Unreadable as error:
        faults.append(Fault(table.file, error.row, None, str(error)))
        return Reading(readable=False)
    first = next(lines, [])
    if isinstance(first, BrokenLine):
        faults.append(Fault(table.file, 1, None, first.message))
        return Reading(readable=False)
    header = [cell.strip() for cell in _without_empty_end(first)]
    wrong = list(_check_header(table, header))
    faults += wrong
    if not all(fault.doubt for fault in wrong):
        return Reading(readable=False)
    return _read_rows(table, header, lines, faults)


def _read_rows(
    table: Table[Row],
    header: list[str],
    lines: Iterator[list[str] | BrokenLine],
    faults: list[Fault],
) -> Reading[Row]:
    reading: Reading[Row] = Reading()
    parse = _RowParser(table, header)
    id_place = header.index("id") if "id" in header else len(header)
    broken = 0
    for number, line in enumerate(lines, start=2):
        cells = line.cells if isinstance(line, BrokenLine) else line
        cells = [cell.strip() for cell in _without_empty_end(cells, len(header))]
        # An id counts as there whatever else is wrong, so that one mistake is reported once.
        if id_place < len(cells) and cells[id_place]:
            reading.ids.add(cells[id_place])
        if isinstance(line, BrokenLine):
            faults.append(Fault(table.file, number, None, line.message))
            broken += 1
            if broken > MAX_BROKEN:
                message = (
                    "is not the last broken line; the file is read no further, mend these first"
                )
                faults.append(Fault(table.file, number, None, message))
                return replace(reading, readable=False)
        elif not any(cells):
            continue
        elif len(cells) != len(header):
            faults.append(Fault(table.file, number, None, _other_length(cells, header)))
        else:
            row, wrong = parse(number, cells)
            reading.rows.append(row)
            faults += wrong
    return reading


@dataclass(frozen=True)
class _Wrong:
    """Stands for the value of a text that cannot be read."""

    message: str


class _Values(dict[str, Any]):
    """The value of each text in a column. Most texts come again and again; each is parsed once."""

    def __init__(self, parse: Callable[[str], Any]) -> None:
        self._parse = parse

    def __missing__(self, text: str) -> Any:
        try:
            value = self._parse(visible(as_meant(text)))
        except ValueError as error:
            value = _Wrong(str(error))
        self[text] = value
        return value


class _RowParser(Generic[Row]):
    """Builds rows from cells in the order of a header."""

    def __init__(self, table: Table[Row], header: list[str]) -> None:
        self._table = table
        self._header = header
        self._plain: list[tuple[int, str, _Values]] = []
        self._texts: list[tuple[int, str, str, _Values]] = []
        for place, name in enumerate(header):
            column, language = table.column(name) or (None, "")
            if column and language:
                self._texts.append((place, column.by_language, language, _Values(str)))
            elif column:
                self._plain.append((place, column.attribute, _Values(column.cell.parse)))
        self._by_language = [c.by_language for c in table.columns if c.by_language]

    def __call__(self, number: int, cells: list[str]) -> tuple[ReadRow[Row], list[Fault]]:
        """Return a row as far as its cells can be read, and the faults of the others."""
        fields: dict[str, Any] = {name: {} for name in self._by_language}
        wrong: dict[int, str] = {}
        for place, attribute, values in self._plain:
            value = values[cells[place]]
            if isinstance(value, _Wrong):
                wrong[place] = value.message
                value = None
            fields[attribute] = value
        for place, attribute, language, values in self._texts:
            if text := cells[place]:
                value = values[text]
                if isinstance(value, _Wrong):
                    wrong[place] = value.message
                else:
                    fields[attribute][language] = value
        faults = [
            Fault(self._table.file, number, self._header[place], message, value=cells[place])
            for place, message in wrong.items()
        ]
        columns = frozenset(self._header[place] for place in wrong)
        return ReadRow(number, self._table.build(number, fields), columns), faults


def _without_empty_end(cells: list[str], length: int = 0) -> list[str]:
    """Return a row without the blank cells at its end, but not shorter than `length`."""
    end = len(cells)
    while end > length and not cells[end - 1].strip():
        end -= 1
    return cells[:end]


def _other_length(cells: list[str], header: list[str]) -> str:
    if cells[0].startswith(_GIT_MARKS):
        return "is a mark of Git's, where two edits meet; keep what is right and remove the marks"
    hint = "add the missing" if len(cells) < len(header) else "quote a text that holds commas"
    return f"has {len(cells)} cells where the header has {len(header)}; {hint}"


def _check_header(table: Table[Any], header: list[str]) -> Iterator[Fault]:
    if len(header) > MAX_COLUMNS:
        message = f"has {len(header):,} columns; a table takes at most {MAX_COLUMNS:,}"
        yield Fault(table.file, 1, None, message)
        return
    unknown = Names(name for name in header if table.column(name) is None)
    for needed in (column.name for column in table.columns if column.required):
        if needed not in header:
            near = unknown.meant(needed)
            hint = f"is {near!r} meant?" if near else "add it, its cells may be empty"
            yield Fault(table.file, 1, needed, f"is missing from the header; {hint}")
    known = Names(table.names)
    seen: set[str] = set()
    for number, name in enumerate(header, start=1):
        column, language = table.column(name) or (None, "")
        if name in seen:
            message = "stands twice in the header; remove one, or give it another name"
            yield Fault(table.file, 1, name, message)
        elif column is None:
            near = known.meant(name)
            hint = f"is {near!r} meant? " if near else ""
            message = f"is not a column of this table; {hint}it takes {', '.join(table.names)}"
            yield Fault(table.file, 1, name or f"number {number}", message)
        elif language and not is_language_tag(language.partition(":")[0]):
            yield Fault(table.file, 1, name, not_a_language(language), doubt=True)
        seen.add(name)
