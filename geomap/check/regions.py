"""The regions as polygons, checked; their areas and the points of their labels."""

from __future__ import annotations

from collections.abc import Callable
from math import isnan, nan
from typing import Any

import geopandas as gpd
import shapely

from geomap.check.features import Feature, in_degrees, read_features
from geomap.check.further import further_faults, further_of, unlike
from geomap.check.overlaps import overlaps
from geomap.check.values import identifier, is_language_tag
from geomap.core.geometry import CRS, MAX_LATITUDE, label_points
from geomap.errors import Fault, quoted

LANGUAGE_COLUMN = "name:"
NAME_CASES = ("genitive", "dative", "instrumental")
"""The grammatical cases in which a name may be given, as `name:ru:genitive`."""
_REGION_TEXTS = (
    *("id", "name", "alt_name", "note", "lies_within"),
    *("lies_within:source", "lies_within:locator", "lies_within:note"),
)
_TRANSLATED = ("note", "lies_within:note")
_REGION_PROPERTIES = (*_REGION_TEXTS, "label_lon", "label_lat")
_REGION_COLUMNS = [
    *("id", "name", "names", "alt_names", "lies_within", "lies_within_source"),
    *("lies_within_locator", "lies_within_note", "note"),
    *("further", "label_lon", "label_lat", "file", "geometry"),
]


def read_regions(files: dict[str, bytes]) -> tuple[gpd.GeoDataFrame, list[Fault]]:
    """Return the regions in `regions/*.geojson` of `files`, ordered by file, and every fault.

    Columns: id, name, names (by language, and by language and case as `az:genitive`), alt_names,
    lies_within, the source and locator that say so and a note of what exactly they say, note (both
    by language, "" for the one without), further (any other property that can be passed on, by its
    name), label_lon and label_lat (degrees, inside the polygon or near it), file (the name in
    `files`), geometry (Polygon or MultiPolygon). CRS: EPSG:4326, longitude first.
    """
    rows, faults = read_rows(files, "regions/", _region_faults, _region)
    _place_labels(rows)
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
    return [*faults, *unlike(regions), *overlaps(regions)]


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
        "label_lon": feature.value("label_lon", nan),
        "label_lat": feature.value("label_lat", nan),
        "file": feature.file,
        "geometry": feature.geometry,
    }


def _place_labels(rows: list[dict[str, Any]]) -> None:
    """Put the labels of which no file says where they stand where there is most room."""
    columns = ("label_lon", "label_lat")
    unplaced = [row for row in rows if any(isnan(row[column]) for column in columns)]
    points = label_points([row["geometry"] for row in unplaced])
    for row, point in zip(unplaced, points, strict=True):
        for column, degrees in zip(columns, point, strict=True):
            if isnan(row[column]):
                row[column] = degrees


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


def _area_as_written(geometry: shapely.Geometry) -> float:
    """Return the area in square degrees that is left at 6 decimals, or more than that where it is
    plain that much is left.
    """
    most_lost: float = geometry.length * 1e-6
    if geometry.area > 2 * most_lost:
        return float(geometry.area)
    return float(shapely.transform(geometry, lambda xy: xy.round(6)).area)


def _geometry_fault(geometry: shapely.Geometry | None) -> str | None:
    if geometry is None:
        return "is missing or unreadable; a region needs a Polygon or MultiPolygon"
    if geometry.geom_type not in ("Polygon", "MultiPolygon"):
        return f"is a {geometry.geom_type}; a region needs a Polygon or MultiPolygon"
    if geometry.is_empty:
        return "is empty; draw the region's outline"
    if not in_degrees(geometry):
        return "has coordinates outside the world; write longitude, then latitude, in degrees"
    if shapely.bounds(geometry)[1] >= MAX_LATITUDE or shapely.bounds(geometry)[3] <= -MAX_LATITUDE:
        return f"lies beyond {MAX_LATITUDE} degrees of latitude, where a web map shows nothing"
    if not geometry.is_valid:
        reason = shapely.is_valid_reason(geometry)
        return f"is a broken polygon ({reason}); mend it, for example with QGIS 'Fix geometries'"
    if not _area_as_written(geometry):
        return "is too small; nothing is left of it at 6 decimals of a degree, as maps write it"
    return None
