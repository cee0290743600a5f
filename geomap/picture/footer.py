"""The text below the map of a picture: headline, whose word counts, credit and limits."""

from __future__ import annotations

import shapely

from geomap.core.dataset import text_in
from geomap.picture.layout import Sheet
from geomap.picture.panels import known_text, place_sign, sign_rows
from geomap.present import typesetting
from geomap.present.captions import credit
from geomap.present.scene import Item, Label, Shape
from geomap.wording import format_day
from geomap.wording.catalogue import Spans
from geomap.wording.sentences import source_label

_SHARE, _SHARE_SMALL, _SHARE_LOW = 0.4, 0.52, 0.4
"""How much of a picture's height the text below the map may take."""
_SHARE_SIGNS = 0.1
"""How much more it may take for the legend's sake."""


def text_below(sheet: Sheet, said: Spans) -> tuple[list[Item], int]:
    """Return the lines below the map, and the map's height in pixels.

    Where there is not room for all, the credit and what the picture is limited to come first.
    """
    scale, theme, words = sheet.scale, sheet.theme, sheet.words
    pad, side = 9 * scale, (14 if not sheet.small else 9) * scale
    room = sheet.width - 2 * side
    share = _SHARE_LOW if sheet.low else _SHARE_SMALL if sheet.small else _SHARE
    left = sheet.height * share - 1.7 * pad
    large, small = 15 * scale, 11.5 * scale

    def lines(spans: Spans, size: float, most: int) -> list[Spans]:
        return typesetting.cut(typesetting.wrap(spans, size, room), most, size, room)

    known = known_text(sheet) if sheet.small else None
    only = lines(((known, False),), small, 2) if known else []
    if sheet.sources is not None:
        chosen = " · ".join(source_label(words, sheet.dataset, id) for id in sheet.sources)
        text = words.say("Only: {sources}", sources=chosen)
        only += lines(((typesetting.clean(text), False),), small, 2)
    credited = lines(((_credits(sheet), False),), small, 3 if sheet.small else 2)
    left -= (len(only) + len(credited)) * small * 1.4
    signs = sign_rows(sheet, room, small) if sheet.small else []
    # A sign without its word is worse than a map that is a little lower.
    most = (left + sheet.height * _SHARE_SIGNS) / (small * 1.55)
    signs = signs[: max(0, int(most))]
    left -= len(signs) * small * 1.55
    # Half a headline would say something else than the whole, so it is there or it is not.
    head = typesetting.wrap(said, large, room)
    if len(head) * large * 1.4 > left:
        head = []
    left -= len(head) * large * 1.4
    limited: list[Spans] = []
    for limit in _limits(sheet):
        found = typesetting.wrap(((limit, False),), small, room)
        if len(found) * small * 1.4 <= left:
            limited = found

    rows = [(text, large, theme.ink, 1.4) for text in head]
    rows += [(text, small, theme.ink, 1.4) for text in only]
    rows += [(text, small, theme.muted, 1.4) for text in (*credited, *limited)]
    tall = sum(size * lead for _, size, _, lead in rows) + len(signs) * small * 1.55
    gap = 0.3 * small if head else 0
    apart = 0.4 * small if signs else 0
    top = sheet.height - round(tall + gap + apart + 1.7 * pad)
    strip = shapely.box(-2, top + 0.5, sheet.width + 2, sheet.height + 2)
    items: list[Item] = [Shape(strip, theme.paper, stroke=theme.rule)]
    y = top + 0.8 * pad
    for row in signs:
        x = side
        for sign in row:
            placed, wide = place_sign(sheet, sign, x, y + small * 0.78, small, room)
            items += placed
            x += wide + 12 * scale
        y += small * 1.55
    y += apart
    for number, (line, size, colour, lead) in enumerate(rows):
        y += gap if number == len(head) else 0
        items.append(Label(side, y + size * 1.05, line, size, colour))
        y += size * lead
    frame = shapely.box(0.5, 0.5, sheet.width - 0.5, sheet.height - 0.5)
    items.append(Shape(frame, None, stroke=theme.rule))
    return items, top


def _credits(sheet: Sheet) -> str:
    """Whose word is shown, where the boundaries come from, and under which licence."""
    words, meta = sheet.words, sheet.dataset.meta
    claims = [claim for status in sheet.found for claim in status.claims]
    attribution = text_in(meta.attribution, words.language)
    who = credit(words, sheet.dataset, claims) if claims else attribution
    licence = words.say("Licence: {licence}", licence=meta.licence.name)
    return typesetting.clean(f"{who} · {licence}")


def _limits(sheet: Sheet) -> tuple[str, str]:
    """What the dataset makes no claim about: in short, and in full."""
    words, meta = sheet.words, sheet.dataset.meta
    end = format_day(words, meta.period.end)
    limit = words.say("This map makes no claim about days after {day}.", day=end)
    return typesetting.clean(limit), typesetting.clean(
        f"{limit} {text_in(meta.limits, words.language)}"
    )
