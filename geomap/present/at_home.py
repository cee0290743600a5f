"""Labels of many regions, all at once: each stands at its region's own place, or nowhere."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely

from geomap.present.inside import EDGE
from geomap.present.label_blocks import SHORT_FORMS, Block, blocks, widest
from geomap.present.names import Letters, Name, RegionPlaced
from geomap.present.room import Room


class Homes:
    """Which labels have room at their regions' own places, at one zoom or at zooms that grow.

    A label that fits at a zoom fits at every greater one, where its region is larger and it is not.
    """

    def __init__(self, regions: Sequence[Name]) -> None:
        self._regions = regions
        self._outlines = np.array([region.outline for region in regions])
        self._bounds = shapely.bounds(self._outlines)
        self._places = np.array([(region.lon, region.lat) for region in regions], dtype=float)
        self._forms = np.full(len(regions), len(SHORT_FORMS))  # the first that fits
        self._made: dict[tuple[object, ...], tuple[Block, ...]] = {}

    def place(self, room: Room, letters: Letters) -> list[RegionPlaced | None]:
        """Return the labels that have room, in the regions' order.

        A label lies in its own region and touches no other, so labels are not held against each
        other, but against what the room has taken already.
        """
        homes = room.frame.points(self._places)
        sizes = (self._bounds[:, 2:] - self._bounds[:, :2]) * room.frame.scale
        large = np.flatnonzero((sizes > letters.region).all(axis=1)).tolist()
        made = {i: self._blocks(room, letters, i) for i in large}
        for n in range(max(map(len, made.values()), default=0)):
            open_ones = [i for i in large if n < len(made[i]) and n < self._forms[i]]
            outer = np.array([made[i][n].outer for i in open_ones]).reshape(-1, 4)
            self._forms[self._fitting(room, homes, np.array(open_ones, dtype=int), outer)] = n
        placed: list[RegionPlaced | None] = [None] * len(self._regions)
        forms = self._forms.tolist()
        fitting = [
            (i, made[i][forms[i]], at)
            for i, at in ((i, (float(homes[i, 0]), float(homes[i, 1]))) for i in large)
            if forms[i] < len(made[i]) and room.fits(*at, [made[i][forms[i]].outer])
        ]
        for i, one, at in fitting:
            room.take(*at, [one.outer])
            placed[i] = one.placed(at, self._regions[i])
        return placed

    def _blocks(self, room: Room, letters: Letters, i: int) -> tuple[Block, ...]:
        key = (i, letters.region, letters.slack, widest(room, letters.region))
        if key not in self._made:
            self._made[key] = blocks(
                room, self._regions[i], letters.region, letters.slack, SHORT_FORMS
            )
        return self._made[key]

    def _fitting(
        self, room: Room, homes: np.ndarray, numbers: np.ndarray, outer: np.ndarray
    ) -> np.ndarray:
        """Return those of some regions in which a box around their own place lies, and on no line."""
        if not len(numbers):
            return numbers
        at = homes[numbers]
        low = np.column_stack(room.frame.unit(*(at + outer[:, :2] - EDGE).T))
        high = np.column_stack(room.frame.unit(*(at + outer[:, 2:] + EDGE).T))
        outlines, bounds = self._outlines[numbers], self._bounds[numbers]
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
