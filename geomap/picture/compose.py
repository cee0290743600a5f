"""One day of a dataset as a scene: the map, what lies on it, and the lines of text below it."""

from __future__ import annotations

import re
from operator import attrgetter

import shapely

from geomap.core.dataset import Dataset
from geomap.picture.footer import footer
from geomap.picture.ground import ground
from geomap.picture.inset import inset_box
from geomap.picture.names import draw_names, place_names
from geomap.picture.overlays import date_box, legend_box, legend_of, scale_bar
from geomap.picture.style import NARROW, Style, fill, stroke
from geomap.present import Selection, day_view, typesetting
from geomap.present.board import Board, Box
from geomap.present.scene import Frame, Item, Scene, Shape, fit
from geomap.present.themes import THEMES
from geomap.present.views import DayView
from geomap.wording import Words

_MOST_DESCRIBED = 2000
_MOST_NAMES = 50
_SAFE_ID = re.compile(r"[\w.-]{1,80}")


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
            "names": draw_names(style, view, place_names(style, dataset, view, frame, board)),
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


# Regions ----------------------------------------------------------------------------------------


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
