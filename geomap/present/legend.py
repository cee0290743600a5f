"""The legend: what the signs on the map mean, as far as they occur."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from geomap.core.dataset import Dataset
from geomap.present.looks import Look, look_of
from geomap.present.statuses import Facts
from geomap.wording import Words, legend_name

DISPUTED_SIGN = "≠ "
"""Before the name of a region about which sources contradict each other."""


@dataclass(frozen=True)
class LegendEntry:
    """One sign and its words; `kind` is `actor`, a status kind or a modifier of `looks`."""

    kind: str
    look: Look
    label: str


def legend(words: Words, dataset: Dataset, shown: Iterable[Facts]) -> tuple[LegendEntry, ...]:
    """Return the signs that a map needs which shows regions of which these are the facts."""
    shown = list(shown)
    present = {facts.actor for facts in shown} | {facts.next_actor for facts in shown}
    entries = [
        _entry("actor", Facts("held", id), legend_name(words, dataset, id))
        for id in dataset.ledger.actors
        if id in present
    ]
    due = sorted({(f.actor, f.next_actor) for f in shown if f.next_actor}, key=str)
    for holder, following in due[:1]:
        facts = Facts("due", holder, following)
        entries.append(_entry("due", facts, words.say("Due to be handed over")))
    divided = [facts.actor for facts in shown if facts.part and facts.actor]
    if divided:
        facts = Facts("held", divided[0], part=True)
        entries.append(_entry("part", facts, words.say("Held in part")))
    # Always shown: a reader must see that the map can say that it does not know.
    entries.append(_entry("unclear", Facts("unclear"), words.say("Not clear on this date")))
    if any(facts.kind == "unknown" for facts in shown):
        entries.append(_entry("unknown", Facts("unknown"), words.say("Not known")))
    if any(facts.overdue for facts in shown):
        entries.append(_entry("overdue", Facts("held", overdue=True), words.say("Overdue")))
    if any(facts.disputed for facts in shown):
        label = f"{DISPUTED_SIGN}{words.say('Sources contradict each other')}"
        entries.append(_entry("disputed", Facts("held", disputed=True), label))
    return tuple(entries)


def only_needed(entries: Iterable[LegendEntry], shown: Iterable[Facts]) -> list[LegendEntry]:
    """Return a legend without what does not occur, for where there is little room."""
    kinds = {facts.kind for facts in shown}
    return [entry for entry in entries if entry.kind != "unclear" or "unclear" in kinds]


def _entry(kind: str, facts: Facts, label: str) -> LegendEntry:
    return LegendEntry(kind, look_of(facts), label)
