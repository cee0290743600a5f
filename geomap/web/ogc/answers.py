"""The answers of `/ogc/`: documents, pages for people, features as GeoJSON or as a file."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Response, render_template

from geomap.errors import BadQuery
from geomap.formats import FORMATS
from geomap.web.files import file_response
from geomap.web.negotiation import GEOJSON, HTML, JSON
from geomap.web.ogc.crs import CRS84, parse_crs
from geomap.web.ogc.documents import Collection, Link, link
from geomap.web.ogc.features import Claims, Numbers, features_file
from geomap.web.ogc.layers import Layer, layer
from geomap.web.ogc.request import FILES, FeaturesQuery
from geomap.web.route import asked
from geomap.web.site import absolute
from geomap.wording import words_in

DATA_TYPES = {"json": GEOJSON, "html": HTML}


def face() -> str:
    """Return what is asked for: `json`, `html` or the ending of a file that is not GeoJSON."""
    return "json" if asked().face == "geojson" else asked().face


def file_answer(
    shown: Collection, rows: Layer, numbers: Numbers, query: FeaturesQuery, pages: list[Link]
) -> Response:
    """Answer with a page of the features as a file; the links to other pages are a header.

    Raises BadQuery for what the format cannot be: without outlines, or in another system.
    """
    format, values = FORMATS[face()], asked().values
    if not (query.with_geometry or format.works_without_geometry):
        possible = ", ".join(e for e, format in FORMATS.items() if format.works_without_geometry)
        raise BadQuery("skipGeometry", f"goes with f={possible}; {format.title} needs outlines")
    if parse_crs("crs", values["crs"]) is not CRS84:
        raise BadQuery("crs", f"goes with f=json and f=html; {format.title} is in CRS84")
    claims = Claims(values["known"], values["sources"], asked().language)
    export = features_file(shown.dataset, shown.kind, rows, numbers, query, claims)
    name = f"{shown.id}.{format.ending}"
    response = file_response(
        format.write(export), format.media_type, name, shown=format.shown_by_browsers
    )
    for page in pages:
        response.headers.add(
            "Link", f'<{page["href"]}>; rel="{page["rel"]}"; type="{page["type"]}"'
        )
    response.headers["OGC-NumberMatched"] = str(len(numbers))
    response.headers["OGC-NumberReturned"] = str(len(export.rows))
    return response


def layer_asked_for(shown: Collection) -> Layer:
    """Return the features of a collection by the claims, and in the language, asked for."""
    values, language = asked().values, asked().language
    return layer(shown.dataset, shown.kind, values["known"], values["sources"], language)


def document_answer(document: dict[str, Any], template: str, media_type: str = JSON) -> Response:
    """Answer with a document: as JSON, or as a page by a template."""
    if asked().html:
        return page_answer(template, document)
    return Response(orjson.dumps(document), content_type=media_type)


def page_answer(
    template: str,
    document: dict[str, Any],
    collection: Collection | None = None,
    day: str | None = None,
) -> Response:
    """Answer with a page for people; `day` is the one day that is asked about."""
    words, parameters = words_in(asked().language), asked().address()
    page = render_template(
        template,
        words=words,
        document=document,
        collection=collection,
        collection_title=collection.title(words) if collection else "",
        asked=asked().address,
        choice={
            name: parameters[name]
            for name in ("known", "sources", "lang", "crs")
            if name in parameters
        },
        day=day,
    )
    return Response(page)


def data_answer(body: bytes, crs: str) -> Response:
    """Answer with GeoJSON in the system `crs`, given by its URI."""
    response = Response(body, content_type=GEOJSON)
    response.headers["Content-Crs"] = f"<{crs}>"
    return response


def link_to_collection(shown: Collection) -> Link:
    """Return the link from features to their collection."""
    href = absolute("ogc.collection", collection_id=shown.id)
    return link("collection", href, JSON, "The collection")


def links_to_pages(shown: Collection, matched: int, offset: int, limit: int) -> list[Link]:
    """Return links to the next and the previous page, where there is one."""
    shape, parameters = face(), asked().address("f", "offset")

    def to(rel: str, start: int, title: str) -> Link:
        at = {"offset": start} if start else {}
        values: dict[str, Any] = {"collection_id": shown.id, **parameters, **at, "f": shape}
        media_type = DATA_TYPES.get(shape) or FILES[shape]
        return link(rel, absolute("ogc.items", **values), media_type, title)

    links = []
    if offset + limit < matched:
        links.append(to("next", offset + limit, "Next page"))
    if offset:
        links.append(to("prev", max(0, min(offset, matched) - limit), "Previous page"))
    return links
