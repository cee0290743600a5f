"""Where names go on a map, so that none covers another: regions, towns, lines, waters, countries.

One set of rules for pictures, which have one frame, and for the browser (`zooms`), where the same
names are placed for a range of zooms without a frame.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import shapely

from geomap.present import typesetting
from geomap.present.at_home import Homes
from geomap.present.board import Board, Box, Spot
from geomap.present.label_blocks import LINE
from geomap.present.line_labels import place_line
from geomap.present.names import Letters, Name, Names, Placed, Placement, Side
from geomap.present.region_labels import place_regions, usable
from geomap.present.room import Obstacles, Room, around
from geomap.present.scene import Frame

_MORE_TOWNS_FROM = 9.0
"""The zoom from which small towns are shown."""
TOWN_GAP, DOT = 0.8, 0.3
"""From a town to its name, and the radius of its dot, as shares of the name's size."""
_LATTICE = (17, 13)


def place(
    board: Board,
    frame: Frame,
    names: Names,
    letters: Letters,
    spots: int = 1,
    *,
    seen: Box | None = None,
    points: Sequence[np.ndarray] = (),
    obstacles: Obstacles | None = None,
    homes: Homes | None = None,
) -> Placement:
    """Return where names stand; who comes first gets the room.

    First come regions, then large towns, lines, other towns, waters and countries.
    What `board` has taken stays free. `spots` is how many places to offer for a country's name, one
    of which the browser takes; its board has no edge. `seen` is the box that every frame shows,
    where that is not all of it. `points` are points of the unit square, for each region, of which it
    is to be said whether the region's label would have room there, too. `obstacles` are those of
    the names, for who has them already, and so is `homes`, at a lesser zoom.
    """
    room = Room(
        frame,
        board,
        obstacles or Obstacles(names),
        board.area or (0, 0, frame.width, frame.height),
        seen or board.area or (0, 0, frame.width, frame.height),
    )
    wishes = Board(None, board.spread)
    for town in names.towns:
        if town.rank < 2:
            wishes.take(
                Spot(*frame.point(town.lon, town.lat), around(letters.town, letters.town)), 1
            )
    room, regions, shrunk, numbered = place_regions(room, names.regions, letters, wishes, homes)
    towns: list[Placed | None] = [None] * len(names.towns)
    _towns(room, names, towns, letters, (1,))
    lines = [place_line(room, line, letters, max(1, spots // 3)) for line in names.lines]
    if frame.zoom >= _MORE_TOWNS_FROM:
        _towns(room, names, towns, letters, range(2, 10))
    spare = [
        tuple(usable(room, region, placed, letters.slack, where).tolist())
        if len(where) and placed and not placed.numbered
        else (False,) * len(where)
        for region, placed, where in zip(names.regions, regions, points, strict=False)
    ]
    waters = [_water(room, water, letters) for water in names.waters]
    countries = [_country(room, one, letters, spots) for one in names.countries]
    return Placement(
        tuple(regions),
        tuple(towns),
        tuple(waters),
        tuple(countries),
        tuple(lines),
        shrunk,
        numbered,
        tuple(spare),
    )


def _towns(
    room: Room,
    names: Names,
    placed: list[Placed | None],
    letters: Letters,
    ranks: Sequence[int],
) -> None:
    """Place the names of the towns of some ranks, the most important first.

    One that is called like a region is left out: the region's label says it already.
    """
    regions = {region.text for region in names.regions}
    for rank in ranks:
        for number, town in enumerate(names.towns):
            if town.rank == rank and town.text not in regions:
                placed[number] = _town(room, town, letters)


def _town(room: Room, town: Name, letters: Letters) -> Placed | None:
    """Place a town's name on a side of its dot where it touches no line and no edge of a region.

    Where it can it stays clear of countries' borders, too.
    """
    size = letters.town
    x, y = room.frame.point(town.lon, town.lat)
    dot = around(2 * DOT * size, 2 * DOT * size)
    if not room.fits(x, y, [dot]):
        return None
    at = np.array([[x, y]])
    for lines in _town_lines(town):
        wide = letters.slack * max(typesetting.width(line, size) for line in lines)
        sides = _sides(size, wide, len(lines))
        areas = np.concatenate([room.unit_boxes(at, box) for _, box in sides])
        clear = room.clear(areas, room.obstacles.edges, room.obstacles.lines)
        best = clear & room.clear(areas, room.obstacles.borders)
        for n in [*np.flatnonzero(best), *np.flatnonzero(clear & ~best)]:
            side, box = sides[n]
            if room.fits(x, y, [box]):
                room.take(x, y, [dot, box], 1)
                return Placed(x, y, lines, size, side)
    return None


def _town_lines(town: Name) -> list[tuple[str, ...]]:
    """A town's name in one line; and if it has two names, with a line for each."""
    first, slash, second = town.text.partition(" / ")
    return [(town.text,), *([(f"{first} /", second)] if slash else [])]


def _sides(size: float, wide: float, lines: int) -> tuple[tuple[Side, Box], ...]:
    """The boxes of a town's name on each side of its dot."""
    gap, high = size * TOWN_GAP, size * LINE / 2 * lines
    near = size * DOT + 1
    return (
        ("right", (near, -high, gap + wide, high)),
        ("left", (-gap - wide, -high, -near, high)),
        ("above", (-wide / 2, -near - 2 * high, wide / 2, -near)),
        ("below", (-wide / 2, near, wide / 2, near + 2 * high)),
    )


def _water(room: Room, water: Name, letters: Letters) -> Placed | None:
    size = letters.water
    wide = letters.slack * typesetting.width(water.text, size)
    x, y = room.frame.point(water.lon, water.lat)
    box = around(wide, size)
    areas = room.unit_boxes(np.array([[x, y]]), box)
    if not room.clear(areas, room.obstacles.edges, room.obstacles.lines).all() or not room.fits(
        x, y, [box]
    ):
        return None
    room.take(x, y, [box])
    return Placed(x, y, (water.text,), size)


def _country(room: Room, country: Name, letters: Letters, spots: int) -> tuple[Placed, ...]:
    """Offer places for a country's name, the one nearest to its own first.

    Its own is often out of view: a place counts where the whole word lies in the country, within
    the frame, and on no region, no line and no other name.
    """
    size, outline, frame = letters.country, country.outline, room.frame
    wide = letters.slack * typesetting.width(country.text, size, spaced=True)
    if not shapely.area(outline) or wide > frame.width:
        return ()
    home = np.array(frame.point(country.lon, country.lat))
    ways = _lattice(frame, home)
    ways = ways[np.argsort(np.hypot(*(ways - home).T), kind="stable")]
    places = room.unit_boxes(ways, around(wide + 6, size * 1.6))
    fits = shapely.contains(outline, places) & room.clear(
        places, room.obstacles.regions, room.obstacles.lines
    )
    text = around(wide, size * LINE)

    def fitting(at: np.ndarray) -> bool:
        return room.fits(at[0], at[1], [text])

    chosen = _spread(ways[fits], spots, fitting)
    for at in chosen:
        room.take(at[0], at[1], [text])
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
