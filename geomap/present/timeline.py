"""The course of events as rows of a table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date as Date
from functools import cached_property, partial
from operator import itemgetter
from typing import overload

from geomap.core.claims import Claim, Report
from geomap.core.dataset import Dataset, text_in
from geomap.core.dates import Span
from geomap.core.doubts import contradicting_holders
from geomap.core.events import Event, postponements, resolve, source_counts
from geomap.core.history import reported_days, visible_reports, withdrawn_claims
from geomap.core.kinds import CLAIM_KINDS
from geomap.core.meta import Milestone
from geomap.present.selection import Selection
from geomap.present.texts import claim_with_day, withdrawn_claim
from geomap.wording import Words, event_text, format_day, format_span
from geomap.wording.sentences import (
    citation_of,
    citations,
    event_when,
    in_force_when,
    region_name,
)


@dataclass(frozen=True)
class Citation:
    """A source's short name and the place in it; its address, "" if none is known."""

    text: str
    url: str


@dataclass(frozen=True)
class TimelineRow:
    """One event, milestone, report or withdrawal in words.

    `reported` is the first day on which the claims gave an event these days. `consistent` are places
    that do not state what the row says, but do not contradict it.
    """

    day: Date
    when: str
    region: str
    what: str
    reported: str
    citations: tuple[Citation, ...]
    consistent: tuple[Citation, ...] = ()
    disputed: bool = False
    withdrawn: bool = False


_Unwritten = tuple[Date, Callable[[], TimelineRow]]
"""The day of a row, and what puts it into words."""


class Timeline(Sequence[TimelineRow]):
    """Events, milestones, reports and withdrawals as rows, the latest first.

    A row is put into words when it is asked for: a page has the first few of thousands.
    """

    def __init__(self, words: Words, dataset: Dataset, selection: Selection) -> None:
        self._words, self._dataset, self._selection = words, dataset, selection

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, number: int) -> TimelineRow: ...
    @overload
    def __getitem__(self, number: slice) -> tuple[TimelineRow, ...]: ...
    def __getitem__(self, number: int | slice) -> TimelineRow | tuple[TimelineRow, ...]:
        if isinstance(number, slice):
            return tuple(write() for _, write in self._rows[number])
        return self._rows[number][1]()

    @cached_property
    def _rows(self) -> list[_Unwritten]:
        words, dataset, selection = self._words, self._dataset, self._selection
        ledger, known, sources = dataset.ledger, selection.known, selection.sources
        reports = visible_reports(ledger, known, sources)
        reported = {(report.date.start, report.date.end, report.source) for report in reports}
        rows = _event_rows(words, dataset, selection)
        rows += [
            (one.date, partial(_milestone_row, words, dataset, one))
            for one in milestones_of(dataset, selection)
            if (one.date, one.date, one.source) not in reported
        ]
        rows += [
            (report.date.end, partial(_report_row, words, dataset, report)) for report in reports
        ]
        rows += [
            (claim.withdrawn, partial(_withdrawal_row, words, dataset, claim))
            for claim in withdrawn_claims(ledger, known, sources)
            if claim.withdrawn
        ]
        return sorted(rows, key=itemgetter(0), reverse=True)


def cited(
    words: Words, dataset: Dataset, places: Iterable[tuple[str, str]]
) -> tuple[Citation, ...]:
    """Return places (source id and locator) as citations, those of one source together."""
    places = list(places)
    ids = dict.fromkeys(source for source, _ in places)
    sources = dataset.ledger.sources
    return tuple(
        Citation(text, sources[id].url)
        for id, text in zip(ids, citations(words, dataset, places), strict=True)
    )


def milestones_of(dataset: Dataset, selection: Selection) -> list[Milestone]:
    """Return the milestones whose source counts."""
    sources = dataset.ledger.sources
    return [
        one
        for one in dataset.meta.milestones
        if source_counts(sources[one.source], selection.known, selection.sources)
    ]


def _milestone_row(words: Words, dataset: Dataset, milestone: Milestone) -> TimelineRow:
    source = dataset.ledger.sources[milestone.source]
    return TimelineRow(
        day=milestone.date,
        when=format_day(words, milestone.date, short=True),
        region="",
        what=text_in(milestone.label, words.language),
        reported=format_day(words, source.published, short=True),
        citations=cited(words, dataset, [(source.id, text_in(milestone.locator, words.language))]),
    )


def _report_row(words: Words, dataset: Dataset, report: Report) -> TimelineRow:
    locator = report.locators.get(words.language) or report.locator
    published = dataset.ledger.sources[report.source].published
    return TimelineRow(
        day=report.date.end,
        when=_in_table(words, report.date, format_span(words, report.date)),
        region=region_name(words, dataset, report.region) if report.region else "",
        what=report.texts.get(words.language) or report.text,
        reported=format_day(words, published, short=True),
        citations=cited(words, dataset, [(report.source, locator)]),
    )


def _withdrawal_row(words: Words, dataset: Dataset, claim: Claim) -> TimelineRow:
    if claim.withdrawn is None:
        raise ValueError(f"the claim in row {claim.row} was not withdrawn")
    return TimelineRow(
        day=claim.withdrawn,
        when=format_day(words, claim.withdrawn, short=True),
        region=region_name(words, dataset, claim.region),
        what=withdrawn_claim(words, claim, claim_with_day(words, dataset, claim)),
        reported=format_day(words, claim.withdrawn, short=True),
        citations=cited(words, dataset, [citation_of(words, claim)]),
        withdrawn=True,
    )


def _event_rows(words: Words, dataset: Dataset, selection: Selection) -> list[_Unwritten]:
    known, sources = selection.known, selection.sources
    events = resolve(dataset.ledger, known, sources)
    moved = postponements(events)
    reported = reported_days(dataset.ledger, known, sources)
    contradicting = {event.id for pair in contradicting_holders(events) for event in pair}

    def row(event: Event, span: Span) -> TimelineRow:
        stating = event.stating
        when = event_when(words, dataset, event, CLAIM_KINDS[event.kind].date_form)
        if event.is_arrangement:
            stating = (*event.stating, *event.stating_since)
            when = in_force_when(words, dataset, event)
        in_order = sorted({claim.row: claim for claim in stating}.items())
        return TimelineRow(
            day=span.end,
            when=_in_table(words, span, when),
            region=region_name(words, dataset, event.region),
            what=event_text(words, dataset, event, postponed=event.id in moved),
            reported=format_day(words, reported[event.id], short=True),
            citations=cited(words, dataset, [citation_of(words, claim) for _, claim in in_order]),
            consistent=cited(
                words, dataset, [citation_of(words, claim) for claim in event.consistent]
            ),
            disputed=event.disputed or event.id in contradicting,
        )

    rows: list[_Unwritten] = []
    for event in events:
        # An arrangement stands on the day from which it was in force, when it was made.
        span = event.in_force if event.is_arrangement else event.span
        if span is None:
            raise ValueError(f"event {event.id!r} has no day")
        rows.append((span.end, partial(row, event, span)))
    return rows


def _in_table(words: Words, span: Span, when: str) -> str:
    """The days of a row: a single day in short, else in words."""
    if span.exact and not span.qualifier:
        return format_day(words, span.end, short=True)
    return words.capitalise(when)
