"""How a table is declared: its columns, and what their cells hold.

Reading (`check.tables`), writing and the published schema (`formats`) all go by these declarations.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar

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
    `name:xx` as a dict, by what follows the colon. `public`: exports have the column too; others are
    for the desk alone.
    """

    name: str
    cell: CellType = ANY_TEXT
    required: bool = True
    field: str = ""
    by_language: str = ""
    public: bool = True

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

    @property
    def public(self) -> Table[Row]:
        """The table as exports have it."""
        return replace(self, columns=tuple(column for column in self.columns if column.public))

    def column(self, name: str) -> tuple[Column, str] | None:
        """Return the column of a name in the header, and its language or ""; None if unknown."""
        stem, _, language = name.partition(":")
        for column in self.columns:
            if column.name == name:
                return column, ""
        for column in self.columns:
            if column.name == stem and column.by_language and language:
                return column, language
        return None

    def language_names(self, rows: Iterable[Any]) -> tuple[str, ...]:
        """Return the names `name:xx` of the columns for every language that texts of `rows` are in."""
        rows = list(rows)
        names: list[str] = []
        for column in self.columns:
            if column.by_language:
                texts = (getattr(row, column.by_language) for row in rows)
                names += [f"{column.name}:{language}" for language in sorted(set().union(*texts))]
        return tuple(names)
