"""Polygons: reading GeoJSON files, checking them, their areas and the points of their labels.

Files are parsed as JSON here, never sniffed by GDAL: a file that only pretends to be GeoJSON could
otherwise make GDAL open other files or addresses.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import geopandas as gpd
import numpy as np
import orjson
import shapely
from pyproj import Geod
from shapely.errors import ShapelyError
from shapely.geometry import shape

from geomap.errors import Fault

CRS = "EPSG:4326"
LANGUAGE_COLUMN = "name:"
_WGS84_NAMES = ("CRS84", "EPSG::4326", "EPSG:4326")
_GEOD = Geod(ellps="WGS84")
_OVERLAP_SHARE = 0.01


def read_regions(files: dict[str, bytes]) -> tuple[gpd.GeoDataFrame, list[Fault]]:
    """Return the regions in `regions/*.geojson` of `files`, ordered by file, and every fault.

    Columns: id, name, names (by language), alt_names, lies_within and the source and locator that
    say so, area_km2 (on the WGS 84 ellipsoid), label_lon and label_lat (degrees, inside the
    polygon), geometry (Polygon or MultiPolygon). CRS: EPSG:4326, longitude first.
    """
    faults: list[Fault] = []
    rows = [
        _region(properties, geometry)
        for file in sorted(f for f in files if f.startswith("regions/"))
        for properties, geometry in _features(file, files[file], faults)
        if _region_ok(file, properties, geometry, faults)
    ]
    frame = gpd.GeoDataFrame(rows, columns=_REGION_COLUMNS, geometry="geometry", crs=CRS)
    if not rows and not faults:
        message = "holds no region; add one GeoJSON file a region"
        faults.append(Fault("regions/", None, None, message))
    return frame, faults + check_regions(frame)


def read_context(files: dict[str, bytes]) -> tuple[gpd.GeoDataFrame, list[Fault]]:
    """Return what is drawn beneath, from `context/*.geojson`, and every fault.

    Columns: kind (country, district, lake, line, town), name, names, rank (1 labels first), label
    point (or NaN), geometry. CRS: EPSG:4326.
    """
    faults: list[Fault] = []
    rows = []
    for file in sorted(f for f in files if f.startswith("context/")):
        for properties, geometry in _features(file, files[file], faults):
            if geometry is None or not _in_degrees(geometry):
                faults.append(Fault(file, None, None, "has a feature without a usable geometry"))
                continue
            rows.append(
                {
                    "kind": str(properties.get("kind") or "line"),
                    "name": str(properties.get("name") or ""),
                    "names": _names(properties),
                    "rank": properties.get("rank") or 1,
                    "label_lon": properties.get("label_lon", np.nan),
                    "label_lat": properties.get("label_lat", np.nan),
                    "geometry": geometry,
                }
            )
    return gpd.GeoDataFrame(rows, columns=_CONTEXT_COLUMNS, geometry="geometry", crs=CRS), faults


def check_regions(regions: gpd.GeoDataFrame) -> list[Fault]:
    """Return the faults that only show between regions: an id used twice, regions that overlap."""
    faults = [
        Fault(f"regions/{name}.geojson", None, "id", f"{name!r} is used by two regions")
        for name in regions["id"][regions["id"].duplicated()]
    ]
    left, right = regions.sindex.query(regions.geometry, predicate="intersects")
    geometry, ids = regions.geometry.to_numpy(), regions["id"].to_numpy()
    for a, b in ((a, b) for a, b in zip(left, right, strict=True) if a < b):
        shared = shapely.intersection(geometry[a], geometry[b]).area
        if shared > _OVERLAP_SHARE * min(geometry[a].area, geometry[b].area):
            message = f"overlaps {ids[b]!r}; a place can have one status only, so cut one of them"
            faults.append(Fault(f"regions/{ids[a]}.geojson", None, "geometry", message))
    return faults


def area_km2(geometry: shapely.Geometry) -> float:
    """Return the area of a polygon in degrees, in square kilometres on the WGS 84 ellipsoid."""
    area, _ = _GEOD.geometry_area_perimeter(shapely.orient_polygons(geometry))
    return float(abs(area) / 1e6)


def label_point(geometry: shapely.Geometry) -> tuple[float, float]:
    """Return longitude and latitude of the point deepest inside a polygon, for its label."""
    largest = max(shapely.get_parts(geometry), key=shapely.area)
    # A degree of longitude is shorter than one of latitude; measure both alike.
    squeeze = max(0.1, float(np.cos(np.radians(largest.centroid.y))))
    flat = shapely.transform(largest, lambda xy: xy * [squeeze, 1])
    extent = max(np.ptp(flat.bounds[::2]), np.ptp(flat.bounds[1::2]))
    centre = shapely.maximum_inscribed_circle(flat, tolerance=extent / 100).coords[0]
    return round(centre[0] / squeeze, 5), round(centre[1], 5)


_REGION_COLUMNS = [
    *("id", "name", "names", "alt_names", "lies_within", "lies_within_source"),
    *("lies_within_locator", "area_km2", "label_lon", "label_lat", "geometry"),
]
_CONTEXT_COLUMNS = ["kind", "name", "names", "rank", "label_lon", "label_lat", "geometry"]


def _region(properties: dict[str, Any], geometry: shapely.Geometry) -> dict[str, Any]:
    lon, lat = label_point(geometry)
    alternates = str(properties.get("alt_name") or "").split(";")
    return {
        "id": str(properties["id"]),
        "name": str(properties["name"]),
        "names": _names(properties),
        "alt_names": tuple(name.strip() for name in alternates if name.strip()),
        "lies_within": str(properties.get("lies_within") or ""),
        "lies_within_source": str(properties.get("lies_within:source") or ""),
        "lies_within_locator": str(properties.get("lies_within:locator") or ""),
        "area_km2": area_km2(geometry),
        "label_lon": properties.get("label_lon", lon),
        "label_lat": properties.get("label_lat", lat),
        "geometry": geometry,
    }


def _names(properties: dict[str, Any]) -> dict[str, str]:
    return {
        key.removeprefix(LANGUAGE_COLUMN): str(value)
        for key, value in properties.items()
        if key.startswith(LANGUAGE_COLUMN) and value
    }


def _features(
    file: str, content: bytes, faults: list[Fault]
) -> Iterator[tuple[dict[str, Any], shapely.Geometry | None]]:
    """Yield properties (with the feature's id) and geometry (None if unreadable) of a file."""
    try:
        document = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        message = f"is not JSON: {error}"
        faults.append(Fault(file, None, None, message))
        return
    kind = document.get("type") if isinstance(document, dict) else None
    if kind not in ("Feature", "FeatureCollection"):
        message = "is not GeoJSON; it must be a Feature or a FeatureCollection"
        faults.append(Fault(file, None, "type", message))
        return
    crs = str(document.get("crs") or "CRS84")
    if not any(name in crs for name in _WGS84_NAMES):
        message = "is not in longitude and latitude (WGS 84); reproject it to EPSG:4326"
        faults.append(Fault(file, None, "crs", message))
        return
    features = document.get("features", []) if kind == "FeatureCollection" else [document]
    if not isinstance(features, list) or not features:
        faults.append(Fault(file, None, "features", "holds no feature"))
        return
    for feature in features:
        if not isinstance(feature, dict) or not isinstance(feature.get("properties") or {}, dict):
            faults.append(Fault(file, None, "features", "holds something that is not a feature"))
            continue
        properties = dict(feature.get("properties") or {})
        if "id" in feature:
            properties.setdefault("id", feature["id"])
        yield properties, _geometry(feature.get("geometry"))


def _geometry(member: Any) -> shapely.Geometry | None:
    """Return the geometry of a feature, or None where it is no GeoJSON geometry."""
    try:
        return shapely.force_2d(shape(member)) if member else None
    except (AttributeError, IndexError, KeyError, TypeError, ValueError, ShapelyError):
        return None


def _region_ok(
    file: str,
    properties: dict[str, Any],
    geometry: shapely.Geometry | None,
    faults: list[Fault],
) -> bool:
    before = len(faults)
    for column in ("id", "name"):
        if not properties.get(column):
            message = f"is missing; give the region its {column} in the feature's properties"
            faults.append(Fault(file, None, column, message))
    wrong = _geometry_fault(geometry)
    if wrong:
        faults.append(Fault(file, None, "geometry", wrong))
    return len(faults) == before


def _geometry_fault(geometry: shapely.Geometry | None) -> str | None:
    if geometry is None:
        return "is missing or unreadable; a region needs a Polygon or MultiPolygon"
    if geometry.geom_type not in ("Polygon", "MultiPolygon"):
        return f"is a {geometry.geom_type}; a region needs a Polygon or MultiPolygon"
    if geometry.is_empty:
        return "is empty; draw the region's outline"
    if not _in_degrees(geometry):
        return "has coordinates outside the world; write longitude, then latitude, in degrees"
    if not geometry.is_valid:
        reason = shapely.is_valid_reason(geometry)
        return f"is a broken polygon ({reason}); mend it, for example with QGIS 'Fix geometries'"
    return None


def _in_degrees(geometry: shapely.Geometry) -> bool:
    coordinates = shapely.get_coordinates(geometry)
    if not len(coordinates) or not np.isfinite(coordinates).all():
        return False
    return bool((np.abs(coordinates) <= [180, 90]).all())
