"""Machine-readable descriptions of the service: OpenAPI, JSON Schemas and Data Packages.

`/openapi.json` is read by people who write clients and by the tests, which hold it against every
address that the app answers and every answer that it gives.
"""

from __future__ import annotations

from typing import Any

import orjson
from flask import Blueprint, Response, current_app

from geomap.formats.schema import collection_schema, datapackage, row_schema
from geomap.version import __version__
from geomap.web.built import Built
from geomap.web.negotiation import JSON, OPENAPI, SCHEMA
from geomap.web.ogc.description import ogc_schemas
from geomap.web.openapi import OBJECT, Document
from geomap.web.route import route, routes
from geomap.web.site import public_root, site

blueprint = Blueprint("schemas", __name__)
_SHARED: dict[str, Any] = {"tag": "Schemas", "open": True}


@route(
    blueprint,
    "/openapi.json",
    "This document",
    id="openapi",
    answers={OPENAPI: OBJECT},
    refuses=False,
    absolute_links=True,
    **_SHARED,
)
def document() -> Response:
    """Answer with this service as OpenAPI 3.0."""
    datasets = list(site().datasets.values())
    info = {
        "title": "geomap: who holds which territory on which day, and who says so",
        "version": __version__,
        "license": {"name": datasets[0].meta.licence.name},
    }
    server = public_root() or "/"
    described = Document(routes(current_app), datasets, info, server, ogc_schemas())
    return _json(described.body, OPENAPI)


@route(
    blueprint,
    "/schema/row.json",
    "JSON Schema of a public row",
    id="row_schema",
    answers={SCHEMA: OBJECT},
    refuses=False,
    built=Built(),
    **_SHARED,
)
def row() -> Response:
    """Answer with the JSON Schema of one public row, without its geometry."""
    return _json(row_schema(), SCHEMA)


@route(
    blueprint,
    "/schema/regions.json",
    "JSON Schema of the GeoJSON download",
    id="regions_schema",
    answers={SCHEMA: OBJECT},
    refuses=False,
    built=Built(),
    **_SHARED,
)
def rows() -> Response:
    """Answer with the JSON Schema of the GeoJSON download."""
    return _json(collection_schema(), SCHEMA)


@route(
    blueprint,
    "/<dataset_id>/datapackage.json",
    "The ledger's tables as a Data Package",
    id="datapackage",
    answers={JSON: OBJECT},
    built=Built(),
    **_SHARED,
)
def package(dataset_id: str) -> Response:
    """Answer with the Data Package of a dataset's ledger: its tables, columns and rules."""
    return _json(datapackage(site().dataset(dataset_id)), JSON)


def _json(content: dict[str, Any], media_type: str) -> Response:
    return Response(orjson.dumps(content), content_type=media_type)
