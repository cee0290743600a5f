"""The status of the regions over the whole period in one table."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from geomap.core.dataset import Dataset
from geomap.core.further import further
from geomap.core.selection import check_known, check_sources
from geomap.core.status import intervals, row
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
    names = region_names(dataset, lang)
    same = same_in_rows(dataset, clock, lang)
    places = range(len(names)) if bbox is None else inside(dataset, bbox)
    parts = list(intervals(dataset, clock, chosen).values())
    own = further(dataset)
    columns = (*STATUS_COLUMNS, *VALID, *same, *own.kinds)
    rows, ids, where = [], [], []
    for place in places:
        for part in parts[place]:
            first, last = part.first.isoformat(), part.last.isoformat()
            days = dict(zip(VALID, (first, last), strict=True))
            values = row(part.status) | {"name": names[place]} | days | same | own.rows[place]
            rows.append({column: values[column] for column in columns})
            ids.append(f"{values['id']}@{first}")
            where.append(place)
    shown = [part for place in places for part in parts[place]]
    return Export(
        dataset=dataset,
        as_of=None,
        known=clock,
        chosen=chosen,
        lang=lang,
        columns=columns,
        rows=tuple(rows),
        ids=tuple(ids),
        places=tuple(where),
        shapes=shapes(dataset, simplify),
        further=own.kinds,
        statuses=tuple(part.status for part in shown),
        days=tuple((part.first, part.last) for part in shown),
        layer="history",
    )
