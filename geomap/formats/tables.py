"""What lies behind the map: the events, and the ledger's three tables, as CSV and JSON."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any

import orjson

from geomap.check.columns import Table
from geomap.check.ledger import ACTORS, CLAIMS, SOURCES
from geomap.core.claims import Claim
from geomap.core.dataset import Dataset, text_in
from geomap.core.events import Event, resolve, source_counts
from geomap.core.selection import check_known, check_sources
from geomap.errors import NotFound
from geomap.formats.csv import cell, table
from geomap.formats.export import counting_sources, terms

TABLES = {"csv": "text/csv; charset=utf-8", "json": "application/json"}
EVENT_COLUMNS = (
    *("id", "region", "kind", "actor", "date", "since", "part", "disputed", "sources"),
    *("known", "attribution", "licence"),
)


def export_events(
    dataset: Dataset,
    ending: str,
    known: date | str | None = None,
    sources: Collection[str] | str | None = None,
) -> bytes:
    """Return what the visible claims agree on, one event a row, as `csv` or `json`.

    `date` and `since` are EDTF; `disputed` says that claims contradict each other, the dates then
    reach from the earliest to the latest day claimed. Raises NotFound, BadQuery.
    """
    _check(ending)
    clock, chosen = check_known(known), check_sources(dataset, sources)
    rows = [event_row(dataset, e, clock) for e in resolve(dataset.ledger, clock, chosen)]
    if ending == "csv":
        return table(EVENT_COLUMNS, [[cell(row[name]) for name in EVENT_COLUMNS] for row in rows])
    return _json(dataset, clock, chosen, "events", rows)


def event_row(
    dataset: Dataset, event: Event, known: date | None, lang: str = "en"
) -> dict[str, Any]:
    """Return an event as plain values under `EVENT_COLUMNS`."""
    return {
        "id": event.id,
        "region": event.region,
        "kind": event.kind,
        "actor": event.actor,
        "date": str(event.span) if event.span else None,
        "since": str(event.in_force) if event.in_force else None,
        "part": event.part,
        "disputed": event.disputed,
        "sources": list(dict.fromkeys(claim.citation for claim in event.claims)),
        "known": known.isoformat() if known else None,
        "attribution": text_in(dataset.meta.attribution, lang),
        "licence": dataset.meta.licence.name,
    }


def export_claims(
    dataset: Dataset,
    ending: str,
    known: date | str | None = None,
    sources: Collection[str] | str | None = None,
) -> bytes:
    """Return the ledger, one source's claim a row, as `csv` or `json`; columns as in claims.csv.

    Without `known` and `sources` it is the whole ledger, withdrawn claims with the day they were
    withdrawn. `known` gives the ledger as it stood on that day: later claims, and withdrawals made
    later, are not in it. Raises NotFound, BadQuery.
    """
    _check(ending)
    clock, chosen = check_known(known), check_sources(dataset, sources)
    claims = [c for c in dataset.ledger.claims if _stood(dataset, c, clock, chosen)]
    columns = _columns(CLAIMS, dataset.ledger.claims)
    rows = _rows(CLAIMS, claims, columns)
    for row in rows:
        if clock and row["withdrawn"] > clock.isoformat():
            row["withdrawn"] = ""
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
