"""What is shown of a dataset, as types: on one day (`DayView`), and through the period (`View`).

Pages, embeds, the one-file map, pictures and the terminal show what stands here and decide nothing.
`build` makes them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date as Date

import shapely

from geomap.present import texts
from geomap.present.axis import Axis
from geomap.present.inset import Inset
from geomap.present.lanes import Lane, Tick
from geomap.present.legend import DISPUTED_SIGN, LegendEntry
from geomap.present.looks import Look
from geomap.present.outlines import Outlines
from geomap.present.schema import TextPayload
from geomap.present.statuses import Facts, Passage
from geomap.present.steps import Step
from geomap.present.timeline import TimelineRow
from geomap.present.zooms import ZoomLabels
from geomap.wording.catalogue import Spans
from geomap.wording.sentences import join


@dataclass(frozen=True)
class Card:
    """What is said of a region while its status stays the same.

    `when` is the line of dates under its name on the map; pieces that are marked are struck out.
    `number` stands for both where the map has no room for them.

    `stating` are the rows of the claims that state what is shown, `consistent` those of claims that
    only do not contradict it.
    """

    region: str
    name: str
    look: Look
    facts: Facts
    passages: tuple[Passage, ...]
    when: Spans
    dates: tuple[tuple[str, str], ...]
    stating: tuple[int, ...]
    consistent: tuple[int, ...]
    number: int

    @property
    def sentence(self) -> Spans:
        """All that is said, without who states it."""
        return join([passage.text for passage in self.passages])

    @property
    def label(self) -> str:
        """The region's name as it stands on the map."""
        return (DISPUTED_SIGN if self.facts.disputed else "") + self.name


@dataclass(frozen=True)
class Tone:
    """The look of land outside the regions, from a day on (None: on all days).

    `label` says in the legend what it means and who says so; "" for a country, which has its name.
    """

    look: Look
    first: Date | None = None
    label: str = ""


@dataclass(frozen=True)
class ContextView:
    """What is drawn beneath the regions; `label` is its place (longitude, latitude), if any.

    `note` says more of a line, in the legend. It is drawn from `first` to `last`, both included;
    None is no limit.
    """

    kind: str
    name: str
    rank: int
    label: tuple[float, float] | None
    geometry: shapely.Geometry
    tone: Tone | None = None
    note: str = ""
    first: Date | None = None
    last: Date | None = None

    def is_drawn_on(self, day: Date) -> bool:
        """Return whether it is on the map of a day."""
        return (self.first or Date.min) <= day <= (self.last or Date.max)

    def look_on(self, day: Date) -> Look | None:
        """Return its tone's look on a day, None where it has none."""
        if self.tone is None or (self.tone.first and day < self.tone.first):
            return None
        return self.tone.look


@dataclass(frozen=True)
class DayView:
    """What is shown on one day. The headline has the day in it.

    `short` says in one line how all regions stand, `credit_short` whose word it is and where the map
    ends, for frames and pictures with little room.
    """

    title: str
    language: str
    date: Date
    day: str
    day_short: str
    headline: Spans
    short: str
    cards: tuple[Card, ...]
    context: tuple[ContextView, ...]
    legend: tuple[LegendEntry, ...]
    known_by: str
    corrected: str
    only_by: str
    credit: str
    credit_short: str
    licence: str
    limit: str
    limits: str
    accuracy: str
    inset: Inset | None = None

    @property
    def headline_text(self) -> str:
        """The headline as plain text."""
        return texts.plain(self.headline)

    @property
    def clock(self) -> str:
        """By which day the map goes, and whether it was corrected since; "" if by all claims."""
        return " · ".join(text for text in (self.known_by, self.corrected) if text)

    @property
    def restrictions(self) -> tuple[str, ...]:
        """Which claims are left out, in words, one line a restriction; none without one."""
        return tuple(text for text in (self.known_by, self.corrected, self.only_by) if text)


@dataclass(frozen=True)
class Stretch:
    """Days, both included, and the card of a region on them."""

    first: Date
    last: Date
    card: Card


@dataclass(frozen=True)
class LegendStretch:
    """Days, both included, and the signs that the map needs on them."""

    first: Date
    last: Date
    entries: tuple[LegendEntry, ...]


@dataclass(frozen=True)
class Headline:
    """Days, both included, their headline, in which `{date}` stands for the day, and their credit.

    `short` and `credit_short` are those of `DayView`.
    """

    first: Date
    last: Date
    text: Spans
    short: str
    credit: str
    credit_short: str


@dataclass(frozen=True)
class ReportView:
    """What a source reports beside its claims, its day, and where: its short name and address."""

    when: str
    text: str
    cite: str
    url: str


@dataclass(frozen=True)
class RegionView:
    """A region: its names, its number, the place of its label (longitude, latitude), and its course.

    `withdrawn` are the rows of claims that are withdrawn.
    """

    id: str
    name: str
    alternates: tuple[str, ...]
    label: tuple[float, float]
    geometry: shapely.Geometry
    note: str
    stretches: tuple[Stretch, ...]
    reports: tuple[ReportView, ...]
    withdrawn: tuple[int, ...]
    number: int


@dataclass(frozen=True)
class ActorView:
    """Who can hold a region: name and colours, light and dark."""

    id: str
    name: str
    colour: str
    dark: str


@dataclass(frozen=True)
class SourceView:
    """A source as it is cited; `withdrawn` if all its claims are.

    The languages are those in which publisher and title are written, "" for the page's own.
    """

    id: str
    name: str
    publisher: str
    publisher_language: str
    title: str
    title_language: str
    published: str
    url: str
    withdrawn: bool


@dataclass(frozen=True)
class ClaimView:
    """A claim in words. `when` is "" where `text` has the day already, `source` a source's id.

    `withdrawn` says when and why it was withdrawn, "" of a claim that counts.
    """

    row: int
    region: str
    text: str
    when: str
    source: str
    locator: str
    note: str
    withdrawn: str


@dataclass(frozen=True)
class CorrectionView:
    """What was put right after the day by whose publications the map goes."""

    day: str
    text: str


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
    legends: tuple[LegendStretch, ...]
    sources: tuple[SourceView, ...]
    claims: tuple[ClaimView, ...]
    corrections: tuple[CorrectionView, ...]
    regions: tuple[RegionView, ...]
    headlines: tuple[Headline, ...]
    timeline: Sequence[TimelineRow]
    steps: tuple[Step, ...]
    step_reports: tuple[tuple[ReportView, ...], ...]
    lanes: tuple[Lane, ...]
    ticks: tuple[Tick, ...]
    axis: Axis
    labels: ZoomLabels
    outlines: Outlines
    dates: texts.DatePatterns
    controls: TextPayload

    def short_on(self, day: Date) -> str:
        """Return in one line how all regions stand on a day of the period."""
        return next(one.short for one in self.headlines if one.first <= day <= one.last)

    @property
    def longest_headline(self) -> str:
        """The longest of the headlines as plain text: so much room they need on a page."""
        texts_of_days = (texts.fill_date(one.text, self.today.day) for one in self.headlines)
        return max(map(texts.plain, texts_of_days), key=len)

    @property
    def sources_by_id(self) -> dict[str, SourceView]:
        """The sources by their ids."""
        return {source.id: source for source in self.sources}
