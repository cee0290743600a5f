"""One day of a dataset as a scene: the map, what lies on it, and the lines of text below it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import shapely
from babel.units import format_unit

from geomap.dataset import Dataset, text_in
from geomap.drawing import labels, lettering
from geomap.drawing.captions import credit, legend
from geomap.drawing.scene import (
    THEMES,
    Frame,
    Hatch,
    Item,
    Label,
    Scene,
    Shape,
    Theme,
    fit,
    mix,
)
from geomap.status import Interval, Status, statuses
from geomap.wording import Words, format_day, headline, sentence
from geomap.wording.catalogue import Spans
from geomap.wording.sentences import region_name, source_label

NARROW = 480
"""Below this width, in pixels, the legend moves under the map."""
_SHARE = 0.72
"""How strongly a region's colour covers the land, as on the interactive map."""
_FAINT = 0.29
_TEXT_SHARE = {True: 0.52, False: 0.4}
"""How much of a narrow or a wide picture may be text below the map."""
_MOST_SIGNS = 12
_MOST_DESCRIBED = 2000
_MOST_NAMES = 50
_SAFE_ID = re.compile(r"[\w.-]{1,80}")


@dataclass(frozen=True)
class _Sheet:
    """What every part of a picture needs: whose picture of which day, its colours and sizes."""

    dataset: Dataset
    words: Words
    day: date
    known: date | None
    sources: tuple[str, ...] | None
    found: list[Status]
    theme: Theme
    width: int
    height: int

    @property
    def scale(self) -> float:
        """How large letters are: they grow with the picture, and shrink less than it does."""
        size = math.sqrt(self.width * self.height / (960 * 600))
        return min(size, 2.4) if size > 1 else 1 - (1 - size) * 0.3

    @property
    def narrow(self) -> bool:
        return self.width < NARROW

    def colour(self, actor: str | None) -> str:
        """An actor's colour in this theme; nobody's is the paper's."""
        if actor is None:
            return self.theme.paper
        found = self.dataset.ledger.actors[actor]
        return (found.dark or found.colour) if self.theme.dark else found.colour


def compose(
    dataset: Dataset,
    words: Words,
    day: date,
    known: date | None,
    sources: tuple[str, ...] | None,
    theme: str,
    width: int,
    height: int,
) -> Scene:
    """Return the picture of a dataset on a day, `width` by `height` pixels.

    Raises BadQuery as `status_on` does.
    """
    found = statuses(dataset, day, known, sources)
    sheet = _Sheet(dataset, words, day, known, sources, found, THEMES[theme], width, height)
    said = _headline(sheet)
    below, map_height = _below(sheet, said)
    board = labels.Board(width, map_height)
    date_box = _date_box(sheet, board)
    legend_box = [] if sheet.narrow else _legend_box(sheet, board, map_height)
    frame = fit(_bounds(dataset), width, map_height, 8 * sheet.scale)
    scale_bar = _scale_bar(sheet, board, frame)
    shapes = _regions(sheet, frame)
    ground, lines, countries = _ground(sheet, frame)
    return Scene(
        width,
        height,
        lettering.clean(text_in(dataset.meta.title, words.language)),
        "".join(text for text, _ in said)[:_MOST_DESCRIBED],
        words.language,
        tuple(lettering.clean(region_name(words, dataset, s.region)) for s in found[:_MOST_NAMES]),
        sheet.theme.land,
        {
            "ground": ground,
            "regions": [*shapes],
            "lines": lines,
            "labels": _labels(sheet, frame, board, shapes, countries),
            "scale": scale_bar,
            "date": date_box,
            "legend": legend_box,
            "text": below,
        },
    )


def _headline(sheet: _Sheet) -> Spans:
    """The headline sentences, with the day in them."""
    day = format_day(sheet.words, sheet.day)
    spans = headline(sheet.words, sheet.dataset, sheet.found, sheet.day.year)
    # Only the piece that is nothing else stands for the day; a region may bear the name "{date}".
    return lettering.clean_spans(tuple((day if t == "{date}" else t, b) for t, b in spans))


# What lies beneath ------------------------------------------------------------------------------


def _bounds(dataset: Dataset) -> tuple[float, float, float, float]:
    """The dataset's view, widened so that every region shows."""
    west, south, east, north = dataset.bounds
    left, bottom, right, top = (float(x) for x in dataset.regions.total_bounds)
    x, y = (right - left) * 0.04, (top - bottom) * 0.04
    return min(west, left - x), min(south, bottom - y), max(east, right + x), max(north, top + y)


def _ground(sheet: _Sheet, frame: Frame) -> tuple[list[Item], list[Item], list[tuple[Any, ...]]]:
    """What is drawn under the regions, the lines over them, and countries that want a name."""
    theme, scale = sheet.theme, sheet.scale
    looks = {
        "country": {"stroke": theme.border, "stroke_width": 1.4 * scale},
        "district": {"stroke": theme.district, "stroke_width": 0.9 * scale},
        "lake": {"fill": theme.water},
    }
    over = {"stroke": theme.ink, "stroke_width": 1.5 * scale, "dash": (5 * scale, 4 * scale)}
    kinds: dict[str, list[Item]] = {"country": [], "district": [], "lake": [], "line": []}
    countries = []
    for row in sheet.dataset.context.itertuples():
        if row.kind not in kinds:
            continue
        part = frame.clip(row.geometry, margin=6)
        if shapely.is_empty(part):
            continue
        kinds[row.kind].append(Shape(part, **looks.get(row.kind, over)))  # type: ignore[arg-type]
        if row.kind == "country" and row.label_lon == row.label_lon:
            name = lettering.capitals(_name(sheet, row), sheet.words.language)
            countries.append((name, row.label_lon, row.label_lat, part))
    return [*kinds["country"], *kinds["district"], *kinds["lake"]], kinds["line"], countries


def _name(sheet: _Sheet, row: Any) -> str:
    return lettering.clean(row.names.get(sheet.words.language) or row.name)


# Regions ----------------------------------------------------------------------------------------


def _regions(sheet: _Sheet, frame: Frame) -> list[Shape]:
    """The regions as they stand on the day, each with its status sentence as a hint."""
    shapes = []
    for region, status in zip(sheet.dataset.regions.itertuples(), sheet.found, strict=True):
        outline = frame.clip(region.geometry, margin=6)
        said = "".join(t for t, _ in sentence(sheet.words, sheet.dataset, status, sheet.day))
        name = region_name(sheet.words, sheet.dataset, region.id)
        shapes.append(
            Shape(
                outline,
                *_fill(
                    sheet,
                    status.control_status,
                    status.actor,
                    _next(status),
                    status.part,
                    status.disputed,
                ),
                **_outline(sheet, status.control_status == "unknown", status.overdue),
                id=f"region-{region.id}" if _SAFE_ID.fullmatch(region.id) else "",
                hint=lettering.clean(f"{name}: {said}")[:_MOST_DESCRIBED],
            )
        )
    return shapes


def _next(status: Status) -> str | None:
    return status.pending.actor if status.pending else None


def _fill(
    sheet: _Sheet,
    kind: str,
    actor: str | None,
    following: str | None = None,
    part: bool = False,
    disputed: bool = False,
) -> tuple[str | None, tuple[Hatch, ...]]:
    """The fill of a status: its actor's colour, and the bars that say what else is so."""
    theme, scale = sheet.theme, sheet.scale
    held = mix(sheet.colour(actor), theme.land, _SHARE)
    fill: str | None = held
    hatches: list[Hatch] = []
    if kind == "unclear":
        fill = mix(theme.paper, theme.land, 0.6)
        hatches.append(Hatch(theme.hatch, 1.3 * scale, 5 * scale, -45))
    elif kind == "unknown":
        fill = None
    else:
        if part:
            fill = mix(sheet.colour(actor), theme.land, _FAINT)
            hatches.append(Hatch(held, 2 * scale, (9 if following else 6) * scale, 45))
        if following:
            colour = mix(sheet.colour(following), theme.land, _SHARE)
            hatches.append(Hatch(colour, 4 * scale, 9 * scale, 45))
    if disputed:
        hatches += [Hatch(theme.ink, 0.8 * scale, 6 * scale, angle) for angle in (45, -45)]
    return fill, tuple(hatches)


def _outline(sheet: _Sheet, unknown: bool, overdue: bool, thin: bool = False) -> dict[str, Any]:
    scale = sheet.scale * (0.55 if thin else 1)
    if overdue:
        look = {"stroke_width": 3 * scale, "dash": (8 * scale, 5 * scale)}
    elif unknown:
        look = {"stroke_width": 1.4 * scale, "dash": (4 * scale, 4 * scale)}
    else:
        look = {"stroke_width": 1.4 * scale, "dash": ()}
    return {"stroke": sheet.theme.ink, **look}


# Names ------------------------------------------------------------------------------------------


def _labels(
    sheet: _Sheet,
    frame: Frame,
    board: labels.Board,
    shapes: Sequence[Shape],
    countries: Iterable[tuple[Any, ...]],
) -> list[Item]:
    theme, scale = sheet.theme, sheet.scale
    rows = list(sheet.dataset.context.itertuples())
    towns = [
        (_name(sheet, row), int(row.rank), point.x, point.y)
        for row in rows
        if row.kind == "town" and not (point := row.geometry.centroid).is_empty
    ]
    waters = [
        (_name(sheet, row), row.label_lon, row.label_lat)
        for row in rows
        if row.kind == "lake" and row.label_lon == row.label_lon
    ]
    names = [
        (
            ("≠ " if status.disputed else "")
            + lettering.clean(region_name(sheet.words, sheet.dataset, region.id)),
            *(region.label_lon, region.label_lat, shape.geometry),
        )
        for region, status, shape in zip(
            sheet.dataset.regions.itertuples(), sheet.found, shapes, strict=True
        )
    ]
    small = frame.width < NARROW
    dots = [] if small else labels.town_dots(frame, towns, 11 * scale)
    tree = shapely.STRtree([shape.geometry for shape in shapes])
    placed: list[Item] = []
    placed += labels.region_labels(board, frame, names, theme, 13.5 * scale, dots)
    if not small:
        placed += labels.town_marks(board, frame, towns, theme, 11.5 * scale)
        placed += labels.water_labels(board, frame, waters, theme, 12 * scale)
    placed += labels.country_labels(board, frame, countries, tree, theme, 11.5 * scale)
    return placed


# What lies on the map ---------------------------------------------------------------------------


def _panel(sheet: _Sheet, box: labels.Box) -> Shape:
    left, top, right, bottom = (round(side) + 0.5 for side in box)
    rectangle = shapely.box(left, top, right, bottom)
    return Shape(rectangle, sheet.theme.paper, stroke=sheet.theme.rule)


def _date_box(sheet: _Sheet, board: labels.Board) -> list[Item]:
    """The day, and where the picture shows an earlier state of knowledge, that day too."""
    scale, theme = sheet.scale, sheet.theme
    size, small = 17 * scale, 11.5 * scale
    edge = 12 * scale if not sheet.narrow else 8 * scale
    lines = [(format_day(sheet.words, sheet.day), size, True, theme.ink)]
    if sheet.known:
        known = format_day(sheet.words, sheet.known)
        said = sheet.words.say("As known on {day}", day=known)
        lines.append((said, small, False, theme.muted))
    room = sheet.width - 2 * edge - 20 * scale
    texts = [(lettering.shorten(t, s, room, bold=b), s, b, c) for t, s, b, c in lines]
    wide = max(lettering.width(t, s, bold=b) for t, s, b, _ in texts) + 22 * scale
    tall = size * 1.95 + (small * 1.35 if sheet.known else 0)
    box = (edge, edge, edge + wide, edge + tall)
    board.take(box, 4)
    items: list[Item] = [_panel(sheet, box)]
    y = edge + size * 1.33
    for text, height, bold, colour in texts:
        items.append(Label(edge + wide / 2, y, ((text, bold),), height, colour, "middle"))
        y += small * 1.5
    return items


def _signs(sheet: _Sheet) -> list[tuple[str, Shape]]:
    """The legend's words, each with its sign: a swatch 22 by 14 at the origin, not yet scaled."""
    parts = {s.region: [Interval(sheet.day, sheet.day, s)] for s in sheet.found}
    entries = legend(sheet.words, sheet.dataset, parts)
    if sheet.narrow and not any(s.control_status == "unclear" for s in sheet.found):
        entries = [entry for entry in entries if entry["kind"] != "unclear"]
    ids = list(sheet.dataset.ledger.actors)

    def actor(entry: dict[str, Any], key: str) -> str | None:
        number = entry.get(key)
        return None if number is None else ids[number]

    rectangle = shapely.box(0, 0, 20 * sheet.scale, 13 * sheet.scale)
    signs = []
    for entry in entries[:_MOST_SIGNS]:
        kind = entry["kind"]
        holder = actor(entry, "from" if kind == "due" else "actor")
        fill = _fill(sheet, kind, holder, actor(entry, "to"), kind == "part")
        look = _outline(sheet, kind == "unknown", False, thin=True)
        signs.append((lettering.clean(entry["label"]), Shape(rectangle, *fill, **look)))
    if any(status.overdue for status in sheet.found):
        look = _outline(sheet, False, True, thin=True)
        signs.append((sheet.words.say("Overdue"), Shape(rectangle, None, **look)))
    if any(status.disputed for status in sheet.found):
        fill = _fill(sheet, "held", None, disputed=True)
        look = _outline(sheet, False, False, thin=True)
        label = sheet.words.say("Sources contradict each other")
        signs.append((f"≠ {label}", Shape(rectangle, *fill, **look)))
    return signs


def _sign_at(
    sheet: _Sheet, sign: tuple[str, Shape], x: float, y: float, size: float, room: float
) -> tuple[list[Item], float]:
    """A sign and its words on a line whose middle is at `y`; and how wide they are together."""
    text, shape = sign
    scale = sheet.scale
    text = lettering.shorten(text, size, room - 28 * scale)
    swatch = Shape(
        shapely.transform(
            shape.geometry, lambda xy: xy + [round(x) + 0.5, round(y - 6.5 * scale) + 0.5]
        ),
        shape.fill,
        shape.hatches,
        shape.stroke,
        shape.stroke_width,
        shape.dash,
    )
    start = x + 28 * scale
    label = Label(start, y + size * 0.36, ((text, False),), size, sheet.theme.ink)
    return [swatch, label], 28 * scale + lettering.width(text, size)


def _legend_box(sheet: _Sheet, board: labels.Board, map_height: float) -> list[Item]:
    scale = sheet.scale
    size, step, edge, pad = 13 * scale, 21 * scale, 12 * scale, 11 * scale
    signs = _signs(sheet)[: max(1, int((map_height * 0.6 - 2 * pad) / step))]
    room = sheet.width * 0.5
    rows = [_sign_at(sheet, sign, 0, 0, size, room)[1] for sign in signs]
    wide, tall = max(rows) + 2 * pad, len(signs) * step + 1.3 * pad
    top = map_height - edge - tall
    box = (edge, top, edge + wide, map_height - edge)
    board.take(box, 4)
    items: list[Item] = [_panel(sheet, box)]
    for number, sign in enumerate(signs):
        y = top + 0.65 * pad + (number + 0.5) * step
        items += _sign_at(sheet, sign, edge + pad, y, size, room)[0]
    return items


def _scale_bar(sheet: _Sheet, board: labels.Board, frame: Frame) -> list[Item]:
    """A bar of a round length that is true at the latitude of the map's middle."""
    scale, theme = sheet.scale, sheet.theme
    most = min(110 * scale, frame.width * 0.22) * frame.metres_per_pixel
    power = 10 ** math.floor(math.log10(most))
    metres = next(step * power for step in (5, 2, 1) if step * power <= most)
    wide = metres / frame.metres_per_pixel
    amount, unit = (metres / 1000, "kilometer") if metres >= 1000 else (metres, "meter")
    text = format_unit(amount, f"length-{unit}", length="short", locale=sheet.words.locale)
    size, edge = 11 * scale, (12 if not sheet.narrow else 8) * scale
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


# The text below the map -------------------------------------------------------------------------


def _below(sheet: _Sheet, said: Spans) -> tuple[list[Item], int]:
    """The lines below the map, and the map's height.

    Where there is not room for all, the credit and what the picture is limited to come first.
    """
    scale, theme, words = sheet.scale, sheet.theme, sheet.words
    pad, side = 9 * scale, (14 if not sheet.narrow else 9) * scale
    room = sheet.width - 2 * side
    left = sheet.height * _TEXT_SHARE[sheet.narrow] - 2 * pad
    large, small = 15 * scale, 11.5 * scale

    def lines(spans: Spans, size: float, most: int) -> list[Spans]:
        return lettering.cut(lettering.wrap(spans, size, room), most, size, room)

    only: list[Spans] = []
    if sheet.sources is not None:
        chosen = " · ".join(source_label(words, sheet.dataset, id) for id in sheet.sources)
        text = words.say("Only: {sources}", sources=chosen)
        only = lines(((lettering.clean(text), False),), small, 2)
    credited = lines(((" · ".join(_credits(sheet)), False),), small, 2 if sheet.narrow else 3)
    left -= (len(only) + len(credited)) * small * 1.4
    signs = _sign_rows(sheet, room, small) if sheet.narrow else []
    signs = signs[: max(0, int(left / (small * 1.55)))]
    left -= len(signs) * small * 1.55
    head = lines(said, large, max(0, int(left / (large * 1.4))) or 1)
    if len(head) * large * 1.4 > left:
        head = []

    rows = [(text, large, theme.ink, 1.4) for text in head]
    rows += [(text, small, theme.ink, 1.4) for text in only]
    rows += [(text, small, theme.muted, 1.4) for text in credited]
    tall = sum(size * lead for _, size, _, lead in rows) + len(signs) * small * 1.55
    gap = 0.3 * small if head and (credited or only) else 0
    top = sheet.height - round(tall + gap + 1.7 * pad)
    strip = shapely.box(-2, top + 0.5, sheet.width + 2, sheet.height + 2)
    items: list[Item] = [Shape(strip, theme.paper, stroke=theme.rule)]
    y = top + 0.8 * pad
    for row in signs:
        x = side
        for sign in row:
            placed, wide = _sign_at(sheet, sign, x, y + small * 0.78, small, room)
            items += placed
            x += wide + 12 * scale
        y += small * 1.55
    for number, (text, size, colour, lead) in enumerate(rows):
        y += gap if number == len(head) else 0
        items.append(Label(side, y + size * 1.05, text, size, colour))
        y += size * lead
    frame = shapely.box(0.5, 0.5, sheet.width - 0.5, sheet.height - 0.5)
    items.append(Shape(frame, None, stroke=theme.rule))
    return items, top


def _credits(sheet: _Sheet) -> list[str]:
    """Whose word is shown, under which licence, and where the dataset ends, in this order."""
    words, meta = sheet.words, sheet.dataset.meta
    claims = [claim for status in sheet.found for claim in status.claims]
    texts = [
        credit(words, sheet.dataset, claims)
        if claims
        else text_in(meta.attribution, words.language),
        words.say("Licence: {licence}", licence=meta.licence.name),
        words.say(
            "This map makes no claim about days after {day}.",
            day=format_day(words, meta.period.end),
        ),
        text_in(meta.limits, words.language),
    ]
    return [text for text in map(lettering.clean, texts) if text]


def _sign_rows(sheet: _Sheet, room: float, size: float) -> list[list[tuple[str, Shape]]]:
    """The legend as rows of signs side by side, as many in a row as there is room for."""
    rows: list[list[tuple[str, Shape]]] = [[]]
    used = 0.0
    for sign in _signs(sheet):
        wide = 28 * sheet.scale + lettering.width(sign[0], size)
        if used and used + wide > room:
            rows.append([])
            used = 0.0
        rows[-1].append(sign)
        used += wide + 12 * sheet.scale
    return [row for row in rows if row]
