"""The status of the regions over the whole period in one table."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date
from typing import Any

from geomap.core.dataset import Dataset
from geomap.core.further import further
from geomap.core.selection import check_known, check_sources
from geomap.core.status import Interval, intervals, row
from geomap.formats.export import STATUS_COLUMNS, VALID, Export, region_names, same_in_rows
from geomap.formats.query import Bbox
from geomap.formats.shapes import inside, shapes


def make_history(
    dataset: Dataset,
    known: date | str | None = None,
    sources: Collection[str] | str | None = None,
    lang: str = "en",
    bbox: Bbox | None = None,
    simplify: float | None = None,
) -> Export:
    """Return the status of the regions over the whole period, one row a region and stretch of days.

    A stretch is what the days from `valid_from` to `valid_to` have in common, both included.
    Arguments and errors as `make_export`.
    """
    clock, chosen = check_known(known), check_sources(dataset, sources)
    columns, write = row_writer(dataset, clock, lang)
    places = range(len(dataset.regions)) if bbox is None else inside(dataset, bbox)
    parts = list(intervals(dataset, clock, chosen).values())
    shown = [part for place in places for part in parts[place]]
    where = [place for place in places for _ in parts[place]]
    return Export(
        dataset=dataset,
        as_of=None,
        known=clock,
        chosen=chosen,
        lang=lang,
        columns=columns,
        rows=tuple(map(write, where, shown)),
        ids=tuple(map(row_id, shown)),
        places=tuple(where),
        shapes=shapes(dataset, simplify),
        further=further(dataset).kinds,
        statuses=tuple(part.status for part in shown),
        days=tuple((part.first, part.last) for part in shown),
        layer="history",
    )


def row_id(part: Interval) -> str:
    """Return the id of the row of a region and stretch of days: region, @, first day."""
    return f"{part.status.region}@{part.first.isoformat()}"


def row_writer(
    dataset: Dataset, known: date | None, lang: str
) -> tuple[tuple[str, ...], Callable[[int, Interval], dict[str, Any]]]:
    """Return the columns of such rows, and what makes one from a region's place and its stretch."""
    names = region_names(dataset, lang)
    same = same_in_rows(dataset, known, lang)
    own = further(dataset)
    columns = (*STATUS_COLUMNS, *VALID, *same, *own.kinds)

    def write(place: int, part: Interval) -> dict[str, Any]:
        days = dict(zip(VALID, (part.first.isoformat(), part.last.isoformat()), strict=True))
        values = row(part.status) | {"name": names[place]} | days | same | own.rows[place]
        return {column: values[column] for column in columns}

    return columns, write
