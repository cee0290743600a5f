"""What lies behind the map: the events, and the ledger's four tables, as CSV and JSON."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date
from typing import Any

import orjson

from geomap.check.columns import Table
from geomap.check.ledger import ACTORS, CLAIMS, REPORTS, SOURCES
from geomap.core.citations import citations, places_of
from geomap.core.claims import Claim
from geomap.core.dataset import Dataset, text_in
from geomap.core.dates import Span, intersect
from geomap.core.events import Event, resolve, source_counts
from geomap.core.history import reported_days, visible_reports
from geomap.core.selection import check_known, check_sources
from geomap.errors import NotFound
from geomap.formats.csv import cell, table
from geomap.formats.export import counting_sources, terms

TABLES = {"csv": "text/csv; charset=utf-8", "json": "application/json"}
_CLAIMS, _REPORTS = CLAIMS.public, REPORTS.public
EVENT_COLUMNS = (
    *("id", "region", "kind", "actor", "part", "date", "since", "reported"),
    *("disputed", "disputed_dates", "disputed_since", "sources", "consistent_sources"),
    *("known", "attribution", "licence"),
)


def export_events(
    dataset: Dataset,
    ending: str,
    known: date | str | None = None,
    sources: Collection[str] | str | None = None,
) -> bytes:
    """Return what the visible claims agree on, one event a row, as `csv` or `json`.

    Columns as in `event_rows`. Raises NotFound, BadQuery.
    """
    _check(ending)
    clock, chosen = check_known(known), check_sources(dataset, sources)
    rows = [row for _, row in event_rows(dataset, clock, chosen)]
    if ending == "csv":
        return table(EVENT_COLUMNS, [[cell(row[name]) for name in EVENT_COLUMNS] for row in rows])
    return _json(dataset, clock, chosen, "events", rows)


def event_rows(
    dataset: Dataset,
    known: date | None = None,
    chosen: tuple[str, ...] | None = None,
    lang: str = "en",
) -> list[tuple[Event, dict[str, Any]]]:
    """Return each event that the visible claims make, and its plain values by `EVENT_COLUMNS`.

    - `date`, `since`: EDTF; where claims contradict each other, from the earliest to the latest day
      claimed, and `disputed_dates`, `disputed_since` hold each claim's own as `EDTF source¶locator`.
    - `reported`: the first day on which the claims known by then gave this very `date`.
    - `sources` state the event; `consistent_sources` are about it too and do not contradict it.
    """
    write = event_writer(dataset, known, chosen, lang)
    return [(event, write(event)) for event in resolve(dataset.ledger, known, chosen)]


def event_writer(
    dataset: Dataset,
    known: date | None = None,
    chosen: tuple[str, ...] | None = None,
    lang: str = "en",
) -> Callable[[Event], dict[str, Any]]:
    """Return what makes an event's row, as `event_rows` has it."""
    days = reported_days(dataset.ledger, known, chosen)
    same = {
        "known": known.isoformat() if known else None,
        "attribution": text_in(dataset.meta.attribution, lang),
        "licence": dataset.meta.licence.name,
    }
    return lambda event: _event_row(event, days[event.id]) | same


def _event_row(event: Event, reported: date) -> dict[str, Any]:
    stated = places_of((*event.stating, *event.stating_since))
    return {
        "id": event.id,
        "region": event.region,
        "kind": event.kind,
        "actor": event.actor,
        "part": event.part,
        "date": str(event.span) if event.span else None,
        "since": str(event.in_force) if event.in_force else None,
        "reported": reported.isoformat(),
        "disputed": event.disputed,
        "disputed_dates": _disputed([(claim.date, claim) for claim in event.claims]),
        "disputed_since": _disputed([(claim.since, claim) for claim in event.claims]),
        "sources": citations(stated),
        "consistent_sources": citations(places_of(event.consistent), without=stated),
    }


def _disputed(dates: Iterable[tuple[Span | None, Claim]]) -> list[str]:
    """Each claim's own date with who gives it, where no day is allowed by all; else nothing."""
    given = [(span, claim) for span, claim in dates if span]
    if not given or intersect(span for span, _ in given):
        return []
    return list(dict.fromkeys(f"{span} {claim.citation}" for span, claim in given))


def export_claims(
    dataset: Dataset,
    ending: str,
    known: date | str | None = None,
    sources: Collection[str] | str | None = None,
) -> bytes:
    """Return the ledger, one source's claim a row, as `csv` or `json`; columns as in claims.csv.

    Without `known` and `sources` it is the whole ledger, withdrawn claims with the day and the
    reason. `known` gives the ledger as it stood on that day: later claims, and withdrawals made
    later, are not in it. Raises NotFound, BadQuery.
    """
    _check(ending)
    clock, chosen = check_known(known), check_sources(dataset, sources)
    claims = [c for c in dataset.ledger.claims if _stood(dataset, c, clock, chosen)]
    columns = _columns(_CLAIMS, dataset.ledger.claims)
    rows = _rows(_CLAIMS, claims, columns)
    for row in rows:
        if clock and row["withdrawn"] > clock.isoformat():
            # The reason is public from the day of the withdrawal on, and not before.
            row |= {name: "" for name in row if name.startswith("withdrawn")}
    return _ledger_file(dataset, ending, clock, chosen, "claims", columns, rows)


def export_sources(
    dataset: Dataset,
    ending: str,
    known: date | str | None = None,
    sources: Collection[str] | str | None = None,
) -> bytes:
    """Return the sources that count, as `csv` or `json`; columns as in sources.csv.

    Raises NotFound, BadQuery.
    """
    _check(ending)
    clock, chosen = check_known(known), check_sources(dataset, sources)
    columns = _columns(SOURCES, dataset.ledger.sources.values())
    rows = _rows(SOURCES, counting_sources(dataset, clock, chosen), columns)
    return _ledger_file(dataset, ending, clock, chosen, "sources", columns, rows)


def export_actors(
    dataset: Dataset,
    ending: str,
    known: date | str | None = None,
    sources: Collection[str] | str | None = None,
) -> bytes:
    """Return the actors, whatever is known of them, as `csv` or `json`; columns as in actors.csv.

    Raises NotFound, BadQuery.
    """
    _check(ending)
    clock, chosen = check_known(known), check_sources(dataset, sources)
    actors = dataset.ledger.actors.values()
    columns = _columns(ACTORS, actors)
    rows = _rows(ACTORS, actors, columns)
    return _ledger_file(dataset, ending, clock, chosen, "actors", columns, rows)


def export_reports(
    dataset: Dataset,
    ending: str,
    known: date | str | None = None,
    sources: Collection[str] | str | None = None,
) -> bytes:
    """Return what else the sources tell, as `csv` or `json`; columns as in reports.csv.

    A report is given if its source was published by `known` and is among `sources`. Raises
    NotFound, BadQuery.
    """
    _check(ending)
    clock, chosen = check_known(known), check_sources(dataset, sources)
    columns = _columns(_REPORTS, dataset.ledger.reports)
    rows = _rows(_REPORTS, visible_reports(dataset.ledger, clock, chosen), columns)
    return _ledger_file(dataset, ending, clock, chosen, "reports", columns, rows)


def _columns(table: Table[Any], rows: Collection[Any]) -> tuple[str, ...]:
    """Return a table's columns, with one for each language that a text of its rows is in."""
    return table.names + table.language_names(rows)


def _check(ending: str) -> None:
    if ending not in TABLES:
        raise NotFound(f"there is no format {ending!r} of this table; there are csv and json")


def _stood(
    dataset: Dataset, claim: Claim, known: date | None, chosen: tuple[str, ...] | None
) -> bool:
    if not source_counts(dataset.ledger.sources[claim.source], known, chosen):
        return False
    return known is None or claim.added is None or claim.added <= known


def _rows(table: Table[Any], rows: Iterable[Any], names: Sequence[str]) -> list[dict[str, str]]:
    """Return rows as the texts of their cells, by the name of the column."""
    columns = [(name, *place) for name in names if (place := table.column(name))]
    return [{name: column.text(row, lang) for name, column, lang in columns} for row in rows]


def _ledger_file(
    dataset: Dataset,
    ending: str,
    known: date | None,
    chosen: tuple[str, ...] | None,
    name: str,
    columns: tuple[str, ...],
    rows: list[dict[str, str]],
) -> bytes:
    if ending == "csv":
        return table(columns, [[row[column] for column in columns] for row in rows])
    full = [{column: value for column, value in row.items() if value} for row in rows]
    return _json(dataset, known, chosen, name, full)


def _json(
    dataset: Dataset,
    known: date | None,
    chosen: tuple[str, ...] | None,
    name: str,
    rows: list[dict[str, Any]],
) -> bytes:
    about = {"title": text_in(dataset.meta.title, "en"), **terms(dataset, known, chosen)}
    return orjson.dumps({**about, name: rows})
