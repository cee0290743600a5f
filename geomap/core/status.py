"""Events to status: who holds each region on a day, and as intervals over the whole period.

A status is constant between change days, so intervals are `rules.decide` at each of them.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, timedelta

import geopandas as gpd
import pandas as pd

from geomap.cache import OwnerCache
from geomap.core.citations import Place
from geomap.core.dataset import Dataset
from geomap.core.dates import Span
from geomap.core.events import Event, resolve, source_counts, visibility_days
from geomap.core.region_status import ControlStatus, Status
from geomap.core.rules import RegionEvents, change_days_of, decide, region_events
from geomap.core.selection import check_date, check_known, check_sources

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
_DAY = timedelta(days=1)
_Histories = dict[str, tuple["Interval", ...]]
_histories: OwnerCache[Dataset, _Histories] = OwnerCache(64)
_days: OwnerCache[Dataset, list[date]] = OwnerCache(1)


@dataclass(frozen=True)
class Interval:
    """The first and last of consecutive days on which a region's status stays the same."""

    first: date
    last: date
    status: Status


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
    rows = [row(status) for status in statuses(dataset, date, known, sources)]
    for values, name in zip(rows, dataset.regions["name"], strict=True):
        values["name"] = name
    # As objects, or pandas would turn None into NaN.
    columns = {
        name: pd.Series([values[name] for values in rows], dtype=_DTYPES.get(name, object))
        for name in COLUMNS[:-1]
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
    histories = _history(dataset, check_known(known), check_sources(dataset, sources))
    return [
        parts[bisect_right(parts, day, key=lambda part: part.first) - 1].status
        for parts in histories.values()
    ]


def intervals(
    dataset: Dataset,
    known: date | str | None = None,
    sources: Collection[str] | str | None = None,
) -> dict[str, list[Interval]]:
    """Return each region's statuses over the whole period, without gap or overlap, by region id.

    Raises BadQuery where a source is unknown.
    """
    histories = _history(dataset, check_known(known), check_sources(dataset, sources))
    return {region: list(parts) for region, parts in histories.items()}


def _history(dataset: Dataset, known: date | None, sources: tuple[str, ...] | None) -> _Histories:
    """Return each region's intervals. They are cached, for all days of one view need the same ones."""
    if known is not None:
        # Between two such days every value of `known` gives the same, so they share one entry.
        days = _days.get(dataset, None, lambda: visibility_days(dataset.ledger))
        place = bisect_right(days, known)
        known = days[place - 1] if place else known.min
    return _histories.get(dataset, (known, sources), lambda: _make_history(dataset, known, sources))


def _make_history(
    dataset: Dataset, known: date | None, sources: tuple[str, ...] | None
) -> _Histories:
    period = dataset.period
    histories = {}
    for view in _views(dataset, known, sources):
        changes = [d for d in change_days_of(view.events) if period.start < d <= period.end]
        starts = [period.start, *changes]
        parts: list[Interval] = []
        for first, following in zip(starts, [*starts[1:], period.end + _DAY], strict=True):
            status = _answer(view, first)
            if parts and parts[-1].status == status:
                parts[-1] = replace(parts[-1], last=following - _DAY)
            else:
                parts.append(Interval(first, following - _DAY, status))
        histories[view.events.region] = tuple(parts)
    return histories


def change_days(
    dataset: Dataset,
    known: date | str | None = None,
    sources: Collection[str] | str | None = None,
) -> list[date]:
    """Return the days of the period, ascending, on which any region's status changes."""
    spans = intervals(dataset, known, sources).values()
    return sorted({part.first for parts in spans for part in parts[1:]})


def _edtf(span: Span | None) -> str | None:
    return str(span) if span else None


def _last_day(span: Span | None) -> str | None:
    """The day by which a transfer is due: of "by 1 December", which is open to the past, its end."""
    if span is None or span.start is not None:
        return _edtf(span)
    return str(Span(span.end, span.end, span.end_qualifier, span.end_qualifier))


@dataclass(frozen=True)
class _View:
    """One region's events by the chosen sources and clock, and what it lies within by them."""

    events: RegionEvents
    lies_within: str | None
    lies_within_citation: Place | None


def _views(dataset: Dataset, known: date | None, sources: tuple[str, ...] | None) -> list[_View]:
    groups: dict[str, list[Event]] = {id: [] for id in dataset.regions["id"]}
    for event in resolve(dataset.ledger, known, sources):
        groups[event.region].append(event)
    actors = tuple(dataset.ledger.actors)
    views = []
    for region in dataset.regions.itertuples():
        within, citation = None, None
        source = dataset.ledger.sources.get(region.lies_within_source)
        if source and source_counts(source, known, sources):
            within = region.lies_within or None
            citation = source.id, region.lies_within_locator.strip()
        events = region_events(region.id, groups[region.id], actors)
        views.append(_View(events, within, citation))
    return views


def _answer(view: _View, day: date) -> Status:
    status = decide(view.events, day)
    if view.lies_within_citation is None:
        return status
    return replace(
        status, lies_within=view.lies_within, lies_within_citation=view.lies_within_citation
    )
