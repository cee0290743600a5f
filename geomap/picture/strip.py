"""Several days side by side in one picture, with one legend and one credit."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date as Date

import shapely

from geomap.core.dataset import Dataset
from geomap.core.selection import check_dates
from geomap.errors import BadQuery
from geomap.picture.compose import key_text, map_layers, scene_of
from geomap.picture.days import Day, common_credit, common_legend, days_of, outlines_of
from geomap.picture.layout import CONTEXT, moved, pads, subject
from geomap.picture.picture import check_ending, check_theme, size, write_as
from geomap.picture.style import Style
from geomap.picture.texts import Row, Setter, Texts, height_of
from geomap.present import select, selection
from geomap.present.board import Box
from geomap.present.legend import LegendEntry
from geomap.present.scene import Item, Scene, Shape, fit
from geomap.present.steps import steps
from geomap.present.themes import THEMES
from geomap.present.typesetting import clean
from geomap.wording import Words, words_in

MOST_DATES = 12
STRIP = (1600, 640)
"""A strip's size where none is given, in pixels."""
_LEAST_MAP = 0.35
"""How much of a panel's height its map has at least."""
_LEAST_SIDE = 60
"""The least width and height of a panel's map, in pixels."""
_FACTORS = (1.0, 0.85)
"""How many times their usual size the letters above the maps may be."""

Dates = Collection[Date | str] | str | None


def strip(
    dataset: Dataset,
    ending: str,
    *,
    dates: Dates = None,
    known: selection.Day = None,
    sources: selection.Sources = None,
    lang: str = "en",
    theme: str = "light",
    width: int | str | None = None,
    height: int | str | None = None,
) -> bytes:
    """Return up to 12 days side by side as a picture; `ending` is one of `PICTURE_TYPES`.

    `dates` are days, or their ISO texts with commas between; without them, each day on which
    something happens (of more than 12 the last). The panels stand in as many columns as show the
    regions largest at the size asked for. What is new on a day is outlined.

    Raises BadQuery and the others as `picture` does.
    """
    check_ending(ending)
    words = words_in(lang, dataset)
    chosen = select(dataset, None, known, sources)
    actors, rtl = dataset.ledger.actors, words.direction == "rtl"
    style = Style(THEMES[check_theme(theme)], actors, *size(width, height, STRIP), rtl)
    on_steps = steps(words, dataset, chosen)
    usual = tuple(step.day for step in on_steps)[-MOST_DATES:] or (chosen.date,)
    days = days_of(dataset, words, chosen, parse_dates(dataset, dates) or usual, on_steps)
    return write_as(ending, _compose(style, dataset, words, days))


def parse_dates(dataset: Dataset, value: Dates) -> tuple[Date, ...]:
    """Return the days of a strip, ascending and each once; none where none are given.

    Raises BadQuery for a day outside the dataset's period, and for too many days.
    """
    return check_dates(dataset, value, most=MOST_DATES) if value else ()


# How it is laid out -----------------------------------------------------------------------------


@dataclass(frozen=True)
class _Grid:
    """Panels in columns and rows: the texts of each, the box of its map in pixels, and how high the
    texts above its map are.
    """

    setter: Setter
    texts: list[list[Row]]
    maps: list[Box]
    above: list[float]

    def scale(self, dataset: Dataset) -> float:
        """How large it shows the regions; 0 where its texts have no room."""
        left, top, right, bottom = self.maps[0]
        wide, tall = right - left, bottom - top
        if min(wide, tall) < _LEAST_SIDE or tall < _LEAST_MAP * (tall + max(self.above)):
            return 0
        return float(fit(subject(dataset), wide, tall, 0).scale * self.setter.factor**0.3)


def _compose(style: Style, dataset: Dataset, words: Words, days: list[Day]) -> Scene:
    scene, numbered = _composed(style, dataset, words, days, keyed=False)
    return _composed(style, dataset, words, days, keyed=True)[0] if numbered else scene


def _composed(
    style: Style, dataset: Dataset, words: Words, days: list[Day], *, keyed: bool
) -> tuple[Scene, bool]:
    """The strip, and whether numbers stand for regions in it; `keyed` says what they stand for."""
    _, side = pads(style)
    setter = Setter(style, style.width - 2 * side)
    legend = common_legend(words, days)
    few = tuple(entry for entry in legend if entry.kind not in CONTEXT)
    for entries in (legend, few):
        head, foot = _common(setter, dataset, words, days, entries)
        if keyed:
            names = replace(_words_of(days[0]), key=key_text(days[0].view, dated=False))
            foot = [*setter.key(names), *foot]
        grid = _best_grid(style, dataset, days, head, foot)
        if grid:
            break
    else:
        raise BadQuery(
            "dates",
            f"{len(days)} days have no room on {style.width} × {style.height} pixels; "
            "ask for fewer or for a larger picture",
        )
    layers: dict[str, list[Item]] = {}
    numbered = False
    for number, (day, box) in enumerate(zip(days, grid.maps, strict=True), 1):
        layers[f"map-{number}"], has_numbers = _map(style, dataset, words, day, box, number)
        numbered = numbered or has_numbers
    layers["text"] = _texts(style, setter, grid, head, foot)
    one = replace(
        days[-1].view,
        headline=((" ".join(f"{day.view.day}: {day.line}" for day in days), False),),
    )
    return scene_of(style, one, layers), numbered


def _best_grid(
    style: Style, dataset: Dataset, days: list[Day], head: list[Row], foot: list[Row]
) -> _Grid | None:
    """The arrangement that shows the regions largest; None where the texts leave no room for maps."""
    pad, side = pads(style)
    top = height_of(head) + 1.6 * pad
    bottom = style.height - height_of(foot) - 1.8 * pad
    grids = list(_grids(style, days, (side, top, style.width - side, bottom)))
    best = max(grids, key=lambda grid: grid.scale(dataset))
    return best if best.scale(dataset) else None


def _common(
    setter: Setter,
    dataset: Dataset,
    words: Words,
    days: list[Day],
    legend: Sequence[LegendEntry],
) -> tuple[list[Row], list[Row]]:
    """What stands once above all panels, and once below them."""
    view = days[0].view
    credit, credit_short = common_credit(words, dataset, days)
    whole = setter.notes(credit, clean(view.limit))
    tall = height_of(whole) > setter.style.height * 0.08
    foot = [
        *setter.legend(legend),
        *setter.notes(*map(clean, view.restrictions), muted=False),
        *(setter.notes(credit_short) if tall else whole),
    ]
    return setter.title(clean(view.title)), foot


def _grids(style: Style, days: list[Day], area: Box) -> Iterator[_Grid]:
    """Every arrangement of the panels in columns and rows that leaves no row empty."""
    for columns in range(1, len(days) + 1):
        rows = math.ceil(len(days) / columns)
        if columns > 1 and math.ceil(len(days) / (columns - 1)) == rows:
            continue  # one column less holds them in as many rows
        for factor in _FACTORS:
            yield _grid(style, days, area, columns, factor)


def _grid(style: Style, days: list[Day], area: Box, columns: int, factor: float) -> _Grid:
    """Panels in so many columns, all maps of one size, the texts of a row of one height."""
    left, top, right, bottom = area
    gap = 14 * style.scale
    wide = math.floor((right - left - (columns - 1) * gap) / columns)
    setter = Setter(style, wide, factor)
    texts = [setter.day_and_line(_words_of(day), apart=True) for day in days]
    above = [
        max(map(height_of, texts[first : first + columns])) + 4 * style.scale
        for first in range(0, len(days), columns)
    ]
    tall = math.floor((bottom - top - sum(above) - (len(above) - 1) * gap) / len(above))
    maps: list[Box] = []
    y = top
    for row, height in enumerate(above):
        y += height
        for number in range(len(days[row * columns : (row + 1) * columns])):
            x = left + number * (wide + gap)
            x = left + right - x - wide if style.rtl else x
            maps.append((round(x), round(y), round(x) + wide, round(y) + tall))
        y += tall + gap
    return _Grid(setter, texts, maps, [above[n // columns] for n in range(len(days))])


def _words_of(day: Day) -> Texts:
    view = day.view
    return Texts("", view.day, view.day_short, day.line, (), (), (), "", "", "", "")


# How it is drawn --------------------------------------------------------------------------------


def _map(
    style: Style, dataset: Dataset, words: Words, day: Day, box: Box, number: int
) -> tuple[list[Item], bool]:
    """The map of one panel, and whether it has numbers. Only the first has a scale bar, for all."""
    left, top, right, bottom = box
    panel = replace(style, width=int(right - left), height=int(bottom - top))
    frame = fit(subject(dataset), right - left, bottom - top, 4 * panel.scale)
    drawn = map_layers(panel, dataset, words, day.view, frame)
    layers = drawn.layers
    layers["lines"] = [*layers["lines"], *outlines_of(panel, dataset, frame, day)]
    if number > 1:
        layers["scale"] = []
    items = [moved(item, left, top) for layer in layers.values() for item in layer]
    return [_with_id(item, number) for item in items], drawn.numbered


def _with_id(item: Item, number: int) -> Item:
    """An item whose id no other panel has."""
    if isinstance(item, Shape) and item.id:
        return replace(item, id=f"{item.id}-{number}")
    return item


def _texts(
    style: Style, setter: Setter, grid: _Grid, head: list[Row], foot: list[Row]
) -> list[Item]:
    pad, side = pads(style)
    whole = shapely.box(-2, -2, style.width + 2, style.height + 2)
    boxes = [shapely.box(*box) for box in grid.maps]
    rule = style.theme.rule
    items: list[Item] = [
        Shape(shapely.difference(whole, shapely.union_all(boxes)), style.theme.paper),
        *(Shape(shapely.box(*_inner(box)), stroke=rule) for box in grid.maps),
        *setter.draw(head, side, pad),
        *setter.draw(foot, side, style.height - height_of(foot) - pad),
    ]
    for rows, (left, top, _, _), above in zip(grid.texts, grid.maps, grid.above, strict=True):
        items += grid.setter.draw(rows, left, top - above)
    frame = shapely.box(0.5, 0.5, style.width - 0.5, style.height - 0.5)
    return [*items, Shape(frame, stroke=rule)]


def _inner(box: Box) -> Box:
    left, top, right, bottom = box
    return left + 0.5, top + 0.5, right - 0.5, bottom - 0.5
