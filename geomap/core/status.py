"""Events to status: who holds each region on a day, and as intervals over the whole period."""

from __future__ import annotations

from collections.abc import Collection, Hashable
from datetime import date

import geopandas as gpd
import pandas as pd

from geomap.cache import OwnerCache
from geomap.core.dataset import Dataset
from geomap.core.dates import Span
from geomap.core.events import Event, resolve, settled_clock, source_counts
from geomap.core.region_status import ControlStatus, Status
from geomap.core.rules import region_events
from geomap.core.selection import check_date, check_known, check_sources
from geomap.core.stretches import Interval, Stretches, View

__all__ = [
    "COLUMNS",
    "ControlStatus",
    "Interval",
    "Status",
    "change_days",
    "check_date",
    "check_known",
    "check_sources",
    "intervals",
    "row",
    "status_on",
    "statuses",
]
COLUMNS = (
    "id",
    "name",
    "control_status",
    "actor",
    "divided",
    "other_actors",
    "claimed_by",
    "since",
    "previous_actor",
    "handover_date",
    "handover_due",
    "handover_due_first",
    "overdue",
    "disputed",
    "lies_within",
    "sources",
    "consistent_sources",
    "claimed_by_sources",
    "geometry",
)
_DTYPES = {"overdue": bool, "disputed": bool}
_VALUES = tuple(name for name in COLUMNS if name not in ("name", "geometry"))
_LISTS = ("other_actors", "claimed_by", "sources", "consistent_sources", "claimed_by_sources")
_WITHIN = ("lies_within", "lies_within_source", "lies_within_locator")

_LEAST_CACHED, _MOST_CACHED = 2, 64
_CLAIMS_CACHED = 600_000
"""Claims of all clocks and choices of sources that are cached together, but for the least."""
_stretches_cached: OwnerCache[Dataset, Stretches] = OwnerCache(_MOST_CACHED)
_intervals_cached: OwnerCache[Dataset, dict[str, tuple[Interval, ...]]] = OwnerCache(_MOST_CACHED)


def status_on(
    dataset: Dataset,
    date: date | str,
    known: date | str | None = None,
    sources: Collection[str] | str | None = None,
) -> gpd.GeoDataFrame:
    """Return who holds each region on `date`: one row a region, in the dataset's order.

    `known` limits the claims to those published by that day, `sources` to those of the named
    sources. Columns are `COLUMNS`: dates as EDTF strings, `divided` "yes", "perhaps" or "no",
    `other_actors` and `claimed_by` lists of ids, missing values None. `sources` states the row but
    for `claimed_by`, which `claimed_by_sources` states; `consistent_sources` is about the same
    events as `sources`; all three are lists of `source¶locator`, one text a source. Geometry in
    EPSG:4326.

    Raises BadQuery where the date lies outside the dataset's period or a source is unknown.
    """
    stretches = _stretches(dataset, check_known(known), check_sources(dataset, sources))
    values = stretches.values(stretches.on(check_date(dataset, date)))
    given = dict(zip(_VALUES, values.T, strict=True)) | {"name": dataset.regions["name"].array}
    for name in _LISTS:
        given[name] = [[*each] for each in given[name]]  # they are the frame's own
    # As objects, or pandas would turn None into NaN.
    columns = {
        name: pd.Series(given[name], dtype=_DTYPES.get(name, object)) for name in COLUMNS[:-1]
    }
    columns["geometry"] = dataset.regions.geometry.array.copy()
    return gpd.GeoDataFrame(columns, geometry="geometry", copy=False)


def row(status: Status) -> dict[str, object]:
    """Return a status as the public row, without name and geometry."""
    return {
        "id": status.region,
        "control_status": status.control_status,
        "actor": status.actor,
        "divided": status.divided,
        "other_actors": list(status.other_actors),
        "claimed_by": list(status.claimed_by),
        "since": _edtf(status.since),
        "previous_actor": status.previous_actor,
        "handover_date": _edtf(status.handover.span if status.handover else None),
        "handover_due": _last_day(status.handover_due),
        "handover_due_first": _last_day(status.handover_due_first),
        "overdue": status.overdue,
        "disputed": status.disputed,
        "lies_within": status.lies_within,
        "sources": status.citations,
        "consistent_sources": status.consistent_citations,
        "claimed_by_sources": status.claimed_citations,
    }


def statuses(
    dataset: Dataset,
    date: date | str,
    known: date | str | None = None,
    sources: Collection[str] | str | None = None,
) -> list[Status]:
    """Return the status of each region on a day, in the dataset's order. Errors as `status_on`."""
    day = check_date(dataset, date)
    stretches = _stretches(dataset, check_known(known), check_sources(dataset, sources))
    return stretches.statuses(stretches.on(day))


def intervals(
    dataset: Dataset,
    known: date | str | None = None,
    sources: Collection[str] | str | None = None,
) -> dict[str, list[Interval]]:
    """Return each region's statuses over the whole period, without gap or overlap, by region id.

    Raises BadQuery where a source is unknown.
    """
    clock, chosen = check_known(known), check_sources(dataset, sources)
    parts = _intervals_cached.get(
        dataset,
        _key(dataset, clock, chosen),
        lambda: _stretches(dataset, clock, chosen).intervals(),
        limit=_limit(dataset),
    )
    return {region: list(of_region) for region, of_region in parts.items()}


def _stretches(dataset: Dataset, known: date | None, sources: tuple[str, ...] | None) -> Stretches:
    """Return the regions' stretches. They are cached, for all days of one view need the same ones."""
    return _stretches_cached.get(
        dataset,
        _key(dataset, known, sources),
        lambda: Stretches(
            _views(dataset, known, sources), dataset.period, _row_values, len(_VALUES)
        ),
        limit=_limit(dataset),
    )


def _key(dataset: Dataset, known: date | None, sources: tuple[str, ...] | None) -> Hashable:
    """Return the same for all clocks that show the same claims."""
    return settled_clock(dataset.ledger, known), sources


def _limit(dataset: Dataset) -> int:
    """Return how many clocks and choices of sources are cached: fewer of a large ledger."""
    return max(_LEAST_CACHED, min(_MOST_CACHED, _CLAIMS_CACHED // (len(dataset.ledger.claims) + 1)))


def change_days(
    dataset: Dataset,
    known: date | str | None = None,
    sources: Collection[str] | str | None = None,
) -> list[date]:
    """Return the days of the period, ascending, on which any region's status changes."""
    spans = intervals(dataset, known, sources).values()
    return sorted({part.first for parts in spans for part in parts[1:]})


def _row_values(status: Status) -> list[object]:
    values = row(status)
    return [values[name] for name in _VALUES]


def _edtf(span: Span | None) -> str | None:
    return str(span) if span else None


def _last_day(span: Span | None) -> str | None:
    """The day by which a transfer is due: of "by 1 December", which is open to the past, its end."""
    if span is None or span.start is not None:
        return _edtf(span)
    return str(Span(span.end, span.end, span.end_qualifier, span.end_qualifier))


def _views(dataset: Dataset, known: date | None, sources: tuple[str, ...] | None) -> list[View]:
    regions = dataset.regions
    groups: dict[str, list[Event]] = {id: [] for id in regions["id"].tolist()}
    for event in resolve(dataset.ledger, known, sources):
        groups[event.region].append(event)
    actors = tuple(dataset.ledger.actors)
    within = (regions[column].tolist() for column in _WITHIN)
    views = []
    for (id, events), lies_within, source_id, locator in zip(groups.items(), *within, strict=True):
        holder, citation = None, None
        source = dataset.ledger.sources.get(source_id)
        if source and source_counts(source, known, sources):
            holder, citation = lies_within or None, (source.id, locator.strip())
        views.append(View(region_events(id, events, actors), holder, citation))
    return views
