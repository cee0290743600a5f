"""The columns of actors, sources, claims and reports, and how their rows fit each other.

The columns and their meaning are those of the guide that `geomap new` writes. A fault never stops
the reading: all faults of all rows are collected, each with file, row, column and how to mend it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from operator import attrgetter
from types import MappingProxyType
from typing import Any

from geomap.check.columns import CellType, Column, Table
from geomap.check.public_ids import PUBLIC_IDS, public_id
from geomap.check.suggest import Names
from geomap.check.tables import Reading, read_table
from geomap.check.values import COLOUR_PATTERN, ID_PATTERN, colour, filled, identifier, link
from geomap.core.claims import Actor, Claim, Ledger, Report, Source
from geomap.core.dates import parse_day, parse_span
from geomap.core.kinds import CLAIM_KINDS
from geomap.errors import Fault, quoted

_UNIT = r"\d{4}(-\d{2}(-\d{2})?)?[?~%]?"
EDTF_PATTERN = rf"({_UNIT}|\[({_UNIT})?\.\.{_UNIT}\])"


def _text_like(pattern: str) -> dict[str, Any]:
    return {"type": "string", "constraints": {"pattern": f"^{pattern}$"}}


def _kind(text: str) -> str:
    if text not in CLAIM_KINDS:
        kinds = ", ".join(CLAIM_KINDS)
        raise ValueError(f"{quoted(text)} is not a kind of claim; use one of {kinds}")
    return text


def _part(text: str) -> bool:
    if text not in ("", "part"):
        raise ValueError(f"{quoted(text)} is not known here; write 'part' or leave it empty")
    return text == "part"


ID = CellType(identifier, schema=_text_like(ID_PATTERN.pattern), may_be_empty=False)
TEXT = CellType(filled, may_be_empty=False)
LINK = CellType(link)
COLOUR = CellType(colour, schema=_text_like(COLOUR_PATTERN.pattern), may_be_empty=False)
DAY = CellType(parse_day, schema={"type": "date"}, may_be_empty=False)
SPAN = CellType(parse_span, schema=_text_like(EDTF_PATTERN), may_be_empty=False)
KIND = CellType(
    _kind, schema={"type": "string", "constraints": {"enum": [*CLAIM_KINDS]}}, may_be_empty=False
)
PART = CellType(
    _part,
    lambda part: "part" if part else "",
    schema={"type": "boolean", "trueValues": ["part"], "falseValues": []},
)

REFERENCE = replace(ID, parse=filled)
"""An id of another table or of a region: what is no id there is one fault with what was meant."""
REFERENCE_OR_NONE = replace(ID, parse=str, may_be_empty=True)
AUTHOR = Column("author", required=False, public=False)

ACTORS = Table(
    "actors.csv",
    (
        Column("id", ID),
        Column("name", TEXT, by_language="names"),
        Column("colour", COLOUR),
        Column("colour:dark", COLOUR.or_empty(), required=False, field="dark"),
        *(
            Column(
                name,
                CellType(public_id(name), schema=_text_like(form)),
                required=False,
            )
            for name, (form, _) in PUBLIC_IDS.items()
        ),
    ),
    lambda row, values: Actor(row=row, **values),
)
SOURCES = Table(
    "sources.csv",
    (
        Column("id", ID),
        Column("name", required=False, by_language="names"),
        Column("publisher", TEXT, by_language="publishers"),
        Column("title"),
        Column("published", DAY),
        Column("url", LINK),
        Column("language"),
        Column("kind"),
    ),
    lambda row, values: Source(row=row, **values),
)
CLAIMS = Table(
    "claims.csv",
    (
        Column("event", ID),
        Column("region", REFERENCE),
        Column("kind", KIND),
        Column("actor", REFERENCE),
        Column("date", SPAN.or_empty()),
        Column("since", SPAN.or_empty()),
        Column("part", PART),
        Column("source", REFERENCE),
        Column("locator", by_language="locators"),
        Column("withdrawn", DAY.or_empty()),
        Column("note", required=False, by_language="notes"),
        Column("added", DAY.or_empty(), required=False),
        Column("withdrawn_because", required=False, by_language="withdrawn_becauses"),
        AUTHOR,
    ),
    lambda row, values: Claim(row=row, **values),
)
REPORTS = Table(
    "reports.csv",
    (
        Column("date", SPAN),
        Column("region", REFERENCE_OR_NONE),
        Column("text", TEXT, by_language="texts"),
        Column("source", REFERENCE),
        Column("locator", by_language="locators"),
        AUTHOR,
    ),
    lambda row, values: Report(row=row, **values),
    optional=True,
)


def read_ledger(
    files: dict[str, bytes],
    regions: Iterable[str] | None,
    region_names: Mapping[str, str] | None = None,
) -> tuple[Ledger, list[Fault]]:
    """Return the ledger in `files` (file name to content) and every fault of it.

    `regions` are the ids that claims and reports may name; None where they are not known.
    `region_names` are ids by the regions' names, for who writes a name where an id belongs.
    """
    faults: list[Fault] = []
    actors = read_table(files, ACTORS, faults)
    sources = read_table(files, SOURCES, faults)
    for table, reading in ((ACTORS, actors), (SOURCES, sources)):
        if reading.readable and not reading.ids:
            faults += _empty(table, faults)
    claims = read_table(files, CLAIMS, faults)
    reports = read_table(files, REPORTS, faults)
    ledger = Ledger(
        MappingProxyType(_by_id(ACTORS, actors, faults)),
        MappingProxyType(_by_id(SOURCES, sources, faults)),
        tuple(claims.sound),
        tuple(reports.sound),
    )
    known: dict[str, _Known] = {}
    if regions is not None:
        known["region"] = _Known(set(regions), region_names or {})
    if actors.readable:
        known["actor"] = _Known(actors.ids, {a.name: a.id for a in ledger.actors.values()})
    if sources.readable:
        called = {s.name or s.title: s.id for s in ledger.sources.values() if s.name or s.title}
        known["source"] = _Known(sources.ids, called)
    unknown = list(_check_ids(CLAIMS, claims, known))
    reported = {(fault.row, fault.column) for fault in unknown}
    others = _check_claims(claims, sources)
    faults += [*unknown, *(f for f in others if (f.row, f.column) not in reported)]
    known.pop("actor", None)
    faults += _check_ids(REPORTS, reports, known)
    return ledger, faults


@dataclass(frozen=True)
class _Known:
    """The ids that a column may name, and ids by the names that people may write instead."""

    ids: set[str]
    called: Mapping[str, str]


def _empty(table: Table[Any], faults: list[Fault]) -> list[Fault]:
    """Return the fault of a table without rows, unless it has rows that could not be read."""
    if any(fault.file == table.file and not fault.doubt for fault in faults):
        return []
    return [Fault(table.file, None, None, "holds no row; claims need at least one here")]


def _by_id(table: Table[Any], reading: Reading[Any], faults: list[Fault]) -> dict[str, Any]:
    """Return the sound rows by id; add a fault for each id that stands twice."""
    seen: set[str] = set()
    rows: dict[str, Any] = {}
    for place, row in enumerate(reading.rows):
        if row.id in seen:
            message = f"{quoted(row.id)} stands twice; give each row an id of its own"
            faults.append(Fault(table.file, reading.numbers[place], "id", message, value=row.id))
        if row.id:
            seen.add(row.id)
        if place not in reading.faulty:
            rows.setdefault(row.id, row)
    return rows


def _check_ids(
    table: Table[Any], reading: Reading[Any], known: Mapping[str, _Known]
) -> Iterator[Fault]:
    """Yield a fault for each cell that names something unknown; `known` is by column."""
    named = {column: list(map(attrgetter(column), reading.rows)) for column in known}
    if all({*named[column]} <= {*each.ids, "", None} for column, each in known.items()):
        return
    names = {column: Names(each.ids, each.called) for column, each in known.items()}
    for place, number in enumerate(reading.numbers):
        for column, each in known.items():
            id = named[column][place]
            if id and id not in each.ids:
                message = f"there is no {column} {quoted(id)}; {names[column].hint(id)}"
                yield Fault(table.file, number, column, message, value=id)


def _check_claims(claims: Reading[Claim], sources: Reading[Source]) -> Iterator[Fault]:
    """Yield the faults that show between the cells of a claim, its source, and its event's claims."""
    published: dict[str, date] = {}
    for source in sources.rows:
        if source.id and source.published:
            published.setdefault(source.id, source.published)
    first: dict[tuple[str, str], Claim] = {}
    agree = _events_agree(claims.rows)
    for place, claim in enumerate(claims.rows):
        wrong = [] if agree else [*_check_event(claim, first)]
        wrong += _check_claim(claim, published.get(claim.source))
        for column, message in wrong:
            if column not in claims.faulty.get(place, ()):
                declared = CLAIMS.column(column)
                value = declared[0].text(claim) if declared else None
                yield Fault(CLAIMS.file, claim.row, column, message, value=value)


def _events_agree(claims: Iterable[Claim]) -> bool:
    """Return whether it is plain that claims about one event name one region, kind and actor."""
    described = {(claim.event, claim.region, claim.kind, claim.actor) for claim in claims}
    return len(described) == len({event for event, *_ in described})


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
    kind = CLAIM_KINDS.get(claim.kind)
    if kind and claim.date is None and kind.needs_date:
        yield "date", f"is empty; only a 'due' may leave it open, this is {claim.kind!r}"
    if kind and claim.since is not None and not kind.takes_since:
        yield "since", "is only for 'due'; put the date of the claim in column date"
    if kind and claim.part and not kind.takes_part:
        message = f"is not for {claim.kind!r}; make the part a region of its own, or leave it empty"
        yield "part", message
    start, since = claim.date and claim.date.start, claim.since and claim.since.start
    # A day's grace: what happens in the morning in the east is news of the day before in the west.
    if kind and not kind.takes_since and start and published and (start - published).days > 1:
        message = (
            f"starts {start}, but the source was published before, {published}; correct either"
        )
        yield "date", message
    if kind and kind.takes_since and claim.date and since and claim.date.end < since:
        yield "date", f"ends {claim.date.end}, before the arrangement is in force, {since}"
    for column in ("added", "withdrawn"):
        day = getattr(claim, column)
        if day and published and day < published:
            yield column, f"{day} is before the source was published, {published}"
    if claim.added and claim.withdrawn and claim.withdrawn < claim.added:
        yield "withdrawn", f"{claim.withdrawn} is before the claim was added"
    if (claim.withdrawn_because or claim.withdrawn_becauses) and not claim.withdrawn:
        message = "gives a reason, but no day; write the day of the withdrawal in column withdrawn"
        yield "withdrawn_because", message


def _differs(claim: Claim, first: Claim, column: str) -> str:
    mine, theirs = getattr(claim, column), getattr(first, column)
    return (
        f"{quoted(mine)} differs from {quoted(theirs)} in row {first.row} of the same event "
        f"{quoted(claim.event)}, and claims about one event agree in region, kind and actor; "
        "correct one of them, or, if it is another source's other word, give it an event id of its "
        "own, and the map shows both"
    )
