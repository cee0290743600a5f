"""What is shown of a dataset, as types: on one day (`DayView`), and through the period (`View`).

Pages, embeds, the one-file map, pictures and the terminal show what stands here and decide nothing.
`build` makes them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date as Date

import shapely

from geomap.present import texts
from geomap.present.legend import DISPUTED_SIGN, LegendEntry
from geomap.present.looks import Look
from geomap.present.statuses import Facts
from geomap.present.timeline import (
    Lane,
    Tick,
    TimelineRow,
)
from geomap.present.zooms import ZoomLabels
from geomap.wording.catalogue import Spans


@dataclass(frozen=True)
class Card:
    """What is said of a region while its status stays the same; `claims` are rows of the ledger."""

    region: str
    name: str
    look: Look
    facts: Facts
    sentence: Spans
    dates: tuple[tuple[str, str], ...]
    claims: tuple[int, ...]
    cite: str

    @property
    def label(self) -> str:
        """The region's name as it stands on the map."""
        return (DISPUTED_SIGN if self.facts.disputed else "") + self.name


@dataclass(frozen=True)
class ContextView:
    """What is drawn beneath the regions; `label` is its place (longitude, latitude), if any."""

    kind: str
    name: str
    rank: int
    label: tuple[float, float] | None
    geometry: shapely.Geometry


@dataclass(frozen=True)
class DayView:
    """What is shown on one day. The headline has the day in it."""

    title: str
    language: str
    date: Date
    day: str
    day_short: str
    headline: Spans
    cards: tuple[Card, ...]
    context: tuple[ContextView, ...]
    legend: tuple[LegendEntry, ...]
    known_by: str
    only_by: str
    credit: str
    licence: str
    limit: str
    limits: str

    @property
    def headline_text(self) -> str:
        """The headline as plain text."""
        return texts.plain(self.headline)

    @property
    def restrictions(self) -> tuple[str, ...]:
        """Which claims are left out, in words, one line a restriction; none without one."""
        return tuple(text for text in (self.known_by, self.only_by) if text)


@dataclass(frozen=True)
class Stretch:
    """Days, both included, and the card of a region on them."""

    first: Date
    last: Date
    card: Card


@dataclass(frozen=True)
class Headline:
    """Days, both included, and their headline, in which `{date}` stands for the day."""

    first: Date
    last: Date
    text: Spans


@dataclass(frozen=True)
class RegionView:
    """A region: its names, the place of its label (longitude, latitude), and its course."""

    id: str
    name: str
    alternates: tuple[str, ...]
    label: tuple[float, float]
    geometry: shapely.Geometry
    stretches: tuple[Stretch, ...]


@dataclass(frozen=True)
class ActorView:
    """Who can hold a region: name and colours, light and dark."""

    id: str
    name: str
    colour: str
    dark: str


@dataclass(frozen=True)
class SourceView:
    """A source as it is cited."""

    id: str
    name: str
    publisher: str
    title: str
    language: str
    published: str
    url: str


@dataclass(frozen=True)
class ClaimView:
    """A claim in words. `when` is "" where `text` has the day already, `source` a source's id."""

    row: int
    region: str
    text: str
    when: str
    source: str
    locator: str
    note: str


@dataclass(frozen=True)
class View:
    """Everything that is shown through a dataset's period."""

    id: str
    title: str
    summary: str
    language: str
    direction: str
    period: tuple[Date, Date]
    bounds: tuple[float, float, float, float]
    zooms: tuple[float, float]
    today: DayView
    actors: tuple[ActorView, ...]
    legend: tuple[LegendEntry, ...]
    sources: tuple[SourceView, ...]
    claims: tuple[ClaimView, ...]
    regions: tuple[RegionView, ...]
    headlines: tuple[Headline, ...]
    timeline: tuple[TimelineRow, ...]
    lanes: tuple[Lane, ...]
    ticks: tuple[Tick, ...]
    labels: ZoomLabels
    dates: texts.DatePatterns
    controls: texts.ControlTexts

    @property
    def sources_by_id(self) -> dict[str, SourceView]:
        """The sources by their ids."""
        return {source.id: source for source in self.sources}
