"""Where the names on a picture go, so that none covers another: regions, towns, water, countries."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import numpy as np
import shapely

from geomap.present import typesetting
from geomap.present.scene import Anchor, Frame, Label, Shape, Theme

Box = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels."""

_NUDGES = sorted(
    ((x, y) for y in (0, 14, -14, 26, -26, 40, -40) for x in (0, 16, -16, 32, -32, 56, -56)),
    key=lambda at: at[0] ** 2 + at[1] ** 2,
)
_ALWAYS_NAMED = 12
"""Of so few regions none may stay without its name."""
_RANK_TWO_ZOOM = 9.0
_SMALLER = (1, 0.88, 0.76)
"""Sizes, in parts of the wished one, to try until each region's name finds room."""
_LEAST = 8.0
"""Pixels below which nobody reads a name."""
_LINE = 1.1
_MOST_LINES = 4
_BETWEEN_WORDS = re.compile(r" +|(?<=-)(?=.)")


class Board:
    """The room on a map that is still free."""

    def __init__(self, width: float, height: float) -> None:
        self.area: Box = (4, 4, width - 4, height - 4)
        self._taken: list[Box] = []

    def take(self, box: Box, margin: float = 2) -> None:
        """Mark a box, with some room around it, as taken."""
        left, top, right, bottom = box
        self._taken.append((left - margin, top - margin, right + margin, bottom + margin))

    def copy(self) -> Board:
        """Return a board with the same room, to try something out."""
        left, top, right, bottom = self.area
        other = Board(right + left, bottom + top)
        other._taken = [*self._taken]
        return other

    def adopt(self, other: Board) -> None:
        """Take what `other`, a copy of this board, has taken."""
        self._taken = other._taken

    def free(self, box: Box) -> bool:
        """Return whether a box touches nothing that was taken before."""
        left, top, right, bottom = box
        return not any(
            left < other[2] and other[0] < right and top < other[3] and other[1] < bottom
            for other in self._taken
        )

    def inside(self, box: Box) -> bool:
        """Return whether a box lies within the map."""
        left, top, right, bottom = self.area
        return left <= box[0] and top <= box[1] and box[2] <= right and box[3] <= bottom

    def fits(self, box: Box) -> bool:
        """Return whether a box lies within the map and touches nothing."""
        return self.inside(box) and self.free(box)


def around(x: float, y: float, width: float, size: float) -> Box:
    """Return the box of a line of text with its middle at a point."""
    return (x - width / 2, y - size * _LINE / 2, x + width / 2, y + size * _LINE / 2)


def _centred(
    box: Box,
    text: str,
    size: float,
    colour: str,
    halo: str,
    *,
    bold: bool = False,
    spaced: bool = False,
    italic: bool = False,
) -> Label:
    """Return a label in the middle of its box."""
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2 + size * 0.355
    return Label(x, y, ((text, bold),), size, colour, "middle", halo, spaced, italic)


def region_labels(
    board: Board,
    frame: Frame,
    regions: Sequence[tuple[str, float, float, shapely.Geometry]],
    theme: Theme,
    size: float,
    avoid: Iterable[Box] = (),
) -> list[Label]:
    """Return the names of regions (name, label's longitude and latitude, outline in pixels).

    A name moves a little where its place is taken, but not out of its region; one that is wider
    than its region has a line for each word. Where one finds no room all are set smaller.
    `avoid` are boxes that a name leaves free if it can.
    """
    wishes = Board(frame.width, frame.height)
    for box in avoid:
        wishes.take(box, 1)
    for part in _SMALLER:
        trial = board.copy()
        found, covering = _region_labels(
            trial, wishes, frame, regions, theme, max(size * part, _LEAST)
        )
        if not covering:
            break
    board.adopt(trial)
    return found


def _region_labels(
    board: Board,
    wishes: Board,
    frame: Frame,
    regions: Sequence[tuple[str, float, float, shapely.Geometry]],
    theme: Theme,
    size: float,
) -> tuple[list[Label], int]:
    """Return the names of regions at one size, and how many of them cover something."""
    found = []
    covering = 0
    for name, lon, lat, outline in regions:
        room = min(frame.width * 0.45, 32 * size)
        home = frame.point(lon, lat)
        parts = _lines(name, size, room, home, outline)
        lines = [typesetting.shorten(line, size, room, bold=True) for line in parts]
        wide = max(typesetting.width(line, size, bold=True) for line in lines)
        high = size * len(lines)
        left, _, right, _ = shapely.bounds(outline)
        if len(regions) > _ALWAYS_NAMED and wide > 1.3 * (right - left):
            continue
        spots = [(home[0] + x * size / 13, home[1] + y * size / 13) for x, y in _NUDGES]
        spots = [at for at in spots if shapely.intersects_xy(outline, *at)]
        spots = [at for at in spots if board.fits(around(*at, wide, high))]
        calm = [at for at in spots if wishes.free(around(*at, wide, high))]
        if not spots and (len(regions) > _ALWAYS_NAMED or not board.inside((*home, *home))):
            continue
        covering += not spots
        x, y = (calm or spots or [home])[0]
        board.take(around(x, y, wide, high))
        for number, line in enumerate(lines):
            box = around(x, y + (number - (len(lines) - 1) / 2) * size * _LINE, wide, size)
            found.append(_centred(box, line, size, theme.ink, theme.paper, bold=True))
    return found, covering


def _lines(
    text: str, size: float, room: float, home: tuple[float, float], outline: shapely.Geometry
) -> list[str]:
    """Return a name as one line, or a line a word if it would leave its region or its room."""
    half = typesetting.width(text, size, bold=True) / 2
    inside = shapely.intersects_xy(outline, [home[0] - half, home[0] + half], [home[1], home[1]])
    words = _BETWEEN_WORDS.split(text)
    fits = inside.all() and 2 * half <= room
    return [text] if fits or len(words) > _MOST_LINES else words


def town_marks(
    board: Board,
    frame: Frame,
    towns: Iterable[tuple[str, int, float, float]],
    theme: Theme,
    size: float,
) -> list[Shape | Label]:
    """Return dots and names of towns (name, rank, longitude, latitude) where there is room."""
    found: list[Shape | Label] = []
    for name, rank, lon, lat in sorted(towns, key=lambda town: town[1]):
        if rank > (2 if frame.zoom >= _RANK_TWO_ZOOM else 1):
            continue
        x, y = frame.point(lon, lat)
        radius = size * 0.28
        dot = (x - radius, y - radius, x + radius, y + radius)
        wide, gap = typesetting.width(name, size), size * 0.75
        sides: tuple[tuple[Anchor, float], ...] = (("start", x + gap), ("end", x - gap - wide))
        for anchor, start in sides:
            whole = (
                min(dot[0], start),
                y - size * 0.5,
                max(dot[2], start + wide),
                y + size * 0.5,
            )
            if not board.fits(whole):
                continue
            board.take(whole, 1)
            disc = shapely.Point(x, y).buffer(radius, quad_segs=6)
            found.append(Shape(disc, theme.paper, stroke=theme.ink, stroke_width=size * 0.12))
            edge = start if anchor == "start" else start + wide
            text = ((name, False),)
            found.append(Label(edge, y + size * 0.35, text, size, theme.ink, anchor, theme.paper))
            break
    return found


def town_dots(
    frame: Frame, towns: Iterable[tuple[str, int, float, float]], size: float
) -> list[Box]:
    """Return where the dots of the important towns lie."""
    points = [frame.point(lon, lat) for _, rank, lon, lat in towns if rank < 2]
    return [(x - size / 2, y - size / 2, x + size / 2, y + size / 2) for x, y in points]


def water_labels(
    board: Board,
    frame: Frame,
    waters: Iterable[tuple[str, float, float]],
    theme: Theme,
    size: float,
) -> list[Label]:
    """Return the names of lakes and seas (name, longitude, latitude) where there is room."""
    found = []
    for name, lon, lat in waters:
        x, y = frame.point(lon, lat)
        box = around(x, y, typesetting.width(name, size), size)
        if board.fits(box):
            board.take(box)
            found.append(_centred(box, name, size, theme.muted, theme.water, italic=True))
    return found


def country_labels(
    board: Board,
    frame: Frame,
    countries: Iterable[tuple[str, float, float, shapely.Geometry]],
    regions: shapely.STRtree,
    theme: Theme,
    size: float,
) -> list[Label]:
    """Return the names of countries (name, label's place, outline in pixels) that have room.

    A country's own label point is often out of view: the nearest place is taken where the whole
    word lies in the country, in view, and on no region and no other label.
    """
    found = []
    for name, lon, lat, outline in countries:
        wide = typesetting.width(name, size, spaced=True)
        left, top, right, bottom = board.area
        if wide > right - left or not shapely.area(outline):
            continue
        home = frame.point(lon, lat)
        xs = np.append(np.linspace(left + wide / 2, right - wide / 2, 15), home[0])
        ys = np.append(np.linspace(top + size, bottom - size, 11), home[1])
        spots = np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 2)
        spots = spots[np.argsort(np.hypot(*(spots - home).T), kind="stable")]
        half = np.array([wide / 2 + 3, size * 0.8])
        places = shapely.box(*(spots - half).T, *(spots + half).T)
        fits = shapely.contains(outline, places)
        fits[regions.query(places, predicate="intersects")[0]] = False
        for x, y in spots[fits]:
            box = around(float(x), float(y), wide, size)
            if board.fits(box):
                board.take(box)
                found.append(_centred(box, name, size, theme.muted, theme.land, spaced=True))
                break
    return found
