"""Downloads: the regions' status in every format, the events, the ledger, and `/healthz`."""

from __future__ import annotations

from collections.abc import Callable

import orjson
from flask import Blueprint, Response, request

from geomap.errors import NotFound
from geomap.formats import (
    FORMATS,
    TABLES,
    export_actors,
    export_claims,
    export_events,
    export_regions,
    export_sources,
    parse_bbox,
    parse_simplify,
)
from geomap.web.assets import by_hashed_name, resizer
from geomap.web.headers import IMMUTABLE
from geomap.web.parameters import QUERY, one, parse_query, reads
from geomap.web.site import site

blueprint = Blueprint("downloads", __name__)
_SHOWN_BY_BROWSERS = ("csv", "geojson", "json", "jsonfg", "topojson")


@blueprint.get("/<dataset_id>/regions.<path:ending>")
@reads(*QUERY, "bbox", "simplify")
def regions(dataset_id: str, ending: str) -> Response:
    """Answer with the status of the regions on `date`."""
    dataset = site().dataset(dataset_id)
    if ending not in FORMATS:
        raise NotFound(f"there is no format of that name; there are {', '.join(FORMATS)}")
    query = parse_query(dataset, request.args)
    box, tolerance = one(request.args, "bbox"), one(request.args, "simplify")
    body = export_regions(
        dataset,
        ending,
        query.date,
        query.known,
        query.sources,
        query.lang,
        parse_bbox(box) if box else None,
        parse_simplify(tolerance) if tolerance else None,
    )
    name = f"{dataset.id}-{query.date}.{ending}"
    return _file(body, FORMATS[ending].media_type, name, ending)


@blueprint.get("/<dataset_id>/events.<ending>")
@reads(*QUERY)
def events(dataset_id: str, ending: str) -> Response:
    """Answer with what the chosen claims agree on, one event a row."""
    return _table(dataset_id, "events", ending, export_events)


@blueprint.get("/<dataset_id>/claims.<ending>")
@reads(*QUERY)
def claims(dataset_id: str, ending: str) -> Response:
    """Answer with the ledger, one claim a row."""
    return _table(dataset_id, "claims", ending, export_claims)


@blueprint.get("/<dataset_id>/sources.<ending>")
@reads(*QUERY)
def sources(dataset_id: str, ending: str) -> Response:
    """Answer with the sources whose claims count."""
    return _table(dataset_id, "sources", ending, export_sources)


@blueprint.get("/<dataset_id>/actors.<ending>")
@reads(*QUERY)
def actors(dataset_id: str, ending: str) -> Response:
    """Answer with the actors, their names and colours."""
    return _table(dataset_id, "actors", ending, export_actors)


@blueprint.get("/static/<name>")
@reads()
def static_file(name: str) -> Response:
    """Answer with one of our own scripts or styles; its name changes with its content."""
    content, media_type = by_hashed_name(name)
    response = Response(content, content_type=media_type)
    response.headers["Cache-Control"] = IMMUTABLE
    return response


@blueprint.get("/embed.js")
@reads()
def embed_script() -> Response:
    """Answer with the script that fits an embed's height, for other sites' pages."""
    return Response(resizer(), content_type="text/javascript; charset=utf-8")


@blueprint.get("/healthz")
def health() -> Response:
    """Answer whether the service is ready, which data it serves, and what is wrong with an edit."""
    found = site()
    body = {
        "status": "degraded" if found.faults else "ok",
        "datasets": {id: dataset.version for id, dataset in found.datasets.items()},
        "faults": found.faults,
    }
    response = Response(orjson.dumps(body), mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response


def _table(dataset_id: str, name: str, ending: str, export: Callable[..., bytes]) -> Response:
    dataset = site().dataset(dataset_id)
    query = parse_query(dataset, request.args)
    body = export(dataset, ending, query.known, query.sources)
    return _file(body, TABLES[ending], f"{dataset.id}-{name}.{ending}", ending)


def _file(body: bytes, media_type: str, name: str, ending: str) -> Response:
    response = Response(body, content_type=media_type)
    kind = "inline" if ending in _SHOWN_BY_BROWSERS else "attachment"
    response.headers["Content-Disposition"] = f'{kind}; filename="{name}"'
    return response
