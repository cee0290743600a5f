"""The room on a map: which boxes are taken, at one zoom or at every zoom of a range.

A box is in pixels, measured from its anchor, a place on the map. When the map is enlarged the
anchors move apart while the boxes keep their size, so two boxes that are apart at the least zoom of
a range may meet at a greater one. `Board.free` answers for the whole range.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass

Box = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels."""
_CELL = 128.0


@dataclass(frozen=True)
class Spot:
    """A box in pixels around its anchor, whose pixel at the range's least zoom is `x`, `y`."""

    x: float
    y: float
    box: Box

    @property
    def absolute(self) -> Box:
        """The box in pixels of the map, at the range's least zoom."""
        left, top, right, bottom = self.box
        return self.x + left, self.y + top, self.x + right, self.y + bottom

    def grown(self, margin: float) -> Spot:
        """Return the spot with some room around its box."""
        left, top, right, bottom = self.box
        box = left - margin, top - margin, right + margin, bottom + margin
        return Spot(self.x, self.y, box)


def fixed(box: Box) -> Spot:
    """Return the spot of a box in pixels of the map."""
    return Spot(0, 0, box)


class Board:
    """The room on a map that is still free.

    `area` is the part of the map that shows, None for a map without an edge. `spread` is how much
    the map is enlarged from the least to the greatest zoom for which an answer holds.
    """

    def __init__(self, area: Box | None, spread: float = 1.0) -> None:
        self.area, self.spread = area, spread
        self._cells: dict[tuple[int, int], list[Spot]] = defaultdict(list)
        self._reach = 0.0
        self._taken: list[tuple[Spot, float]] = []  # with their margins, not in the cells yet

    def take(self, spot: Spot, margin: float = 2) -> None:
        """Mark a spot, with some room around it, as taken."""
        self._taken.append((spot, margin))

    def copy(self) -> Board:
        """Return a board with the same room, to try something out."""
        self._file()
        other = Board(self.area, self.spread)
        other._reach = self._reach
        other._cells = defaultdict(list, {cell: [*all] for cell, all in self._cells.items()})
        return other

    def _file(self) -> None:
        """Put what was taken into the cells: on a map of regions alone nobody asks for it."""
        for spot, margin in self._taken:
            spot = spot.grown(margin)
            self._reach = max(self._reach, *map(abs, spot.box))
            for cell in _cells(spot.absolute):
                self._cells[cell].append(spot)
        self._taken.clear()

    def free(self, spot: Spot) -> bool:
        """Return whether a spot touches nothing that was taken before."""
        self._file()
        if not self._cells:
            return True
        # As the map grows, what touches the spot has come nearer by no more than this.
        nearer = (self.spread - 1) * (self._reach + max(map(abs, spot.box)))
        return not any(
            _meet(spot, other, self.spread)
            for cell in _cells(spot.grown(nearer).absolute)
            for other in self._cells.get(cell, ())
        )

    def inside(self, box: Box) -> bool:
        """Return whether a box in pixels of the map lies within the part that shows."""
        if self.area is None:
            return True
        left, top, right, bottom = self.area
        return left <= box[0] and top <= box[1] and box[2] <= right and box[3] <= bottom

    def fits(self, spot: Spot) -> bool:
        """Return whether a spot lies within the map and touches nothing."""
        return self.inside(spot.absolute) and self.free(spot)


def _cells(box: Box) -> list[tuple[int, int]]:
    left, top, right, bottom = (math.floor(side / _CELL) for side in box)
    return [(x, y) for x in range(left, right + 1) for y in range(top, bottom + 1)]


def _meet(a: Spot, b: Spot, spread: float) -> bool:
    """Whether two boxes touch at any enlargement from 1 to `spread`."""
    x = _enlargements(a.x - b.x, a.box[0] - b.box[2], a.box[2] - b.box[0])
    y = _enlargements(a.y - b.y, a.box[1] - b.box[3], a.box[3] - b.box[1])
    low, high = max(x[0], y[0]), min(x[1], y[1])
    return low < high and low < spread and high > 1 if spread > 1 else low < 1 < high


def _enlargements(apart: float, least: float, greatest: float) -> tuple[float, float]:
    """The range of k for which 0 lies between `apart * k + least` and `apart * k + greatest`."""
    if apart == 0:
        return (-math.inf, math.inf) if least < 0 < greatest else (math.inf, -math.inf)
    ends = -least / apart, -greatest / apart
    return min(ends), max(ends)
