"""The outlines that all formats write: rounded, oriented and serialised once a dataset."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from geomap.cache import OwnerCache
from geomap.core.dataset import Dataset
from geomap.formats.query import Bbox

DECIMALS = 6
_METRES_PER_DEGREE = 111_320


@dataclass(frozen=True, eq=False)
class Shapes:
    """One geometry a region, in the dataset's order, and each as GeoJSON text.

    Degrees in EPSG:4326, longitude first, six decimals (0.1 m); exterior rings anticlockwise, as
    RFC 7946 asks.
    """

    geometries: np.ndarray[Any, Any]
    json: tuple[bytes, ...]


_whole: OwnerCache[Dataset, Shapes] = OwnerCache(1)
_context: OwnerCache[Dataset, Shapes] = OwnerCache(1)
_simplified: OwnerCache[Dataset, Shapes] = OwnerCache(8)


def shapes(dataset: Dataset, simplify: float | None = None) -> Shapes:
    """Return the outlines of a dataset's regions, simplified by a tolerance in metres if given.

    The last few tolerances of each dataset are cached, and shared by all callers.
    """

    def make() -> Shapes:
        geometries = dataset.regions.geometry.to_numpy()
        return _shapes(coverage_simplified(geometries, simplify))

    return (_whole if simplify is None else _simplified).get(dataset, simplify, make)


def context_shapes(dataset: Dataset) -> Shapes:
    """Return the outlines, lines and points of what is drawn beneath, in the dataset's order."""
    geometries = dataset.context.geometry.to_numpy()
    return _context.get(dataset, None, lambda: _shapes(geometries))


def coverage_simplified(
    geometries: np.ndarray[Any, Any], metres: float | None
) -> np.ndarray[Any, Any]:
    """Return polygons with fewer vertices; borders that neighbours share stay shared.

    A vertex goes where its triangle with its two neighbours covers less than `metres` squared
    (Visvalingam and Whyatt). The tolerance is exact at the middle latitude of all regions.
    """
    if not metres or not len(geometries):
        return geometries
    south, north = shapely.total_bounds(geometries)[[1, 3]]
    squeeze = max(0.01, math.cos(math.radians((south + north) / 2)))
    # The tolerance is an area, so one factor converts square metres to square degrees.
    degrees = metres / _METRES_PER_DEGREE / math.sqrt(squeeze)
    result: np.ndarray[Any, Any] = shapely.coverage_simplify(geometries, degrees)
    return result


def inside(dataset: Dataset, bbox: Bbox) -> list[int]:
    """Return the places of the regions that a box in degrees touches, in the dataset's order."""
    boxes = shapely.get_parts(box(bbox))
    _, touched = dataset.regions.sindex.query(boxes, predicate="intersects")
    return [int(place) for place in np.unique(touched)]


def box(bbox: Bbox) -> shapely.Polygon | shapely.MultiPolygon:
    """Return a box in degrees as a geometry; one that crosses the antimeridian as its two halves."""
    west, south, east, north = bbox
    if west <= east:
        return shapely.box(west, south, east, north)
    halves = shapely.box(west, south, 180, north), shapely.box(-180, south, east, north)
    return shapely.MultiPolygon(halves)


def _shapes(geometries: np.ndarray[Any, Any]) -> Shapes:
    rounded = shapely.transform(geometries, lambda xy: np.round(xy, DECIMALS))
    # Rounding can fold a sliver over itself; only such a shape is built anew on the grid.
    broken = ~shapely.is_valid(rounded)
    if broken.any():
        rounded[broken] = shapely.set_precision(geometries[broken], 10.0**-DECIMALS)
        rounded[broken] = shapely.transform(rounded[broken], lambda xy: np.round(xy, DECIMALS))
    oriented = shapely.orient_polygons(rounded)
    return Shapes(oriented, tuple(text.encode() for text in shapely.to_geojson(oriented)))
