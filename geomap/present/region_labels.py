"""Where the labels of regions go: in their region, else beside it, else a number stands for them.

A label is a region's name and, below it, what is to be known of its dates. Where one label finds no
room the others become smaller with it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely

from geomap.present import typesetting
from geomap.present.board import Board, Box
from geomap.present.names import Dates, Form, Letters, Name, RegionPlaced
from geomap.present.room import Room, around, grown, lattice, outer
from geomap.present.scene import Frame

ALWAYS_NAMED = 12
"""Of so few regions none may stay without its label, or a number that stands for it."""
SMALLER = (1, 0.88, 0.76)
"""Shares of a label's size to try until each region's label has room."""
LINE = 1.1
"""The distance between two lines of a label, as a share of its size."""
DATES = 0.92
"""The size of a label's dates, as a share of its name's."""
DISC, IN_DISC = 0.82, 0.95
"""The radius of a disc with a number, and the number's size, as shares of a name's size."""
TINY = 10.0
"""A region that is less than so many pixels across gets a marker."""
MARKER = 5.0
"""The marker's radius in pixels."""
_LEAST = 8.0
"""Pixels below which nobody reads a name."""
_MOST_LINES = 4
_BETWEEN_WORDS = re.compile(r" +|(?<=-)(?=.)")
_BEHIND_COMMA = re.compile(r"(?<=, )")
_FORMS = tuple(Form(words, broken) for words in (False, True) for broken in (False, True))
_SHORT_FORMS = (*_FORMS, Form(dated=False), Form(words=True, dated=False))
"""Where regions are many, some have their name alone."""
_EDGE = 1.5
"""Pixels between a label and its region's edge."""
_NEAR = 40
"""So many places are looked at for one that leaves the dots of towns free."""
_PARTS = (1, 25, 200, None)
"""Places are tried in parts, since the first of them mostly fits."""


@dataclass(frozen=True)
class Block:
    """A label broken into lines: its texts, and the box of each line around its middle."""

    form: Form
    lines: tuple[str, ...]
    dates: tuple[Dates, ...]
    size: float
    boxes: tuple[Box, ...]

    @property
    def outer(self) -> Box:
        """The box that holds all lines."""
        return outer(self.boxes)


def place_regions(
    room: Room, regions: Sequence[Name], letters: Letters, wishes: Board
) -> tuple[Room, list[RegionPlaced | None], float, bool]:
    """Place the labels of regions.

    Returns the room that is left, the places, the share of their size in which labels are set, and
    whether numbers stand for all labels. `wishes` has what labels should leave free if they can.
    """
    if len(regions) > ALWAYS_NAMED:
        left = room.copy()
        return left, [_one_of_many(left, one, letters) for one in regions], 1, False
    trials = [_trial(room, regions, letters, share, wishes) for share in SMALLER]
    for share, (left, placed) in zip(SMALLER, trials, strict=True):
        if all(placed):
            return left, placed, share, False
    best: tuple[Room, list[RegionPlaced | None], float, bool] | None = None
    fewest = len(regions) + 1
    for share, (left, placed) in zip(SMALLER, trials, strict=True):
        missing = placed.count(None)
        if missing >= fewest:
            continue
        if _fill_in_beside(left, regions, placed, _size(letters, share), letters.slack):
            best, fewest = (left, placed, share, False), missing
    if best:
        return best
    left = room.copy()
    size = _size(letters, 1)
    for region in regions:
        if is_tiny(room.frame, region):
            left.take(*room.frame.point(region.lon, region.lat), [around(2 * MARKER, 2 * MARKER)])
    return left, [_disc(left, one, size) for one in regions], 1, True


def block(region: Name, size: float, slack: float, form: Form, room: float = np.inf) -> Block:
    """Return a region's label in a form; a line wider than `room` pixels is cut."""
    words = _BETWEEN_WORDS.split(region.text)
    lines = words if form.words and len(words) <= _MOST_LINES else [region.text]
    lines = [typesetting.shorten(line, size, room / slack, bold=True) for line in lines]
    wide = [typesetting.width(line, size, bold=True) for line in lines]
    small = size * DATES
    all_dates = [_date_lines(dates, form.broken) for dates in region.dates if form.dated]
    dates = max(all_dates, key=len, default=())
    wide_dates = [
        max(_dates_width(one[n], small) for one in all_dates if n < len(one))
        for n in range(len(dates))
    ]
    rows = [(w, size) for w in wide] + [(w, small) for w in wide_dates]
    y = -sum(high for _, high in rows) * LINE / 2
    boxes = []
    for w, high in rows:
        boxes.append((-slack * w / 2, y, slack * w / 2, y + high * LINE))
        y += high * LINE
    return Block(form, tuple(lines), dates, size, tuple(boxes))


def date_widths(region: Name) -> tuple[int, ...]:
    """Return how wide a region's dates are in each form, in whole hundredths of their size."""
    return tuple(
        math.ceil(100 * max((_dates_width(one[n], 1) for one in rows if n < len(one)), default=0))
        for rows in ([_date_lines(one, broken) for one in region.dates] for broken in (False, True))
        for n in range(max(map(len, rows), default=0))
    )


def extent(frame: Frame, region: Name) -> float:
    """Return how large a region is in pixels, the longer of its sides."""
    left, top, right, bottom = shapely.bounds(region.outline) * frame.scale
    return float(max(right - left, bottom - top))


def is_tiny(frame: Frame, region: Name) -> bool:
    """Return whether nobody would see a region."""
    return extent(frame, region) < TINY


def usable(
    room: Room, region: Name, placed: RegionPlaced, slack: float, points: np.ndarray
) -> np.ndarray:
    """Return at which of some points of the unit square a region's label would stand as well."""
    ways = points * room.frame.scale - [room.frame.left, room.frame.top]
    made = block(region, placed.size, slack, placed.form)
    fits = _within(room, region, made.boxes, ways)
    fits[fits] = [room.fits(x, y, made.boxes) for x, y in ways[fits].tolist()]
    return fits


def _size(letters: Letters, share: float) -> float:
    return max(letters.region * share, _LEAST)


def _placed(
    made: Block,
    at: tuple[float, float],
    region: Name,
    leader: tuple[float, float] | None = None,
    marker: tuple[float, float] | None = None,
) -> RegionPlaced:
    return RegionPlaced(
        *(*at, made.lines, made.dates, made.size, made.form, made.outer),
        leader=leader,
        marker=marker,
        number=region.number,
    )


def _date_lines(dates: Dates, broken: bool) -> tuple[Dates, ...]:
    """A label's dates in one line, or broken behind each comma."""
    rows: list[list[tuple[str, bool]]] = [[]]
    for text, struck in dates:
        for number, part in enumerate(_BEHIND_COMMA.split(text)):
            if number:
                rows.append([])
            if part:
                rows[-1].append((part, struck))
    filled = [row for row in rows if row]
    if not broken:
        return (dates,) if filled else ()
    return tuple((*row[:-1], (row[-1][0].rstrip(), row[-1][1])) for row in filled)


def _dates_width(dates: Dates, size: float) -> float:
    return typesetting.spans_width(tuple((text, False) for text, _ in dates), size)


# In the region ----------------------------------------------------------------------------------


def _trial(
    room: Room, regions: Sequence[Name], letters: Letters, share: float, wishes: Board
) -> tuple[Room, list[RegionPlaced | None]]:
    """Place what finds room in its region, or by its marker, in letters of a share of their size."""
    room = room.copy()
    size = _size(letters, share)
    tiny = [is_tiny(room.frame, region) for region in regions]
    for region, small in zip(regions, tiny, strict=True):
        if small:
            room.take(*room.frame.point(region.lon, region.lat), [around(2 * MARKER, 2 * MARKER)])
    return room, [
        _by_marker(room, region, size, letters.slack)
        if small
        else _inside(room, region, size, letters.slack, _FORMS, wishes)
        for region, small in zip(regions, tiny, strict=True)
    ]


def _one_of_many(room: Room, region: Name, letters: Letters) -> RegionPlaced | None:
    return _inside(room, region, letters.region, letters.slack, _SHORT_FORMS)


def _inside(
    room: Room,
    region: Name,
    size: float,
    slack: float,
    forms: Sequence[Form],
    wishes: Board | None = None,
) -> RegionPlaced | None:
    """Place a label in its region, in the first form that has room, near the region's own place."""
    made: list[Block] = []
    for form in forms:
        one = block(region, size, slack, form, min(room.frame.width * 0.45, 32 * size))
        if any(one.boxes == other.boxes for other in made):
            continue
        made.append(one)
        at = _place_in(room, region, one.boxes, wishes)
        if at is not None:
            room.take(*at, one.boxes)
            return _placed(one, at, region)
    return None


def _place_in(
    room: Room, region: Name, boxes: Sequence[Box], wishes: Board | None = None
) -> tuple[float, float] | None:
    """Return where boxes have room in a region, as near as can be to its own place."""
    first = None
    seen = 0
    for ways in _ways_in(room, region, boxes):
        for x, y in ways[_within(room, region, boxes, ways)].tolist():
            if not room.fits(x, y, boxes):
                continue
            first = first or (x, y)
            seen += 1
            if wishes is None or Room.fits(replace(room, board=wishes), x, y, boxes):
                return x, y
            if seen > _NEAR:
                return first
    return first


def _ways_in(room: Room, region: Name, boxes: Sequence[Box]) -> Iterator[np.ndarray]:
    """Yield middles that may have room for boxes in a region, the nearest to its own place first."""
    frame = room.frame
    left, top, right, bottom = shapely.bounds(region.outline) * frame.scale - [
        *(frame.left, frame.top) * 2
    ]
    around_all = grown(outer(boxes), _EDGE)
    low = left - around_all[0], top - around_all[1]
    high = right - around_all[2], bottom - around_all[3]
    if low[0] > high[0] or low[1] > high[1]:
        return
    step = (boxes[0][3] - boxes[0][1]) * 0.3
    home = np.array(frame.point(region.lon, region.lat))
    ways = np.vstack([home, lattice(*low, *high, step)])
    ways = ways[np.argsort(np.hypot(*(ways - home).T), kind="stable")]
    begin = 0
    for end in _PARTS:
        if len(part := ways[begin:end]):
            yield part
        begin = end or len(ways)


def _within(room: Room, region: Name, boxes: Sequence[Box], ways: np.ndarray) -> np.ndarray:
    """Return at which middles boxes lie in a region, and on no line."""
    fits = np.ones(len(ways), dtype=bool)
    for box in boxes:
        places = room.unit_boxes(ways[fits], grown(box, _EDGE))
        fits[fits] = shapely.contains(region.outline, places) & room.clear(
            places, room.obstacles.lines
        )
    return fits


# Beside it --------------------------------------------------------------------------------------


def _by_marker(room: Room, region: Name, size: float, slack: float) -> RegionPlaced | None:
    """Place a label beside the dot of a region that is too small to be seen."""
    x, y = room.frame.point(region.lon, region.lat)
    for form in _FORMS:
        made = block(region, size, slack, form)
        left, top, right, bottom = made.outer
        across, down = right + MARKER + 4, bottom + MARKER + 2
        for dx, dy in ((across, 0), (-across, 0), (0, -down), (0, down)):
            boxes = [(b[0] + dx, b[1] + dy, b[2] + dx, b[3] + dy) for b in made.boxes]
            areas = np.concatenate([room.unit_boxes(np.array([[x, y]]), box) for box in boxes])
            clear = room.clear(areas, room.obstacles.edges, room.obstacles.lines).all()
            if clear and room.fits(x, y, boxes):
                room.take(x + dx, y + dy, made.boxes)
                return _placed(made, (x + dx, y + dy), region, marker=(x, y))
    return None


def _fill_in_beside(
    room: Room,
    regions: Sequence[Name],
    placed: list[RegionPlaced | None],
    size: float,
    slack: float,
) -> bool:
    """Place what has no place beside its region; return whether all have got one."""
    for i, region in enumerate(regions):
        placed[i] = placed[i] or _beside(room, region, size, slack)
        if not placed[i]:
            return False
    return True


def _beside(room: Room, region: Name, size: float, slack: float) -> RegionPlaced | None:
    """Place a label in free land near its region, with a line that leads to it."""
    home = np.array(room.frame.point(region.lon, region.lat))
    for form in _FORMS:
        made = block(region, size, slack, form)
        ways = _ways_beside(room, region, made, home)
        for x, y in ways.tolist():
            end = _leader(room, region, (x, y), home)
            if end is None or not room.fits(x, y, [made.outer]):
                continue
            way = [*leader_boxes(made.outer, (x, y), end)]
            if not all(room.fits(*at, [around(3, 3)]) for at in way):
                continue
            room.take(x, y, made.boxes)
            for at in way:
                room.take(*at, [around(3, 3)], 1)
            marker = (home[0], home[1]) if is_tiny(room.frame, region) else None
            return _placed(made, (x, y), region, leader=end, marker=marker)
    return None


def _ways_beside(room: Room, region: Name, made: Block, home: np.ndarray) -> np.ndarray:
    """Return middles around a region where a label touches no region and no line, near ones first."""
    left, top, right, bottom = made.outer
    reach = extent(room.frame, region) + 6 * made.size
    ways = lattice(*(home - reach), *(home + reach), made.size)
    least, most = room.within[:2], room.within[2:]
    ways = ways[(ways + [left, top] >= least).all(1) & (ways + [right, bottom] <= most).all(1)]
    places = room.unit_boxes(ways, grown(made.outer, 3))
    clear = room.clear(places, room.obstacles.regions, room.obstacles.lines)
    ways, places = ways[clear], places[clear]
    edge = shapely.distance(region.outline, places) * room.frame.scale
    on_border = ~room.clear(places, room.obstacles.borders)
    least, most = room.seen[:2], room.seen[2:]
    seen = (ways + [left, top] >= least).all(1) & (ways + [right, bottom] <= most).all(1)
    far = edge + 0.1 * np.hypot(*(ways - home).T) + 2 * made.size * on_border + 1000 * ~seen
    ways = ways[(edge < 5 * made.size)]
    nearest: np.ndarray = ways[np.argsort(far[edge < 5 * made.size], kind="stable")]
    return nearest


def _leader(
    room: Room, region: Name, at: tuple[float, float], home: np.ndarray
) -> tuple[float, float] | None:
    """Return where a line from a label to its region ends, None where it would cross another."""
    frame = room.frame
    line = shapely.LineString([frame.unit(*at), frame.unit(*home)])
    inside = shapely.get_parts(shapely.intersection(line, region.outline))
    start = shapely.Point(frame.unit(*at))
    if not len(inside):
        end = shapely.Point(frame.unit(*home))
    else:
        part = min(inside, key=start.distance)
        end = shapely.line_interpolate_point(part, min(6 / frame.scale, part.length / 2))
    way = shapely.LineString([start, end])
    for i in room.obstacles.regions.query(way, predicate="intersects"):
        if room.obstacles.regions.geometries[i] is not region.outline:
            return None
    return end.x * frame.scale - frame.left, end.y * frame.scale - frame.top


def leader_start(
    box: Box, at: tuple[float, float], end: tuple[float, float]
) -> tuple[float, float]:
    """Return where the line from a label's middle to its region leaves the label's box."""
    dx, dy = end[0] - at[0], end[1] - at[1]
    half = (box[2] - box[0]) / 2 + 2, (box[3] - box[1]) / 2 + 2
    share = min(half[0] / abs(dx) if dx else np.inf, half[1] / abs(dy) if dy else np.inf, 1)
    return at[0] + dx * share, at[1] + dy * share


def leader_boxes(
    box: Box, at: tuple[float, float], end: tuple[float, float]
) -> Iterator[tuple[float, float]]:
    """Yield points along the line from a label to its region, about 5 pixels apart."""
    start = leader_start(box, at, end)
    count = 2 + int(np.hypot(end[0] - start[0], end[1] - start[1]) / 5)
    yield from zip(
        np.linspace(start[0], end[0], count)[1:].tolist(),
        np.linspace(start[1], end[1], count)[1:].tolist(),
        strict=True,
    )


# Numbers ----------------------------------------------------------------------------------------


def _disc(room: Room, region: Name, size: float) -> RegionPlaced:
    """Place a disc with a region's number in the region, or on it where it is too small."""
    box = around(2 * DISC * size, 2 * DISC * size)
    x, y = room.frame.point(region.lon, region.lat)
    marker = (x, y) if is_tiny(room.frame, region) else None
    at = None if marker else _place_in(room, region, [box])
    if at is None:
        far = DISC * size + (MARKER + 2 if marker else 0)
        near = [(x + far * dx, y + far * dy) for dx, dy in _AROUND]
        near = near if marker else [(x, y), *near]
        at = next((one for one in near if room.fits(*one, [box])), near[0])
    room.take(*at, [box], 1)
    return RegionPlaced(*(*at, (), (), size), marker=marker, number=region.number, numbered=True)


_AROUND = ((1, 0), (-1, 0), (0, -1), (0, 1), (0.8, -0.8), (-0.8, -0.8), (0.8, 0.8), (-0.8, 0.8))
"""Directions to try from a region's own place."""
