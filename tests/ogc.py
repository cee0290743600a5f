"""Asking the OGC API, for its tests."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

REGIONS = "/ogc/collections/handover-2020.regions"
EVENTS = "/ogc/collections/handover-2020.events"
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
EPSG4326 = "http://www.opengis.net/def/crs/EPSG/0/4326"
EPSG3857 = "http://www.opengis.net/def/crs/EPSG/0/3857"
ALL = 12  # regions and stretches of days in the built-in dataset


def ask(client: FlaskClient, path: str, **parameters: Any) -> TestResponse:
    hyphened = {"bbox_crs": "bbox-crs", "filter_crs": "filter-crs", "filter_lang": "filter-lang"}
    asked = {hyphened.get(name, name): value for name, value in parameters.items()}
    return client.get(path, query_string=asked)


def ids(client: FlaskClient, **parameters: Any) -> list[str]:
    answer = ask(client, f"{REGIONS}/items", **parameters)
    assert answer.status_code == 200, answer.text
    return sorted(feature["id"] for feature in answer.json["features"])


def refusal(client: FlaskClient, path: str = f"{REGIONS}/items", **parameters: Any) -> str:
    answer = ask(client, path, **parameters)
    assert answer.status_code == 400, answer.text
    assert answer.content_type == "application/problem+json"
    return str(answer.json["detail"])


def linked(document: dict[str, Any]) -> dict[str, str]:
    return {link["rel"]: link["href"] for link in document["links"]}
