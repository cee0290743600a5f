"""The embed: the map alone, for an iframe on somebody else's page."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request

from geomap.web.headers import allow_framing
from geomap.web.parameters import QUERY, parse_query, pick, reads
from geomap.web.routes.pages import VIEW, default_query, page_values, shared_links
from geomap.web.site import absolute, site
from geomap.web.view import page_of

blueprint = Blueprint("embed", __name__, template_folder="templates")


@blueprint.get("/<dataset_id>/embed")
@reads(*QUERY, host=True)
def embed(dataset_id: str) -> Response:
    """Answer with the map for an iframe. Its language is the one asked for, never guessed."""
    dataset = site().dataset(dataset_id)
    query = parse_query(dataset, request.args)
    here = query.address(default_query(dataset))
    full = absolute("pages.reader", dataset_id=dataset.id, **pick(here, *VIEW))
    page = page_of(dataset, query)
    allow_framing()
    values = page_values(page, full, fill=True) | shared_links(page)
    return Response(render_template("embed.html", **values, full=full))
