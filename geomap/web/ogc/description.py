"""The schemas of `/ogc/`, and its own OpenAPI document: an address for each collection."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence

from geomap.core.dataset import Dataset
from geomap.web.ogc.layers import KINDS, CollectionKind
from geomap.web.ogc.properties import properties
from geomap.web.openapi import OBJECT, TEXT, Document, plain, ref
from geomap.web.parameters import Node
from geomap.web.route import Route

TAG = "OGC API - Features"
PREFIX = "/ogc"
LINKS: Node = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["href", "rel"],
        "properties": dict.fromkeys(("href", "rel", "type", "title"), TEXT),
    },
}
_MEMBERS: dict[str, Node] = {
    "links": LINKS,
    "conformsTo": {"type": "array", "items": TEXT},
    "collections": {"type": "array", "items": OBJECT},
}


def document_schema(*members: str) -> Node:
    """Return the schema of a document that has at least these members."""
    known = {name: _MEMBERS.get(name, TEXT) for name in members}
    return {"type": "object", "required": list(members), "properties": known}


def schema_name(kind: CollectionKind, what: str) -> str:
    """Return the name of a schema among the components, such as RegionsFeature."""
    return f"{kind.name.capitalize()}{what}"


def ogc_schemas() -> dict[str, Node]:
    """Return the schemas of the features and their collections, by name."""
    # Null where a request leaves the outlines out.
    nothing: Node = {"type": "object", "nullable": True, "enum": [None]}
    geometry = {"oneOf": [_geometry("Polygon", 3), _geometry("MultiPolygon", 4), nothing]}
    schemas: dict[str, Node] = {"Geometry": geometry}
    for kind in KINDS.values():
        feature = schema_name(kind, "Feature")
        schemas[feature] = _feature(kind)
        schemas[schema_name(kind, "Collection")] = {
            "type": "object",
            "required": ["type", "features", "links", "numberMatched", "numberReturned"],
            "properties": {
                "type": {"type": "string", "enum": ["FeatureCollection"]},
                "numberMatched": {"type": "integer", "minimum": 0},
                "numberReturned": {"type": "integer", "minimum": 0},
                "links": LINKS,
                "features": {"type": "array", "items": ref(f"schemas/{feature}")},
            },
        }
    return schemas


def ogc_document(routes: Mapping[str, Route], datasets: Sequence[Dataset], root: str) -> Node:
    """Return the OpenAPI document of `/ogc/` alone.

    Clients look there for the parameters of a collection by its own name, so each collection has
    paths of its own.
    """
    own = {path: route for path, route in routes.items() if path.startswith(f"{PREFIX}/")}
    info = {
        "title": "Who holds which territory on which day: OGC API - Features",
        "version": "1.0.0",
    }
    whole = Document(own, datasets, info, root + PREFIX, ogc_schemas())
    document = whole.body
    operations = {one.id: one for route in own.values() for one in route.operations}

    def more(path: str, dataset: Dataset) -> list[Node]:
        operation = operations[document["paths"][path]["get"]["operationId"]]
        shared = len(operation.parameters)
        return [whole.parameter(one) for one in operation.parameters_for(dataset)[shared:]]

    here = ref("parameters/dataset")
    paths: dict[str, Node] = {}
    for path, item in document["paths"].items():
        short = path.removeprefix(PREFIX)
        if "{dataset_id}" not in path:
            paths[short] = item
            continue
        for dataset in datasets:
            one = copy.deepcopy(item)
            one["get"]["operationId"] += f"_{dataset.id}"
            one["get"]["parameters"].remove(here)
            one["get"]["parameters"] += more(path, dataset)
            paths[short.replace("{dataset_id}", dataset.id)] = one
    del document["components"]["parameters"]["dataset"]
    return {**document, "paths": paths}


def _feature(kind: CollectionKind) -> Node:
    return {
        "type": "object",
        "required": ["type", "id", "geometry", "properties"],
        "properties": {
            "type": {"type": "string", "enum": ["Feature"]},
            "id": TEXT,
            "geometry": ref("schemas/Geometry"),
            "properties": {
                "type": "object",
                # A dataset's regions may have further properties.
                "additionalProperties": kind.with_further,
                "properties": plain(properties(kind)),
            },
            "links": LINKS,
        },
    }


def _geometry(kind: str, depth: int) -> Node:
    coordinates: Node = {"type": "number"}
    for _ in range(depth):
        coordinates = {"type": "array", "items": coordinates}
    return {
        "type": "object",
        "required": ["type", "coordinates"],
        "properties": {"type": {"type": "string", "enum": [kind]}, "coordinates": coordinates},
    }
