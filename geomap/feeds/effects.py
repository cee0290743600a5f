"""What a change did to what was known, in whole sentences."""

from __future__ import annotations

from collections.abc import Callable

from geomap.core.dates import intersect
from geomap.core.events import Event
from geomap.core.history import Change, Effect
from geomap.feeds.entries import Entry, is_opposed
from geomap.feeds.phrases import Phrases


def effect_text(phrases: Phrases, entry: Entry) -> str:
    """Return what a change did, in whole sentences."""
    change = entry.change
    texts = [_EFFECTS[change.effect](phrases, change)]
    if entry.against:
        others = [phrases.stated(event) for event in entry.against]
        text = phrases.words.say(
            "This contradicts another claim about who holds {region}: {claims}.",
            region=phrases.place(change.claim.region),
            claims=phrases.words.listing(others),
        )
        texts.append(text)
    return " ".join(texts)


def _first(phrases: Phrases, change: Change) -> str:
    return phrases.words.say("This is the first claim about it.")


def _postponed(phrases: Phrases, change: Change) -> str:
    return phrases.words.say(
        "This postponed the handover of {region}. Before: {before}. Now: {after}.",
        region=phrases.place(change.claim.region),
        before=phrases.when(change.moved),
        after=phrases.when(change.after),
    )


def _agrees(phrases: Phrases, change: Change) -> str:
    event = _standing(change.after)
    if change.claim in event.stating:
        return phrases.words.say(
            "This states what was known already: {when}.", when=phrases.when(event)
        )
    if change.claim in event.stating_since:
        return phrases.words.say(
            "This states what was known already: agreed {since}.", since=phrases.since(event)
        )
    return phrases.words.say(
        "This is consistent with what was known: {when} ({sources}).",
        when=phrases.when(event),
        sources=phrases.sources(event.stating),
    )


def _contradicts(phrases: Phrases, change: Change) -> str:
    before, after = _standing(change.before), _standing(change.after)
    if not is_opposed(change):
        return phrases.words.say(
            "This contradicts none of the claims about it, which contradict each other: {when}.",
            when=phrases.when(after),
        )
    dates = [claim.date for claim in after.claims if claim.date]
    if dates and intersect(dates) is None:
        return phrases.words.say(
            "This contradicts another claim, so it is disputed. "
            "Before: {before}. The days claimed now: {after}.",
            before=phrases.when(before),
            after=phrases.when(after),
        )
    return phrases.words.say(
        "This contradicts another claim about since when the handover of {region} is agreed. "
        "The days claimed now: {after}.",
        region=phrases.place(after.region),
        after=phrases.since(after),
    )


def _withdrawn_last(phrases: Phrases, change: Change) -> str:
    return phrases.words.say("This claim was withdrawn. No claim about it is left.")


def _settled(phrases: Phrases, change: Change) -> str:
    return phrases.words.say(
        "This claim was withdrawn, and the others no longer contradict each other. "
        "Before: {before}. Now: {after}.",
        before=phrases.when(change.before),
        after=phrases.when(change.after),
    )


def _withdrawn(phrases: Phrases, change: Change) -> str:
    before, after = phrases.when(change.before), phrases.when(change.after)
    if before != after:
        return phrases.words.say(
            "This claim was withdrawn. Before: {before}. Now: {after}.",
            before=before,
            after=after,
        )
    return phrases.words.say("This claim was withdrawn. The others still say: {when}.", when=after)


def _narrowed(phrases: Phrases, change: Change) -> str:
    """What a claim that says more than was known added to it."""
    before, after = _standing(change.before), _standing(change.after)
    say, region = phrases.words.say, phrases.place(after.region)
    texts = []
    if before.span != after.span:
        texts.append(_narrowed_days(phrases, before, after))
    if before.in_force != after.in_force:
        text = say(
            "This narrows down since when the handover of {region} is agreed. "
            "Before: {before}. Now: {after}.",
            region=region,
            before=phrases.since(before),
            after=phrases.since(after),
        )
        texts.append(text)
    if after.part and not before.part:
        texts.append(say("It is about a part of {region} only.", region=region))
    return " ".join(texts)


def _narrowed_days(phrases: Phrases, before: Event, after: Event) -> str:
    values = {
        "region": phrases.place(after.region),
        "before": phrases.when(before),
        "after": phrases.when(after),
    }
    if after.is_arrangement:
        return phrases.words.say(
            "This narrows down when the handover of {region} is due. "
            "Before: {before}. Now: {after}.",
            **values,
        )
    if after.is_handover:
        return phrases.words.say(
            "This narrows down the handover of {region}. Before: {before}. Now: {after}.",
            **values,
        )
    if after.is_claimed:
        return phrases.words.say(
            "This narrows down since when {region} is claimed. Before: {before}. Now: {after}.",
            **values,
        )
    if after.is_renounced:
        return phrases.words.say(
            "This narrows down when the claim to {region} was renounced. "
            "Before: {before}. Now: {after}.",
            **values,
        )
    return phrases.words.say(
        "This narrows down when {region} came to be held. Before: {before}. Now: {after}.",
        **values,
    )


def _standing(event: Event | None) -> Event:
    if event is None:
        raise ValueError("this effect is of an event that stands before and after it")
    return event


_EFFECTS: dict[Effect, Callable[[Phrases, Change], str]] = {
    "first": _first,
    "postponed": _postponed,
    "narrowed": _narrowed,
    "agrees": _agrees,
    "contradicts": _contradicts,
    "withdrawn": _withdrawn,
    "withdrawn_last": _withdrawn_last,
    "settled": _settled,
}
