"""Where names go in the browser, for every zoom that a reader can reach.

The browser has frames of all sizes and letters as large as the reader has set them, so names are
placed without a frame, for letters of ordinary size, at steps of zoom. At a zoom in between it
takes the step below, with letters enlarged by `t` the step below `zoom - log2(t)`, and multiplies
offsets by `t`: two names that do not touch at a step do not touch before the next.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from geomap.cache import OwnerCache
from geomap.core.dataset import Dataset
from geomap.present.board import Board
from geomap.present.labels import place
from geomap.present.names import Letters, Names, Placed
from geomap.present.scene import Frame, at_zoom, fit, from_unit

STEP = 0.25
"""From one zoom for which names are placed to the next."""
_SMALLEST_FRAME = (240, 180)
_LARGEST_LETTERS = 2.0
"""The least zoom is that of a small frame that a reader with such letters looks at."""
_SPOTS = 8
"""How many places to offer for a country's name."""
_SLACK = 1.04
"""Names are taken to be wider than the shipped font draws them: readers may see another."""
_FINE = 1000
"""Places of countries are written in whole parts of a degree."""

_labels: OwnerCache[Dataset, ZoomLabels] = OwnerCache(8)
"""They hang on neither the day nor the claims, but for a sign before a region's name."""

Run = tuple[float, ...]
"""From which step on, how, where: see `ZoomLabels`."""


@dataclass(frozen=True)
class ZoomLabels:
    """The places of names by zoom, each name's as runs of steps through which it keeps its place.

    Step n stands for the zoom `first + n * step`. A run begins with its first step. Then follows 0
    for no place; else 1, and for regions and towns 2 where there is a line for each word or the
    name stands left of its dot; then a region's offset (x, y in pixels), a country's places
    (latitude and longitude in thousandths of a degree, all of them in the order of preference).

    `shrunk` has the share of their size, in hundredths, in which regions' names are set.
    """

    first: float
    step: float
    shrunk: tuple[Run, ...]
    regions: tuple[tuple[Run, ...], ...]
    towns: tuple[tuple[Run, ...], ...]
    waters: tuple[tuple[Run, ...], ...]
    countries: tuple[tuple[Run, ...], ...]


def zoom_limits(dataset: Dataset) -> tuple[float, float]:
    """Return the least and the greatest zoom of a dataset's map."""
    view = dataset.meta.view
    return (view.min_zoom, view.max_zoom) if view else (5, 12)


def zoom_labels(dataset: Dataset, names: Names) -> ZoomLabels:
    """Return where names stand at every zoom of a dataset's map."""
    texts = tuple(name.text for kind in vars(names).values() for name in kind)
    return _labels.get(dataset, texts, lambda: _zoom_labels(dataset, names))


def _zoom_labels(dataset: Dataset, names: Names) -> ZoomLabels:
    least, greatest = zoom_limits(dataset)
    small = fit(dataset.bounds, *_SMALLEST_FRAME, pad=0).zoom - math.log2(_LARGEST_LETTERS)
    first = math.floor(min(least, small) / STEP) * STEP
    count = math.ceil((greatest - first) / STEP) + 1
    west, south, east, north = dataset.bounds
    x, y = (east - west) / 4, (north - south) / 4
    area = west - x, south - y, east + x, north + y
    steps = []
    for n in range(count):
        frame = at_zoom(first + n * STEP, area)
        board = Board(None, spread=2**STEP)
        steps.append((frame, place(board, frame, names, Letters(slack=_SLACK), _SPOTS)))

    def runs(kind: str, i: int) -> tuple[Run, ...]:
        write = _WRITERS[kind]
        return _runs([write(frame, getattr(placed, kind)[i]) for frame, placed in steps])

    first_step = steps[0][1]
    return ZoomLabels(
        first=first,
        step=STEP,
        shrunk=_runs([(round(placed.shrunk * 100),) for _, placed in steps]),
        **{
            kind: tuple(runs(kind, i) for i in range(len(getattr(first_step, kind))))
            for kind in _WRITERS
        },
    )


def _region(frame: Frame, placed: Placed | None) -> Run:
    if placed is None:
        return (0,)
    form = 1 if len(placed.lines) == 1 else 2
    return form, round(placed.dx), round(placed.dy)


def _town(frame: Frame, placed: Placed | None) -> Run:
    return ({"right": 1, "left": 2}[placed.side] if placed else 0,)


def _water(frame: Frame, placed: Placed | None) -> Run:
    return (int(placed is not None),)


def _country(frame: Frame, spots: Sequence[Placed]) -> Run:
    places = [from_unit(*frame.unit(spot.x, spot.y)) for spot in spots]
    numbers = [round(degrees * _FINE) for lon, lat in places for degrees in (lat, lon)]
    return (int(bool(spots)), *numbers)


_WRITERS: dict[str, Callable[[Frame, Any], Run]] = {
    "regions": _region,
    "towns": _town,
    "waters": _water,
    "countries": _country,
}


def _runs(steps: Sequence[Run]) -> tuple[Run, ...]:
    """Leave out each step that is like the one before it; put its number before each other."""
    return tuple((n, *run) for n, run in enumerate(steps) if n == 0 or run != steps[n - 1])
