"""Where the parts of a picture lie: its texts around or beside the map, the map as large as it can be.

Several layouts are tried. Those come first in which every text that a picture must have finds room
(title, day, line, restrictions, legend, credit), and of these the one that shows the regions largest.
Sentences, the whole credit and the limits are added where that costs the map little.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import shapely

from geomap.core.dataset import Dataset
from geomap.picture.overlays import Legend, legend_of
from geomap.picture.style import NARROW, Style
from geomap.picture.texts import Chart, Row, Setter, Texts, height_of
from geomap.present.board import Box
from geomap.present.scene import Frame, Item, Shape, fit, from_unit

_MARGIN = 0.06
"""How much of their width and height is free on each side of the regions."""
_FACTORS = (0.92, 1.0, 1.2, 1.45, 1.7)
"""How many times their usual size letters around the map may be."""
_SHARES = (0.26, 0.31, 0.37, 0.44)
"""How much of the width a column of text beside the map may take."""
_LEAST_MAP = 0.28
"""How much of the height the map has at least, where there is any choice."""
_COST_OF_SENTENCES, _COST_OF_CREDIT = 0.14, 0.05
"""By how much of itself the sentences, or a longer credit, may make the regions smaller."""
_WORTH = 0.04
"""How much smaller regions may be in a layout that has one further text more than another."""
_BESIDE = 0.87
"""A column of text has to show the regions this much larger to be chosen."""
_LARGER_LETTERS, _LARGER_LETTERS_OF_FILMS = 0.08, 0.6
"""How much smaller regions may be for letters twice as large."""
_GAP = 0.45
"""Between two blocks of text, in parts of the size of small print."""
_NECESSARY = 5
"""Title, day with its line, restrictions, legend and credit. The chart is one more, if there is one."""
CONTEXT = ("area", "outside", "line")
"""The kinds of legend entries that a small picture may be without."""
_ACROSS = (0.5, 0.75, 1.0)


@dataclass(frozen=True)
class Layout:
    """Where a picture's parts lie, in pixels: the map's box, and the texts above and below it.

    `heading` is title, day and line; `head` follows it. In a layout with a column all texts stand in
    the column, the `foot` at its end. `legend` is the
    legend where it lies on the map; `necessary` and `further` count the texts that found room.
    """

    style: Style
    map: Box
    frame: Frame
    setter: Setter
    heading: tuple[Row, ...]
    head: tuple[Row, ...]
    foot: tuple[Row, ...]
    column: bool
    necessary: int
    further: int
    legend: Legend | None = None
    chart: Chart | None = None

    def score(self, worth: float) -> tuple[int, float]:
        """Return what the best layout has the most of; `worth` is that of letters twice as large."""
        larger = 1 + worth * (self.setter.factor - 1) + _WORTH * self.further
        return self.necessary, self.frame.scale * larger * (_BESIDE if self.column else 1)

    def with_day(self, texts: Texts) -> Layout:
        """Return the same layout with another day's title, day, line and chart.

        They must not be longer than those for which it was made.
        """
        parts = [
            self.setter.title(texts.title),
            self.setter.day_and_line(texts, apart=True),
        ]
        rows = _joined(self.setter, parts, 2 if self.column else 0)
        left = height_of(self.heading) - height_of(rows)
        return replace(self, heading=(*rows, Row(0, left)), chart=texts.chart)

    def draw(self) -> list[Item]:
        """Return the texts, on paper that covers what of the map lies outside its box."""
        style, theme = self.style, self.style.theme
        pad, side = pads(style)
        left, top, right, bottom = self.map
        whole = shapely.box(-2, -2, style.width + 2, style.height + 2)
        paper = shapely.difference(whole, shapely.box(*self.map))
        foot = style.height - height_of(self.foot) - pad
        x = style.width - side - self.setter.room if style.rtl else side
        return [
            Shape(paper, theme.paper),
            Shape(shapely.box(left + 0.5, top + 0.5, right - 0.5, bottom - 0.5), stroke=theme.rule),
            *self.setter.draw((*self.heading, *self.head), x, pad),
            *self.setter.draw(self.foot, x, foot, self.chart),
            Shape(shapely.box(0.5, 0.5, style.width - 0.5, style.height - 0.5), stroke=theme.rule),
        ]


def lay_out(style: Style, dataset: Dataset, texts: Texts, *, film: bool = False) -> Layout:
    """Return the layout in which the regions show largest.

    In that of a film the day has a row of its own, letters are large and nothing is said that need
    not be: it is watched on phones, and for seconds.
    """
    planner = _Planner(style, dataset, texts, film)
    worth = _LARGER_LETTERS_OF_FILMS if film else _LARGER_LETTERS
    return max(planner.layouts(), key=lambda layout: layout.score(worth))


def subject(dataset: Dataset) -> Box:
    """Return the box around all regions, with a margin: west, south, east, north in degrees."""
    west, south, east, north = (float(x) for x in dataset.regions.total_bounds)
    x, y = (east - west) * _MARGIN, (north - south) * _MARGIN
    return west - x, south - y, east + x, north + y


def moved(item: Item, dx: float, dy: float) -> Item:
    """Return a shape or label elsewhere in the picture."""
    if isinstance(item, Shape):
        geometry = shapely.transform(item.geometry, lambda xy: xy + np.array([dx, dy]))
        return replace(item, geometry=geometry)
    return replace(item, x=item.x + dx, y=item.y + dy)


def covers_a_region(box: Box, dataset: Dataset, frame: Frame, margin: float = 4) -> bool:
    """Return whether a box in pixels of a frame lies on a region, or near one."""
    left, top, right, bottom = box
    west, north = from_unit(*frame.unit(left - margin, top - margin))
    east, south = from_unit(*frame.unit(right + margin, bottom + margin))
    area = shapely.box(west, south, east, north)
    return bool(shapely.intersects(dataset.regions.geometry.values, area).any())


def pads(style: Style) -> tuple[float, float]:
    """Return the room above and below a block of text, and on each side of it, in pixels."""
    scale = style.scale
    return (8 * scale, 14 * scale) if style.width >= NARROW else (6 * scale, 9 * scale)


@dataclass(frozen=True)
class _Planner:
    """Tries layouts for the texts of one picture."""

    style: Style
    dataset: Dataset
    texts: Texts
    film: bool

    def layouts(self) -> Iterator[Layout]:
        for factor in _FACTORS:
            yield from self._stacked(factor)
            if self.style.width > self.style.height:
                for share in _SHARES:
                    yield from self._beside(factor, share)

    def _stacked(self, factor: float) -> Iterator[Layout]:
        """The head above the map, the rest below it; the legend on the map or below."""
        style, texts = self.style, self.texts
        _, side = pads(style)
        setter = Setter(style, style.width - 2 * side, factor)
        head = [
            *setter.title(texts.title),
            *setter.day_and_line(texts, apart=self.film or factor > 1.2),
        ]
        signs = setter.legend(texts.legend)
        if style.width >= NARROW:
            extras = self._with_extras(setter, head, [])
            frame = self._frame(extras.map)
            legend = legend_of(style, texts.legend, frame.height)
            for across in _ACROSS:
                frame = self._frame(extras.map, 1 - across if style.rtl else across)
                if legend.whole and not covers_a_region(legend.box, self.dataset, frame):
                    yield replace(extras, frame=frame, legend=legend)
                    break
        yield self._with_extras(setter, head, signs)

    def _with_extras(self, setter: Setter, head: list[Row], signs: list[Row]) -> Layout:
        """A stacked layout with as many more texts as cost the map little."""
        foot = {"chart": setter.chart(self.texts), "signs": signs, **self._foot(setter)}
        layout = self._stack(setter, head, foot)
        for name, rows, cost in self._further(setter):
            more = foot | {name: rows}
            larger = self._stack(setter, head, more, layout.further + 1)
            least = layout.frame.scale * (1 - cost)
            if larger.necessary >= layout.necessary and larger.frame.scale >= least:
                foot, layout = more, larger
        return layout

    def _foot(self, setter: Setter) -> dict[str, list[Row]]:
        """What stands below the map, or at the end of a column, in this order."""
        texts = self.texts
        return {
            "key": setter.key(texts),
            "headline": [] if texts.line else setter.headline(texts),
            "restrictions": setter.notes(*texts.restrictions, muted=False),
            "credit": setter.notes(texts.credit_short),
        }

    def _further(self, setter: Setter) -> list[tuple[str, list[Row], float]]:
        """What there need not be room for, the most useful first: the part of the foot that it takes
        the place of, and by how much of itself it may make the regions smaller.
        """
        texts = self.texts
        if self.film:
            return []
        return [
            ("headline", setter.headline(texts), _COST_OF_SENTENCES),
            ("credit", setter.notes(texts.credit, texts.limit), _COST_OF_CREDIT),
            ("credit", setter.notes(texts.credit, texts.limits), _COST_OF_CREDIT),
        ]

    def _stack(
        self, setter: Setter, head: list[Row], foot: dict[str, list[Row]], further: int = 0
    ) -> Layout:
        style = self.style
        pad, _ = pads(style)
        rows = _joined(setter, foot.values())
        room = style.height * (1 - _LEAST_MAP) - 3.4 * pad
        necessary = _NECESSARY + bool(self.texts.chart)
        if height_of(head) + height_of(rows) > room:
            head, rows, necessary = self._fewer(setter, foot, room)
        top = round(height_of(head) + 1.6 * pad) if head else 0
        bottom = style.height - (round(height_of(rows) + 1.8 * pad) if rows else 0)
        box = (0, top, style.width, bottom)
        return Layout(
            style,
            box,
            self._frame(box),
            setter,
            heading=tuple(head),
            head=(),
            foot=tuple(rows),
            column=False,
            necessary=necessary,
            further=further,
            chart=self.texts.chart,
        )

    def _fewer(
        self, setter: Setter, foot: dict[str, list[Row]], room: float
    ) -> tuple[list[Row], list[Row], int]:
        """The rows for which there is room, and how many texts: those first whose lack misleads."""
        texts = self.texts
        few = [entry for entry in texts.legend if entry.kind not in CONTEXT]
        parts: list[tuple[str, list[Row]]] = [
            ("day", setter.day_and_line(replace(texts, line=""), apart=False)),
            ("restrictions", foot["restrictions"]),
            ("credit", setter.notes(texts.credit_short)),
            ("key", foot["key"]),
            ("signs", setter.legend(few)),
            ("line", setter.notes(texts.line, muted=False)),
            ("title", setter.title(texts.title)),
        ]
        chosen: dict[str, list[Row]] = {}
        for name, rows in parts:
            if height_of(rows) <= room:
                chosen[name] = rows
                room -= height_of(rows)
        # What is said of the regions comes before what is said of the land around them.
        if height_of(foot["signs"]) <= room + height_of(chosen.get("signs", ())):
            chosen["signs"] = foot["signs"]
        head = [row for name in ("title", "day", "line") for row in chosen.get(name, ())]
        rows = [
            row for n in ("signs", "key", "restrictions", "credit") for row in chosen.get(n, ())
        ]
        return head, rows, len(chosen) - 3

    def _beside(self, factor: float, share: float) -> Iterator[Layout]:
        """All texts in a column at the side where lines start, the map beside it."""
        style, texts = self.style, self.texts
        pad, side = pads(style)
        left = round(style.width * share)
        setter = Setter(style, left - 2 * side, factor)
        heading = _joined(
            setter, [setter.title(texts.title), setter.day_and_line(texts, apart=True)], 2
        )
        signs = setter.legend(texts.legend)
        head = [Row(0, setter.small * _GAP * 2), *signs] if signs else []
        foot = self._foot(setter)
        room, further = style.height - 3 * pad - height_of(heading) - height_of(head), 0
        if _tall(setter, foot) > room:
            return
        for name, rows, _ in self._further(setter):
            more = foot | {name: rows}
            if _tall(setter, more) <= room:
                foot, further = more, further + 1
        box = (0, 0, style.width - left, style.height)
        if not style.rtl:
            box = (left, 0, style.width, style.height)
        yield Layout(
            style,
            box,
            self._frame(box),
            setter,
            heading=tuple(heading),
            head=tuple(head),
            foot=tuple(_joined(setter, foot.values(), 2)),
            column=True,
            necessary=_NECESSARY,
            further=further,
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


def _tall(setter: Setter, parts: dict[str, list[Row]]) -> float:
    """How high texts in a column are together, in pixels."""
    return height_of(_joined(setter, parts.values(), 2))
