"""The label of a region in lines: its name, at each word if it must, and below it its dates."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

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

    @property
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


def block(region: Name, size: float, slack: float, form: Form, room: float = np.inf) -> Block:
    """Return a region's label in a form; a line wider than `room` pixels is cut."""
    words = _BETWEEN_WORDS.split(region.text)
    lines = words if form.words and len(words) <= _MOST_LINES else [region.text]
    lines = [typesetting.shorten(line, size, room / slack, bold=True) for line in lines]
    wide = [typesetting.width(line, size, bold=True) for line in lines]
    small = size * DATES
    all_dates = [_date_lines(dates, form.broken) for dates in region.dates if form.dated]
    dates = max(all_dates, key=len, default=())
    wide_dates = [
        max(_dates_width(one[n], small) for one in all_dates if n < len(one))
        for n in range(len(dates))
    ]
    rows = [(w, size) for w in wide] + [(w, small) for w in wide_dates]
    y = -sum(high for _, high in rows) * LINE / 2
    boxes = []
    for w, high in rows:
        boxes.append((-slack * w / 2, y, slack * w / 2, y + high * LINE))
        y += high * LINE
    return Block(form, tuple(lines), dates, size, tuple(boxes))


def blocks(
    room: Room, region: Name, size: float, slack: float, forms: Sequence[Form]
) -> list[Block]:
    """Return a region's label in each of some forms.

    A name that is too wide for the frame is broken and set in smaller letters before it is cut.
    """
    most = min(room.frame.width * _WIDEST, 32 * size)
    words = _BETWEEN_WORDS.split(region.text)
    several = 1 < len(words) <= _MOST_LINES
    too_wide = slack * typesetting.width(region.text, size, bold=True) > most
    longest = max(typesetting.width(word, LEAST, bold=True) for word in words)
    if several and slack * longest <= most:
        most = np.inf
    made: list[Block] = []
    for form in forms:
        if several and too_wide and not form.words:
            continue
        one = block(region, size, slack, form, most)
        if all(one.boxes != other.boxes for other in made):
            made.append(one)
    return made


def date_widths(region: Name) -> tuple[int, ...]:
    """Return how wide a region's dates are in each form, in whole hundredths of their size."""
    return tuple(
        math.ceil(100 * max((_dates_width(one[n], 1) for one in rows if n < len(one)), default=0))
        for rows in ([_date_lines(one, broken) for one in region.dates] for broken in (False, True))
        for n in range(max(map(len, rows), default=0))
    )


def _date_lines(dates: Dates, broken: bool) -> tuple[Dates, ...]:
    """A label's dates in one line, or broken behind each comma."""
    rows: list[list[tuple[str, bool]]] = [[]]
    for text, struck in dates:
        for number, part in enumerate(_BEHIND_COMMA.split(text)):
            if number:
                rows.append([])
            if part:
                rows[-1].append((part, struck))
    filled = [row for row in rows if row]
    if not broken:
        return (dates,) if filled else ()
    return tuple((*row[:-1], (row[-1][0].rstrip(), row[-1][1])) for row in filled)


def _dates_width(dates: Dates, size: float) -> float:
    return typesetting.spans_width(tuple((text, False) for text, _ in dates), size)
