"""Sentences that both feeds share: what a claim says, what an event came to, what a change did."""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import cached_property
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from geomap.core.claims import Claim
from geomap.core.dataset import Dataset, text_in
from geomap.core.dates import Span
from geomap.core.events import Event
from geomap.core.history import Change
from geomap.core.kinds import CLAIM_KINDS
from geomap.present.texts import limits
from geomap.wording import Words, claim_text, format_span, words_in
from geomap.wording.catalogue import Name
from geomap.wording.sentences import citation, place, place_name, region_name

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
    def limits(self) -> str:
        """What the dataset makes no claim about."""
        return limits(self.words, self.dataset)

    def midnight(self, day: date) -> datetime:
        """Return the moment at which a day begins in the dataset's time zone."""
        return datetime(day.year, day.month, day.day, tzinfo=self._zone)

    def shown(self, event: Event | None) -> date:
        """Return the day on which the map shows an event best, within the dataset's period."""
        period = self.dataset.period
        span = event and (event.in_force if event.kind == "due" else event.span)
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

    def claim(self, claim: Claim) -> str:
        """Return what one claim says, with its day where it gives one."""
        text = claim_text(self.words, self.dataset, claim)
        if claim.date is None:
            return text
        when = format_span(self.words, claim.date, CLAIM_KINDS[claim.kind].date_form)
        return self.words.say("{text}, {when}", text=text, when=when)

    def cited(self, claim: Claim) -> str:
        """Return what one claim says and who says so."""
        source = citation(self.words, self.dataset, claim.source, place(self.words, claim))
        return self.words.say("{text} ({source})", text=self.claim(claim), source=source)

    def note(self, claim: Claim) -> str:
        """Return the desk's note on a claim, empty if there is none."""
        return claim.notes.get(self.words.language) or claim.note

    def when(self, event: Event | None) -> str:
        """Return the days that an event came to."""
        if event is None or event.span is None:
            return self.words.say("no date stated")
        return format_span(self.words, event.span, CLAIM_KINDS[event.kind].date_form)

    def effect(self, change: Change) -> str:
        """Return what a change did, in whole sentences."""
        say, before, after = self.words.say, change.before, change.after
        then_now = {"before": self.when(change.moved or before), "after": self.when(after)}
        match change.effect:
            case "first":
                return say("This is the first claim about it.")
            case "postponed":
                return say(
                    "This postponed the handover of {region}. Before: {before}. Now: {after}.",
                    region=self.place(change.claim.region),
                    **then_now,
                )
            case "agrees" if change.states:
                return say("This states what was known already: {when}.", when=then_now["after"])
            case "agrees":
                return say(
                    "This is consistent with what was known: {when}.", when=then_now["after"]
                )
            case "contradicts":
                return say(
                    "This contradicts another claim, so it is disputed. "
                    "Before: {before}. The days claimed now: {after}.",
                    **then_now,
                )
            case "withdrawn_last":
                return say("This claim was withdrawn. No claim about it is left.")
            case "settled":
                return say(
                    "This claim was withdrawn, and the others no longer contradict each other. "
                    "Before: {before}. Now: {after}.",
                    **then_now,
                )
            case "withdrawn" if before and after and before.span != after.span:
                return say(
                    "This claim was withdrawn. Before: {before}. Now: {after}.",
                    **then_now,
                )
            case "withdrawn":
                return say(
                    "This claim was withdrawn. The others still say: {when}.",
                    when=then_now["after"],
                )
        return self._narrowed(before, after)

    def _narrowed(self, before: Event | None, after: Event | None) -> str:
        """Return what a claim that says more than was known added to it."""
        if before is None or after is None:
            raise ValueError("only an event that was and is known can be narrowed")
        say, found = self.words.say, []
        region = self.place(after.region)
        if before.span != after.span:
            values = {"region": region, "before": self.when(before), "after": self.when(after)}
            if after.kind == "handover":
                message = say(
                    "This narrows down the handover of {region}. Before: {before}. Now: {after}.",
                    **values,
                )
            elif after.kind == "control":
                message = say(
                    "This narrows down when {region} came to be held. "
                    "Before: {before}. Now: {after}.",
                    **values,
                )
            else:
                message = say(
                    "This narrows down when the handover of {region} is due. "
                    "Before: {before}. Now: {after}.",
                    **values,
                )
            found.append(message)
        if before.in_force != after.in_force:
            found.append(
                say(
                    "This narrows down since when the handover of {region} is agreed. "
                    "Before: {before}. Now: {after}.",
                    region=region,
                    before=self._since(before.in_force),
                    after=self._since(after.in_force),
                )
            )
        if after.part and not before.part:
            found.append(say("It is about a part of {region} only.", region=region))
        return " ".join(found)

    def _since(self, span: Span | None) -> str:
        return format_span(self.words, span, "since") if span else self.words.say("no date stated")
