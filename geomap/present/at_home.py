"""Labels of many regions, all at once: each stands at its region's own place, or nowhere."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely

from geomap.present.inside import EDGE
from geomap.present.label_blocks import SHORT_FORMS, blocks
from geomap.present.names import Letters, Name, RegionPlaced
from geomap.present.room import Room


def at_home(room: Room, regions: Sequence[Name], letters: Letters) -> list[RegionPlaced | None]:
    """Return the labels of regions that have room at their own places, in their order.

    A label lies in its own region and touches no other, so labels need not be held against each other.
    """
    own = np.array([(region.lon, region.lat) for region in regions])
    homes = room.frame.points(own)
    sizes = shapely.bounds([region.outline for region in regions]) * room.frame.scale
    large = (sizes[:, 2:] - sizes[:, :2] > letters.region).all(axis=1)
    made = [
        blocks(room, one, letters.region, letters.slack, SHORT_FORMS) if has_room else ()
        for one, has_room in zip(regions, large.tolist(), strict=True)
    ]
    placed: list[RegionPlaced | None] = [None] * len(regions)
    for n in range(max(map(len, made))):
        numbers = [i for i, forms in enumerate(made) if placed[i] is None and n < len(forms)]
        outer = np.array([made[i][n].outer for i in numbers])
        for i in _fitting(room, regions, homes, np.array(numbers, dtype=int), outer).tolist():
            x, y = homes[i].tolist()
            if room.fits(x, y, [made[i][n].outer]):
                room.take(x, y, [made[i][n].outer])
                placed[i] = made[i][n].placed((x, y), regions[i])
    return placed


def _fitting(
    room: Room, regions: Sequence[Name], homes: np.ndarray, numbers: np.ndarray, outer: np.ndarray
) -> np.ndarray:
    """Return those of some regions in which a box around their own place lies, and on no line."""
    if not len(numbers):
        return numbers
    at = homes[numbers]
    low = np.column_stack(room.frame.unit(*(at + outer[:, :2] - EDGE).T))
    high = np.column_stack(room.frame.unit(*(at + outer[:, 2:] + EDGE).T))
    outlines = np.array([regions[i].outline for i in numbers])
    bounds = shapely.bounds(outlines)
    large = (bounds[:, :2] < low).all(axis=1) & (bounds[:, 2:] > high).all(axis=1)
    numbers, outlines = numbers[large], outlines[large]
    boxes = shapely.box(*low[large].T, *high[large].T)
    inside = shapely.contains_properly(outlines, boxes)
    numbers, boxes = numbers[inside], boxes[inside]
    touched = np.bincount(
        room.obstacles.regions.query(boxes, "intersects")[0], minlength=len(boxes)
    )
    free: np.ndarray = numbers[(touched == 1) & room.clear(boxes, room.obstacles.lines)]
    return free
