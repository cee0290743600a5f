"""What a status says, sentence by sentence, each with the claims that state it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from geomap.core.claims import Claim
from geomap.core.dataset import Dataset
from geomap.core.events import Event
from geomap.core.region_status import Status
from geomap.wording.catalogue import Spans, Words
from geomap.wording.sentences import (
    actor_name,
    capitalised,
    citation,
    citation_of,
    event_when,
    join,
    region_text,
)
from geomap.wording.spans import Form


@dataclass(frozen=True)
class Statement:
    """One sentence and who states it: source ids with the place in each, in the ledger's order."""

    text: Spans
    cited: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class _Speaker:
    """What every sentence needs: the language, the dataset, and the year that is not written."""

    words: Words
    dataset: Dataset
    year: int | None

    def state(self, text: Spans, claims: Iterable[Claim]) -> Statement:
        """Return a sentence that `claims` state, with a capital."""
        ordered = sorted({claim.row: claim for claim in claims}.items())
        cited = dict.fromkeys(citation_of(self.words, claim) for _, claim in ordered)
        return Statement(capitalised(self.words, text), tuple(cited))

    def when(self, event: Event, form: Form = "when") -> str:
        """Return the days of an event; where claims contradict each other, each claim's own."""
        return event_when(self.words, self.dataset, event, form, self.year)

    def actor(self, id: str | None) -> object:
        """Return an actor's name, ready for any case."""
        return actor_name(self.words, self.dataset, id)


def statements(
    words: Words, dataset: Dataset, status: Status, year: int | None = None
) -> tuple[Statement, ...]:
    """Return the sentences of a region's card; dates of `year` are written without it."""
    speaker = _Speaker(words, dataset, year)
    return (
        *_MAIN[status.control_status](speaker, status),
        *_first_date(speaker, status),
        *_parts(speaker, status),
        *_claimed(speaker, status),
        *_lies_within(speaker, status),
        *_disputed(speaker, status),
    )


def sentence(words: Words, dataset: Dataset, status: Status, year: int | None = None) -> Spans:
    """Return a status in whole sentences: the texts of its `statements`."""
    return join([each.text for each in statements(words, dataset, status, year)])


# The main sentence of each kind of status ---------------------------------------------------


def _unknown(speaker: _Speaker, status: Status) -> Iterator[Statement]:
    words = speaker.words
    if status.divided == "yes":
        yield Statement(
            words.spans(
                "*Not known* but for a part: none of the sources shown says who holds the rest."
            )
        )
    else:
        yield Statement(words.spans("*Not known*: none of the sources shown says who holds it."))


def _unclear(speaker: _Speaker, status: Status) -> Iterator[Statement]:
    words = speaker.words
    if status.contradicting:
        yield Statement(
            words.spans("*Not clear on this date*: sources contradict each other on who holds it.")
        )
        for event in status.contradicting:
            yield speaker.state(_came(speaker, event), event.stating)
        return
    for event in status.possible:
        text = words.spans(
            "*Not clear on this date*: {what}", what=_plain(_came(speaker, event, start=False))
        )
        yield speaker.state(text, event.stating)
    if status.run:
        text = words.spans("Before that it was held by {actor}.", actor=speaker.actor(status.actor))
        yield speaker.state(text, status.run[0].stating)


def _came(speaker: _Speaker, event: Event, start: bool = True) -> Spans:
    """How the actor of a transfer came to the region, as a sentence of its own or after a colon."""
    words = speaker.words
    values = {"actor": speaker.actor(event.actor), "when": speaker.when(event)}
    has_open_start = event.span is not None and event.span.start is None and not event.disputed
    if has_open_start and not event.is_handover:
        text = words.spans(
            "it was held by {actor} {when}; none of the sources shown says since when.", **values
        )
    elif event.is_handover:
        text = words.spans("it was handed over to {actor} {when}.", **values)
    else:
        text = words.spans("it came to be held by {actor} {when}.", **values)
    return capitalised(words, text) if start else text


def _due(speaker: _Speaker, status: Status) -> Iterator[Statement]:
    words = speaker.words
    for due in status.pending:
        yield speaker.state(_due_text(speaker, due, status.overdue), due.stating)
    if status.run:
        yield _holder(speaker, status, lambda **v: words.spans("Held by {actor} {since}.", **v))


def _due_text(speaker: _Speaker, due: Event, overdue: bool) -> Spans:
    words = speaker.words
    values: dict[str, object] = {"actor": speaker.actor(due.actor)}
    if due.span is None and due.part:
        return words.spans("*Due* to be handed over in part to {actor}; no date stated.", **values)
    if due.span is None:
        return words.spans("*Due* to be handed over to {actor}; no date stated.", **values)
    values["by"] = speaker.when(due, "by")
    if overdue and due.part:
        return words.spans(
            "*Was due* to be handed over in part to {actor} {by}; "
            "none of the sources shown says whether it happened.",
            **values,
        )
    if overdue:
        return words.spans(
            "*Was due* to be handed over to {actor} {by}; "
            "none of the sources shown says whether it happened.",
            **values,
        )
    if due.part:
        return words.spans("*Due* to be handed over in part to {actor} {by}.", **values)
    return words.spans("*Due* to be handed over to {actor} {by}.", **values)


def _handed_over(speaker: _Speaker, status: Status) -> Iterator[Statement]:
    arrival = status.handover
    if arrival is None:
        raise ValueError(f"{status.region!r} is handed over by an event")
    text = speaker.words.spans(
        "*Handed over* to {actor} {when}.",
        actor=speaker.actor(arrival.actor),
        when=speaker.when(arrival),
    )
    yield speaker.state(text, arrival.stating)


def _held(speaker: _Speaker, status: Status) -> Iterator[Statement]:
    # A part that somebody else holds comes first, or "held" would claim the whole.
    if status.divided != "yes":
        yield _holder(
            speaker, status, lambda **v: speaker.words.spans("*Held* by {actor} {since}.", **v)
        )


def _holder(speaker: _Speaker, status: Status, write: Callable[..., Spans]) -> Statement:
    """Who holds the region and since when, in the words that `write` gives it."""
    first = status.run[0]
    text = write(actor=speaker.actor(status.actor), since=speaker.when(first, "since"))
    return speaker.state(text, first.stating)


_MAIN: dict[str, Callable[[_Speaker, Status], Iterator[Statement]]] = {
    "unclear": _unclear,
    "due": _due,
    "handed_over": _handed_over,
    "held": _held,
    "unknown": _unknown,
}


# What else a status says ---------------------------------------------------------------------


def _first_date(speaker: _Speaker, status: Status) -> Iterator[Statement]:
    """When the handover was due at first, where that date has moved or has passed unclear."""
    first = status.dues[0] if status.dues else None
    if first is None or first.span is None or first in status.pending:
        return
    moved = len(status.dues) > 1 and status.handover_due_first != status.handover_due
    if moved:
        text = speaker.words.spans("It was first due {by}.", by=speaker.when(first, "by"))
        yield speaker.state(text, first.stating)
    elif status.control_status == "unclear":
        text = speaker.words.spans("It was due {by}.", by=speaker.when(first, "by"))
        yield speaker.state(text, first.stating)


def _parts(speaker: _Speaker, status: Status) -> Iterator[Statement]:
    """Who holds, or may hold, a part of the region."""
    words = speaker.words
    for event in status.parts:
        values = {"other": speaker.actor(event.actor), "since": speaker.when(event, "since")}
        text = words.spans("*Divided*: a part of it has been held by {other} {since}.", **values)
        yield speaker.state(text, event.stating)
    if status.divided == "yes" and status.control_status == "held":
        yield _holder(
            speaker,
            status,
            lambda **v: words.spans("The rest has been held by {actor} {since}.", **v),
        )
    for event in status.possible_parts:
        values = {"other": speaker.actor(event.actor), "when": speaker.when(event)}
        text = words.spans(
            "*Perhaps divided*: a part of it came to be held by {other} {when}.", **values
        )
        yield speaker.state(text, event.stating)


def _claimed(speaker: _Speaker, status: Status) -> Iterator[Statement]:
    """Which governments claim the region since when; nothing where only its holder's does."""
    for actor in status.claimed_by if status.claimed_by_others else ():
        events = [event for event in status.claimed if event.actor == actor]
        text = speaker.words.spans(
            "*Claimed* by {actor} {since}.",
            actor=speaker.actor(actor),
            since=speaker.words.alternatives(
                list(dict.fromkeys(speaker.when(event, "since") for event in events))
            ),
        )
        yield speaker.state(text, (claim for event in events for claim in event.stating))


def _lies_within(speaker: _Speaker, status: Status) -> Iterator[Statement]:
    """What a source says of the country that the region lies within, always as that source's word."""
    if not status.lies_within or not status.lies_within_citation:
        return
    source, locator = status.lies_within_citation
    name = citation(speaker.words, speaker.dataset, source, locator)
    account = region_text(speaker.words, speaker.dataset, status.region, "lies_within_note")
    if account:
        text = speaker.words.spans("{source}: it {account}.", source=name, account=account)
    else:
        text = speaker.words.spans(
            "{source}: it lies within {country}.",
            source=name,
            country=speaker.actor(status.lies_within),
        )
    yield Statement(text, ((source, locator),))


def _disputed(speaker: _Speaker, status: Status) -> Iterator[Statement]:
    if status.disputed and not status.contradicting:
        yield Statement(speaker.words.spans("*Sources contradict each other.*"))


def _plain(text: Spans) -> str:
    return "".join(piece for piece, _ in text)
