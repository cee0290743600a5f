"""`/healthz`: whether the service is ready."""

from __future__ import annotations

import orjson
from flask import Blueprint, Response

from geomap.web.negotiation import JSON
from geomap.web.openapi import TEXT
from geomap.web.route import route
from geomap.web.site import site

blueprint = Blueprint("health", __name__)
_TEXTS = {"type": "object", "additionalProperties": TEXT}
_HEALTH = {
    "type": "object",
    "required": ["status", "datasets", "faults"],
    "properties": {
        "status": {"type": "string", "enum": ["ok", "degraded"]},
        "datasets": _TEXTS,
        "faults": _TEXTS,
    },
}


@route(
    blueprint,
    "/healthz",
    "Ready or not, and the version of each dataset",
    tag="Site",
    answers={JSON: _HEALTH},
    refuses=False,
    cached=False,
)
def health() -> Response:
    """Answer whether the service is ready, which data it serves, and what is wrong with an edit."""
    served = site()
    body = {
        "status": "degraded" if served.faults else "ok",
        "datasets": {id: dataset.version for id, dataset in served.datasets.items()},
        "faults": served.faults,
    }
    response = Response(orjson.dumps(body), mimetype=JSON)
    response.headers["Cache-Control"] = "no-store"
    return response
