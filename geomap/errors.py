"""What can go wrong, each a named class with a sentence that tells the reader what to do."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

LISTED = 200
"""How many faults of one file are printed."""
_SHOWN = 60
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def short(text: str) -> str:
    """Return a text for an error's sentence, cut where it is very long."""
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def quoted(text: str) -> str:
    """Return a caller's text in quotes for an error's sentence, cut where it is very long."""
    return repr(short(text))


def printable(text: str) -> str:
    """Return a text without the characters by which it could command a terminal."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)


class GeomapError(Exception):
    """Base of every error that geomap raises on purpose; its text is fit to show to a person."""


@dataclass(frozen=True, order=True)
class Fault:
    """One thing wrong in a dataset: where it is, what it is, how to mend it.

    `row` is the row number that a spreadsheet shows (the header is row 1).
    """

    file: str
    row: int | None
    column: str | None
    message: str

    def __str__(self) -> str:
        where = [self.file]
        if self.row is not None:
            where.append(f"row {self.row}")
        if self.column:
            where.append(f"column {short(self.column)}")
        return printable(f"{', '.join(where)}: {self.message}")


def listing(faults: Iterable[Fault]) -> Iterator[str]:
    """Yield the faults as lines, of each file no more than a person would read."""
    for file, group in groupby(faults, key=lambda fault: fault.file):
        found = list(group)
        yield from map(str, found[:LISTED])
        if len(found) > LISTED:
            yield printable(f"{file}: … and {len(found) - LISTED} more")


class DatasetError(GeomapError):
    """A dataset cannot be opened; `faults` holds everything that is wrong with it, not the first."""

    def __init__(self, name: str, faults: Iterable[Fault]) -> None:
        self.name = name
        self.faults = tuple(faults)
        count = f"{len(self.faults)} fault{'' if len(self.faults) == 1 else 's'}"
        super().__init__(
            "\n".join([f"{name} has {count}:", *(f"  {f}" for f in listing(self.faults))])
        )


class BadQuery(GeomapError):
    """A question that cannot be answered as asked; `parameter` names what to change."""

    def __init__(self, parameter: str, message: str) -> None:
        self.parameter = parameter
        super().__init__(f"{parameter}: {message}")


class NotFound(GeomapError):
    """There is no dataset, region, page or format of that name."""


class MissingExtra(GeomapError):
    """An optional library is not installed; the text says which command installs it."""

    def __init__(self, what: str, extra: str) -> None:
        self.extra = extra
        # By the checkout: in a registry, another project may have this name.
        how = f"install geomap with its [{extra}] extra, in its checkout: pip install '.[{extra}]'"
        super().__init__(f"{what} needs an optional library; {how}")


class Unavailable(GeomapError):
    """The service is too busy for this at the moment; `retry_after` says in how many seconds to ask."""

    def __init__(self, message: str, retry_after: int) -> None:
        self.retry_after = retry_after
        super().__init__(f"{message}; try again in {retry_after} seconds")
