"""What is drawn beneath the regions, and the names that it wants on the map."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date as Date
from datetime import timedelta
from typing import Any

import shapely

from geomap.core.dataset import Dataset, text_in
from geomap.core.events import source_counts
from geomap.present import texts
from geomap.present.legend import LegendEntry
from geomap.present.looks import LINE, PLAIN_LAND, tint_of, tone_of
from geomap.present.names import Name, Names
from geomap.present.scene import to_unit
from geomap.present.selection import Selection
from geomap.present.typesetting import capitals, clean
from geomap.present.views import ContextView, RegionView, Tone
from geomap.wording import Words
from geomap.wording.sentences import citation

INSET = "inset"
"""The kind of what is on the small map beside the large one (see `inset`)."""


def context_of(words: Words, dataset: Dataset, selection: Selection) -> tuple[ContextView, ...]:
    """Return what is drawn beneath the regions."""
    return tuple(
        _context(words, dataset, selection, row)
        for row in dataset.context.itertuples()
        if row.kind != INSET
    )


def ground_changes(context: Iterable[ContextView]) -> Iterator[Date]:
    """Yield the days on which what lies beneath the regions is another than on the day before."""
    for one in context:
        if one.tone and one.tone.first:
            yield one.tone.first
        if one.first:
            yield one.first
        if one.last and one.last < Date.max:
            yield one.last + timedelta(1)


def ground_signs(
    words: Words, dataset: Dataset, context: Iterable[ContextView], day: Date
) -> Iterator[LegendEntry]:
    """Yield the legend's entries for what lies beneath the regions in the map's first view."""
    view = shapely.box(*dataset.bounds)
    explained = ("country", "area", "line")
    shown = [one for one in context if one.kind in explained and one.is_drawn_on(day)]
    shown = [one for one in shown if shapely.intersects(one.geometry, view)]
    looks = [(one, one.look_on(day)) for one in shown if one.kind != "line"]
    for one, look in looks:
        if look and one.tone and one.tone.label:
            yield LegendEntry("area", look, one.tone.label)
    if any(look is None for _, look in looks):
        yield LegendEntry("outside", PLAIN_LAND, words.say("Not on this map"))
    for one in shown:
        if one.kind == "line" and one.name:
            yield LegendEntry("line", LINE, one.name, one.note)


def _context(words: Words, dataset: Dataset, selection: Selection, row: Any) -> ContextView:
    lon, lat = row.label_lon, row.label_lat
    if row.kind == "town" and not row.geometry.is_empty:
        lon, lat = row.geometry.centroid.coords[0]
    return ContextView(
        kind=row.kind,
        name=texts.name_in(words, row),
        rank=row.rank,
        label=None if math.isnan(lon) else (lon, lat),
        geometry=row.geometry,
        tone=_tone(words, dataset, selection, row),
        note=text_in(row.note, words.language) if row.kind == "line" else "",
        first=row.shown_from,
        last=row.shown_to,
    )


def _tone(words: Words, dataset: Dataset, selection: Selection, row: Any) -> Tone | None:
    """A country's tint; or an area's tone from the day on which what its note says is certain.

    An area whose source does not count, or that has no note, is plain land.
    """
    if row.kind == "country":
        return Tone(tint_of(row.actor)) if row.actor else None
    if row.kind != "area" or not row.note:
        return None
    if not source_counts(dataset.ledger.sources[row.source], selection.known, selection.sources):
        return None
    cited = citation(words, dataset, row.source, text_in(row.locator, words.language))
    note = text_in(row.note, words.language)
    label = words.say("{text} ({source})", text=note, source=cited)
    return Tone(tone_of(row.actor), row.date.end if row.date else None, label)


def labelled(context: Iterable[ContextView], kind: str) -> list[ContextView]:
    """Return the things of a kind whose names want a place on the map.

    Lines are all among them, since other names have to keep clear of them.
    """
    return [
        one for one in context if one.kind == kind and (kind == "line" or (one.label and one.name))
    ]


def names_of(language: str, regions: Sequence[Name], context: Iterable[ContextView]) -> Names:
    """Return all names on a map."""
    context = tuple(context)
    towns, waters, countries = (labelled(context, kind) for kind in ("town", "lake", "country"))
    return Names(
        regions=[replace(region, text=clean(region.text)) for region in regions],
        towns=[Name(clean(one.name), *_place(one), rank=one.rank) for one in towns],
        waters=[Name(clean(one.name), *_place(one)) for one in waters],
        countries=[
            Name(capitals(clean(one.name), language), *_place(one), to_unit(one.geometry))
            for one in countries
        ],
        lines=[
            Name(clean(one.name), 0, 0, to_unit(one.geometry)) for one in labelled(context, "line")
        ],
    )


def _place(one: ContextView) -> tuple[float, float]:
    if one.label is None:
        raise ValueError(f"{one.name!r} has no place for its name")
    return one.label


def all_labels(region: RegionView) -> Name:
    """The name of a region as long as it ever gets, with all dates that it gets in the period."""
    cards = [stretch.card for stretch in region.stretches]
    return Name(
        max((card.label for card in cards), key=len),
        *region.label,
        to_unit(region.geometry),
        dates=tuple(dict.fromkeys(card.when for card in cards)),
        number=region.number,
    )
