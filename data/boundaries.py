"""Geometry of the built-in boundaries: from Natural Earth lines to a clean coverage.

Every function is pure and works on shapely geometries in EPSG:4326 (longitude, latitude in
degrees), on a grid of five decimals (about one metre). `build_regions.py` reads the inputs,
calls these functions and writes the files.

The one idea: all lines are cut at each other and closed into *faces*; each face then gets exactly
one owner. Faces never overlap and leave no gap, so neither do the regions made of them, and two
neighbours share every vertex of the line between them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

import shapely
from pyproj import Geod
from shapely.geometry import LineString, MultiLineString, MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

DECIMALS = 5
GRID = 10.0**-DECIMALS
OBLAST = "nagorno-karabakh"

# Districts that lay wholly inside the 1991 oblast: what sticks out of it is an error of the lines.
ONCE_INSIDE = frozenset({"AZ-XC", "AZ-SS", "AZ-XD"})
# Districts the oblast cuts up: only the largest part keeps its name, the others are orphans.
CUT_UP = frozenset({"AZ-KA", "AZ-TA"})

# Two places where the 1:10m lines need help, each a cut from one existing vertex to another.
# Azerbaijan never lost Quzanli, yet the district line runs 0.9 km east of it: pass 2 km west.
QUZANLI_CUT = ((47.10176, 40.04391), (47.0723, 40.026), (47.0654, 40.0133), (47.07235, 39.97474))
# Between the oblast's north-eastern spur and Aghdam the district lines leave a bay: close it.
SPUR_CUT = ((46.98817, 40.23884), (47.00383, 40.21406))

_GEOD = Geod(ellps="WGS84")


def area_km2(geometry: BaseGeometry) -> float:
    """Area on the WGS84 ellipsoid, in square kilometres, never negative."""
    return abs(float(_GEOD.geometry_area_perimeter(shapely.orient_polygons(geometry))[0])) / 1e6


def length_km(geometry: BaseGeometry) -> float:
    """Length of the lines in a geometry on the WGS84 ellipsoid, in kilometres; points count 0."""
    parts = shapely.get_parts(geometry)
    return sum(float(_GEOD.geometry_length(p)) for p in parts if p.geom_type == "LineString") / 1e3


def on_grid(geometry: BaseGeometry) -> BaseGeometry:
    """Return the geometry in two dimensions with coordinates rounded to five decimals."""
    return shapely.transform(shapely.force_2d(geometry), lambda xy: xy.round(DECIMALS))


def tidy(geometry: BaseGeometry) -> BaseGeometry:
    """Bring a geometry into its one canonical form: grid, start vertex, order, RFC 7946 winding."""
    return shapely.orient_polygons(shapely.normalize(on_grid(geometry)), exterior_cw=False)


def join_pieces(pieces: Sequence[LineString], tolerance: float) -> Polygon:
    """Chain lines end to end into one closed ring, whatever their order and direction.

    Args:
        pieces: the lines; near ends are meant to be the same point.
        tolerance: the widest miss, in degrees, that still counts as the same point.

    Raises:
        ValueError: if some ends are further apart than `tolerance`.
    """
    rest = [list(piece.coords) for piece in pieces]
    chain = rest.pop(0)
    while rest:
        reach, index, turn = min(
            (math.dist(chain[-1], piece[-1 if turn else 0]), index, turn)
            for index, piece in enumerate(rest)
            for turn in (False, True)
        )
        if reach > tolerance:
            raise ValueError(f"the oblast's border has a gap of {reach:.4f}° at {chain[-1]}")
        piece = rest.pop(index)
        chain += piece[-2::-1] if turn else piece[1:]
    if math.dist(chain[0], chain[-1]) > tolerance:
        raise ValueError(f"the oblast's border does not close at {chain[-1]}")
    return Polygon(chain[:-1])


def owners(
    districts: Mapping[str, Polygon], oblast: Polygon, ceasefire: LineString, aghdam: Point
) -> dict[str, BaseGeometry]:
    """Divide Azerbaijan between the oblast and the districts around it.

    Args:
        districts: ISO 3166-2 code ("AZ-KA") to polygon; a valid coverage.
        oblast: the former autonomous oblast; all inside it goes to `OBLAST`.
        ceasefire: the 1994 line, at which the Aghdam district is cut.
        aghdam: the town: it tells the western part of the district ("AZ-AM west") from the rest.

    Returns:
        Owner to geometry, a valid coverage: `OBLAST`, "AZ-AM west", and the district codes.
    """
    across_am = ceasefire.intersection(districts["AZ-AM"].buffer(0.02))
    lines = [d.boundary for d in districts.values()]
    lines += [oblast.boundary, across_am, LineString(QUZANLI_CUT), LineString(SPUR_CUT)]
    faces = shapely.get_parts(shapely.polygonize([shapely.union_all(lines, grid_size=GRID)]))

    held: dict[str, list[Polygon]] = {}
    for face in faces:
        point = face.representative_point()
        owner = next((code for code, d in districts.items() if d.contains(point)), None)
        if oblast.contains(point):
            owner = OBLAST
        elif owner == "AZ-AM" and face.contains(aghdam):
            owner = "AZ-AM west"
        # A face of no district is an enclave of another country: Azerbaijan's map leaves it out.
        if owner is not None:
            held.setdefault(owner, []).append(face)

    orphans: list[Polygon] = []
    for code in ONCE_INSIDE | CUT_UP:
        parts = sorted(held.pop(code, []), key=area_km2)
        if code in CUT_UP:
            held[code] = [parts.pop()]
        orphans += parts
    _adopt(orphans, held)
    return {owner: shapely.coverage_union_all(parts) for owner, parts in sorted(held.items())}


def _adopt(orphans: list[Polygon], held: dict[str, list[Polygon]]) -> None:
    """Give each orphan face to the neighbour with which it shares the longest border.

    The oblast takes none: every orphan lies outside its border, which stays as it was drawn. An
    orphan that has only other orphans beside it waits for the next round.
    """
    waiting = sorted(orphans, key=area_km2, reverse=True)
    while waiting:
        later = []
        for face in waiting:
            shared, owner = max(
                (sum(length_km(face.intersection(part)) for part in parts), owner)
                for owner, parts in held.items()
                if owner != OBLAST
            )
            if shared > 0:
                held[owner].append(face)
            else:
                later.append(face)
        if len(later) == len(waiting):
            raise ValueError(f"{len(later)} pieces have no neighbour to go to")
        waiting = later


def simplified(
    fixed: Iterable[str],
    land: Mapping[str, BaseGeometry],
    frame: Polygon,
    view: Polygon,
    tolerances: tuple[float, float],
) -> dict[str, BaseGeometry]:
    """Clip a coverage to a frame and simplify it, so that shared borders stay shared.

    Args:
        fixed: names in `land` whose outlines must not move; they come back as they were.
        land: name to geometry, a valid coverage. What it leaves of the frame is water or other
            land, and comes back as "rest 0", "rest 1", ….
        frame: the rectangle to clip to; its edge stays straight.
        view: a rectangle in the frame with all of `fixed` inside, to be simplified less.
        tolerances: inside and outside the view, in degrees, as `shapely.coverage_simplify`
            takes them.

    Returns:
        Name to geometry, again a valid coverage.
    """
    kept = {name: land[name] for name in fixed}
    moving = {
        name: shapely.intersection(geometry, frame, grid_size=GRID)
        for name, geometry in land.items()
        if name not in kept
    }
    everything = shapely.union_all([*moving.values(), *kept.values()], grid_size=GRID)
    rest = shapely.get_parts(shapely.difference(frame, everything, grid_size=GRID))
    moving |= {f"rest {n}": part for n, part in enumerate(rest)}
    # An outer edge stays put. The fixed ones are left out of the first step, so their outline is
    # one; the view is left out of the second.
    thin = shapely.coverage_simplify(list(moving.values()), tolerances[0], simplify_boundary=False)
    near = shapely.intersection(thin, view, grid_size=GRID)
    far = shapely.difference(thin, view, grid_size=GRID)
    far = shapely.coverage_simplify(far, tolerances[1], simplify_boundary=False)
    joined = shapely.union(near, far, grid_size=GRID)
    return {name: g for name, g in zip(moving, joined, strict=True) if not g.is_empty} | kept


def inner_lines(areas: Iterable[BaseGeometry], without: Iterable[BaseGeometry]) -> MultiLineString:
    """Return the outlines of `areas`, each once, minus the outlines of `without`."""
    drawn = shapely.union_all([a.boundary for a in areas])
    lines = shapely.difference(drawn, shapely.union_all([w.boundary for w in without]))
    merged = shapely.line_merge(lines)
    return MultiLineString([p for p in shapely.get_parts(merged) if p.geom_type == "LineString"])


def without_islands(geometry: BaseGeometry, smallest_km2: float) -> BaseGeometry:
    """Drop the parts and holes of a polygon that are smaller than `smallest_km2`."""
    parts = []
    for part in shapely.get_parts(geometry):
        if area_km2(part) >= smallest_km2:
            holes = [ring for ring in part.interiors if area_km2(Polygon(ring)) >= smallest_km2]
            parts.append(Polygon(part.exterior, holes))
    return parts[0] if len(parts) == 1 else MultiPolygon(parts)


def side_of(country: BaseGeometry, line: LineString, point: Point) -> Polygon:
    """Return the part of a country that a line cuts off and that holds a point.

    The line is drawn on past both its ends, since a simplified border may miss them.
    """
    (x1, y1), (x2, y2), *_ = line.coords
    *_, (x3, y3), (x4, y4) = line.coords
    before, after = (2 * x1 - x2, 2 * y1 - y2), (2 * x4 - x3, 2 * y4 - y3)
    longer = LineString([before, *line.coords, after])
    faces = shapely.polygonize([shapely.union_all([country.boundary, longer], grid_size=GRID)])
    parts = [part for part in shapely.get_parts(faces) if part.contains(point)]
    if len(parts) != 1:
        raise ValueError("the line does not cut the country in two")
    return parts[0]


def within(
    land: Mapping[str, BaseGeometry], names: Iterable[str], side: Polygon, smallest_km2: float
) -> BaseGeometry:
    """Return what of the named parts of `land` lies on a side, small pieces left out."""
    pieces = [shapely.intersection(land[name], side, grid_size=GRID) for name in names]
    return without_islands(shapely.union_all(pieces, grid_size=GRID), smallest_km2)
