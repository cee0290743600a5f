"""The short texts around a map: credit, limits, restrictions, and the words of its controls."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from geomap.core.claims import Claim
from geomap.core.dataset import Dataset, text_in
from geomap.present.selection import Selection
from geomap.wording import Words, format_day
from geomap.wording.catalogue import Spans
from geomap.wording.sentences import source_label
from geomap.wording.spans import long_pattern

_CREDITED = 2
_DATE = "{date}"


def name_in(words: Words, row: Any) -> str:
    """Return the name of a region or a thing beneath in a language, else its own."""
    return str(row.names.get(words.language) or row.name)


def title_of(words: Words, dataset: Dataset) -> str:
    """Return the dataset's title."""
    return text_in(dataset.meta.title, words.language)


def fill_date(spans: Spans, day: str) -> Spans:
    """Return a headline with its day filled in.

    Only the piece that is nothing else stands for the day; a region may bear the name "{date}".
    """
    return tuple((day if text == _DATE else text, strong) for text, strong in spans)


def plain(spans: Spans) -> str:
    """Return a text in pieces as one string."""
    return "".join(text for text, _ in spans)


def credit(words: Words, dataset: Dataset, claims: Collection[Claim]) -> str:
    """Return the line under the map: whose word it shows, and where its boundaries come from."""
    used = {claim.source for claim in claims}
    names = [source_label(words, dataset, id) for id in dataset.ledger.sources if id in used]
    shown = " · ".join(names[:_CREDITED])
    more = len(names) - _CREDITED
    attribution = text_in(dataset.meta.attribution, words.language)
    if more > 0:
        return words.say(
            "Sources: {sources} and {count} more. {attribution}",
            sources=shown,
            count=more,
            attribution=attribution,
        )
    if not names:
        return attribution
    return words.say("Sources: {sources}. {attribution}", sources=shown, attribution=attribution)


def licence(words: Words, dataset: Dataset) -> str:
    """Return under which terms the dataset may be used."""
    return words.say("Licence: {licence}", licence=dataset.meta.licence.name)


def limit(words: Words, dataset: Dataset) -> str:
    """Return which days the map makes no claim about."""
    end = format_day(words, dataset.period.end)
    return words.say("This map makes no claim about days after {day}.", day=end)


def limits(words: Words, dataset: Dataset) -> str:
    """Return what the map does not show: days after its period, and what the dataset adds."""
    more = text_in(dataset.meta.limits, words.language)
    return f"{limit(words, dataset)} {more}".strip()


def known_by(words: Words, selection: Selection) -> str:
    """Return by which day's publications the map goes; "" where it goes by all."""
    if selection.known is None:
        return ""
    return words.say("As known on {day}", day=format_day(words, selection.known))


def only_by(words: Words, dataset: Dataset, selection: Selection) -> str:
    """Return which sources alone count; "" where all do."""
    chosen = selection.sources
    if chosen is None or set(chosen) == set(dataset.ledger.sources):
        return ""
    names = [source_label(words, dataset, id) for id in chosen]
    return words.say("Only by: {sources}", sources=words.listing(names))


@dataclass(frozen=True)
class DatePatterns:
    """How the browser writes a day: CLDR patterns and the months' names, in full and in short."""

    long: str
    short: str
    months: tuple[str, ...]
    months_short: tuple[str, ...]


def date_patterns(words: Words) -> DatePatterns:
    """Return the patterns by which `format_day` writes days."""
    names = words.locale.months["format"]
    months = range(1, 13)
    return DatePatterns(
        long=long_pattern(words),
        short=words.locale.datetime_skeletons["MMMd"].pattern,
        months=tuple(names["wide"][month] for month in months),
        months_short=tuple(names["abbreviated"][month] for month in months),
    )


@dataclass(frozen=True)
class ControlTexts:
    """The words of the map's controls; `{day}` and `{date}` are for the browser to fill."""

    play: str
    pause: str
    next: str
    previous: str
    day: str
    map: str
    zoom_in: str
    zoom_out: str
    legend: str
    also: str
    published: str
    claims: str
    full: str
    close: str
    two_fingers: str
    ctrl: str
    status: str
    disputed: str
    overdue: str


def control_texts(words: Words, dataset: Dataset) -> ControlTexts:
    """Return the words of the map's controls."""
    return ControlTexts(
        play=words.say("Play"),
        pause=words.say("Pause"),
        next=words.say("Next event"),
        previous=words.say("Previous event"),
        day=words.say("Day shown"),
        map=words.say("Map: {title}", title=title_of(words, dataset)),
        zoom_in=words.say("Zoom in"),
        zoom_out=words.say("Zoom out"),
        legend=words.say("Legend"),
        also=words.say("Also called"),
        published=words.say("published {date}", date=_DATE),
        claims=words.say("Claims"),
        full=words.say("Full map, data and sources"),
        close=words.say("Close"),
        two_fingers=words.say("Use two fingers to move the map"),
        ctrl=words.say("Use Ctrl + scroll to zoom the map"),
        status=words.say("Status on {day}", day="{day}"),
        disputed=words.say("Sources contradict each other"),
        overdue=words.say("Overdue"),
    )
