"""Several days of a dataset in one picture or film: each with its map, its line and what is new."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date as Date

from geomap.core.dataset import Dataset
from geomap.picture.style import Style
from geomap.present import Selection, day_view, texts
from geomap.present.legend import KINDS, LegendEntry
from geomap.present.looks import Look, Outline
from geomap.present.scene import Frame, Shape
from geomap.present.steps import Step, day_line
from geomap.present.typesetting import clean
from geomap.present.views import DayView
from geomap.wording import Words

_OUTLINE = 3.6
"""The width of the outline around what is new, in pixels at the usual scale."""


@dataclass(frozen=True)
class Day:
    """A day as it is shown among others: its line, and the regions for which it brings news."""

    view: DayView
    line: str
    news: tuple[str, ...]


def days_of(
    dataset: Dataset,
    words: Words,
    selection: Selection,
    dates: Sequence[Date],
    steps: Sequence[Step],
) -> list[Day]:
    """Return days in the order of `dates`. News is what happens on a day; on a day on which nothing
    happens, what has changed since the day before it in `dates`.
    """
    by_day = {step.day: step for step in steps}
    days: list[Day] = []
    for date in dates:
        on_day = Selection(date, selection.known, selection.sources)
        view = day_view(dataset, on_day, words)
        step = by_day.get(date)
        news = step.regions if step else _changed(days[-1].view, view) if days else ()
        days.append(Day(view, clean(day_line(steps, date, view.short)), news))
    return days


def _changed(before: DayView, after: DayView) -> tuple[str, ...]:
    pairs = zip(before.cards, after.cards, strict=True)
    return tuple(new.region for old, new in pairs if old.facts != new.facts)


def common_legend(words: Words, days: Iterable[Day]) -> tuple[LegendEntry, ...]:
    """Return the legend entries of several days, each once, and the sign of news."""
    days = list(days)
    entries = dict.fromkeys(entry for day in days for entry in day.view.legend)
    common = sorted(entries, key=lambda entry: KINDS.index(entry.kind))
    if any(day.news for day in days):
        look = Look(fill=None, outline=Outline(width=_OUTLINE))
        common.append(LegendEntry("news", look, words.say("Outlined: what is new")))
    return tuple(common)


def common_credit(words: Words, dataset: Dataset, days: Iterable[Day]) -> tuple[str, str]:
    """Return the credit of several days in full, with the licence, and in short."""
    stating = {
        id
        for day in days
        for card in day.view.cards
        for passage in card.passages
        for id in passage.sources
    }
    credit = texts.credit(words, dataset, stating)
    whole = f"{credit} · {texts.licence(words, dataset)}"
    return clean(whole), clean(texts.credit_short(words, dataset, stating))


def outlines_of(style: Style, dataset: Dataset, frame: Frame, day: Day) -> list[Shape]:
    """Return the outlines around what is new on a day."""
    theme, width = style.theme, _OUTLINE * style.scale
    regions = dataset.regions[dataset.regions["id"].isin(day.news)]
    shapes = [frame.clip(geometry, margin=6) for geometry in regions.geometry]
    rims = [Shape(shape, stroke=theme.paper, stroke_width=width * 1.7) for shape in shapes]
    return [*rims, *(Shape(shape, stroke=theme.ink, stroke_width=width) for shape in shapes)]
