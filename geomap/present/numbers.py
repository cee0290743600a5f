"""The numbers that stand for regions where a map has no room for their labels."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date as Date

from geomap.core.dataset import Dataset
from geomap.core.status import Interval, intervals
from geomap.present.selection import Selection


def region_numbers(dataset: Dataset, selection: Selection) -> dict[str, int]:
    """Return each region's number, from 1, in the order in which the regions are handed over.

    That is by the day of the first handover, or else by the last day on which one is due; regions
    of which neither is known come last.
    """
    parts = intervals(dataset, selection.known, selection.sources)
    ordered = sorted(parts, key=lambda region: _day_of(parts[region]))
    return {region: number for number, region in enumerate(ordered, start=1)}


def _day_of(parts: Iterable[Interval]) -> Date:
    course = [part.status for part in parts]
    handovers = [span.end for one in course if one.handover and (span := one.handover.span)]
    if handovers:
        return handovers[0]
    dues = [due for status in course if (due := status.handover_due)]
    return dues[-1].end if dues else Date.max
