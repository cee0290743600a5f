"""Where names go in the browser, for every zoom that a reader can reach.

The browser has frames of all sizes and letters as large as the reader has set them, so names are
placed without a frame, for letters of ordinary size, at steps of zoom. At a zoom in between it
takes the step below, with letters enlarged by `t` the step below `zoom - log2(t)`, and multiplies
offsets by `t`: two names that do not touch at a step do not touch before the next.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import shapely

from geomap.cache import OwnerCache
from geomap.core.dataset import Dataset
from geomap.present.at_home import Homes
from geomap.present.board import Board
from geomap.present.label_blocks import date_widths
from geomap.present.labels import place
from geomap.present.names import Letters, Name, Names, Placed, RegionPlaced, Side
from geomap.present.region_labels import ALWAYS_NAMED
from geomap.present.room import Obstacles, lattice
from geomap.present.scene import Frame, at_zoom, fit, from_unit

STEP = 0.25
"""From one zoom for which names are placed to the next."""
_SMALLEST_FRAME = (240, 180)
_LARGEST_LETTERS = 2.0
"""The least zoom is that of a small frame that a reader with such letters looks at."""
_SPOTS = 8
"""How many places to offer for a country's name."""
_POINTS = 12
"""How many further places to offer for a region's label, for frames that show a part of it."""
_SLACK = 1.04
"""Names are taken to be wider than the shipped font draws them: readers may see another."""
_FINE = 1000
"""Places are written in whole parts of a degree."""

_labels: OwnerCache[Dataset, ZoomLabels] = OwnerCache(32)
"""They hang on neither the day nor the claims, but for how long a region's dates are."""

Run = tuple[float, ...]
"""From which step on, how, where: see `ZoomLabels`."""


@dataclass(frozen=True)
class ZoomLabels:
    """The places of names by zoom, each name's as runs of steps through which it keeps its place.

    Step n stands for the zoom `first + n * step`. A run begins with its first step. Then follow, all
    places in thousandths of a degree, latitude before longitude:

    - for regions the sum of `SHOWN` and what else is so of the label (0 for no label), its place
      where that is not the region's own, and with `LEADER` the end of the line that leads to it;
    - for towns the number of the side on which the name stands, from 1 in `SIDES`, or 0; and 4
      more where its two names have a line each;
    - for waters 0 or 1;
    - for countries 0 or 1 and all places in the order of preference; for lines likewise, each place
      with the angle of the name.

    `points` are further places for each region's label; `spare` has, as the bits of a number, at
    which of them it has room. `shrunk` has the share of their size, in hundredths, in which regions'
    labels are set, `numbered` 1 where the regions' numbers stand for them.
    """

    first: float
    step: float
    shrunk: tuple[Run, ...]
    numbered: tuple[Run, ...]
    regions: tuple[tuple[Run, ...], ...]
    points: tuple[Run, ...]
    spare: tuple[tuple[Run, ...], ...]
    towns: tuple[tuple[Run, ...], ...]
    waters: tuple[tuple[Run, ...], ...]
    countries: tuple[tuple[Run, ...], ...]
    lines: tuple[tuple[Run, ...], ...]


SHOWN, WORDS, BROKEN, LEADER, MARKER, UNDATED = 1, 2, 4, 8, 16, 32
"""Of a region's label: that there is one (or a number), its name has a line for each word, its
dates are broken at each comma, a line leads to it, a dot marks the region, its dates are left out."""
SIDES: tuple[Side, ...] = ("right", "left", "above", "below")


def zoom_limits(dataset: Dataset) -> tuple[float, float]:
    """Return the least and the greatest zoom of a dataset's map."""
    view = dataset.meta.view
    return (view.min_zoom, view.max_zoom) if view else (5, 12)


def zoom_labels(dataset: Dataset, names: Names) -> ZoomLabels:
    """Return where names stand at every zoom of a dataset's map."""
    texts = tuple((name.text, *date_widths(name)) for kind in vars(names).values() for name in kind)
    return _labels.get(dataset, texts, lambda: _zoom_labels(dataset, names))


def _zoom_labels(dataset: Dataset, names: Names) -> ZoomLabels:
    least, greatest = zoom_limits(dataset)
    small = fit(dataset.bounds, *_SMALLEST_FRAME, pad=0).zoom - math.log2(_LARGEST_LETTERS)
    first = math.floor(min(least, small) / STEP) * STEP
    count = math.ceil((greatest - first) / STEP) + 1
    west, south, east, north = dataset.bounds
    x, y = (east - west) / 4, (north - south) / 4
    area = west - x, south - y, east + x, north + y
    few = len(names.regions) <= ALWAYS_NAMED
    points = [_points(region) if few else np.empty((0, 2)) for region in names.regions]
    obstacles, homes = Obstacles(names), Homes(names.regions)
    steps = []
    for n in range(count):
        frame = at_zoom(first + n * STEP, area)
        board = Board(None, spread=2**STEP)
        (left, bottom), (right, top) = frame.point(west, south), frame.point(east, north)
        placed = place(
            *(board, frame, names, Letters(slack=_SLACK), _SPOTS),
            seen=(left, top, right, bottom),
            points=points,
            obstacles=obstacles,
            homes=homes,
        )
        steps.append((frame, placed))

    frames = [frame for frame, _ in steps]

    def runs(write: Callable[[Frame, Any], Run], kind: str) -> Iterator[tuple[Run, ...]]:
        """Yield the runs of each name of a kind."""
        for course in zip(*(getattr(placed, kind) for _, placed in steps), strict=True):
            yield _runs([*map(write, frames, course)])

    return ZoomLabels(
        first=first,
        step=STEP,
        shrunk=_runs([(round(placed.shrunk * 100),) for _, placed in steps]),
        numbered=_runs([(int(placed.numbered),) for _, placed in steps]),
        regions=tuple(
            _runs([*map(partial(_region, region), frames, course)])
            for region, course in zip(
                names.regions,
                zip(*(placed.regions for _, placed in steps), strict=True),
                strict=True,
            )
        ),
        points=tuple(_places([from_unit(*at) for at in some.tolist()]) for some in points),
        **{kind: tuple(runs(write, kind)) for kind, write in _WRITERS.items()},
    )


def _points(region: Name) -> np.ndarray:
    """Return points all over a region, in the unit square, each as far as can be from the others."""
    outline = region.outline
    left, top, right, bottom = shapely.bounds(outline).tolist()
    ways = lattice(left, top, right, bottom, max(right - left, bottom - top) / 24)
    ways = ways[shapely.contains_xy(outline, ways)]
    edge = shapely.boundary(outline)
    # What lies near the edge has no room for a label.
    apart = shapely.distance(edge, shapely.points(ways))
    chosen: list[int] = []
    while len(chosen) < min(_POINTS, len(ways)):
        chosen.append(int(apart.argmax()))
        apart = np.minimum(apart, np.hypot(*(ways - ways[chosen[-1]]).T))
    points: np.ndarray = ways[chosen]
    return points


def _region(region: Name, frame: Frame, placed: RegionPlaced | None) -> Run:
    if placed is None:
        return (0,)
    form = placed.form
    code = (
        SHOWN
        + WORDS * form.words
        + BROKEN * form.broken
        + LEADER * bool(placed.leader)
        + MARKER * bool(placed.marker)
        + UNDATED * (not form.dated)
    )
    own = _places([(region.lon, region.lat)])
    at = _places([_degrees(frame, placed.x, placed.y)])
    if placed.leader:
        return (code, *at, *_places([_degrees(frame, *placed.leader)]))
    return (code,) if at == own else (code, *at)


def _spare(frame: Frame, usable: Sequence[bool]) -> Run:
    return (sum(1 << n for n, fits in enumerate(usable) if fits),)


def _town(frame: Frame, placed: Placed | None) -> Run:
    if placed is None:
        return (0,)
    return (SIDES.index(placed.side) + 1 + len(SIDES) * (len(placed.lines) - 1),)


def _water(frame: Frame, placed: Placed | None) -> Run:
    return (int(placed is not None),)


def _country(frame: Frame, spots: Sequence[Placed]) -> Run:
    return (int(bool(spots)), *_places([_degrees(frame, spot.x, spot.y) for spot in spots]))


def _line(frame: Frame, spots: Sequence[Placed]) -> Run:
    places = [(*_places([_degrees(frame, spot.x, spot.y)]), spot.angle) for spot in spots]
    return (int(bool(spots)), *(number for place in places for number in place))


def _degrees(frame: Frame, x: float, y: float) -> tuple[float, float]:
    return from_unit(*frame.unit(x, y))


def _places(places: Sequence[tuple[float, float]]) -> Run:
    return tuple(round(degrees * _FINE) for lon, lat in places for degrees in (lat, lon))


_WRITERS: dict[str, Callable[[Frame, Any], Run]] = {
    "spare": _spare,
    "towns": _town,
    "waters": _water,
    "countries": _country,
    "lines": _line,
}


def _runs(steps: Sequence[Run]) -> tuple[Run, ...]:
    """Leave out each step that is like the one before it; put its number before each other."""
    return tuple((n, *run) for n, run in enumerate(steps) if n == 0 or run != steps[n - 1])
