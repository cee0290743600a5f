"""What is drawn beneath the regions, and the names that it wants on the map."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from geomap.core.dataset import Dataset
from geomap.present import texts
from geomap.present.names import Name, Names
from geomap.present.scene import to_unit
from geomap.present.typesetting import capitals, clean
from geomap.present.views import ContextView, RegionView
from geomap.wording import (
    Words,
)


def context_of(words: Words, dataset: Dataset) -> tuple[ContextView, ...]:
    """Return what is drawn beneath the regions."""
    return tuple(_context(words, row) for row in dataset.context.itertuples())


def _context(words: Words, row: Any) -> ContextView:
    lon, lat = row.label_lon, row.label_lat
    if row.kind == "town" and not row.geometry.is_empty:
        lon, lat = row.geometry.centroid.coords[0]
    return ContextView(
        kind=row.kind,
        name=texts.name_in(words, row),
        rank=row.rank,
        label=None if math.isnan(lon) else (lon, lat),
        geometry=row.geometry,
    )


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
