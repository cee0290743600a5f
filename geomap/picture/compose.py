"""One day of a dataset as a scene: the map, what lies on it, and the lines of text below it."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from operator import attrgetter

import shapely

from geomap.core.dataset import Dataset
from geomap.picture.chart import chart
from geomap.picture.ground import ground
from geomap.picture.inset import inset_box
from geomap.picture.layout import Layout, covers_a_region, lay_out, moved
from geomap.picture.overlays import Legend, legend_box, scale_bar
from geomap.picture.style import Style, fill, stroke
from geomap.picture.texts import texts_of
from geomap.present import Selection, day_view, typesetting, view
from geomap.present.board import Board
from geomap.present.ground import names_of
from geomap.present.labels import DOT, LINE, TOWN_GAP, place
from geomap.present.names import Name, Placed, Placement, Side
from geomap.present.scene import Anchor, Frame, Item, Label, Scene, Shape, to_unit
from geomap.present.themes import THEMES
from geomap.present.views import DayView
from geomap.wording import Words

_MOST_DESCRIBED = 2000
_MOST_NAMES = 50
_SAFE_ID = re.compile(r"[\w.-]{1,80}")
_CHART_FROM = 640
"""The least width of a picture with a chart of time in it."""
_TALL = 1.25
"""How many times as high as wide a picture is that is tall."""
_BASELINE = 0.355
"""From the middle of a line of text down to its baseline, as a share of its size."""


def compose(
    dataset: Dataset, words: Words, selection: Selection, theme: str, width: int, height: int
) -> Scene:
    """Return the picture of a dataset on a day, `width` by `height` pixels.

    A tall one has the chart of time in it. Raises BadQuery as `status_on` does.
    """
    day = day_view(dataset, selection, words)
    style = Style(THEMES[theme], dataset.ledger.actors, width, height)
    texts = texts_of(day)
    if has_chart(style):
        period = view(dataset, selection, words)
        texts = replace(texts, chart=partial(chart, style, period, day=selection.date))
    return draw(dataset, words, day, lay_out(style, dataset, texts))


def has_chart(style: Style) -> bool:
    """Return whether a picture has room for the chart of time: one that is wide enough and tall."""
    return style.width >= _CHART_FROM and style.height >= style.width * _TALL


def draw(dataset: Dataset, words: Words, day: DayView, layout: Layout) -> Scene:
    """Return the picture of a day in a layout."""
    style = layout.style
    left, top, _, _ = layout.map
    layers = map_layers(style, dataset, words, day, layout.frame, layout.legend)
    return scene_of(
        style,
        day,
        {name: [moved(item, left, top) for item in items] for name, items in layers.items()}
        | {"text": layout.draw()},
    )


def scene_of(style: Style, day: DayView, layers: dict[str, list[Item]]) -> Scene:
    """Return layers as a picture that says in words what it shows."""
    return Scene(
        style.width,
        style.height,
        title=typesetting.clean(day.title),
        description=typesetting.clean(day.headline_text)[:_MOST_DESCRIBED],
        language=day.language,
        keywords=tuple(typesetting.clean(card.name) for card in day.cards[:_MOST_NAMES]),
        paper=style.theme.land,
        layers=layers,
    )


def map_layers(
    style: Style,
    dataset: Dataset,
    words: Words,
    day: DayView,
    frame: Frame,
    legend: Legend | None = None,
) -> dict[str, list[Item]]:
    """Return a map of a day, its upper left corner at 0, 0; what lies at its edges juts out a little.

    A `legend` lies on it.
    """
    # Overlays get their room before names do.
    board = Board((4, 4, frame.width - 4, frame.height - 4))
    overlays = {
        "legend": legend_box(style, legend, board) if legend else [],
        "scale": scale_bar(style, words.locale, board, frame),
        "inset": inset_box(
            style, day.inset, board, lambda box: not covers_a_region(box, dataset, frame)
        ),
    }
    beneath, lines = ground(style, day, frame)
    return {
        "ground": beneath,
        # The thickest outlines last, or a neighbour would cover half of them.
        "regions": [*sorted(_regions(style, dataset, day, frame), key=attrgetter("stroke_width"))],
        "lines": lines,
        "names": _names(style, dataset, day, frame, board),
        **overlays,
    }


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
