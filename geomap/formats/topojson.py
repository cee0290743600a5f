"""TopoJSON: borders that neighbours share are stored once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson
import shapely

from geomap.cache import OwnerCache
from geomap.formats.export import Export, Format, need
from geomap.formats.geojson import properties
from geomap.formats.shapes import DECIMALS, Shapes

TITLE = "TopoJSON"
_STEP = 10.0**-DECIMALS


@dataclass(frozen=True)
class _Topology:
    """What the library makes of all outlines: types and arcs by place, and the arcs themselves.

    Of a point `uses` has the position, not an arc.

    It takes seconds for thousands of regions, so it is computed once for each `Shapes`, and an
    export takes from it the arcs that its regions use.
    """

    types: list[str]
    uses: list[Any]
    arcs: list[bytes]
    transform: dict[str, Any]


_topologies: OwnerCache[Shapes, _Topology] = OwnerCache(1)


def write(export: Export) -> bytes:
    """Return a topology with one object, the layer; terms and dates are further members.

    Exterior rings run clockwise, as D3 draws them. The grid is that of the outlines' six decimals,
    so nothing is lost.
    """
    topology = _topologies.get(export.shapes, None, lambda: _topology(export.shapes))
    numbers: dict[int, int] = {}
    geometries = [
        {
            "id": id,
            **_geometry(topology.types[place], topology.uses[place], numbers),
            "properties": properties(export, row),
        }
        for id, place, row in zip(export.ids, export.places, export.rows, strict=True)
    ]
    bbox = {"bbox": shapely.total_bounds(export.geometries).tolist()} if geometries else {}
    return orjson.dumps(
        {
            "type": "Topology",
            **bbox,
            **export.about,
            "transform": topology.transform,
            "objects": {export.layer: {"type": "GeometryCollection", "geometries": geometries}},
            "arcs": [orjson.Fragment(topology.arcs[arc]) for arc in numbers],
        }
    )


def _topology(shapes: Shapes) -> _Topology:
    library = need("topojson", TITLE)
    if not len(shapes.geometries):
        return _Topology([], [], [], {"scale": [_STEP, _STEP], "translate": [0, 0]})
    features = [
        {"type": "Feature", "id": place, "properties": {}, "geometry": orjson.loads(text)}
        for place, text in enumerate(shapes.json)
    ]
    transform = {
        "scale": [_STEP, _STEP],
        "translate": shapely.total_bounds(shapes.geometries)[:2].tolist(),
    }
    topology = library.Topology(
        {"type": "FeatureCollection", "features": features},
        object_name="regions",
        prequantize=transform,
    ).to_dict()
    geometries = topology["objects"]["regions"]["geometries"]
    return _Topology(
        [geometry["type"] for geometry in geometries],
        [geometry.get("arcs", geometry.get("coordinates")) for geometry in geometries],
        [orjson.dumps(arc) for arc in topology["arcs"]],
        transform,
    )


def _geometry(kind: str, uses: Any, numbers: dict[int, int]) -> dict[str, Any]:
    if kind.endswith("Point"):
        return {"type": kind, "coordinates": uses}
    return {"type": kind, "arcs": _renumbered(uses, numbers)}


def _renumbered(arcs: Any, numbers: dict[int, int]) -> Any:
    """The arcs of a geometry by the numbers of those in use so far, which grow as needed.

    An arc that runs backwards is the ones' complement of its number.
    """
    if isinstance(arcs, list):
        return [_renumbered(arc, numbers) for arc in arcs]
    if arcs < 0:
        return ~numbers.setdefault(~arcs, len(numbers))
    return numbers.setdefault(arcs, len(numbers))


FORMAT = Format(
    "topojson",
    "application/json",
    TITLE,
    write,
    extra="formats",
    shown_by_browsers=True,
    compressible=True,
)
