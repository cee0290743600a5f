"""The sentence at the head of the page: all regions of one day, those of one status together."""

from __future__ import annotations

from collections.abc import Sequence

from geomap.core.dataset import Dataset
from geomap.core.rules import Status
from geomap.wording.catalogue import Name, Spans, Words
from geomap.wording.sentences import actor_name, capitalised, join, region_name
from geomap.wording.spans import format_span

_ORDER = ("handed_over", "due", "unclear", "held", "unknown")


def headline(
    words: Words, dataset: Dataset, found: Sequence[Status], year: int | None = None
) -> Spans:
    """Return the page's headline sentence for the statuses of one day.

    The day itself stays as the bold piece `{date}`, for the page to fill in, so that one headline
    serves all days on which nothing changes.
    """
    groups: dict[tuple[object, ...], list[Status]] = {}
    for status in found:
        due = status.pending
        by = due.span if due else None
        handed_over = status.control_status == "handed_over"
        key = (
            *(_ORDER.index(status.control_status), status.overdue, _in_part(status)),
            *(due.actor if due else status.actor, str(by), status.may_have_changed_hands),
            handed_over and status.held_in_part,
        )
        groups.setdefault(key, []).append(status)
    ordered = sorted(groups.items(), key=lambda item: item[0][:3])
    parts = [_headline_part(words, dataset, group, year) for _, group in ordered]
    said = join([*parts[:1], *(capitalised(words, part) for part in parts[1:])])
    opening = words.spans("On *{date}*, {sentences}", date="{date}", sentences="{sentences}")
    pieces: list[tuple[str, bool]] = []
    for text, strong in opening:
        before, found_here, after = text.partition("{sentences}")
        pieces += [(before, strong)] if before else []
        if found_here:
            pieces += said
            pieces += [(after, strong)] if after else []
    return tuple(pieces)


def _in_part(status: Status) -> bool:
    return bool(status.told and status.told.part)


def _headline_part(words: Words, dataset: Dataset, group: list[Status], year: int | None) -> Spans:
    # A list takes the plural whatever its length; by number, Russian would count 21 names as one.
    first, count = group[0], min(len(group), 2)
    regions = words.name_list([region_name(words, dataset, s.region) for s in group])
    if first.control_status == "unclear":
        return _headline_unclear(words, first, regions, count)
    if first.pending:
        return _headline_due(words, dataset, first, regions, count, year)
    values = {"regions": regions, "actor": actor_name(words, dataset, first.actor)}
    # Where more or less is held now than was handed over, the headline says what is so now.
    if first.control_status == "handed_over" and _in_part(first) == first.held_in_part:
        if first.held_in_part:
            return words.spans_many(
                "{regions} has been handed over in part to {actor}.",
                "{regions} have been handed over in part to {actor}.",
                count,
                **values,
            )
        return words.spans_many(
            "{regions} has been handed over to {actor}.",
            "{regions} have been handed over to {actor}.",
            count,
            **values,
        )
    if first.held_in_part:
        return words.spans_many(
            "{regions} is held in part by {actor}.",
            "{regions} are held in part by {actor}.",
            count,
            **values,
        )
    if first.actor:
        return words.spans_many(
            "{regions} is held by {actor}.", "{regions} are held by {actor}.", count, **values
        )
    return words.spans_many(
        "{regions} has no known holder.", "{regions} have no known holder.", count, **values
    )


def _headline_unclear(words: Words, status: Status, regions: Name, count: int) -> Spans:
    values = {"regions": regions}
    part = _in_part(status)
    if status.may_have_changed_hands and part:
        return words.spans_many(
            "{regions} may or may not have changed hands in part.",
            "{regions} may or may not have changed hands in part.",
            count,
            **values,
        )
    if status.may_have_changed_hands:
        return words.spans_many(
            "{regions} may or may not have changed hands.",
            "{regions} may or may not have changed hands.",
            count,
            **values,
        )
    # These follow "On this day, ", hence the small letter; after a sentence it becomes a capital.
    if part:
        return words.spans_many(
            "it is not clear who held a part of {regions}.",
            "it is not clear who held a part of {regions}.",
            count,
            **values,
        )
    return words.spans_many(
        "it is not clear who held {regions}.",
        "it is not clear who held {regions}.",
        count,
        **values,
    )


def _headline_due(
    words: Words, dataset: Dataset, status: Status, regions: Name, count: int, year: int | None
) -> Spans:
    due = status.pending
    if due is None:
        raise ValueError("only a pending handover has a headline of this kind")
    values: dict[str, object] = {
        "regions": regions,
        "actor": actor_name(words, dataset, due.actor),
        "by": format_span(words, due.span, "by", year=year) if due.span else "",
    }
    if due.span is None and due.part:
        return words.spans_many(
            "{regions} is due to be handed over in part to {actor}; no date is stated.",
            "{regions} are due to be handed over in part to {actor}; no date is stated.",
            count,
            **values,
        )
    if due.span is None:
        return words.spans_many(
            "{regions} is due to be handed over to {actor}; no date is stated.",
            "{regions} are due to be handed over to {actor}; no date is stated.",
            count,
            **values,
        )
    if status.overdue and due.part:
        return words.spans_many(
            "{regions} is overdue: the handover in part to {actor} was to happen {by}.",
            "{regions} are overdue: the handover in part to {actor} was to happen {by}.",
            count,
            **values,
        )
    if status.overdue:
        return words.spans_many(
            "{regions} is overdue: the handover to {actor} was to happen {by}.",
            "{regions} are overdue: the handover to {actor} was to happen {by}.",
            count,
            **values,
        )
    if due.part:
        return words.spans_many(
            "{regions} is due to be handed over in part {by}.",
            "{regions} are due to be handed over in part {by}.",
            count,
            **values,
        )
    return words.spans_many(
        "{regions} is due to be handed over {by}.",
        "{regions} are due to be handed over {by}.",
        count,
        **values,
    )
