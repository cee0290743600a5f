"""Short lines for maps, frames and pictures, where a sentence has no room.

They say the same as the sentences of `headlines` and `statements`, as lists that need no endings:
"Handed over: Aghdam, Kalbajar. Due: Lachin (1 Dec)".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date

from babel.dates import format_interval

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
    """Return how all regions stand on a day as one line, the handovers first.

    "Handed over: Aghdam, Kalbajar. Due: Lachin (1 Dec). Divided: Nagorno-Karabakh."
    """
    groups: dict[tuple[int, str], list[tuple[str, str]]] = {}
    for status in statuses:
        rank, label = _state(words, dataset, status)
        when = ""
        if status.pending and status.handover_due:
            when = short_days(words, in_force_with(status.dues[-1], status.dues), year)
        name = region_name(words, dataset, status.region)
        groups.setdefault((rank, label), []).append((name, when))
    lines = [_listed(words, label, groups[rank, label]) for rank, label in sorted(groups)]
    return " ".join(lines)


def _state(words: Words, dataset: Dataset, status: Status) -> tuple[int, str]:
    """What a status is called in a line, and its rank among the others."""
    kind = status.control_status
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
        count = len(regions)
        counted = words.spans_many("{number} region", "{number} regions", count, number=count)
        names = "".join(text for text, _ in counted)
        return words.say("{label}: {regions}.", label=label, regions=names)
    names = ", ".join(
        words.say("{region} ({when})", region=name, when=when) if when else name
        for name, when in regions
    )
    return words.say("{label}: {regions}.", label=label, regions=names)
