"""The small map that shows where in the world the large one lies: the same in page and picture."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely

from geomap.core.dataset import Dataset
from geomap.present import texts
from geomap.present.board import Box
from geomap.present.scene import Anchor, Frame, fit, mercator
from geomap.present.typesetting import clean, width
from geomap.wording import Words

WIDTH = 140
"""In pixels, where letters have their usual size."""
_HEIGHTS = (70, 150)
LETTERS = 10.5
"""The size of its letters, in its own pixels."""
DOT = 1.9
"""The radius of a place's dot."""


@dataclass(frozen=True)
class InsetPlace:
    """A place on the small map: its dot, and its name with the start, middle or end of its baseline."""

    name: str
    dot: tuple[float, float]
    text: tuple[float, float]
    anchor: Anchor


@dataclass(frozen=True)
class Inset:
    """The small map in pixels of its own: land (all else is water), the large map's frame, places."""

    width: int
    height: int
    land: tuple[shapely.Geometry, ...]
    frame: Box
    places: tuple[InsetPlace, ...]


def inset_of(words: Words, dataset: Dataset) -> Inset | None:
    """Return the small map of a dataset, None where its context has no land for one."""
    rows = dataset.context[dataset.context["kind"] == "inset"]
    areas = rows[rows.geometry.geom_type != "Point"]
    if areas.empty:
        return None
    west, south, east, north = (float(side) for side in areas.total_bounds)
    (left, bottom), (right, top) = mercator(np.array([[west, south], [east, north]]))
    height = round(WIDTH * (bottom - top) / max(right - left, 1e-9))
    height = min(max(height, _HEIGHTS[0]), _HEIGHTS[1])
    map_frame = fit((west, south, east, north), WIDTH, height, 0)
    west, south, east, north = dataset.bounds
    x1, y1 = map_frame.point(west, north)
    x2, y2 = map_frame.point(east, south)
    frame = (max(x1, 1), max(y1, 1), min(x2, WIDTH - 1), min(y2, height - 1))
    return Inset(
        WIDTH,
        height,
        tuple(map_frame.project(geometry) for geometry in areas.geometry),
        frame,
        tuple(_places(words, rows[rows.geometry.geom_type == "Point"], map_frame, frame)),
    )


def _places(words: Words, rows: gpd.GeoDataFrame, frame: Frame, taken: Box) -> Iterator[InsetPlace]:
    """Each place with its name on the first side of its dot where it crosses neither frame."""
    boxes = [taken]
    for row in rows.itertuples():
        name = clean(texts.name_in(words, row))
        x, y = frame.point(row.geometry.x, row.geometry.y)
        wide, gap = width(name, LETTERS), DOT + 2.5
        centre = min(max(x, 3 + wide / 2), frame.width - 3 - wide / 2)
        sides: tuple[tuple[Anchor, float, float, float], ...] = (
            ("start", x + gap, y, x + gap),
            ("end", x - gap, y, x - gap - wide),
            ("middle", centre, y - LETTERS, centre - wide / 2),
            ("middle", centre, y + LETTERS, centre - wide / 2),
        )
        for anchor, at, middle, left in sides:
            box = (left, middle - LETTERS / 2, left + wide, middle + LETTERS / 2)
            inside = box[0] > 2 and box[1] > 2 and box[2] < frame.width - 2
            if inside and box[3] < frame.height - 2 and not any(_meet(box, b) for b in boxes):
                boxes.append(box)
                yield InsetPlace(name, (x, y), (at, middle + LETTERS * 0.36), anchor)
                break


def _meet(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
