"""oEmbed 1.0: what an editor's software asks for when somebody pastes a link to a map."""

from __future__ import annotations

from html import escape
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from xml.etree import ElementTree

import orjson
from flask import Blueprint, Response, current_app, request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException
from werkzeug.exceptions import NotImplemented as NotOffered
from werkzeug.routing import RequestRedirect

from geomap.core.dataset import Dataset
from geomap.errors import BadQuery, NotFound
from geomap.present import day_view
from geomap.present.sizes import EMBED_WIDTH, PREVIEW, embed_height
from geomap.web.parameters import Query, one, parse_query, pick, reads
from geomap.web.routes.pages import default_query
from geomap.web.site import absolute, own_path, site
from geomap.web.view import selection_of
from geomap.wording import words_in

blueprint = Blueprint("oembed", __name__)
FORMATS = ("json", "xml")
SMALLEST = 200


@blueprint.get("/oembed")
@reads("url", "format", "maxwidth", "maxheight", host=True)
def oembed() -> Response:
    """Answer with how to embed the map at `url`; 404 for addresses that are not ours."""
    kind = one(request.args, "format") or "json"
    if kind not in FORMATS:
        # The standard asks for 501 here.
        raise NotOffered(f"format: {kind!r} is not offered; it takes json or xml")
    address = one(request.args, "url")
    if not address:
        raise BadQuery("url", "is missing; give the address of a map on this site")
    body = answer(
        address,
        _pixels("maxwidth", one(request.args, "maxwidth")),
        _pixels("maxheight", one(request.args, "maxheight")),
    )
    if kind == "json":
        return Response(orjson.dumps(body), mimetype="application/json")
    return Response(_xml(body), content_type="text/xml; charset=utf-8")


def answer(address: str, maxwidth: int | None, maxheight: int | None) -> dict[str, Any]:
    """Return the oEmbed answer for an address of this site. Raises NotFound for any other."""
    dataset, query = _shown_at(address)
    width = min(EMBED_WIDTH, maxwidth or EMBED_WIDTH)
    height = min(embed_height("standard", width), maxheight or 10**6)
    across, down = _thumbnail(maxwidth, maxheight)
    here = query.address(default_query(dataset))
    to: dict[str, Any] = {"dataset_id": dataset.id}
    frame = absolute("embed.embed", **to, **here)
    today = day_view(dataset, selection_of(query), words_in(query.lang))
    html = (
        f'<iframe src="{escape(frame)}" title="{escape(today.title)}" width="{width}"'
        f' height="{height}" style="max-width:100%;border:0" loading="lazy" allowfullscreen>'
        "</iframe>"
    )
    picture_of = pick(here, "date", "known", "sources", "lang", "theme")
    return {
        "version": "1.0",
        "type": "rich",
        "title": f"{today.title} · {today.day}",
        "provider_name": "geomap",
        "provider_url": absolute("pages.index"),
        "cache_age": site().settings.max_age,
        "html": html,
        "width": width,
        "height": height,
        "thumbnail_url": absolute(
            "pictures.map_picture",
            **to,
            ending="png",
            width=across,
            height=down,
            **picture_of,
        ),
        "thumbnail_width": across,
        "thumbnail_height": down,
    }


def _shown_at(address: str) -> tuple[Dataset, Query]:
    """Return the dataset and view that an address of this site's pages shows. Raises NotFound."""
    path = own_path(address)
    if path is None:
        raise NotFound("that address is not a map of this site")
    adapter = current_app.url_map.bind("localhost")
    try:
        endpoint, values = adapter.match(path, method="GET")
    except (RequestRedirect, HTTPException):
        raise NotFound("that address is not a map of this site") from None
    datasets = list(site().datasets.values())
    if endpoint == "pages.index" and len(datasets) == 1:
        dataset = datasets[0]
    elif endpoint in ("pages.reader", "pages.without_slash", "embed.embed"):
        dataset = site().dataset(values["dataset_id"])
    else:
        raise NotFound("that address is not a page with a map")
    pairs = parse_qsl(urlsplit(address).query, keep_blank_values=True)
    try:
        return dataset, parse_query(dataset, MultiDict(pairs))
    except BadQuery as error:
        raise NotFound(f"that address shows no map: {error}") from None


def _thumbnail(maxwidth: int | None, maxheight: int | None) -> tuple[int, int]:
    """The thumbnail's size: its own, or in the same shape within what is allowed."""
    width, height = PREVIEW
    share = min(1, (maxwidth or width) / width, (maxheight or height) / height)
    return max(SMALLEST, int(width * share)), max(SMALLEST, int(height * share))


def _pixels(parameter: str, text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and int(text[:6]) >= SMALLEST):
        raise BadQuery(parameter, f"must be a whole number of pixels, {SMALLEST} or more")
    return int(text[:6])


def _xml(body: dict[str, Any]) -> bytes:
    root = ElementTree.Element("oembed")
    for name, value in body.items():
        ElementTree.SubElement(root, name).text = str(value)
    found: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return found
