"""What changes on the map: what it says of each region on which days, and where regions lie."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import TypeVar

import shapely

from geomap.core.claims import Source
from geomap.core.dataset import Dataset
from geomap.core.dates import Span
from geomap.core.geometry import area_km2
from geomap.core.region_status import Status
from geomap.core.status import Interval, intervals
from geomap.desk.differences import Difference
from geomap.wording import Words, format_day, format_span, statements
from geomap.wording.sentences import citations, region_name

_Said = tuple[str, tuple[str, ...]]
"""What the map says of a region: its sentences in one text, and who states them."""
_Say = Callable[[Status], _Said]
_SAID_OF_REGIONS = ("lies_within", "lies_within_source", "lies_within_locator", "lies_within_note")
Row = TypeVar("Row")
_DAY = timedelta(days=1)


def map_changes(old: Dataset, new: Dataset, words: Words) -> Iterator[Difference]:
    """Yield what changes on the map between two versions, in the order of the regions.

    Days that only one of the versions speaks about are compared with nothing: that the period has
    changed is a difference of dataset.yaml.
    """
    if affected := _affected(old, new) & {*old.regions["id"]}:
        yield from _statuses(old, new, words, affected)
    yield from _outlines(old, new, words)


def _statuses(old: Dataset, new: Dataset, words: Words, affected: set[str]) -> Iterator[Difference]:
    before, after = intervals(old), intervals(new)
    first = max(old.period.start, new.period.start)
    last = min(old.period.end, new.period.end)
    say = partial(_said_by, words, old), partial(_said_by, words, new)
    for id in new.regions["id"]:
        if id in affected:
            for days, was, now in _stretches(before[id], after[id], first, last, *say):
                yield _status(words, new, id, days, was, now)


def _affected(old: Dataset, new: Dataset) -> set[str]:
    """Return the ids of the regions of which the map may say something else than before.

    To compare what it says on every day takes long, and most edits are about few regions.
    """
    names = _unlike(old.ledger.sources, new.ledger.sources, lambda source: source.id)
    # Sources of one name are told apart by their days, so a new one changes how others are cited.
    names |= _unlike(old.ledger.sources, new.ledger.sources, _short_name)
    actors = _unlike(old.ledger.actors, new.ledger.actors, lambda actor: actor.id)
    said: list[dict[str, list[object]]] = []
    affected: set[str] = set()
    for dataset in (old, new):
        of_region: dict[str, list[object]] = {}
        for region in dataset.regions.to_dict("records"):
            of_region[region["id"]] = [{name: region[name] for name in _SAID_OF_REGIONS}]
        for claim in dataset.ledger.claims:
            of_region[claim.region].append(replace(claim, row=0, author=""))
            cited = {claim.source, _short_name(dataset.ledger.sources[claim.source])}
            if claim.actor in actors or cited & names:
                affected.add(claim.region)
        said.append(of_region)
    if actors or names:
        within = (*old.regions.itertuples(), *new.regions.itertuples())
        affected |= {region.id for region in within if region.lies_within}
    one, other = said
    return affected | {id for id in other if one.get(id) != other[id]}


def _unlike(old: Mapping[str, Row], new: Mapping[str, Row], key: Callable[[Row], str]) -> set[str]:
    """Return what `key` says of the rows that differ between two versions, by their id."""
    differing = [id for id in {*old, *new} if old.get(id) != new.get(id)]
    return {key(rows[id]) for id in differing for rows in (old, new) if id in rows}


def _short_name(source: Source) -> str:
    return source.name or source.publisher


def _said_by(words: Words, dataset: Dataset, status: Status) -> _Said:
    sentences = statements(words, dataset, status)
    text = " ".join("".join(piece for piece, _ in each.text) for each in sentences)
    cited = [place for each in sentences for place in each.cited]
    return text, tuple(citations(words, dataset, cited))


def _stretches(
    old: list[Interval], new: list[Interval], first: date, last: date, say_old: _Say, say_new: _Say
) -> Iterator[tuple[tuple[date, date], _Said, _Said]]:
    """Yield the longest stretches of days on which the two versions say different things."""
    starts = {part.first for part in (*old, *new) if first < part.first <= last} | {first}
    pending: tuple[date, _Said, _Said] | None = None
    old_at, new_at = _Walk(old, say_old), _Walk(new, say_new)
    for day in sorted(starts) if first <= last else ():
        was, now = old_at(day), new_at(day)
        if pending and pending[1:] == (was, now):
            continue
        if pending and pending[1] != pending[2]:
            yield (pending[0], day - _DAY), pending[1], pending[2]
        pending = day, was, now
    if pending and pending[1] != pending[2]:
        yield (pending[0], last), pending[1], pending[2]


def _status(
    words: Words, new: Dataset, id: str, days: tuple[date, date], was: _Said, now: _Said
) -> Difference:
    first, last = days
    when = format_day(words, first)
    if last == new.period.end:
        when = format_span(words, Span(first, first), "since")
    elif last != first:
        when = f"{when} – {format_day(words, last)}"
    region = region_name(words, new, id)
    if was[0] != now[0]:
        before, after = was[0], now[0]
        text = words.say(
            "{region}, {days}. Before: {before} Now: {after}",
            region=region,
            days=when,
            before=before,
            after=after,
        )
    else:
        nobody = words.say("none")
        before, after = (words.listing(list(said[1])) or nobody for said in (was, now))
        text = words.say(
            "{region}, {days}: who states it. Before: {before}. Now: {after}.",
            region=region,
            days=when,
            before=before,
            after=after,
        )
    return Difference(
        "status",
        text,
        region=id,
        first=first.isoformat(),
        last=last.isoformat(),
        before=before,
        after=after,
    )


def _outlines(old: Dataset, new: Dataset, words: Words) -> Iterator[Difference]:
    before = dict(zip(old.regions["id"], old.regions.geometry, strict=True))
    for region in new.regions.itertuples():
        was = before.get(region.id)
        if was is None or shapely.equals_exact(was, region.geometry, normalize=True):
            continue
        areas = [
            words.say("{area} km²", area=f"{area:.3g}" if area < 100 else f"{area:.0f}")
            for area in (
                area_km2(was),
                area_km2(region.geometry),
                _polygons_km2(shapely.symmetric_difference(was, region.geometry)),
            )
        ]
        text = words.say(
            "{region}: its outline has changed. Before: {before}. Now: {after}. "
            "Differing: {differing}.",
            region=region_name(words, new, region.id),
            before=areas[0],
            after=areas[1],
            differing=areas[2],
        )
        yield Difference("outline", text, region.file, region.id, before=areas[0], after=areas[1])


def _polygons_km2(geometry: shapely.Geometry) -> float:
    """Return the area of the polygons in a geometry; lines and points have none."""
    parts = shapely.get_parts(geometry)
    return sum(area_km2(part) for part in parts if part.geom_type == "Polygon")


class _Walk:
    """What a version says of a region, day by day; days are asked for in ascending order."""

    def __init__(self, parts: list[Interval], say: _Say) -> None:
        self._parts = parts
        self._say = say
        self._place = -1
        self._said: _Said = "", ()

    def __call__(self, day: date) -> _Said:
        place = max(self._place, 0)
        while place + 1 < len(self._parts) and self._parts[place + 1].first <= day:
            place += 1
        if place != self._place:
            self._place = place
            self._said = self._say(self._parts[place].status)
        return self._said
