"""Where the names of lines go: along their course, beside a stretch that is nearly straight."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import shapely

from geomap.present import typesetting
from geomap.present.board import Box
from geomap.present.names import Letters, Name, Placed
from geomap.present.room import Room, around
from geomap.present.scene import outlines

_BENT = 0.3
"""How far a line may be from straight beside its name, as a share of the name's size."""
_APART = 0.95
"""From the line to the middle of its name, as a share of the name's size."""
_STEP = 6.0
"""Pixels from one place to try to the next."""


def place_line(room: Room, line: Name, letters: Letters, spots: int) -> tuple[Placed, ...]:
    """Offer places beside a line for its name, at most `spots`, each far from those before."""
    size = letters.line
    wide = letters.slack * typesetting.width(line.text, size)
    chosen: list[Placed] = []
    for x, y, angle in sorted(_ways(room, line, wide, size), key=_steepness):
        apart = [math.hypot(x - one.x, y - one.y) for one in chosen]
        boxes = turned_boxes(wide, size, angle)
        if any(one < 2 * wide for one in apart) or not room.fits(x, y, boxes):
            continue
        room.take(x, y, boxes, 1)
        chosen.append(Placed(x, y, (line.text,), size, angle=angle))
        if len(chosen) == spots:
            break
    return tuple(chosen)


def turned_boxes(wide: float, high: float, angle: float) -> list[Box]:
    """Return boxes around their middle that together hold a line of text turned by an angle."""
    if not angle:
        return [around(wide, high)]
    dx, dy = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    count = max(2, math.ceil(wide / (0.5 * high)))
    half = high / 2 * (abs(dx) + abs(dy))
    along = np.linspace(high / 2 - wide / 2, wide / 2 - high / 2, count).tolist()
    return [(a * dx - half, a * dy - half, a * dx + half, a * dy + half) for a in along]


def _steepness(way: tuple[float, float, float]) -> int:
    """Level names are easier to read than steep ones."""
    return round(abs(way[2]) / 15)


def _ways(
    room: Room, line: Name, wide: float, size: float
) -> Iterator[tuple[float, float, float]]:
    """Yield middles and angles at which a name stands clear of all lines and edges."""
    frame = room.frame
    need = wide + size
    for course in outlines(line.outline):
        flat = shapely.transform(course, lambda xy: xy * frame.scale - [frame.left, frame.top])
        seen = shapely.clip_by_rect(flat, 0, 0, frame.width, frame.height)
        for part in outlines(seen):
            for start in np.arange(0, part.length - need, _STEP).tolist():
                stretch = shapely.ops.substring(part, start, start + need)
                (x1, y1), (x2, y2) = stretch.coords[0], stretch.coords[-1]
                chord = shapely.LineString([(x1, y1), (x2, y2)])
                if shapely.hausdorff_distance(chord, stretch) > _BENT * size:
                    continue
                yield from _sides(room, (x1, y1, x2, y2), wide, size)


def _sides(
    room: Room, chord: tuple[float, float, float, float], wide: float, size: float
) -> Iterator[tuple[float, float, float]]:
    """Yield the places above and below a straight stretch of a line that are clear."""
    x1, y1, x2, y2 = chord if chord[0] <= chord[2] else (*chord[2:], *chord[:2])
    angle = round(math.degrees(math.atan2(y2 - y1, x2 - x1)))
    dx, dy = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    for side in (-1, 1):
        x = (x1 + x2) / 2 - side * dy * size * _APART
        y = (y1 + y2) / 2 + side * dx * size * _APART
        corners = [
            (x + a * dx - b * dy, y + a * dy + b * dx)
            for a, b in (
                (-wide / 2, -size / 2),
                (wide / 2, -size / 2),
                (wide / 2, size / 2),
                (-wide / 2, size / 2),
            )
        ]
        area = shapely.Polygon([room.frame.unit(*corner) for corner in corners])
        if room.clear(np.array([area]), room.edges, room.lines, room.borders).all():
            yield x, y, angle
