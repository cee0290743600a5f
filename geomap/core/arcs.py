"""Outlines of neighbours as arcs: each border that two of them share is there once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely

Rings = list[list[int]]
"""A polygon's rings, the outer one first; each is the numbers of its arcs, one after the other. An
arc that runs backwards is the ones' complement of its number."""


@dataclass(frozen=True)
class Arcs:
    """Arcs on a grid of whole numbers, and which of them each geometry is made of.

    `lines` are integer arrays of shape (points, 2), x before y. `uses` has the polygons of each
    geometry. The last point of an arc is the first of the next in its ring.
    """

    lines: list[np.ndarray]
    uses: list[list[Rings]]


def arcs_of(geometries: Sequence[shapely.Geometry], scale: float) -> Arcs:
    """Return polygons and multipolygons as arcs, on a grid of `1 / scale` in their own units.

    A ring that has no area on the grid is left out, but of each geometry at least one ring stays.
    """
    rings = [*_rings(geometries, scale)]
    if not rings:
        return Arcs([], [[] for _ in geometries])
    starts = np.cumsum([0, *(len(ring.points) for ring in rings)])
    points = np.vstack([ring.points for ring in rings])
    ids = _point_ids(points)
    junctions = _junctions(ids, starts)
    arcs: dict[bytes, int] = {}
    lines: list[np.ndarray] = []
    uses: list[list[Rings]] = [[] for _ in geometries]
    for ring, begin, end in zip(rings, starts[:-1], starts[1:], strict=True):
        numbers = []
        for arc in _cut(np.arange(begin, end), ids, junctions):
            forwards, backwards = ids[arc].tobytes(), ids[arc[::-1]].tobytes()
            if forwards in arcs:
                numbers.append(arcs[forwards])
            elif backwards in arcs:
                numbers.append(~arcs[backwards])
            else:
                numbers.append(arcs.setdefault(forwards, len(lines)))
                lines.append(points[arc])
        polygons = uses[ring.geometry]
        if ring.outer:
            polygons.append([])
        polygons[-1].append(numbers)
    return Arcs(lines, uses)


@dataclass(frozen=True)
class _Ring:
    """A ring without its closing point, and the number of its geometry."""

    points: np.ndarray
    geometry: int
    outer: bool


def _rings(geometries: Sequence[shapely.Geometry], scale: float) -> Iterator[_Ring]:
    for number, geometry in enumerate(geometries):
        empty = True
        for polygon in shapely.get_parts(geometry):
            for place, ring in enumerate((polygon.exterior, *polygon.interiors)):
                points = _on_grid(shapely.get_coordinates(ring), scale)
                if len(points) < 3 and (place or not empty):
                    if not place:
                        break
                    continue
                yield _Ring(points, number, outer=not place)
                empty = False


def _on_grid(coordinates: np.ndarray, scale: float) -> np.ndarray:
    points = np.rint(coordinates[:-1] * scale).astype(np.int64)
    moved = (points != np.roll(points, 1, axis=0)).any(axis=1)
    return points[moved] if moved.any() else points[:1]


def _point_ids(points: np.ndarray) -> np.ndarray:
    """Return a number for each point, the same for equal ones."""
    low = points.min(axis=0)
    packed = (points[:, 0] - low[0]) * (np.ptp(points[:, 1]) + 1) + points[:, 1] - low[1]
    ids: np.ndarray = np.unique(packed, return_inverse=True)[1]
    return ids


def _junctions(ids: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """Return of each point id whether rings part or meet there: not all have the same neighbours."""
    order = np.arange(len(ids))
    before, after = order - 1, order + 1
    before[starts[:-1]] = starts[1:] - 1
    after[starts[1:] - 1] = starts[:-1]
    one, other = ids[before], ids[after]
    pairs = np.stack([np.minimum(one, other), np.maximum(one, other)], axis=1)
    _, first = np.unique(ids, return_index=True)
    junctions = np.zeros(len(first), dtype=bool)
    junctions[ids[(pairs != pairs[first[ids]]).any(axis=1)]] = True
    return junctions


def _cut(ring: np.ndarray, ids: np.ndarray, junctions: np.ndarray) -> Iterator[np.ndarray]:
    """Yield the pieces of a ring between junctions, ends included; the whole ring if it has none."""
    cuts = np.flatnonzero(junctions[ids[ring]])
    # A ring that meets no other may be another's hole, and then both shall begin at one point.
    start = cuts[0] if len(cuts) else int(ids[ring].argmin())
    turned = np.concatenate([ring[start:], ring[: start + 1]])
    edges = [*(cuts - start).tolist(), len(ring)] if len(cuts) else [0, len(ring)]
    for begin, end in pairwise(edges):
        yield turned[begin : end + 1]
