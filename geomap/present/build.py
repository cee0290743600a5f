"""Makes what is shown of a dataset, the types in `views`, from its claims and words."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date as Date
from datetime import timedelta
from typing import Any

from geomap.core.dataset import Dataset, text_in
from geomap.core.region_status import Status
from geomap.core.status import Interval, intervals, statuses
from geomap.memory import collector_paused
from geomap.present import texts
from geomap.present.axis import axis
from geomap.present.evidence import (
    claim_views,
    corrections,
    reports_of_steps,
    source_views,
)
from geomap.present.ground import all_labels, context_of, ground_changes, ground_signs, names_of
from geomap.present.inset import inset_of
from geomap.present.lanes import LaneStretch, days_to_mark, lanes, ticks
from geomap.present.legend import LegendEntry, in_order, legend
from geomap.present.numbers import region_numbers
from geomap.present.outlines import outlines_of
from geomap.present.regions import card_of, regions_of, year_of
from geomap.present.selection import Selection
from geomap.present.statuses import Facts, facts_of, stating_claims
from geomap.present.steps import steps
from geomap.present.timeline import Timeline
from geomap.present.views import (
    ActorView,
    Card,
    ContextView,
    DayView,
    Headline,
    LegendStretch,
    RegionView,
    View,
)
from geomap.present.zooms import zoom_labels, zoom_limits
from geomap.wording import Words, format_day, legend_name
from geomap.wording.catalogue import Spans
from geomap.wording.headlines import headline_of
from geomap.wording.short_lines import Standing

MOST_MAPPED = 10_000
"""Of more regions a page has no map to move, which would weigh megabytes and take minutes."""


def day_view(
    dataset: Dataset, selection: Selection, words: Words, most: int | None = None
) -> DayView:
    """Return what is shown of a dataset on the day of a selection, and of that day only.

    With `most` only so many regions have a card; headline, legend and credit are those of all.
    """
    year = selection.date.year
    shown = statuses(dataset, selection.date, selection.known, selection.sources)
    numbers = region_numbers(dataset, selection)
    cards = tuple(card_of(words, dataset, one, year, numbers[one.region]) for one in shown[:most])
    standing = Standing(words, dataset, shown)
    text, short = headline_of(standing, year), standing.line(year)
    corrected = bool(corrections(words, dataset, selection))
    of_rest = shown[len(cards) :]
    facts = {facts_of(status) for status in of_rest}
    stating = {claim.source for status in of_rest for claim in stating_claims(status)}
    return _day_view(
        dataset, selection, words, cards, text, short, corrected, facts=facts, stating=stating
    )


def view(dataset: Dataset, selection: Selection, words: Words) -> View:
    """Return what is shown of a dataset through its period, opened on the day of a selection."""
    with collector_paused():
        return _view(dataset, selection, words)


def _view(dataset: Dataset, selection: Selection, words: Words) -> View:
    parts = intervals(dataset, selection.known, selection.sources)
    regions = regions_of(words, dataset, selection, parts)
    headlines = _headlines(words, dataset, regions, parts)
    put_right = corrections(words, dataset, selection)
    cards = _cards_on(regions, selection.date)
    one = _on(headlines, selection.date)
    today = _day_view(dataset, selection, words, cards, one.text, one.short, bool(put_right))
    courses = {
        region.id: [LaneStretch(s.first, s.last, s.card.look) for s in region.stretches]
        for region in regions
    }
    of_regions = lanes(words, dataset, selection, courses)
    marks = ticks(words, dataset, selection, of_regions)
    period = (dataset.period.start, dataset.period.end)
    of_period = steps(words, dataset, selection)
    legends = _legends(words, dataset, regions, today.context)
    return View(
        id=dataset.id,
        title=texts.title_of(words, dataset),
        summary=text_in(dataset.meta.summary, words.language),
        language=words.language,
        direction=words.direction,
        period=period,
        bounds=dataset.bounds,
        zooms=zoom_limits(dataset),
        today=today,
        actors=_actors(words, dataset),
        legend=in_order(entry for one in legends for entry in one.entries),
        legends=legends,
        sources=source_views(words, dataset, selection),
        claims=claim_views(words, dataset, selection),
        corrections=put_right,
        regions=regions,
        headlines=headlines,
        timeline=Timeline(words, dataset, selection),
        steps=of_period,
        step_reports=reports_of_steps(words, dataset, selection, [step.day for step in of_period]),
        lanes=of_regions,
        ticks=marks,
        axis=axis(period, days_to_mark(of_regions, marks)),
        labels=zoom_labels(
            dataset, names_of(words.language, [*map(all_labels, regions)], today.context)
        ),
        outlines=outlines_of(dataset),
        dates=texts.date_patterns(words),
        controls=texts.control_texts(words, dataset),
    )


def _day_view(
    dataset: Dataset,
    selection: Selection,
    words: Words,
    cards: tuple[Card, ...],
    headline: Spans,
    short: str,
    corrected: bool,
    *,
    facts: Collection[Facts] = (),
    stating: Collection[str] = (),
) -> DayView:
    """What is shown on a day; `facts` and `stating` are those of regions that have no card."""
    day = format_day(words, selection.date)
    context = context_of(words, dataset, selection)
    signs = legend(words, dataset, [*(card.facts for card in cards), *facts])
    named = {*_stating(cards), *stating}
    return DayView(
        title=texts.title_of(words, dataset),
        language=words.language,
        date=selection.date,
        day=day,
        day_short=format_day(words, selection.date, short=True),
        headline=texts.fill_date(headline, day),
        short=short,
        cards=cards,
        context=context,
        legend=in_order([*signs, *ground_signs(words, dataset, context, selection.date)]),
        known_by=texts.known_by(words, selection),
        corrected=words.say("The map was corrected since") if corrected else "",
        only_by=texts.only_by(words, dataset, selection),
        credit=texts.credit(words, dataset, named),
        credit_short=texts.credit_short(words, dataset, named),
        licence=texts.licence(words, dataset),
        limit=texts.limit(words, dataset),
        limits=texts.limits(words, dataset),
        accuracy=texts.accuracy(words, dataset),
        inset=inset_of(words, dataset),
    )


def _legends(
    words: Words,
    dataset: Dataset,
    regions: Sequence[RegionView],
    context: Sequence[ContextView],
) -> tuple[LegendStretch, ...]:
    """The signs that the map needs through the period; in each stretch of days they are the same."""
    start, end = dataset.period.start, dataset.period.end
    began = defaultdict(list)  # by day, the facts of what begins on it
    ended = defaultdict(list)
    for stretch in (stretch for region in regions for stretch in region.stretches):
        began[stretch.first].append(stretch.card.facts)
        ended[stretch.last + timedelta(1)].append(stretch.card.facts)
    changes = ground_changes(context)
    days = sorted(day for day in {start, *began, *changes} if start <= day <= end)
    ground: dict[tuple[tuple[bool, bool], ...], tuple[LegendEntry, ...]] = {}
    signs: dict[frozenset[Facts], tuple[LegendEntry, ...]] = {}
    shown: Counter[Facts] = Counter()
    legends: list[LegendStretch] = []
    for day, last in zip(days, [*(day - timedelta(1) for day in days[1:]), end], strict=True):
        shown.update(began.pop(day, ()))
        shown.subtract(ended.pop(day, ()))
        facts = frozenset((+shown).keys())
        beneath = tuple((one.is_drawn_on(day), one.look_on(day) is not None) for one in context)
        if facts not in signs:
            signs[facts] = legend(words, dataset, facts)
        if beneath not in ground:
            ground[beneath] = tuple(ground_signs(words, dataset, context, day))
        entries = in_order([*signs[facts], *ground[beneath]])
        if legends and legends[-1].entries == entries:
            legends[-1] = replace(legends[-1], last=last)
        else:
            legends.append(LegendStretch(day, last, entries))
    return tuple(legends)


def _headlines(
    words: Words,
    dataset: Dataset,
    regions: Sequence[RegionView],
    parts: Mapping[str, Sequence[Interval]],
) -> tuple[Headline, ...]:
    """The headline of each stretch of days on which nothing changes."""
    begun: dict[Date, list[tuple[Status, Card, Card | None]]] = defaultdict(list)
    for region in regions:
        before = None
        for part, stretch in zip(parts[region.id], region.stretches, strict=True):
            begun[part.first].append((part.status, stretch.card, before))
            before = stretch.card
    standing = Standing(words, dataset)
    stating: Counter[str] = Counter()  # of how many regions each source states what is shown
    headlines = []
    days = sorted(begun)
    ends = [*(day - timedelta(1) for day in days[1:]), dataset.period.end]
    for first, last in zip(days, ends, strict=True):
        standing.change(status for status, _, _ in begun[first])
        for _, card, before in begun[first]:
            stating.update(_stating([card]))
            stating.subtract(_stating([before]) if before else ())
        year = year_of(first, last)
        sources = set(+stating)
        headlines.append(
            Headline(
                first,
                last,
                text=headline_of(standing, year),
                short=standing.line(year),
                credit=texts.credit(words, dataset, sources),
                credit_short=texts.credit_short(words, dataset, sources),
            )
        )
    return tuple(headlines)


def _stating(cards: Iterable[Card]) -> set[str]:
    """The ids of the sources that state what is shown."""
    return {id for card in cards for passage in card.passages for id in passage.sources}


def _cards_on(regions: Iterable[RegionView], day: Date) -> tuple[Card, ...]:
    return tuple(_on(region.stretches, day).card for region in regions)


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
