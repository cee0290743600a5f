"""The room for names in a frame: what is taken already, and the lines that no name may touch."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import shapely

from geomap.present.board import Board, Box, Spot
from geomap.present.names import Names
from geomap.present.scene import Frame, outlines

Boxes = Sequence[Box]
_PART = 8
"""The points of an outline's part."""


class Obstacles:
    """What names have to keep clear of, in Mercator's unit square."""

    def __init__(self, names: Names) -> None:
        self._regions = [region.outline for region in names.regions]
        self.regions = shapely.STRtree([one for one in self._regions if one is not None])
        self.lines = shapely.STRtree(_parts(line.outline for line in names.lines))
        self.borders = shapely.STRtree(_parts(country.outline for country in names.countries))
        """Those of countries."""

    @cached_property
    def edges(self) -> shapely.STRtree:
        """Those of regions."""
        return shapely.STRtree(_parts(self._regions))


@dataclass(frozen=True)
class Room:
    """A frame, what is taken in it, and what lies in it.

    Labels beside their regions have to stay in the box `within`, in pixels, and if they can in `seen`.
    """

    frame: Frame
    board: Board
    obstacles: Obstacles
    within: Box
    seen: Box

    def copy(self) -> Room:
        """Return the same room, to try something out."""
        return replace(self, board=self.board.copy())

    def unit_boxes(self, ways: np.ndarray, box: Box) -> np.ndarray:
        """Return a box around each of some middles, all in pixels, in the unit square.

        Where the map is enlarged up to the board's spread, the box becomes smaller beside what
        lies in it; what is returned holds the box of each of those zooms.
        """
        spread = self.board.spread
        low = [min(side, side / spread) for side in box[:2]]
        high = [max(side, side / spread) for side in box[2:]]
        corners = self.frame.unit(ways[:, 0] + low[0], ways[:, 1] + low[1])
        opposite = self.frame.unit(ways[:, 0] + high[0], ways[:, 1] + high[1])
        boxes: np.ndarray = shapely.box(*corners, *opposite)
        return boxes

    def clear(self, boxes: np.ndarray, *trees: shapely.STRtree) -> np.ndarray:
        """Return which boxes of the unit square touch nothing in some trees."""
        clear = np.ones(len(boxes), dtype=bool)
        for tree in trees:
            if not len(tree):
                continue
            clear[tree.query(boxes, predicate="intersects")[0]] = False
        return clear

    def fits(self, x: float, y: float, boxes: Boxes) -> bool:
        """Return whether boxes around a point lie in the frame and touch nothing taken."""
        return all(self.board.fits(Spot(x, y, box)) for box in boxes)

    def take(self, x: float, y: float, boxes: Boxes, margin: float = 2) -> None:
        """Mark boxes around a point as taken."""
        for box in boxes:
            self.board.take(Spot(x, y, box), margin)


def around(wide: float, high: float) -> Box:
    """Return the box of a size around its middle."""
    return -wide / 2, -high / 2, wide / 2, high / 2


def grown(box: Box, by: float) -> Box:
    """Return a box with some room around it."""
    return box[0] - by, box[1] - by, box[2] + by, box[3] + by


def outer(boxes: Boxes) -> Box:
    """Return the box that holds all of some boxes."""
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def lattice(left: float, top: float, right: float, bottom: float, step: float) -> np.ndarray:
    """Return points all over a box, about `step` apart, but no more than 25 in a row."""
    across, down = (
        np.linspace(low, high, min(25, 2 + int((high - low) / step)))
        for low, high in ((left, right), (top, bottom))
    )
    points: np.ndarray = np.stack(np.meshgrid(across, down), axis=-1).reshape(-1, 2)
    return points


def _parts(geometries: Iterable[shapely.Geometry | None]) -> list[shapely.Geometry]:
    """The outlines of geometries in short parts, of which a tree leaves out most at once."""
    parts: list[shapely.Geometry] = []
    for ring in (ring for one in geometries if one is not None for ring in outlines(one)):
        points = shapely.get_coordinates(ring)
        for begin in range(0, len(points) - 1, _PART):
            parts.append(shapely.linestrings(points[begin : begin + _PART + 1]))
    return parts
