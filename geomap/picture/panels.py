"""What lies on the map of a picture: the date, the legend, the scale bar."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import shapely
from babel.units import format_unit

from geomap.core.status import Interval
from geomap.picture.layout import Sheet, fill_of, outline_of
from geomap.present import typesetting
from geomap.present.captions import legend
from geomap.present.labels import Board, Box
from geomap.present.scene import Frame, Item, Label, Shape
from geomap.wording import format_day

_MOST_SIGNS = 12


def _panel(sheet: Sheet, box: Box) -> Shape:
    left, top, right, bottom = (round(side) + 0.5 for side in box)
    rectangle = shapely.box(left, top, right, bottom)
    return Shape(rectangle, sheet.theme.paper, stroke=sheet.theme.rule)


def date_box(sheet: Sheet, board: Board) -> list[Item]:
    """Return the day; and where the picture shows an earlier state of knowledge, that day too.

    A small picture says the latter below the map.
    """
    scale, theme = sheet.scale, sheet.theme
    size, small = (13.5 if sheet.low else 17) * scale, 11.5 * scale
    edge = 12 * scale if not sheet.small else 8 * scale
    day = format_day(sheet.words, sheet.day)
    if typesetting.width(day, size, bold=True) > sheet.width * 0.45:
        day = format_day(sheet.words, sheet.day, short=True)
    lines = [(day, size, True, theme.ink)]
    known = None if sheet.small else known_text(sheet)
    if known:
        lines.append((known, small, False, theme.muted))
    room = sheet.width - 2 * edge - 20 * scale
    texts = [(typesetting.shorten(t, s, room, bold=b), s, b, c) for t, s, b, c in lines]
    wide = max(typesetting.width(t, s, bold=b) for t, s, b, _ in texts) + 22 * scale
    tall = size * 1.95 + (small * 1.35 if known else 0)
    box = (edge, edge, edge + wide, edge + tall)
    board.take(box, 4)
    items: list[Item] = [_panel(sheet, box)]
    y = edge + size * 1.33
    for text, height, bold, colour in texts:
        items.append(Label(edge + wide / 2, y, ((text, bold),), height, colour, "middle"))
        y += small * 1.5
    return items


def known_text(sheet: Sheet) -> str | None:
    """Return by which day's publications the picture goes, or None where it goes by all."""
    if sheet.known is None:
        return None
    return sheet.words.say("As known on {day}", day=format_day(sheet.words, sheet.known))


def _signs(sheet: Sheet) -> list[tuple[str, Shape]]:
    """The legend's words, each with its sign, a swatch at the picture's corner."""
    parts = {s.region: [Interval(sheet.day, sheet.day, s)] for s in sheet.found}
    entries = legend(sheet.words, sheet.dataset, parts)
    if sheet.small and not any(s.control_status == "unclear" for s in sheet.found):
        entries = [entry for entry in entries if entry["kind"] != "unclear"]
    actors = [entry for entry in entries if entry["kind"] == "actor"]
    others = entries[len(actors) :]
    ids = list(sheet.dataset.ledger.actors)

    def actor(entry: dict[str, Any], key: str) -> str | None:
        number = entry.get(key)
        return None if number is None else ids[number]

    rectangle = shapely.box(0, 0, 20 * sheet.scale, 13 * sheet.scale)
    signs = []
    for entry in [*actors[: max(0, _MOST_SIGNS - len(others))], *others]:
        kind = entry["kind"]
        holder = actor(entry, "from" if kind == "due" else "actor")
        marks = {"part": kind == "part", "disputed": kind == "disputed"}
        fill = fill_of(sheet, kind, holder, actor(entry, "to"), **marks)
        look = outline_of(sheet, unknown=kind == "unknown", overdue=kind == "overdue", thin=True)
        signs.append((typesetting.clean(entry["label"]), Shape(rectangle, *fill, **look)))
    return signs


def place_sign(
    sheet: Sheet, sign: tuple[str, Shape], x: float, y: float, size: float, room: float
) -> tuple[list[Item], float]:
    """Return a sign and its words on a line whose middle is at `y`, and their width together."""
    text, shape = sign
    scale = sheet.scale
    text = typesetting.shorten(text, size, room - 28 * scale)
    corner = [round(x) + 0.5, round(y - 6.5 * scale) + 0.5]
    swatch = replace(shape, geometry=shapely.transform(shape.geometry, lambda xy: xy + corner))
    start = x + 28 * scale
    label = Label(start, y + size * 0.38, ((text, False),), size, sheet.theme.ink)
    return [swatch, label], 28 * scale + typesetting.width(text, size)


def legend_box(sheet: Sheet, board: Board, map_height: float) -> list[Item]:
    """Return the legend in the map's lower left corner, as far as there is room for it."""
    scale = sheet.scale
    size, step, edge, pad = 13 * scale, 21 * scale, 12 * scale, 11 * scale
    signs = _signs(sheet)[: max(1, int((map_height * 0.6 - 2 * pad) / step))]
    room = sheet.width * 0.5
    rows = [place_sign(sheet, sign, 0, 0, size, room)[1] for sign in signs]
    wide, tall = max(rows) + 2 * pad, len(signs) * step + 1.3 * pad
    top = map_height - edge - tall
    box = (edge, top, edge + wide, map_height - edge)
    board.take(box, 4)
    items: list[Item] = [_panel(sheet, box)]
    for number, sign in enumerate(signs):
        y = top + 0.65 * pad + (number + 0.5) * step
        items += place_sign(sheet, sign, edge + pad, y, size, room)[0]
    return items


def scale_bar(sheet: Sheet, board: Board, frame: Frame) -> list[Item]:
    """Return a bar of a round length that is true at the latitude of the map's middle."""
    scale, theme = sheet.scale, sheet.theme
    most = min(110 * scale, frame.width * 0.22) * frame.metres_per_pixel
    power = 10 ** math.floor(math.log10(most))
    metres = next(step * power for step in (5, 2, 1) if step * power <= most)
    wide = metres / frame.metres_per_pixel
    amount, unit = (metres / 1000, "kilometer") if metres >= 1000 else (metres, "meter")
    text = format_unit(amount, f"length-{unit}", length="short", locale=sheet.words.locale)
    size, edge = 11 * scale, (12 if not sheet.small else 8) * scale
    right, bottom = frame.width - edge, frame.height - edge
    left, tick = right - wide, 5 * scale
    board.take((left, bottom - size * 1.7, right, bottom), 4)
    line = shapely.LineString(
        [(left, bottom - tick), (left, bottom), (right, bottom), (right, bottom - tick)]
    )
    middle, y = (left + right) / 2, bottom - tick - size * 0.15
    return [
        Shape(line, stroke=theme.paper, stroke_width=3.6 * scale),
        Shape(line, stroke=theme.ink, stroke_width=1.4 * scale),
        Label(middle, y, ((text, False),), size, theme.ink, "middle", theme.paper),
    ]


def sign_rows(sheet: Sheet, room: float, size: float) -> list[list[tuple[str, Shape]]]:
    """Return the legend as rows of signs side by side, as many in a row as there is room for."""
    rows: list[list[tuple[str, Shape]]] = [[]]
    used = 0.0
    for sign in _signs(sheet):
        wide = 28 * sheet.scale + typesetting.width(sign[0], size)
        if used and used + wide > room:
            rows.append([])
            used = 0.0
        rows[-1].append(sign)
        used += wide + 12 * sheet.scale
    return [row for row in rows if row]
