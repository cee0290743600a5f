"""JSON-FG (OGC 21-045r1): GeoJSON with the days for which each region's status holds."""

from __future__ import annotations

import orjson

from geomap.formats.export import Export, Format
from geomap.formats.geojson import collection, features

_CLASSES = "http://www.opengis.net/spec/json-fg-1/1.0/conf/"
CRS84 = "http://www.opengis.net/def/crs/OGC/0/CRS84"


def write(export: Export) -> bytes:
    """Return a FeatureCollection of type `region`; `time` is the interval of days, both included.

    It ends with the dataset's period at the latest: beyond, no claim is made. The outlines are in
    `geometry`, being in WGS 84 as GeoJSON wants them, and so `place` is null.
    """
    region_features = features(export)
    for feature, (first, last) in zip(region_features, export.validity, strict=True):
        feature["time"] = {"interval": [first.isoformat(), last.isoformat()]}
        feature["place"] = None
    members = collection(export, region_features)
    head = {
        "type": members.pop("type"),
        "conformsTo": [f"{_CLASSES}core", f"{_CLASSES}types-schemas"],
        "featureType": "region",
        "geometryDimension": 2,
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
)
