"""JSON-FG (OGC 21-045r1): GeoJSON with the days for which each region's status holds."""

from __future__ import annotations

import orjson

from geomap.formats.export import Export, Format
from geomap.formats.geojson import collection, features

_CLASSES = "http://www.opengis.net/spec/json-fg-1/1.0/conf/"
_TYPES = {"events": "event", "context": "context"}
CRS84 = "http://www.opengis.net/def/crs/OGC/0/CRS84"


def write(export: Export) -> bytes:
    """Return a FeatureCollection; `time` is the interval of days, both included.

    It ends with the dataset's period at the latest: beyond, no claim is made. The outlines are in
    `geometry`, being in WGS 84 as GeoJSON wants them, and so `place` is null.
    """
    region_features = features(export)
    for feature, days in zip(region_features, export.validity, strict=True):
        ends = [day.isoformat() if day else ".." for day in days] if days else []
        feature["time"] = {"interval": ends} if days else None
        feature["place"] = None
    members = collection(export, region_features)
    head = {
        "type": members.pop("type"),
        "conformsTo": [f"{_CLASSES}core", f"{_CLASSES}types-schemas"],
        "featureType": _TYPES.get(export.layer, "region"),
        **({"geometryDimension": 2} if export.layer != "context" else {}),
        "coordRefSys": CRS84,
    }
    return orjson.dumps({**head, **members})


FORMAT = Format(
    "jsonfg",
    "application/vnd.ogc.fg+json",
    "JSON-FG",
    write,
    shown_by_browsers=True,
    compressible=True,
    works_without_geometry=True,
)
