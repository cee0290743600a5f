"""Which features of a collection an answer holds, and the answer's bytes."""

from __future__ import annotations

from typing import Any

import numpy as np
import orjson

from geomap.core.dataset import Dataset
from geomap.formats.shapes import inside
from geomap.web.ogc.crs import Crs, outlines
from geomap.web.ogc.layers import Layer
from geomap.web.ogc.request import FeaturesQuery


def matching(dataset: Dataset, layer: Layer, selection: FeaturesQuery) -> list[int]:
    """Return the numbers of the features that are asked for, on all pages together."""
    day = asked_day(selection)
    hits = np.ones(len(layer.ids), dtype=bool)
    for days in selection.days:
        hits &= (layer.first <= days.last) & (layer.last >= days.first)
    if selection.bbox:
        touched = np.zeros(len(dataset.regions), dtype=bool)
        touched[inside(dataset, selection.bbox)] = True
        hits &= touched[layer.places]
    numbers: list[int] = np.flatnonzero(hits).tolist()
    for name, value in selection.equal:
        numbers = [number for number in numbers if layer.value(number, name, day) == value]
    if selection.filter:
        numbers = selection.filter.matching(layer, numbers, day)
    return numbers


def asked_day(selection: FeaturesQuery) -> str | None:
    """Return the one day that is asked about, if it is one: then rows speak of that day."""
    return selection.days[0].day if len(selection.days) == 1 else None


def feature_collection(
    dataset: Dataset,
    layer: Layer,
    crs: Crs,
    numbers: list[int],
    selection: FeaturesQuery,
    links: list[dict[str, Any]],
) -> bytes:
    """Return a page of the features as a GeoJSON FeatureCollection.

    It has no `timeStamp`, which the standard leaves open: equal questions get equal bytes.
    """
    shapes, day = outlines(dataset, crs), asked_day(selection)
    page = numbers[selection.offset : selection.offset + selection.limit]
    head = {
        "type": "FeatureCollection",
        "numberMatched": len(numbers),
        "numberReturned": len(page),
        "links": links,
    }
    features = b"},".join(layer.feature(n, shapes[layer.places[n]], day) for n in page)
    closing = b"}]}" if page else b"]}"
    return b"".join((orjson.dumps(head)[:-1], b',"features":[', features, closing))


def single_feature(
    dataset: Dataset, layer: Layer, crs: Crs, number: int, links: list[dict[str, Any]]
) -> bytes:
    """Return one feature as GeoJSON with its links."""
    geometry = outlines(dataset, crs)[layer.places[number]]
    return layer.feature(number, geometry) + b',"links":' + orjson.dumps(links) + b"}"
