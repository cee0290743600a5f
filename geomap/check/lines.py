"""CSV files of any program to lines of cells: encodings, separators, stray quotes."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

SEPARATORS = (",", ";", "\t")
"""What may stand between cells: the comma, and what spreadsheets write where it is a decimal mark."""
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_AS_UTF8 = "save it as 'CSV UTF-8'"
_QUOTES = (
    "has a quotation mark that is not closed, or stands amid a cell in quotes; "
    'a cell that holds quotes is written "so ""that"" they are doubled"'
)


@dataclass(frozen=True)
class BrokenLine:
    """A line that is not CSV: what could be made of its cells, and what is wrong."""

    cells: list[str]
    message: str


def read_lines(content: bytes | None, columns: Iterable[str]) -> Iterator[list[str] | BrokenLine]:
    """Return the cells of a file, line by line.

    `columns` are names that its header should have: they tell the separator. Raises ValueError with
    what to do about the file.
    """
    if content is None:
        raise ValueError("is missing; a dataset needs this file")
    if content.startswith(_UTF16_MARKS) or b"\0" in content:
        raise ValueError(f"is not UTF-8 but UTF-16, which Excel calls Unicode text; {_AS_UTF8}")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"is not UTF-8 (byte {error.start}); {_AS_UTF8}") from None
    return _parse(text, _separator(text, set(columns)))


def _parse(text: str, separator: str) -> Iterator[list[str] | BrokenLine]:
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


def _broken(line: str, separator: str) -> BrokenLine:
    limit = csv.field_size_limit()
    cells = next(csv.reader([line[:limit]], delimiter=separator), [])
    too_long = f"is longer than {limit:,} characters; shorten it"
    return BrokenLine(cells, _QUOTES if len(line) <= limit else too_long)


def _separator(text: str, columns: set[str]) -> str:
    """Return what splits the header into most of `columns`; the comma if in doubt."""
    header = re.split(r"[\r\n]", text, maxsplit=1)[0]

    def matches(separator: str) -> int:
        cells = {cell.strip().strip('"').strip() for cell in header.split(separator)}
        return len(cells & columns)

    return max(SEPARATORS, key=matches)
