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
    bbox = {"bbox": shapely.total_bounds(export.geometries).tolist()} if features else {}
    return {"type": "FeatureCollection", **bbox, **export.about, "features": features}


def features(export: Export) -> list[dict[str, Any]]:
    """Return the features, each with its geometry as ready JSON text."""
    return [
        {
            "type": "Feature",
            "id": row["id"],
            "geometry": orjson.Fragment(geometry),
            "properties": row,
        }
        for row, geometry in zip(export.rows, export.geometry_json, strict=True)
    ]


FORMAT = Format(
    "geojson", "application/geo+json", "GeoJSON", write, shown_by_browsers=True, compressible=True
)
