"""Where labels have room within their region, near the region's own place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import shapely

from geomap.present.board import Board, Box
from geomap.present.names import Name
from geomap.present.room import Room, grown, lattice, outer

EDGE = 1.5
"""Pixels between a label and its region's edge."""
_NEAR = 40
"""So many places are looked at for one that leaves the dots of towns free."""
_PARTS = (24, 200, None)
"""Places are tried in parts, since the first of them mostly fits."""


def place_in(
    room: Room, region: Name, boxes: Sequence[Box], wishes: Board | None = None
) -> tuple[float, float] | None:
    """Return where boxes have room in a region, as near as can be to its own place."""
    first = None
    seen = 0
    for ways in _ways_in(room, region, boxes):
        for x, y in ways[within(room, region, boxes, ways)].tolist():
            if not room.fits(x, y, boxes):
                continue
            first = first or (x, y)
            seen += 1
            if wishes is None or Room.fits(replace(room, board=wishes), x, y, boxes):
                return x, y
            if seen > _NEAR:
                return first
    return first


def within(room: Room, region: Name, boxes: Sequence[Box], ways: np.ndarray) -> np.ndarray:
    """Return at which middles boxes lie in a region, and on no line."""
    fits = np.ones(len(ways), dtype=bool)
    for box in boxes:
        if not fits.any():
            break
        places = room.unit_boxes(ways[fits], grown(box, EDGE))
        fits[fits] = shapely.contains(region.outline, places) & room.clear(
            places, room.obstacles.lines
        )
    return fits


def _ways_in(room: Room, region: Name, boxes: Sequence[Box]) -> Iterator[np.ndarray]:
    """Yield middles that may have room for boxes in a region, the nearest to its own place first."""
    frame = room.frame
    left, top, right, bottom = (shapely.bounds(region.outline) * frame.scale).tolist()
    all_lines = grown(outer(boxes), EDGE)
    low = left - frame.left - all_lines[0], top - frame.top - all_lines[1]
    high = right - frame.left - all_lines[2], bottom - frame.top - all_lines[3]
    if low[0] > high[0] or low[1] > high[1]:
        return
    home = np.array(frame.point(region.lon, region.lat))
    yield home[None]
    ways = lattice(*low, *high, (boxes[0][3] - boxes[0][1]) * 0.3)
    ways = ways[np.argsort(np.hypot(*(ways - home).T), kind="stable")]
    begin = 0
    for end in _PARTS:
        if len(part := ways[begin:end]):
            yield part
        begin = end or len(ways)
