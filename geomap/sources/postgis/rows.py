"""A dataset as rows of the tables in `sql/schema.sql`, by table and column."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import shapely
from geoalchemy2.shape import from_shape

from geomap.core.claims import Claim, Report
from geomap.core.dataset import Dataset
from geomap.core.dates import Span
from geomap.core.geometry import CRS, areas_km2

Rows = list[dict[str, Any]]
_SRID = int(CRS.removeprefix("EPSG:"))
_REGION = (
    *("id", "name", "names", "lies_within", "lies_within_source", "lies_within_locator"),
    *("lies_within_note", "note", "label_lon", "label_lat"),
)


def table_rows(dataset: Dataset, files: dict[str, bytes]) -> dict[str, Rows]:
    """Return the rows of each table but `revision`, whose id is still to be added.

    Tables come after those that they refer to.
    """
    ledger = dataset.ledger
    return {
        "file": [{"name": name, "content": files[name]} for name in sorted(files)],
        "actor": [{"place": i, **_values(a)} for i, a in enumerate(ledger.actors.values())],
        "source": [{"place": i, **_values(s)} for i, s in enumerate(ledger.sources.values())],
        "region": _regions(dataset),
        "claim": [_claim(claim) for claim in ledger.claims],
        "report": [_report(report) for report in ledger.reports],
        "context": _context(dataset),
    }


def _regions(dataset: Dataset) -> Rows:
    areas = areas_km2(dataset.regions.geometry.to_numpy()).tolist()
    return [
        {
            **{column: getattr(region, column) for column in _REGION},
            "place": place,
            "area_km2": area,
            "alt_names": list(region.alt_names),
            "properties": dict(region.further),
            "geom": from_shape(_multi(region.geometry), _SRID),
        }
        for place, (region, area) in enumerate(
            zip(dataset.regions.itertuples(), areas, strict=True)
        )
    ]


def _context(dataset: Dataset) -> Rows:
    return [
        {
            "place": place,
            "kind": row.kind,
            "name": row.name,
            "names": row.names,
            "actor": row.actor,
            "geom": from_shape(row.geometry, _SRID),
        }
        for place, row in enumerate(dataset.context.itertuples())
    ]


def _values(value: Any) -> dict[str, Any]:
    """Return a value's fields by name; `dataclasses.asdict`, which copies each, is ten times slower."""
    return {field.name: getattr(value, field.name) for field in fields(value)}


def _claim(claim: Claim) -> dict[str, Any]:
    row = {**_values(claim), "citation": claim.citation}
    return {**row, **_span("date", claim.date), **_span("since", claim.since)}


def _report(report: Report) -> dict[str, Any]:
    return {**_values(report), "citation": report.citation, **_span("date", report.date)}


def _span(name: str, span: Span | None) -> dict[str, Any]:
    """Return a span as EDTF, its first and last day, and their qualifiers, by column."""
    return {
        name: str(span) if span else None,
        f"{name}_start": span and span.start,
        f"{name}_end": span and span.end,
        f"{name}_start_qualifier": span.start_qualifier if span else "",
        f"{name}_end_qualifier": span.end_qualifier if span else "",
    }


def _multi(geometry: Any) -> Any:
    """Return a polygon as the MultiPolygon that the table's column takes."""
    if geometry.geom_type == "Polygon":
        return shapely.MultiPolygon([geometry])
    return geometry
