"""The regions as polygons, checked; their areas and the points of their labels."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from geomap.check.features import Feature, in_degrees, read_features
from geomap.check.further import further_faults, further_of, unlike
from geomap.check.values import identifier, is_language_tag
from geomap.core.geometry import CRS, area_km2, label_point
from geomap.errors import Fault, quoted

LANGUAGE_COLUMN = "name:"
NAME_CASES = ("genitive", "dative", "instrumental")
"""The grammatical cases in which a name may be given, as `name:ru:genitive`."""
MERCATOR_END = 85
"""Latitude at which the square of Web Mercator ends, in whole degrees."""
_OVERLAP_SHARE = 0.01
MAX_OVERLAPS = 50
"""Overlaps that are reported; a dataset with more has one mistake in many places."""
MAX_NEIGHBOURS = 30
"""Pairs of regions per region, on average, that are compared by their outlines."""
_ALWAYS_COMPARED = 20_000
_CROWD = 50
_REGION_TEXTS = (
    *("id", "name", "alt_name", "note", "lies_within"),
    *("lies_within:source", "lies_within:locator", "lies_within:note"),
)
_TRANSLATED = ("note", "lies_within:note")
_REGION_PROPERTIES = (*_REGION_TEXTS, "label_lon", "label_lat")
_REGION_COLUMNS = [
    *("id", "name", "names", "alt_names", "lies_within", "lies_within_source"),
    *("lies_within_locator", "lies_within_note", "note"),
    *("further", "area_km2", "label_lon", "label_lat", "file", "geometry"),
]


def read_regions(files: dict[str, bytes]) -> tuple[gpd.GeoDataFrame, list[Fault]]:
    """Return the regions in `regions/*.geojson` of `files`, ordered by file, and every fault.

    Columns: id, name, names (by language, and by language and case as `az:genitive`), alt_names,
    lies_within, the source and locator that say so and a note of what exactly they say, note (both
    by language, "" for the one without), further (any other property that can be passed on, by its
    name), area_km2 (on the WGS 84 ellipsoid), label_lon and label_lat (degrees, inside the polygon
    or near it), file (the name in `files`), geometry (Polygon or MultiPolygon). CRS: EPSG:4326,
    longitude first.
    """
    rows, faults = read_rows(files, "regions/", _region_faults, _region)
    frame = gpd.GeoDataFrame(rows, columns=_REGION_COLUMNS, geometry="geometry", crs=CRS)
    if not rows and not faults:
        message = "holds no region; add one GeoJSON file a region"
        faults.append(Fault("regions/", None, None, message))
    return frame, faults + check_regions(frame)


def check_regions(regions: gpd.GeoDataFrame) -> list[Fault]:
    """Return the faults that only show between regions: an id used twice, regions that overlap."""
    faults = [
        Fault(row.file, None, "id", f"{quoted(row.id)} is used by two regions; give each its own")
        for row in regions[regions["id"].duplicated()].itertuples()
    ]
    return [*faults, *unlike(regions), *_overlaps(regions)]


def _overlaps(regions: gpd.GeoDataFrame) -> Iterator[Fault]:
    """Yield a fault for each pair of regions that overlap, in bounded time whatever their number."""
    geometry = regions.geometry.to_numpy()
    ids, files = regions["id"].to_numpy(), regions["file"].to_numpy()
    for number, (a, b) in enumerate(_overlapping_pairs(geometry)):
        if b is None:
            message = (
                "lies among so many regions that overlaps are not looked for; "
                "see whether they are drawn one upon the other"
            )
        elif number == MAX_OVERLAPS:
            message = "overlaps another too, and more may follow; mend these, then check again"
        else:
            message = (
                f"overlaps {quoted(ids[b])}; a place can have one status only, so cut one of them"
            )
        yield Fault(files[a], None, "geometry", message)
        if number == MAX_OVERLAPS:
            return


def _overlapping_pairs(geometry: np.ndarray[Any, Any]) -> Iterator[tuple[int, int | None]]:
    """Yield the places of two polygons that share more than a sliver, the earlier one first.

    A pair without a second one says that too many lie close to each other to compare them all.
    """
    areas, tree = shapely.area(geometry), shapely.STRtree(geometry)
    suspect = _outside_coverage(geometry, tree)
    room = _ALWAYS_COMPARED + MAX_NEIGHBOURS * len(geometry)
    for a in range(len(geometry)):
        near = tree.query(geometry[a])
        near = np.sort(near[near > a])
        room -= len(near)
        if room < 0:
            yield a, None
            return
        if not suspect[a]:
            near = near[suspect[near]]
        shared = shapely.area(shapely.intersection(geometry[a], geometry[near]))
        for b in near[shared > _OVERLAP_SHARE * np.minimum(areas[a], areas[near])]:
            yield a, int(b)


def _outside_coverage(
    geometry: np.ndarray[Any, Any], tree: shapely.STRtree
) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Return which polygons have an edge that is neither shared whole with a neighbour nor free.

    Of two that overlap, one at least has. This spares most comparisons of neighbours, and takes a
    quarter of their time, but not where many lie upon each other; then all count.
    """
    if any(len(tree.query(one)) > _CROWD for one in geometry):
        return np.ones(len(geometry), dtype=bool)
    clean: np.ndarray[Any, np.dtype[np.bool_]]
    clean = shapely.is_empty(shapely.coverage_invalid_edges(geometry))
    return ~clean


def read_rows(
    files: dict[str, bytes],
    folder: str,
    check: Callable[[Feature], list[Fault]],
    build: Callable[[Feature], dict[str, Any]],
) -> tuple[list[dict[str, Any]], list[Fault]]:
    """Return the rows of a folder's sound features, and every fault; each doubt only once."""
    faults: list[Fault] = []
    rows = []
    doubted: set[str | None] = set()
    for feature in read_features(files, folder, faults):
        wrong = check(feature)
        faults += [fault for fault in wrong if not fault.doubt or fault.column not in doubted]
        doubted |= {fault.column for fault in wrong if fault.doubt}
        if all(fault.doubt for fault in wrong):
            rows.append(build(feature))
    return rows, faults


def _region(feature: Feature) -> dict[str, Any]:
    geometry = feature.geometry
    lon, lat = label_point(geometry)
    alternates = feature.text("alt_name").split(";")
    return {
        "id": feature.text("id"),
        "name": feature.text("name"),
        "names": names_of(feature),
        "alt_names": tuple(name.strip() for name in alternates if name.strip()),
        "lies_within": feature.text("lies_within"),
        "lies_within_source": feature.text("lies_within:source"),
        "lies_within_locator": feature.text("lies_within:locator"),
        "lies_within_note": texts_of(feature, "lies_within:note"),
        "note": texts_of(feature, "note"),
        "further": further_of(feature, _is_read),
        "area_km2": area_km2(geometry),
        "label_lon": feature.value("label_lon", lon),
        "label_lat": feature.value("label_lat", lat),
        "file": feature.file,
        "geometry": geometry,
    }


def names_of(feature: Feature) -> dict[str, str]:
    """Return the names by language or `language:case`; other properties, as name:etymology, are
    no names.
    """
    names = {
        key.removeprefix(LANGUAGE_COLUMN): feature.text(key)
        for key in feature.properties
        if key.startswith(LANGUAGE_COLUMN)
    }
    return {key: name for key, name in names.items() if name and _is_name_key(key)}


def _is_name_key(key: str) -> bool:
    """Whether what follows `name:` is a language, or a language and a grammatical case."""
    language, _, case = key.partition(":")
    return is_language_tag(language) and case in ("", *NAME_CASES)


def texts_of(feature: Feature, name: str) -> dict[str, str]:
    """Return a property and its translations `name:xx`, by language; "" for the property itself."""
    texts = {"": feature.text(name)}
    for key in feature.properties:
        stem, _, language = key.rpartition(":")
        if stem == name and is_language_tag(language):
            texts[language] = feature.text(key)
    return {language: text for language, text in texts.items() if text}


def _is_read(name: str) -> bool:
    """Whether a property is one that we read, and not a further one."""
    stem, _, language = name.rpartition(":")
    if name.startswith(LANGUAGE_COLUMN):
        return _is_name_key(name.removeprefix(LANGUAGE_COLUMN))
    return name in _REGION_PROPERTIES or (stem in _TRANSLATED and is_language_tag(language))


def _region_faults(feature: Feature) -> list[Fault]:
    faults = list(feature.text_faults(LANGUAGE_COLUMN, _REGION_TEXTS))
    for prefix in ("note:", "lies_within:note:"):
        faults += feature.text_faults(prefix, ())
    faults += further_faults(feature, _is_read)
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


def _geometry_fault(geometry: shapely.Geometry | None) -> str | None:
    if geometry is None:
        return "is missing or unreadable; a region needs a Polygon or MultiPolygon"
    if geometry.geom_type not in ("Polygon", "MultiPolygon"):
        return f"is a {geometry.geom_type}; a region needs a Polygon or MultiPolygon"
    if geometry.is_empty:
        return "is empty; draw the region's outline"
    if not in_degrees(geometry):
        return "has coordinates outside the world; write longitude, then latitude, in degrees"
    if shapely.bounds(geometry)[1] >= MERCATOR_END or shapely.bounds(geometry)[3] <= -MERCATOR_END:
        return f"lies beyond {MERCATOR_END} degrees of latitude, where a web map shows nothing"
    if not geometry.is_valid:
        reason = shapely.is_valid_reason(geometry)
        return f"is a broken polygon ({reason}); mend it, for example with QGIS 'Fix geometries'"
    if not shapely.transform(geometry, lambda xy: xy.round(6)).area:
        return "is too small; nothing is left of it at 6 decimals of a degree, as maps write it"
    return None
