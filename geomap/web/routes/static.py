"""The site's own scripts, styles and icons."""

from __future__ import annotations

from flask import Blueprint, Response

from geomap.web.assets import assets, by_hashed_name, for_others
from geomap.web.built import Built, each
from geomap.web.headers import IMMUTABLE
from geomap.web.openapi import BYTES, TEXT, part
from geomap.web.route import route

blueprint = Blueprint("static", __name__)


@route(
    blueprint,
    "/static/<name>",
    "A script, style or icon",
    id="static",
    tag="Site",
    path=[part("name", "Name with a hash of the content")],
    answers={
        **{"text/javascript": TEXT, "text/css": TEXT},
        **{"image/svg+xml": TEXT, "image/png": BYTES},
    },
    open=True,
    built=Built((each(name=lambda _: [name for name, _ in assets().values()]),)),
)
def static_file(name: str) -> Response:
    """Answer with one of our own scripts, styles or icons; its name changes with its content."""
    content, media_type = by_hashed_name(name)
    response = Response(content, content_type=media_type)
    response.headers["Cache-Control"] = IMMUTABLE
    return response


@route(
    blueprint,
    "/embed.js",
    "Sizes the iframes on a page",
    tag="Site",
    answers={"text/javascript": TEXT},
    open=True,
    built=Built(),
)
def embed_script() -> Response:
    """Answer with the script that fits an embed's height, for other sites' pages."""
    return Response(for_others("embed.js"), content_type="text/javascript; charset=utf-8")


@route(
    blueprint,
    "/geomap-embed.js",
    "The element `<geomap-embed>`",
    id="element_script",
    tag="Site",
    answers={"text/javascript": TEXT},
    open=True,
    built=Built(),
)
def element_script() -> Response:
    """Answer with the script that defines `<geomap-embed>`, for other sites' pages."""
    script = for_others("geomap-embed.js")
    return Response(script, content_type="text/javascript; charset=utf-8")
