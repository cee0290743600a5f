"""The chart of time in a picture: the same lanes, arrows and days as the interactive map's.

A pure function of a view and the room that there is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date as Date

import shapely

from geomap.picture.style import Style, fill, swatch
from geomap.present import typesetting
from geomap.present.axis import Axis
from geomap.present.board import Box
from geomap.present.lanes import Lane, LaneStretch, Tick, drawn_lanes
from geomap.present.scene import Item, Label, Shape
from geomap.present.views import View
from geomap.wording import Words, format_day

_NAME, _WORD = 12.0, 11.5
"""The letters of regions and of days, in pixels of an ordinary picture."""
_LANE, _LEAST_LANE = 22.0, 11.0
"""How high a lane is at most, and at least where events have their names beneath."""
_LOWEST = 5.0
"""Lanes lower than this have neither outlines nor arrows."""
_NAMES_SHARE = 0.34
"""How much of the width the regions' names may take."""
_ROW = 1.3
"""From one row of words to the next, in parts of their size."""


@dataclass(frozen=True)
class _Plot:
    """Where the lanes lie: from `left` to `right`, each `lane` high from `top` on, in pixels."""

    style: Style
    axis: Axis
    left: float
    right: float
    top: float
    lane: float
    lanes: int

    @property
    def bottom(self) -> float:
        return self.top + self.lane * self.lanes

    def x(self, share: float) -> float:
        return self.left + (self.right - self.left) * share

    def at(self, day: Date) -> float:
        return self.x(self.axis.at(day))


@dataclass(frozen=True)
class _Word:
    """A word under the lanes, its middle in pixels, and the row that it is in."""

    text: str
    middle: float
    bold: bool = False
    row: int = 0


def chart(style: Style, words: Words, view: View, box: Box, day: Date | None = None) -> list[Item]:
    """Return the chart of a view's lanes in a box (left, top, right, bottom) of a picture.

    `day` is marked by a line through the lanes. Where the box is low, the events' names are left out,
    then dates that would touch others.
    """
    left, top, right, bottom = box
    scale = style.scale
    shown, named = drawn_lanes(view.lanes)
    size = _WORD * scale
    plot = _plot(style, view, box)
    beneath = _words(plot, words, view, left, right)

    def lane_over(beneath: Sequence[_Word]) -> float:
        return (bottom - top - _under(beneath, scale)) / max(len(shown), 1)

    if lane_over(beneath) < _LEAST_LANE * scale:
        beneath = [word for word in beneath if word.bold]
    plot = replace(plot, lane=max(min(lane_over(beneath), _LANE * scale), 1.0))
    items: list[Item] = []
    for number, one in enumerate(shown):
        y = top + number * plot.lane
        items += _lane(plot, one, y)
        if named:
            items.append(_name(plot, typesetting.clean(one.name), left, y))
    for start_of, end_of in view.axis.breaks:
        items += _break(plot, plot.x((start_of + end_of) / 2))
    items += _ticks(plot, view.ticks)
    for word in beneath:
        y = plot.bottom + 8 * scale + (word.row * _ROW + 0.95) * size
        colour = style.theme.ink if word.bold else style.theme.muted
        items.append(Label(word.middle, y, ((word.text, word.bold),), size, colour, "middle"))
    if day is not None:
        items += _marker(plot, plot.at(day))
    return items


def _plot(style: Style, view: View, box: Box) -> _Plot:
    """Where the lanes lie beside their names; how high they are is not known yet."""
    left, top, right, _ = box
    shown, named = drawn_lanes(view.lanes)
    size = _NAME * style.scale
    names = [typesetting.clean(lane.name) for lane in shown] if named else []
    widest = max((typesetting.width(name, size, bold=True) for name in names), default=0)
    beside = min(widest, (right - left) * _NAMES_SHARE) + (10 * style.scale if names else 0)
    return _Plot(style, view.axis, left + beside, right - 3 * style.scale, top, 0, len(shown))


def _under(words: Sequence[_Word], scale: float) -> float:
    """How much room rows of words take beneath the lanes."""
    return (8 + _rows(words) * _WORD * _ROW) * scale


# Lanes ------------------------------------------------------------------------------------------


def _name(plot: _Plot, name: str, left: float, y: float) -> Label:
    size = min(_NAME * plot.style.scale, plot.lane * 0.9)
    room = plot.left - left - 6 * plot.style.scale
    text = typesetting.shorten(name, size, room, bold=True)
    return Label(
        left, y + plot.lane / 2 + size * 0.355, ((text, True),), size, plot.style.theme.ink
    )


def _lane(plot: _Plot, lane: Lane, top: float) -> Iterator[Item]:
    style = plot.style
    low = plot.lane < _LOWEST * style.scale
    bottom = top + plot.lane - (0 if low else min(2 * style.scale, plot.lane * 0.1))
    yield Shape(shapely.box(plot.left, top, plot.right, bottom), style.theme.land)
    shapes = []
    for one in _courses(lane.stretches):
        area = shapely.box(plot.at(one.first), top, plot.x(plot.axis.after(one.last)), bottom)
        shapes.append(Shape(area, **(fill if low else swatch)(style, one.look)))
    # The boldest outlines last, or a neighbour would cover half of them.
    yield from sorted(shapes, key=lambda shape: shape.stroke_width)
    if low:
        return
    middle = (top + bottom) / 2
    for old, new in lane.arrows:
        yield from _arrow(plot, plot.at(old), plot.at(new), middle)
    for day in lane.due_days:
        yield _disc(plot, plot.at(day), middle)


def _courses(stretches: Iterable[LaneStretch]) -> list[LaneStretch]:
    """The stretches, neighbours that look alike as one."""
    courses: list[LaneStretch] = []
    for one in stretches:
        if courses and courses[-1].look == one.look:
            courses[-1] = replace(courses[-1], last=one.last)
        else:
            courses.append(one)
    return courses


def _arrow(plot: _Plot, start: float, end: float, y: float) -> Iterator[Item]:
    scale, theme = plot.style.scale, plot.style.theme
    back = (9 if end < start else -9) * scale
    line = shapely.LineString([(start, y), (end + back * 0.7, y)])
    tip = shapely.Polygon([(end, y), (end + back, y - 4.5 * scale), (end + back, y + 4.5 * scale)])
    yield Shape(line, stroke=theme.paper, stroke_width=4 * scale)
    yield Shape(tip, theme.ink, stroke=theme.paper, stroke_width=scale)
    yield Shape(line, stroke=theme.ink, stroke_width=1.75 * scale)
    yield _disc(plot, start, y)


def _disc(plot: _Plot, x: float, y: float) -> Shape:
    scale, theme = plot.style.scale, plot.style.theme
    disc = shapely.Point(x, y).buffer(3 * scale, quad_segs=6)
    return Shape(disc, theme.paper, stroke=theme.ink, stroke_width=1.5 * scale)


def _break(plot: _Plot, x: float) -> Iterator[Item]:
    """Two slanted lines through all lanes, with nothing between them."""
    scale, theme = plot.style.scale, plot.style.theme
    top, bottom = plot.top - 2 * scale, plot.bottom + 4 * scale
    lean, half = (bottom - top) * 0.09, 2.5 * scale
    sides = [[(x + side + lean, top), (x + side - lean, bottom)] for side in (-half, half)]
    yield Shape(shapely.Polygon([*sides[0], *reversed(sides[1])]), theme.paper)
    for side in sides:
        yield Shape(shapely.LineString(side), stroke=theme.muted, stroke_width=scale)


def _marker(plot: _Plot, x: float) -> Iterator[Item]:
    scale, theme = plot.style.scale, plot.style.theme
    line = shapely.LineString([(x, plot.top - 2 * scale), (x, plot.bottom + 3 * scale)])
    yield Shape(line, stroke=theme.paper, stroke_width=4 * scale)
    yield Shape(line, stroke=theme.ink, stroke_width=2 * scale)


# Days -------------------------------------------------------------------------------------------


def _ticks(plot: _Plot, ticks: Iterable[Tick]) -> Iterator[Item]:
    scale, theme = plot.style.scale, plot.style.theme
    y = plot.bottom
    for tick in ticks:
        first, last = plot.at(tick.first), plot.at(tick.last)
        middle = (first + last) / 2
        lines = [[(middle, y), (middle, y + 6 * scale)]]
        if last > first:  # a bracket from one end of the uncertain days to the other
            foot = y + 4 * scale
            lines = [[(first, y), (first, foot), (last, foot), (last, y)]]
        for line in lines:
            yield Shape(shapely.LineString(line), stroke=theme.ink, stroke_width=scale)


def _words(plot: _Plot, words: Words, view: View, left: float, right: float) -> list[_Word]:
    """Dates, then years if there are several, then the events' names, row under row."""
    size = _WORD * plot.style.scale
    room = (max(left, plot.left - 10 * plot.style.scale), right)
    middles = [(plot.at(tick.first) + plot.at(tick.last)) / 2 for tick in view.ticks]
    dates = _dates(words, view, middles, room, size)
    rows = _rows(dates)
    years = [*_put(_years(plot, view), None, room, size, rows=1, below=rows).values()]
    rows = max(rows, _rows(years))
    names = [
        _Word(typesetting.clean(tick.label), x)
        for tick, x in zip(view.ticks, middles, strict=True)
        if tick.label
    ]
    shortest = sorted(range(len(names)), key=lambda i: typesetting.width(names[i].text, size))
    named = [*_put(names, shortest, room, size, rows=2, below=rows).values()]
    return [*dates, *years, *(named if len(named) * 3 >= len(names) * 2 else ())]


def _dates(
    words: Words,
    view: View,
    middles: Sequence[float],
    room: tuple[float, float],
    size: float,
) -> list[_Word]:
    """The days of the ticks: the last, then those that have a name, then what fits between."""
    last = len(view.ticks) - 1
    put: dict[int, _Word] = dict.fromkeys(range(last + 1), _Word("", 0))
    for _ in range(2):  # where a date was left out, the next has to name the month
        texts = [""] * (last + 1)
        before: Date | None = None
        for number, tick in enumerate(view.ticks):
            texts[number] = _date(words, tick, before)
            before = tick.last if number in put else before
        order = sorted(put, key=lambda i: (i != last, not view.ticks[i].label, i))
        dates = [_Word(text, x, bold=True) for text, x in zip(texts, middles, strict=True)]
        put = _put(dates, order, room, size, rows=2)
    return [*put.values()]


def _date(words: Words, tick: Tick, before: Date | None) -> str:
    """A day as `10 Nov`, then `15` while the month stays the same; of several, the first and last."""

    def same(day: Date, other: Date | None) -> bool:
        return other is not None and (day.year, day.month) == (other.year, other.month)

    def short(day: Date) -> str:
        return format_day(words, day, year=day.year, short=True)

    start = str(tick.first.day) if same(tick.first, before) else short(tick.first)
    if tick.first == tick.last:
        return start
    if not same(tick.first, tick.last):
        return f"{start} – {short(tick.last)}"
    return f"{tick.first.day}–{tick.last.day if same(tick.last, before) else short(tick.last)}"


def _years(plot: _Plot, view: View) -> list[_Word]:
    first, last = view.period
    if first.year == last.year:
        return []
    starts = [first, *(Date(year, 1, 1) for year in range(first.year + 1, last.year + 1))]
    return [_Word(str(day.year), plot.at(day)) for day in starts]


def _rows(words: Sequence[_Word]) -> int:
    return max((word.row for word in words), default=-1) + 1


def _put(
    words: Sequence[_Word],
    order: Sequence[int] | None,
    room: tuple[float, float],
    size: float,
    *,
    rows: int,
    below: int = 0,
) -> dict[int, _Word]:
    """Return the words that have a place by number; each, in `order`, is in the first row in which it
    touches no other.

    They are moved to lie in the room; the first row is the one that follows `below` others.
    """
    taken: list[list[tuple[float, float]]] = [[] for _ in range(rows)]
    put: dict[int, _Word] = {}
    for number in range(len(words)) if order is None else order:
        word = words[number]
        half = typesetting.width(word.text, size, bold=word.bold) / 2
        middle = max(min(word.middle, room[1] - half), room[0] + half)
        left, right = middle - half, middle + half
        gap = 0.5 * size
        for row, others in enumerate(taken):
            if all(right + gap <= start or end + gap <= left for start, end in others):
                others.append((left, right))
                put[number] = replace(word, middle=middle, row=row + below)
                break
    return put
