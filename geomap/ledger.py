"""Sources, actors and claims: the rows of a dataset's tables, and how they fit each other.

The columns and their meaning are those of the guide that `geomap new` writes. A fault never stops
the reading: all faults of all rows are collected, each with file, row, column and how to mend it.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from geomap.errors import Fault, quoted
from geomap.fields import (
    Colour,
    Day,
    Id,
    Link,
    OptionalColour,
    OptionalDay,
    OptionalSpan,
    Text,
)
from geomap.tables import Row, Table, read_table

KINDS = ("control", "due", "handover")
Kind = Literal["control", "due", "handover"]


def _kind(text: str) -> str:
    if text not in KINDS:
        raise ValueError(f"{quoted(text)} is not a kind of claim; use one of {', '.join(KINDS)}")
    return text


def _part(text: str) -> bool:
    if text not in ("", "part"):
        raise ValueError(f"{quoted(text)} is not known here; write 'part' or leave it empty")
    return text == "part"


class Actor(Row):
    """Who can hold a region. `names` holds name:xx by language, and name:xx:CASE by its case."""

    id: Id
    name: Text
    names: dict[str, str] = Field(default_factory=dict)
    colour: Colour
    dark: OptionalColour = None


class Source(Row):
    """A published text that claims rest on. `name` is its short name in citations."""

    id: Id
    publisher: Text
    title: Text
    published: Day
    url: Link = ""
    language: str = ""
    kind: str = ""
    name: str = ""
    names: dict[str, str] = Field(default_factory=dict)


class Claim(Row):
    """One source's claim about one event; `row` is its row in claims.csv."""

    row: int
    event: Id
    region: Id
    kind: Annotated[Kind, BeforeValidator(_kind)]
    actor: Id
    date: OptionalSpan = None
    since: OptionalSpan = None
    part: Annotated[bool, BeforeValidator(_part)] = False
    source: Id
    locator: str = ""
    locators: dict[str, str] = Field(default_factory=dict)
    note: str = ""
    notes: dict[str, str] = Field(default_factory=dict)
    added: OptionalDay = None
    withdrawn: OptionalDay = None

    @property
    def citation(self) -> str:
        """The claim's source and place in it as `source¶locator`."""
        return cite(self.source, self.locator)


def cite(source: str, locator: str) -> str:
    """Return a source id and a place in it as `source¶locator`, the id alone where none is given."""
    place = locator.removeprefix("¶").strip()
    return f"{source}¶{place}" if place else source


@dataclass(frozen=True)
class Ledger:
    """The tables of one dataset, by id; claims in the order of the file."""

    actors: dict[str, Actor] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)
    claims: tuple[Claim, ...] = ()


ACTORS = Table(
    "actors.csv",
    Actor,
    ("id", "name", "colour", "colour:dark"),
    ("id", "name", "colour"),
    {"name": "names"},
    {"colour:dark": "dark"},
)
SOURCES = Table(
    "sources.csv",
    Source,
    ("id", "name", "publisher", "title", "published", "url", "language", "kind"),
    ("id", "publisher", "title", "published", "url", "language", "kind"),
    {"name": "names"},
)
_CLAIM_REQUIRED = (
    *("event", "region", "kind", "actor", "date", "since", "part"),
    *("source", "locator", "withdrawn"),
)
CLAIMS = Table(
    "claims.csv",
    Claim,
    (*_CLAIM_REQUIRED, "note", "added"),
    _CLAIM_REQUIRED,
    {"note": "notes", "locator": "locators"},
)


def read_ledger(files: dict[str, bytes], regions: Iterable[str]) -> tuple[Ledger, list[Fault]]:
    """Return the ledger in `files` (file name to content) and every fault found in it.

    `regions` are the ids that claims may name.
    """
    faults: list[Fault] = []
    actors = read_table(files, ACTORS, faults)
    sources = read_table(files, SOURCES, faults)
    cell_faults: list[Fault] = []
    claims = read_table(files, CLAIMS, cell_faults)
    faults += cell_faults
    found = Ledger(
        _by_id(ACTORS, actors.rows, faults),
        _by_id(SOURCES, sources.rows, faults),
        tuple(claim for _, claim in claims.rows),
    )
    known = {"region": set(regions), "actor": actors.ids, "source": sources.ids}
    faulty = {(fault.row, fault.column) for fault in cell_faults}
    for row, cells in claims.cells.items():
        for column, ids in known.items():
            if ids and cells[column] not in ids and (row, column) not in faulty:
                faults.append(Fault(CLAIMS.file, row, column, _unknown(column, cells[column], ids)))
    first: dict[str, Claim] = {}
    for claim in found.claims:
        faults += _check_claim(claim, found.sources, first.setdefault(claim.event, claim))
    return found, faults


def _by_id(table: Table[Any], rows: list[tuple[int, Any]], faults: list[Fault]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for number, row in rows:
        if row.id in found:
            message = f"{row.id!r} stands twice; give each row an id of its own"
            faults.append(Fault(table.file, number, "id", message))
        found.setdefault(row.id, row)
    return found


def _check_claim(claim: Claim, sources: dict[str, Source], first: Claim) -> list[Fault]:
    """Return what is wrong with a claim beyond its own cells; `first` is its event's first claim."""
    wrong: list[tuple[str, str]] = []
    for column in ("region", "kind", "actor"):
        if getattr(claim, column) != getattr(first, column):
            wrong.append((column, _differs(claim, first, column)))
    if claim.date is None and claim.kind != "due":
        wrong.append(("date", f"is empty; only a 'due' may leave it open, this is {claim.kind!r}"))
    if claim.since is not None and claim.kind != "due":
        wrong.append(("since", "is only for 'due'; put the date of the claim in column date"))
    published = sources[claim.source].published if claim.source in sources else None
    for column in ("added", "withdrawn"):
        day = getattr(claim, column)
        if day and published and day < published:
            message = f"{day} is before the source was published, {published}"
            wrong.append((column, message))
    if claim.added and claim.withdrawn and claim.withdrawn < claim.added:
        wrong.append(("withdrawn", f"{claim.withdrawn} is before the claim was added"))
    return [Fault(CLAIMS.file, claim.row, column, message) for column, message in wrong]


def _unknown(column: str, value: str, ids: set[str]) -> str:
    near = difflib.get_close_matches(value, ids, n=1)
    hint = f"; is {near[0]!r} meant?" if near else f"; known: {', '.join(sorted(ids)[:20])}"
    return f"there is no {column} {quoted(value)}{hint}"


def _differs(claim: Claim, first: Claim, column: str) -> str:
    mine, theirs = getattr(claim, column), getattr(first, column)
    return (
        f"{mine!r} differs from {theirs!r} in row {first.row} of the same event {claim.event!r}; "
        "claims about one event agree in region, kind and actor"
    )
