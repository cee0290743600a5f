"""The label of a region in lines: its name, at each word if it must, and below it its dates."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from geomap.present import typesetting
from geomap.present.board import Box
from geomap.present.names import Dates, Form, Name, RegionPlaced
from geomap.present.room import Room, outer

LINE = 1.1
"""The distance between two lines of a label, as a share of its size."""
DATES = 0.92
"""The size of a label's dates, as a share of its name's."""
FORMS = tuple(Form(words, broken) for words in (False, True) for broken in (False, True))
SHORT_FORMS = (*FORMS, Form(dated=False), Form(words=True, dated=False))
"""Where regions are many, some have their name alone."""
LEAST = 8.0
"""Pixels below which nobody reads a name."""
_MOST_LINES = 4
_BETWEEN_WORDS = re.compile(r" +|(?<=-)(?=.)")
_BEHIND_COMMA = re.compile(r"(?<=, )")
_WIDEST = 0.9
"""How much of a frame's width a label may take before its name is cut."""


@dataclass(frozen=True)
class Block:
    """A label broken into lines: its texts, and the box of each line around its middle."""

    form: Form
    lines: tuple[str, ...]
    dates: tuple[Dates, ...]
    size: float
    boxes: tuple[Box, ...]

    @cached_property
    def outer(self) -> Box:
        """The box that holds all lines."""
        return outer(self.boxes)

    def placed(
        self,
        at: tuple[float, float],
        region: Name,
        leader: tuple[float, float] | None = None,
        marker: tuple[float, float] | None = None,
    ) -> RegionPlaced:
        """Return the label around a middle."""
        return RegionPlaced(
            *(*at, self.lines, self.dates, self.size, self.form, self.outer),
            leader=leader,
            marker=marker,
            number=region.number,
        )


def blocks(
    room: Room, region: Name, size: float, slack: float, forms: Sequence[Form]
) -> tuple[Block, ...]:
    """Return a region's label in each of some forms.

    A name that is too wide for the frame is broken and set in smaller letters before it is cut.
    """
    return _blocks(region.text, region.dates, size, slack, tuple(forms), widest(room, size))


def widest(room: Room, size: float) -> float:
    """Return how many pixels wide a name in letters of a size may be."""
    return min(room.frame.width * _WIDEST, 32 * size)


@lru_cache(maxsize=8192)
def _blocks(
    text: str,
    all_dates: tuple[Dates, ...],
    size: float,
    slack: float,
    forms: tuple[Form, ...],
    most: float,
) -> tuple[Block, ...]:
    words = _BETWEEN_WORDS.split(text)
    several = 1 < len(words) <= _MOST_LINES
    too_wide = slack * typesetting.width(text, size, bold=True) > most
    longest = max(typesetting.width(word, LEAST, bold=True) for word in words)
    if several and slack * longest <= most:
        most = np.inf
    made: list[Block] = []
    for form in forms:
        if several and too_wide and not form.words:
            continue
        one = block(text, all_dates, size, slack, form, most)
        if all(one.boxes != other.boxes for other in made):
            made.append(one)
    return tuple(made)


def block(
    text: str,
    all_dates: Sequence[Dates],
    size: float,
    slack: float,
    form: Form,
    most: float = np.inf,
) -> Block:
    """Return a name and its dates in a form; a line of the name wider than `most` pixels is cut."""
    words = _BETWEEN_WORDS.split(text)
    lines = words if form.words and len(words) <= _MOST_LINES else [text]
    lines = [typesetting.shorten(line, size, most / slack, bold=True) for line in lines]
    small = size * DATES
    rows_of_dates = [_date_lines(dates, form.broken) for dates in all_dates if form.dated]
    dates = max(rows_of_dates, key=len, default=())
    rows = [(typesetting.width(line, size, bold=True), size) for line in lines]
    rows += [
        (max(_dates_width(one[n], small) for one in rows_of_dates if n < len(one)), small)
        for n in range(len(dates))
    ]
    y = -sum(high for _, high in rows) * LINE / 2
    boxes = []
    for wide, high in rows:
        boxes.append((-slack * wide / 2, y, slack * wide / 2, y + high * LINE))
        y += high * LINE
    return Block(form, tuple(lines), dates, size, tuple(boxes))


def date_widths(region: Name) -> tuple[int, ...]:
    """Return how wide a region's dates are in each form, in whole hundredths of their size."""
    return tuple(
        math.ceil(100 * max((_dates_width(one[n], 1) for one in rows if n < len(one)), default=0))
        for rows in ([_date_lines(one, broken) for one in region.dates] for broken in (False, True))
        for n in range(max(map(len, rows), default=0))
    )


@lru_cache(maxsize=8192)
def _date_lines(dates: Dates, broken: bool) -> tuple[Dates, ...]:
    """A label's dates in one line, or broken behind each comma."""
    rows = date_rows(dates)
    if not broken:
        return (dates,) if rows else ()
    return tuple((*row[:-1], (row[-1][0].rstrip(), row[-1][1])) for row in rows)


def date_rows(dates: Dates) -> list[list[tuple[str, bool]]]:
    """Return a label's dates broken behind each comma; blanks at the ends of rows stay."""
    rows: list[list[tuple[str, bool]]] = [[]]
    for text, struck in dates:
        for number, part in enumerate(_BEHIND_COMMA.split(text)):
            if number:
                rows.append([])
            if part:
                rows[-1].append((part, struck))
    return [row for row in rows if row]


@lru_cache(maxsize=8192)
def _dates_width(dates: Dates, size: float) -> float:
    return typesetting.spans_width(tuple((text, False) for text, _ in dates), size)
