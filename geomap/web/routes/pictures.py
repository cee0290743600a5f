"""Pictures of the very view asked for, and the one-file map that works without a network."""

from __future__ import annotations

from flask import Blueprint, Response

from geomap.errors import NotFound
from geomap.map import draw
from geomap.picture.picture import (
    HEIGHT,
    LARGEST,
    PICTURE_TYPES,
    SMALLEST,
    WIDTH,
    parse_size,
    picture,
)
from geomap.web.negotiation import HTML
from geomap.web.openapi import BYTES_OR_TEXT, TEXT, missing_extra, part
from geomap.web.parameters import QUERY, Parameter, Query
from geomap.web.route import asked, route
from geomap.web.site import site

blueprint = Blueprint("pictures", __name__)
ONE_FILE = "html"


def size(name: str, default: int) -> Parameter:
    """Return the parameter for a picture's width or height."""
    schema = {"type": "integer", "minimum": SMALLEST, "maximum": LARGEST, "default": default}
    return Parameter(
        name, "Pixels", schema, lambda text, _: parse_size(name, text), default=str(default)
    )


@route(
    blueprint,
    "/<dataset_id>/map.<ending>",
    "The map of a day as a picture, or as one HTML file that works offline",
    id="picture",
    tag="Pictures",
    path=[part("ending", "Kind of picture", (*PICTURE_TYPES, ONE_FILE))],
    parameters=[*QUERY, size("width", WIDTH), size("height", HEIGHT)],
    answers={**dict.fromkeys(PICTURE_TYPES.values(), BYTES_OR_TEXT), HTML: TEXT},
    responses=missing_extra(),
    open=True,
)
def map_picture(dataset_id: str, ending: str) -> Response:
    """Answer with the map of a day as `svg`, `png` or `pdf`, or as one `html` file."""
    dataset = site().dataset(dataset_id)
    if ending not in (*PICTURE_TYPES, ONE_FILE):
        known = ", ".join((*PICTURE_TYPES, ONE_FILE))
        raise NotFound(f"there is no picture of that kind; there are {known}")
    query = asked().query()
    name = f"{dataset.id}-{query.date}.{ending}"
    if ending == ONE_FILE:
        return _one_file(dataset_id, query, name)
    body = picture(
        dataset,
        ending,
        date=query.date,
        known=query.known,
        sources=query.sources,
        lang=query.lang,
        theme=picture_theme(query),
        width=asked().values["width"],
        height=asked().values["height"],
    )
    response = Response(body, mimetype=PICTURE_TYPES[ending])
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return response


def picture_theme(query: Query) -> str:
    """Return a picture's theme: light where the page would follow the reader's system."""
    return query.theme if query.theme != "auto" else "light"


def _one_file(dataset_id: str, query: Query, name: str) -> Response:
    drawn = draw(
        site().dataset(dataset_id),
        date=query.date,
        known=query.known,
        sources=query.sources,
        lang=query.lang,
        theme=query.theme,
        controls=query.controls,
    )
    response = Response(drawn.get_root().render(), mimetype="text/html")
    # A download: opened from here it would be held back by this site's own policy.
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
