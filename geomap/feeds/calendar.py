"""The calendar (RFC 5545): each handover as one event that moves as it is postponed, then done.

A handover is a chain: the arrangements for it, oldest first, and the handover that ended them. Its
UID comes from the event of the chain that was known first, so it stays the same whatever is learnt
later, and is the same under any choice of `known` and `sources`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby

from icalendar import Calendar, vText
from icalendar import Event as Entry

from geomap.core.arrangements import hull_of, in_force_with
from geomap.core.claims import Claim
from geomap.core.dataset import Dataset
from geomap.core.dates import Span
from geomap.core.events import (
    Event,
    chain_order,
    chains,
    event_of,
    postponements,
    visible_from,
)
from geomap.core.history import Change, changes
from geomap.core.selection import check_known, check_sources
from geomap.feeds.atom import Page
from geomap.feeds.latest import with_latest_changes
from geomap.feeds.phrases import Phrases, clean, stable_id
from geomap.wording import event_text

CALENDAR = "text/calendar; charset=utf-8"
MOST_HANDOVERS = 1000
"""A calendar holds the handovers that changed last; all of them are in the ledger's downloads."""
_DAY = timedelta(days=1)
# RFC 5545, section 3.3.11.
_ESCAPES = str.maketrans({"\\": r"\\", ";": r"\;", ",": r"\,", "\n": r"\n"})


class _Text(vText):  # type: ignore[misc]
    """A stranger's text. The library's own escaping would read `\\N` in it as a line's end."""

    def to_ical(self) -> bytes:
        return clean(str(self)).translate(_ESCAPES).encode()


@dataclass(frozen=True)
class _State:
    """What a calendar shows of a handover: the days it covers, and how sure that it is."""

    first: date
    last: date
    status: str


@dataclass
class _Handover:
    """One handover's calendar entry so far; `sequence` counts how often its days or status moved.

    `number` is that of the change that last touched it.
    """

    key: str
    events: dict[str, Event] = field(default_factory=dict)
    before: dict[str, Event] = field(default_factory=dict)
    withdrawn: list[Claim] = field(default_factory=list)
    state: _State | None = None
    sequence: int = -1
    number: int = 0
    created: date = date.min
    changed: date = date.min


def handover_calendar(
    dataset: Dataset,
    known: date | str | None = None,
    sources: Collection[str] | str | None = None,
    lang: str = "en",
    *,
    page: Page,
) -> bytes:
    """Return due (tentative) and done (confirmed) handovers as events of whole days.

    A handover that is known to lie between two days covers them all. One that was postponed without
    a new date, or whose claims were all withdrawn, is cancelled. Time stamps are the days on which
    the claims appeared, so that equal input gives equal bytes. Raises BadQuery.
    """
    phrases = Phrases(dataset, lang)
    clock, chosen = check_known(known), check_sources(dataset, sources)
    calendar = Calendar()
    calendar.add("prodid", "-//geomap//handovers//EN")
    calendar.add("version", "2.0")
    for name in ("name", "x-wr-calname"):
        calendar.add(name, _Text(phrases.title))
    for name in ("description", "x-wr-caldesc"):
        calendar.add(name, _Text(phrases.about))
    calendar.add("x-wr-timezone", dataset.meta.timezone)
    latest = _latest(dataset, clock, chosen)
    for handover in sorted(latest, key=lambda handover: handover.key):
        calendar.add_component(_entry(phrases, handover, page, clock))
    return bytes(calendar.to_ical())


def _latest(
    dataset: Dataset, known: date | None, chosen: tuple[str, ...] | None
) -> list[_Handover]:
    """Return the handovers that changed last: those of the last change, and of those before it.

    The history is walked from as far back as they need, and no further.
    """
    back = 2 * MOST_HANDOVERS
    while True:
        recent = with_latest_changes(dataset, back, known, chosen)
        history = changes(recent, known, chosen)
        dated = [h for h in _history(recent, history) if h.state]
        latest = sorted(dated, key=lambda handover: handover.number)[-MOST_HANDOVERS:]
        # Of what changed before the last `back` changes not all may be known.
        is_whole = len(recent.ledger.claims) == len(dataset.ledger.claims)
        if is_whole or (len(latest) == MOST_HANDOVERS and latest[0].number >= len(history) - back):
            return latest
        back *= 4


def _history(dataset: Dataset, history: Iterable[Change]) -> list[_Handover]:
    """Walk the history day by day and return what each handover came to."""
    keys = _handover_keys(dataset)
    handovers = {key: _Handover(key) for key in dict.fromkeys(keys.values())}
    numbers: dict[str, int] = {}
    for day, group in groupby(enumerate(history), key=lambda numbered: numbered[1].day):
        touched: dict[str, _Handover] = {}
        for number, change in group:
            id = change.claim.event
            if id not in keys:
                continue
            handover = touched.setdefault(keys[id], handovers[keys[id]])
            handover.before[id] = change.after or change.before or handover.before[id]
            if change.after:
                handover.events[id] = change.after
            else:
                handover.events.pop(id, None)
            if change.withdrawn:
                handover.withdrawn.append(change.claim)
            numbers[handover.key] = number
        for handover in touched.values():
            _turn(handover, day, numbers[handover.key])
    return list(handovers.values())


def _turn(handover: _Handover, day: date, number: int) -> None:
    """Bring a handover's entry up to date with what its events came to on a day.

    `number` is that of the last change that touched it on the day.
    """
    state = _state(handover)
    if state is None:
        return
    if handover.state is None:
        handover.created = day
    if state != handover.state:
        handover.sequence += 1
    handover.state, handover.changed, handover.number = state, day, number


def _state(handover: _Handover) -> _State | None:
    """The days and the status of a handover now; None if it never had a day."""
    current = _current(handover.events.values())
    span = hull_of(current)
    if span:
        status = "CONFIRMED" if current[0].is_handover else "TENTATIVE"
        return _State(*_whole_days(span), status)
    if handover.state is None:
        return None
    return _State(handover.state.first, handover.state.last, "CANCELLED")


def _whole_days(span: Span) -> tuple[date, date]:
    """A span open to the past stands in a calendar on its last day."""
    return span.start or span.end, span.end


def _current(events: Iterable[Event]) -> tuple[Event, ...]:
    """The events that a calendar shows: the handover, or else the arrangement that counts last.

    Several where arrangements in force from the same day contradict each other.
    """
    ordered = sorted(events, key=chain_order)
    done = [event for event in ordered if event.is_handover]
    if done:
        return (done[-1],)
    return in_force_with(ordered[-1], ordered) if ordered else ()


def _handover_keys(dataset: Dataset) -> dict[str, str]:
    """Return the key of the handover that each arrangement and handover event belongs to, by id.

    Every claim of the ledger counts here, withdrawn or not, whoever makes it: what an entry is
    about must not depend on who asks.
    """
    ledger = dataset.ledger
    claims: dict[str, list[Claim]] = {}
    for claim in ledger.claims:
        claims.setdefault(claim.event, []).append(claim)
    keys: dict[str, str] = {}
    for chain in chains(event_of(ledger, rows) for rows in claims.values()):
        reported = [
            (min(visible_from(ledger, claim) for claim in event.claims), event.id)
            for event in chain.events
        ]
        keys |= {event.id: min(reported)[1] for event in chain.events}
    return keys


def _entry(phrases: Phrases, handover: _Handover, page: Page, clock: date | None) -> Entry:
    current = _current(handover.events.values()) or _current(handover.before.values())
    state = handover.state
    if not current or state is None:
        raise ValueError(f"handover {handover.key!r} has no event")
    dataset = phrases.dataset
    entry = Entry()
    entry.add("uid", stable_id(dataset.id, "handover", handover.key))
    entry.add("sequence", handover.sequence)
    stamp = phrases.midnight(handover.changed)
    for name in ("dtstamp", "last-modified"):
        entry.add(name, stamp)
    entry.add("created", phrases.midnight(handover.created))
    entry.add("dtstart", state.first)
    entry.add("dtend", state.last + _DAY)
    entry.add("summary", _Text(_summary(phrases, handover, current)))
    entry.add("description", _Text(_description(phrases, handover)))
    entry.add("status", state.status)
    entry.add("transp", "TRANSPARENT")
    entry["categories"] = _Text(phrases.region(current[0].region))
    address = page(phrases.shown(current[0]), clock)
    if "://" in address:  # URL takes no relative address
        entry.add("url", clean(address))
    return entry


def _summary(phrases: Phrases, handover: _Handover, current: tuple[Event, ...]) -> str:
    moving = postponements(handover.events.values())
    texts = [_summary_of(phrases, event, event.id in moving) for event in current]
    text = phrases.words.alternatives(list(dict.fromkeys(texts)))
    return phrases.of_region(current[0].region, text)


def _summary_of(phrases: Phrases, event: Event, postponed: bool) -> str:
    """What was agreed, or what happened; with its days unless it is the one day of the entry."""
    if event.is_handover and event.span and (event.disputed or not event.span.exact):
        return phrases.transfer(event, phrases.when(event))
    return event_text(phrases.words, phrases.dataset, event, postponed=postponed)


def _description(phrases: Phrases, handover: _Handover) -> str:
    """Who states the handover and who is consistent with it, what was withdrawn, and the terms.

    Each claim stands with its source, its place there, its note and its address.
    """
    say = phrases.words.say
    events = sorted(handover.events.values(), key=chain_order)
    moving = postponements(events)
    lines: list[str] = []
    if not events:
        lines.append(say("Every claim about this was withdrawn."))
    for event in events:
        if event.disputed:
            lines.append(say("Sources contradict each other"))
        stating = {claim.row: claim for claim in (*event.stating, *event.stating_since)}
        lines += [
            _cited(phrases, stating[row], postponement=event.id in moving)
            for row in sorted(stating)
        ]
    consistent = [(event, claim) for event in events for claim in event.consistent]
    if consistent:
        lines += ["", say("Consistent with this, without stating it:")]
        lines += [
            _cited(phrases, claim, postponement=event.id in moving) for event, claim in consistent
        ]
    if handover.withdrawn:
        lines.append("")
    for claim in handover.withdrawn:
        text = say("Withdrawn: {text}", text=phrases.cited(claim))
        lines.append(_indented(text, phrases.reason(claim)))
    return "\n".join([*lines, "", phrases.rights])


def _cited(phrases: Phrases, claim: Claim, *, postponement: bool) -> str:
    url = phrases.dataset.ledger.sources[claim.source].url
    text = phrases.cited(claim, postponement=postponement)
    return _indented(text, phrases.note(claim), url)


def _indented(text: str, *below: str) -> str:
    return "\n  ".join([text, *(line for line in below if line)])
