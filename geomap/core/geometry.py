"""Areas of polygons on the ellipsoid, and the points of their labels."""

from __future__ import annotations

import numpy as np
import shapely
from pyproj import Geod

CRS = "EPSG:4326"
_GEOD = Geod(ellps="WGS84")


def area_km2(geometry: shapely.Geometry) -> float:
    """Return the area of a polygon in degrees, in square kilometres on the WGS 84 ellipsoid."""
    area = 0.0
    for part in shapely.get_parts(geometry):
        area += _ring_area(part.exterior) - sum(map(_ring_area, part.interiors))
    return area / 1e6


def _ring_area(ring: shapely.LinearRing) -> float:
    """Return the area within a ring in square metres."""
    longitudes, latitudes = shapely.get_coordinates(ring).T
    area, _ = _GEOD.polygon_area_perimeter(longitudes, latitudes)
    return float(abs(area))


def label_point(geometry: shapely.Geometry) -> tuple[float, float]:
    """Return longitude and latitude of the point deepest inside a polygon, for its label."""
    largest = max(shapely.get_parts(geometry), key=shapely.area)
    # A degree of longitude is shorter than one of latitude; measure both alike.
    squeeze = max(0.1, float(np.cos(np.radians(largest.centroid.y))))
    flat = shapely.transform(largest, lambda xy: xy * [squeeze, 1])
    extent = max(np.ptp(flat.bounds[::2]), np.ptp(flat.bounds[1::2]))
    centre = shapely.maximum_inscribed_circle(flat, tolerance=extent / 100).coords[0]
    return round(centre[0] / squeeze, 5), round(centre[1], 5)
