"""The small map in a picture that shows where in the world the large one lies."""

from __future__ import annotations

from collections.abc import Callable

import shapely
from shapely.affinity import affine_transform

from geomap.picture.style import Style
from geomap.present.board import Board, Box, fixed
from geomap.present.inset import DOT, LETTERS, Inset
from geomap.present.scene import Item, Label, Shape

LEAST = (640, 400)
"""The least width and height of a picture with a small map in it."""
_SHARE = 0.5
"""How much of the map's height it may take, with the scale bar below it."""


def inset_box(
    style: Style, inset: Inset | None, board: Board, is_free: Callable[[Box], bool]
) -> list[Item]:
    """Draw the small map in a corner of the large one, where there is room for it.

    `board` says how large the map is, and learns which room is taken; `is_free` whether a box lies
    on no region.
    """
    if not inset or style.width < LEAST[0] or style.height < LEAST[1] or not board.area:
        return []
    left, _, right, bottom = board.area
    scale = style.scale
    wide, tall, edge = inset.width * scale, inset.height * scale, 8 * scale
    if style.rtl:
        right = left + wide + 2 * edge
    # The scale bar is in the corner below.
    for top in (edge + 4, bottom - edge - tall - 26 * scale):
        box = (right - edge - wide, top, right - edge, top + tall)
        if tall < bottom * _SHARE and is_free(box):
            board.take(fixed(box), 4)
            return draw_inset(style, inset, box[0], top)
    return []


def draw_inset(style: Style, inset: Inset, left: float, top: float) -> list[Item]:
    """Draw the small map with its upper left corner in a place."""
    theme, scale = style.theme, style.scale
    x, y = round(left) + 0.5, round(top) + 0.5
    panel = shapely.box(x, y, x + inset.width * scale, y + inset.height * scale)

    def put(geometry: shapely.Geometry) -> shapely.Geometry:
        return affine_transform(geometry, [scale, 0, 0, scale, x, y])

    items: list[Item] = [Shape(panel, theme.water)]
    items += [
        Shape(put(land), theme.land, stroke=theme.border, stroke_width=0.7 * scale)
        for land in inset.land
    ]
    items.append(Shape(panel, stroke=theme.border))
    items.append(
        Shape(
            put(shapely.box(*inset.frame)),
            stroke=theme.ink,
            stroke_width=1.4 * scale,
        )
    )
    size = LETTERS * scale
    for place in inset.places:
        dot = put(shapely.Point(place.dot).buffer(DOT, quad_segs=4))
        text = put(shapely.Point(place.text))
        items.append(Shape(dot, theme.ink))
        label = ((place.name, False),)
        items.append(Label(text.x, text.y, label, size, theme.ink, place.anchor, theme.land))
    return items
