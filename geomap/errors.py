"""What can go wrong, each a named class with a sentence that says what to do about it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

DISTRIBUTION = "geomap-ledger"
"""What pip calls geomap; on the public index, `geomap` is another project."""
LISTED = 200
"""How many faults of one file are printed."""
LISTED_IN_ALL = 1000
"""How many lines are printed of all files together."""
_LONGEST = 60
# Control characters, lone surrogates, and the marks that turn the direction of a text around.
_COMMANDS = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)


def short(text: str) -> str:
    """Return a text for an error's sentence, cut where it is very long."""
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def quoted(text: str) -> str:
    """Return a caller's text in quotes for an error's sentence, cut where it is very long."""
    return repr(short(text))


def printable(text: str) -> str:
    """Return a text without the characters by which it could command a terminal."""
    return _COMMANDS.sub("\N{REPLACEMENT CHARACTER}", text)


class GeomapError(Exception):
    """Base of every error that geomap raises on purpose; its text is fit to show to a person."""

    @property
    def public(self) -> str:
        """The text for strangers, without what concerns only whoever runs geomap."""
        return str(self)


_QUOTED = re.compile(r"""(?<![^\s(])(?:'[^']*'|"[^"]*")""")


@dataclass(frozen=True, order=True)
class Fault:
    """One thing wrong in a dataset: where it is, what it is, how to mend it.

    `row` is the row number that a spreadsheet shows (the header is row 1). `message` says what is
    wrong and, after the first semicolon, how to mend it. A `doubt` may be meant as it is: it is
    reported, but a dataset with nothing else wrong is sound. `value` is what stands there, None
    where it is no single value.
    """

    file: str
    row: int | None
    column: str | None
    message: str
    doubt: bool = False
    value: str | None = None

    @property
    def remedy(self) -> str:
        """How to mend it: what the message says after its first semicolon; what it must be."""
        unquoted = _QUOTED.sub(lambda match: "_" * len(match[0]), self.message)
        place = unquoted.find("; ")
        if place < 0:
            return self.message if self.message.startswith("must ") else ""
        return self.message[place + 2 :]

    def __str__(self) -> str:
        where = [self.file]
        if self.row is not None:
            where.append(f"row {self.row}")
        if self.column:
            where.append(f"column {short(self.column)}")
        line = f"{'doubt: ' if self.doubt else ''}{', '.join(where)}: {self.message}"
        return printable(line).replace("\n", "\N{REPLACEMENT CHARACTER}")


def listing(faults: Iterable[Fault]) -> Iterator[str]:
    """Yield faults as lines: no more of one file, and no more of all, than a person would read."""
    groups = [list(group) for _, group in groupby(faults, key=lambda fault: fault.file)]
    room = LISTED_IN_ALL
    for number, group in enumerate(groups):
        if room <= 0:
            rest = groups[number:]
            files = f"{len(rest)} other file{'' if len(rest) == 1 else 's'}"
            yield f"… and {sum(map(len, rest))} more in {files}"
            return
        listed = min(LISTED, room)
        yield from map(str, group[:listed])
        if len(group) > listed:
            yield str(Fault(group[0].file, None, None, f"… and {len(group) - listed} more"))
        room -= min(len(group), listed)


class DatasetError(GeomapError):
    """A dataset cannot be opened; `faults` are all that is wrong with it, doubts left out."""

    def __init__(self, name: str, faults: Iterable[Fault]) -> None:
        self.name = name
        self.faults = tuple(fault for fault in faults if not fault.doubt)
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


class CannotRead(GeomapError):
    """A dataset is there, but the system does not let us read it."""

    def __init__(self, name: str, error: OSError) -> None:
        super().__init__(f"the dataset {quoted(name)} cannot be read: {error.strerror}")


class DatabaseError(GeomapError):
    """A dataset is in a database that does not answer, or refuses what is asked of it.

    `detail` is what the database or the network says, with names of hosts and users.
    """

    def __init__(self, name: str, reason: str, detail: str = "") -> None:
        self._public = f"{name} is out of reach: {reason}"
        super().__init__(f"{self._public}{detail and f' ({detail})'}")

    @property
    def public(self) -> str:
        """The text without `detail`."""
        return self._public


class NotPublished(GeomapError):
    """A database does not take a dataset; nothing in it has changed."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"nothing was published: {reason}")


class CannotWrite(GeomapError):
    """A file or folder cannot be written, for want of room, of permission or of a valid name.

    `error` is what the system raised; it has no reason where the name is none that a file can have.
    """

    def __init__(self, what: str, error: Exception, remedy: str = "") -> None:
        reason = getattr(error, "strerror", None) or "the name is not valid"
        super().__init__(f"{what} cannot be written: {reason}{remedy and f'; {remedy}'}")


class FolderInUse(GeomapError):
    """A new folder was asked for, and something of that name is there already."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{quoted(name)} is there already and not an empty folder; give a new name"
        )


class BeingWritten(GeomapError):
    """Another process is about to write the same folder."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"another geomap is at work on {quoted(name)}; wait until it has ended, then try again"
        )


class CannotBuild(GeomapError):
    """A file of a site cannot be made; `reason` says why."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"the site's file {quoted(path)} cannot be made: {reason}")


class CannotListen(GeomapError):
    """The service cannot listen on an address; `option` (host or port) names what to change."""

    def __init__(self, host: str, port: int, error: OSError, option: str) -> None:
        self.option = option
        address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        super().__init__(
            f"cannot listen on {address} ({error.strerror}); give another with --{option}"
        )


class BadSetting(GeomapError):
    """A choice of whoever runs geomap that cannot be followed; `option` names what to change."""

    def __init__(self, option: str, message: str) -> None:
        self.option = option
        super().__init__(f"{option}: {message}")


class MissingExtra(GeomapError):
    """An optional library is not installed; the text says which command installs it."""

    def __init__(self, what: str, extra: str) -> None:
        self.extra = extra
        # pip keeps the geomap that is installed under this name, and adds the libraries to it.
        how = f"install it with pip install '{DISTRIBUTION}[{extra}]'"
        super().__init__(f"{what} needs an optional library; {how}")


class Unavailable(GeomapError):
    """The service is too busy for this at the moment; `retry_after` says in how many seconds to ask."""

    def __init__(self, message: str, retry_after: int) -> None:
        self.retry_after = retry_after
        super().__init__(f"{message}; try again in {retry_after} seconds")
