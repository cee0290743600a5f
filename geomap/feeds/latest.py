"""The part of a ledger that the latest changes lie in, so that a feed costs what it holds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np

from geomap.cache import OwnerCache
from geomap.core.claims import Ledger
from geomap.core.dataset import Dataset
from geomap.core.events import source_counts, visible_from

_Ints = np.ndarray[Any, Any]


@dataclass(frozen=True, eq=False)
class _Columns:
    """Of each claim, in the ledger's order: the ordinals of the days on which it came and went (0
    for never), and the numbers of its source and its region.
    """

    come: _Ints
    gone: _Ints
    sources: _Ints
    regions: _Ints


_columns: OwnerCache[Dataset, _Columns] = OwnerCache(1)


def with_latest_changes(
    dataset: Dataset, most: int, known: date | None, chosen: tuple[str, ...] | None
) -> Dataset:
    """Return a dataset with the claims about those regions alone that its last changes are about.

    Its history ends with the same `most` changes as the whole one's (see `core.history.changes`),
    and of each region that it tells of it tells all.
    """
    ledger = dataset.ledger
    if len(ledger.claims) <= most:
        return dataset
    columns = _columns.get(dataset, None, lambda: _columns_of(ledger))
    rows = _last_rows(columns, ledger, most, known, chosen)
    concerned = np.isin(columns.regions, np.unique(columns.regions[rows]))
    claims = tuple(ledger.claims[row] for row in np.flatnonzero(concerned).tolist())
    return replace(dataset, ledger=replace(ledger, claims=claims))


def _last_rows(
    columns: _Columns,
    ledger: Ledger,
    most: int,
    known: date | None,
    chosen: tuple[str, ...] | None,
) -> _Ints:
    """The numbers of the claims that came or went last, in the order in which they did."""
    counts = [source_counts(source, known, chosen) for source in ledger.sources.values()]
    counted = np.array(counts, dtype=bool)[columns.sources]
    counted &= (columns.gone == 0) | (columns.gone > columns.come)
    until = known.toordinal() if known else date.max.toordinal()
    came = np.flatnonzero(counted & (columns.come <= until))
    went = np.flatnonzero(counted & (columns.gone > 0) & (columns.gone <= until))
    rows = np.concatenate([went, came])
    days = np.concatenate([columns.gone[went], columns.come[came]])
    # On one day withdrawals come first, then the ledger's order counts: the sort keeps both.
    last: _Ints = rows[np.argsort(days, kind="stable")[-most:]]
    return last


def _columns_of(ledger: Ledger) -> _Columns:
    source_numbers = {id: number for number, id in enumerate(ledger.sources)}
    region_numbers: dict[str, int] = {}
    claims = ledger.claims
    return _Columns(
        come=np.array([visible_from(ledger, claim).toordinal() for claim in claims]),
        gone=np.array([claim.withdrawn.toordinal() if claim.withdrawn else 0 for claim in claims]),
        sources=np.array([source_numbers[claim.source] for claim in claims]),
        regions=np.array(
            [region_numbers.setdefault(claim.region, len(region_numbers)) for claim in claims]
        ),
    )
