"""Reading the CSV tables of a dataset by what their columns declare.

A fault never stops the reading: all faults of all rows are collected, each with file, row, column
and how to mend it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar

from geomap.check.lines import BrokenLine, read_lines
from geomap.check.suggest import Names
from geomap.check.values import is_language_tag, visible
from geomap.errors import Fault, short

MAX_COLUMNS = 1000
MAX_BROKEN = 100
"""Lines that are not CSV; after more of them the rest of the file is not read."""

Row = TypeVar("Row")


@dataclass(frozen=True)
class CellType:
    """What the cells of a column hold: how one is read, written, and described.

    `parse` returns the value of a cell's text, and raises ValueError with a sentence; `write` is its
    inverse. `schema` has the properties of a field in Table Schema (type, constraints).
    """

    parse: Callable[[str], Any] = str
    write: Callable[[Any], str] = lambda value: str(value) if value else ""
    schema: Mapping[str, Any] = field(default_factory=lambda: {"type": "string"})
    may_be_empty: bool = True

    def or_empty(self) -> CellType:
        """Return the type of cells that may also be empty, which gives None."""
        parse = self.parse
        return replace(self, parse=lambda text: parse(text) if text else None, may_be_empty=True)


ANY_TEXT = CellType()


@dataclass(frozen=True)
class Column:
    """One column of a table.

    `required`: the header must have it. `field` is the row's attribute that takes the value, by
    default the column's name. `by_language` is the attribute that takes the texts of the columns
    `name:xx` as a dict, by what follows the colon.
    """

    name: str
    cell: CellType = ANY_TEXT
    required: bool = True
    field: str = ""
    by_language: str = ""

    @property
    def attribute(self) -> str:
        """The row's attribute that takes the value."""
        return self.field or self.name

    def text(self, row: Any, language: str = "") -> str:
        """Return the text of a row's cell in this column, or in that of a language."""
        if language:
            texts: Mapping[str, str] = getattr(row, self.by_language)
            return texts.get(language, "")
        return self.cell.write(getattr(row, self.attribute))


@dataclass(frozen=True)
class Table(Generic[Row]):
    """One CSV file: its columns, and how a row is built from its number and its values.

    `build` also takes None for each value that could not be read. An `optional` file may be missing.
    """

    file: str
    columns: tuple[Column, ...]
    build: Callable[[int, dict[str, Any]], Row]
    optional: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns, those of languages left out."""
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> tuple[Column, str] | None:
        """Return the column of a name in the header, and its language or "" ; None if unknown."""
        stem, _, language = name.partition(":")
        for column in self.columns:
            if column.name == name:
                return column, ""
        for column in self.columns:
            if column.name == stem and column.by_language and language:
                return column, language
        return None


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
    except ValueError as error:
        faults.append(Fault(table.file, None, None, str(error)))
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
    broken = 0
    for number, line in enumerate(lines, start=2):
        cells = line.cells if isinstance(line, BrokenLine) else line
        cells = [cell.strip() for cell in _without_empty_end(cells, len(header))]
        # An id counts as there whatever else is wrong, so that one mistake is reported once.
        if parse.id_place is not None and parse.id_place < len(cells) and cells[parse.id_place]:
            reading.ids.add(cells[parse.id_place])
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
            value = self._parse(visible(text))
        except ValueError as error:
            value = _Wrong(str(error))
        self[text] = value
        return value


class _RowParser(Generic[Row]):
    """Builds rows from cells in the order of a header."""

    def __init__(self, table: Table[Row], header: list[str]) -> None:
        self._table = table
        self._plain: list[tuple[int, str, _Values]] = []
        self._by_language: list[tuple[int, str, str, _Values]] = []
        for place, name in enumerate(header):
            if found := table.column(name):
                column, language = found
                if language:
                    texts = _Values(str)
                    self._by_language.append((place, column.by_language, language, texts))
                else:
                    values = _Values(column.cell.parse)
                    self._plain.append((place, column.attribute, values))
        self._header = header
        self._dicts = [column.by_language for column in table.columns if column.by_language]
        self.id_place = header.index("id") if "id" in header else None

    def __call__(self, number: int, cells: list[str]) -> tuple[ReadRow[Row], list[Fault]]:
        """Return a row as far as its cells can be read, and the faults of the others."""
        fields: dict[str, Any] = {name: {} for name in self._dicts}
        wrong: dict[int, str] = {}
        for place, attribute, values in self._plain:
            value = values[cells[place]]
            if isinstance(value, _Wrong):
                wrong[place] = value.message
                value = None
            fields[attribute] = value
        for place, attribute, language, values in self._by_language:
            if cells[place]:
                value = values[cells[place]]
                if isinstance(value, _Wrong):
                    wrong[place] = value.message
                else:
                    fields[attribute][language] = value
        row = self._table.build(number, fields)
        if not wrong:
            return ReadRow(number, row), []
        names = {place: self._header[place] for place in sorted(wrong)}
        file = self._table.file
        faults = [Fault(file, number, names[place], wrong[place]) for place in names]
        return ReadRow(number, row, frozenset(names.values())), faults


def _without_empty_end(cells: list[str], length: int = 0) -> list[str]:
    """Return a row without the blank cells at its end, but not shorter than `length`."""
    end = len(cells)
    while end > length and not cells[end - 1].strip():
        end -= 1
    return cells[:end]


def _other_length(cells: list[str], header: list[str]) -> str:
    hint = "add the missing" if len(cells) < len(header) else "quote a text that holds commas"
    return f"has {len(cells)} cells where the header has {len(header)}; {hint}"


def _check_header(table: Table[Any], header: list[str]) -> Iterator[Fault]:
    if len(header) > MAX_COLUMNS:
        message = f"has {len(header):,} columns; a table takes at most {MAX_COLUMNS:,}"
        yield Fault(table.file, 1, None, message)
        return
    unknown = Names(name for name in header if table.column(name) is None)
    for column in table.columns:
        if column.required and column.name not in header:
            near = unknown.meant(column.name)
            hint = f" (is {near!r} meant?)" if near else ""
            yield Fault(table.file, 1, column.name, f"is missing from the header{hint}")
    known = Names(table.names)
    seen: set[str] = set()
    for number, name in enumerate(header, start=1):
        found = table.column(name)
        if name in seen:
            yield Fault(table.file, 1, name, "stands twice in the header")
        elif found is None:
            near = known.meant(name)
            hint = f"is {near!r} meant? " if near else ""
            message = f"is not a column of this table; {hint}it takes {', '.join(table.names)}"
            yield Fault(table.file, 1, name or f"number {number}", message)
        elif found[1] and not is_language_tag(found[1].partition(":")[0]):
            yield Fault(table.file, 1, name, not_a_language(found[1]), doubt=True)
        seen.add(name)


def not_a_language(tag: str) -> str:
    """Return the doubt about a column or property such as `name:english`."""
    return (
        f"{short(tag)!r} is not the code of a language, so nobody will see these texts; "
        "write it as az or sr-Latn"
    )


def language_columns(table: Table[Any], rows: Iterable[Any]) -> tuple[str, ...]:
    """Return the columns `name:xx` for every language that the texts of `rows` are in."""
    rows = list(rows)
    names: list[str] = []
    for column in table.columns:
        if column.by_language:
            texts = (getattr(row, column.by_language) for row in rows)
            names += [f"{column.name}:{language}" for language in sorted(set().union(*texts))]
    return tuple(names)
