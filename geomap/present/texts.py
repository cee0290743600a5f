"""The short texts around a map: credit, limits, restrictions, and the words of its controls."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from geomap.core.claims import Claim
from geomap.core.dataset import Dataset, text_in
from geomap.core.kinds import CLAIM_KINDS
from geomap.present.schema import TextPayload
from geomap.present.selection import Selection
from geomap.present.statuses import Passage
from geomap.wording import Words, claim_text, format_day, format_span
from geomap.wording.catalogue import Spans
from geomap.wording.sentences import citation, place, source_label, source_name
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


def in_one_line(words: Words, name: str, passages: Iterable[Passage]) -> str:
    """Return what is said of a region, each passage with who says so: a hint, a line of text."""
    said = [
        words.say("{text} ({source})", text=plain(passage.text), source=passage.cite)
        if passage.cite
        else plain(passage.text)
        for passage in passages
    ]
    return words.say("{region}: {text}", region=name, text=" ".join(said))


def credit(words: Words, dataset: Dataset, stating: Collection[str]) -> str:
    """Return the line under the map: whose word it shows, and where its boundaries come from.

    `stating` are the ids of the sources that state what is shown.
    """
    names = [source_label(words, dataset, id) for id in dataset.ledger.sources if id in stating]
    shown = " · ".join(map(words.set_apart, names[:_CREDITED]))
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


def credit_short(words: Words, dataset: Dataset, stating: Collection[str]) -> str:
    """Return the line under a small map: whose word it shows, whose boundaries, and where it ends."""
    names = [source_name(words, dataset, id) for id in dataset.ledger.sources if id in stating]
    parts = [words.set_apart(text_in(dataset.meta.attribution, words.language))]
    if len(names) > 1:
        more = len(names) - 1
        parts.insert(0, words.say("{source} and {count} more", source=names[0], count=more))
    elif names:
        parts.insert(0, words.set_apart(names[0]))
    end = format_day(words, dataset.period.end, short=True)
    return " · ".join([*parts, words.say("ends on {day}", day=end)])


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


def accuracy(words: Words, dataset: Dataset) -> str:
    """Return how exact the boundaries are, "" where the dataset does not say it."""
    return text_in(dataset.meta.accuracy, words.language)


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
    return words.say("Using only: {sources}", sources=words.listing(names))


def day_of_claim(words: Words, claim: Claim) -> str:
    """Return the day of a claim; "" of an arrangement, as what is said of it has the day."""
    kind = CLAIM_KINDS[claim.kind]
    if claim.date is None or kind.takes_since:
        return ""
    return format_span(words, claim.date, kind.date_form)


def claim_with_day(words: Words, dataset: Dataset, claim: Claim) -> str:
    """Return what a claim says, and its day."""
    text, when = claim_text(words, dataset, claim), day_of_claim(words, claim)
    return words.say("{text}, {when}", text=text, when=when) if when else text


def claim_in_full(words: Words, dataset: Dataset, claim: Claim) -> str:
    """Return what a claim says, its day, and who makes it."""
    source = citation(words, dataset, claim.source, place(words, claim))
    text = claim_with_day(words, dataset, claim)
    return words.say("{text} ({source})", text=text, source=source)


def withdrawal(words: Words, claim: Claim) -> str:
    """Return on which day a claim was withdrawn, and why where the desk says it."""
    if claim.withdrawn is None:
        raise ValueError(f"the claim in row {claim.row} was not withdrawn")
    day, reason = format_day(words, claim.withdrawn), _reason(words, claim)
    if reason:
        return words.say("Withdrawn on {day}: {reason}", day=day, reason=reason)
    return words.say("Withdrawn on {day}", day=day)


def withdrawn_claim(words: Words, claim: Claim, text: str) -> str:
    """Return that a claim, in words `text`, was withdrawn, and why; without the day."""
    reason = _reason(words, claim)
    if reason:
        return words.say("Claim withdrawn: {claim}. {reason}", claim=text, reason=reason)
    return words.say("Claim withdrawn: {claim}", claim=text)


def _reason(words: Words, claim: Claim) -> str:
    return claim.withdrawn_becauses.get(words.language) or claim.withdrawn_because


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


def control_texts(words: Words, dataset: Dataset) -> TextPayload:
    """Return the words of the map's controls."""
    return TextPayload(
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
        claims=words.say("Stated by"),
        full=words.say("Full map, data and sources"),
        close=words.say("Close"),
        two_fingers=words.say("Use two fingers to move the map"),
        ctrl=words.say("Use Ctrl + scroll to zoom the map"),
        status=words.say("Status on {day}", day="{day}"),
        consistent=words.say("Consistent with it"),
        reports=words.say("Also reported"),
        withdrawn=words.say("Withdrawn claims"),
        divider=words.say("Divider between the two days"),
    )
