"""CSV files of any program to lines of cells: encodings, separators, stray quotes."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from geomap.errors import quoted

SEPARATORS = (",", ";", "\t")
"""What may stand between cells: the comma, and what spreadsheets write where it is a decimal mark."""
MAX_LINES = 3_000_000
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_NOT_TEXT = {
    b"PK\x03\x04": "is a spreadsheet (xlsx or ods) in spite of its name; "
    "give it the ending .xlsx or .ods, or save it as 'CSV UTF-8'",
    b"\xd0\xcf\x11\xe0": "is an old Excel workbook (xls) in spite of its name; "
    "save it as 'CSV UTF-8' or .xlsx",
}
_AS_UTF8 = "save it as 'CSV UTF-8'"
_OLD_ENCODING = "cp1252"
"""What Excel writes as "CSV" in Western Europe and America."""
_SEPARATOR_LINE = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
"""A first line by which Excel is told the separator; Excel does not show it as a row."""
_QUOTES = (
    "has a quotation mark that is not closed, or stands amid a cell in quotes; "
    'a cell that holds quotes is written "so ""that"" they are doubled"'
)


@dataclass(frozen=True)
class BrokenLine:
    """A line that is not CSV: what could be made of its cells, and what is wrong."""

    cells: list[str]
    message: str


class Unreadable(ValueError):
    """A file that is no table; its text says what to do. `row` is where that shows, if in one row."""

    def __init__(self, message: str, row: int | None = None) -> None:
        self.row = row
        super().__init__(message)


def read_lines(content: bytes | None, columns: Iterable[str]) -> Iterator[list[str] | BrokenLine]:
    """Return the cells of a file, row by row as a spreadsheet shows them.

    `columns` are names that its header should have: they tell the separator. Raises Unreadable.
    """
    return (cells for _, cells in numbered_lines(content, columns))


def numbered_lines(
    content: bytes | None, columns: Iterable[str]
) -> Iterator[tuple[int, list[str] | BrokenLine]]:
    """Return the cells of a file row by row, each with the number of the line where it begins.

    Arguments and errors as of `read_lines`.
    """
    text = decoded(content)
    if max(text.count("\n"), text.count("\r")) > MAX_LINES:
        raise Unreadable(f"has more than {MAX_LINES:,} lines; make two datasets of it")
    first = _SEPARATOR_LINE.match(text)
    if first:
        return _parse(text, first[1], skip=1)
    return _parse(text, separator_of(text, columns))


def decoded(content: bytes | None) -> str:
    """Return a file's text. Raises Unreadable where it is missing or no text in UTF-8."""
    if content is None:
        raise Unreadable("is missing; a dataset needs this file")
    for start, message in _NOT_TEXT.items():
        if content.startswith(start):
            raise Unreadable(message)
    if content.startswith(_UTF16_MARKS) or b"\0" in content:
        raise Unreadable(f"is not UTF-8 but UTF-16, which Excel calls Unicode text; {_AS_UTF8}")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _other_encoding(content, error.start) from None


def separator_of(text: str, columns: Iterable[str]) -> str:
    """Return what splits the header into most of `columns`; the comma if in doubt."""
    header = re.split(r"[\r\n]", text, maxsplit=1)[0]
    names = set(columns)

    def matches(separator: str) -> int:
        cells = {cell.strip().strip('"').strip() for cell in header.split(separator)}
        return len(cells & names)

    return max(SEPARATORS, key=matches)


def _other_encoding(content: bytes, place: int) -> Unreadable:
    """Return what to say of a text that is not UTF-8 from the byte at `place` on."""
    start = content.rfind(b"\n", 0, place) + 1
    end = content.find(b"\n", place)
    line = content[start : end if end >= 0 else len(content)]
    # The word around the byte, as the encoding has it that it most often turns out to be.
    word_start = max(line.rfind(mark, 0, place - start) + 1 for mark in (b" ", b",", b";", b"\t"))
    word = re.split(rb"[ ,;\t\r]", line[word_start:], maxsplit=1)[0]
    shown = quoted(word.decode(_OLD_ENCODING, "replace"))
    row = content.count(b"\n", 0, place) + 1
    message = f"is not UTF-8 (byte {place - start + 1} of the row, in {shown}?); {_AS_UTF8}"
    return Unreadable(message, row)


def _parse(
    text: str, separator: str, skip: int = 0
) -> Iterator[tuple[int, list[str] | BrokenLine]]:
    """Yield each row's first line and cells. A stray quote spoils the line that it stands in, not
    those after.
    """
    lines = io.StringIO(text, newline="").readlines()
    start = skip
    while start < len(lines):
        rest = (lines[n] for n in range(start, len(lines)))
        reader = csv.reader(rest, delimiter=separator, strict=True)
        begin = start
        try:
            for cells in reader:
                yield start + 1, cells
                start = begin + reader.line_num
        except csv.Error:
            yield start + 1, _broken(lines[start], separator)
            start += 1


def _broken(line: str, separator: str) -> BrokenLine:
    limit = csv.field_size_limit()
    cells = next(csv.reader([line[:limit]], delimiter=separator), [])
    too_long = f"is longer than {limit:,} characters; shorten it"
    return BrokenLine(cells, _QUOTES if len(line) <= limit else too_long)
