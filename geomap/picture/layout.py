"""Where the parts of a picture lie: its texts around or beside the map, the map as large as it can be.

Several layouts are tried. Those come first in which every text that a picture must have finds room
(title, day, line, restrictions, legend, credit), and of these the one that shows the regions largest.
Sentences, the whole credit and the limits are added where that costs the map little.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import shapely

from geomap.core.dataset import Dataset
from geomap.picture.overlays import Legend, legend_of
from geomap.picture.style import NARROW, Style
from geomap.picture.texts import Row, Setter, Texts, height_of
from geomap.present.board import Box
from geomap.present.scene import Frame, Item, Shape, fit, from_unit

_MARGIN = 0.06
"""How much of their width and height is free on each side of the regions."""
_FACTORS = (0.92, 1.0, 1.2, 1.45, 1.7)
"""How many times their usual size letters around the map may be."""
_SHARES = (0.26, 0.31, 0.37, 0.44)
"""How much of the width a column of text beside the map may take."""
_LEAST_MAP = 0.4
"""How much of the height the map has at least, where there is any choice."""
_COSTS = {"headline": 0.14, "credit": 0.05, "limits": 0.05}
"""By how much of itself each further text may make the regions smaller."""
_WORTH = 0.04
"""How much smaller regions may be in a layout that has one further text more than another."""
_BESIDE = 0.87
"""A column of text has to show the regions this much larger to be chosen."""
_LARGER_LETTERS = 0.08
"""How much smaller regions may be for letters twice as large."""
_GAP = 0.45
"""Between two blocks of text, in parts of the size of small print."""
_NECESSARY = 5
"""Title, day with its line, restrictions, legend and credit."""
_ACROSS = (0.5, 0.75, 1.0)


@dataclass(frozen=True)
class Layout:
    """Where a picture's parts lie, in pixels: the map's box, and the texts above and below it.

    In a layout with a column both stand in the column, at its top and its bottom. `legend` is the
    legend where it lies on the map; `necessary` and `further` count the texts that found room.
    """

    style: Style
    map: Box
    frame: Frame
    setter: Setter
    head: tuple[Row, ...]
    foot: tuple[Row, ...]
    column: bool
    necessary: int
    further: int
    legend: Legend | None = None

    @property
    def score(self) -> tuple[int, float]:
        """What the best layout has the most of."""
        larger = 1 + _LARGER_LETTERS * (self.setter.factor - 1) + _WORTH * self.further
        return self.necessary, self.frame.scale * larger * (_BESIDE if self.column else 1)

    def draw(self) -> list[Item]:
        """Return the texts, on paper that covers what of the map lies outside its box."""
        style, theme = self.style, self.style.theme
        pad, side = _pads(style)
        left, top, right, bottom = self.map
        whole = shapely.box(-2, -2, style.width + 2, style.height + 2)
        paper = shapely.difference(whole, shapely.box(*self.map))
        foot = style.height - height_of(self.foot) - pad
        return [
            Shape(paper, theme.paper),
            Shape(shapely.box(left + 0.5, top + 0.5, right - 0.5, bottom - 0.5), stroke=theme.rule),
            *self.setter.draw(self.head, side, pad),
            *self.setter.draw(self.foot, side, foot),
            Shape(
                shapely.box(0.5, 0.5, style.width - 0.5, style.height - 0.5), stroke=theme.rule
            ),
        ]


def lay_out(style: Style, dataset: Dataset, texts: Texts, *, apart: bool = False) -> Layout:
    """Return the layout in which the regions show largest.

    `apart` sets the day and its line in rows of their own, also where the texts are above the map.
    """
    planner = _Planner(style, dataset, texts, apart)
    return max(planner.layouts(), key=lambda layout: layout.score)


def subject(dataset: Dataset) -> Box:
    """Return the box around all regions, with a margin: west, south, east, north in degrees."""
    west, south, east, north = (float(x) for x in dataset.regions.total_bounds)
    x, y = (east - west) * _MARGIN, (north - south) * _MARGIN
    return west - x, south - y, east + x, north + y


def moved(item: Item, dx: float, dy: float) -> Item:
    """Return a shape or label elsewhere in the picture."""
    if isinstance(item, Shape):
        geometry = shapely.transform(item.geometry, lambda xy: xy + [dx, dy])
        return replace(item, geometry=geometry)
    return replace(item, x=item.x + dx, y=item.y + dy)


def covers_a_region(box: Box, dataset: Dataset, frame: Frame, margin: float = 4) -> bool:
    """Return whether a box in pixels of a frame lies on a region, or near one."""
    left, top, right, bottom = box
    west, north = from_unit(*frame.unit(left - margin, top - margin))
    east, south = from_unit(*frame.unit(right + margin, bottom + margin))
    area = shapely.box(west, south, east, north)
    return bool(shapely.intersects(dataset.regions.geometry.values, area).any())


def _pads(style: Style) -> tuple[float, float]:
    """The room above and below a block of text, and on each side of it."""
    scale = style.scale
    return (8 * scale, 14 * scale) if style.width >= NARROW else (6 * scale, 9 * scale)


@dataclass(frozen=True)
class _Planner:
    """Tries layouts for the texts of one picture."""

    style: Style
    dataset: Dataset
    texts: Texts
    apart: bool

    def layouts(self) -> Iterator[Layout]:
        for factor in _FACTORS:
            yield from self._stacked(factor)
            if self.style.width > self.style.height:
                for share in _SHARES:
                    yield from self._beside(factor, share)

    def _stacked(self, factor: float) -> Iterator[Layout]:
        """The head above the map, the rest below it; the legend on the map or below."""
        style, texts = self.style, self.texts
        pad, side = _pads(style)
        setter = Setter(style, style.width - 2 * side, factor)
        head = [
            *setter.title(texts.title),
            *setter.day_and_line(texts, apart=self.apart or factor > 1.2),
        ]
        signs = setter.legend(texts.legend)
        if style.width >= NARROW:
            extras = self._with_extras(setter, head, [])
            frame = self._frame(extras.map)
            legend = legend_of(style, texts.legend, frame.height)
            for across in _ACROSS:
                frame = self._frame(extras.map, across)
                if legend.whole and not covers_a_region(legend.box, self.dataset, frame):
                    yield replace(extras, frame=frame, legend=legend)
                    break
        yield self._with_extras(setter, head, signs)

    def _with_extras(self, setter: Setter, head: list[Row], signs: list[Row]) -> Layout:
        """A stacked layout with as many more texts as cost the map little."""
        foot = {"signs": signs, **self._foot(setter)}
        layout = self._stack(setter, head, foot)
        for name, rows in self._further(setter).items():
            more = foot | {name: rows}
            larger = self._stack(setter, head, more, layout.further + 1)
            least = layout.frame.scale * (1 - _COSTS[name])
            if larger.necessary == _NECESSARY and larger.frame.scale >= least:
                foot, layout = more, larger
        return layout

    def _foot(self, setter: Setter) -> dict[str, list[Row]]:
        """What stands below the map, or at the end of a column, in this order."""
        texts = self.texts
        return {
            "headline": [] if texts.line else setter.headline(texts),
            "restrictions": setter.notes(*texts.restrictions, muted=False),
            "credit": setter.notes(texts.credit_short),
            "limits": [],
        }

    def _further(self, setter: Setter) -> dict[str, list[Row]]:
        """What there need not be room for, the most useful first."""
        texts = self.texts
        limit, *limits = texts.limits
        return {
            "headline": setter.headline(texts) if texts.line else [],
            "credit": setter.notes(texts.credit, limit),
            "limits": setter.notes(*limits),
        }

    def _stack(
        self, setter: Setter, head: list[Row], foot: dict[str, list[Row]], further: int = 0
    ) -> Layout:
        style = self.style
        pad, _ = _pads(style)
        rows = _joined(setter, foot.values())
        room = style.height * (1 - _LEAST_MAP) - 3.4 * pad
        necessary = _NECESSARY
        if height_of(head) + height_of(rows) > room:
            head, rows, necessary = self._fewer(setter, foot, room)
        top = round(height_of(head) + 1.6 * pad) if head else 0
        bottom = style.height - (round(height_of(rows) + 1.8 * pad) if rows else 0)
        box = (0, top, style.width, bottom)
        return Layout(
            style, box, self._frame(box), setter, tuple(head), tuple(rows), False, necessary, further
        )

    def _fewer(
        self, setter: Setter, foot: dict[str, list[Row]], room: float
    ) -> tuple[list[Row], list[Row], int]:
        """The rows for which there is room, and how many texts: those first whose lack misleads."""
        texts = self.texts
        parts: list[tuple[str, list[Row]]] = [
            ("day", setter.day_and_line(replace(texts, line=""), apart=False)),
            ("restrictions", foot["restrictions"]),
            ("credit", setter.notes(texts.credit_short)),
            ("signs", foot["signs"]),
            ("line", setter.notes(texts.line, muted=False)),
            ("title", setter.title(texts.title)),
        ]
        chosen: dict[str, list[Row]] = {}
        for name, rows in parts:
            if height_of(rows) <= room:
                chosen[name] = rows
                room -= height_of(rows)
        head = [row for name in ("title", "day", "line") for row in chosen.get(name, ())]
        rows = [row for n in ("signs", "restrictions", "credit") for row in chosen.get(n, ())]
        return head, rows, len(chosen) - 2

    def _beside(self, factor: float, share: float) -> Iterator[Layout]:
        """All texts in a column at the left, the map beside it."""
        style, texts = self.style, self.texts
        pad, side = _pads(style)
        left = round(style.width * share)
        setter = Setter(style, left - 2 * side, factor)
        head = {
            "title": setter.title(texts.title),
            "day": setter.day_and_line(texts, apart=True),
            "signs": setter.legend(texts.legend),
        }
        foot = self._foot(setter)
        room, further = style.height - 3 * pad, 0
        if _tall(setter, head, foot) > room:
            return
        for name, rows in self._further(setter).items():
            more = foot | {name: rows}
            if _tall(setter, head, more) <= room:
                foot, further = more, further + 1
        box = (left, 0, style.width, style.height)
        above, below = _joined(setter, head.values(), 2), _joined(setter, foot.values(), 2)
        yield Layout(
            style,
            box,
            self._frame(box),
            setter,
            tuple(above),
            tuple(below),
            True,
            _NECESSARY,
            further,
        )

    def _frame(self, box: Box, across: float = 0.5) -> Frame:
        left, top, right, bottom = box
        pad = 8 * self.style.scale
        return fit(subject(self.dataset), right - left, max(bottom - top, 40), pad, across)


def _joined(setter: Setter, parts: Iterable[list[Row]], gaps: float = 1) -> list[Row]:
    """The rows of several texts, with a gap between each and the next."""
    rows: list[Row] = []
    for part in parts:
        if rows and part:
            rows.append(Row(0, setter.small * _GAP * gaps))
        rows += part
    return rows


def _tall(setter: Setter, *blocks: dict[str, list[Row]]) -> float:
    """How high blocks of texts in a column are, in pixels."""
    return sum(height_of(_joined(setter, block.values(), 2)) for block in blocks)
