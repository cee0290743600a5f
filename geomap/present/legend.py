"""The legend: what the signs on the map mean, as far as they occur."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from geomap.core.dataset import Dataset
from geomap.core.region_status import Divided
from geomap.present.looks import Look, look_of
from geomap.present.statuses import Facts
from geomap.wording import Words, legend_name
from geomap.wording.sentences import actor_name

DISPUTED_SIGN = "≠ "
"""Before the name of a region about which sources contradict each other."""


MOST_DIVIDED = {"yes": 2, "perhaps": 1}
"""So many signs of regions that are, or are perhaps, divided name their holders; more share one."""


@dataclass(frozen=True)
class LegendEntry:
    """One sign and its words; `kind` is `actor`, a status kind, or what can be so besides."""

    kind: str
    look: Look
    label: str


def legend(words: Words, dataset: Dataset, shown: Iterable[Facts]) -> tuple[LegendEntry, ...]:
    """Return the signs that a map needs which shows regions of which these are the facts."""
    return tuple(_entries(words, dataset, sorted(set(shown), key=str)))


def _entries(words: Words, dataset: Dataset, shown: list[Facts]) -> Iterator[LegendEntry]:
    present = set().union(*(facts.actors for facts in shown))
    for id in dataset.ledger.actors:
        if id in present:
            yield _entry("actor", Facts("held", id), legend_name(words, dataset, id))
    for facts in [facts for facts in shown if facts.next_actors][:1]:
        due = Facts("due", facts.actor, facts.next_actors)
        yield _entry("due", due, words.say("Due to be handed over"))
    yield from _divided(words, dataset, shown, "perhaps")
    yield from _divided(words, dataset, shown, "yes")
    for facts in [facts for facts in shown if facts.claimants][:1]:
        claimed = Facts("unclear", claimants=facts.claimants)
        label = words.say("Sources name different holders")
        yield _entry("contradiction", claimed, DISPUTED_SIGN + label)
    if any(facts.kind == "unclear" and not facts.claimants for facts in shown):
        yield _entry("unclear", Facts("unclear"), words.say("Not clear on this date"))
    if any(facts.kind == "unknown" for facts in shown):
        yield _entry("unknown", Facts("unknown"), words.say("Not known"))
    if any(facts.overdue for facts in shown):
        yield _entry("overdue", Facts("held", overdue=True), words.say("Was due"))
    if any(facts.disputed and not facts.claimants for facts in shown):
        label = f"{DISPUTED_SIGN}{words.say('Sources contradict each other')}"
        yield _entry("disputed", Facts("held", disputed=True), label)


def _divided(
    words: Words, dataset: Dataset, shown: list[Facts], divided: Divided
) -> Iterator[LegendEntry]:
    """The signs of regions that are, or are perhaps, divided: one for each pair of holders.

    Where there are more of them than a legend has room for, one sign stands for all.
    """
    kind = "divided" if divided == "yes" else "perhaps_divided"
    signs = dict.fromkeys(
        Facts("held", facts.actor, divided=divided, other_actors=facts.other_actors)
        for facts in shown
        if facts.divided == divided
    )
    if len(signs) > MOST_DIVIDED[divided]:
        yes, perhaps = words.say("Divided: held in part by another"), words.say("Perhaps divided")
        yield _entry(kind, next(iter(signs)), yes if divided == "yes" else perhaps)
        return
    for sign in signs:
        names = [actor_name(words, dataset, id) for id in sign.other_actors]
        others = words.joined_names(names)
        if divided == "yes":
            label = words.say("Divided: a part held by {others}", others=others)
        else:
            label = words.say("Perhaps divided: a part held by {others}", others=others)
        yield _entry(kind, sign, label)


def _entry(kind: str, facts: Facts, label: str) -> LegendEntry:
    return LegendEntry(kind, look_of(facts), label)
