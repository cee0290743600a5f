"""What people may rely on: the public row as JSON Schema, the ledger's tables as a Data Package."""

from __future__ import annotations

from typing import Any, get_args

from geomap.check.columns import Column, Table
from geomap.check.ledger import ACTORS, CLAIMS, EDTF_PATTERN, REPORTS, SOURCES
from geomap.check.public_ids import PUBLIC_IDS
from geomap.core.dataset import Dataset, text_in
from geomap.core.region_status import ControlStatus, Divided
from geomap.formats.citing import citation
from geomap.formats.export import ROW_COLUMNS
from geomap.formats.tables import EVENT_COLUMNS
from geomap.wording import words_in

DIALECT = "https://json-schema.org/draft/2020-12/schema"
EDTF = f"^{EDTF_PATTERN}$"
_DAY = {"type": "string", "format": "date"}
_TEXT = {"type": "string"}
_FLAG = {"type": "boolean"}
_EDTF_OR_NULL = {"type": ["string", "null"], "pattern": EDTF}
_TEXT_OR_NULL = {"type": ["string", "null"]}

_TEXTS = {"type": "array", "items": _TEXT, "uniqueItems": True}

_ROW: dict[str, tuple[dict[str, Any], str]] = {
    "id": (_TEXT, "The region's id"),
    "name": (_TEXT, "Its name in the language asked for, else as the dataset writes it"),
    "control_status": (
        {"enum": list(get_args(ControlStatus))},
        "held: by `actor`, since `since`; due: still held, and a handover is agreed; handed_over: "
        "held by a handover; unclear: a transfer may have happened, or sources contradict each "
        "other on who holds it; unknown: none of the sources shown says who holds it",
    ),
    "actor": (
        _TEXT_OR_NULL,
        "Id of the actor that holds it, of a divided region the rest of it; null where none of the "
        "sources shown says who, or where they contradict each other: then `other_actors` names "
        "every claimant",
    ),
    "divided": (
        {"enum": list(get_args(Divided))},
        "yes: another actor holds a part of it; perhaps: another actor may hold one; no",
    ),
    "other_actors": (
        _TEXTS,
        "Ids of the actors that hold, or may hold, a part of it; where sources contradict each "
        "other on who holds it, of every actor that they name",
    ),
    "claimed_by": (
        _TEXTS,
        "Ids of the actors whose governments claim it, whoever holds it; the holder may be among "
        "them. It says nothing of who holds it",
    ),
    "since": (_EDTF_OR_NULL, "From when the actor holds it, EDTF"),
    "previous_actor": (_TEXT_OR_NULL, "Id of the actor that held it before"),
    "handover_date": (
        _EDTF_OR_NULL,
        "When it was handed over to `actor`; while it is unclear whether one has happened, when it "
        "may have, EDTF",
    ),
    "handover_due": (
        _EDTF_OR_NULL,
        "The last day on which it was to be handed over, after any postponement, EDTF",
    ),
    "handover_due_first": (_EDTF_OR_NULL, "That day as it was first agreed, EDTF"),
    "overdue": (
        _FLAG,
        "Whether that day has passed and none of the sources shown says whether it happened",
    ),
    "disputed": (_FLAG, "Whether claims that the row rests on contradict each other"),
    "lies_within": (
        _TEXT_OR_NULL,
        "Id of the actor within whose country it lies, by the source that `sources` names for it",
    ),
    "sources": (
        _TEXTS,
        "Who states what the row says but for `claimed_by`, each as source¶locator",
    ),
    "consistent_sources": (
        _TEXTS,
        "Who tells of the same events without stating what the row says, and does not contradict "
        "it; each as source¶locator",
    ),
    "claimed_by_sources": (_TEXTS, "Who states `claimed_by`, each as source¶locator"),
    "as_of": (_DAY, "The day that the row speaks of"),
    "known": (
        {"type": ["string", "null"], "format": "date"},
        "Only claims published by this day count; null: all",
    ),
    "attribution": (_TEXT, "Whom to name"),
    "licence": (_TEXT, "The terms of use"),
}


def row_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of one public row without its geometry.

    A dataset's rows may have further properties: what its own region files say.
    """
    return {
        "$schema": DIALECT,
        "title": "The status of one region on one day",
        "type": "object",
        "properties": {
            **{name: {**rule, "description": text} for name, (rule, text) in _ROW.items()},
            **{name: _public_id(name) for name in PUBLIC_IDS},
        },
        "required": list(ROW_COLUMNS),
        "additionalProperties": {"type": ["string", "number", "boolean", "null"]},
    }


def _public_id(name: str) -> dict[str, Any]:
    form, example = PUBLIC_IDS[name]
    text = f"The region's identifier in a public register, such as {example}, if it is given"
    return {"type": ["string", "null"], "pattern": f"^{form}$", "description": text}


def collection_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of the GeoJSON collection of rows."""
    row = row_schema()
    del row["$schema"]
    positions = {"type": "array", "minItems": 4, "items": {"$ref": "#/$defs/position"}}
    polygon = {"type": "array", "minItems": 1, "items": positions}
    return {
        "$schema": DIALECT,
        "title": "The status of the regions of a dataset on one day",
        "type": "object",
        "properties": {
            "type": {"const": "FeatureCollection"},
            "bbox": {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 4},
            "title": _TEXT,
            "as_of": _DAY,
            "known": _ROW["known"][0],
            "period": {"type": "array", "items": _DAY, "minItems": 2, "maxItems": 2},
            "sources": {"type": "array", "items": {"$ref": "#/$defs/source"}},
            **dict.fromkeys(("attribution", "licence", "licence_url"), _TEXT),
            **dict.fromkeys(("limits", "accuracy", "language", "version"), _TEXT),
            "features": {"type": "array", "items": {"$ref": "#/$defs/feature"}},
        },
        "required": ["type", "title", "as_of", "known", "period", "sources", "features"],
        "$defs": {
            "row": row,
            "feature": {
                "type": "object",
                "properties": {
                    "type": {"const": "Feature"},
                    "id": _TEXT,
                    "geometry": {"$ref": "#/$defs/geometry"},
                    "properties": {"$ref": "#/$defs/row"},
                },
                "required": ["type", "id", "geometry", "properties"],
            },
            "geometry": {
                "oneOf": [
                    _geometry("Polygon", polygon),
                    _geometry("MultiPolygon", {"type": "array", "items": polygon}),
                ]
            },
            "position": {
                "type": "array",
                "prefixItems": [
                    {"type": "number", "minimum": -180, "maximum": 180},
                    {"type": "number", "minimum": -90, "maximum": 90},
                ],
                "items": False,
                "minItems": 2,
            },
            "source": {
                "type": "object",
                "properties": {
                    **dict.fromkeys(("id", "publisher", "title", "url"), _TEXT),
                    "published": _DAY,
                },
                "required": ["id", "publisher", "title", "published", "url"],
            },
        },
    }


def datapackage(dataset: Dataset | None = None) -> dict[str, Any]:
    """Return a Data Package (version 2) with a Table Schema for each table of the ledger.

    Columns and rules are those by which the ledger is read. With a dataset it has its name, title
    and licence, how to cite it, the columns of every language that the dataset uses, reports.csv
    only if the dataset has reports, and the events and regions that the service makes of it.
    """
    ledger = dataset.ledger if dataset else None
    claims = _resource(CLAIMS.public, ledger.claims if ledger else ())
    claims["schema"]["foreignKeys"] = [
        _foreign_key("actor", ACTORS),
        _foreign_key("source", SOURCES),
    ]
    reports = _resource(REPORTS.public, ledger.reports if ledger else ())
    reports["schema"]["foreignKeys"] = [_foreign_key("source", SOURCES)]
    package: dict[str, Any] = {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "ledger",
        "resources": [
            claims,
            _keyed(_resource(SOURCES, ledger.sources.values() if ledger else ())),
            _keyed(_resource(ACTORS, ledger.actors.values() if ledger else ())),
            *([reports] if ledger is None or ledger.reports else []),
        ],
    }
    if dataset:
        licence = dataset.meta.licence
        path = {"path": licence.url} if licence.url else {}
        package["resources"] += [_events(), _regions()]
        package |= {
            "name": dataset.id,
            "title": text_in(dataset.meta.title, "en"),
            "version": dataset.version,
            "citation": citation(dataset, words_in("en")),
            "licenses": [{"name": licence.name, **path}],
        }
    return package


def _events() -> dict[str, Any]:
    """What the claims agree on, as the service gives it beside the tables."""
    kinds: dict[str, Any] = {"part": "boolean", "disputed": "boolean", "reported": "date"}
    fields = [{"name": name, "type": kinds.get(name, "string")} for name in EVENT_COLUMNS]
    return {
        **_file("events", "events.csv", "csv", "text/csv"),
        "type": "table",
        "schema": {"fields": fields, "missingValues": [""], "primaryKey": ["id"]},
    }


def _regions() -> dict[str, Any]:
    """The regions' status on the dataset's own date, as the service gives it."""
    return _file("regions", "regions.geojson", "geojson", "application/geo+json")


def _file(name: str, path: str, format: str, media_type: str) -> dict[str, Any]:
    return {
        **{"name": name, "path": path, "format": format},
        **{"mediatype": media_type, "encoding": "utf-8"},
    }


def _geometry(kind: str, coordinates: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {"type": {"const": kind}, "coordinates": coordinates},
        "required": ["type", "coordinates"],
    }


def _resource(table: Table[Any], rows: Any) -> dict[str, Any]:
    return {
        **_file(table.file.removesuffix(".csv"), table.file, "csv", "text/csv"),
        "type": "table",
        "schema": {
            "fields": [
                *map(_field, table.columns),
                *({"name": name, "type": "string"} for name in table.language_names(rows)),
            ],
            # A file may leave out the optional columns, and order them as it likes.
            "fieldsMatch": "superset",
            "missingValues": [""],
        },
    }


def _field(column: Column) -> dict[str, Any]:
    """Return a column's Table Schema field, as the column declares it."""
    field = {"name": column.name, **column.cell.schema}
    if not column.cell.may_be_empty:
        field["constraints"] = {"required": True, **field.get("constraints", {})}
    return field


def _keyed(resource: dict[str, Any]) -> dict[str, Any]:
    resource["schema"]["primaryKey"] = ["id"]
    return resource


def _foreign_key(column: str, table: Table[Any]) -> dict[str, Any]:
    name = table.file.removesuffix(".csv")
    return {"fields": [column], "reference": {"resource": name, "fields": ["id"]}}
