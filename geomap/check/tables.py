"""Reading the CSV tables of a dataset by what their columns declare.

A fault never stops the reading: all faults of all rows are collected, each with file, row, column
and how to mend it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Generic

from geomap.check.cells import ColumnParser
from geomap.check.columns import Row, Table
from geomap.check.lines import BrokenLine, Unreadable, read_lines
from geomap.check.suggest import Names
from geomap.check.values import is_language_tag, not_a_language
from geomap.errors import Fault

MAX_COLUMNS = 1000
_BATCH = 20_000
"""Rows whose cells are read together."""
_GIT_MARKS = ("<<<<<<<", "=======", ">>>>>>>")
MAX_BROKEN = 100
"""Lines that are not CSV; after more of them the rest of the file is not read."""


@dataclass
class Reading(Generic[Row]):
    """What a file held: its rows in order, and the ids of all, also of those that are no rows.

    `numbers` are the rows' numbers in the file. `faulty` has the columns that could not be read, by
    the row's place in `rows`; their values are None. `readable` is False where the file as a whole
    could not be read, so that nothing is known of its rows.
    """

    readable: bool = True
    rows: list[Row] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    faulty: dict[int, frozenset[str]] = field(default_factory=dict)
    ids: set[str] = field(default_factory=set)

    @property
    def sound(self) -> Iterable[Row]:
        """The rows without a fault."""
        if not self.faulty:
            return self.rows
        return (row for place, row in enumerate(self.rows) if place not in self.faulty)


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
    wrong: list[Fault] = []
    parser = ColumnParser(table, header)
    complete = _complete_rows(table, header, lines, reading, wrong)
    # Not all at once: of the cells' texts, which are many, only one batch is in memory.
    while batch := list(islice(complete, _BATCH)):
        numbers, cells = zip(*batch, strict=True)
        rows, faulty = parser.rows(numbers, cells)
        for place, cell_faults in faulty.items():
            columns = frozenset(fault.column for fault in cell_faults if fault.column)
            reading.faulty[len(reading.rows) + place] = columns
            wrong += cell_faults
        reading.rows += rows
        reading.numbers += numbers
    faults += sorted(wrong, key=lambda fault: fault.row or 0)
    return reading


def _complete_rows(
    table: Table[Row],
    header: list[str],
    lines: Iterator[list[str] | BrokenLine],
    reading: Reading[Row],
    faults: list[Fault],
) -> Iterator[tuple[int, list[str]]]:
    """Yield the number and the cells of each line that has as many of them as the header.

    Add to the ids of `reading`, and to `faults` those of lines that are no rows.
    """
    width = len(header)
    id_place = header.index("id") if "id" in header else width
    broken = 0
    for number, line in enumerate(lines, start=2):
        cells = line.cells if isinstance(line, BrokenLine) else line
        if len(cells) > width:
            cells = _without_empty_end(cells, width)
        # An id counts as there whatever else is wrong, so that one mistake is reported once.
        if id_place < len(cells) and (id := cells[id_place].strip()):
            reading.ids.add(id)
        if isinstance(line, BrokenLine):
            faults.append(Fault(table.file, number, None, line.message))
            broken += 1
            if broken > MAX_BROKEN:
                message = (
                    "is not the last broken line; the file is read no further, mend these first"
                )
                faults.append(Fault(table.file, number, None, message))
                reading.readable = False
                return
        elif not any(map(str.strip, cells)):
            continue
        elif len(cells) != width:
            faults.append(Fault(table.file, number, None, _other_length(cells, header)))
        else:
            yield number, cells


def _without_empty_end(cells: list[str], length: int = 0) -> list[str]:
    """Return a row without the blank cells at its end, but not shorter than `length`."""
    end = len(cells)
    while end > length and not cells[end - 1].strip():
        end -= 1
    return cells[:end]


def _other_length(cells: list[str], header: list[str]) -> str:
    if cells[0].strip().startswith(_GIT_MARKS):
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
