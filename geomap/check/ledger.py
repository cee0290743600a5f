"""Sources, actors and claims: the rows of a dataset's tables, and how they fit each other.

The columns and their meaning are those of the guide that `geomap new` writes. A fault never stops
the reading: all faults of all rows are collected, each with file, row, column and how to mend it.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from datetime import date
from types import MappingProxyType
from typing import Any

from geomap.check.tables import Reading, Table, read_table
from geomap.core.claims import Actor, Claim, Ledger, Source
from geomap.errors import Fault, quoted, short

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


def read_ledger(
    files: dict[str, bytes], regions: Iterable[str] | None
) -> tuple[Ledger, list[Fault]]:
    """Return the ledger in `files` (file name to content) and every fault found in it.

    `regions` are the ids that claims may name; None where they are not known.
    """
    faults: list[Fault] = []
    actors = read_table(files, ACTORS, faults)
    sources = read_table(files, SOURCES, faults)
    for table, reading in ((ACTORS, actors), (SOURCES, sources)):
        if reading.readable and not reading.ids:
            faults += _empty(table, faults)
    cell_faults: list[Fault] = []
    claims = read_table(files, CLAIMS, cell_faults)
    faults += cell_faults
    found = Ledger(
        MappingProxyType(_by_id(ACTORS, actors, faults)),
        MappingProxyType(_by_id(SOURCES, sources, faults)),
        tuple(claim for _, claim in claims.rows),
    )
    known: dict[str, set[str]] = {}
    if regions is not None:
        known["region"] = set(regions)
    known |= {
        column: table.ids
        for column, table in (("actor", actors), ("source", sources))
        if table.readable
    }
    faulty = {(fault.row, fault.column) for fault in cell_faults}
    for row, cells in claims.cells.items():
        for column, ids in known.items():
            if cells[column] not in ids and (row, column) not in faulty:
                faults.append(Fault(CLAIMS.file, row, column, _unknown(column, cells[column], ids)))
    published = {row.id: row.published for _, row in sources.all_rows if row.published}
    first: dict[tuple[str, str], Claim] = {}
    for row, claim in claims.all_rows:
        wrong = [
            *_check_event(claim, first),
            *_check_claim(claim, published.get(claim.source)),
        ]
        faults += [
            Fault(CLAIMS.file, row, column, message)
            for column, message in wrong
            if (row, column) not in faulty
        ]
    return found, faults


def _empty(table: Table[Any], faults: list[Fault]) -> list[Fault]:
    """Return the fault of a table without rows, unless it has rows that could not be read."""
    if any(fault.file == table.file for fault in faults):
        return []
    return [Fault(table.file, None, None, "holds no row; claims need at least one here")]


def _by_id(table: Table[Any], reading: Reading[Any], faults: list[Fault]) -> dict[str, Any]:
    seen: set[str] = set()
    for number, row in reading.all_rows:
        if row.id in seen:
            message = f"{quoted(row.id)} stands twice; give each row an id of its own"
            faults.append(Fault(table.file, number, "id", message))
        if row.id:
            seen.add(row.id)
    found: dict[str, Any] = {}
    for _, row in reading.rows:
        found.setdefault(row.id, row)
    return found


def _check_event(claim: Claim, first: dict[tuple[str, str], Claim]) -> Iterator[tuple[str, str]]:
    """Yield where a claim differs from the first of its event that says the same column."""
    for column in ("region", "kind", "actor"):
        if claim.event and getattr(claim, column):
            other = first.setdefault((claim.event, column), claim)
            if getattr(claim, column) != getattr(other, column):
                yield column, _differs(claim, other, column)


def _check_claim(claim: Claim, published: date | None) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with a claim beyond its own cells, by column.

    What could not be read of the claim is None; so is `published` of a source.
    """
    transfer = claim.kind in ("control", "handover")
    if claim.date is None and transfer:
        yield "date", f"is empty; only a 'due' may leave it open, this is {claim.kind!r}"
    if claim.since is not None and transfer:
        yield "since", "is only for 'due'; put the date of the claim in column date"
    start, since = claim.date and claim.date.start, claim.since and claim.since.start
    # A day's grace: what happens in the morning in the east is news of the day before in the west.
    if transfer and start and published and (start - published).days > 1:
        message = (
            f"starts {start}, but the source was published before, {published}; correct either"
        )
        yield "date", message
    if claim.kind == "due" and claim.date and since and claim.date.end < since:
        yield "date", f"ends {claim.date.end}, before the arrangement is in force, {since}"
    for column in ("added", "withdrawn"):
        day = getattr(claim, column)
        if day and published and day < published:
            yield column, f"{day} is before the source was published, {published}"
    if claim.added and claim.withdrawn and claim.withdrawn < claim.added:
        yield "withdrawn", f"{claim.withdrawn} is before the claim was added"


def _unknown(column: str, value: str, ids: set[str]) -> str:
    near = difflib.get_close_matches(value, ids, n=1)
    known = ", ".join(short(id) for id in sorted(ids)[:20]) or "none"
    hint = f"; is {quoted(near[0])} meant?" if near else f"; known: {known}"
    return f"there is no {column} {quoted(value)}{hint}"


def _differs(claim: Claim, first: Claim, column: str) -> str:
    mine, theirs = getattr(claim, column), getattr(first, column)
    return (
        f"{quoted(mine)} differs from {quoted(theirs)} in row {first.row} "
        f"of the same event {quoted(claim.event)}; "
        "claims about one event agree in region, kind and actor"
    )
