"""Which features of a collection an answer holds, and the answer's bytes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import orjson

from geomap.core.dataset import Dataset
from geomap.core.further import further
from geomap.formats.export import Days, Export
from geomap.formats.shapes import inside, shapes
from geomap.web.ogc.crs import Crs, outlines
from geomap.web.ogc.layers import CollectionKind, Layer
from geomap.web.ogc.request import FeaturesQuery


@dataclass(frozen=True)
class Claims:
    """Which claims count, and the language of the names."""

    known: date | None
    sources: tuple[str, ...] | None
    lang: str


Numbers = np.ndarray[Any, Any]
"""Which of a layer's features, by their numbers."""


def matching(dataset: Dataset, layer: Layer, selection: FeaturesQuery) -> Numbers:
    """Return the numbers of the features that are asked for, on all pages together."""
    day = asked_day(selection)
    hits = np.ones(len(layer.ids), dtype=bool)
    for days in selection.days:
        hits &= (layer.first <= days.last) & (layer.last >= days.first)
    if selection.bbox:
        touched = np.zeros(len(dataset.regions), dtype=bool)
        touched[inside(dataset, selection.bbox)] = True
        hits &= touched[layer.places]
    numbers = np.flatnonzero(hits)
    for name, value in selection.equal:
        equal = [own == value for own in layer.values(numbers, name, day)]
        numbers = numbers[np.array(equal, dtype=bool)]
    if selection.filter:
        numbers = selection.filter.matching(layer, numbers, day)
    # The last name first: sorting by the others leaves equals in their order.
    for name, descending in reversed(selection.order):
        numbers = _sorted(layer, numbers, name, descending, day)
    return numbers


def _sorted(
    layer: Layer, numbers: Numbers, name: str, descending: bool, day: str | None
) -> Numbers:
    """Return features in the order of a property's values; those without one come last."""
    values = layer.values(numbers, name, day)
    given = [n for n, value in enumerate(values) if value is not None]
    missing = [n for n, value in enumerate(values) if value is None]
    order = [*sorted(given, key=values.__getitem__, reverse=descending), *missing]
    return numbers[np.array(order, dtype=np.int64)]


def asked_day(selection: FeaturesQuery) -> str | None:
    """Return the one day that is asked about, if it is one: then rows speak of that day."""
    return selection.days[0].day if len(selection.days) == 1 else None


def feature_collection(
    dataset: Dataset,
    layer: Layer,
    crs: Crs,
    numbers: Numbers,
    selection: FeaturesQuery,
    links: list[dict[str, Any]],
) -> bytes:
    """Return a page of the features as a GeoJSON FeatureCollection.

    It has no `timeStamp`, which the standard leaves open: equal questions get equal bytes.
    """
    geometry, day = outlines(dataset, crs), asked_day(selection)
    page = page_of(numbers, selection)
    names = selection.properties
    head = {
        "type": "FeatureCollection",
        "numberMatched": len(numbers),
        "numberReturned": len(page),
        "links": links,
    }
    features = b"},".join(
        layer.feature(
            n, geometry[layer.places[n]] if selection.with_geometry else b"null", day, names
        )
        for n in page
    )
    closing = b"}]}" if page else b"]}"
    return b"".join((orjson.dumps(head)[:-1], b',"features":[', features, closing))


def features_file(
    dataset: Dataset,
    kind: CollectionKind,
    layer: Layer,
    numbers: Numbers,
    selection: FeaturesQuery,
    claims: Claims,
) -> Export:
    """Return a page of the features for the formats to write."""
    day, page = asked_day(selection), page_of(numbers, selection)
    columns = kind.all_columns(dataset)
    return Export(
        dataset=dataset,
        as_of=date.fromisoformat(day) if day else None,
        known=claims.known,
        chosen=claims.sources,
        lang=claims.lang,
        columns=selection.properties or columns,
        rows=tuple(layer.row(n, day, columns) for n in page),
        ids=tuple(layer.ids[n] for n in page),
        places=tuple(layer.places[page].tolist()),
        shapes=shapes(dataset),
        further=further(dataset).kinds if kind.with_further else {},
        statuses=tuple(layer.statuses[n] for n in page) if layer.statuses else None,
        days=tuple(_days(int(layer.first[n]), int(layer.last[n])) for n in page),
        layer=kind.name,
        with_geometry=selection.with_geometry,
    )


def page_of(numbers: Numbers, selection: FeaturesQuery) -> list[int]:
    """Return the features that are on the page asked for."""
    page: list[int] = numbers[selection.offset : selection.offset + selection.limit].tolist()
    return page


def _days(first: int, last: int) -> Days:
    return date.fromordinal(first) if first else None, date.fromordinal(last)


def single_feature(
    dataset: Dataset, layer: Layer, crs: Crs, number: int, links: list[dict[str, Any]]
) -> bytes:
    """Return one feature as GeoJSON with its links."""
    geometry = outlines(dataset, crs)[layer.places[number]]
    return layer.feature(number, geometry) + b',"links":' + orjson.dumps(links) + b"}"
