"""Makes what is shown of a dataset, the types in `views`, from its claims and words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date as Date
from datetime import timedelta
from typing import Any

from geomap.core.claims import Claim
from geomap.core.dataset import Dataset, text_in
from geomap.core.events import postponements, resolve
from geomap.core.kinds import CLAIM_KINDS
from geomap.core.rules import Status
from geomap.core.status import Interval, change_days, intervals, statuses
from geomap.present import texts
from geomap.present.ground import context_of, longest, names_of
from geomap.present.legend import legend
from geomap.present.looks import look_of
from geomap.present.selection import Selection
from geomap.present.statuses import cite_short, claims_of, dates_of, facts_of
from geomap.present.timeline import (
    LaneStretch,
    lanes,
    ticks,
    timeline,
)
from geomap.present.views import (
    ActorView,
    Card,
    ClaimView,
    DayView,
    Headline,
    RegionView,
    SourceView,
    Stretch,
    View,
)
from geomap.present.zooms import zoom_labels, zoom_limits
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
            dataset, names_of(words.language, [*map(longest, regions)], today.context)
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
