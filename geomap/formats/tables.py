"""What lies behind the map: the events and the ledger's claims, as CSV and JSON."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

import orjson

from geomap.dataset import Dataset, text_in
from geomap.errors import NotFound
from geomap.events import Event, resolve, source_counts
from geomap.formats.csv import cell, table
from geomap.formats.export import terms
from geomap.ledger import CLAIMS, Claim
from geomap.status import check_known, check_sources

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
    columns = claim_columns(dataset)
    rows = [_claim_row(claim, columns, clock) for claim in claims]
    if ending == "csv":
        return table(columns, [[row[name] for name in columns] for row in rows])
    full = [{name: value for name, value in row.items() if value} for row in rows]
    return _json(dataset, clock, chosen, "claims", full)


def claim_columns(dataset: Dataset) -> tuple[str, ...]:
    """Return the columns of claims.csv, with one for each language that a note or a place is in."""
    columns = list(CLAIMS.columns)
    for stem, attribute in CLAIMS.by_language.items():
        found = {
            language for claim in dataset.ledger.claims for language in getattr(claim, attribute)
        }
        columns += [f"{stem}:{language}" for language in sorted(found)]
    return tuple(columns)


def _check(ending: str) -> None:
    if ending not in TABLES:
        raise NotFound(f"there is no format {ending!r} of this table; there are csv and json")


def _stood(
    dataset: Dataset, claim: Claim, known: date | None, chosen: tuple[str, ...] | None
) -> bool:
    if not source_counts(dataset.ledger.sources[claim.source], known, chosen):
        return False
    return known is None or claim.added is None or claim.added <= known


def _claim_row(claim: Claim, columns: tuple[str, ...], known: date | None) -> dict[str, str]:
    row = {}
    for column in columns:
        stem, _, language = column.partition(":")
        value = getattr(claim, stem)
        if language:
            value = getattr(claim, CLAIMS.by_language[stem]).get(language)
        row[column] = str(value) if value else ""
    row["part"] = "part" if claim.part else ""
    if known and claim.withdrawn and claim.withdrawn > known:
        row["withdrawn"] = ""
    return row


def _json(
    dataset: Dataset,
    known: date | None,
    chosen: tuple[str, ...] | None,
    name: str,
    rows: list[dict[str, Any]],
) -> bytes:
    about = {"title": text_in(dataset.meta.title, "en"), **terms(dataset, known, chosen)}
    return orjson.dumps({**about, name: rows})
