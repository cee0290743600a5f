"""The addresses under `/ogc/`: parse the question, call one function, answer as JSON or HTML."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from geomap.errors import NotFound
from geomap.web.ogc.documents import (
    CONFORMANCE,
    GEOJSON,
    HTML,
    JSON,
    OPENAPI,
    SCHEMA,
    Collection,
    Link,
    asked,
    collection_document,
    collections_document,
    faces,
    find_collection,
    landing_document,
    link,
    queryables_document,
)
from geomap.web.ogc.layers import layer
from geomap.web.ogc.operations import ogc_document
from geomap.web.ogc.parameters import (
    CHOICE,
    SELECTION,
    check_names,
    parse_choice,
    parse_face,
    parse_selection,
)
from geomap.web.ogc.selection import asked_day, feature_collection, matching, single_feature
from geomap.web.parameters import choice
from geomap.web.site import absolute, page_language, site
from geomap.wording import LANGUAGES, Words, words_in

blueprint = Blueprint("ogc", __name__, url_prefix="/ogc", template_folder="../templates")
_DATA = {"json": GEOJSON, "html": HTML}


@blueprint.get("/", strict_slashes=False)
def landing() -> Response:
    """Answer with where everything else is."""
    face, words = _face_and_words()
    return _answer(face, words, landing_document(face, words), "ogc_landing.html")


@blueprint.get("/conformance")
def conformance() -> Response:
    """Answer with the conformance classes that are met."""
    face, words = _face_and_words()
    return _answer(face, words, {"conformsTo": CONFORMANCE}, "ogc_conformance.html")


@blueprint.get("/api")
def api() -> Response:
    """Answer with the description of `/ogc/` as OpenAPI 3.0, or as a page for people."""
    face, words = _face_and_words()
    return _answer(face, words, ogc_document(), "ogc_api.html", OPENAPI)


@blueprint.get("/collections")
def collections() -> Response:
    """Answer with all collections."""
    face, words = _face_and_words()
    return _answer(face, words, collections_document(face, words), "ogc_collections.html")


@blueprint.get("/collections/<collection_id>")
def collection(collection_id: str) -> Response:
    """Answer with what a collection holds."""
    found = find_collection(collection_id)
    face, words = _face_and_words()
    document = collection_document(found, face, words)
    return _answer(face, words, document, "ogc_collection.html")


@blueprint.get("/collections/<collection_id>/queryables")
def queryables(collection_id: str) -> Response:
    """Answer with the properties that a filter can name, as JSON Schema."""
    found = find_collection(collection_id)
    face, words = _face_and_words()
    document = queryables_document(found, words)
    return _answer(face, words, document, "ogc_queryables.html", SCHEMA)


@blueprint.get("/collections/<collection_id>/items")
def items(collection_id: str) -> Response:
    """Answer with the features that are asked for, one page of them."""
    found = find_collection(collection_id)
    dataset, kind = found.dataset, found.kind
    args = request.args
    check_names(args, *SELECTION, *CHOICE, *kind.filters)
    face, preferred = _face_and_language()
    chosen = parse_choice(args, dataset, preferred)
    selection = parse_selection(args, dataset, kind)
    rows = layer(dataset, kind, chosen.known, chosen.sources, chosen.lang)
    numbers = matching(dataset, rows, selection)
    links = [
        *faces("ogc.items", face, _DATA, collection_id=found.id),
        *_pages(found, face, len(numbers), selection.offset, selection.limit),
        _up(found),
    ]
    body = feature_collection(dataset, rows, chosen.crs, numbers, selection, links)
    if face == "json":
        return _data(body, chosen.crs.uri)
    day = asked_day(selection)
    return _page(words_in(chosen.lang), "ogc_items.html", orjson.loads(body), found, day)


@blueprint.get("/collections/<collection_id>/items/<feature_id>")
def item(collection_id: str, feature_id: str) -> AnyResponse:
    """Answer with one feature."""
    found = find_collection(collection_id)
    dataset, kind = found.dataset, found.kind
    check_names(request.args, *CHOICE, "crs")
    face, preferred = _face_and_language()
    chosen = parse_choice(request.args, dataset, preferred)
    rows = layer(dataset, kind, chosen.known, chosen.sources, chosen.lang)
    if feature_id not in rows.numbers:
        if any(row["id"] == feature_id for row in rows.rows):
            # GDAL asks so for the features with a property `id`, which here is the region's.
            kept = asked()
            there = absolute("ogc.items", collection_id=found.id, **kept, id=feature_id)
            return redirect(there, 303)
        raise NotFound("there is no feature of that id in this collection")
    values = {"collection_id": found.id, "feature_id": feature_id}
    links = [*faces("ogc.item", face, _DATA, **values), _up(found)]
    body = single_feature(dataset, rows, chosen.crs, rows.numbers[feature_id], links)
    if face == "json":
        return _data(body, chosen.crs.uri)
    return _page(words_in(chosen.lang), "ogc_item.html", orjson.loads(body), found)


def _face_and_language() -> tuple[str, str]:
    """Which face is asked for, and the reader's language: data never guesses it, pages do."""
    face = parse_face(request.args, request.headers.get("Accept", ""))
    accepted = request.headers.get("Accept-Language", "")
    return face, page_language(site(), accepted) if face == "html" else ""


def _face_and_words() -> tuple[str, Words]:
    """The face and the words of an address that takes no parameters but `f` and `lang`."""
    check_names(request.args, "lang")
    face, preferred = _face_and_language()
    offered = page_language(site(), "")
    return face, words_in(choice(request.args, "lang", LANGUAGES, preferred or offered))


def _answer(
    face: str, words: Words, document: dict[str, Any], template: str, media_type: str = JSON
) -> Response:
    if face == "json":
        return _negotiated(Response(orjson.dumps(document), content_type=media_type))
    return _page(words, template, document)


def _page(
    words: Words,
    template: str,
    document: dict[str, Any],
    collection: Collection | None = None,
    day: str | None = None,
) -> Response:
    kept = asked()
    page = render_template(
        template,
        words=words,
        document=document,
        collection=collection,
        collection_title=collection.title(words) if collection else "",
        asked=asked,
        choice={name: kept[name] for name in (*CHOICE, "crs") if name in kept},
        day=day,
    )
    response = _negotiated(Response(page))
    if "lang" not in request.args:
        response.vary.add("Accept-Language")
    return response


def _data(body: bytes, crs: str) -> Response:
    response = _negotiated(Response(body, content_type=GEOJSON))
    response.headers["Content-Crs"] = f"<{crs}>"
    return response


def _negotiated(response: Response) -> Response:
    if "f" not in request.args:
        response.vary.add("Accept")
    return response


def _up(found: Collection) -> Link:
    href = absolute("ogc.collection", collection_id=found.id)
    return link("collection", href, JSON, "The collection")


def _pages(found: Collection, face: str, matched: int, offset: int, limit: int) -> list[Link]:
    """Links to the next and the previous page, where there is one."""
    kept = asked("f", "offset")

    def to(rel: str, start: int, title: str) -> Link:
        at = {"offset": start} if start else {}
        values: dict[str, Any] = {"collection_id": found.id, **kept, **at, "f": face}
        return link(rel, absolute("ogc.items", **values), _DATA[face], title)

    links = []
    if offset + limit < matched:
        links.append(to("next", offset + limit, "Next page"))
    if offset:
        links.append(to("prev", max(0, min(offset, matched) - limit), "Previous page"))
    return links
