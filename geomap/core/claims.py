"""The ledger as values: actors, sources, claims and reports.

Texts by language are compared, but not hashed: a dict has no hash.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from geomap.core.dates import Span

Kind = Literal["control", "due", "handover", "claimed", "renounced"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who can hold or claim a region.

    `names` holds the column `name:xx` under "xx" and `name:xx:CASE` under "xx:CASE". `colour` and
    `dark` (for dark themes, None if not given) are written as #rrggbb. The others are its
    identifiers in public registers, "" where none is given; `row` is its row in actors.csv.
    """

    id: str
    name: str
    names: dict[str, str] = field(default_factory=dict, hash=False)
    colour: str
    dark: str | None = None
    iso_3166_2: str = ""
    wikidata: str = ""
    osm: str = ""
    geonames: str = ""
    row: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A published text that claims rest on.

    `name` is its short name in citations; `title` is "" where none is known. `names` and
    `publishers` are by language. `row` is its row in sources.csv.
    """

    id: str
    publisher: str
    title: str = ""
    published: datetime.date
    url: str = ""
    language: str = ""
    kind: str = ""
    name: str = ""
    names: dict[str, str] = field(default_factory=dict, hash=False)
    publishers: dict[str, str] = field(default_factory=dict, hash=False)
    row: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One source's claim about one event; `row` is its row in claims.csv.

    `date` is None only for a `due` claim whose source gives none. `locators` and `notes` are by
    language. `added` and `withdrawn` are the days on which the claim was entered and withdrawn in
    this ledger, if given; `withdrawn_because` tells readers why, from that day on. `author` is who
    of the desk entered it; readers never see that.
    """

    row: int
    event: str
    region: str
    kind: Kind
    actor: str
    date: Span | None = None
    since: Span | None = None
    part: bool = False
    source: str
    locator: str = ""
    locators: dict[str, str] = field(default_factory=dict, hash=False)
    note: str = ""
    notes: dict[str, str] = field(default_factory=dict, hash=False)
    added: datetime.date | None = None
    withdrawn: datetime.date | None = None
    withdrawn_because: str = ""
    withdrawn_becauses: dict[str, str] = field(default_factory=dict, hash=False)
    author: str = ""

    @property
    def citation(self) -> str:
        """The claim's source and place in it as `source¶locator`."""
        return cite(self.source, self.locator)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What else a source tells, which changes nobody's control; `row` is its row in reports.csv.

    `region` is "" where the report is about no single region. `texts` and `locators` are by
    language. `author` is who of the desk entered it; readers never see that.
    """

    row: int
    date: Span
    region: str = ""
    text: str
    texts: dict[str, str] = field(default_factory=dict, hash=False)
    source: str
    locator: str = ""
    locators: dict[str, str] = field(default_factory=dict, hash=False)
    author: str = ""

    @property
    def citation(self) -> str:
        """The report's source and place in it as `source¶locator`."""
        return cite(self.source, self.locator)


def cite(source: str, locator: str) -> str:
    """Return a source id and a place in it as `source¶locator`, the id alone where none is given."""
    place = locator.removeprefix("¶").strip()
    return f"{source}¶{place}" if place else source


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Ledger:
    """The tables of one dataset, not to be changed. Equal is only the same one.

    Actors and sources are by id, claims and reports in the order of their files.
    """

    actors: Mapping[str, Actor] = field(default_factory=dict)
    sources: Mapping[str, Source] = field(default_factory=dict)
    claims: tuple[Claim, ...] = ()
    reports: tuple[Report, ...] = ()
