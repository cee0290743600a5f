"""Regions that lie upon each other: each pair is a fault, as a place can have one status only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from geomap.core.geometry import edges_of
from geomap.errors import Fault, quoted

MAX_OVERLAPS = 50
"""Overlaps that are reported; a dataset with more has one mistake in many places."""
MAX_NEIGHBOURS = 30
"""Pairs of regions per region, on average, that are compared by their outlines."""
_ALWAYS_COMPARED = 20_000
_CROWD = 50
_OVERLAP_SHARE = 0.01
_MOST_ON_RIM = 0.25
"""Share of the regions on the rim above which it is no use to look at these first."""

_Polygons = NDArray[np.object_]


def overlaps(regions: gpd.GeoDataFrame) -> Iterator[Fault]:
    """Yield a fault for each pair of regions that overlap, in bounded time whatever their number."""
    geometry = regions.geometry.to_numpy()
    ids, files = regions["id"].to_numpy(), regions["file"].to_numpy()
    for number, (a, b) in enumerate(_overlapping_pairs(geometry)):
        if b is None:
            message = (
                "lies among so many regions that overlaps are not looked for; "
                "see whether they are drawn one upon the other"
            )
        elif number == MAX_OVERLAPS:
            message = "overlaps another too, and more may follow; mend these, then check again"
        else:
            message = (
                f"overlaps {quoted(ids[b])}; a place can have one status only, so cut one of them"
            )
        yield Fault(files[a], None, "geometry", message)
        if number == MAX_OVERLAPS:
            return


def _overlapping_pairs(geometry: _Polygons) -> Iterator[tuple[int, int | None]]:
    """Yield the places of two polygons that share more than a sliver, the earlier one first.

    A pair without a second one says that too many lie close to each other to compare them all.
    """
    tree = shapely.STRtree(geometry)
    crowded = any(len(tree.query(one)) > _CROWD for one in geometry)
    if not crowded and _fits_together(geometry, tree):
        return
    areas = shapely.area(geometry)
    suspect = np.ones(len(geometry), dtype=bool) if crowded else _outside_coverage(geometry)
    room = _ALWAYS_COMPARED + MAX_NEIGHBOURS * len(geometry)
    for a in range(len(geometry)):
        near = tree.query(geometry[a])
        near = np.sort(near[near > a])
        room -= len(near)
        if room < 0:
            yield a, None
            return
        if not suspect[a]:
            near = near[suspect[near]]
        shared = shapely.area(shapely.intersection(geometry[a], geometry[near]))
        for b in near[shared > _OVERLAP_SHARE * np.minimum(areas[a], areas[near])]:
            yield a, int(b)


def _fits_together(geometry: _Polygons, tree: shapely.STRtree) -> bool:
    """Return whether it is plain from the edges alone that no two polygons overlap.

    Where an edge is shared whole by two polygons, one on each side, as many polygons lie on one side
    of it as on the other. So places that several polygons cover can end only at an edge that one
    polygon has alone. It is enough to look at the polygons on the rim, which have such edges.
    """
    rim = _with_lone_edges(geometry)
    if len(rim) > _MOST_ON_RIM * len(geometry):
        return False
    around = np.unique(tree.query(geometry[rim])[1])
    return not _outside_coverage(geometry[around]).any()


def _with_lone_edges(geometry: _Polygons) -> NDArray[np.intp]:
    """Return the places of the polygons with an edge that is not shared whole with one other."""
    edges = edges_of(geometry)
    starts, ends = _hashes(edges.starts), _hashes(edges.ends)
    either_way = starts + ends
    order = np.argsort(either_way)
    same = np.concatenate([[False], np.diff(either_way[order]) == 0, [False]])
    # In the order of their hashes, the first of two that are alike, where these are not three.
    first = np.flatnonzero(~same[:-2] & same[1:-1] & ~same[2:])
    one, other = order[first], order[first + 1]
    shared = (starts[one] == ends[other]) & (ends[one] == starts[other])
    lone = np.ones(len(order), dtype=bool)
    lone[one[shared]] = lone[other[shared]] = False
    return np.unique(edges.geometry[lone])


def _hashes(points: NDArray[np.float64]) -> NDArray[np.uint64]:
    """Return a number for each point, the same for equal ones and most likely no other."""
    x, y = np.ascontiguousarray((points + 0.0).T).view(np.uint64)  # 0.0 makes -0.0 equal to it
    mixed = x * np.uint64(0x9E3779B97F4A7C15) + (y ^ (y >> np.uint64(29))) * np.uint64(
        0xBF58476D1CE4E5B9
    )
    hashes: NDArray[np.uint64] = (mixed ^ (mixed >> np.uint64(32))) * np.uint64(0x94D049BB133111EB)
    return hashes


def _outside_coverage(geometry: _Polygons) -> NDArray[np.bool_]:
    """Return which polygons have an edge that is neither shared whole with a neighbour nor free.

    Of two that overlap one has, or others around them do, as where two coverages lie upon each
    other. This spares most comparisons of neighbours, and takes a quarter of their time, but not
    where many lie upon each other; then all count.
    """
    clean: NDArray[Any] = shapely.is_empty(shapely.coverage_invalid_edges(geometry))
    return ~clean
