"""The JSON Schema of a collection's properties: the public row's own, and the days of validity."""

from __future__ import annotations

from typing import Any, get_args

from geomap.core import claims
from geomap.formats.schema import row_schema
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
_EVENT: dict[str, dict[str, Any]] = {
    "id": {"type": "string", "description": "The event's id"},
    "region": {"type": "string", "description": "Id of the region"},
    "kind": {
        "type": "string",
        "enum": list(get_args(claims.Kind)),
        "description": "Who holds it, what was agreed, or that it was handed over",
    },
    "actor": {"type": "string", "description": "Id of the actor that holds or gets the region"},
    "date": {
        "type": ["string", "null"],
        "description": "The days on which it happened, or by which it is due, EDTF",
    },
    "since": {
        "type": ["string", "null"],
        "description": "From when an agreed transfer counts, EDTF",
    },
}


def properties(kind: CollectionKind) -> dict[str, dict[str, Any]]:
    """Return the schema of each property of a collection's features, in their order."""
    row = row_schema()["properties"]
    known = row | _VALID | (_EVENT if kind.name == "events" else {})
    # A queryable says its type even where an enumeration implies it.
    return {name: {"type": "string", **known[name]} for name in kind.columns}
