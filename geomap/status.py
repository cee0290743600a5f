"""Events to status: who holds each region on a day, and as intervals over the whole period.

The rules are written once, in `_status`; the browser, the exports and the command line get what it
returns. A status is constant between change days, so intervals are `_status` at each of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

import geopandas as gpd
import pandas as pd

from geomap.dataset import Dataset
from geomap.dates import Span, parse_day
from geomap.errors import BadQuery, quoted
from geomap.events import Event, resolve, source_counts
from geomap.ledger import Claim, cite
from geomap.regions import CRS

ControlStatus = Literal["held", "due", "handed_over", "unclear", "unknown"]
COLUMNS = (
    *("id", "name", "control_status", "actor", "since", "previous_actor", "handover_date"),
    *("handover_due", "handover_due_first", "overdue", "disputed", "part", "lies_within"),
    *("sources", "geometry"),
)
_DAY = timedelta(days=1)
_NAMED = 40


@dataclass(frozen=True)
class Status:
    """What a region's visible claims say about one day.

    `run` are the events since which the present actor holds the region, the latest last; `pending`
    is the `due` event in force, `possible` are those that may have happened, `handover` is the one
    that brought the actor or may be under way, `dues` the arrangements behind it, oldest first.
    """

    region: str
    control_status: ControlStatus
    actor: str | None = None
    since: Span | None = None
    previous_actor: str | None = None
    pending: Event | None = None
    handover: Event | None = None
    possible: tuple[Event, ...] = ()
    dues: tuple[Event, ...] = ()
    run: tuple[Event, ...] = ()
    overdue: bool = False
    part: bool = False
    lies_within: str | None = None
    lies_within_citation: str | None = None

    @property
    def handover_due(self) -> Span | None:
        """The days by which the handover was to happen, after any postponement."""
        return self.dues[-1].span if self.dues else None

    @property
    def handover_due_first(self) -> Span | None:
        """The days by which it was to happen when it was first agreed."""
        return self.dues[0].span if self.dues else None

    @property
    def events(self) -> tuple[Event, ...]:
        """Every event that the status rests on, each once."""
        found = {event.id: event for event in (*self.run, *self.dues, *self.possible)}
        return tuple(found.values())

    @property
    def disputed(self) -> bool:
        """Whether claims about any event that the status rests on contradict each other."""
        return any(event.disputed for event in self.events)

    @property
    def claims(self) -> tuple[Claim, ...]:
        """The claims that the status rests on, in the order of the ledger."""
        found = {claim.row: claim for event in self.events for claim in event.claims}
        return tuple(found[row] for row in sorted(found))

    @property
    def citations(self) -> list[str]:
        """The claims' sources, and who says what the region lies within, as `source¶locator`."""
        found = [claim.citation for claim in self.claims]
        if self.lies_within_citation:
            found.append(self.lies_within_citation)
        return list(dict.fromkeys(found))


@dataclass(frozen=True)
class Interval:
    """A stretch of days, both included, through which a region's status stays the same."""

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
    sources. Columns are `COLUMNS`, dates as EDTF strings, missing values None, `sources` a list of
    `source¶locator`; geometry in EPSG:4326.

    Raises BadQuery where the date lies outside the dataset's period or a source is unknown.
    """
    rows = [row(status) for status in statuses(dataset, date, known, sources)]
    values = {name: [row[name] for row in rows] for name in COLUMNS if rows and name in rows[0]}
    values["name"] = list(dataset.regions["name"])
    # As objects, or pandas would turn None into NaN.
    columns = {name: pd.Series(values[name], dtype=object) for name in COLUMNS[:-1]}
    for flag in ("overdue", "disputed", "part"):
        columns[flag] = columns[flag].astype(bool)
    return gpd.GeoDataFrame(columns, geometry=dataset.regions.geometry.to_numpy(), crs=CRS)


def row(status: Status) -> dict[str, object]:
    """Return a status as the public row, without name and geometry."""
    return {
        "id": status.region,
        "control_status": status.control_status,
        "actor": status.actor,
        "since": _edtf(status.since),
        "previous_actor": status.previous_actor,
        "handover_date": _edtf(status.handover.span if status.handover else None),
        "handover_due": _edtf(status.handover_due),
        "handover_due_first": _edtf(status.handover_due_first),
        "overdue": status.overdue,
        "disputed": status.disputed,
        "part": status.part,
        "lies_within": status.lies_within,
        "sources": status.citations,
    }


def statuses(
    dataset: Dataset,
    date: date | str,
    known: date | str | None = None,
    sources: Collection[str] | str | None = None,
) -> list[Status]:
    """Return the status of each region on a day, in the dataset's order. Errors as `status_on`."""
    day = check_date(dataset, date)
    views = _views(dataset, known, sources)
    return [_status(view, day) for view in views]


def intervals(
    dataset: Dataset,
    known: date | str | None = None,
    sources: Collection[str] | str | None = None,
) -> dict[str, list[Interval]]:
    """Return each region's statuses over the whole period, without gap or overlap, by region id.

    Raises BadQuery where a source is unknown.
    """
    period = dataset.period
    found = {}
    for view in _views(dataset, known, sources):
        changes = [d for d in _change_days(view.events) if period.start < d <= period.end]
        starts = [period.start, *changes]
        parts: list[Interval] = []
        for first, following in zip(starts, [*starts[1:], period.end + _DAY], strict=True):
            status = _status(view, first)
            if parts and parts[-1].status == status:
                parts[-1] = replace(parts[-1], last=following - _DAY)
            else:
                parts.append(Interval(first, following - _DAY, status))
        found[view.region] = parts
    return found


def change_days(
    dataset: Dataset,
    known: date | str | None = None,
    sources: Collection[str] | str | None = None,
) -> list[date]:
    """Return the days of the period, ascending, on which any region's status changes."""
    spans = intervals(dataset, known, sources).values()
    return sorted({part.first for parts in spans for part in parts[1:]})


def check_date(dataset: Dataset, value: date | str) -> date:
    """Return the day that `value` names; raises BadQuery where the dataset makes no claim."""
    day = _day("date", value)
    period = dataset.period
    if not period.start <= day <= period.end:
        raise BadQuery(
            "date",
            f"{day} lies outside {period.start} to {period.end}; "
            "this map makes no claim about other days",
        )
    return day


def check_known(value: date | str | None) -> date | None:
    """Return the day by which claims must have been published, or None for all; else BadQuery."""
    return None if value is None or value == "" else _day("known", value)


def check_sources(dataset: Dataset, value: Collection[str] | str | None) -> tuple[str, ...] | None:
    """Return the chosen source ids in the ledger's order, or None for all.

    A string is read as ids with commas between. Raises BadQuery for an unknown id.
    """
    if value is None or value == "":
        return None
    ids = {id.strip() for id in value.split(",")} if isinstance(value, str) else set(value)
    sources = dataset.ledger.sources
    for id in sorted(ids - set(sources)):
        known = ", ".join([*list(sources)[:_NAMED], *(["…"] if len(sources) > _NAMED else [])])
        raise BadQuery("sources", f"there is no source {quoted(id)}; this dataset has {known}")
    return tuple(id for id in sources if id in ids)


def _day(parameter: str, value: date | str) -> date:
    if isinstance(value, date):
        return date(value.year, value.month, value.day)  # of a datetime, its day
    try:
        return parse_day(value)
    except ValueError as error:
        raise BadQuery(parameter, str(error)) from None


def _edtf(span: Span | None) -> str | None:
    return str(span) if span else None


@dataclass(frozen=True)
class _View:
    """One region's events by the chosen sources and clock, and what it lies within by them."""

    region: str
    events: tuple[Event, ...]
    lies_within: str | None
    lies_within_citation: str | None


def _views(
    dataset: Dataset, known: date | str | None, sources: Collection[str] | str | None
) -> list[_View]:
    day, chosen = check_known(known), check_sources(dataset, sources)
    groups: dict[str, list[Event]] = {id: [] for id in dataset.regions["id"]}
    for event in resolve(dataset.ledger, day, chosen):
        groups[event.region].append(event)
    views = []
    for region in dataset.regions.itertuples():
        within, citation = None, None
        source = dataset.ledger.sources.get(region.lies_within_source)
        if source and source_counts(source, day, chosen):
            within = region.lies_within or None
            citation = cite(source.id, region.lies_within_locator)
        views.append(_View(region.id, tuple(groups[region.id]), within, citation))
    return views


def _transfers(events: Iterable[Event]) -> list[tuple[Span, Event]]:
    """The events that give a region to an actor, in the order in which they are certain."""
    found = [(e.span, e) for e in events if e.kind != "due" and e.span]
    return sorted(found, key=lambda pair: _order(*pair))


def _order(span: Span, event: Event) -> tuple[date, date, bool, str]:
    # A handover on the last day of a control claim comes after it.
    return span.end, span.start or date.min, event.kind == "handover", event.id


def _change_days(events: Iterable[Event]) -> list[date]:
    """The days on which `_status` may give another answer than on the day before."""
    found: set[date] = set()
    for event in events:
        if event.kind == "due":
            if event.in_force:
                found.add(event.in_force.end)
            if event.span and event.span.end < date.max:
                found.add(event.span.end + _DAY)
        elif event.span:
            found.add(event.span.end)
            if event.span.start:
                found.add(event.span.start)
    return sorted(found)


def _status(view: _View, day: date) -> Status:
    """The rules: who holds a region on `day`, by the events that its visible claims make."""
    events = view.events
    transfers = _transfers(events)
    certain = [event for span, event in transfers if span.end <= day]
    possible = tuple(event for span, event in transfers if day < span.end and day in span)
    current = certain[-1] if certain else None
    actor = current.actor if current else None
    run = _run(certain)
    before = certain[: len(certain) - len(run)]
    in_force = [e for e in events if e.kind == "due" and e.in_force and e.in_force.end <= day]
    in_force.sort(key=lambda e: (e.in_force.end if e.in_force else day, e.id))
    open_dues = [e for e in in_force if e.actor != actor and not _fulfilled(e, certain)]
    pending = open_dues[-1] if open_dues and not possible else None
    arrival = next((e for e in reversed(run) if e.kind == "handover"), None)
    attempt = next((e for e in possible if e.kind == "handover"), None)
    handover = attempt or arrival

    if possible:
        control_status: ControlStatus = "unclear"
    elif pending:
        control_status = "due"
    elif current:
        control_status = "handed_over" if arrival else "held"
    else:
        control_status = "unknown"

    # The arrangements behind what is shown: of the pending transfer, or of the handover itself.
    leading = pending or handover
    target = leading.actor if leading else None
    dues = tuple(e for e in in_force if e.actor == target and not _fulfilled(e, before))
    return Status(
        region=view.region,
        control_status=control_status,
        actor=actor,
        since=run[0].span if run else None,
        previous_actor=before[-1].actor if before else None,
        pending=pending,
        handover=handover,
        possible=possible,
        dues=dues,
        run=tuple(run),
        overdue=bool(pending and pending.span and pending.span.end < day),
        part=any(e.part for e in (current, pending, *possible) if e),
        lies_within=view.lies_within,
        lies_within_citation=view.lies_within_citation,
    )


def _run(certain: list[Event]) -> list[Event]:
    """The last events that all name the present holder: its unbroken time in the region."""
    run: list[Event] = []
    for event in reversed(certain):
        if event.actor != certain[-1].actor:
            break
        run.insert(0, event)
    return run


def _fulfilled(due: Event, certain: list[Event]) -> bool:
    """Whether the actor of `due` has got the region since the arrangement came into force."""
    force = due.in_force
    if force is None:
        return False
    agreed = force.start or force.end
    return any(e.actor == due.actor and e.span and e.span.end >= agreed for e in certain)
