"""Polygons: the regions and what is drawn beneath, checked; areas and the points of labels."""

from __future__ import annotations

import difflib
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from geomap.check.features import Feature, in_degrees, read_features
from geomap.core.fields import identifier
from geomap.core.geometry import CRS, area_km2, label_point
from geomap.errors import Fault, quoted

LANGUAGE_COLUMN = "name:"
_AREAS = ("Polygon", "MultiPolygon")
_LINES = ("LineString", "MultiLineString")
_GEOMETRIES = {
    "country": _AREAS,
    "district": (*_AREAS, *_LINES),
    "lake": _AREAS,
    "line": (*_AREAS, *_LINES),
    "town": ("Point",),
}
CONTEXT_KINDS = tuple(_GEOMETRIES)
_OVERLAP_SHARE = 0.01
_REGION_TEXTS = (
    *("id", "name", "alt_name", "lies_within", "lies_within:source", "lies_within:locator"),
)
_REGION_COLUMNS = [
    *("id", "name", "names", "alt_names", "lies_within", "lies_within_source"),
    *("lies_within_locator", "area_km2", "label_lon", "label_lat", "file", "geometry"),
]
_CONTEXT_COLUMNS = ["kind", "name", "names", "rank", "label_lon", "label_lat", "geometry"]
_DEGREES = {"label_lon": (-180.0, 180.0), "label_lat": (-90.0, 90.0)}


def read_regions(files: dict[str, bytes]) -> tuple[gpd.GeoDataFrame, list[Fault]]:
    """Return the regions in `regions/*.geojson` of `files`, ordered by file, and every fault.

    Columns: id, name, names (by language), alt_names, lies_within and the source and locator that
    say so, area_km2 (on the WGS 84 ellipsoid), label_lon and label_lat (degrees, inside the
    polygon or near it), file (the name in `files`), geometry (Polygon or MultiPolygon). CRS:
    EPSG:4326, longitude first.
    """
    faults: list[Fault] = []
    rows = []
    for feature in read_features(files, "regions/", faults):
        if wrong := _region_faults(feature):
            faults += wrong
        else:
            rows.append(_region(feature))
    frame = gpd.GeoDataFrame(rows, columns=_REGION_COLUMNS, geometry="geometry", crs=CRS)
    if not rows and not faults:
        message = "holds no region; add one GeoJSON file a region"
        faults.append(Fault("regions/", None, None, message))
    return frame, faults + check_regions(frame)


def read_context(files: dict[str, bytes]) -> tuple[gpd.GeoDataFrame, list[Fault]]:
    """Return what is drawn beneath, from `context/*.geojson`, and every fault.

    Columns: kind (one of CONTEXT_KINDS), name, names, rank (1 to 9, 1 is labelled first), label
    point (or NaN), geometry. CRS: EPSG:4326.
    """
    faults: list[Fault] = []
    rows = []
    for feature in read_features(files, "context/", faults):
        if wrong := _context_faults(feature):
            faults += wrong
        else:
            rows.append(_context(feature))
    return gpd.GeoDataFrame(rows, columns=_CONTEXT_COLUMNS, geometry="geometry", crs=CRS), faults


def check_regions(regions: gpd.GeoDataFrame) -> list[Fault]:
    """Return the faults that only show between regions: an id used twice, regions that overlap."""
    faults = [
        Fault(row.file, None, "id", f"{quoted(row.id)} is used by two regions; give each its own")
        for row in regions[regions["id"].duplicated()].itertuples()
    ]
    left, right = regions.sindex.query(regions.geometry, predicate="intersects")
    geometry, ids = regions.geometry.to_numpy(), regions["id"].to_numpy()
    files = regions["file"].to_numpy()
    for a, b in ((a, b) for a, b in zip(left, right, strict=True) if a < b):
        shared = shapely.intersection(geometry[a], geometry[b]).area
        if shared > _OVERLAP_SHARE * min(geometry[a].area, geometry[b].area):
            message = (
                f"overlaps {quoted(ids[b])}; a place can have one status only, so cut one of them"
            )
            faults.append(Fault(files[a], None, "geometry", message))
    return faults


def _region(feature: Feature) -> dict[str, Any]:
    geometry = feature.geometry
    lon, lat = label_point(geometry)
    alternates = feature.text("alt_name").split(";")
    return {
        "id": feature.text("id"),
        "name": feature.text("name"),
        "names": _names(feature),
        "alt_names": tuple(name.strip() for name in alternates if name.strip()),
        "lies_within": feature.text("lies_within"),
        "lies_within_source": feature.text("lies_within:source"),
        "lies_within_locator": feature.text("lies_within:locator"),
        "area_km2": area_km2(geometry),
        "label_lon": feature.value("label_lon", lon),
        "label_lat": feature.value("label_lat", lat),
        "file": feature.file,
        "geometry": geometry,
    }


def _context(feature: Feature) -> dict[str, Any]:
    return {
        "kind": feature.text("kind") or "line",
        "name": feature.text("name"),
        "names": _names(feature),
        "rank": int(feature.value("rank", 1)),
        "label_lon": feature.value("label_lon", np.nan),
        "label_lat": feature.value("label_lat", np.nan),
        "geometry": feature.geometry,
    }


def _names(feature: Feature) -> dict[str, str]:
    return {
        key.removeprefix(LANGUAGE_COLUMN): feature.text(key)
        for key in feature.properties
        if key.startswith(LANGUAGE_COLUMN) and feature.text(key)
    }


def _region_faults(feature: Feature) -> list[Fault]:
    faults = list(feature.text_faults(LANGUAGE_COLUMN, _REGION_TEXTS))
    for column in ("id", "name"):
        if not feature.text(column).strip():
            message = f"is missing; give the region its {column} in the feature's properties"
            faults.append(feature.fault(column, message))
    if feature.text("id") and not any(fault.column == "id" for fault in faults):
        try:
            identifier(feature.text("id"))
        except ValueError as error:
            faults.append(feature.fault("id", str(error)))
    if wrong := _geometry_fault(feature.geometry):
        return [*faults, feature.fault("geometry", wrong)]
    # A label may stand beside its region, but no further off than the region is wide or high.
    west, south, east, north = shapely.bounds(feature.geometry)
    width, height = east - west, north - south
    near = {
        "label_lon": (west - width, east + width),
        "label_lat": (south - height, north + height),
    }
    hint = "write degrees of a point in the region or beside it"
    return [*faults, *feature.number_faults(near, hint)]


def _context_faults(feature: Feature) -> list[Fault]:
    faults = list(feature.text_faults(LANGUAGE_COLUMN, ("kind", "name")))
    kind = feature.text("kind")
    if kind and kind not in CONTEXT_KINDS and not faults:
        near = difflib.get_close_matches(kind, CONTEXT_KINDS, n=1)
        hint = f"is {near[0]!r} meant?" if near else f"use one of {', '.join(CONTEXT_KINDS)}"
        faults.append(feature.fault("kind", f"{quoted(kind)} is not drawn; {hint}"))
    takes = _GEOMETRIES.get(kind or "line", ())
    if feature.geometry is None or not in_degrees(feature.geometry):
        faults.append(feature.fault(None, "has a feature without a usable geometry"))
    elif takes and feature.geometry.geom_type not in takes:
        message = f"is a {feature.geometry.geom_type}; a {kind or 'line'} is a {' or '.join(takes)}"
        faults.append(feature.fault("geometry", message))
    rank = feature.properties.get("rank")
    if rank is not None and (isinstance(rank, bool) or rank not in range(1, 10)):
        message = "must be a whole number from 1 (labelled first) to 9"
        faults.append(feature.fault("rank", message))
    return [*faults, *feature.number_faults(_DEGREES, "write degrees")]


def _geometry_fault(geometry: shapely.Geometry | None) -> str | None:
    if geometry is None:
        return "is missing or unreadable; a region needs a Polygon or MultiPolygon"
    if geometry.geom_type not in ("Polygon", "MultiPolygon"):
        return f"is a {geometry.geom_type}; a region needs a Polygon or MultiPolygon"
    if geometry.is_empty:
        return "is empty; draw the region's outline"
    if not in_degrees(geometry):
        return "has coordinates outside the world; write longitude, then latitude, in degrees"
    if not geometry.is_valid:
        reason = shapely.is_valid_reason(geometry)
        return f"is a broken polygon ({reason}); mend it, for example with QGIS 'Fix geometries'"
    if not shapely.transform(geometry, lambda xy: xy.round(6)).area:
        return "is too small; nothing is left of it at 6 decimals of a degree, as maps write it"
    return None
