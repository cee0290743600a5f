"""Sentences that both feeds share: what a claim says, and what an event came to."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from functools import cached_property
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from geomap.core.claims import Claim
from geomap.core.dataset import Dataset, name_in, text_in
from geomap.core.dates import Span, intersect
from geomap.core.events import Event
from geomap.core.kinds import CLAIM_KINDS
from geomap.present.texts import limits
from geomap.wording import Words, claim_text, format_span, words_in
from geomap.wording.catalogue import Name
from geomap.wording.sentences import (
    actor_name,
    citation,
    citation_of,
    citations,
    event_when,
    place,
    place_name,
    region_name,
)

_NAMESPACE = UUID("5e5b1f5c-8d0c-5c0a-9d5e-2f1f0c6d4b7a")  # ours, drawn once: ids hang on it
# What XML 1.0 cannot hold, and control characters, which nobody means to publish.
_CONTROLS = re.compile("[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LINE_ENDS = re.compile("\r\n?|[\u2028\u2029]")


def stable_id(*parts: object) -> str:
    """Return a UUID that depends on nothing but `parts`."""
    return str(uuid5(_NAMESPACE, "\x1f".join(map(str, parts))))


def clean(text: str) -> str:
    """Return a text letter for letter, without control characters; line ends become newlines."""
    return _CONTROLS.sub("", _LINE_ENDS.sub("\n", text))


class Phrases:
    """What a dataset's feeds say, in one language."""

    def __init__(self, dataset: Dataset, lang: str) -> None:
        self.dataset = dataset
        self.words: Words = words_in(lang)
        self._regions: dict[str, str] = {}

    @cached_property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.dataset.meta.timezone)

    @property
    def title(self) -> str:
        """The dataset's title."""
        return text_in(self.dataset.meta.title, self.words.language)

    @property
    def rights(self) -> str:
        """Licence and attribution in one line."""
        meta = self.dataset.meta
        attribution = text_in(meta.attribution, self.words.language)
        return self.words.say(
            "Licence: {licence}. {attribution}", licence=meta.licence.name, attribution=attribution
        )

    @property
    def about(self) -> str:
        """What the dataset makes no claim about, and how accurate its boundaries are."""
        accuracy = text_in(self.dataset.meta.accuracy, self.words.language)
        return f"{limits(self.words, self.dataset)} {accuracy}".strip()

    def midnight(self, day: date) -> datetime:
        """Return the moment at which a day begins in the dataset's time zone."""
        return datetime(day.year, day.month, day.day, tzinfo=self._zone)

    def shown(self, event: Event | None) -> date:
        """Return the day on which the map shows an event best, within the dataset's period."""
        period = self.dataset.period
        span = event and (event.in_force if event.is_arrangement else event.span)
        day = span.end if span else self.dataset.meta.date
        return min(max(day, period.start), period.end)

    def region(self, id: str) -> str:
        """Return a region's name."""
        if id not in self._regions:
            self._regions[id] = region_name(self.words, self.dataset, id)
        return self._regions[id]

    def place(self, id: str) -> Name:
        """Return a region's name, ready for any case that a message asks for."""
        return place_name(self.words, self.dataset, id)

    def of_region(self, region: str, text: str) -> str:
        """Return a text with the name of the region that it is about before it."""
        return self.words.say("{region}: {text}", region=self.region(region), text=text)

    def publisher(self, claim: Claim) -> str:
        """Return who published a claim's source."""
        source = self.dataset.ledger.sources[claim.source]
        return name_in(source.publisher, source.publishers, self.words.language)

    def cited(self, claim: Claim, *, postponement: bool = False) -> str:
        """Return what one claim says, with its day where it gives one, and who says so.

        `postponement`: its event moves an earlier arrangement. A claim that only repeats the new
        date does not say that it was another before.
        """
        if CLAIM_KINDS[claim.kind].takes_since:
            postponed = postponement and claim.since is not None
            text = claim_text(self.words, self.dataset, claim, postponed=postponed)
        elif claim.date:
            text = self.transfer(claim, self._span(claim.kind, claim.date))
        else:
            raise ValueError(f"claim {claim.row} of a transfer has no date")
        return self.words.say("{text} ({source})", text=text, source=self._citation(claim))

    def transfer(self, claimed: Event | Claim, when: str) -> str:
        """Return who got, held or claimed a region, or a part of it, or claims it no more; with the
        days as `when` words them.
        """
        name = actor_name(self.words, self.dataset, claimed.actor)
        if CLAIM_KINDS[claimed.kind].asserts:
            text = self.words.say("Claimed by {actor} {since}", actor=name, since=when)
        elif CLAIM_KINDS[claimed.kind].gives_up:
            text = self.words.say("Claim to it renounced by {actor} {when}", actor=name, when=when)
        elif CLAIM_KINDS[claimed.kind].ends_control and claimed.part:
            text = self.words.say("A part handed over to {actor} {when}", actor=name, when=when)
        elif CLAIM_KINDS[claimed.kind].ends_control:
            text = self.words.say("Handed over to {actor} {when}", actor=name, when=when)
        elif claimed.part:
            text = self.words.say("A part held by {actor} {since}", actor=name, since=when)
        else:
            text = self.words.say("Held by {actor} {since}", actor=name, since=when)
        return self.words.capitalise(text)

    def note(self, claim: Claim) -> str:
        """Return the desk's note on a claim, empty if there is none."""
        return claim.notes.get(self.words.language) or claim.note

    def reason(self, claim: Claim) -> str:
        """Return why the desk withdrew a claim, empty if it does not say."""
        reason = claim.withdrawn_becauses.get(self.words.language) or claim.withdrawn_because
        return self.words.say("Reason: {reason}", reason=reason) if reason else ""

    def when(self, event: Event | None) -> str:
        """Return the days that an event came to; where claims contradict each other, each one's."""
        if event is None or event.span is None:
            return self.words.say("no date stated")
        form = CLAIM_KINDS[event.kind].date_form
        return event_when(self.words, self.dataset, event, form)

    def stated(self, event: Event) -> str:
        """Return what a transfer came to, and who states it."""
        text = self.transfer(event, self.when(event))
        return self.words.say("{text} ({source})", text=text, source=self.sources(event.stating))

    def _citation(self, claim: Claim) -> str:
        return citation(self.words, self.dataset, claim.source, place(self.words, claim))

    def sources(self, claims: Iterable[Claim]) -> str:
        """Return who makes these claims, as a list."""
        cited = [citation_of(self.words, claim) for claim in claims]
        return self.words.listing(citations(self.words, self.dataset, cited))

    def _span(self, kind: str, span: Span) -> str:
        return format_span(self.words, span, CLAIM_KINDS[kind].date_form)

    def since(self, event: Event) -> str:
        """Return since when an arrangement counts; where claims contradict each other, each one's."""
        given = [(claim.since, claim) for claim in event.claims if claim.since]
        if given and intersect(span for span, _ in given) is None:
            return self.words.alternatives(
                [
                    self.words.say(
                        "{when} ({sources})",
                        when=format_span(self.words, span, "since"),
                        sources=self._citation(claim),
                    )
                    for span, claim in given
                ]
            )
        if event.in_force is None:
            return self.words.say("no date stated")
        return format_span(self.words, event.in_force, "since")
