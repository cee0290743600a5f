"""The rows of two versions of a table, matched with each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Generic, TypeVar

from geomap.core.claims import Claim, Report

Row = TypeVar("Row")
Key = Callable[[Any], Hashable]


@dataclass
class Matched(Generic[Row]):
    """Rows of an older and a newer version: those in one alone, and pairs that differ."""

    removed: list[Row] = field(default_factory=list)
    added: list[Row] = field(default_factory=list)
    changed: list[tuple[Row, Row]] = field(default_factory=list)


def match(old: Iterable[Row], new: Iterable[Row], keys: Sequence[Key]) -> Matched[Row]:
    """Return how rows of two versions fit together; their order and row numbers do not count.

    Rows that are alike in everything are matched first; then, in turn, those alike in what each of
    `keys` says.
    """
    matched: Matched[Row] = Matched([*old], [*new])
    for key in (_whole, *keys):
        waiting: defaultdict[Hashable, list[Row]] = defaultdict(list)
        for row in reversed(matched.added):
            waiting[key(row)].append(row)
        left = []
        taken = set()
        for row in matched.removed:
            if alike := waiting[key(row)]:
                other = alike.pop()
                taken.add(id(other))
                if key is not _whole:
                    matched.changed.append((row, other))
            else:
                left.append(row)
        matched.removed = left
        matched.added = [row for row in matched.added if id(row) not in taken]
    return matched


def values(row: Any) -> dict[str, Any]:
    """Return what a row says, by the name of its field; not where it stands."""
    return {f.name: getattr(row, f.name) for f in fields(row) if f.name != "row"}


def match_claims(old: Iterable[Claim], new: Iterable[Claim]) -> Matched[Claim]:
    """Return the claims of two versions, matched by the event and its source, or by their facts."""
    return match(
        old,
        new,
        (
            lambda claim: (claim.event, claim.source, claim.locator, claim.date),
            lambda claim: (claim.event, claim.source, claim.locator),
            lambda claim: (claim.event, claim.source),
            lambda claim: (claim.region, claim.kind, claim.actor, claim.source, claim.date),
            lambda claim: (claim.event, claim.date),
        ),
    )


def match_reports(old: Iterable[Report], new: Iterable[Report]) -> Matched[Report]:
    """Return the reports of two versions, matched by their source and date, or their text."""
    return match(
        old,
        new,
        (
            lambda report: (report.source, report.locator, report.date),
            lambda report: (report.source, report.date),
            lambda report: report.text,
        ),
    )


def _whole(row: Any) -> Hashable:
    # As text: a dict, by which texts are held by language, has no hash.
    return repr(sorted(values(row).items()))
