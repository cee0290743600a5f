"""Polygons: the regions and what is drawn beneath, checked; areas and the points of labels."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from geomap.check.features import Feature, in_degrees, read_features
from geomap.check.suggest import Names
from geomap.check.values import identifier, is_language_tag, visible
from geomap.core.further import NAME, TAKEN, kinds_of
from geomap.core.geometry import CRS, area_km2, label_point
from geomap.errors import Fault, quoted

LANGUAGE_COLUMN = "name:"
NAME_CASES = ("genitive", "dative", "instrumental")
"""The grammatical cases in which a name may be given, as `name:ru:genitive`."""
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
_CONTEXT_COLUMNS = ["kind", "name", "names", "rank", "label_lon", "label_lat", "geometry"]
_DEGREES = {"label_lon": (-180.0, 180.0), "label_lat": (-90.0, 90.0)}


def read_regions(files: dict[str, bytes]) -> tuple[gpd.GeoDataFrame, list[Fault]]:
    """Return the regions in `regions/*.geojson` of `files`, ordered by file, and every fault.

    Columns: id, name, names (by language, and by language and case as `az:genitive`), alt_names,
    lies_within, the source and locator that say so and a note of what exactly they say, note (both
    by language, "" for the one without), further (any other property that can be passed on, by its
    name), area_km2 (on the WGS 84 ellipsoid), label_lon and label_lat (degrees, inside the polygon
    or near it), file (the name in `files`), geometry (Polygon or MultiPolygon). CRS: EPSG:4326,
    longitude first.
    """
    rows, faults = _read(files, "regions/", _region_faults, _region)
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
    rows, faults = _read(files, "context/", _context_faults, _context)
    return gpd.GeoDataFrame(rows, columns=_CONTEXT_COLUMNS, geometry="geometry", crs=CRS), faults


def check_regions(regions: gpd.GeoDataFrame) -> list[Fault]:
    """Return the faults that only show between regions: an id used twice, regions that overlap."""
    faults = [
        Fault(row.file, None, "id", f"{quoted(row.id)} is used by two regions; give each its own")
        for row in regions[regions["id"].duplicated()].itertuples()
    ]
    return [*faults, *_unlike(regions), *_overlaps(regions)]


def _unlike(regions: gpd.GeoDataFrame) -> Iterator[Fault]:
    """Yield what is wrong with the further properties of the regions as columns of one table."""
    files: dict[str, str] = {}
    for file, row in zip(regions["file"], regions["further"], strict=True):
        for name in row:
            files.setdefault(name, file)
    kinds = kinds_of(regions["further"])
    spellings: dict[str, str] = {}
    for name, file in files.items():
        other = spellings.setdefault(name.casefold(), name)
        if other != name:
            message = f"differs from {quoted(other)} in capitals only; write both alike"
            yield Fault(file, None, name, message)
        if len(kinds[name]) > 1:
            message = (
                f"is {' here and '.join(sorted(kinds[name]))} there, so exports have it as text; "
                "write it alike in every region"
            )
            yield Fault(file, None, name, message, doubt=True)


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


def _read(
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
        "names": _names(feature),
        "alt_names": tuple(name.strip() for name in alternates if name.strip()),
        "lies_within": feature.text("lies_within"),
        "lies_within_source": feature.text("lies_within:source"),
        "lies_within_locator": feature.text("lies_within:locator"),
        "lies_within_note": _texts(feature, "lies_within:note"),
        "note": _texts(feature, "note"),
        "further": {name: v for name, v in _further(feature) if not _cannot_pass_on(name, v)},
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


def _texts(feature: Feature, name: str) -> dict[str, str]:
    """Return a property and its translations `name:xx`, by language; "" for the property itself."""
    texts = {"": feature.text(name)}
    for key in feature.properties:
        stem, _, language = key.rpartition(":")
        if stem == name and is_language_tag(language):
            texts[language] = feature.text(key)
    return {language: text for language, text in texts.items() if text}


def _further(feature: Feature) -> Iterator[tuple[str, Any]]:
    """Yield the properties beyond those that we read, with their values, unless they are null."""
    for name, value in feature.properties.items():
        stem, _, language = name.rpartition(":")
        translation = stem in _TRANSLATED and is_language_tag(language)
        is_name = name.startswith(LANGUAGE_COLUMN) and _is_name_key(
            name.removeprefix(LANGUAGE_COLUMN)
        )
        if value is not None and not (name in _REGION_PROPERTIES or translation or is_name):
            yield name, value


def _cannot_pass_on(name: str, value: Any) -> str:
    """Return why a further property cannot stand in every format, "" where it can."""
    if not NAME.fullmatch(name):
        return "has a name that not every format can hold; write letters, digits, _ . : -"
    if not isinstance(value, str | bool | int | float):
        return f"is a {'list' if isinstance(value, list) else 'group'}; write a text or a number"
    try:
        visible(str(value))
    except ValueError as error:
        return str(error)
    return ""


def _further_faults(feature: Feature) -> Iterator[Fault]:
    for name, value in _further(feature):
        if name.casefold() in TAKEN:
            message = "is a name that exports give to a column of their own; rename the property"
            yield feature.fault(name, message)
        elif reason := _cannot_pass_on(name, value):
            yield replace(feature.fault(name, f"is not passed on: it {reason}"), doubt=True)


def _region_faults(feature: Feature) -> list[Fault]:
    faults = list(feature.text_faults(LANGUAGE_COLUMN, _REGION_TEXTS))
    faults += _further_faults(feature)
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
        near = Names(CONTEXT_KINDS).meant(kind)
        hint = f"is {near!r} meant?" if near else f"use one of {', '.join(CONTEXT_KINDS)}"
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
