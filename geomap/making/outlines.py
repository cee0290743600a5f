"""Outlines in any coordinate system to a clean coverage in degrees, and what had to be changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely

from geomap.core.geometry import CRS, MAX_LATITUDE, area_km2
from geomap.errors import BadSetting, quoted
from geomap.making.listing import few

DECIMALS = 5
"""Of a degree: about a metre."""
FINE_DECIMALS = 6
"""Where a region is less than a kilometre wide."""
MAX_VERTICES = 5_000_000
LARGEST_OVERLAP = 0.01
"""The share of the smaller region up to which an overlap is taken for a slip of the pen."""
GAP = 0.002
"""The widest crack that is closed, as a share of a middling region's width; and in degrees."""
SNAP = 0.001
"""The distance within which vertices of neighbours are one, as a share; a tenth of it in degrees."""
SMALL_HOLE = 0.02
"""The share of a middling region's area below which a hole between regions is worth a look."""
_OPTION = "--regions"
Outlines = np.ndarray[Any, Any]


def whole_polygons(outlines: Outlines, labels: Sequence[str]) -> tuple[Outlines, list[str]]:
    """Return each outline as a valid MultiPolygon, or None where it is no area; and sentences.

    `labels` name the features in sentences. Raises BadSetting where none is an area, or where an
    outline cannot be repaired.
    """
    kinds = [None if one is None or one.is_empty else one.geom_type for one in outlines]
    if not any(kinds):
        raise BadSetting(_OPTION, "its features have no outlines")
    if (vertices := int(shapely.get_num_coordinates(outlines).sum())) > MAX_VERTICES:
        message = f"has {vertices} vertices, and at most {MAX_VERTICES} are read; simplify it"
        raise BadSetting(_OPTION, message)
    notes, result, repaired = [], np.full(len(outlines), None, dtype=object), []
    for place, (outline, label) in enumerate(zip(outlines, labels, strict=True)):
        if not kinds[place] or not _areas(outline):
            continue
        if not outline.is_valid:
            repaired.append(f"{label} ({shapely.is_valid_reason(outline)})")
            outline = shapely.make_valid(outline, method="structure", keep_collapsed=False)
        if not (parts := [part for part in _areas(outline) if part.area > 0]):
            message = f"the outline of {label} is broken and nothing is left of it when repaired"
            raise BadSetting(_OPTION, f"{message}; draw it anew, or leave it out with --where")
        result[place] = shapely.multipolygons(parts)
    left_out = [
        (kind, label) for kind, label, one in zip(kinds, labels, result, strict=True) if one is None
    ]
    if len(left_out) == len(result):
        there = " and ".join(sorted({kind for kind in kinds if kind}))
        message = f"holds no areas but {there}; a region needs a Polygon or MultiPolygon"
        raise BadSetting(_OPTION, message)
    if left_out:
        which = few([f"{label} ({kind or 'no outline'})" for kind, label in left_out])
        notes.append(f"Left out, since they are no areas: {which}.")
    if repaired:
        notes.append(f"Repaired, look at them: {few(repaired)}.")
    return result, notes


def to_degrees(outlines: Outlines, labels: Sequence[str], crs: str) -> Outlines:
    """Return MultiPolygons in EPSG:4326, longitude first.

    Raises BadSetting where `crs` is unknown, and where a region does not lie on a web map.
    """
    from pyproj import CRS as System
    from pyproj import Transformer
    from pyproj.exceptions import ProjError

    try:
        system = System.from_user_input(crs)
        convert = Transformer.from_crs(system, CRS, always_xy=True)
    except ProjError:
        message = f"{quoted(crs)} is no coordinate reference system; write it as EPSG:32638"
        raise BadSetting("--crs", message) from None
    with np.errstate(invalid="ignore"):
        turned = shapely.transform(
            outlines, lambda xy: np.column_stack(convert.transform(xy[:, 0], xy[:, 1]))
        )
    for outline, label in zip(turned, labels, strict=True):
        xy = shapely.get_coordinates(outline)
        if not np.isfinite(xy).all() or (np.abs(xy) > [360, 90]).any():
            name = system.name if system.to_epsg() is None else f"EPSG:{system.to_epsg()}"
            message = f"{label} lies outside the world in the system {name}"
            raise BadSetting("--crs", f"{message}; give the one in which the file really is")
        if (np.abs(xy[:, 1]) > MAX_LATITUDE).any():
            message = f"{label} reaches beyond {MAX_LATITUDE}° of latitude, where no web map goes"
            raise BadSetting(_OPTION, f"{message}; cut it there, or leave it out with --where")
        wide = any(np.ptp(part.bounds[::2]) > 180 for part in shapely.get_parts(outline))
        if wide or (np.abs(xy[:, 0]) > 180).any():
            message = f"{label} crosses the 180th meridian, where the map is cut"
            remedy = "split it there, for example with `ogr2ogr -wrapdateline`"
            raise BadSetting(_OPTION, f"{message}; {remedy}")
    return np.array(turned, dtype=object)


def joined(outlines: Outlines, groups: Sequence[Sequence[int]]) -> Outlines:
    """Return one geometry a group: the union of the outlines at its places."""
    return np.array([shapely.union_all(outlines[list(places)]) for places in groups], dtype=object)


def clean(outlines: Outlines, labels: Sequence[str]) -> tuple[Outlines, list[str]]:
    """Return outlines rounded, with common borders that share each vertex; and sentences.

    Small gaps and overlaps between neighbours are closed. Raises BadSetting where regions overlap
    by more than a slip of the pen, or one is too small to be written.
    """
    decimals = FINE_DECIMALS if _least_width(outlines) < 0.01 else DECIMALS
    rough = shapely.set_precision(outlines, 10.0**-decimals)
    _refuse_small(rough, labels)
    _refuse_overlaps(rough, labels)
    width = float(np.median(np.sqrt(shapely.area(rough))))
    gap, snap = min(GAP * width, GAP), min(SNAP * width, SNAP / 10)
    if len(rough) == 1 or shapely.coverage_is_valid(rough, gap_width=gap):
        return _tidy(rough, decimals), []
    whole = shapely.coverage_clean(rough, gap_width=gap, snapping_distance=snap)
    _refuse_small(whole, labels)
    result = _tidy(whole, decimals)
    return result, [*_changes(rough, result, labels), *_holes(result, width)]


def _tidy(outlines: Outlines, decimals: int) -> Outlines:
    """Return outlines in canonical form: rounded, valid, wound as GeoJSON asks (RFC 7946)."""
    flat = shapely.transform(outlines, lambda xy: xy.round(decimals))
    # To round a vertex that the cleaning made may fold an outline at that place.
    broken = ~shapely.is_valid(flat)
    flat[broken] = shapely.set_precision(shapely.make_valid(flat[broken]), 10.0**-decimals)
    flat = np.array([_plain(_areas(one)) for one in flat], dtype=object)
    result: Outlines = shapely.orient_polygons(shapely.normalize(flat), exterior_cw=False)
    return result


def _areas(outline: shapely.Geometry) -> list[shapely.Polygon]:
    """Return the polygons of a geometry, those in collections too."""
    parts = shapely.get_parts(outline)
    if any(part.geom_type.startswith(("Multi", "GeometryCollection")) for part in parts):
        return [area for part in parts for area in _areas(part)]
    return [part for part in parts if part.geom_type == "Polygon" and not part.is_empty]


def _plain(parts: list[shapely.Polygon]) -> shapely.Geometry:
    return parts[0] if len(parts) == 1 else shapely.multipolygons(parts)


def _least_width(outlines: Outlines) -> float:
    return float(np.sqrt(shapely.area(outlines)).min())


def _refuse_small(outlines: Outlines, labels: Sequence[str]) -> None:
    for outline, label in zip(outlines, labels, strict=True):
        if not _areas(outline):
            message = f"{label} is too small: nothing is left of it when it is rounded and cleaned"
            raise BadSetting(_OPTION, f"{message}; leave it out with --where")


def _refuse_overlaps(outlines: Outlines, labels: Sequence[str]) -> None:
    tree = shapely.STRtree(outlines)
    first, second = tree.query(outlines, predicate="intersects")
    first, second = first[first < second], second[first < second]
    shared = shapely.area(shapely.intersection(outlines[first], outlines[second]))
    areas = shapely.area(outlines)
    share = shared / np.minimum(areas[first], areas[second])
    bad = [
        f"{labels[a]} and {labels[b]} ({part:.0%} of the smaller)"
        for a, b, part in zip(first, second, share, strict=True)
        if part > LARGEST_OVERLAP
    ]
    if bad:
        message = f"regions overlap: {few(bad)}. A place can have one status only"
        remedy = "cut one of each pair, or choose some with --where or another --layer"
        raise BadSetting(_OPTION, f"{message}; {remedy}")


def _changes(before: Outlines, after: Outlines, labels: Sequence[str]) -> list[str]:
    """Return sentences about how much cleaning has moved, the most changed regions first."""
    moved = shapely.symmetric_difference(before, after)
    changed = []
    for change, outline, label in zip(moved, after, labels, strict=True):
        size, whole = sum(map(area_km2, _areas(change))), area_km2(outline)
        if size > 1e-5 * whole:
            changed.append((size, f"{label} by {size:.3g} km² ({100 * size / whole:.2g} %)"))
    if not changed:
        return ["Common borders were given the same vertices; no area changed by 0.001 %."]
    changed.sort(key=lambda one: -one[0])
    which = few([text for _, text in changed])
    return [f"Small gaps and overlaps between neighbours were closed, which changed {which}."]


def _holes(outlines: Outlines, width: float) -> list[str]:
    """Return a sentence about small holes between regions, too wide to be closed unasked."""
    parts = shapely.get_parts(shapely.union_all(outlines))
    holes = [shapely.Polygon(ring) for part in parts for ring in part.interiors]
    small = [one for one in holes if one.area < SMALL_HOLE * width**2]
    if not small:
        return []
    places = [
        f"{area_km2(one):.3g} km² near {one.centroid.x:.4f}, {one.centroid.y:.4f}" for one in small
    ]
    return [f"Small holes are left between regions, look at them: {few(places)}."]
