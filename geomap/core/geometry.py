"""Areas of polygons on the ellipsoid, the points of their labels, and their rings as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

CRS = "EPSG:4326"
MAX_LATITUDE = 85
"""In degrees. Beyond it, maps on the web show nothing: there the square of Web Mercator ends."""
_EQUATOR_M = 6378137.0
_FLATTENING = 1 / 298.257223563
_ECCENTRICITY = float(np.sqrt(_FLATTENING * (2 - _FLATTENING)))
"""The WGS 84 ellipsoid."""

Geometries = Sequence[shapely.Geometry] | NDArray[np.object_]


@dataclass(frozen=True)
class Edges:
    """The edges of many polygons: each outer ring runs counter-clockwise, each hole clockwise.

    `starts` and `ends` have shape (edges, 2), x before y; `geometry` is the place of the polygon
    that an edge belongs to.
    """

    starts: NDArray[np.float64]
    ends: NDArray[np.float64]
    geometry: NDArray[np.intp]


def edges_of(geometries: Geometries) -> Edges:
    """Return the edges of polygons and multipolygons, one polygon after the other."""
    parts, part_of = shapely.get_parts(np.asarray(geometries), return_index=True)
    rings, ring_of = shapely.get_rings(shapely.orient_polygons(parts), return_index=True)
    points, point_of = shapely.get_coordinates(rings, return_index=True)
    inside = point_of[1:] == point_of[:-1]
    starts, ends = points[:-1][inside], points[1:][inside]
    return Edges(starts, ends, part_of[ring_of[point_of[:-1][inside]]])


def area_km2(geometry: shapely.Geometry) -> float:
    """Return the area of a polygon in degrees, in square kilometres: as `areas_km2`."""
    return float(areas_km2([geometry])[0])


def areas_km2(geometries: Geometries) -> NDArray[np.float64]:
    """Return the areas of polygons in degrees, in square kilometres on the WGS 84 ellipsoid.

    An edge is straight in longitude and latitude, as GeoJSON has it (RFC 7946, section 3.1.1).
    """
    edges = edges_of(geometries)
    (x1, y1), (x2, y2) = np.radians(edges.starts.T), np.radians(edges.ends.T)
    # The area between an edge and the equator, by Gauss's rule of three points along the edge.
    middle, half = (y1 + y2) / 2, (y2 - y1) / 2 * np.sqrt(3 / 5)
    below = 8 * _zone(middle) + 5 * (_zone(middle - half) + _zone(middle + half))
    strips = (x1 - x2) * below / 18
    return np.bincount(edges.geometry, strips, minlength=len(geometries)) / 1e6


def _zone(latitude: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the area from the equator to a latitude in radians, in square metres per radian of
    longitude.

    Snyder, Map Projections: A Working Manual (1987), equation 3-12.
    """
    e, sine = _ECCENTRICITY, np.sin(latitude)
    along = sine / (1 - (e * sine) ** 2) + np.arctanh(e * sine) / e
    zones: NDArray[np.float64] = _EQUATOR_M**2 * (1 - e**2) / 2 * along
    return zones


def label_point(geometry: shapely.Geometry) -> tuple[float, float]:
    """Return longitude and latitude of the point deepest inside a polygon: as `label_points`."""
    return label_points([geometry])[0]


def label_points(geometries: Geometries) -> list[tuple[float, float]]:
    """Return longitude and latitude of the point deepest inside each polygon, for its label.

    Of several parts the largest counts.
    """
    largest = np.array([_largest_part(geometry) for geometry in geometries], dtype=object)
    # A degree of longitude is shorter than one of latitude; measure both alike.
    squeeze = np.maximum(0.1, np.cos(np.radians(shapely.get_y(shapely.centroid(largest)))))
    points, point_of = shapely.get_coordinates(largest, return_index=True)
    points[:, 0] *= squeeze[point_of]
    flat = shapely.set_coordinates(largest.copy(), points)
    bounds = shapely.bounds(flat)
    extent = (bounds[:, 2:] - bounds[:, :2]).max(axis=1, initial=0)
    circles = shapely.maximum_inscribed_circle(flat, tolerance=extent / 100)
    centres = shapely.get_coordinates(circles)[::2]
    longitudes, latitudes = (centres[:, 0] / squeeze).tolist(), centres[:, 1].tolist()
    return [(round(x, 5), round(y, 5)) for x, y in zip(longitudes, latitudes, strict=True)]


def _largest_part(geometry: shapely.Geometry) -> shapely.Geometry:
    if geometry.geom_type == "Polygon":
        return geometry
    return max(shapely.get_parts(geometry), key=shapely.area)
