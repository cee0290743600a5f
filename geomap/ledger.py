"""Sources, actors and claims: reading the tables of a dataset and validating every row.

The columns and their meaning are those of the data folder's README. A fault never stops the reading:
all faults of all rows are collected, each with file, row, column and how to mend it.
"""

from __future__ import annotations

import csv
import difflib
import io
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any, Literal, TypeVar
from urllib.parse import urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from geomap.dates import Span, parse_day, parse_span
from geomap.errors import Fault

KINDS = ("control", "due", "handover")
Kind = Literal["control", "due", "handover"]

_ID = re.compile(r"[a-z0-9]+(?:[-_.][a-z0-9]+)*")
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


def _identifier(text: str) -> str:
    if not _ID.fullmatch(text):
        raise ValueError(f"{text!r} is not an id; use lower-case letters, digits and hyphens")
    return text


def _needed(text: str) -> str:
    if not text:
        raise ValueError("is empty; every row needs a value here")
    return text


def _colour(text: str) -> str:
    if not _COLOUR.fullmatch(text):
        raise ValueError(f"{text!r} is not a colour; write it as #2a78b5")
    return text.lower()


def _link(text: str) -> str:
    try:
        address = urlsplit(text)
    except ValueError:  # brackets that hold no IPv6 address
        address = urlsplit("")
    if text and not (address.scheme in ("http", "https") and address.netloc):
        raise ValueError(f"{text!r} is not a web address; start it with https:// or leave it empty")
    return text


def _kind(text: str) -> str:
    if text not in KINDS:
        raise ValueError(f"{text!r} is not a kind of claim; use one of {', '.join(KINDS)}")
    return text


def _part(text: str) -> bool:
    if text not in ("", "part"):
        raise ValueError(f"{text!r} is not known here; write 'part' or leave it empty")
    return text == "part"


def optional(parse: Callable[[str], Any]) -> BeforeValidator:
    """Return a validator that reads an empty cell as None and any other with `parse`."""
    return BeforeValidator(lambda text: parse(text) if text else None)


Id = Annotated[str, BeforeValidator(_identifier)]
Text = Annotated[str, BeforeValidator(_needed)]
Colour = Annotated[str, BeforeValidator(_colour)]
Day = Annotated[date, BeforeValidator(parse_day)]
OptionalDay = Annotated[date | None, optional(parse_day)]
OptionalSpan = Annotated[Span | None, optional(parse_span)]


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True, extra="forbid")


class Actor(_Row):
    """Who can hold a region. `names` holds name:xx by language, and name:xx:CASE by its case."""

    id: Id
    name: Text
    names: dict[str, str] = {}
    colour: Colour
    dark: Annotated[str | None, optional(_colour)] = None


class Source(_Row):
    """A published text that claims rest on. `name` is its short name in citations."""

    id: Id
    publisher: Text
    title: Text
    published: Day
    url: Annotated[str, BeforeValidator(_link)] = ""
    language: str = ""
    kind: str = ""
    name: str = ""
    names: dict[str, str] = {}


class Claim(_Row):
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
    note: str = ""
    notes: dict[str, str] = {}
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


@dataclass(frozen=True)
class Table:
    """How one CSV file maps to rows: its columns, and those that exist once a language."""

    file: str
    model: type[_Row]
    columns: tuple[str, ...]
    required: tuple[str, ...]
    by_language: dict[str, str]
    renamed: dict[str, str] = field(default_factory=dict)


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
    "claims.csv", Claim, (*_CLAIM_REQUIRED, "note", "added"), _CLAIM_REQUIRED, {"note": "notes"}
)

_Model = TypeVar("_Model", bound=_Row)


def read_ledger(files: dict[str, bytes], regions: Iterable[str]) -> tuple[Ledger, list[Fault]]:
    """Return the ledger in `files` (file name to content) and every fault found in it.

    `regions` are the ids that claims may name.
    """
    faults: list[Fault] = []
    actor_rows, actor_cells = _read(files, ACTORS, Actor, faults)
    source_rows, source_cells = _read(files, SOURCES, Source, faults)
    cell_faults: list[Fault] = []
    claim_rows, claim_cells = _read(files, CLAIMS, Claim, cell_faults)
    faults += cell_faults
    actors = _by_id(ACTORS, actor_rows, faults)
    sources = _by_id(SOURCES, source_rows, faults)
    claims = [claim for _, claim in claim_rows]
    # A row with a fault of its own still counts as there, so one mistake is reported once.
    known = {
        "region": set(regions),
        "actor": {cells["id"] for cells in actor_cells.values()},
        "source": {cells["id"] for cells in source_cells.values()},
    }
    faulty = {(fault.row, fault.column) for fault in cell_faults}
    for row, cells in claim_cells.items():
        for column, ids in known.items():
            if ids and cells[column] not in ids and (row, column) not in faulty:
                faults.append(Fault(CLAIMS.file, row, column, _unknown(column, cells[column], ids)))
    first: dict[str, Claim] = {}
    for claim in claims:
        faults += _check_claim(claim, sources, first.setdefault(claim.event, claim))
    return Ledger(actors, sources, tuple(claims)), faults


def _read(
    files: dict[str, bytes], table: Table, model: type[_Model], faults: list[Fault]
) -> tuple[list[tuple[int, _Model]], dict[int, dict[str, Any]]]:
    """Return the valid rows of one table, and the cells of all by row number; add to `faults`."""
    if table.file not in files:
        faults.append(Fault(table.file, None, None, "is missing; a dataset needs this file"))
        return [], {}
    try:
        text = files[table.file].decode("utf-8-sig")
        lines = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except UnicodeDecodeError as error:
        message = f"is not UTF-8 (byte {error.start}); save it as 'CSV UTF-8'"
        faults.append(Fault(table.file, None, None, message))
        return [], {}
    except csv.Error as error:
        faults.append(Fault(table.file, None, None, f"is not a CSV file: {error}"))
        return [], {}
    header = [cell.strip() for cell in lines[0]] if lines else []
    wrong = _check_header(table, header)
    if wrong:
        faults += wrong
        return [], {}
    rows, read = [], {}
    for number, cells in enumerate(lines[1:], start=2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            message = f"has {len(cells)} cells where the header has {len(header)}; check the commas"
            faults.append(Fault(table.file, number, None, message))
            continue
        values = _values(table, dict(zip(header, (cell.strip() for cell in cells), strict=True)))
        read[number] = values
        if "row" in model.model_fields:
            values["row"] = number
        try:
            rows.append((number, model.model_validate(values)))
        except ValidationError as error:
            faults += _row_faults(table, number, error)
    return rows, read


def _check_header(table: Table, header: list[str]) -> list[Fault]:
    faults = []
    for column in table.required:
        if column not in header:
            near = difflib.get_close_matches(column, [h for h in header if h not in table.columns])
            hint = f" (is {near[0]!r} meant?)" if near else ""
            faults.append(Fault(table.file, 1, column, f"is missing from the header{hint}"))
    for position, column in enumerate(header):
        stem = column.partition(":")[0]
        if column in header[:position]:
            faults.append(Fault(table.file, 1, column, "stands twice in the header"))
        elif column not in table.columns and not (":" in column and stem in table.by_language):
            near = difflib.get_close_matches(column, table.columns)
            hint = f"is {near[0]!r} meant? " if near else ""
            message = f"is not a column of this table; {hint}it takes {', '.join(table.columns)}"
            faults.append(Fault(table.file, 1, column or f"number {position + 1}", message))
    return faults


def _values(table: Table, cells: dict[str, str]) -> dict[str, Any]:
    """Return a row's cells as the model's fields, the columns of each language gathered in one."""
    values: dict[str, Any] = {name: {} for name in table.by_language.values()}
    for column, cell in cells.items():
        stem, _, language = column.partition(":")
        if column in table.columns:
            values[table.renamed.get(column, column)] = cell
        elif cell:
            values[table.by_language[stem]][language] = cell
    return values


def _row_faults(table: Table, number: int, error: ValidationError) -> list[Fault]:
    columns = {name: column for column, name in table.renamed.items()}
    faults = []
    for detail in error.errors():
        name = str(detail["loc"][0])
        message = detail["msg"].removeprefix("Value error, ")
        faults.append(Fault(table.file, number, columns.get(name, name), message))
    return faults


def _by_id(table: Table, rows: list[tuple[int, Any]], faults: list[Fault]) -> dict[str, Any]:
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
    return f"there is no {column} {value!r}{hint}"


def _differs(claim: Claim, first: Claim, column: str) -> str:
    mine, theirs = getattr(claim, column), getattr(first, column)
    return (
        f"{mine!r} differs from {theirs!r} in row {first.row} of the same event {claim.event!r}; "
        "claims about one event agree in region, kind and actor"
    )
