"""The description of the service: complete, valid, and true of what the running app answers."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from schemathesis import checks
from schemathesis.config import SchemathesisConfig
from werkzeug.routing import RequestRedirect

from geomap.core.dataset import Dataset
from geomap.formats import make_export
from geomap.formats.schema import datapackage
from geomap.sources import open as open_dataset
from geomap.web import create_app

EXAMPLES = 12  # for each of some forty operations; tests/test_fuzz_requests.py asks more


@pytest.fixture(scope="module")
def app(builtin: Dataset) -> Flask:
    return create_app([builtin])


def document(app: Flask, path: str = "/openapi.json") -> dict[str, Any]:
    found: dict[str, Any] = app.test_client().get(path).json
    return found


def test_every_address_is_described_and_every_description_is_answered(app: Flask) -> None:
    adapter = app.url_map.bind("localhost")
    described = set()
    for path, item in document(app)["paths"].items():
        sample = path.replace("{ending}", "csv").replace("{feature_id}", "x")
        try:
            endpoint, _ = adapter.match(sample.replace("{dataset_id}", "d").replace("{name}", "n"))
        except RequestRedirect:
            pytest.fail(f"{path} leads elsewhere")
        described.add((endpoint, *sorted(item)))
    answered = {(rule.endpoint, "get") for rule in app.url_map.iter_rules()}
    assert described == answered
    for rule in app.url_map.iter_rules():
        assert (rule.methods or set()) == {"GET", "HEAD", "OPTIONS"}


@pytest.mark.parametrize("path", ["/openapi.json", "/ogc/api"])
def test_the_document_is_sound(app: Flask, path: str) -> None:
    found = document(app, path)
    ids = [
        operation["operationId"] for item in found["paths"].values() for operation in item.values()
    ]
    assert len(ids) == len(set(ids))
    for reference in _references(found):
        node: Any = found
        for part in reference.removeprefix("#/").split("/"):
            node = node[part]
    for item in found["paths"].values():
        for parameter in item["get"]["parameters"]:
            assert "$ref" in parameter or parameter["description"]


def _references(node: Any) -> set[str]:
    if isinstance(node, dict):
        own = {node["$ref"]} if isinstance(node.get("$ref"), str) else set()
        return own.union(*(_references(value) for value in node.values()))
    return set().union(*(_references(value) for value in node)) if isinstance(node, list) else set()


def test_the_schemas_that_are_served_describe_what_is_served(app: Flask, builtin: Dataset) -> None:
    client = app.test_client()
    row = client.get("/schema/row.json").json
    for day in ("2020-09-27", "2020-11-30"):
        for found in make_export(builtin, day).rows:
            jsonschema.validate(found, row)
    rows = client.get("/schema/regions.json").json
    jsonschema.validate(client.get("/handover-2020/regions.geojson").json, rows)
    package = client.get("/handover-2020/datapackage.json")
    assert package.json == datapackage(builtin)
    assert client.get("/nowhere/datapackage.json").status_code == 404


# What schemathesis asks is made from the document, with a seed, so each run asks the same.
def _uncompressed(environ: dict[str, Any], start: Any) -> Any:
    """The app, for a client that says it can unpack answers and then does not."""
    environ.pop("HTTP_ACCEPT_ENCODING", None)
    return _APP.wsgi_app(environ, start)


def call(case: schemathesis.Case) -> None:
    """Ask what schemathesis made up; fail if the answer is none that the document has.

    No operation documents a 500, so a server error is an undocumented answer; 501 is documented
    where the oEmbed standard asks for it, or where an optional library may be missing.
    """
    names = (
        *("status_code_conformance", "content_type_conformance"),
        *("response_headers_conformance", "response_schema_conformance"),
    )
    case.call_and_validate(checks=[checks.CHECKS.get_one(name) for name in names])


_APP = create_app([open_dataset()])
_CONFIG = SchemathesisConfig.from_dict({"seed": 1})
SCHEMA = schemathesis.openapi.from_wsgi("/openapi.json", _uncompressed, config=_CONFIG)


@SCHEMA.parametrize()
@settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_no_server_error_and_no_undocumented_answer(case: schemathesis.Case) -> None:
    call(case)
