"""Where the labels of regions go: in their region, else beside it, else a number stands for them.

A label is a region's name and, below it, what is to be known of its dates. Where one label finds no
room the others become smaller with it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from geomap.present.at_home import Homes
from geomap.present.beside import MARKER, beside, by_marker, is_tiny
from geomap.present.board import Board
from geomap.present.inside import place_in, within
from geomap.present.label_blocks import FORMS, LEAST, SHORT_FORMS, block, blocks
from geomap.present.names import Form, Letters, Name, RegionPlaced
from geomap.present.room import Room, around

ALWAYS_NAMED = 12
"""Of so few regions none may stay without its label, or a number that stands for it."""
SEARCHED = 200
"""In more regions than this, no better place than their own is looked for."""
SMALLER = (1, 0.88, 0.76)
"""Shares of a label's size to try until each region's label has room."""
DISC, IN_DISC = 0.82, 0.95
"""The radius of a disc with a number, and the number's size, as shares of a name's size."""
_AROUND = ((1, 0), (-1, 0), (0, -1), (0, 1), (0.8, -0.8), (-0.8, -0.8), (0.8, 0.8), (-0.8, 0.8))
"""Directions to try from a region's own place."""


def place_regions(
    room: Room,
    regions: Sequence[Name],
    letters: Letters,
    wishes: Board,
    homes: Homes | None = None,
) -> tuple[Room, list[RegionPlaced | None], float, bool]:
    """Place the labels of regions.

    Returns the room that is left, the places, the share of their size in which labels are set, and
    whether numbers stand for all labels. `wishes` has what labels should leave free if they can.
    `homes` is of the same regions at a lesser zoom, for who has it.
    """
    if len(regions) > SEARCHED:
        left = room.copy()
        return left, (homes or Homes(regions)).place(left, letters), 1, False
    if len(regions) > ALWAYS_NAMED:
        left = room.copy()
        return left, [_one_of_many(left, one, letters) for one in regions], 1, False
    trials = []
    for share in SMALLER:
        left, placed = _trial(room, regions, letters, share, wishes)
        if all(placed):
            return left, placed, share, False
        trials.append((left, placed))
    best: tuple[Room, list[RegionPlaced | None], float, bool] | None = None
    fewest = len(regions) + 1
    for share, (left, placed) in zip(SMALLER, trials, strict=True):
        missing = placed.count(None)
        if missing >= fewest:
            continue
        if _fill_in_beside(left, regions, placed, _size(letters, share), letters.slack):
            best, fewest = (left, placed, share, False), missing
    if best:
        return best
    left = room.copy()
    size = _size(letters, 1)
    for region in regions:
        if is_tiny(room.frame, region):
            left.take(*room.frame.point(region.lon, region.lat), [around(2 * MARKER, 2 * MARKER)])
    return left, [_disc(left, one, size) for one in regions], 1, True


def usable(
    room: Room, region: Name, placed: RegionPlaced, slack: float, points: np.ndarray
) -> np.ndarray:
    """Return at which of some points of the unit square a region's label would stand as well."""
    ways = points * room.frame.scale - [room.frame.left, room.frame.top]
    made = block(region.text, region.dates, placed.size, slack, placed.form)
    fits = within(room, region, made.boxes, ways)
    fits[fits] = [room.fits(x, y, made.boxes) for x, y in ways[fits].tolist()]
    return fits


def _size(letters: Letters, share: float) -> float:
    return max(letters.region * share, LEAST)


def _trial(
    room: Room, regions: Sequence[Name], letters: Letters, share: float, wishes: Board
) -> tuple[Room, list[RegionPlaced | None]]:
    """Place what finds room in its region, or by its marker, in letters of a share of their size."""
    room = room.copy()
    size = _size(letters, share)
    tiny = [is_tiny(room.frame, region) for region in regions]
    for region, small in zip(regions, tiny, strict=True):
        if small:
            room.take(*room.frame.point(region.lon, region.lat), [around(2 * MARKER, 2 * MARKER)])
    return room, [
        by_marker(room, region, size, letters.slack)
        if small
        else _inside(room, region, size, letters.slack, FORMS, wishes)
        for region, small in zip(regions, tiny, strict=True)
    ]


def _one_of_many(room: Room, region: Name, letters: Letters) -> RegionPlaced | None:
    return _inside(room, region, letters.region, letters.slack, SHORT_FORMS)


def _inside(
    room: Room,
    region: Name,
    size: float,
    slack: float,
    forms: Sequence[Form],
    wishes: Board | None = None,
) -> RegionPlaced | None:
    """Place a label in its region, in the first form that has room, near the region's own place."""
    for one in blocks(room, region, size, slack, forms):
        at = place_in(room, region, one.boxes, wishes)
        if at is not None:
            room.take(*at, [one.outer])
            return one.placed(at, region)
    return None


def _fill_in_beside(
    room: Room,
    regions: Sequence[Name],
    placed: list[RegionPlaced | None],
    size: float,
    slack: float,
) -> bool:
    """Place what has no place beside its region; return whether all have got one."""
    for i, region in enumerate(regions):
        placed[i] = placed[i] or beside(room, region, size, slack)
        if not placed[i]:
            return False
    return True


def _disc(room: Room, region: Name, size: float) -> RegionPlaced:
    """Place a disc with a region's number in the region, or on it where it is too small."""
    box = around(2 * DISC * size, 2 * DISC * size)
    x, y = room.frame.point(region.lon, region.lat)
    marker = (x, y) if is_tiny(room.frame, region) else None
    at = None if marker else place_in(room, region, [box])
    if at is None:
        far = DISC * size + (MARKER + 2 if marker else 0)
        near = [(x + far * dx, y + far * dy) for dx, dy in _AROUND]
        near = near if marker else [(x, y), *near]
        at = next((one for one in near if room.fits(*one, [box])), near[0])
    room.take(*at, [box], 1)
    return RegionPlaced(*(*at, (), (), size), marker=marker, number=region.number, numbered=True)
