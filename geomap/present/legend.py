"""The legend: what the signs on the map mean, as far as they occur."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from geomap.core.dataset import Dataset
from geomap.core.region_status import Divided
from geomap.present.looks import Look, look_of
from geomap.present.statuses import Facts
from geomap.wording import Words, legend_name
from geomap.wording.catalogue import Name
from geomap.wording.sentences import actor_name

DISPUTED_SIGN = "≠ "
"""Before the name of a region about which sources contradict each other."""
MOST_DUE = 2
"""So many signs of regions due to pass to somebody name who gets them; more share one."""
MOST_DIVIDED = {"yes": 2, "perhaps": 1}
"""So many signs of regions that are, or are perhaps, divided name their holders; more share one."""
MOST_CLAIMED = 2
"""So many signs of regions that governments claim name them; more share one."""
KINDS = (
    *("actor", "due", "perhaps_divided", "divided", "contradiction", "unclear", "unknown"),
    *("claimed", "overdue", "disputed", "area", "outside", "line"),
)
"""The kinds of entries in the order in which a legend has them."""


@dataclass(frozen=True)
class LegendEntry:
    """One sign and its words; `kind` is one of `KINDS`. The sign of a `line` is a line.

    `short` stands for the label where there is little room, `shorter` where there is next to none;
    `more` is said beside it where there is much.
    """

    kind: str
    look: Look
    label: str
    more: str = ""
    short: str = ""
    shorter: str = ""

    @property
    def short_label(self) -> str:
        """The label where there is little room."""
        return self.short or self.label

    @property
    def shortest_label(self) -> str:
        """The label where there is next to no room."""
        return self.shorter or self.short_label


def legend(words: Words, dataset: Dataset, shown: Iterable[Facts]) -> tuple[LegendEntry, ...]:
    """Return the signs that a map needs which shows regions of which these are the facts."""
    return tuple(_entries(words, dataset, sorted(set(shown), key=str)))


def in_order(entries: Iterable[LegendEntry]) -> tuple[LegendEntry, ...]:
    """Return entries in a legend's order, each once."""
    return tuple(sorted(dict.fromkeys(entries), key=lambda entry: KINDS.index(entry.kind)))


def _entries(words: Words, dataset: Dataset, shown: list[Facts]) -> Iterator[LegendEntry]:
    due = _due_signs(shown)
    perhaps, divided = _divided_signs(shown, "perhaps"), _divided_signs(shown, "yes")
    yield from _actors(words, dataset, shown, named=(due, perhaps, divided))
    yield from _due(words, dataset, due)
    yield from _divided(words, dataset, perhaps, "perhaps")
    yield from _divided(words, dataset, divided, "yes")
    for facts in [facts for facts in shown if facts.claimants][:1]:
        claimed = Facts("unclear", claimants=facts.claimants)
        label = words.say("Sources name different holders")
        yield _entry("contradiction", claimed, DISPUTED_SIGN + label)
    if any(facts.kind == "unclear" and not facts.claimants for facts in shown):
        yield _entry("unclear", Facts("unclear"), words.say("Not clear on this date"))
    if any(facts.kind == "unknown" for facts in shown):
        yield _entry("unknown", Facts("unknown"), words.say("Not known"))
    yield from _claimed(words, dataset, _claimed_signs(shown))
    if any(facts.overdue for facts in shown):
        yield _entry("overdue", Facts("held", overdue=True), words.say("Was due"))
    if any(facts.disputed and not facts.claimants for facts in shown):
        label = f"{DISPUTED_SIGN}{words.say('Sources contradict each other')}"
        yield _entry("disputed", Facts("held", disputed=True), label)


def _actors(
    words: Words, dataset: Dataset, shown: list[Facts], named: Iterable[Sequence[Facts]]
) -> Iterator[LegendEntry]:
    """The colours: of everyone who holds a region, and of those whom no other sign names.

    `named` are the signs of what is due or divided; one of them alone stands for all of its kind.
    """
    holders = {facts.actor for facts in shown if facts.kind != "unclear"}
    others = {id for facts in shown for id in (*facts.next_actors, *facts.other_actors)} - holders
    for signs in named:
        if signs and not _is_general(signs):
            others -= {id for sign in signs for id in (*sign.next_actors, *sign.other_actors)}
    others |= {id for facts in shown for id in facts.claimants} - holders
    if len(claimed := _claimed_signs(shown)) > MOST_CLAIMED:
        others |= {id for sign in claimed for id in sign.claimed_by} - holders
    for id in dataset.ledger.actors:
        if id in holders:
            label = words.say("Held by {actor}", actor=actor_name(words, dataset, id))
            name = legend_name(words, dataset, id)
            yield _entry("actor", Facts("held", id), words.capitalise(label), name)
        elif id in others:
            yield _entry("actor", Facts("held", id), legend_name(words, dataset, id))


def _is_general(signs: Sequence[Facts]) -> bool:
    """Whether there are too many signs to name everyone, so that one stands for them."""
    first = signs[0]
    most = MOST_DUE if first.next_actors else MOST_DIVIDED[first.divided]
    return len(signs) > most


def _due_signs(shown: list[Facts]) -> list[Facts]:
    """The signs of what is due: one for each holder and those who are to get it."""
    due = (facts for facts in shown if facts.kind == "due")
    return [*dict.fromkeys(Facts("due", facts.actor, facts.next_actors) for facts in due)]


def _due(words: Words, dataset: Dataset, signs: Sequence[Facts]) -> Iterator[LegendEntry]:
    if signs and _is_general(signs):
        yield _entry("due", signs[0], words.say("Due to be handed over"))
        return
    for sign in signs:
        actors = _names(words, dataset, sign.next_actors)
        label = words.say("Due to pass to {actors}", actors=actors)
        short = words.say("To be handed over")
        yield _entry("due", sign, words.capitalise(label), short)


def _divided_signs(shown: list[Facts], divided: Divided) -> list[Facts]:
    """The signs of regions that are, or are perhaps, divided: one for each pair of holders."""
    return [
        *dict.fromkeys(
            Facts("held", facts.actor, divided=divided, other_actors=facts.other_actors)
            for facts in shown
            if facts.divided == divided
        )
    ]


def _divided(
    words: Words, dataset: Dataset, signs: Sequence[Facts], divided: Divided
) -> Iterator[LegendEntry]:
    kind = "divided" if divided == "yes" else "perhaps_divided"
    if signs and _is_general(signs):
        yes, perhaps = words.say("Divided: held in part by another"), words.say("Perhaps divided")
        yield _entry(kind, signs[0], yes if divided == "yes" else perhaps)
        return
    for sign in signs:
        others = _names(words, dataset, sign.other_actors)
        if divided == "yes":
            label = words.say("Divided: a part held by {others}", others=others)
            shorter = words.say("Divided")
        else:
            label = words.say("Perhaps divided: a part held by {others}", others=others)
            shorter = words.say("Perhaps divided")
        short = words.say("{sign} ({actors})", sign=shorter, actors=others)
        yield _entry(kind, sign, label, short, shorter)


def _claimed_signs(shown: list[Facts]) -> list[Facts]:
    """The signs of regions that governments claim which do not hold them: one for each choice."""
    claimed = (facts.claimed_by for facts in shown if facts.claimed_by)
    return [Facts("held", claimed_by=claimed_by) for claimed_by in dict.fromkeys(claimed)]


def _claimed(words: Words, dataset: Dataset, signs: Sequence[Facts]) -> Iterator[LegendEntry]:
    if len(signs) > MOST_CLAIMED:
        label = words.say("Claimed by a government that does not hold it")
        yield _entry("claimed", signs[0], label, words.say("Claimed by another"))
        return
    for sign in signs:
        label = words.say("Claimed by {actors}", actors=_names(words, dataset, sign.claimed_by))
        yield _entry("claimed", sign, words.capitalise(label), shorter=words.say("Claimed"))


def _names(words: Words, dataset: Dataset, ids: Iterable[str]) -> Name:
    return words.joined_names([actor_name(words, dataset, id) for id in ids])


def _entry(kind: str, facts: Facts, label: str, short: str = "", shorter: str = "") -> LegendEntry:
    return LegendEntry(kind, look_of(facts), label, short=short, shorter=shorter)
