"""One day of a dataset as a scene: the map, what lies on it, and the lines of text below it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import partial
from operator import attrgetter

from geomap.core.dataset import Dataset
from geomap.picture.chart import chart
from geomap.picture.ground import ground
from geomap.picture.inset import inset_box
from geomap.picture.layout import covers_a_region, lay_out, moved
from geomap.picture.names import draw_names, key, place_names
from geomap.picture.overlays import Legend, legend_box, scale_bar
from geomap.picture.style import Style, fill, stroke
from geomap.picture.texts import short_legend, texts_of
from geomap.present import Selection, day_view, typesetting, view
from geomap.present.board import Board
from geomap.present.scene import Frame, Item, Scene, Shape
from geomap.present.texts import in_one_line
from geomap.present.themes import THEMES
from geomap.present.views import DayView
from geomap.wording import Words
from geomap.wording.catalogue import Spans

_MOST_DESCRIBED = 2000
_MOST_NAMES = 50
_SAFE_ID = re.compile(r"[\w.-]{1,80}")
_SMALL = 360 * 300
"""So many pixels a picture has that is too small for a legend in full."""
_CHART_FROM = 640
"""The least width of a picture with a chart of time in it."""
_TALL = 1.25
"""How many times as high as wide a picture is that is tall."""


def compose(
    dataset: Dataset, words: Words, selection: Selection, theme: str, width: int, height: int
) -> Scene:
    """Return the picture of a dataset on a day, `width` by `height` pixels.

    A tall one has the chart of time in it. Raises BadQuery as `status_on` does.
    """
    day = day_view(dataset, selection, words)
    style = Style(THEMES[theme], dataset.ledger.actors, width, height, words.direction == "rtl")
    texts = texts_of(day)
    if width * height < _SMALL:
        texts = replace(texts, legend=short_legend(texts.legend))
    if has_chart(style):
        period = view(dataset, selection, words)
        texts = replace(texts, chart=partial(chart, style, words, period, day=selection.date))
    layout = lay_out(style, dataset, texts)
    drawn = map_layers(style, dataset, words, day, layout.frame, layout.legend)
    if drawn.numbered:
        layout = lay_out(style, dataset, replace(texts, key=key_text(day)))
        drawn = map_layers(style, dataset, words, day, layout.frame, layout.legend)
    left, top, _, _ = layout.map
    return scene_of(
        style,
        day,
        {name: [moved(item, left, top) for item in items] for name, items in drawn.layers.items()}
        | {"text": layout.draw()},
    )


def key_text(day: DayView, *, dated: bool = True) -> Spans:
    """Return what stands for the numbers on a map, in the order of handover, in pieces."""
    pieces: list[tuple[str, bool]] = []
    for number, name, dates in key(day):
        pieces.append((f"{number} {name}", True))
        when = "".join(text for text, _ in dates) if dated else ""
        pieces.append((f" {when} · " if when else " · ", False))
    *rest, (last, bold) = pieces or [("", False)]
    return (*rest, (last.removesuffix(" · "), bold))


def has_chart(style: Style) -> bool:
    """Return whether a picture has room for the chart of time: one that is wide enough and tall."""
    return style.width >= _CHART_FROM and style.height >= style.width * _TALL


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
        rtl=style.rtl,
    )


@dataclass(frozen=True)
class DrawnMap:
    """A map's layers by name, and whether numbers stand for its regions' labels."""

    layers: dict[str, list[Item]]
    numbered: bool


def map_layers(
    style: Style,
    dataset: Dataset,
    words: Words,
    day: DayView,
    frame: Frame,
    legend: Legend | None = None,
) -> DrawnMap:
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
    placed = place_names(style, dataset, day, frame, board)
    layers: dict[str, list[Item]] = {
        "ground": beneath,
        # The thickest outlines last, or a neighbour would cover half of them.
        "regions": [
            *sorted(_regions(style, dataset, words, day, frame), key=attrgetter("stroke_width"))
        ],
        "lines": lines,
        "names": draw_names(style, day, placed),
        **overlays,
    }
    return DrawnMap(layers, placed.numbered)


# Regions ----------------------------------------------------------------------------------------


def _regions(
    style: Style, dataset: Dataset, words: Words, view: DayView, frame: Frame
) -> list[Shape]:
    """The regions as they stand on the day, each with its status sentence as a hint."""
    return [
        Shape(
            frame.clip(geometry, margin=6),
            **fill(style, card.look),
            **stroke(style, card.look.outline),
            id=f"region-{card.region}" if _SAFE_ID.fullmatch(card.region) else "",
            hint=typesetting.clean(in_one_line(words, card.name, card.passages))[:_MOST_DESCRIBED],
        )
        for geometry, card in zip(dataset.regions.geometry, view.cards, strict=True)
    ]
