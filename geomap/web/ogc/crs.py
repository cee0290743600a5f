"""Coordinate reference systems by reference (OGC 18-058r1): which there are, and what they change.

Geometries are stored in CRS84: WGS 84, longitude first. EPSG:4326 is the same with latitude first,
EPSG:3857 the metres of web maps.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from pyproj import Transformer
from shapely.geometry.base import BaseGeometry

from geomap.cache import OwnerCache
from geomap.core.dataset import Dataset
from geomap.errors import BadQuery
from geomap.formats.query import CROSSING, Bbox, corners, parse_bbox
from geomap.formats.shapes import shapes

_BASE = "http://www.opengis.net/def/crs/"
_CENTIMETRES = 2
_HALF = np.pi * 6_378_137  # metres: half the width of the world in EPSG:3857
_EDGE = 20_037_508.35  # the same, rounded up to the centimetre


@dataclass(frozen=True)
class Crs:
    """One system, by its URI."""

    uri: str
    name: str
    latitude_first: bool = False
    code: int | None = None

    def to_crs84(self, geometry: BaseGeometry) -> BaseGeometry:
        """Return a geometry of this system in CRS84."""
        degrees: BaseGeometry = shapely.transform(geometry, self._degrees)
        return degrees

    def from_crs84(self, geometries: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """Return geometries in this system, metres to the centimetre."""
        projected: np.ndarray[Any, Any] = shapely.transform(geometries, self._projected)
        return projected

    def holds(self, xy: np.ndarray[Any, Any]) -> bool:
        """Whether positions of this system, in its axis order, are finite and inside the world."""
        edges: Any = _EDGE
        if self.code is None:
            edges = (90, 180) if self.latitude_first else (180, 90)
        return bool((np.isfinite(xy) & (np.abs(xy) <= edges)).all())

    def _degrees(self, xy: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        if self.code is None:
            return xy[:, ::-1] if self.latitude_first else xy
        # A millimetre beyond the antimeridian would be the other end of the world.
        x = np.clip(xy[:, 0], -_HALF, _HALF)
        lon, lat = _transformer(self.code).transform(x, xy[:, 1], direction="INVERSE")
        return np.column_stack([lon, lat])

    def _projected(self, xy: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        if self.code is None:
            return xy[:, ::-1] if self.latitude_first else xy
        metres = np.column_stack(_transformer(self.code).transform(xy[:, 0], xy[:, 1]))
        return np.round(metres, _CENTIMETRES)


CRS84 = Crs(f"{_BASE}OGC/1.3/CRS84", "CRS84")
CRSS = {
    crs.uri: crs
    for crs in (
        CRS84,
        Crs(f"{_BASE}EPSG/0/4326", "EPSG:4326", latitude_first=True),
        Crs(f"{_BASE}EPSG/0/3857", "EPSG:3857", code=3857),
    )
}

_outlines: OwnerCache[Dataset, tuple[bytes, ...]] = OwnerCache(len(CRSS))


def parse_crs(parameter: str, text: str | None) -> Crs:
    """Return the system that a URI names, CRS84 for none. Raises BadQuery."""
    if text and text not in CRSS:
        raise BadQuery(parameter, f"{text[:80]!r} is not offered; it takes {', '.join(CRSS)}")
    return CRSS[text] if text else CRS84


def parse_box(text: str, crs: Crs) -> Bbox:
    """Return a box of four or six numbers, in the axis order of `crs`, as west, south, east, north.

    In degrees. Raises BadQuery naming `bbox`.
    """
    if crs.code is not None:
        return _from_metres(text, crs)
    box = parse_bbox(text, crs.latitude_first)
    if box is None:
        raise BadQuery("bbox", "is empty; give it four numbers or leave it out")
    return box


def outlines(dataset: Dataset, crs: Crs) -> tuple[bytes, ...]:
    """Return each region's geometry as GeoJSON text in `crs`, serialised once a dataset."""
    if crs is CRS84:
        return shapes(dataset).json

    def make() -> tuple[bytes, ...]:
        texts = shapely.to_geojson(crs.from_crs84(shapes(dataset).geometries))
        return tuple(text.encode() for text in texts)

    return _outlines.get(dataset, crs.uri, make)


def _from_metres(text: str, crs: Crs) -> Bbox:
    takes = f"write minx,miny,maxx,maxy in metres of {crs.name}, with bbox-crs"
    box_corners = np.array(corners(text, takes))
    if not crs.holds(box_corners):
        crossing = CROSSING.format(edge=f"{_EDGE:.2f}")
        raise BadQuery("bbox", f"a corner lies outside the world; {crossing}; {takes}")
    if box_corners[0, 1] > box_corners[1, 1]:
        raise BadQuery("bbox", f"its lower edge lies above its upper edge; {takes}")
    (west, south), (east, north) = shapely.get_coordinates(
        crs.to_crs84(shapely.MultiPoint(box_corners))
    ).tolist()
    return west, south, east, north


def _transformer(code: int) -> Transformer:
    return Transformer.from_crs("OGC:CRS84", f"EPSG:{code}", always_xy=True)
