"""The short texts around a map: legend, ticks of the slider, credit, first and final dates."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from geomap.core.claims import Claim
from geomap.core.dataset import Dataset, text_in
from geomap.core.events import postponements, resolve, source_counts
from geomap.core.rules import Status
from geomap.core.status import Interval
from geomap.wording import Words, format_day, format_span, legend_name
from geomap.wording.sentences import citation, place, region_name, source_label

_CREDITED = 2


def credit(words: Words, dataset: Dataset, claims: Collection[Claim]) -> str:
    """Return the line under the map: whose word it shows, and where its boundaries come from."""
    used = {claim.source for claim in claims}
    names = [source_label(words, dataset, id) for id in dataset.ledger.sources if id in used]
    shown = " · ".join(names[:_CREDITED])
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


def legend(
    words: Words, dataset: Dataset, parts: dict[str, list[Interval]]
) -> list[dict[str, Any]]:
    """Return the signs that occur in the period, as the map's legend lists them."""
    found = [interval.status for rows in parts.values() for interval in rows]
    numbers = {id: number for number, id in enumerate(dataset.ledger.actors)}
    present = {s.actor for s in found} | {s.pending.actor for s in found if s.pending}
    actors = [id for id in numbers if id in present]
    entries: list[dict[str, Any]] = [
        {"kind": "actor", "actor": numbers[id], "label": legend_name(words, dataset, id)}
        for id in actors
    ]
    due = [(s.actor, s.pending.actor) for s in found if s.pending]
    for holder, following in sorted(set(due), key=str)[:1]:
        entries.append(
            {
                "kind": "due",
                "from": numbers.get(holder) if holder else None,
                "to": numbers[following],
                "label": words.say("Due to be handed over"),
            }
        )
    partial = [s.actor for s in found if s.part and s.actor]
    if partial:
        label = words.say("Held in part")
        entries.append({"kind": "part", "actor": numbers[partial[0]], "label": label})
    # Always shown: a reader must see that the map can say that it does not know.
    entries.append({"kind": "unclear", "label": words.say("Not clear on this date")})
    if any(s.control_status == "unknown" for s in found):
        entries.append({"kind": "unknown", "label": words.say("Not known")})
    if any(s.overdue for s in found):
        entries.append({"kind": "overdue", "label": words.say("Overdue")})
    if any(s.disputed for s in found):
        # The sign that stands before the region's name on the map.
        label = f"≠ {words.say('Sources contradict each other')}"
        entries.append({"kind": "disputed", "label": label})
    return entries


def restrictions(
    words: Words, dataset: Dataset, known: date | None, sources: Collection[str] | None
) -> list[str]:
    """Return which claims are left out, in words, one line a restriction; none without one."""
    found = []
    if known:
        found.append(words.say("As known on {day}", day=format_day(words, known)))
    if sources is not None and set(sources) != set(dataset.ledger.sources):
        names = [source_label(words, dataset, id) for id in sources]
        found.append(words.say("Only by: {sources}", sources=words.listing(names)))
    return found


def ticks(
    words: Words, dataset: Dataset, known: date | None, sources: Collection[str] | None
) -> list[dict[str, str]]:
    """Return the days to mark on the slider, ascending: milestones, postponements, handovers."""
    period = dataset.period
    found: dict[date, dict[str, str]] = {}
    events = resolve(dataset.ledger, known, sources)
    moved = postponements(events)
    for event in events:
        if event.kind == "handover" and event.span:
            name = region_name(words, dataset, event.region)
            start = max(event.span.start or period.start, period.start)
            _tick(found, start, event.span.end, name)
        elif event.id in moved and event.in_force:
            name = region_name(words, dataset, event.region)
            label = words.say("{region} postponed", region=name)
            _tick(found, event.in_force.end, event.in_force.end, label)
    for milestone in dataset.meta.milestones:
        if source_counts(dataset.ledger.sources[milestone.source], known, sources):
            _tick(found, milestone.date, milestone.date, text_in(milestone.label, words.language))
    return [found[day] for day in sorted(found) if period.start <= day <= period.end]


def facts(words: Words, status: Status) -> list[list[str]]:
    """Return the first and the final date of a handover as label and value."""
    found = []
    first, last = status.handover_due_first, status.handover_due
    if first:
        found.append([words.say("First due"), format_span(words, first, "by")])
    if last and last != first:
        found.append([words.say("Then due"), format_span(words, last, "by")])
    if status.handover and status.handover.span and not status.pending:
        when = format_span(words, status.handover.span, "when")
        found.append([words.say("Handed over"), when])
    elif status.since:
        found.append([words.say("Held"), format_span(words, status.since, "since")])
    return found


def cite_short(words: Words, dataset: Dataset, status: Status) -> str:
    """Return who says what is shown: of what may have happened; of the handover; of what is
    pending; else of the holder.
    """
    events = list(status.possible) or [e for e in (status.handover, status.pending) if e]
    if not status.possible and status.handover is None:
        events += status.run
    elif status.control_status == "handed_over" and status.held_in_part != events[0].part:
        # The sentence then says both what was handed over and what is held now.
        events.append(status.run[-1])
    claims = [claim for event in events for claim in event.claims]
    places: dict[str, list[str]] = {}
    for claim in claims:
        named = places.setdefault(claim.source, [])
        where = place(words, claim)
        if where and where not in named:
            named.append(where)
    cited = [citation(words, dataset, id, ", ".join(where)) for id, where in places.items()]
    return " · ".join(dict.fromkeys(cited))


def _tick(found: dict[date, dict[str, str]], first: date, last: date, label: str) -> None:
    """Mark a day; two labels on one day stand side by side."""
    if first in found:
        label = f"{found[first]['label']}, {label}"
    found[first] = {"date": first.isoformat(), "until": last.isoformat(), "label": label}
