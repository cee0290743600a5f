"""Short lines for maps, frames and pictures, where a sentence has no room.

They say the same as the sentences of `headlines` and `statements`, as lists that need no endings:
"Handed over: Aghdam, Kalbajar. Due: Lachin (1 Dec)".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date

from babel.dates import format_interval
from babel.numbers import format_decimal

from geomap.core.arrangements import in_force_with
from geomap.core.dataset import Dataset
from geomap.core.dates import Span
from geomap.core.events import Event
from geomap.core.region_status import Status
from geomap.wording.catalogue import Spans, Words
from geomap.wording.sentences import actor_name, event_text, region_name
from geomap.wording.spans import format_day, format_span, qualified

MOST_NAMES = 6
"""So many regions are named in a line; more are counted."""
MOST_NAMED = 12
"""Of so many regions a sentence can name each, and so can the lanes of a chart."""


def format_short_span(words: Words, span: Span, year: int | None) -> str:
    """Return days in short: "20 Nov", "16–22 Nov", "about 8 Nov", "1994"; of an open span the end.

    The year is left out where it is `year`.
    """
    if str(span).strip("?~%").isdigit():
        return qualified(words, f"{span.end.year}", span.qualifier)
    years = re.findall(r"\d{4}(?!-)", str(span))
    if len(years) == 2 and "-" not in str(span):
        return qualified(words, "–".join(years), span.qualifier)
    end = format_day(words, span.end, year=year, short=True)
    if span.exact or span.start is None:
        return qualified(words, end, span.end_qualifier)
    skeleton = "MMMd" if span.start.year == span.end.year == year else "yMMMd"
    days = str(format_interval(span.start, span.end, skeleton, locale=words.locale))
    return qualified(words, days, span.qualifier)


def short_days(words: Words, events: Iterable[Event], year: int | None) -> str:
    """Return the days of events in short; where claims contradict each other, each day claimed.

    "5 Mar or 6 Mar": the days between were claimed by nobody. "" where no day is stated.
    """
    days: list[Span] = []
    for event in events:
        claimed = [claim.date for claim in event.stating if claim.date]
        days += claimed if event.disputed else [event.span] if event.span else []
    texts = [format_short_span(words, span, year) for span in dict.fromkeys(days)]
    return words.alternatives(texts) if texts else ""


def region_dates(words: Words, status: Status, year: int | None) -> Spans:
    """Return the dates of a region for the map, in pieces; a piece is struck out if it is marked.

    "20 Nov", "25 Nov, was 15" with the 15 struck out, "due 1 Dec", "since 1994"; `()` where nothing
    is stated. The year is left out where it is `year`.
    """
    return _DATES[status.control_status](words, status, year)


def _handed_over(words: Words, status: Status, year: int | None) -> Spans:
    arrived = next(event for event in status.run if event.is_handover)
    event = status.handover or arrived
    when = short_days(words, [event], year)
    return _moved(words, status, event.span, when, year) if event.span else ()


def _due(words: Words, status: Status, year: int | None) -> Spans:
    span = status.handover_due
    if span is None or len(status.pending) > 1:
        return words.spans("due")
    when = short_days(words, in_force_with(status.dues[-1], status.dues), year)
    if status.overdue:
        return words.spans("was due {date}", date=when)
    return _moved(words, status, span, words.say("due {date}", date=when), year)


def _moved(words: Words, status: Status, span: Span, when: str, year: int | None) -> Spans:
    """A date, and the one that it had first, struck out, where it was put off."""
    first, last = status.handover_due_first, status.handover_due
    put_off = first and last and first != last and first.end < span.end
    if first is None or not put_off or not (span.exact or span.start is None):
        return ((when, False),)
    same_month = (first.end.year, first.end.month) == (span.end.year, span.end.month)
    before = f"{first.end.day}" if same_month else format_short_span(words, first, year)
    return words.spans("{date}, was *{first}*", date=when, first=before)


def _unclear(words: Words, status: Status, year: int | None) -> Spans:
    span = status.possible[0].span if status.possible else None
    if status.contradicting or span is None or span.start is None:
        return words.spans("not clear")
    return words.spans("{dates}?", dates=short_days(words, status.possible[:1], year))


def _held(words: Words, status: Status, year: int | None) -> Spans:
    if status.divided == "yes":
        return words.spans("divided")
    span = status.since
    if span is None or span.start is None:
        return ()
    whole_year = Span(date(span.end.year, 1, 1), date(span.end.year, 12, 31))
    if span.start.year == span.end.year != year and not span.qualifier:
        return ((format_span(words, whole_year, "since"), False),)
    return ((format_span(words, span, "since", year=year), False),)


def _unknown(words: Words, status: Status, year: int | None) -> Spans:
    return words.spans("divided") if status.divided == "yes" else words.spans("not known")


_DATES: dict[str, Callable[[Words, Status, int | None], Spans]] = {
    "handed_over": _handed_over,
    "due": _due,
    "unclear": _unclear,
    "held": _held,
    "unknown": _unknown,
}


def state_line(words: Words, dataset: Dataset, statuses: Sequence[Status], year: int | None) -> str:
    """Return how all regions stand on a day as one line, see `Standing.line`."""
    return Standing(words, dataset, statuses).line(year)


class Standing:
    """How all regions stand on a day. To go on to another day costs what changes, not what stays."""

    def __init__(self, words: Words, dataset: Dataset, statuses: Iterable[Status] = ()) -> None:
        self.words = words
        self.dataset = dataset
        self._places = {id: place for place, id in enumerate(dataset.regions["id"])}
        self._by_region: dict[str, Status] = {}
        self._groups: dict[tuple[object, ...], dict[str, Status]] = {}
        self.change(statuses)

    @property
    def statuses(self) -> list[Status]:
        """The status of each region, in the dataset's order."""
        return [self._by_region[id] for id in self._places if id in self._by_region]

    @property
    def many(self) -> bool:
        """Whether the regions are so many that a sentence cannot name them."""
        return len(self._by_region) > MOST_NAMED

    def change(self, statuses: Iterable[Status]) -> None:
        """Take some regions' new statuses."""
        for status in statuses:
            before = self._by_region.get(status.region)
            if before is not None:
                del self._groups[_group_key(before)][status.region]
            self._by_region[status.region] = status
            self._groups.setdefault(_group_key(status), {})[status.region] = status

    def line(self, year: int | None) -> str:
        """Return how all regions stand as one line, the handovers first.

        "Handed over: Aghdam, Kalbajar. Due: Lachin (1 Dec). Divided: Nagorno-Karabakh."
        """
        groups: dict[tuple[int, str], list[Status]] = {}
        for group in filter(None, self._groups.values()):
            label = _state(self.words, self.dataset, next(iter(group.values())), self.many)
            groups.setdefault(label, []).extend(group.values())
        return " ".join(self._listed(key[1], groups[key], year) for key in sorted(groups))

    def _listed(self, label: str, group: list[Status], year: int | None) -> str:
        if len(group) > MOST_NAMES:
            return _counted(self.words, label, len(group))
        group = sorted(group, key=lambda status: self._places[status.region])
        regions = []
        for status in group:
            when = ""
            if status.pending and status.handover_due:
                when = short_days(self.words, in_force_with(status.dues[-1], status.dues), year)
            regions.append((region_name(self.words, self.dataset, status.region), when))
        return _listed(self.words, label, regions)


def _group_key(status: Status) -> tuple[object, ...]:
    """What regions have in common that are called the same in a line."""
    return status.control_status, status.overdue, status.divided, status.actor


def _state(words: Words, dataset: Dataset, status: Status, many: bool) -> tuple[int, str]:
    """What a status is called in a line, and its rank among the others.

    Where regions are not named, the line says to whom they passed.
    """
    kind = status.control_status
    if kind == "handed_over" and many:
        actor = actor_name(words, dataset, status.actor)
        return 0, words.say("Handed over to {actor}", actor=actor)
    if kind == "handed_over":
        return 0, words.say("Handed over")
    if kind == "due" and status.overdue:
        return 2, words.say("Was due")
    if kind == "due":
        return 1, words.say("To be handed over")
    if kind == "unclear":
        return 3, words.say("Not clear")
    if status.divided == "yes":
        return 4, words.say("Divided")
    if kind == "held":
        return 5, words.capitalise(
            words.say("Held by {actor}", actor=actor_name(words, dataset, status.actor))
        )
    return 6, words.say("Not known")


def events_line(
    words: Words, dataset: Dataset, events: Iterable[Event], postponed: set[str], year: int | None
) -> str:
    """Return what happened on a day as one line: "Handed over to Azerbaijan: Aghdam."

    `postponed` are the ids of arrangements that move an earlier one. A day stands behind a region
    where it is the day on which its handover is due, or where the event's own day is not certain.
    """
    groups: dict[str, list[tuple[str, str]]] = {}
    for event in events:
        if event.id in postponed:
            label = words.say("Handover postponed")
        elif event.is_arrangement:
            label = words.say("To be handed over")
        else:
            label = event_text(words, dataset, event)
        when = ""
        if event.span and (event.is_arrangement or (event.span.start and not event.span.exact)):
            when = short_days(words, [event], year)
        groups.setdefault(label, []).append((region_name(words, dataset, event.region), when))
    return " ".join(_listed(words, label, regions) for label, regions in groups.items())


def _listed(words: Words, label: str, regions: Sequence[tuple[str, str]]) -> str:
    """A label with its regions, each with its day if it has one; with their number if many."""
    if len(regions) > MOST_NAMES:
        return _counted(words, label, len(regions))
    names = words.enumeration(
        words.say("{region} ({when})", region=name, when=when) if when else name
        for name, when in regions
    )
    return words.say("{label}: {regions}.", label=label, regions=names)


def _counted(words: Words, label: str, count: int) -> str:
    """A label with a number of regions."""
    return words.say("{label}: {regions}.", label=label, regions=number_of_regions(words, count))


def number_of_regions(words: Words, count: int) -> str:
    """Return "2,878 regions"."""
    number = format_decimal(count, locale=words.locale)
    spans = words.spans_many("{number} region", "{number} regions", count, number=number)
    return "".join(text for text, _ in spans)
