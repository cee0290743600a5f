"""One day of a dataset as a scene: the map, what lies on it, and the lines of text below it."""

from __future__ import annotations

import re
from dataclasses import replace
from operator import attrgetter

import shapely

from geomap.core.dataset import Dataset
from geomap.picture.footer import footer
from geomap.picture.ground import ground
from geomap.picture.inset import inset_box
from geomap.picture.overlays import date_box, legend_box, legend_of, scale_bar
from geomap.picture.style import NARROW, Style, fill, stroke
from geomap.present import Selection, day_view, typesetting
from geomap.present.board import Board, Box
from geomap.present.ground import names_of
from geomap.present.labels import DOT, LINE, TOWN_GAP, place
from geomap.present.names import Name, Placed, Placement, Side
from geomap.present.scene import Anchor, Frame, Item, Label, Scene, Shape, fit, to_unit
from geomap.present.themes import THEMES
from geomap.present.views import DayView
from geomap.wording import Words

_MOST_DESCRIBED = 2000
_MOST_NAMES = 50
_SAFE_ID = re.compile(r"[\w.-]{1,80}")
_BASELINE = 0.355
"""From the middle of a line of text down to its baseline, as a share of its size."""


def compose(
    dataset: Dataset, words: Words, selection: Selection, theme: str, width: int, height: int
) -> Scene:
    """Return the picture of a dataset on a day, `width` by `height` pixels.

    Raises BadQuery as `status_on` does.
    """
    view = day_view(dataset, selection, words)
    style = Style(THEMES[theme], dataset.ledger.actors, width, height)
    on_map = not style.small
    below, frame = _frame(style, view, dataset, with_legend=not on_map)
    legend = legend_of(style, view, frame.height)
    if on_map and _covers_a_region(legend.box, dataset, frame):
        on_map = False
        below, frame = _frame(style, view, dataset, with_legend=True)
    # Overlays get their room before names do.
    board = Board((4, 4, width - 4, frame.height - 4))
    overlays = {
        "date": date_box(style, view, board),
        "legend": legend_box(style, legend, board) if on_map else [],
        "scale": scale_bar(style, words.locale, board, frame),
        "inset": inset_box(
            style, view.inset, board, lambda box: not _covers_a_region(box, dataset, frame)
        ),
    }
    beneath, lines = ground(style, view, frame)
    return Scene(
        width,
        height,
        title=typesetting.clean(view.title),
        description=typesetting.clean(view.headline_text)[:_MOST_DESCRIBED],
        language=view.language,
        keywords=tuple(typesetting.clean(card.name) for card in view.cards[:_MOST_NAMES]),
        paper=style.theme.land,
        layers={
            "ground": beneath,
            # The thickest outlines last, or a neighbour would cover half of them.
            "regions": [
                *sorted(_regions(style, dataset, view, frame), key=attrgetter("stroke_width"))
            ],
            "lines": lines,
            "names": _names(style, dataset, view, frame, board),
            **overlays,
            "text": below,
        },
    )


# What lies beneath ------------------------------------------------------------------------------


def _frame(
    style: Style, view: DayView, dataset: Dataset, with_legend: bool
) -> tuple[list[Item], Frame]:
    """The lines below the map, and the part of the world that fits above them."""
    below, height = footer(style, view, with_legend)
    # In a corner of the world this small, the date needs the left side for itself.
    across = 1.0 if style.low and style.width < NARROW else 0.5
    return below, fit(_bounds(dataset), style.width, height, 8 * style.scale, across)


def _covers_a_region(box: Box, dataset: Dataset, frame: Frame) -> bool:
    """Whether a box in pixels lies on a region."""
    area = shapely.box(*box)
    regions = [frame.clip(geometry, margin=6) for geometry in dataset.regions.geometry]
    return bool(shapely.intersects(regions, area).any())


def _bounds(dataset: Dataset) -> tuple[float, float, float, float]:
    """The dataset's view, widened so that every region shows."""
    west, south, east, north = dataset.bounds
    left, bottom, right, top = (float(x) for x in dataset.regions.total_bounds)
    x, y = (right - left) * 0.04, (top - bottom) * 0.04
    return min(west, left - x), min(south, bottom - y), max(east, right + x), max(north, top + y)


# Regions and names ------------------------------------------------------------------------------


def _regions(style: Style, dataset: Dataset, view: DayView, frame: Frame) -> list[Shape]:
    """The regions as they stand on the day, each with its status sentence as a hint."""
    return [
        Shape(
            frame.clip(geometry, margin=6),
            **fill(style, card.look),
            **stroke(style, card.look.outline),
            id=f"region-{card.region}" if _SAFE_ID.fullmatch(card.region) else "",
            hint=typesetting.clean(card.hint)[:_MOST_DESCRIBED],
        )
        for geometry, card in zip(dataset.regions.geometry, view.cards, strict=True)
    ]


def _names(style: Style, dataset: Dataset, view: DayView, frame: Frame, board: Board) -> list[Item]:
    """The names on the map, with the dots of towns; on a small picture regions and countries."""
    regions = [
        Name(card.label, row.label_lon, row.label_lat, to_unit(row.geometry))
        for row, card in zip(dataset.regions.itertuples(), view.cards, strict=True)
    ]
    names = names_of(view.language, regions, view.context)
    if style.small:
        names = replace(names, towns=(), waters=())
    return _drawn(style, place(board, frame, names, style.letters))


def _drawn(style: Style, placed: Placement) -> list[Item]:
    theme = style.theme
    items: list[Item] = []
    for name in filter(None, placed.regions):
        items += _lines(name, theme.ink, theme.paper, bold=True)
    for name in filter(None, placed.towns):
        items += _town(style, name)
    for name in filter(None, placed.waters):
        items += _lines(name, theme.muted, theme.water, italic=True)
    for spots in placed.countries:
        for name in spots[:1]:
            items += _lines(name, theme.muted, theme.land, spaced=True)
    return items


def _lines(
    placed: Placed, colour: str, halo: str, *, bold: bool = False, **look: bool
) -> list[Label]:
    """A name as one label a line, all around the middle of its place."""
    x, y, size = placed.x + placed.dx, placed.y + placed.dy, placed.size
    first = y - (len(placed.lines) - 1) / 2 * size * LINE + size * _BASELINE
    return [
        Label(
            x, first + number * size * LINE, ((line, bold),), size, colour, "middle", halo, **look
        )
        for number, line in enumerate(placed.lines)
    ]


def _town(style: Style, placed: Placed) -> list[Item]:
    """A town's dot, and its name beside it."""
    theme, size = style.theme, placed.size
    disc = shapely.Point(placed.x, placed.y).buffer(size * DOT, quad_segs=6)
    anchor, gap = _SIDES[placed.side]
    text = ((placed.lines[0], False),)
    x, y = placed.x + gap * size, placed.y + size * _BASELINE
    return [
        Shape(disc, theme.paper, stroke=theme.ink, stroke_width=size * 0.12),
        Label(x, y, text, size, theme.ink, anchor, theme.paper),
    ]


_SIDES: dict[Side, tuple[Anchor, float]] = {
    "right": ("start", TOWN_GAP),
    "left": ("end", -TOWN_GAP),
}
"""How a town's name is set on each side of its dot, and how far from it in parts of its size."""
