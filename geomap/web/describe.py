"""Small pieces of an OpenAPI 3.0 document: parameters, answers, operations, schemas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from geomap.core.dataset import Dataset
from geomap.web.parameters import languages

Node = dict[str, Any]
PROBLEM = "#/components/responses/Problem"
NOT_FOUND = "#/components/responses/NotFound"
TEXT: Node = {"type": "string"}


def ref(path: str) -> Node:
    """Return a reference to a component, such as `parameters/limit`."""
    return {"$ref": f"#/components/{path}"}


def parameter(name: str, schema: Node, description: str, *, place: str = "query") -> Node:
    """Return a parameter; one in the path is required."""
    return {
        "name": name,
        "in": place,
        "required": place == "path",
        "description": description,
        "schema": schema,
        **({"style": "form", "explode": False} if place == "query" else {}),
    }


def content(media_type: str, schema: Node | None = None) -> Node:
    """Return the content of an answer; without a schema it is bytes."""
    return {media_type: {"schema": schema or {"type": "string", "format": "binary"}}}


def get(
    id: str,
    summary: str,
    parameters: Sequence[Node],
    found: Mapping[str, Node],
    *,
    tag: str,
    headers: Mapping[str, str] | None = None,
    refused: bool = True,
    more: Mapping[str, Node] | None = None,
) -> Node:
    """Return a path that is read with GET: what it answers, and that it may refuse.

    `headers` are names and meanings of headers of its own, `more` are answers besides 200, 304, 400
    and 404.
    """
    own = {
        name: {"description": text, "schema": TEXT, "required": True}
        for name, text in (headers or {}).items()
    }
    answers: Node = {
        "200": {
            "description": summary,
            "headers": {"ETag": ref("headers/ETag"), **own},
            "content": dict(found),
        },
        "304": {"description": "The bytes that the client has are still right"},
    }
    if refused:
        answers |= {"400": {"$ref": PROBLEM}, "404": {"$ref": NOT_FOUND}}
    return {
        "get": {
            "operationId": id,
            "tags": [tag],
            "summary": summary,
            "parameters": list(parameters),
            "responses": {**answers, **(more or {})},
        }
    }


def plain(schema: Any) -> Any:
    """Return a JSON Schema (2020-12) as OpenAPI 3.0 writes it: `nullable` for a type or null."""
    if isinstance(schema, list):
        return [plain(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: plain(value) for key, value in schema.items() if not key.startswith("$")}
    kinds = found.get("type")
    if isinstance(kinds, list):
        found["type"] = next(kind for kind in kinds if kind != "null")
        found["nullable"] = "null" in kinds
    if "const" in found:
        found["enum"] = [found.pop("const")]
    return found


def dataset_parameter(datasets: Sequence[Dataset]) -> Node:
    """Return the path parameter that names a dataset."""
    ids = {"type": "string", "enum": [dataset.id for dataset in datasets]}
    return parameter("dataset_id", ids, "Id of the dataset", place="path")


def shared_parameters(datasets: Sequence[Dataset]) -> dict[str, Node]:
    """Return the parameters that many addresses take, by name."""
    offered = list(dict.fromkeys(lang for d in datasets for lang in languages(d)))
    sources = list(dict.fromkeys(id for d in datasets for id in d.ledger.sources))
    day = {"type": "string", "format": "date"}
    listed = {"type": "array", "items": {"type": "string", "enum": sources}}
    return {
        "dataset": dataset_parameter(datasets),
        "known": parameter("known", day, "Only claims published by this day count"),
        "sources": parameter("sources", listed, "Only claims of these sources count"),
        "lang": parameter("lang", {"type": "string", "enum": offered}, "Language of names"),
    }


def components(datasets: Sequence[Dataset]) -> Node:
    """Return what all operations refer to: errors, ETag, shared parameters."""
    problem = {
        "application/problem+json": {"schema": ref("schemas/Problem")},
        "text/html": {"schema": TEXT},
    }
    return {
        "schemas": {
            "Problem": {
                "type": "object",
                "description": "RFC 9457",
                "required": ["type", "title", "status", "detail"],
                "properties": {
                    "type": TEXT,
                    "title": TEXT,
                    "status": {"type": "integer", "minimum": 400, "maximum": 599},
                    "detail": {"type": "string", "description": "What is wrong, and what to do"},
                    "parameter": {"type": "string", "description": "The parameter to change"},
                },
            },
        },
        "responses": {
            "Problem": {"description": "A parameter makes no sense here", "content": problem},
            "NotFound": {"description": "There is nothing of that name", "content": problem},
        },
        "headers": {
            "ETag": {"description": "Changes when and only when the bytes do", "schema": TEXT}
        },
        "parameters": shared_parameters(datasets),
    }
