"""The names on the map of a picture: where they go, and how they are drawn."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import shapely

from geomap.core.dataset import Dataset
from geomap.picture.style import Style, fill, stroke
from geomap.present.beside import MARKER, leader_start
from geomap.present.board import Board
from geomap.present.ground import names_of
from geomap.present.label_blocks import DATES, LINE
from geomap.present.labels import DOT, TOWN_GAP, place
from geomap.present.names import Dates, Name, Placed, Placement, RegionPlaced, Side
from geomap.present.region_labels import DISC, IN_DISC
from geomap.present.scene import Anchor, Frame, Item, Label, Shape, to_unit
from geomap.present.typesetting import clean
from geomap.present.views import Card, DayView

_BASELINE = 0.355
"""From the middle of a line of text down to its baseline, as a share of its size."""
_SIDES: dict[Side, tuple[Anchor, float, float]] = {
    "right": ("start", TOWN_GAP, 0),
    "left": ("end", -TOWN_GAP, 0),
    "above": ("middle", 0, -1),
    "below": ("middle", 0, 1),
}
"""How a town's name is set on each side of its dot, and how far from it in parts of its size."""


def place_names(
    style: Style, dataset: Dataset, view: DayView, frame: Frame, board: Board
) -> Placement:
    """Return where the names stand on a picture's map; a small one has regions and countries alone.

    Where `numbered` is set, `key` belongs in the legend.
    """
    regions = [
        Name(
            card.label,
            row.label_lon,
            row.label_lat,
            to_unit(row.geometry),
            dates=(_clean(card.when),),
            number=card.number,
        )
        for row, card in zip(dataset.regions.itertuples(), view.cards, strict=True)
    ]
    drawn = [one for one in view.context if one.is_drawn_on(view.date)]
    names = names_of(view.language, regions, drawn)
    if style.small:
        names = replace(names, towns=(), waters=())
    return place(board, frame, names, style.letters)


def key(view: DayView) -> list[tuple[int, str, Dates]]:
    """Return what stands for each region's number: its name and dates, in the order of handover."""
    cards = sorted(view.cards, key=lambda card: card.number)
    return [(card.number, clean(card.label), _clean(card.when)) for card in cards]


def draw_names(style: Style, view: DayView, placed: Placement) -> list[Item]:
    """Return the names on the map as they are drawn, with leaders, numbers and the dots of towns."""
    theme = style.theme
    items: list[Item] = []
    for spots in placed.lines:
        for name in spots[:1]:
            items += _lines(name, theme.ink, theme.land)
    for region, card in zip(placed.regions, view.cards, strict=True):
        if region:
            items += _region(style, region, card)
    for name in filter(None, placed.towns):
        items += _town(style, name)
    for name in filter(None, placed.waters):
        items += _lines(name, theme.muted, theme.water, italic=True)
    for spots in placed.countries:
        for name in spots[:1]:
            items += _lines(name, theme.muted, theme.land, spaced=True)
    return items


def disc(style: Style, number: int, x: float, y: float, size: float) -> list[Item]:
    """Return a number in a disc around a point, for names of regions of this size."""
    theme, letters = style.theme, size * IN_DISC
    area = shapely.Point(x, y).buffer(size * DISC, quad_segs=12)
    return [
        Shape(area, theme.paper, stroke=theme.ink, stroke_width=size * 0.1),
        Label(x, y + letters * _BASELINE, ((str(number), True),), letters, theme.ink, "middle"),
    ]


def _clean(dates: Dates) -> Dates:
    """Dates made safe; blanks between their pieces stay."""
    return tuple((clean(f"|{text}|")[1:-1], struck) for text, struck in dates)


def _region(style: Style, placed: RegionPlaced, card: Card) -> list[Item]:
    """A region's label or number, the line that leads to it, and a dot for one too small to see."""
    theme, size = style.theme, placed.size
    items: list[Item] = []
    if placed.leader:
        start = leader_start(placed.outer, (placed.x, placed.y), placed.leader)
        line = shapely.LineString([start, placed.leader])
        items.append(Shape(line, stroke=theme.paper, stroke_width=size * 0.22))
        items.append(Shape(line, stroke=theme.ink, stroke_width=size * 0.1))
        end = shapely.Point(placed.leader).buffer(size * 0.14, quad_segs=6)
        items.append(Shape(end, theme.ink, stroke=theme.paper, stroke_width=size * 0.06))
    if placed.marker:
        dot = shapely.Point(placed.marker).buffer(MARKER, quad_segs=8)
        items.append(Shape(dot, **fill(style, card.look), **stroke(style, card.look.outline)))
    if placed.numbered:
        return items + disc(style, placed.number, placed.x, placed.y, size)
    rows: Sequence[tuple[Dates, bool, float]] = [
        *((((line, False),), True, size) for line in placed.lines),
        *((dates, False, size * DATES) for dates in placed.dates),
    ]
    y = placed.y - sum(high for _, _, high in rows) * LINE / 2
    for pieces, bold, high in rows:
        text = tuple((piece, bold) for piece, _ in pieces)
        struck = frozenset(n for n, (_, gone) in enumerate(pieces) if gone)
        baseline = y + high * (LINE / 2 + _BASELINE)
        items.append(
            Label(
                *(placed.x, baseline, text, high, theme.ink, "middle", theme.paper), struck=struck
            )
        )
        y += high * LINE
    return items


def _lines(
    placed: Placed, colour: str, halo: str, *, spaced: bool = False, italic: bool = False
) -> list[Item]:
    """A name in one line around the middle of its place, turned as its place is."""
    down, turn = placed.size * _BASELINE, math.radians(placed.angle)
    x, y = placed.x - down * math.sin(turn), placed.y + down * math.cos(turn)
    text = ((placed.lines[0], False),)
    return [
        Label(
            *(x, y, text, placed.size, colour, "middle", halo),
            spaced=spaced,
            italic=italic,
            angle=placed.angle,
        )
    ]


def _town(style: Style, placed: Placed) -> list[Item]:
    """A town's dot, and its name beside it."""
    theme, size = style.theme, placed.size
    dot = shapely.Point(placed.x, placed.y).buffer(size * DOT, quad_segs=6)
    anchor, gap, down = _SIDES[placed.side]
    x, high = placed.x + gap * size, LINE * size
    middle = placed.y + down * (size * DOT + len(placed.lines) * high / 2 + 1)
    first = middle - (len(placed.lines) - 1) / 2 * high + size * _BASELINE
    return [
        Shape(dot, theme.paper, stroke=theme.ink, stroke_width=size * 0.12),
        *(
            Label(x, first + n * high, ((line, False),), size, theme.ink, anchor, theme.paper)
            for n, line in enumerate(placed.lines)
        ),
    ]
