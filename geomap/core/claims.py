"""The rows of a dataset's tables as values: actors, sources, claims, and the ledger of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from geomap.core.dates import Span
from geomap.core.fields import (
    Colour,
    Day,
    Id,
    Link,
    OptionalColour,
    OptionalDay,
    OptionalSpan,
    Text,
)
from geomap.errors import quoted


class Row(BaseModel):
    """A row of a table, immutable. Equal rows have equal hashes, though some hold dicts."""

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True, extra="forbid")

    def __hash__(self) -> int:
        # A dict has no hash; what is equal is equal in all other fields too.
        return hash(tuple(v for v in self.__dict__.values() if not isinstance(v, dict)))


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
    withdrawn_because: str = ""
    withdrawn_becauses: dict[str, str] = Field(default_factory=dict)

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
    """The tables of one dataset, by id, not to be changed; claims in the order of the file."""

    actors: Mapping[str, Actor] = field(default_factory=dict)
    sources: Mapping[str, Source] = field(default_factory=dict)
    claims: tuple[Claim, ...] = ()
    reports: tuple[Report, ...] = ()


@dataclass(frozen=True)
class Report:
    """What a source tells beside its claims of control; `row` is its row in reports.csv.

    `region` is empty where the report is about no region in particular. `texts` and `locators` are
    by language.
    """

    row: int
    date: Span
    region: str
    text: str
    source: str
    locator: str = ""
    texts: dict[str, str] = field(default_factory=dict, hash=False)
    locators: dict[str, str] = field(default_factory=dict, hash=False)

    @property
    def citation(self) -> str:
        """The report's source and place in it as `source¶locator`."""
        return cite(self.source, self.locator)
