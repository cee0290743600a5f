"""oEmbed 1.0: what an editor's software asks for when somebody pastes a link to a map."""

from __future__ import annotations

from html import escape
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from xml.etree import ElementTree

import orjson
from flask import Blueprint, Response, current_app
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException
from werkzeug.exceptions import NotImplemented as NotOffered
from werkzeug.routing import RequestRedirect

from geomap.core.dataset import Dataset
from geomap.errors import BadQuery, NotFound
from geomap.map.assets import MODES
from geomap.present import day_view
from geomap.present.sizes import EMBED_WIDTH, PREVIEW, embed_height
from geomap.web.built import Built, each
from geomap.web.negotiation import JSON
from geomap.web.openapi import OBJECT, TEXT, part, problem_answer
from geomap.web.parameters import (
    COMPARED,
    MODE,
    QUERY,
    THEME,
    Parameter,
    Query,
    default_query,
    languages,
    parse_query,
    pick,
    plain_text,
    whole_number,
)
from geomap.web.route import asked, route
from geomap.web.routes.embed import frame_parameters
from geomap.web.routes.pages import VIEW
from geomap.web.site import absolute, own_path, site
from geomap.web.snippets import DEFAULT_THEME
from geomap.web.view import selection_of
from geomap.wording import words_in

blueprint = Blueprint("oembed", __name__)
FORMATS = ("json", "xml")
SMALLEST = 200
CACHE_AGE = 86400
"""Seconds for which a host need not ask again: a day, so that one outage empties no page."""


def _format(text: str, _: object) -> str:
    if text not in FORMATS:
        # The standard asks for 501 here.
        raise NotOffered(f"format: {text!r} is not offered; it takes json or xml")
    return text


_LIMITS = tuple(whole_number(name, "Pixels", SMALLEST) for name in ("maxwidth", "maxheight"))
PARAMETERS = (
    Parameter(
        "format",
        "The answer's format",
        {"type": "string", "enum": list(FORMATS)},
        _format,
        default=FORMATS[0],
    ),
    plain_text(
        "url",
        "Address of a map on this site",
        required="give the address of a map on this site",
    ),
    *_LIMITS,
)


@route(
    blueprint,
    "/oembed",
    "How to embed the map at an address (oEmbed 1.0)",
    tag="Pages",
    parameters=PARAMETERS,
    answers={JSON: OBJECT, "text/xml": TEXT},
    responses={"501": problem_answer("The format is not offered")},
    open=True,
    absolute_links=True,
)
def oembed() -> Response:
    """Answer with how to embed the map at `url`; 404 for addresses that are not ours."""
    values = asked().values
    dataset, query, more = _shown_at(values["url"])
    return _answer(values["format"], dataset, query, more)


@route(
    blueprint,
    "/<dataset_id>/oembed.<ending>",
    "How to embed this map (oEmbed 1.0), without naming its address",
    id="oembed_file",
    tag="Pages",
    path=[part("ending", "Format", FORMATS)],
    parameters=[*QUERY, MODE, COMPARED, *_LIMITS],
    answers={JSON: OBJECT, "text/xml": TEXT},
    open=True,
    absolute_links=True,
    built=Built((each(ending=FORMATS, lang=languages, mode=MODES),), need_address=True),
)
def oembed_file(dataset_id: str, ending: str) -> Response:
    """Answer with how to embed a dataset's map."""
    if ending not in FORMATS:
        raise NotFound(f"there is no such format; there are {', '.join(FORMATS)}")
    values = asked().values
    more = {"theme": values["theme"]} if values["theme"] != THEME.default else {}
    more |= frame_parameters(values["mode"], values["dates"])
    return _answer(ending, site().dataset(dataset_id), asked().query(), more)


def _answer(format: str, dataset: Dataset, query: Query, more: dict[str, str]) -> Response:
    values = asked().values
    body = _description(dataset, query, more, values["maxwidth"], values["maxheight"])
    if format == "json":
        return Response(orjson.dumps(body), mimetype=JSON)
    return Response(_xml(body), content_type="text/xml; charset=utf-8")


def _description(
    dataset: Dataset,
    query: Query,
    more: dict[str, str],
    maxwidth: int | None,
    maxheight: int | None,
) -> dict[str, Any]:
    """Return how to embed a view; `more` are parameters that its frame has besides."""
    width = min(EMBED_WIDTH, maxwidth or EMBED_WIDTH)
    height = min(embed_height("standard", width), maxheight or 10**6)
    across, down = _thumbnail(maxwidth, maxheight)
    here = query.address(default_query(dataset))
    to: dict[str, Any] = {"dataset_id": dataset.id}
    page = absolute("pages.reader", **to, **pick(here, *VIEW))
    frame = absolute("embed.embed", **to, **{"theme": DEFAULT_THEME} | here | more)
    today = day_view(dataset, selection_of(query), words_in(query.lang))
    title = f"{today.title} · {today.day}"
    picture_of = pick(here, *VIEW, "theme")
    return {
        "version": "1.0",
        "type": "rich",
        "title": title,
        "provider_name": "geomap",
        "provider_url": absolute("pages.index"),
        "cache_age": CACHE_AGE,
        "html": _html(frame, page, today.title, title, height, maxwidth),
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


def _html(
    frame: str, page: str, title: str, caption: str, height: int, maxwidth: int | None
) -> str:
    """Return what a host puts on its page: a link to the map, which a host that shows the frame
    hides, and the frame.

    The blockquote and the frame's class are those of WordPress's own embeds: for them it loads the
    script that takes the frame's height and opens its links, and drops every style, so that the link
    is what readers of feeds get.
    """
    limit = f"max-width:{maxwidth}px;" if maxwidth else ""
    return (
        f'<blockquote class="wp-embedded-content" style="display:none">'
        f'<a href="{escape(page)}">{escape(caption)}</a></blockquote>'
        f'<iframe class="wp-embedded-content" src="{escape(frame)}" title="{escape(title)}"'
        f' width="100%" height="{height}" frameborder="0"'
        f' style="display:block;{limit}margin:0 auto;border:0" loading="lazy" allowfullscreen>'
        "</iframe>"
    )


def _shown_at(address: str) -> tuple[Dataset, Query, dict[str, str]]:
    """Return the dataset and view that an address of this site's pages shows, and what else of the
    address its frame keeps. Raises NotFound.
    """
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
    args = MultiDict(parse_qsl(urlsplit(address).query, keep_blank_values=True))
    try:
        query = parse_query(dataset, args)
        mode, days = MODE.value(args, dataset), COMPARED.value(args, dataset)
    except BadQuery as error:
        raise NotFound(f"that address shows no map: {error}") from None
    more = {"theme": query.theme} if args.get("theme") else {}
    return dataset, query, more | frame_parameters(mode, days)


def _thumbnail(maxwidth: int | None, maxheight: int | None) -> tuple[int, int]:
    """The thumbnail's size: its own, or in the same shape within what is allowed."""
    width, height = PREVIEW
    share = min(1, (maxwidth or width) / width, (maxheight or height) / height)
    return max(SMALLEST, int(width * share)), max(SMALLEST, int(height * share))


def _xml(body: dict[str, Any]) -> bytes:
    root = ElementTree.Element("oembed")
    for name, value in body.items():
        ElementTree.SubElement(root, name).text = str(value)
    xml: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return xml
