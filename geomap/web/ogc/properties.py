"""The JSON Schema of a collection's properties: of the public row, days, and further properties."""

from __future__ import annotations

from typing import Any, get_args

from geomap.core import claims
from geomap.core.dataset import Dataset
from geomap.core.further import further
from geomap.formats.schema import EDTF, row_schema
from geomap.web.ogc.layers import CollectionKind

_VALID: dict[str, dict[str, Any]] = {
    "valid_from": {
        "type": ["string", "null"],
        "format": "date",
        "description": "First day for which the feature is valid; null: open",
    },
    "valid_to": {
        "type": "string",
        "format": "date",
        "description": "Last day for which it is valid, included",
    },
}
_CITATIONS: dict[str, Any] = {"type": "array", "items": {"type": "string"}, "uniqueItems": True}


def _own_days(column: str) -> dict[str, Any]:
    text = f"Where claims contradict each other about {column}, each claim's own: EDTF, a space, "
    return {**_CITATIONS, "description": f"{text}source¶locator"}


_EVENT: dict[str, dict[str, Any]] = {
    "id": {"type": "string", "description": "The event's id"},
    "region": {"type": "string", "description": "Id of the region"},
    "kind": {
        "type": "string",
        "enum": list(get_args(claims.Kind)),
        "description": "Who holds it, what was agreed, that it was handed over, or that a "
        "government claims it or has renounced its claim",
    },
    "actor": {
        "type": "string",
        "description": "Id of the actor that holds, gets or claims the region",
    },
    "part": {"type": "boolean", "description": "Whether only a part of the region is meant"},
    "date": {
        "type": ["string", "null"],
        "pattern": EDTF,
        "description": "The days on which it happened, or by which it is due, EDTF",
    },
    "since": {
        "type": ["string", "null"],
        "pattern": EDTF,
        "description": "From when an agreed transfer counts, EDTF",
    },
    "reported": {
        "type": "string",
        "format": "date",
        "description": "First day on which the claims known by then gave this date",
    },
    "disputed": {
        "type": "boolean",
        "description": "Whether claims contradict each other; date and since then reach from the "
        "earliest to the latest day claimed",
    },
    "disputed_dates": _own_days("date"),
    "disputed_since": _own_days("since"),
    "sources": {**_CITATIONS, "description": "Who states the event, each as source¶locator"},
    "consistent_sources": {
        **_CITATIONS,
        "description": "Who tells of it too, states neither date nor since, and does not "
        "contradict them; each as source¶locator",
    },
}


_TYPES = {"text": "string", "number": "number", "boolean": "boolean"}


def properties(kind: CollectionKind, dataset: Dataset | None = None) -> dict[str, dict[str, Any]]:
    """Return the schema of each property of a collection's features, in their order.

    With a dataset, of its further properties, too.
    """
    row = row_schema()["properties"]
    known = row | _VALID | (_EVENT if kind.name == "events" else {})
    # Each property has a type, even where an enumeration implies it.
    schemas = {name: {"type": "string", **known[name]} for name in kind.columns}
    if dataset:
        kinds = further(dataset).kinds
        for name in kind.further(dataset):
            text = "A property that the region's file gives it"
            schemas[name] = {"type": [_TYPES[kinds[name]], "null"], "description": text}
    return schemas


def simple(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a property's schema with one type: what it is where it is not null.

    Part 3 has one type for a queryable, and QGIS ignores those with a list of types.
    """
    types = schema["type"]
    one = next(t for t in types if t != "null") if isinstance(types, list) else types
    return {**schema, "type": one}
