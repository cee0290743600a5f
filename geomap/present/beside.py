"""Where labels go that have no room in their region: by its marker, or in free land beside it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import shapely

from geomap.present.board import Box
from geomap.present.label_blocks import FORMS, Block, blocks
from geomap.present.names import Name, RegionPlaced
from geomap.present.room import Room, around, grown, lattice
from geomap.present.scene import Frame

TINY = 10.0
"""A region that is less than so many pixels across gets a marker."""
MARKER = 5.0
"""The marker's radius in pixels."""
_FAR = 5
"""How far from its region a label may stand, in lines of its size."""


def extent(frame: Frame, region: Name) -> float:
    """Return how large a region is in pixels, the longer of its sides."""
    left, top, right, bottom = shapely.bounds(region.outline) * frame.scale
    return float(max(right - left, bottom - top))


def is_tiny(frame: Frame, region: Name) -> bool:
    """Return whether nobody would see a region."""
    return extent(frame, region) < TINY


def by_marker(room: Room, region: Name, size: float, slack: float) -> RegionPlaced | None:
    """Place a label beside the dot of a region that is too small to be seen."""
    x, y = room.frame.point(region.lon, region.lat)
    for made in blocks(room, region, size, slack, FORMS):
        _, _, right, bottom = made.outer
        across, down = right + MARKER + 4, bottom + MARKER + 2
        for dx, dy in ((across, 0), (-across, 0), (0, -down), (0, down)):
            boxes = [(b[0] + dx, b[1] + dy, b[2] + dx, b[3] + dy) for b in made.boxes]
            areas = np.concatenate([room.unit_boxes(np.array([[x, y]]), box) for box in boxes])
            clear = room.clear(areas, room.obstacles.edges, room.obstacles.lines).all()
            if clear and room.fits(x, y, boxes):
                room.take(x + dx, y + dy, [made.outer])
                return made.placed((x + dx, y + dy), region, marker=(x, y))
    return None


def beside(room: Room, region: Name, size: float, slack: float) -> RegionPlaced | None:
    """Place a label in free land near its region, with a line that leads to it."""
    home = np.array(room.frame.point(region.lon, region.lat))
    for made in blocks(room, region, size, slack, FORMS):
        ways = _ways_beside(room, region, made, home)
        for x, y in ways.tolist():
            end = _leader(room, region, (x, y), home)
            if end is None or not room.fits(x, y, [made.outer]):
                continue
            way = [*leader_boxes(made.outer, (x, y), end)]
            if not all(room.fits(*at, [around(3, 3)]) for at in way):
                continue
            room.take(x, y, [made.outer])
            for at in way:
                room.take(*at, [around(3, 3)], 1)
            marker = (home[0], home[1]) if is_tiny(room.frame, region) else None
            return made.placed((x, y), region, leader=end, marker=marker)
    return None


def _ways_beside(room: Room, region: Name, made: Block, home: np.ndarray) -> np.ndarray:
    """Return middles around a region where a label touches no region and no line, near ones first."""
    reach = extent(room.frame, region) + 6 * made.size
    low, high = (home - reach).tolist(), (home + reach).tolist()
    ways = lattice(low[0], low[1], high[0], high[1], made.size)
    ways = ways[_lies_in(room.within, ways, made.outer)]
    places = room.unit_boxes(ways, grown(made.outer, 3))
    edge = shapely.distance(region.outline, places) * room.frame.scale
    clear = room.clear(places, room.obstacles.regions, room.obstacles.lines)
    clear &= edge < _FAR * made.size
    ways, places, edge = ways[clear], places[clear], edge[clear]
    # In view, clear of borders, near its region's edge and near its middle.
    far = edge + 0.1 * np.hypot(*(ways - home).T)
    far += 2 * made.size * ~room.clear(places, room.obstacles.borders)
    far += 1000 * ~_lies_in(room.seen, ways, made.outer)
    nearest: np.ndarray = ways[np.argsort(far, kind="stable")]
    return nearest


def _lies_in(area: Box, ways: np.ndarray, box: Box) -> np.ndarray:
    """Return around which middles a box lies in an area."""
    low, high = ways + np.array(box[:2]), ways + np.array(box[2:])
    lies: np.ndarray = (low >= area[:2]).all(axis=1) & (high <= area[2:]).all(axis=1)
    return lies


def _leader(
    room: Room, region: Name, at: tuple[float, float], home: np.ndarray
) -> tuple[float, float] | None:
    """Return where a line from a label to its region ends, None where it would cross another."""
    frame = room.frame
    line = shapely.LineString([frame.unit(*at), frame.unit(*home)])
    inside = shapely.get_parts(shapely.intersection(line, region.outline))
    inside = inside[shapely.length(inside) > 0]  # not where it touches a corner only
    start = shapely.Point(frame.unit(*at))
    if not len(inside):
        end = shapely.Point(frame.unit(*home))
    else:
        part = min(inside, key=start.distance)
        end = shapely.line_interpolate_point(part, min(6 / frame.scale, part.length / 2))
    way = shapely.LineString([start, end])
    for i in room.obstacles.regions.query(way, predicate="intersects"):
        if room.obstacles.regions.geometries[i] is not region.outline:
            return None
    return end.x * frame.scale - frame.left, end.y * frame.scale - frame.top


def leader_start(
    box: Box, at: tuple[float, float], end: tuple[float, float]
) -> tuple[float, float]:
    """Return where the line from a label's middle to its region leaves the label's box."""
    dx, dy = end[0] - at[0], end[1] - at[1]
    half = (box[2] - box[0]) / 2 + 2, (box[3] - box[1]) / 2 + 2
    share = min(half[0] / abs(dx) if dx else np.inf, half[1] / abs(dy) if dy else np.inf, 1)
    return at[0] + dx * share, at[1] + dy * share


def leader_boxes(
    box: Box, at: tuple[float, float], end: tuple[float, float]
) -> Iterator[tuple[float, float]]:
    """Yield points along the line from a label to its region, about 5 pixels apart."""
    start = leader_start(box, at, end)
    count = 2 + int(np.hypot(end[0] - start[0], end[1] - start[1]) / 5)
    yield from zip(
        np.linspace(start[0], end[0], count)[1:].tolist(),
        np.linspace(start[1], end[1], count)[1:].tolist(),
        strict=True,
    )
