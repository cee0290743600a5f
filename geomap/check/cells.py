"""The cells of many rows to values, column by column: most texts come again and again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic

from geomap.check.columns import Row, Table
from geomap.check.formulas import as_meant
from geomap.check.values import visible
from geomap.errors import Fault

Cells = Sequence[str]


@dataclass(frozen=True)
class _Wrong:
    """Stands for the value of a text that cannot be read."""

    message: str


class _Values(dict[str, Any]):
    """The value of each text in a column, spaces around it left out. Each is parsed once."""

    def __init__(self, parse: Callable[[str], Any]) -> None:
        self._parse = parse
        self.any_wrong = False

    def __missing__(self, text: str) -> Any:
        try:
            value = self._parse(visible(as_meant(text.strip())))
        except ValueError as error:
            value = _Wrong(str(error))
            self.any_wrong = True
        self[text] = value
        return value


class _Batch:
    """The values of some rows by attribute, and what is wrong: messages by row and column."""

    def __init__(self) -> None:
        self.fields: dict[str, list[Any]] = {}
        self.wrong: dict[int, dict[int, str]] = {}

    def add_wrong(self, row: int, column: int, wrong: _Wrong) -> None:
        """Note that a cell cannot be read."""
        self.wrong.setdefault(row, {})[column] = wrong.message


class ColumnParser(Generic[Row]):
    """Builds the rows of a table from cells in the order of a header."""

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
        self._no_texts: Mapping[str, str] = {}  # one for all rows: there may be very many

    def rows(
        self, numbers: Sequence[int], cells: Sequence[Cells]
    ) -> tuple[list[Row], dict[int, list[Fault]]]:
        """Return rows as far as their cells can be read, and the faults of the others by row.

        `numbers` are those of the rows in the file; faults are by the row's place in `cells`.
        """
        columns = list(zip(*cells, strict=True))
        batch = _Batch()
        for place, attribute, values in self._plain:
            batch.fields[attribute] = _read_column(columns[place], values, place, batch)
        for attribute in self._by_language:
            batch.fields[attribute] = [self._no_texts] * len(cells)
        for place, attribute, language, values in self._texts:
            texts = batch.fields[attribute]
            for row, text in enumerate(_read_column(columns[place], values, place, batch)):
                if text:
                    texts[row] = {**texts[row], language: text}
        build, names = self._table.build, list(batch.fields)
        rows = [
            build(number, dict(zip(names, values, strict=True)))
            for number, values in zip(
                numbers, zip(*batch.fields.values(), strict=True), strict=True
            )
        ]
        faults = {
            row: [
                self._fault(numbers[row], place, cells[row], text) for place, text in wrong.items()
            ]
            for row, wrong in batch.wrong.items()
        }
        return rows, faults

    def _fault(self, number: int, place: int, cells: Cells, message: str) -> Fault:
        column, value = self._header[place], cells[place].strip()
        return Fault(self._table.file, number, column, message, value=value)


def _read_column(texts: Cells, values: _Values, place: int, batch: _Batch) -> list[Any]:
    """Return the values of a column's cells, None for those that cannot be read."""
    column = list(map(values.__getitem__, texts))
    if values.any_wrong:
        for row, value in enumerate(column):
            if isinstance(value, _Wrong):
                batch.add_wrong(row, place, value)
                column[row] = None
    return column
