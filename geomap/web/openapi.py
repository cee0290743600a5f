"""OpenAPI 3.0, built from the declarations of the routes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from geomap.core.dataset import Dataset
from geomap.web.negotiation import HTML, PROBLEM
from geomap.web.parameters import Node, Parameter, Schema, plain_text
from geomap.web.route import Operation, Route

TEXT: Node = {"type": "string"}
OBJECT: Node = {"type": "object"}
BYTES: Node = {"type": "string", "format": "binary"}
BYTES_OR_TEXT: Node = {}
_PROBLEM_SCHEMA: Node = {
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
}


def ref(path: str) -> Node:
    """Return a reference to a component, such as `parameters/limit`."""
    return {"$ref": f"#/components/{path}"}


def part(name: str, description: str, allowed: Iterable[str] = ()) -> Parameter:
    """Return a variable part of a path, for the documentation; `allowed` are all that it can be."""
    words = list(allowed)
    return plain_text(name, description, {**TEXT, **({"enum": words} if words else {})})


def missing_extra() -> dict[str, Node]:
    """Return the answer of a route that may need an optional library."""
    return {"501": problem_answer("An optional library is not installed")}


def redirect(status: int, description: str) -> dict[str, Node]:
    """Return the answer of a route that may lead elsewhere."""
    location = {"Location": {"schema": TEXT}}
    return {str(status): {"description": description, "headers": location}}


def plain(schema: Any) -> Any:
    """Return a JSON Schema (2020-12) as OpenAPI 3.0 writes it: `nullable` for a type or null."""
    if isinstance(schema, list):
        return [plain(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    written = {key: plain(value) for key, value in schema.items() if not key.startswith("$")}
    kinds = written.get("type")
    if isinstance(kinds, list):
        types = [{"type": kind, "nullable": "null" in kinds} for kind in kinds if kind != "null"]
        del written["type"]
        written |= types[0] if len(types) == 1 else {"anyOf": types}
    if "const" in written:
        written["enum"] = [written.pop("const")]
    return written


class Document:
    """An OpenAPI document of some routes, given by their paths as `routes` returns them.

    `info` is its title and version, `server` the address that the paths start from.
    """

    def __init__(
        self,
        routes: Mapping[str, Route],
        datasets: Sequence[Dataset],
        info: Node,
        server: str,
        schemas: Mapping[str, Node],
    ) -> None:
        self._routes = routes
        self._datasets = datasets
        self._dataset = part("dataset_id", "Id of the dataset", [d.id for d in datasets])
        uses = Counter(
            parameter for route in routes.values() for one in route.operations
            for parameter in {*one.parameters}
        )  # fmt: skip
        shared = [parameter for parameter, count in uses.items() if count > 1]
        # Where two parameters have one name, the second is written out where it is used.
        self._shared = {parameter.name: parameter for parameter in reversed(shared)}
        self.body: Node = {
            "openapi": "3.0.3",
            "info": info,
            "servers": [{"url": server}],
            "paths": self._paths(),
            "components": {
                "schemas": {"Problem": _PROBLEM_SCHEMA, **schemas},
                "responses": {
                    "Problem": problem_answer("A parameter makes no sense here"),
                    "NotFound": problem_answer("There is nothing of that name"),
                },
                "headers": {
                    "ETag": {
                        "description": "Changes when and only when the bytes do",
                        "schema": TEXT,
                    }
                },
                "parameters": {
                    "dataset": self.parameter(self._dataset, "path"),
                    **{name: self.parameter(one) for name, one in self._shared.items()},
                },
            },
        }

    def _paths(self) -> Node:
        paths = {}
        for rule, route in self._routes.items():
            for operation in route.operations:
                path = re.sub(r"<(\w+)>", r"{\1}", rule)
                if operation.kind:
                    path = path.replace("{collection_id}", f"{{dataset_id}}.{operation.kind}")
                paths[path] = {"get": self._operation(path, route, operation)}
        return paths

    def _operation(self, path: str, route: Route, operation: Operation) -> Node:
        answers = {
            media_type: {"schema": self._schema(schema)}
            for media_type, schema in operation.answers.items()
        }
        responses: dict[str, Node] = {}
        if answers:
            responses["200"] = {
                "description": operation.summary,
                "headers": {"ETag": ref("headers/ETag")},
                "content": answers,
            }
            responses["304"] = {"description": "The bytes that the client has are still right"}
        if route.refuses and answers:
            responses["400"] = ref("responses/Problem")
        if route.refuses:
            responses["404"] = ref("responses/NotFound")
        return {
            "operationId": operation.id,
            "tags": [route.tag],
            "summary": operation.summary,
            "parameters": [
                *([ref("parameters/dataset")] if "{dataset_id}" in path else []),
                *(self.parameter(one, "path") for one in route.path),
                *(self._reference(one) for one in operation.parameters),
            ],
            "responses": {**responses, **route.responses},
        }

    def _reference(self, parameter: Parameter) -> Node:
        if self._shared.get(parameter.name) is parameter:
            return ref(f"parameters/{parameter.name}")
        return self.parameter(parameter)

    def parameter(self, parameter: Parameter, place: str = "query") -> Node:
        """Return the description of a parameter."""
        return {
            "name": parameter.name,
            "in": place,
            "required": place == "path" or bool(parameter.required),
            "description": parameter.description,
            "schema": self._schema(parameter.schema),
            **({"style": "form", "explode": False} if place == "query" else {}),
        }

    def _schema(self, schema: Schema) -> Node:
        return schema(self._datasets) if callable(schema) else schema


def problem_answer(description: str) -> Node:
    """Return the documentation of an error response: a page or problem+json."""
    schemas = {PROBLEM: {"schema": ref("schemas/Problem")}, HTML: {"schema": TEXT}}
    return {"description": description, "content": schemas}
