"""Where names go on a map, so that none covers another: regions, towns, waters, countries.

One set of rules for pictures, which have one frame, and for the browser (`zooms`), where the same
names are placed for a range of zooms without a frame.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np
import shapely

from geomap.present import typesetting
from geomap.present.board import Board, Box, Spot
from geomap.present.names import Letters, Name, Names, Placed, Placement, Side
from geomap.present.scene import Frame

_NUDGES = np.array(
    sorted(
        (
            (x, y)
            for y in (0, 14, -14, 26, -26, 40, -40)
            for x in (0, 16, -16, 32, -32, 48, -48, 64, -64)
        ),
        key=lambda at: at[0] ** 2 + at[1] ** 2,
    )
)
"""Where to try a region's name, in pixels from its own place for letters of 13 pixels."""
ALWAYS_NAMED = 12
"""Of so few regions none may stay without its name."""
_TOWNS_OF_RANK_TWO_FROM = 9.0
"""The zoom from which small towns are shown."""
SMALLER = (1, 0.88, 0.76)
"""Shares of a name's size to try until each region's name has room."""
_LEAST = 8.0
"""Pixels below which nobody reads a name."""
LINE = 1.1
"""The distance between two lines of a name, as a share of its size."""
TOWN_GAP, DOT = 0.8, 0.3
"""From a town to its name, and the radius of its dot, as shares of the name's size."""
_MOST_LINES = 4
_BETWEEN_WORDS = re.compile(r" +|(?<=-)(?=.)")
_LATTICE = (17, 13)


def place(board: Board, frame: Frame, names: Names, letters: Letters, spots: int = 1) -> Placement:
    """Return where names stand; who comes first gets the room: regions, towns, waters, countries.

    What `board` has taken stays free. `spots` is how many places to offer for a country's name,
    one of which the browser takes; its board has no edge.
    """
    dots = [_dot(frame, town, letters.town) for town in names.towns if town.rank < 2]
    board, regions, shrunk = _regions(board, frame, names.regions, letters, dots)
    towns = _towns(board, frame, names.towns, letters)
    waters = [_water(board, frame, water, letters) for water in names.waters]
    outlines = [region.outline for region in names.regions if region.outline is not None]
    tree = shapely.STRtree(outlines)
    countries = [_country(board, frame, one, tree, letters, spots) for one in names.countries]
    return Placement(tuple(regions), tuple(towns), tuple(waters), tuple(countries), shrunk)


# Regions ----------------------------------------------------------------------------------------


def _regions(
    board: Board,
    frame: Frame,
    regions: Sequence[Name],
    letters: Letters,
    dots: Sequence[Spot],
) -> tuple[Board, list[Placed | None], float]:
    """Place the names of regions, in smaller letters where one finds no room.

    A name moves a little where its place is taken, but not out of its region, and leaves the dots
    of towns free if it can; one that is wider than its region has a line for each word.
    """
    wishes = Board(None, board.spread)
    for dot in dots:
        wishes.take(dot, 1)
    for share in SMALLER:
        trial = board.copy()
        size = max(letters.region * share, _LEAST)
        placed = [
            _region(trial, wishes, frame, one, size, letters.slack, len(regions)) for one in regions
        ]
        if all(placed):
            break
    return trial, placed, share


def _region(
    board: Board,
    wishes: Board,
    frame: Frame,
    region: Name,
    size: float,
    slack: float,
    count: int,
) -> Placed | None:
    left, _, right, _ = shapely.bounds(region.outline) * frame.scale
    lines = _lines(frame, region, size, slack)
    wide = slack * max(typesetting.width(line, size, bold=True) for line in lines)
    if count > ALWAYS_NAMED and wide > 1.3 * (right - left):
        return None
    x, y = frame.point(region.lon, region.lat)
    box = _around(wide, size * LINE * len(lines))
    nudges = _NUDGES * size / 13
    # A place in the region has to be one throughout the board's range of zooms.
    within = [
        shapely.intersects_xy(region.outline, *frame.unit(x + part[:, 0], y + part[:, 1]))
        for part in (nudges, nudges / board.spread)
    ]
    spots = [
        (Spot(x, y, _moved(box, dx, dy)), dx, dy)
        for dx, dy in nudges[within[0] & within[1]].tolist()
    ]
    spots = [spot for spot in spots if board.fits(spot[0])]
    if not spots:
        return None
    spot, dx, dy = next((spot for spot in spots if wishes.free(spot[0])), spots[0])
    board.take(spot)
    return Placed(x, y, tuple(lines), size, dx=dx, dy=dy)


def _lines(frame: Frame, region: Name, size: float, slack: float) -> list[str]:
    """Return a name as one line, or a line a word where it would leave its region or its room."""
    room = min(frame.width * 0.45, 32 * size)
    half = slack * typesetting.width(region.text, size, bold=True) / 2
    x, y = frame.point(region.lon, region.lat)
    ends = frame.unit(np.array([x - half, x + half]), np.array([y, y]))
    inside = shapely.intersects_xy(region.outline, *ends).all()
    words = _BETWEEN_WORDS.split(region.text)
    whole = (inside and 2 * half <= room) or len(words) > _MOST_LINES
    lines = [region.text] if whole else words
    return [typesetting.shorten(line, size, room / slack, bold=True) for line in lines]


# The rest ---------------------------------------------------------------------------------------


def _dot(frame: Frame, town: Name, size: float) -> Spot:
    return Spot(*frame.point(town.lon, town.lat), _around(size, size))


def _towns(
    board: Board, frame: Frame, towns: Sequence[Name], letters: Letters
) -> list[Placed | None]:
    """Place the names of towns, the most important first."""
    placed: list[Placed | None] = [None] * len(towns)
    for number in sorted(range(len(towns)), key=lambda number: towns[number].rank):
        placed[number] = _town(board, frame, towns[number], letters)
    return placed


def _town(board: Board, frame: Frame, town: Name, letters: Letters) -> Placed | None:
    """Place a town's name beside its dot, on the right if it can be."""
    if town.rank > (2 if frame.zoom >= _TOWNS_OF_RANK_TWO_FROM else 1):
        return None
    size = letters.town
    x, y = frame.point(town.lon, town.lat)
    far = size * TOWN_GAP + letters.slack * typesetting.width(town.text, size)
    near, high = size * DOT, size * LINE / 2
    sides: tuple[tuple[Side, Box], ...] = (
        ("right", (-near, -high, far, high)),
        ("left", (-far, -high, near, high)),
    )
    for side, box in sides:
        if board.fits(spot := Spot(x, y, box)):
            board.take(spot, 1)
            return Placed(x, y, (town.text,), size, side)
    return None


def _water(board: Board, frame: Frame, water: Name, letters: Letters) -> Placed | None:
    size = letters.water
    wide = letters.slack * typesetting.width(water.text, size)
    spot = Spot(*frame.point(water.lon, water.lat), _around(wide, size))
    if not board.fits(spot):
        return None
    board.take(spot)
    return Placed(spot.x, spot.y, (water.text,), size)


def _country(
    board: Board,
    frame: Frame,
    country: Name,
    regions: shapely.STRtree,
    letters: Letters,
    spots: int,
) -> tuple[Placed, ...]:
    """Offer places for a country's name, the one nearest to its own first.

    Its own is often out of view: a place counts where the whole word lies in the country, within
    the frame, and on no region and no other name.
    """
    size, outline = letters.country, country.outline
    wide = letters.slack * typesetting.width(country.text, size, spaced=True)
    if not shapely.area(outline) or wide > frame.width:
        return ()
    box = _around(wide + 6, size * 1.6)
    home = np.array(frame.point(country.lon, country.lat))
    ways = _lattice(frame, home)
    ways = ways[np.argsort(np.hypot(*(ways - home).T), kind="stable")]
    corners = frame.unit(ways[:, 0] + box[0], ways[:, 1] + box[1])
    opposite = frame.unit(ways[:, 0] + box[2], ways[:, 1] + box[3])
    places = shapely.box(*corners, *opposite)
    fits = shapely.contains(outline, places)
    fits[regions.query(places, predicate="intersects")[0]] = False
    text = _around(wide, size * LINE)

    def fitting(at: np.ndarray) -> bool:
        return board.fits(Spot(at[0], at[1], text))

    chosen = _spread(ways[fits], spots, fitting)
    for at in chosen:
        board.take(Spot(at[0], at[1], text))
    return tuple(Placed(at[0], at[1], (country.text,), size) for at in chosen)


def _lattice(frame: Frame, home: np.ndarray) -> np.ndarray:
    """Return points all over the frame, and a place of its own."""
    across, down = _LATTICE
    xs, ys = np.linspace(0, frame.width, across), np.linspace(0, frame.height, down)
    return np.vstack([home, np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 2)])


def _spread(
    ways: np.ndarray, count: int, fitting: Callable[[np.ndarray], bool]
) -> list[np.ndarray]:
    """Return the first fitting point and others, each as far as it can be from those before.

    They come in the order of `ways`.
    """
    apart = np.full(len(ways), np.inf)
    chosen: list[int] = []
    while len(chosen) < count and (apart > 0).any():
        next_one = int(apart.argmax())
        if fitting(ways[next_one]):
            chosen.append(next_one)
            apart = np.minimum(apart, np.hypot(*(ways - ways[next_one]).T))
        else:
            apart[next_one] = 0
    return [ways[i] for i in sorted(chosen)]


def _around(wide: float, high: float) -> Box:
    return -wide / 2, -high / 2, wide / 2, high / 2


def _moved(box: Box, x: float, y: float) -> Box:
    return box[0] + x, box[1] + y, box[2] + x, box[3] + y
