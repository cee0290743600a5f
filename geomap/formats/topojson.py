"""TopoJSON: borders that neighbours share are stored once."""

from __future__ import annotations

from typing import Any

import orjson
import shapely

from geomap.formats.export import Export, Format, need
from geomap.formats.shapes import DECIMALS

TITLE = "TopoJSON"
_STEP = 10.0**-DECIMALS


def write(export: Export) -> bytes:
    """Return a topology with the object `regions`; the rest stands in members of its own.

    Exterior rings run clockwise, as D3 draws them. The grid is that of the outlines' six decimals,
    so nothing is lost.
    """
    topojson = need("topojson", TITLE)
    features = [
        {
            "type": "Feature",
            "id": row["id"],
            "geometry": orjson.loads(geometry),
            "properties": dict(row),
        }
        for row, geometry in zip(export.rows, export.geometry_json, strict=True)
    ]
    if not features:
        return orjson.dumps(_members(export, _EMPTY))
    west, south = shapely.total_bounds(export.geometries)[:2].tolist()
    topology = topojson.Topology(
        {"type": "FeatureCollection", "features": features},
        object_name="regions",
        prequantize={"scale": [_STEP, _STEP], "translate": [west, south]},
    )
    return orjson.dumps(_members(export, topology.to_dict()))


_EMPTY: dict[str, Any] = {
    "objects": {"regions": {"type": "GeometryCollection", "geometries": []}},
    "arcs": [],
}


def _members(export: Export, topology: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Topology", **export.about, **topology}


FORMAT = Format("topojson", "application/json", TITLE, write, extra="formats")
