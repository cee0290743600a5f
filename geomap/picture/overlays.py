"""What lies on the map of a picture: the legend and the scale bar."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import shapely
from babel import Locale
from babel.units import format_unit

from geomap.picture.style import Style, stroke, swatch
from geomap.present import typesetting
from geomap.present.board import Board, Box, fixed
from geomap.present.legend import LegendEntry
from geomap.present.scene import Frame, Item, Label, Shape, mirrored

_MOST_SIGNS = 12
SIGN_INDENT = 28
"""From the start of a legend sign to its words, in pixels at the usual scale."""


@dataclass(frozen=True)
class Sign:
    """A legend entry: its words, its swatch at the picture's corner, and what else is said of it."""

    text: str
    shape: Shape
    more: str = ""

    @property
    def whole(self) -> Sign:
        """The same with all its words on one line."""
        return replace(self, text=f"{self.text} · {self.more}" if self.more else self.text)


def _panel(style: Style, box: Box) -> Shape:
    left, top, right, bottom = (round(side) + 0.5 for side in box)
    rectangle = shapely.box(left, top, right, bottom)
    return Shape(rectangle, style.theme.paper, stroke=style.theme.rule)


def _signs(style: Style, entries: Sequence[LegendEntry]) -> list[Sign]:
    """The legend's signs; of actors no more than there is room for."""
    actors = [entry for entry in entries if entry.kind == "actor"]
    others = entries[len(actors) :]
    return [
        Sign(typesetting.clean(entry.label), _sample(style, entry), typesetting.clean(entry.more))
        for entry in [*actors[: max(0, _MOST_SIGNS - len(others))], *others]
    ]


def _sample(style: Style, entry: LegendEntry) -> Shape:
    """A piece of what an entry stands for, at the picture's corner."""
    wide, tall = 20 * style.scale, 13 * style.scale
    if entry.kind == "line":
        line = shapely.LineString([(0, tall / 2), (wide, tall / 2)])
        return Shape(line, **stroke(style, entry.look.outline))
    return Shape(shapely.box(0, 0, wide, tall), **swatch(style, entry.look))


def place_sign(
    style: Style, sign: Sign, x: float, y: float, size: float, room: float
) -> tuple[list[Item], float]:
    """Return a sign and its words on a line whose middle is at `y`, and their width together."""
    shape, scale = sign.shape, style.scale
    text = typesetting.shorten(sign.text, size, room - SIGN_INDENT * scale)
    corner = [round(x) + 0.5, round(y - 6.5 * scale) + 0.5]
    swatch = replace(shape, geometry=shapely.transform(shape.geometry, lambda xy: xy + corner))
    start = x + SIGN_INDENT * scale
    label = Label(start, y + size * 0.38, ((text, False),), size, style.theme.ink)
    return [swatch, label], SIGN_INDENT * scale + typesetting.width(text, size)


@dataclass(frozen=True)
class Legend:
    """The legend as a list in the map's lower corner where lines start: its signs, box and sizes.

    Sizes are in pixels.

    `whole` says whether there is room for all its words.
    """

    signs: list[Sign]
    box: Box
    size: float
    step: float
    room: float
    whole: bool


def _parts(sign: Sign) -> list[Sign]:
    """A sign, and below it without a swatch what else is said of it."""
    if not sign.more:
        return [sign]
    return [sign, Sign(sign.more, Shape(shapely.Point()))]


def legend_of(style: Style, entries: Sequence[LegendEntry], map_height: float) -> Legend:
    """Return the legend on a map of this height."""
    scale = style.scale
    size, step, edge, pad = 13 * scale, 21 * scale, 12 * scale, 11 * scale
    signs = _signs(style, entries)
    if len(signs) * step < map_height * 0.4:
        signs = [part for sign in signs for part in _parts(sign)]
    room = style.width * 0.5
    wide = max((SIGN_INDENT * scale + typesetting.width(s.text, size) for s in signs), default=0)
    tall = len(signs) * step + 1.3 * pad
    across = (edge, edge + wide + 2 * pad)
    if style.rtl:
        across = (style.width - across[1], style.width - across[0])
    box = (across[0], map_height - edge - tall, across[1], map_height - edge)
    return Legend(signs, box, size, step, room, whole=wide <= room)


def legend_box(style: Style, legend: Legend, board: Board) -> list[Item]:
    """Draw a legend on the map."""
    pad = 11 * style.scale
    left, top, right, _ = legend.box
    board.take(fixed(legend.box), 4)
    items: list[Item] = [_panel(style, legend.box)]
    for number, sign in enumerate(legend.signs):
        y = top + 0.65 * pad + (number + 0.5) * legend.step
        items += place_sign(style, sign, left + pad, y, legend.size, legend.room)[0]
    return [mirrored(item, left, right) for item in items] if style.rtl else items


def scale_bar(style: Style, language: Locale, board: Board, frame: Frame) -> list[Item]:
    """Return a bar of a round length that is true at the latitude of the map's middle."""
    scale, theme = style.scale, style.theme
    most = min(110 * scale, frame.width * 0.22) * frame.metres_per_pixel
    power = 10 ** math.floor(math.log10(most))
    metres = next(step * power for step in (5, 2, 1) if step * power <= most)
    wide = metres / frame.metres_per_pixel
    amount, unit = (metres / 1000, "kilometer") if metres >= 1000 else (metres, "meter")
    text = format_unit(amount, f"length-{unit}", length="short", locale=language)
    size, edge = 11 * scale, (12 if not style.small else 8) * scale
    right, bottom = (edge + wide if style.rtl else frame.width - edge), frame.height - edge
    left, tick = right - wide, 5 * scale
    board.take(fixed((left, bottom - size * 1.7, right, bottom)), 4)
    line = shapely.LineString(
        [(left, bottom - tick), (left, bottom), (right, bottom), (right, bottom - tick)]
    )
    middle, y = (left + right) / 2, bottom - tick - size * 0.15
    return [
        Shape(line, stroke=theme.paper, stroke_width=3.6 * scale),
        Shape(line, stroke=theme.ink, stroke_width=1.4 * scale),
        Label(middle, y, ((text, False),), size, theme.ink, "middle", theme.paper),
    ]


def sign_rows(
    style: Style, entries: Sequence[LegendEntry], room: float, size: float
) -> list[list[Sign]]:
    """Return the legend as rows of signs side by side, as many in a row as there is room for."""
    rows: list[list[Sign]] = [[]]
    used = 0.0
    for sign in _signs(style, entries):
        if SIGN_INDENT * style.scale + typesetting.width(sign.whole.text, size) <= room:
            sign = sign.whole
        wide = SIGN_INDENT * style.scale + typesetting.width(sign.text, size)
        if used and used + wide > room:
            rows.append([])
            used = 0.0
        rows[-1].append(sign)
        used += wide + 12 * style.scale
    return [row for row in rows if row]
