"""What is shown of a dataset, as values: on one day (`DayView`), and through the period (`View`).

Pages, embeds, the one-file map, pictures and the terminal show what stands here and decide nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date as Date
from datetime import timedelta
from typing import Any

import shapely

from geomap.core.claims import Claim
from geomap.core.dataset import Dataset, text_in
from geomap.core.events import postponements, resolve
from geomap.core.kinds import CLAIM_KINDS
from geomap.core.rules import Status
from geomap.core.status import Interval, change_days, intervals, statuses
from geomap.present import texts
from geomap.present.labels import Name, Names
from geomap.present.legend import DISPUTED_SIGN, LegendEntry, legend
from geomap.present.looks import Look, look_of
from geomap.present.scene import to_unit
from geomap.present.selection import Selection
from geomap.present.statuses import Facts, cite_short, claims_of, dates_of, facts_of
from geomap.present.timeline import (
    Lane,
    LaneStretch,
    Tick,
    TimelineRow,
    lanes,
    ticks,
    timeline,
)
from geomap.present.typesetting import capitals, clean
from geomap.present.zooms import ZoomLabels, zoom_labels, zoom_limits
from geomap.wording import (
    Words,
    claim_text,
    format_day,
    format_span,
    headline,
    legend_name,
    sentence,
)
from geomap.wording.catalogue import Spans
from geomap.wording.sentences import place, region_name, source_label


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


def day_view(dataset: Dataset, selection: Selection, words: Words) -> DayView:
    """Return what is shown of a dataset on the day of a selection, and of that day only."""
    year = selection.date.year
    shown = statuses(dataset, selection.date, selection.known, selection.sources)
    cards = tuple(_card(words, dataset, status, year) for status in shown)
    text = headline(words, dataset, shown, year)
    claims = [claim for status in shown for claim in claims_of(status)]
    return _day_view(dataset, selection, words, cards, text, claims)


def view(dataset: Dataset, selection: Selection, words: Words) -> View:
    """Return what is shown of a dataset through its period, opened on the day of a selection."""
    parts = intervals(dataset, selection.known, selection.sources)
    shown = [part.status for rows in parts.values() for part in rows]
    claims = {claim.row: claim for status in shown for claim in claims_of(status)}
    regions = tuple(
        _region(words, dataset, row, parts[row.id]) for row in dataset.regions.itertuples()
    )
    headlines = _headlines(words, dataset, selection)
    cards = tuple(_on(region.stretches, selection.date).card for region in regions)
    text = _on(headlines, selection.date).text
    courses = {
        region.id: [LaneStretch(s.first, s.last, s.card.look) for s in region.stretches]
        for region in regions
    }
    of_regions = lanes(words, dataset, selection, courses)
    today = _day_view(dataset, selection, words, cards, text, list(claims.values()))
    return View(
        id=dataset.id,
        title=texts.title_of(words, dataset),
        summary=text_in(dataset.meta.summary, words.language),
        language=words.language,
        direction=words.direction,
        period=(dataset.period.start, dataset.period.end),
        bounds=dataset.bounds,
        zooms=zoom_limits(dataset),
        today=today,
        actors=_actors(words, dataset),
        legend=legend(words, dataset, map(facts_of, shown)),
        sources=tuple(_source(words, dataset, id) for id in dataset.ledger.sources),
        claims=_claims(words, dataset, selection, claims),
        regions=regions,
        headlines=headlines,
        timeline=timeline(words, dataset, selection),
        lanes=of_regions,
        ticks=ticks(words, dataset, selection, of_regions),
        labels=zoom_labels(
            dataset, names_of(words.language, [*map(_longest, regions)], today.context)
        ),
        dates=texts.date_patterns(words),
        controls=texts.control_texts(words, dataset),
    )


def _day_view(
    dataset: Dataset,
    selection: Selection,
    words: Words,
    cards: tuple[Card, ...],
    headline: Spans,
    claims: Sequence[Claim],
) -> DayView:
    day = format_day(words, selection.date)
    return DayView(
        title=texts.title_of(words, dataset),
        language=words.language,
        date=selection.date,
        day=day,
        day_short=format_day(words, selection.date, short=True),
        headline=texts.fill_date(headline, day),
        cards=cards,
        context=context_of(words, dataset),
        legend=legend(words, dataset, [card.facts for card in cards]),
        known_by=texts.known_by(words, selection),
        only_by=texts.only_by(words, dataset, selection),
        credit=texts.credit(words, dataset, claims),
        licence=texts.licence(words, dataset),
        limit=texts.limit(words, dataset),
        limits=texts.limits(words, dataset),
    )


# Regions ----------------------------------------------------------------------------------------


def _card(words: Words, dataset: Dataset, status: Status, year: int | None) -> Card:
    facts = facts_of(status)
    return Card(
        region=status.region,
        name=region_name(words, dataset, status.region),
        look=look_of(facts),
        facts=facts,
        sentence=sentence(words, dataset, status, year),
        dates=dates_of(words, status),
        claims=tuple(claim.row for claim in claims_of(status)),
        cite=cite_short(words, dataset, status),
    )


def _region(words: Words, dataset: Dataset, row: Any, parts: Sequence[Interval]) -> RegionView:
    name = texts.name_in(words, row)
    names = dict.fromkeys([row.name, *row.names.values(), *row.alt_names])
    return RegionView(
        id=row.id,
        name=name,
        alternates=tuple(other for other in names if other != name),
        label=(row.label_lon, row.label_lat),
        geometry=row.geometry,
        stretches=tuple(
            Stretch(
                part.first,
                part.last,
                _card(words, dataset, part.status, _year_of(part.first, part.last)),
            )
            for part in parts
        ),
    )


def _headlines(words: Words, dataset: Dataset, selection: Selection) -> tuple[Headline, ...]:
    known, sources = selection.known, selection.sources
    starts = [dataset.period.start, *change_days(dataset, known, sources)]
    ends = [*(day - timedelta(1) for day in starts[1:]), dataset.period.end]
    return tuple(
        Headline(
            first,
            last,
            headline(
                words, dataset, statuses(dataset, first, known, sources), _year_of(first, last)
            ),
        )
        for first, last in zip(starts, ends, strict=True)
    )


def _year_of(first: Date, last: Date) -> int | None:
    """The year that need not be written, because every day from `first` to `last` lies in it."""
    return first.year if first.year == last.year else None


def _on(stretches: Iterable[Any], day: Date) -> Any:
    """The stretch or headline of a day; they cover the period without gap."""
    return next(one for one in stretches if one.first <= day <= one.last)


# What stands around them ------------------------------------------------------------------------


def _actors(words: Words, dataset: Dataset) -> tuple[ActorView, ...]:
    return tuple(
        ActorView(
            actor.id,
            legend_name(words, dataset, actor.id),
            actor.colour,
            actor.dark or actor.colour,
        )
        for actor in dataset.ledger.actors.values()
    )


def _source(words: Words, dataset: Dataset, id: str) -> SourceView:
    source = dataset.ledger.sources[id]
    return SourceView(
        id=id,
        name=source_label(words, dataset, id),
        publisher=source.publisher,
        title=source.title,
        language=source.language,
        published=format_day(words, source.published),
        url=source.url,
    )


def _claims(
    words: Words, dataset: Dataset, selection: Selection, claims: dict[int, Claim]
) -> tuple[ClaimView, ...]:
    moved = postponements(resolve(dataset.ledger, selection.known, selection.sources))
    return tuple(
        _claim(words, dataset, claims[row], claims[row].event in moved) for row in sorted(claims)
    )


def _claim(words: Words, dataset: Dataset, claim: Claim, postponed: bool) -> ClaimView:
    # The text of what was postponed has its day.
    when = "" if postponed else words.say("no date stated")
    if claim.date and not postponed:
        when = format_span(words, claim.date, CLAIM_KINDS[claim.kind].date_form)
    return ClaimView(
        row=claim.row,
        region=region_name(words, dataset, claim.region),
        text=claim_text(words, dataset, claim, postponed=postponed),
        when=when,
        source=claim.source,
        locator=place(words, claim),
        note=claim.notes.get(words.language) or claim.note,
    )


# The map ----------------------------------------------------------------------------------------


def context_of(words: Words, dataset: Dataset) -> tuple[ContextView, ...]:
    """Return what is drawn beneath the regions."""
    return tuple(_context(words, row) for row in dataset.context.itertuples())


def _context(words: Words, row: Any) -> ContextView:
    lon, lat = row.label_lon, row.label_lat
    if row.kind == "town" and not row.geometry.is_empty:
        lon, lat = row.geometry.centroid.coords[0]
    return ContextView(
        kind=row.kind,
        name=texts.name_in(words, row),
        rank=row.rank,
        label=None if math.isnan(lon) else (lon, lat),
        geometry=row.geometry,
    )


def labelled(context: Iterable[ContextView], kind: str) -> list[ContextView]:
    """Return the things of a kind whose names want a place on the map."""
    return [one for one in context if one.kind == kind and one.label and one.name]


def names_of(language: str, regions: Sequence[Name], context: Iterable[ContextView]) -> Names:
    """Return all names on a map."""
    context = tuple(context)
    towns, waters, countries = (labelled(context, kind) for kind in ("town", "lake", "country"))
    return Names(
        regions=[replace(region, text=clean(region.text)) for region in regions],
        towns=[Name(clean(one.name), *_place(one), rank=one.rank) for one in towns],
        waters=[Name(clean(one.name), *_place(one)) for one in waters],
        countries=[
            Name(capitals(clean(one.name), language), *_place(one), to_unit(one.geometry))
            for one in countries
        ],
    )


def _place(one: ContextView) -> tuple[float, float]:
    if one.label is None:
        raise ValueError(f"{one.name!r} has no place for its name")
    return one.label


def _longest(region: RegionView) -> Name:
    """The name of a region as long as it ever gets."""
    text = max((stretch.card.label for stretch in region.stretches), key=len)
    return Name(text, *region.label, to_unit(region.geometry))
