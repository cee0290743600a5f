"""The hatched fills of a style as one picture of tiles, as MapLibre reads it (a sprite)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import orjson
import shapely

from geomap.formats.styles.rules import Rule, StyleSheet
from geomap.picture.png import write_png
from geomap.picture.style import fill
from geomap.present.looks import Look
from geomap.present.scene import Hatch, Item, Scene, Shape

RATIOS = {"": 1, "@2x": 2}
"""The pixels a side that stand for one, by what the names of a sprite's files have in the end."""
_NEARLY_WHOLE = 0.05
_MOST_REPEATS = 8


def hatched(sheet: StyleSheet) -> Iterator[tuple[str, Rule]]:
    """Yield the name and the rule of each look that has a pattern."""
    for number, rule in enumerate(sheet.rules, 1):
        if rule.look.patterns:
            yield f"look-{number}", rule


def sprite_index(sheet: StyleSheet, ratio: int = 1) -> bytes:
    """Return where in the picture each tile lies, as JSON."""
    tiles = {
        name: {"x": left, "y": 0, "width": side, "height": side, "pixelRatio": ratio}
        for name, _, left, side in _tiles(sheet, ratio)
    }
    return orjson.dumps(tiles)


def sprite_picture(sheet: StyleSheet, ratio: int = 1) -> bytes:
    """Return the tiles side by side as PNG. Raises MissingExtra without resvg-py."""
    items: list[Item] = []
    width = height = 1
    for _, rule, left, side in _tiles(sheet, ratio):
        drawn = fill(sheet.drawing, rule.look)
        hatches = tuple(_enlarged(hatch, ratio) for hatch in drawn["hatches"])
        tile = shapely.box(left, 0, left + side, side)
        items.append(Shape(tile, fill=drawn["fill"], hatches=hatches))
        width, height = left + side, max(height, side)
    paper = sheet.drawing.theme.paper
    return write_png(Scene(width, height, sheet.title, "", "en", (), paper, {"tiles": items}))


def _tiles(sheet: StyleSheet, ratio: int) -> Iterator[tuple[str, Rule, int, int]]:
    """Yield each tile's name, rule, left edge and side in pixels.

    Hatches start at the picture's corner, so every tile starts where its own pattern does.
    """
    left = 0
    for name, rule in hatched(sheet):
        side = _side(rule.look) * ratio
        left = -(-left // side) * side
        yield name, rule, left, side
        left += side


def _side(look: Look) -> int:
    """Return the side of the least square with which a look's patterns repeat."""
    return max(_whole(one.period * (2**0.5 if one.angle % 90 else 1)) for one in look.patterns)


def _whole(repeat: float) -> int:
    """Return about the least number of whole pixels that is a multiple of `repeat`."""
    multiples: Iterable[float] = (repeat * times for times in range(1, _MOST_REPEATS + 1))
    return round(next((m for m in multiples if abs(m - round(m)) < _NEARLY_WHOLE), repeat))


def _enlarged(hatch: Hatch, ratio: int) -> Hatch:
    sizes = (hatch.width, hatch.period, hatch.start)
    width, period, start = (size * ratio for size in sizes)
    return replace(hatch, width=width, period=period, start=start)
