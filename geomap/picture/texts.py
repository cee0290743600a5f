"""The texts of a picture, and how they are set: as rows of words and of legend signs, in a column."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from geomap.picture.overlays import SIGN_INDENT, Sign, place_sign, sign_rows
from geomap.picture.style import Style
from geomap.present import typesetting
from geomap.present.board import Box
from geomap.present.legend import LegendEntry
from geomap.present.scene import Item, Label, mirrored
from geomap.present.typesetting import clean, clean_spans
from geomap.present.views import DayView
from geomap.wording.catalogue import Spans

_LEAD = 1.34
"""From one line of text to the next, in parts of the letters' size."""
_SIGN_LEAD = 1.55
_CHART = 140.0
"""The height of the chart of time, in pixels at the usual scale."""
_SMALLER_TITLES = (1.0, 0.92, 0.85, 0.78)
"""A title is set this much smaller, as far as it takes to need one line only."""


Chart = Callable[[Box], list[Item]]
"""Draws the chart of time into a box of the picture."""


@dataclass(frozen=True)
class Texts:
    """What a picture says in words; "" or () where there is nothing to say.

    `line` is the day in one line, `headline` the same in sentences, `key` what numbers on the map
    stand for. `credit_short` is for pictures without room for `credit` and `limit`; `limits` says
    more than `limit`. `chart` is drawn among them.
    """

    title: str
    day: str
    day_short: str
    line: str
    headline: Spans
    restrictions: tuple[str, ...]
    legend: tuple[LegendEntry, ...]
    credit_short: str
    credit: str
    limit: str
    limits: str
    key: Spans = ()
    chart: Chart | None = None


def short_legend(legend: Iterable[LegendEntry]) -> tuple[LegendEntry, ...]:
    """Return a legend in short words, for a picture that has no room for longer ones."""
    return tuple(replace(entry, label=entry.shortest_label, more="") for entry in legend)


def texts_of(view: DayView) -> Texts:
    """Return the texts of a picture of one day, safe to draw."""
    return Texts(
        title=clean(view.title),
        day=view.day,
        day_short=view.day_short,
        line=clean(view.short),
        headline=clean_spans(view.headline),
        restrictions=tuple(map(clean, view.restrictions)),
        legend=view.legend,
        credit_short=clean(view.credit_short),
        credit=clean(f"{view.credit} · {view.licence}"),
        limit=clean(view.limit),
        limits=clean(view.limits),
    )


@dataclass(frozen=True)
class Row:
    """A line of text, or legend signs side by side, or the chart of time; and its height in pixels."""

    size: float
    height: float
    text: Spans = ()
    colour: str = ""
    signs: tuple[Sign, ...] = ()
    indent: float = 0
    chart: bool = False


def height_of(rows: Iterable[Row]) -> float:
    """Return how high rows are together, in pixels."""
    return sum(row.height for row in rows)


@dataclass(frozen=True)
class Setter:
    """Sets texts in lines no longer than `room` pixels, letters `factor` times their usual size."""

    style: Style
    room: float
    factor: float = 1.0

    @property
    def small(self) -> float:
        """The size of small print, in pixels."""
        return 11.5 * self.style.scale * self.factor

    def title(self, text: str) -> list[Row]:
        """Set a title: smaller, if it then needs one line only."""
        if not text:
            return []
        size = 18 * self.style.scale * self.factor
        for share in _SMALLER_TITLES:
            lines = typesetting.wrap(((text, True),), size * share, self.room)
            if len(lines) == 1:
                break
        return self._rows(lines, size * share, self.style.theme.ink)

    def day_and_line(self, texts: Texts, *, apart: bool) -> list[Row]:
        """Set the day and its line: `apart` in lines of their own, else in one paragraph."""
        theme, size = self.style.theme, 14 * self.style.scale * self.factor
        if apart:
            large = size * 1.35
            wide = typesetting.width(texts.day, large, bold=True)
            day = texts.day if wide <= self.room else texts.day_short
            lines = typesetting.wrap(((texts.line, True),), size, self.room) if texts.line else []
            rows = self._rows([((day, True),)], large, theme.accent)
            return [*rows, *self._rows(lines, size, theme.ink)]
        if not texts.line:
            return self._rows([((texts.day, True),)], size, theme.ink)
        long, short = (
            typesetting.wrap(((day, True), (f" · {texts.line}", False)), size, self.room)
            for day in (texts.day, texts.day_short)
        )
        return self._rows(short if len(short) < len(long) else long, size, theme.ink)

    def headline(self, texts: Texts) -> list[Row]:
        """Set the day in sentences."""
        size = 13.5 * self.style.scale * self.factor
        lines = typesetting.wrap(texts.headline, size, self.room)
        return self._rows(lines, size, self.style.theme.ink)

    def key(self, texts: Texts) -> list[Row]:
        """Set what the numbers on the map stand for."""
        size = 12.5 * self.style.scale * self.factor
        return self._rows(typesetting.wrap(texts.key, size, self.room), size, self.style.theme.ink)

    def notes(self, *notes: str, muted: bool = True) -> list[Row]:
        """Set small print, each note from the start of a line."""
        theme = self.style.theme
        lines = [
            line
            for note in notes
            if note
            for line in typesetting.wrap(((note, False),), self.small, self.room)
        ]
        return self._rows(lines, self.small, theme.muted if muted else theme.ink)

    def legend(self, entries: Sequence[LegendEntry]) -> list[Row]:
        """Set the legend, as many signs in a row as there is room for; long words in several lines."""
        size, indent = self.small, SIGN_INDENT * self.style.scale
        rows = []
        for signs in sign_rows(self.style, entries, self.room, size):
            first, *more = typesetting.wrap(((signs[0].text, False),), size, self.room - indent)
            if more:
                signs = [replace(signs[0], text="".join(text for text, _ in first))]
            rows.append(Row(size, size * _SIGN_LEAD, signs=tuple(signs)))
            ink = self.style.theme.ink
            rows += [Row(size, size * _LEAD, line, ink, indent=indent) for line in more]
        return rows

    def chart(self, texts: Texts) -> list[Row]:
        """Leave room for the chart of time, if there is one."""
        tall = _CHART * self.style.scale * self.factor
        return [Row(0, tall, chart=True)] if texts.chart else []

    def draw(
        self, rows: Iterable[Row], x: float, y: float, chart: Chart | None = None
    ) -> list[Item]:
        """Draw rows below one another, the first one's upper left corner at `x`, `y`.

        In a language from right to left they start at the right, and so does the chart's time.
        """
        left = x
        items: list[Item] = []
        for row in rows:
            if row.chart and chart:
                items += chart((x, y, x + self.room, y + row.height))
            across = x
            for sign in row.signs:
                middle = y + row.height / 2
                placed, wide = place_sign(self.style, sign, across, middle, row.size, self.room)
                items += placed
                across += wide + 12 * self.style.scale
            if row.text:
                place = x + row.indent, y + row.size * 1.02
                items.append(Label(*place, row.text, row.size, row.colour))
            y += row.height
        if self.style.rtl:
            return [mirrored(item, left, left + self.room) for item in items]
        return items

    def _rows(self, lines: Iterable[Spans], size: float, colour: str) -> list[Row]:
        return [Row(size, size * _LEAD, line, colour) for line in lines]
