"""What of a dataset is shown: on which day, by whose word, as known when."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date as Date

from geomap.core.dataset import Dataset
from geomap.core.selection import check_date, check_known, check_sources

Day = Date | str | None
Sources = Collection[str] | str | None


@dataclass(frozen=True)
class Selection:
    """The day shown, and which claims count; None for `known` and `sources` leaves nothing out."""

    date: Date
    known: Date | None = None
    sources: tuple[str, ...] | None = None


def select(
    dataset: Dataset, date: Day = None, known: Day = None, sources: Sources = None
) -> Selection:
    """Return a checked selection; without `date` it is the dataset's own day.

    Raises BadQuery as `status_on` does.
    """
    return Selection(
        check_date(dataset, date or dataset.meta.date),
        check_known(known),
        check_sources(dataset, sources),
    )
