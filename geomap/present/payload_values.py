"""Small values of the payload: geometries, spans, runs and days as JSON has them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date as Date
from typing import Any

import shapely

from geomap.present.schema import Runs, SpansPayload
from geomap.wording.catalogue import Spans

CONTEXT_DECIMALS = 3
"""Decimals of a degree in what the browser gets to draw beneath the regions, about 100 m: two pixels
at the closest zoom."""


def geometry_of(geometry: shapely.Geometry, decimals: int) -> dict[str, Any]:
    """Return a geometry as GeoJSON with as many decimals as the map can show."""
    return dict(
        shapely.geometry.mapping(shapely.transform(geometry, lambda xy: xy.round(decimals)))
    )


def spans_of(spans: Spans) -> SpansPayload:
    """Return a text in pieces, each with 1 where it is marked."""
    return [(text, int(strong)) for text, strong in spans]


def runs_of(runs: Iterable[Iterable[float]]) -> Runs:
    """Return runs as lists, see `zooms.ZoomLabels`."""
    return [[*run] for run in runs]


def iso(day: Date) -> str:
    """Return a day as ISO 8601 writes it."""
    return day.isoformat()
