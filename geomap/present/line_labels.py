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
    courses = _seen(room, line) if line.text else ()
    ways = [one for course in courses for one in _ways(room, course, wide, size)]
    chosen: list[Placed] = []
    for x, y, angle in sorted(ways, key=_steepness):
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


def _seen(room: Room, line: Name) -> Iterator[shapely.Geometry]:
    """Yield the parts of a line that lie in the frame, in its pixels."""
    frame = room.frame
    for course in outlines(line.outline):
        flat = shapely.transform(course, lambda xy: xy * frame.scale - [frame.left, frame.top])
        yield from outlines(shapely.clip_by_rect(flat, 0, 0, frame.width, frame.height))


def _ways(
    room: Room, course: shapely.Geometry, wide: float, size: float
) -> list[tuple[float, float, float]]:
    """Return middles and angles at which a name beside a line stands clear of all lines and edges."""
    count = math.ceil((wide + size) / _STEP) + 1
    points = shapely.line_interpolate_point(course, np.arange(0, course.length, _STEP))
    if len(points) < count:
        return []
    parts = np.lib.stride_tricks.sliding_window_view(shapely.get_coordinates(points), count, axis=0)
    start, end = parts[:, :, 0], parts[:, :, -1]
    chord = end - start
    long = np.maximum(np.hypot(*chord.T), 1e-9)
    off = parts - start[:, :, None]
    bend = np.abs(off[:, 0] * chord[:, 1:] - off[:, 1] * chord[:, :1]).max(axis=1) / long
    straight = (bend <= _BENT * size) & (long > wide)
    middle, chord = ((start + end) / 2)[straight], chord[straight]
    # A name is read from the left.
    chord = np.where(chord[:, :1] < 0, -chord, chord)
    angle = np.round(np.degrees(np.arctan2(chord[:, 1], chord[:, 0])))
    along = np.column_stack([np.cos(np.radians(angle)), np.sin(np.radians(angle))])
    across = np.column_stack([-along[:, 1], along[:, 0]])
    ways = []
    for side in (-1, 1):
        at = middle + side * size * _APART * across
        corners = [
            at + a * wide / 2 * along + b * size / 2 * across
            for a, b in ((-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1))
        ]
        flat = np.stack(corners, axis=1)
        rings = np.stack(room.frame.unit(flat[..., 0], flat[..., 1]), axis=-1)
        clear = room.clear(
            shapely.polygons(rings),
            room.obstacles.edges,
            room.obstacles.lines,
            room.obstacles.borders,
        )
        ways += np.column_stack([at, angle])[clear].tolist()
    return [(x, y, turn) for x, y, turn in ways]
