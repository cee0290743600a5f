"""Pictures of the requested view, and the one-file map that works without a network."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, current_app

from geomap.core.dataset import Dataset
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
from geomap.web.render_pool import Job, RenderPool
from geomap.web.route import asked, route
from geomap.web.site import site

blueprint = Blueprint("pictures", __name__)
ONE_FILE = "html"
_TYPES = {**PICTURE_TYPES, ONE_FILE: "text/html"}


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
    if ending not in _TYPES:
        raise NotFound(f"there is no picture of that kind; there are {', '.join(_TYPES)}")
    query = asked().query()
    options: dict[str, Any] = {
        "date": query.date,
        "known": query.known,
        "sources": query.sources,
        "lang": query.lang,
    }
    function: Callable[..., bytes] = picture
    if ending == ONE_FILE:
        function = one_file
        options |= {"theme": query.theme, "controls": query.controls}
    else:
        options |= {
            "ending": ending,
            "theme": picture_theme(query),
            "width": asked().values["width"],
            "height": asked().values["height"],
        }
    pool: RenderPool = current_app.extensions["geomap-render"]
    response = Response(pool.render(Job(function, dataset, options)), mimetype=_TYPES[ending])
    # Shown from here, a one-file map would be blocked by this site's Content-Security-Policy.
    kind = "attachment" if ending == ONE_FILE else "inline"
    name = f"{dataset.id}-{query.date}.{ending}"
    response.headers["Content-Disposition"] = f'{kind}; filename="{name}"'
    return response


def one_file(dataset: Dataset, **options: Any) -> bytes:
    """Return the map as one HTML file; `options` are those of `draw`."""
    html: str = draw(dataset, **options).get_root().render()
    return html.encode()


def picture_theme(query: Query) -> str:
    """Return a picture's theme: light where the page would follow the reader's system."""
    return query.theme if query.theme != "auto" else "light"
