"""The steps of a story: the days on which something happens, each as one line with its sources."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date as Date

from geomap.core.dataset import Dataset, text_in
from geomap.core.events import Event, postponements, resolve
from geomap.core.status import change_days, statuses
from geomap.present.selection import Selection
from geomap.present.timeline import Citation, cited, milestones_of
from geomap.wording import Words, format_day
from geomap.wording.sentences import citation_of
from geomap.wording.short_lines import events_line, state_line

_LEAST_REST, _LONGEST_READING = 2.2, 6.0
_SECONDS_A_LETTER = 0.045


@dataclass(frozen=True)
class Step:
    """A day on which something happens: one line that says what, the regions that it concerns, and
    who states it. `when` is the day in words.
    """

    day: Date
    when: str
    line: str
    regions: tuple[str, ...]
    citations: tuple[Citation, ...]

    @property
    def reading_seconds(self) -> float:
        """How long play rests on the step."""
        return max(_LEAST_REST, reading_seconds(self.line))


def steps(words: Words, dataset: Dataset, selection: Selection) -> tuple[Step, ...]:
    """Return the steps of the period, ascending: its first day, and each day with an event or a change.

    An event stands on the last day on which it can have happened, an arrangement on the last on
    which it can have come into force. What lies outside the period has no step.
    """
    period = dataset.period
    events = resolve(dataset.ledger, selection.known, selection.sources)
    by_day: dict[Date, list[Event]] = {}
    for event in events:
        if (day := _day_of(event)) is not None and period.start <= day <= period.end:
            by_day.setdefault(day, []).append(event)
    milestones = milestones_of(dataset, selection)
    changes = change_days(dataset, selection.known, selection.sources)
    days = {period.start, *changes, *by_day, *(one.date for one in milestones)}
    moved = set(postponements(events))
    made = []
    for day in sorted(day for day in days if period.start <= day <= period.end):
        on_day = sorted(by_day.get(day, []), key=_rank)
        labels = [text_in(one.label, words.language) for one in milestones if one.date == day]
        lines = [words.say("{text}.", text=label) for label in labels]
        lines += [events_line(words, dataset, on_day, moved, _year(dataset))] if on_day else []
        if not lines:
            lines = [_state(words, dataset, selection, day)]
        places = [
            citation_of(words, claim)
            for event in on_day
            for claim in (*event.stating, *event.stating_since)
        ]
        places += [
            (one.source, text_in(one.locator, words.language))
            for one in milestones
            if one.date == day
        ]
        made.append(
            Step(
                day,
                format_day(words, day),
                " ".join(lines),
                tuple(dict.fromkeys(event.region for event in on_day)),
                cited(words, dataset, dict.fromkeys(places)),
            )
        )
    return tuple(made)


def _day_of(event: Event) -> Date | None:
    """The last day on which an event can have happened; None of one that tells no day.

    That somebody held a region on or before a day is no event of that day.
    """
    span = event.in_force if event.is_arrangement else event.span
    if span is None or (span.start is None and not event.is_arrangement):
        return None
    return span.end


def _rank(event: Event) -> int:
    return 0 if event.is_handover else 1 if event.is_arrangement else 2


def reading_seconds(line: str) -> float:
    """Return how long a line takes to read, in seconds; of a long one no more than six."""
    return min(len(line) * _SECONDS_A_LETTER, _LONGEST_READING)


def day_line(steps: Sequence[Step], day: Date, state: str) -> str:
    """Return the line for a day: what happens on it, else how all stand (`state`)."""
    return next((step.line for step in steps if step.day == day), state)


def _state(words: Words, dataset: Dataset, selection: Selection, day: Date) -> str:
    shown = statuses(dataset, day, selection.known, selection.sources)
    return state_line(words, dataset, shown, _year(dataset))


def _year(dataset: Dataset) -> int | None:
    """The year that need not be written: that of the whole period, if it is one."""
    start, end = dataset.period.start, dataset.period.end
    return end.year if start.year == end.year else None
