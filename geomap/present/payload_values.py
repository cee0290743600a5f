"""Small values of the payload: geometries, spans, runs and days as JSON has them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date as Date
from typing import Any

import numpy as np
import shapely

from geomap.present.schema import Runs, SpansPayload
from geomap.wording.catalogue import Spans

CONTEXT_SCALE = 1000
"""Parts of a degree in what the browser gets to draw beneath the regions, about 100 m each: two pixels
at the closest zoom."""


def geometry_of(geometry: shapely.Geometry, scale: int) -> dict[str, Any]:
    """Return a geometry of lines or polygons as GeoJSON, but each line as `steps_of` has it."""
    shape = shapely.geometry.mapping(geometry)
    return {"type": shape["type"], "coordinates": _nested_steps(shape["coordinates"], scale)}


def _nested_steps(coordinates: Any, scale: int) -> list[Any]:
    if isinstance(coordinates[0][0], float):
        return steps_of(np.rint(np.array(coordinates) * scale).astype(int))
    return [_nested_steps(part, scale) for part in coordinates]


def steps_of(points: np.ndarray[Any, Any]) -> list[int]:
    """Return points on a grid as x and y of the first, then how far each is from the one before."""
    steps: list[int] = np.diff(points, axis=0, prepend=0).ravel().tolist()
    return steps


def spans_of(spans: Spans) -> SpansPayload:
    """Return a text in pieces, each with 1 where it is marked."""
    return [(text, int(strong)) for text, strong in spans]


def runs_of(runs: Iterable[Iterable[float]]) -> Runs:
    """Return runs as lists, see `zooms.ZoomLabels`."""
    return [[*run] for run in runs]


def iso(day: Date) -> str:
    """Return a day as ISO 8601 writes it."""
    return day.isoformat()
