"""The sentence at the head of the page: all regions of one day, those of one status together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from geomap.core.dataset import Dataset
from geomap.core.region_status import Status
from geomap.wording.catalogue import Name, Spans, Words
from geomap.wording.sentences import actor_name, capitalised, event_when, join, place_name

_ORDER = ("handed_over", "due", "unclear", "held", "unknown")


@dataclass(frozen=True)
class _Group:
    """Regions of one status: their names as a list, how many, and the first of them."""

    words: Words
    dataset: Dataset
    first: Status
    regions: Name
    count: int
    year: int | None

    def spans_many(self, one: str, many: str, **values: object) -> Spans:
        """Return a message in the form for so many regions."""
        return self.words.spans_many(one, many, self.count, regions=self.regions, **values)

    def actor(self, id: str | None) -> Name:
        """Return an actor's name."""
        return actor_name(self.words, self.dataset, id)

    def others(self) -> Name:
        """Return who holds a part, or who is named as holder, as a list."""
        names = [self.actor(id) for id in self.first.other_actors]
        return self.words.joined_names(names)


def headline(
    words: Words, dataset: Dataset, statuses: Sequence[Status], year: int | None = None
) -> Spans:
    """Return the page's headline sentence for the statuses of one day.

    The day itself stays as the bold piece `{date}`, for the page to fill in, so that one headline
    serves all days on which nothing changes.
    """
    groups: dict[tuple[object, ...], list[Status]] = {}
    for status in statuses:
        groups.setdefault(_key(status), []).append(status)
    ordered = sorted(groups.items(), key=lambda item: item[0][:3])
    parts = [_part(words, dataset, group, year) for _, group in ordered]
    parts += _claimed(words, dataset, statuses)
    sentences = join([*parts[:1], *(capitalised(words, part) for part in parts[1:])])
    opening = words.spans("As of *{date}*, {sentences}", date="{date}", sentences="{sentences}")
    pieces: list[tuple[str, bool]] = []
    for text, strong in opening:
        before, marker, after = text.partition("{sentences}")
        pieces += [(before, strong)] if before else []
        if marker:
            pieces += sentences
            pieces += [(after, strong)] if after else []
    return tuple(pieces)


def _key(status: Status) -> tuple[object, ...]:
    """What regions must have in common to share a sentence; its first three give the order."""
    spans = tuple(str(event.span) for event in (*status.pending, *status.dues[:1]))
    # Where nobody is known to hold a region, that a part may have passed is on its card alone.
    divided = status.divided if status.run or status.divided == "yes" else "no"
    return (
        *(_ORDER.index(status.control_status), status.overdue, divided),
        *(status.actor, tuple((e.actor, e.part) for e in status.pending)),
        status.other_actors if divided != "no" or status.contradicting else (),
        *(tuple((e.actor, e.kind) for e in status.possible), bool(status.contradicting)),
        spans if status.control_status in ("due", "unclear") else (),
    )


def _part(words: Words, dataset: Dataset, group: list[Status], year: int | None) -> Spans:
    # A list takes the plural whatever its length; by number, Russian would count 21 names as one.
    names = words.place_list([place_name(words, dataset, s.region) for s in group])
    first, count = group[0], min(len(group), 2)
    return _SENTENCES[first.control_status](_Group(words, dataset, first, names, count, year))


def _claimed(words: Words, dataset: Dataset, statuses: Sequence[Status]) -> list[Spans]:
    """Which regions are claimed by governments that do not hold them: those of one choice together."""
    groups: dict[tuple[str, ...], list[Status]] = {}
    for status in statuses:
        if status.claimed_by_others:
            groups.setdefault(status.claimed_by, []).append(status)
    return [
        words.spans_many(
            "{regions} is claimed by {actors}.",
            "{regions} are claimed by {actors}.",
            min(len(group), 2),
            regions=words.place_list([place_name(words, dataset, s.region) for s in group]),
            actors=words.joined_names([actor_name(words, dataset, id) for id in claimed_by]),
        )
        for claimed_by, group in groups.items()
    ]


def _handed_over(group: _Group) -> Spans:
    actor = group.actor(group.first.actor)
    if group.first.divided == "yes":
        return group.spans_many(
            "{regions} has been handed over to {actor}, but for a part held by {others}.",
            "{regions} have been handed over to {actor}, but for parts held by {others}.",
            actor=actor,
            others=group.others(),
        )
    return group.spans_many(
        "{regions} has been handed over to {actor}.",
        "{regions} have been handed over to {actor}.",
        actor=actor,
    )


def _due(group: _Group) -> Spans:
    status, due = group.first, group.first.pending[0]
    actor = group.actor(due.actor)
    if len(status.pending) > 1:
        return group.spans_many(
            "{regions} is due to be handed over; sources contradict each other on how.",
            "{regions} are due to be handed over; sources contradict each other on how.",
        )
    if due.span is None and due.part:
        return group.spans_many(
            "a part of {regions} is due to be handed over to {actor}; no date is stated.",
            "parts of {regions} are due to be handed over to {actor}; no date is stated.",
            actor=actor,
        )
    if due.span is None:
        return group.spans_many(
            "{regions} is due to be handed over to {actor}; no date is stated.",
            "{regions} are due to be handed over to {actor}; no date is stated.",
            actor=actor,
        )
    by = event_when(group.words, group.dataset, due, "by", group.year)
    if status.overdue and due.part:
        return group.spans_many(
            "a part of {regions} was due to be handed over to {actor} {by}; "
            "none of the sources shown says whether it happened.",
            "parts of {regions} were due to be handed over to {actor} {by}; "
            "none of the sources shown says whether it happened.",
            actor=actor,
            by=by,
        )
    if status.overdue:
        return group.spans_many(
            "{regions} was due to be handed over to {actor} {by}; "
            "none of the sources shown says whether it happened.",
            "{regions} were due to be handed over to {actor} {by}; "
            "none of the sources shown says whether it happened.",
            actor=actor,
            by=by,
        )
    if due.part:
        return group.spans_many(
            "a part of {regions} is due to be handed over to {actor} {by}.",
            "parts of {regions} are due to be handed over to {actor} {by}.",
            actor=actor,
            by=by,
        )
    return group.spans_many(
        "{regions} is due to be handed over to {actor} {by}.",
        "{regions} are due to be handed over to {actor} {by}.",
        actor=actor,
        by=by,
    )


def _unclear(group: _Group) -> Spans:
    status = group.first
    if status.contradicting:
        named = list(dict.fromkeys(event.actor for event in status.contradicting))
        return group.spans_many(
            "sources contradict each other on who holds {regions}: {actors}.",
            "sources contradict each other on who holds {regions}: {actors}.",
            actors=group.words.alternatives([group.actor(id).text for id in named]),
        )
    event = status.possible[0]
    if not event.is_handover and status.actor is None:
        # It follows "As of this day, ", hence the small letter; after a sentence it is a capital.
        return group.spans_many(
            "it is not clear who holds {regions}.", "it is not clear who holds {regions}."
        )
    actor = group.actor(event.actor)
    due = status.dues[0] if status.dues else None
    if due is not None and due.span is not None and due.actor == event.actor:
        return group.spans_many(
            "{regions} was due to be handed over to {actor} {by}, "
            "and it is not clear whether that has happened.",
            "{regions} were due to be handed over to {actor} {by}, "
            "and it is not clear whether that has happened.",
            actor=actor,
            by=event_when(group.words, group.dataset, due, "by", group.year),
        )
    return group.spans_many(
        "it is not clear whether {regions} has passed to {actor}.",
        "it is not clear whether {regions} have passed to {actor}.",
        actor=actor,
    )


def _held(group: _Group) -> Spans:
    actor = group.actor(group.first.actor)
    if group.first.divided == "yes":
        return group.spans_many(
            "{regions} is divided: a part is held by {others}, the rest by {actor}.",
            "{regions} are divided: a part of each is held by {others}, the rest by {actor}.",
            actor=actor,
            others=group.others(),
        )
    if group.first.divided == "perhaps":
        return group.spans_many(
            "{regions} is held by {actor}, perhaps but for a part held by {others}.",
            "{regions} are held by {actor}, perhaps but for parts held by {others}.",
            actor=actor,
            others=group.others(),
        )
    return group.spans_many(
        "{regions} is held by {actor}.", "{regions} are held by {actor}.", actor=actor
    )


def _unknown(group: _Group) -> Spans:
    if group.first.divided == "yes":
        return group.spans_many(
            "a part of {regions} is held by {others}; "
            "none of the sources shown says who holds the rest.",
            "parts of {regions} are held by {others}; "
            "none of the sources shown says who holds the rest.",
            others=group.others(),
        )
    return group.spans_many(
        "none of the sources shown says who holds {regions}.",
        "none of the sources shown says who holds {regions}.",
    )


_SENTENCES: dict[str, Callable[[_Group], Spans]] = {
    "handed_over": _handed_over,
    "due": _due,
    "unclear": _unclear,
    "held": _held,
    "unknown": _unknown,
}
