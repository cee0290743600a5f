"""TopoJSON: borders that neighbours share are stored once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson
import shapely

from geomap.cache import OwnerCache
from geomap.core.arcs import arcs_of
from geomap.formats.export import Export, Format
from geomap.formats.geojson import properties
from geomap.formats.shapes import DECIMALS, Shapes

TITLE = "TopoJSON"
_SCALE = 10**DECIMALS
_WITHOUT_ARCS = ("Point", "MultiPoint")
_POLYGONS = ("Polygon", "MultiPolygon")


@dataclass(frozen=True)
class _Topology:
    """All outlines on a grid: types and arcs by place, and the arcs themselves.

    Of a point `uses` has the position, not an arc. It is computed once for each `Shapes`, and an
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
    geometries = shapely.orient_polygons(shapes.geometries, exterior_cw=True)
    bounds = shapely.total_bounds(geometries) if len(geometries) else np.zeros(4)
    origin = np.rint(bounds[:2] * _SCALE).astype(np.int64)
    types = [geometry.geom_type for geometry in geometries]
    polygons = [place for place, kind in enumerate(types) if kind in _POLYGONS]
    shared = arcs_of(geometries[polygons], _SCALE)
    lines = [line - origin for line in shared.lines]
    uses: list[Any] = [None] * len(types)
    for place, rings in zip(polygons, shared.uses, strict=True):
        uses[place] = rings if types[place] == "MultiPolygon" else rings[0]
    for place, kind in enumerate(types):
        if kind in _POLYGONS:
            continue
        parts = [_on_grid(part, origin) for part in shapely.get_parts(geometries[place])]
        if kind in _WITHOUT_ARCS:
            uses[place] = [part[0].tolist() for part in parts]
        else:
            uses[place] = [[len(lines) + number] for number in range(len(parts))]
            lines += parts
        if not kind.startswith("Multi"):
            uses[place] = uses[place][0]
    return _Topology(
        types,
        uses,
        [orjson.dumps(_steps(line), option=orjson.OPT_SERIALIZE_NUMPY) for line in lines],
        {"scale": [1 / _SCALE, 1 / _SCALE], "translate": (origin / _SCALE).tolist()},
    )


def _on_grid(geometry: shapely.Geometry, origin: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    points: np.ndarray[Any, Any] = np.rint(shapely.get_coordinates(geometry) * _SCALE)
    on_grid: np.ndarray[Any, Any] = points.astype(np.int64) - origin
    return on_grid


def _steps(line: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """An arc as TopoJSON has it: its first point, then each from the one before."""
    return np.ascontiguousarray(np.diff(line, axis=0, prepend=np.zeros((1, 2), dtype=np.int64)))


def _geometry(kind: str, uses: Any, numbers: dict[int, int]) -> dict[str, Any]:
    if kind in _WITHOUT_ARCS:
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
    shown_by_browsers=True,
    compressible=True,
)
