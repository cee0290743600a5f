"""The embed: the map alone, for an iframe on somebody else's page."""

from __future__ import annotations

from flask import Blueprint, Response, render_template

from geomap.web.negotiation import HTML
from geomap.web.openapi import TEXT
from geomap.web.parameters import QUERY, default_query, pick
from geomap.web.route import asked, route
from geomap.web.routes.pages import VIEW, page_values, shared_links
from geomap.web.site import absolute, site
from geomap.web.view import page_of

blueprint = Blueprint("embed", __name__, template_folder="templates")


@route(
    blueprint,
    "/<dataset_id>/embed",
    "The map for an iframe",
    tag="Pages",
    parameters=QUERY,
    answers={HTML: TEXT},
    framed=True,
    absolute_links=True,
)
def embed(dataset_id: str) -> Response:
    """Answer with the map for an iframe. Its language is the one asked for, never guessed."""
    dataset = site().dataset(dataset_id)
    query = asked().query()
    here = query.address(default_query(dataset))
    full = absolute("pages.reader", dataset_id=dataset.id, **pick(here, *VIEW))
    page = page_of(dataset, query)
    values = page_values(page, full, fill=True) | shared_links(page)
    return Response(render_template("embed.html", **values, full=full))
