"""The axis of time: which share of a chart's length lies before a day.

Days on which something happens get the length, long stretches without any are shortened.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date as Date
from datetime import timedelta
from itertools import pairwise

SHORTEST = 0.4
"""How long a stretch between two change days is at least, in parts of the typical one."""
LONG, SHORTENED = 2.5, 1.5
"""A stretch longer than the first, in the same parts, is drawn with the second and marked."""


@dataclass(frozen=True)
class Axis:
    """Days as shares of a chart's length, from 0 to 1.

    `anchors` are change days and the shares at which they begin, ascending; between two of them, and
    from the last of them to the end, all days are equally long. `breaks` are the shares from where to
    where days are shorter than their number says.
    """

    anchors: tuple[tuple[Date, float], ...]
    breaks: tuple[tuple[float, float], ...] = ()
    last: Date = Date.max

    def at(self, day: Date) -> float:
        """Return the share at which a day begins; days outside the period begin at its ends."""
        if day > self.last:
            return 1.0
        number = bisect_right(self.anchors, day, key=lambda anchor: anchor[0]) - 1
        if number < 0:
            return 0.0
        start, low = self.anchors[number]
        if number + 1 < len(self.anchors):
            end, high = self.anchors[number + 1]
            days = (end - start).days
        else:
            high, days = 1.0, (self.last - start).days + 1
        return low + (high - low) * (day - start).days / days

    def after(self, day: Date) -> float:
        """Return the share at which a day ends."""
        return 1.0 if day >= self.last else self.at(day + timedelta(1))


def axis(period: tuple[Date, Date], days: Iterable[Date]) -> Axis:
    """Return the axis of a period, in which something changes or is marked on `days`."""
    first, last = period
    starts = sorted({first, *(day for day in days if first <= day <= last)})
    gaps = [(b - a).days for a, b in pairwise(starts)]
    gaps.append((last - starts[-1]).days + 1)
    lengths = _lengths(gaps)
    whole = sum(lengths)
    shares = [0.0, *_sums(length / whole for length in lengths)]
    breaks = (
        (shares[number], shares[number + 1])
        for number, (gap, length) in enumerate(zip(gaps, lengths, strict=True))
        if length < gap
    )
    return Axis(tuple(zip(starts, shares, strict=False)), tuple(breaks), last)


def _lengths(gaps: list[int]) -> list[float]:
    """The lengths of stretches of so many days, none much longer or shorter than the typical one."""
    typical = sorted(gaps)[(len(gaps) - 1) // 2]
    return [
        SHORTENED * typical if gap > LONG * typical else max(gap, SHORTEST * typical)
        for gap in gaps
    ]


def _sums(lengths: Iterable[float]) -> Iterator[float]:
    """The running sums, rounded so that equal axes are equal texts."""
    total = 0.0
    for length in lengths:
        total += length
        yield round(total, 4)
