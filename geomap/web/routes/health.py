"""`/healthz`: whether the service lives, is ready, and serves each dataset as it now is."""

from __future__ import annotations

from typing import Any

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
    "required": ["status"],
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
_LIVE = choice(
    "live", "1: only whether the service answers; no dataset is looked at", ("0", "1"), "0"
)


@route(
    blueprint,
    "/healthz",
    "Whether it lives, whether it is ready, and the version of each dataset",
    tag="Site",
    answers={JSON: _HEALTH},
    parameters=[_LIVE, _STRICT],
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
    if asked().values["live"] == "1":
        return _answer({"status": "ok"}, 200)
    served = site()
    fails = served.faults and asked().values["strict"] == "1"
    body = {
        "status": "degraded" if served.faults else "ok",
        "datasets": {id: dataset.version for id, dataset in served.datasets.items()},
        "faults": dict.fromkeys(served.faults, _SEE_THE_LOG),
    }
    return _answer(body, 503 if fails else 200)


def _answer(body: dict[str, Any], status: int) -> Response:
    response = Response(orjson.dumps(body), status=status, mimetype=JSON)
    response.headers["Cache-Control"] = "no-store"
    return response
