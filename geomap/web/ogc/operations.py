"""The addresses under `/ogc/` as OpenAPI 3.0, for the whole service's document and for their own."""

from __future__ import annotations

import copy

from geomap.formats.export import FLAGS
from geomap.web.describe import (
    TEXT,
    Node,
    components,
    content,
    get,
    parameter,
    plain,
    ref,
    shared_parameters,
)
from geomap.web.ogc.crs import CRSS
from geomap.web.ogc.documents import OPENAPI
from geomap.web.ogc.filters import LANGUAGES, MAX_LENGTH
from geomap.web.ogc.layers import KINDS, Kind
from geomap.web.ogc.parameters import FACES, LIMIT, MAX_LIMIT
from geomap.web.ogc.schema import properties
from geomap.web.site import public_root, site

TAG = "OGC API - Features"
PREFIX = "/ogc"
_CRS_HEADER = {"Content-Crs": "The coordinate reference system of the geometries"}
_SEE_OTHER = {
    "description": "No feature has this id, but the property id of some: they are elsewhere",
    "headers": {"Location": {"schema": TEXT}},
}
_LINKS = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["href", "rel"],
        "properties": dict.fromkeys(("href", "rel", "type", "title"), TEXT),
    },
}


def ogc_parameters() -> dict[str, Node]:
    """Return the parameters of `/ogc/` that several addresses take, by name."""
    crs = {"type": "string", "enum": list(CRSS)}
    box = {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 6}
    limit = {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": LIMIT}
    offset = {"type": "integer", "minimum": 0, "default": 0}
    return {
        "f": parameter("f", {"type": "string", "enum": list(FACES)}, "JSON or a page for people"),
        "bbox": parameter("bbox", box, "Only features that touch this box: west,south,east,north"),
        "bbox-crs": parameter("bbox-crs", crs, "The system of bbox; CRS84 if absent"),
        "crs": parameter("crs", crs, "The system of the answer; CRS84 if absent"),
        "datetime": parameter(
            "datetime",
            TEXT,
            "Only features that are valid on a day, at an instant, or at some time in an interval "
            "whose ends may be open: 2020-11-30, 2020-11-12/.., ../2020-11-12",
        ),
        "limit": parameter("limit", limit, "At most so many features; more count as the maximum"),
        "offset": parameter("offset", offset, "Leave out so many features at the start"),
        "filter": parameter("filter", {**TEXT, "maxLength": MAX_LENGTH}, "An expression in CQL2"),
        "filter-lang": parameter(
            "filter-lang",
            {"type": "string", "enum": list(LANGUAGES), "default": LANGUAGES[0]},
            "The encoding of filter",
        ),
        "filter-crs": parameter("filter-crs", crs, "The system of geometries in filter"),
    }


def ogc_schemas() -> dict[str, Node]:
    """Return the schemas of the documents under `/ogc/`."""
    found: dict[str, Node] = {
        "Geometry": {"oneOf": [_geometry("Polygon", 3), _geometry("MultiPolygon", 4)]}
    }
    for kind in KINDS.values():
        title = kind.name.capitalize()
        feature = _feature(kind)
        found[f"{title}Feature"] = feature
        found[f"{title}Collection"] = {
            "type": "object",
            "required": ["type", "features", "links", "numberMatched", "numberReturned"],
            "properties": {
                "type": {"type": "string", "enum": ["FeatureCollection"]},
                "numberMatched": {"type": "integer", "minimum": 0},
                "numberReturned": {"type": "integer", "minimum": 0},
                "links": _LINKS,
                "features": {"type": "array", "items": ref(f"schemas/{title}Feature")},
            },
        }
    return found


def ogc_paths() -> dict[str, Node]:
    """Return every address under `/ogc/`."""
    faces = [ref("parameters/f"), ref("parameters/lang")]
    paths = {
        "/ogc/": _document("landing", "Where everything else is", faces, ["title", "links"]),
        "/ogc/conformance": _document(
            "conformance", "The conformance classes that are met", faces, ["conformsTo"]
        ),
        "/ogc/collections": _document(
            "collections", "All collections", faces, ["links", "collections"]
        ),
        "/ogc/api": get(
            "ogc_api",
            "The description of these addresses",
            faces,
            content(OPENAPI, {"type": "object"}) | content("text/html", TEXT),
            tag=TAG,
        ),
    }
    for kind in KINDS.values():
        paths |= _collection_paths(kind, faces)
    return paths


def ogc_document() -> Node:
    """Return the OpenAPI document of `/ogc/` alone, with an address for each collection.

    Clients look there for the parameters of a collection by its own name.
    """
    datasets = list(site().datasets.values())
    paths: dict[str, Node] = {}
    for path, item in ogc_paths().items():
        short = path.removeprefix(PREFIX)
        if "{dataset_id}" not in path:
            paths[short] = item
            continue
        for dataset in datasets:
            own = copy.deepcopy(item)
            own["get"]["operationId"] += f"_{dataset.id}"
            own["get"]["parameters"] = [
                p for p in own["get"]["parameters"] if p != ref("parameters/dataset")
            ]
            paths[short.replace("{dataset_id}", dataset.id)] = own
    shared = components(datasets)
    shared["schemas"] |= ogc_schemas()
    shared["parameters"] = shared_parameters(datasets) | ogc_parameters()
    shared["parameters"].pop("dataset")
    return {
        "openapi": "3.0.3",
        "info": {
            "title": "Who holds which territory on which day: OGC API - Features",
            "version": "1.0.0",
        },
        "servers": [{"url": (public_root() or "") + PREFIX}],
        "paths": paths,
        "components": shared,
    }


def _document(id: str, summary: str, parameters: list[Node], members: list[str]) -> Node:
    schema = {
        "type": "object",
        "required": members,
        "properties": {
            name: {
                "title": TEXT,
                "links": _LINKS,
                "conformsTo": {"type": "array", "items": TEXT},
                "collections": {"type": "array", "items": {"type": "object"}},
            }.get(name, TEXT)
            for name in members
        },
    }
    found = content("application/json", schema) | content("text/html", TEXT)
    return get(f"ogc_{id}", summary, parameters, found, tag=TAG)


def _collection_paths(kind: Kind, faces: list[Node]) -> dict[str, Node]:
    base = f"/ogc/collections/{{dataset_id}}.{kind.name}"
    here = ref("parameters/dataset")
    title = kind.name.capitalize()
    html = content("text/html", TEXT)
    choice = [ref(f"parameters/{name}") for name in ("known", "sources", "lang", "f", "crs")]
    selecting = (
        *("bbox", "bbox-crs", "datetime", "limit", "offset"),
        *("filter", "filter-lang", "filter-crs"),
    )
    rules = properties(kind)
    equal = [
        parameter(
            name,
            {"type": "boolean"} if name in FLAGS else TEXT,
            f"Only features with this {name}. {rules[name]['description']}",
        )
        for name in kind.filters
    ]
    one = _document(
        f"{kind.name}_collection", "What the collection holds", [here, *faces], ["id", "links"]
    )
    return {
        base: one,
        f"{base}/queryables": get(
            f"ogc_{kind.name}_queryables",
            "The properties that a filter can name",
            [here, *faces],
            content("application/schema+json", {"type": "object"}) | html,
            tag=TAG,
        ),
        f"{base}/items": get(
            f"ogc_{kind.name}_items",
            "The features that are asked for, one page of them",
            [here, *choice, *(ref(f"parameters/{name}") for name in selecting), *equal],
            content("application/geo+json", ref(f"schemas/{title}Collection")) | html,
            tag=TAG,
        ),
        f"{base}/items/{{feature_id}}": get(
            f"ogc_{kind.name}_item",
            "One feature",
            [here, parameter("feature_id", TEXT, "Its id", place="path"), *choice],
            content("application/geo+json", ref(f"schemas/{title}Feature")) | html,
            tag=TAG,
            more={"303": _SEE_OTHER},
        ),
    }


def _feature(kind: Kind) -> Node:
    return {
        "type": "object",
        "required": ["type", "id", "geometry", "properties"],
        "properties": {
            "type": {"type": "string", "enum": ["Feature"]},
            "id": TEXT,
            "geometry": ref("schemas/Geometry"),
            "properties": {
                "type": "object",
                "required": list(kind.columns),
                "additionalProperties": False,
                "properties": plain(properties(kind)),
            },
            "links": _LINKS,
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
