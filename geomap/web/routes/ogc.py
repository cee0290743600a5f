"""The addresses under `/ogc/`: parse the request, call one function, answer as JSON or HTML."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any

import flask
import orjson
from flask import Blueprint, Response, current_app
from werkzeug.wrappers import Response as AnyResponse

from geomap.errors import NotFound
from geomap.web.negotiation import GEOJSON, HTML, JSON, OPENAPI, SCHEMA
from geomap.web.ogc.answers import (
    DATA_TYPES,
    data_answer,
    document_answer,
    face,
    file_answer,
    layer_asked_for,
    link_to_collection,
    links_to_pages,
    page_answer,
)
from geomap.web.ogc.crs import parse_crs
from geomap.web.ogc.description import (
    PREFIX,
    TAG,
    document_schema,
    ogc_document,
    schema_name,
)
from geomap.web.ogc.documents import (
    CONFORMANCE,
    SCHEMAS,
    collection_document,
    collections_document,
    dataset_of_collection,
    faces,
    find_collection,
    landing_document,
    queryables_document,
    schema_document,
    sortables_document,
)
from geomap.web.ogc.equal import equality_parameters
from geomap.web.ogc.features import (
    asked_day,
    feature_collection,
    matching,
    single_feature,
)
from geomap.web.ogc.layers import KINDS, CollectionKind
from geomap.web.ogc.request import (
    DOCUMENT,
    FILES,
    ONE_FEATURE,
    features_parameters,
    features_query,
)
from geomap.web.openapi import BYTES, OBJECT, TEXT, missing_extra, part, redirect, ref
from geomap.web.parameters import Node, Parameter
from geomap.web.route import Operation, asked, route, routes
from geomap.web.site import absolute, public_root, site
from geomap.wording import words_in

blueprint = Blueprint("ogc", __name__, url_prefix=PREFIX, template_folder="../templates")
_SHARED: dict[str, Any] = {
    "tag": TAG,
    "open": True,
    "absolute_links": True,
    "json_or_html": True,
    "strict": True,
    "repeats_parameters": True,
}
"""What the declarations of all these routes have in common."""


def _document(name: str, summary: str, schema: Node, media_type: str = JSON) -> dict[str, Any]:
    """What a document about the whole service declares."""
    return {
        **_SHARED,
        "id": f"ogc_{name}",
        "summary": summary,
        "parameters": DOCUMENT,
        "answers": {media_type: schema, HTML: TEXT},
    }


def _for_each_kind(
    name: str,
    summary: str,
    media_type: str,
    schema: Callable[[CollectionKind], Node],
    parameters: Callable[[CollectionKind], tuple[Parameter, ...]] = lambda _: DOCUMENT,
    files: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, Any]:
    """What a route about a collection declares: an operation for each kind of collection."""
    operations = [
        Operation(
            f"ogc_{kind.name}_{name}",
            summary,
            {
                **{kind.partition(";")[0]: BYTES for kind in files.values()},
                **{media_type: schema(kind), HTML: TEXT},
            },
            parameters(kind),
            kind.name,
            partial(equality_parameters, kind) if files else None,
            files,
        )
        for kind in KINDS.values()
    ]
    return {**_SHARED, "operations": operations}


@route(
    blueprint,
    "/",
    strict_slashes=False,
    **_document("landing", "Where everything else is", document_schema("title", "links")),
)
def landing() -> Response:
    """Answer with where everything else is."""
    words = words_in(asked().language)
    return document_answer(landing_document(face(), words), "ogc_landing.html")


@route(
    blueprint,
    "/conformance",
    **_document(
        "conformance", "The conformance classes that are met", document_schema("conformsTo")
    ),
)
def conformance() -> Response:
    """Answer with the conformance classes that are met."""
    return document_answer({"conformsTo": CONFORMANCE}, "ogc_conformance.html")


@route(
    blueprint,
    "/api",
    **_document("api", "The description of these addresses", OBJECT, OPENAPI),
)
def api() -> Response:
    """Answer with the description of `/ogc/` as OpenAPI 3.0, or as a page for people."""
    datasets = list(site().datasets.values())
    document = ogc_document(routes(current_app), datasets, public_root())
    return document_answer(document, "ogc_api.html", OPENAPI)


@route(
    blueprint,
    "/collections",
    **_document("collections", "All collections", document_schema("links", "collections")),
)
def collections() -> Response:
    """Answer with all collections."""
    words = words_in(asked().language)
    return document_answer(collections_document(face(), words), "ogc_collections.html")


@route(
    blueprint,
    "/collections/<collection_id>",
    **_for_each_kind(
        "collection", "What the collection holds", JSON, lambda _: document_schema("id", "links")
    ),
)
def collection(collection_id: str) -> Response:
    """Answer with what a collection holds."""
    shown = find_collection(site(), collection_id)
    document = collection_document(shown, face(), words_in(asked().language))
    return document_answer(document, "ogc_collection.html")


@route(
    blueprint,
    "/collections/<collection_id>/queryables",
    **_for_each_kind("queryables", SCHEMAS["queryables"], SCHEMA, lambda _: OBJECT),
)
def queryables(collection_id: str) -> Response:
    """Answer with the properties that a filter can name, as JSON Schema."""
    shown = find_collection(site(), collection_id)
    document = queryables_document(shown, words_in(asked().language))
    return document_answer(document, "ogc_queryables.html", SCHEMA)


@route(
    blueprint,
    "/collections/<collection_id>/schema",
    **_for_each_kind("schema", SCHEMAS["schema"], SCHEMA, lambda _: OBJECT),
)
def schema(collection_id: str) -> Response:
    """Answer with what the features have, as JSON Schema."""
    shown = find_collection(site(), collection_id)
    document = schema_document(shown, words_in(asked().language))
    return document_answer(document, "ogc_queryables.html", SCHEMA)


@route(
    blueprint,
    "/collections/<collection_id>/sortables",
    **_for_each_kind("sortables", SCHEMAS["sortables"], SCHEMA, lambda _: OBJECT),
)
def sortables(collection_id: str) -> Response:
    """Answer with the properties that features can be sorted by, as JSON Schema."""
    shown = find_collection(site(), collection_id)
    document = sortables_document(shown, words_in(asked().language))
    return document_answer(document, "ogc_queryables.html", SCHEMA)


@route(
    blueprint,
    "/collections/<collection_id>/items",
    dataset=dataset_of_collection,
    **_for_each_kind(
        "items",
        "The features that are asked for, one page of them",
        GEOJSON,
        lambda kind: ref(f"schemas/{schema_name(kind, 'Collection')}"),
        features_parameters,
        FILES,
    ),
    responses=missing_extra(),
)
def items(collection_id: str) -> Response:
    """Answer with the features that are asked for, one page of them."""
    shown, values = find_collection(site(), collection_id), asked().values
    crs = parse_crs("crs", values["crs"])
    query = features_query(values, shown.dataset, shown.kind)
    rows = layer_asked_for(shown)
    numbers = matching(shown.dataset, rows, query)
    pages = links_to_pages(shown, len(numbers), query.offset, query.limit)
    # GeoJSON has its links within, and can be in any of the systems.
    if face() in FILES:
        return file_answer(shown, rows, numbers, query, pages)
    links = [
        *faces("ogc.items", face(), DATA_TYPES, collection_id=shown.id),
        *pages,
        link_to_collection(shown),
    ]
    body = feature_collection(shown.dataset, rows, crs, numbers, query, links)
    if not asked().html:
        return data_answer(body, crs.uri)
    return page_answer("ogc_items.html", orjson.loads(body), shown, asked_day(query))


@route(
    blueprint,
    "/collections/<collection_id>/items/<feature_id>",
    path=[part("feature_id", "Its id")],
    dataset=dataset_of_collection,
    responses=redirect(
        303, "No feature has this id, but the property id of some: they are elsewhere"
    ),
    **_for_each_kind(
        "item",
        "One feature",
        GEOJSON,
        lambda kind: ref(f"schemas/{schema_name(kind, 'Feature')}"),
        lambda _: ONE_FEATURE,
    ),
)
def item(collection_id: str, feature_id: str) -> AnyResponse:
    """Answer with one feature."""
    shown = find_collection(site(), collection_id)
    crs = parse_crs("crs", asked().values["crs"])
    rows = layer_asked_for(shown)
    if feature_id not in rows.numbers:
        if rows.has_property_id(feature_id):
            # GDAL asks so for the features with a property `id`, which here is the region's.
            parameters = {**asked().address(), "id": feature_id}
            return flask.redirect(absolute("ogc.items", collection_id=shown.id, **parameters), 303)
        raise NotFound("there is no feature of that id in this collection")
    path = {"collection_id": shown.id, "feature_id": feature_id}
    links = [*faces("ogc.item", face(), DATA_TYPES, **path), link_to_collection(shown)]
    body = single_feature(shown.dataset, rows, crs, rows.numbers[feature_id], links)
    if not asked().html:
        return data_answer(body, crs.uri)
    return page_answer("ogc_item.html", orjson.loads(body), shown)
