"""What the templates show: the payload's facts for one day, and tables made from events."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from geomap.core.claims import Claim
from geomap.core.dataset import Dataset, text_in
from geomap.core.events import Event, postponements, resolve, source_counts
from geomap.present.payload import payload
from geomap.web.parameters import Query
from geomap.wording import Words, event_text, format_day, format_span, words_in
from geomap.wording.sentences import citation, place, region_name
from geomap.wording.spans import Form


@dataclass(frozen=True)
class Card:
    """One region on the day shown: its place in the payload, and its interval there."""

    number: int
    region: dict[str, Any]
    interval: dict[str, Any]


@dataclass(frozen=True)
class Citation:
    """Who says so: short name, place in it, address (empty if none is known)."""

    text: str
    url: str


@dataclass(frozen=True)
class TimelineRow:
    """One event in words."""

    day: date
    when: str
    region: str
    what: str
    reported: str
    citations: tuple[Citation, ...]
    disputed: bool


@dataclass(frozen=True)
class View:
    """Everything that a page about one dataset shows."""

    dataset: Dataset
    query: Query
    words: Words
    data: dict[str, Any]

    @property
    def title(self) -> str:
        """The dataset's title in the page's language."""
        return text_in(self.dataset.meta.title, self.words.language)

    @property
    def summary(self) -> str:
        """One or two sentences about the dataset."""
        return text_in(self.dataset.meta.summary, self.words.language)

    @property
    def day(self) -> str:
        """The day shown, in words."""
        return format_day(self.words, self.query.date)

    @property
    def headline(self) -> list[tuple[str, bool]]:
        """The headline's pieces for the day shown."""
        pieces = _at(self.data["headlines"], self.query.date)["text"]
        return [(self.day if text == "{date}" else text, bool(strong)) for text, strong in pieces]

    @property
    def headline_text(self) -> str:
        """The headline as plain text."""
        return "".join(text for text, _ in self.headline)

    @property
    def cards(self) -> list[Card]:
        """One card a region, for the day shown."""
        return [
            Card(number, region, _at(region["intervals"], self.query.date))
            for number, region in enumerate(self.data["regions"])
        ]

    @property
    def limits(self) -> str:
        """What the map does not show: days after its period, and what the dataset says of it."""
        return str(self.data["text"]["limit"])

    @property
    def restrictions(self) -> list[str]:
        """Which claims are left out, in words."""
        return list(self.data["restrictions"])

    @property
    def timeline(self) -> list[TimelineRow]:
        """The events of the chosen claims within the period, and the milestones, latest first."""
        return timeline(self.words, self.dataset, self.query)


def view(dataset: Dataset, query: Query, page: str = "") -> View:
    """Return what a page about `dataset` shows; `page` is the address of the full page."""
    data = payload(
        dataset,
        date=query.date,
        known=query.known,
        sources=query.sources,
        lang=query.lang,
        page=page,
    )
    return View(dataset, query, words_in(query.lang), data)


def timeline(words: Words, dataset: Dataset, query: Query) -> list[TimelineRow]:
    """Return events and milestones as rows, the latest first."""
    events = resolve(dataset.ledger, query.known, query.sources)
    moved = postponements(events)
    rows = [_event_row(words, dataset, event, event.id in moved) for event in events]
    for milestone in dataset.meta.milestones:
        source = dataset.ledger.sources[milestone.source]
        if source_counts(source, query.known, query.sources):
            text = citation(words, dataset, source.id, text_in(milestone.locator, words.language))
            rows.append(
                TimelineRow(
                    day=milestone.date,
                    when=format_day(words, milestone.date, short=True),
                    region="",
                    what=text_in(milestone.label, words.language),
                    reported=format_day(words, source.published, short=True),
                    citations=(Citation(text, source.url),),
                    disputed=False,
                )
            )
    return sorted(rows, key=lambda row: row.day, reverse=True)


def _event_row(words: Words, dataset: Dataset, event: Event, postponed: bool) -> TimelineRow:
    span = event.in_force if event.kind == "due" else event.span
    if span is None:
        raise ValueError(f"event {event.id!r} has no day")
    sources = dataset.ledger.sources
    first = min(sources[claim.source].published for claim in event.claims)
    exact = format_day(words, span.end, short=True) if span.exact else None
    form: Form = "since" if event.kind == "control" else "when"
    return TimelineRow(
        day=span.end,
        when=exact or words.capitalise(format_span(words, span, form)),
        region=region_name(words, dataset, event.region),
        what=event_text(words, dataset, event, postponed=postponed),
        reported=format_day(words, first, short=True),
        citations=tuple(_citations(words, dataset, event.claims)),
        disputed=event.disputed,
    )


def _citations(words: Words, dataset: Dataset, claims: tuple[Claim, ...]) -> list[Citation]:
    found = {}
    for claim in claims:
        text = citation(words, dataset, claim.source, place(words, claim))
        found[claim.source, claim.locator] = Citation(
            text, dataset.ledger.sources[claim.source].url
        )
    return list(found.values())


def _at(intervals: list[dict[str, Any]], day: date) -> dict[str, Any]:
    """The interval that holds a day; the intervals cover the period without gap."""
    text = day.isoformat()
    return next(i for i in intervals if i["from"] <= text <= i["to"])
