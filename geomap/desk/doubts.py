"""Doubts about a sound dataset: what a desk editor would ask before it is published."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from dataclasses import fields
from datetime import date
from itertools import combinations
from typing import Any

from geomap.check.ledger import ACTORS, CLAIMS, REPORTS, SOURCES
from geomap.check.names import META
from geomap.core.claims import Actor, Claim
from geomap.core.dataset import Dataset
from geomap.core.dates import intersect
from geomap.core.status import intervals
from geomap.desk.colours import APART, SIGHTS, Colour, difference, over, seen
from geomap.errors import Fault, quoted
from geomap.present.themes import THEMES, Theme
from geomap.wording import LANGUAGES

_NAMED = 8
_MOST_COLOURS = 60
"""Colours that are compared, each with each."""


def doubts(dataset: Dataset) -> list[Fault]:
    """Return a doubt for each thing in a dataset that may be meant, but most often is a slip."""
    return [
        Fault(file, row, column, message, doubt=True, value=value)
        for kind in _KINDS
        for file, row, column, message, value in kind(dataset)
    ]


_Doubt = tuple[str, int | None, str | None, str, str | None]
"""File, row, column, message and value."""


def _languages(dataset: Dataset) -> Iterator[_Doubt]:
    for language in dataset.meta.languages:
        if language not in LANGUAGES:
            message = (
                f"has {quoted(language)}, for which geomap has no catalogue, so that its readers get "
                f"English; use those of {', '.join(LANGUAGES)}, or translate one"
            )
            yield META, None, "languages", message, language


def _sources_of_nothing(dataset: Dataset) -> Iterator[_Doubt]:
    ledger = dataset.ledger
    cited = {row.source for row in ledger.claims} | {row.source for row in ledger.reports}
    cited |= {milestone.source for milestone in dataset.meta.milestones}
    cited |= {*dataset.regions["lies_within_source"], *dataset.context["source"]}
    for source in ledger.sources.values():
        if source.id not in cited:
            message = "is cited by no claim and no report; remove it, or add what it says"
            yield SOURCES.file, source.row, "id", message, source.id


def _rows_twice(dataset: Dataset) -> Iterator[_Doubt]:
    """Yield claims and reports that say what another row says; who entered it does not count."""
    for file, rows in (
        (CLAIMS.file, dataset.ledger.claims),
        (REPORTS.file, dataset.ledger.reports),
    ):
        first: dict[Hashable, int] = {}
        for row in rows:
            other = first.setdefault(_content(row), row.row)
            if other != row.row:
                yield file, row.row, None, f"says the same as row {other}; remove one of them", None


def _sources_against_themselves(dataset: Dataset) -> Iterator[_Doubt]:
    """Yield claims of one source about one event that allow no day in common.

    Sources contradict each other, but one of them rarely itself: most often a row was corrected
    beside the old one, or two people edited it and both versions were kept.
    """
    first: dict[tuple[str, str], Claim] = {}
    for claim in dataset.ledger.claims:
        if claim.date is None or claim.withdrawn:
            continue
        other = first.setdefault((claim.event, claim.source), claim)
        if other.date and intersect([claim.date, other.date]) is None:
            message = (
                f"differs from {other.date} in row {other.row}, which has the same source and event; "
                "withdraw the one that is wrong"
            )
            yield CLAIMS.file, claim.row, "date", message, str(claim.date)


def _content(row: Any) -> Hashable:
    """Return what a row says, as a value that is equal for rows that say the same."""
    values = {field.name: getattr(row, field.name) for field in fields(row)}
    values |= {name: tuple(sorted(v.items())) for name, v in values.items() if isinstance(v, dict)}
    return tuple(value for name, value in values.items() if name not in ("row", "author"))


def _holes(dataset: Dataset) -> Iterator[_Doubt]:
    """Yield the stretches for which no source says who holds a region."""
    claimed = {claim.region for claim in dataset.ledger.claims}
    if never := [id for id in dataset.regions["id"] if id not in claimed]:
        message = f"no claim is about {_listed(never)}, which the map calls not known; add one"
        yield CLAIMS.file, None, "region", message, None
    stretches: dict[tuple[date, date], list[str]] = {}
    for id, parts in intervals(dataset).items():
        for part in parts:
            if id in claimed and part.status.control_status == "unknown":
                stretches.setdefault((part.first, part.last), []).append(id)
    for (first, last), ids in stretches.items():
        message = (
            f"no claim about {_listed(ids)} says who held it from {first} to {last}; "
            "add a claim, or let the period of the map begin later"
        )
        yield CLAIMS.file, None, "region", message, None


def _listed(ids: list[str]) -> str:
    names = ", ".join(map(quoted, ids[:_NAMED])) + (", …" if len(ids) > _NAMED else "")
    return names if len(ids) == 1 else f"{len(ids)} regions ({names})"


def _colours(dataset: Dataset) -> Iterator[_Doubt]:
    """Yield the pairs of actors whose colours on the map some eyes cannot tell apart."""
    used = {claim.actor for claim in dataset.ledger.claims}
    actors = [actor for actor in dataset.ledger.actors.values() if actor.id in used]
    for one, other in combinations(actors[:_MOST_COLOURS], 2):
        for name, theme in THEMES.items():
            sights = _confused(_fill(one, theme), _fill(other, theme))
            if not sights:
                continue
            who = "every reader" if "normal" in sights else f"readers with {' or '.join(sights)}"
            message = (
                f"is hard to tell from the colour of {quoted(other.id)} (row {other.row}) for {who} "
                f"in the {name} theme; make one of them clearly lighter or darker"
            )
            column = "colour:dark" if theme.dark and one.dark else "colour"
            yield ACTORS.file, one.row, column, message, _colour(one, theme)


def _confused(one: Colour, other: Colour) -> list[str]:
    """Return the names of the sights to which two colours look alike."""
    return [s for s in SIGHTS if difference(seen(one, s), seen(other, s)) < APART]


def _fill(actor: Actor, theme: Theme) -> Colour:
    return over(_colour(actor, theme), theme.land, theme.opacity)


def _colour(actor: Actor, theme: Theme) -> str:
    return (actor.dark if theme.dark else None) or actor.colour


_KINDS: tuple[Callable[[Dataset], Iterator[_Doubt]], ...] = (
    _languages,
    _sources_of_nothing,
    _rows_twice,
    _sources_against_themselves,
    _holes,
    _colours,
)
