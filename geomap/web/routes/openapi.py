"""The whole service as OpenAPI 3.0, put together from one piece for each blueprint.

`/openapi.json` is read by people who write clients and by the tests, which hold it against every
address that the app answers and every answer that it gives.
"""

from __future__ import annotations

from typing import Any

import orjson
from flask import Blueprint, Response

from geomap.formats import FORMATS, TABLES
from geomap.formats.query import MAX_TOLERANCE
from geomap.formats.schema import collection_schema, datapackage, row_schema
from geomap.map.folium_map import CONTROLS, THEMES
from geomap.picture.picture import HEIGHT, LARGEST, PICTURE_TYPES, SMALLEST, WIDTH
from geomap.version import __version__
from geomap.web.describe import (
    TEXT,
    Node,
    components,
    content,
    get,
    parameter,
    plain,
    ref,
)
from geomap.web.ogc.documents import OPENAPI, SCHEMA
from geomap.web.ogc.operations import ogc_parameters, ogc_paths, ogc_schemas
from geomap.web.parameters import reads
from geomap.web.routes import oembed as embedding
from geomap.web.site import public_root, site

blueprint = Blueprint("openapi", __name__)
_HTML = content("text/html", TEXT)
_DATASET = ref("parameters/dataset")
_CHOICE = [ref(f"parameters/{name}") for name in ("known", "sources", "lang")]
_MISSING: dict[str, Node] = {
    "501": {
        "description": "An optional library is not installed",
        "content": {
            "application/problem+json": {"schema": ref("schemas/Problem")},
            "text/html": {"schema": TEXT},
        },
    }
}


@blueprint.get("/openapi.json")
@reads(host=True)
def document() -> Response:
    """Answer with this service as OpenAPI 3.0."""
    return _json(service_document(), OPENAPI)


@blueprint.get("/schema/row.json")
@reads()
def row() -> Response:
    """Answer with the JSON Schema of one public row, without its geometry."""
    return _json(row_schema(), SCHEMA)


@blueprint.get("/schema/regions.json")
@reads()
def rows() -> Response:
    """Answer with the JSON Schema of the GeoJSON download."""
    return _json(collection_schema(), SCHEMA)


@blueprint.get("/<dataset_id>/datapackage.json")
@reads()
def package(dataset_id: str) -> Response:
    """Answer with the Data Package of a dataset's ledger: its tables, columns and rules."""
    return _json(datapackage(site().dataset(dataset_id)), "application/json")


def service_document() -> Node:
    """Return the description of every address that this site answers."""
    datasets = list(site().datasets.values())
    first = datasets[0]
    shared = components(datasets)
    shared["schemas"] |= ogc_schemas()
    shared["parameters"] |= ogc_parameters() | _page_parameters()
    return {
        "openapi": "3.0.3",
        "info": {
            "title": "geomap: who holds which territory on which day, and who says so",
            "version": __version__,
            "license": {"name": first.meta.licence.name},
        },
        "servers": [{"url": public_root() or "/"}],
        "paths": {
            **_pages(),
            **_downloads(),
            **_files(),
            **_pictures(),
            **_feeds(),
            **_oembed(),
            **_descriptions(),
            **ogc_paths(),
        },
        "components": shared,
    }


def _page_parameters() -> dict[str, Node]:
    day = {"type": "string", "description": "A day of the dataset's period, or `latest`"}
    return {
        "date": parameter("date", day, "The day shown; the dataset's own if absent"),
        "theme": parameter("theme", {"type": "string", "enum": list(THEMES)}, "Colours"),
        "controls": parameter("controls", {"type": "string", "enum": list(CONTROLS)}, "Controls"),
    }


def _pages() -> dict[str, Node]:
    view = [ref(f"parameters/{name}") for name in ("date", "known", "sources", "lang", "theme")]
    controls = ref("parameters/controls")
    moved = get("without_slash", "Leads to the page", [_DATASET], {}, tag="Pages", refused=False)
    moved["get"]["responses"] = {
        "308": {"description": "The page's own address", "headers": {"Location": {"schema": TEXT}}},
        "404": ref("responses/NotFound"),
    }
    return {
        "/": get("index", "The only dataset's page, or a list of them", view, _HTML, tag="Pages"),
        "/{dataset_id}": moved,
        "/{dataset_id}/": get("page", "The map", [_DATASET, *view], _HTML, tag="Pages"),
        "/{dataset_id}/embed": get(
            "embed", "The map for an iframe", [_DATASET, *view, controls], _HTML, tag="Pages"
        ),
    }


def _downloads() -> dict[str, Node]:
    date = ref("parameters/date")
    tolerance = {"type": "number", "minimum": 0, "maximum": MAX_TOLERANCE}
    narrowed = [
        ref("parameters/bbox"),
        parameter("simplify", tolerance, "Leave out detail smaller than so many metres"),
    ]
    formats = {"type": "string", "enum": list(FORMATS)}
    ending = parameter("ending", formats, "The format", place="path")
    table = parameter("ending", {"type": "string", "enum": list(TABLES)}, "Format", place="path")
    files: Node = {}
    for format in FORMATS.values():
        is_json = format.media_type.endswith("json")
        files |= content(format.media_type, {"type": "object"} if is_json else None)
    files["application/geo+json"] = {"schema": plain(_rows_in_collection())}
    tables: Node = {media_type.partition(";")[0]: {"schema": {}} for media_type in TABLES.values()}
    return {
        "/{dataset_id}/regions.{ending}": get(
            "regions",
            "The status of the regions on a day, as a file",
            [_DATASET, ending, date, *_CHOICE, *narrowed],
            files,
            tag="Data",
            more=_MISSING,
        ),
        "/{dataset_id}/events.{ending}": get(
            "events", "What the claims agree on", [_DATASET, table, *_CHOICE], tables, tag="Data"
        ),
        "/{dataset_id}/claims.{ending}": get(
            "claims", "The ledger of claims", [_DATASET, table, *_CHOICE], tables, tag="Data"
        ),
        "/{dataset_id}/sources.{ending}": get(
            "sources", "The sources that count", [_DATASET, table, *_CHOICE], tables, tag="Data"
        ),
        "/{dataset_id}/actors.{ending}": get(
            "actors", "Who can hold a region", [_DATASET, table, *_CHOICE], tables, tag="Data"
        ),
    }


def _files() -> dict[str, Node]:
    name = parameter("name", TEXT, "Name with a hash of the content", place="path")
    script = content("text/javascript", TEXT)
    health = {
        "type": "object",
        "required": ["status", "datasets", "faults"],
        "properties": {
            "status": {"type": "string", "enum": ["ok", "degraded"]},
            "datasets": {"type": "object", "additionalProperties": TEXT},
            "faults": {"type": "object", "additionalProperties": TEXT},
        },
    }
    return {
        "/static/{name}": get(
            "static", "A script or style", [name], script | content("text/css", TEXT), tag="Site"
        ),
        "/embed.js": get("embed_script", "Sizes the iframes on a page", [], script, tag="Site"),
        "/healthz": get(
            "health",
            "Ready or not, and the version of each dataset",
            [],
            content("application/json", health),
            tag="Site",
            refused=False,
        ),
    }


def _pictures() -> dict[str, Node]:
    size = {"type": "integer", "minimum": SMALLEST, "maximum": LARGEST}
    kinds: Node = {media_type: {"schema": {}} for media_type in PICTURE_TYPES.values()}
    endings = {"type": "string", "enum": [*PICTURE_TYPES, "html"]}
    return {
        "/{dataset_id}/map.{ending}": get(
            "picture",
            "The map of a day as a picture, or as one HTML file that works offline",
            [
                _DATASET,
                parameter("ending", endings, "Kind of picture", place="path"),
                *(ref(f"parameters/{name}") for name in ("date", "theme", "controls")),
                *_CHOICE,
                parameter("width", {**size, "default": WIDTH}, "Pixels"),
                parameter("height", {**size, "default": HEIGHT}, "Pixels"),
            ],
            kinds | _HTML,
            tag="Pictures",
            more=_MISSING,
        )
    }


def _feeds() -> dict[str, Node]:
    given = [_DATASET, *_CHOICE]
    atom, ics = content("application/atom+xml", TEXT), content("text/calendar", TEXT)
    return {
        "/{dataset_id}/feed.atom": get(
            "atom", "What was added or changed", given, atom, tag="Feeds"
        ),
        "/{dataset_id}/handovers.ics": get(
            "calendar", "Due and done handovers", given, ics, tag="Feeds"
        ),
    }


def _oembed() -> dict[str, Node]:
    pixels = {"type": "integer", "minimum": embedding.SMALLEST}
    kinds = {"type": "string", "enum": list(embedding.FORMATS)}
    return {
        "/oembed": get(
            "oembed",
            "How to embed the map at an address (oEmbed 1.0)",
            [
                {**parameter("url", TEXT, "Address of a map on this site"), "required": True},
                parameter("format", kinds, "The answer's format"),
                parameter("maxwidth", pixels, "Pixels"),
                parameter("maxheight", pixels, "Pixels"),
            ],
            content("application/json", {"type": "object"}) | content("text/xml", TEXT),
            tag="Pages",
            more=_MISSING,
        )
    }


def _descriptions() -> dict[str, Node]:
    schema = content("application/schema+json", {"type": "object"})
    return {
        "/openapi.json": get(
            "openapi",
            "This document",
            [],
            content(OPENAPI, {"type": "object"}),
            tag="Schemas",
            refused=False,
        ),
        "/schema/row.json": get(
            "row_schema", "JSON Schema of a public row", [], schema, tag="Schemas", refused=False
        ),
        "/schema/regions.json": get(
            "regions_schema",
            "JSON Schema of the GeoJSON download",
            [],
            schema,
            tag="Schemas",
            refused=False,
        ),
        "/{dataset_id}/datapackage.json": get(
            "datapackage",
            "The ledger's tables as a Data Package",
            [_DATASET],
            content("application/json", {"type": "object"}),
            tag="Schemas",
        ),
    }


def _rows_in_collection() -> Node:
    properties = row_schema()
    return {
        "type": "object",
        "required": ["type", "features"],
        "properties": {
            "type": {"const": "FeatureCollection"},
            "features": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["type", "id", "geometry", "properties"],
                    "properties": {
                        "type": {"const": "Feature"},
                        "id": TEXT,
                        "properties": properties,
                    },
                },
            },
        },
    }


def _json(found: dict[str, Any], media_type: str) -> Response:
    return Response(orjson.dumps(found), content_type=media_type)
