"""`/healthz`: whether the service is ready."""

from __future__ import annotations

import orjson
from flask import Blueprint, Response

from geomap.web.negotiation import JSON
from geomap.web.openapi import TEXT
from geomap.web.parameters import choice
from geomap.web.route import asked, route
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

_SEE_THE_LOG = "this dataset is not served as it now is; the log says why"
"""Strangers may ask for this page, and a fault's text quotes drafts and names files and hosts."""
_STRICT = choice(
    "strict", "1: answer 503 where a dataset is not served as it now is", ("0", "1"), "0"
)


@route(
    blueprint,
    "/healthz",
    "Ready or not, and the version of each dataset",
    tag="Site",
    answers={JSON: _HEALTH},
    parameters=[_STRICT],
    responses={
        "503": {
            "description": "With `strict=1`: a dataset is not served as it now is",
            "content": {JSON: {"schema": _HEALTH}},
        }
    },
    cached=False,
)
def health() -> Response:
    """Answer whether the service is ready, which data it serves, and what is wrong with an edit."""
    served = site()
    fails = served.faults and asked().values["strict"] == "1"
    body = {
        "status": "degraded" if served.faults else "ok",
        "datasets": {id: dataset.version for id, dataset in served.datasets.items()},
        "faults": dict.fromkeys(served.faults, _SEE_THE_LOG),
    }
    response = Response(orjson.dumps(body), status=503 if fails else 200, mimetype=JSON)
    response.headers["Cache-Control"] = "no-store"
    return response
