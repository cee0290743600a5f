"""Regions over a period: their statuses, on stretches of days on which nothing changes.

A status is constant between change days, so a stretch has one status, which is `rules.decide` on its
first day. It is decided when it is first asked for: a map of one day needs one a region.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from geomap.core.citations import Place
from geomap.core.meta import Period
from geomap.core.region_status import Status
from geomap.core.rules import RegionEvents, change_days_of, decide
from geomap.memory import collector_paused

_DAY = timedelta(days=1)
_MANY_DAYS = date.max.toordinal() + 1

Places = NDArray[np.intp]
"""Places of stretches in the list of all."""


@dataclass(frozen=True)
class Interval:
    """The first and last of consecutive days on which a region's status stays the same."""

    first: date
    last: date
    status: Status


@dataclass(frozen=True)
class View:
    """One region's events by the chosen sources and clock, and what it lies within by them."""

    events: RegionEvents
    lies_within: str | None
    lies_within_citation: Place | None


class Stretches:
    """All stretches of days of all regions, region after region, with their statuses.

    `row` makes so many `columns` of a status.
    """

    def __init__(
        self,
        views: Sequence[View],
        period: Period,
        row: Callable[[Status], Sequence[object]],
        columns: int,
    ) -> None:
        self._views = views
        self._period = period
        self._row = row
        starts = [_starts(view.events, period) for view in views]
        self._starts = list(chain.from_iterable(starts))
        counts = [len(each) for each in starts]
        self._ends = np.cumsum(counts, dtype=np.intp)
        self._regions = np.repeat(np.arange(len(views)), counts)
        days = np.fromiter((day.toordinal() for day in self._starts), np.int64, len(self._starts))
        # Ascending over all stretches, so that one search finds a day in every region.
        self._keys = self._regions * _MANY_DAYS + days
        self._statuses = np.empty(len(self._starts), dtype=object)
        self._decided = np.zeros(len(self._starts), dtype=bool)
        self._values = np.empty((len(self._starts), columns), dtype=object)
        self._valued = np.zeros(len(self._starts), dtype=bool)

    def on(self, day: date) -> Places:
        """Return the stretch that a day of the period lies in, for each region."""
        keys = np.arange(len(self._views)) * _MANY_DAYS + day.toordinal()
        return np.searchsorted(self._keys, keys, side="right") - 1

    def statuses(self, places: Places) -> list[Status]:
        """Return the statuses of stretches."""
        new = places[~self._decided[places]].tolist()
        with collector_paused():
            for place in new:
                view = self._views[self._regions[place]]
                self._statuses[place] = _answer(view, self._starts[place])
                self._decided[place] = True
        statuses: list[Status] = self._statuses[places].tolist()
        return statuses

    def values(self, places: Places) -> NDArray[np.object_]:
        """Return what `row` makes of the statuses of stretches, one row each."""
        new = places[~self._valued[places]]
        statuses = self.statuses(new)
        with collector_paused():
            for place, status in zip(new.tolist(), statuses, strict=True):
                self._values[place, :] = self._row(status)
                self._valued[place] = True
        return self._values[places]

    def intervals(self) -> dict[str, tuple[Interval, ...]]:
        """Return each region's statuses over the whole period, without gap or overlap, by its id.

        Stretches of equal status are one interval.
        """
        statuses = self.statuses(np.arange(len(self._starts)))
        intervals = {}
        begin = 0
        for view, end in zip(self._views, self._ends.tolist(), strict=True):
            parts: list[Interval] = []
            lasts = [*(start - _DAY for start in self._starts[begin + 1 : end]), self._period.end]
            for first, last, status in zip(
                self._starts[begin:end], lasts, statuses[begin:end], strict=True
            ):
                if parts and parts[-1].status == status:
                    parts[-1] = replace(parts[-1], last=last)
                else:
                    parts.append(Interval(first, last, status))
            intervals[view.events.region] = tuple(parts)
            begin = end
        return intervals


def _starts(events: RegionEvents, period: Period) -> list[date]:
    """Return the first days of a region's stretches."""
    changes = change_days_of(events)
    return [period.start, *(day for day in changes if period.start < day <= period.end)]


def _answer(view: View, day: date) -> Status:
    status = decide(view.events, day)
    if view.lies_within_citation is None:
        return status
    return replace(
        status, lies_within=view.lies_within, lies_within_citation=view.lies_within_citation
    )
