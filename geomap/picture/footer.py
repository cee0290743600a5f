"""The text below the map of a picture: headline, whose word counts, credit and limits."""

from __future__ import annotations

import shapely

from geomap.picture.overlays import place_sign, sign_rows
from geomap.picture.style import Style
from geomap.present import typesetting
from geomap.present.scene import Item, Label, Shape
from geomap.present.views import DayView
from geomap.wording.catalogue import Spans

_SHARE, _SHARE_SMALL, _SHARE_LOW = 0.4, 0.52, 0.4
"""How much of a picture's height the text below the map may take."""
_SHARE_SIGNS = 0.1
"""How much more it may take for the legend's sake."""


def footer(style: Style, view: DayView, with_legend: bool) -> tuple[list[Item], int]:
    """Return the lines below the map, the legend among them or not, and the map's height in pixels.

    Where there is not room for all, the credit and what the picture is limited to come first.
    """
    scale, theme = style.scale, style.theme
    pad, side = 9 * scale, (14 if not style.small else 9) * scale
    room = style.width - 2 * side
    share = _SHARE_LOW if style.low else _SHARE_SMALL if style.small else _SHARE
    left = style.height * share - 1.7 * pad
    large, small = 15 * scale, 11.5 * scale

    def lines(spans: Spans, size: float, most: int) -> list[Spans]:
        return typesetting.cut(typesetting.wrap(spans, size, room), most, size, room)

    only = lines(((view.clock, False),), small, 2) if style.small else []
    only += lines(((typesetting.clean(view.only_by), False),), small, 2)
    credit = typesetting.clean(f"{view.credit} · {view.licence}")
    credited = lines(((credit, False),), small, 3 if style.small else 2)
    left -= (len(only) + len(credited)) * small * 1.4
    signs = sign_rows(style, view, room, small) if with_legend else []
    # A sign without its word is worse than a map that is a little lower.
    most = (left + style.height * _SHARE_SIGNS) / (small * 1.55)
    signs = signs[: max(0, int(most))]
    left -= len(signs) * small * 1.55
    # Half a headline would say something else than the whole, so it is there or it is not.
    head = typesetting.wrap(typesetting.clean_spans(view.headline), large, room)
    if len(head) * large * 1.4 > left:
        head = []
    left -= len(head) * large * 1.4
    limited: list[Spans] = []
    for limit in (view.limit, view.limits):
        wrapped = typesetting.wrap(((typesetting.clean(limit), False),), small, room)
        if len(wrapped) * small * 1.4 <= left:
            limited = wrapped

    rows = [(text, large, theme.ink, 1.4) for text in head]
    rows += [(text, small, theme.ink, 1.4) for text in only]
    rows += [(text, small, theme.muted, 1.4) for text in (*credited, *limited)]
    tall = sum(size * lead for _, size, _, lead in rows) + len(signs) * small * 1.55
    gap = 0.3 * small if head else 0
    apart = 0.4 * small if signs else 0
    top = style.height - round(tall + gap + apart + 1.7 * pad)
    strip = shapely.box(-2, top + 0.5, style.width + 2, style.height + 2)
    items: list[Item] = [Shape(strip, theme.paper, stroke=theme.rule)]
    y = top + 0.8 * pad
    for row in signs:
        x = side
        for sign in row:
            placed, wide = place_sign(style, sign, x, y + small * 0.78, small, room)
            items += placed
            x += wide + 12 * scale
        y += small * 1.55
    y += apart
    for number, (line, size, colour, lead) in enumerate(rows):
        y += gap if number == len(head) else 0
        items.append(Label(side, y + size * 1.05, line, size, colour))
        y += size * lead
    frame = shapely.box(0.5, 0.5, style.width - 0.5, style.height - 0.5)
    items.append(Shape(frame, None, stroke=theme.rule))
    return items, top
