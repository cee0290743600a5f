"""GeoJSON (RFC 7946)."""

from __future__ import annotations

from typing import Any

import orjson
import shapely

from geomap.formats.export import Export, Format


def write(export: Export) -> bytes:
    """Return a FeatureCollection; what belongs to all features stands in foreign members."""
    return orjson.dumps(collection(export, features(export)))


def collection(export: Export, features: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the members of a FeatureCollection with a bbox, unless there is no feature."""
    bounded = features and export.with_geometry
    bbox = {"bbox": shapely.total_bounds(export.geometries).tolist()} if bounded else {}
    return {"type": "FeatureCollection", **bbox, **export.about, "features": features}


def features(export: Export) -> list[dict[str, Any]]:
    """Return the features, each with its geometry as ready JSON text."""
    return [
        {
            "type": "Feature",
            "id": id,
            "geometry": orjson.Fragment(geometry),
            "properties": properties(export, row),
        }
        for id, row, geometry in zip(export.ids, export.rows, export.geometry_json, strict=True)
    ]


def properties(export: Export, row: dict[str, Any]) -> dict[str, Any]:
    """Return a row's values for the columns of an export."""
    if len(row) == len(export.columns):
        return row
    return {name: row[name] for name in export.columns}


FORMAT = Format(
    "geojson",
    "application/geo+json",
    "GeoJSON",
    write,
    shown_by_browsers=True,
    compressible=True,
    works_without_geometry=True,
)
