"""The parameters that ask for the features with a value of a property, as its schema allows it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from geomap.cache import OwnerCache
from geomap.core.dataset import Dataset
from geomap.core.dates import parse_day, parse_span
from geomap.errors import BadQuery, quoted
from geomap.formats.query import number
from geomap.web.ogc.layers import CollectionKind
from geomap.web.ogc.properties import properties, simple
from geomap.web.parameters import Parameter, one_of

_TRUTHS = ("true", "1", "false", "0")
_LONGEST_DATE = 60
_further: OwnerCache[Dataset, tuple[Parameter, ...]] = OwnerCache(2)
Parse = Callable[[str, Any], Any]


def equality_parameters(
    kind: CollectionKind, dataset: Dataset | None = None
) -> tuple[Parameter, ...]:
    """Return a parameter for each property of every dataset; with a dataset, for its further ones."""
    if dataset is None:
        return _make(kind, kind.filters, None)
    names = kind.further(dataset)
    return _further.get(dataset, kind.name, lambda: _make(kind, names, dataset))


def _make(
    kind: CollectionKind, names: tuple[str, ...], dataset: Dataset | None
) -> tuple[Parameter, ...]:
    schemas = properties(kind, dataset)
    return tuple(_equal(name, simple(schemas[name])) for name in names)


def _equal(name: str, schema: dict[str, Any]) -> Parameter:
    description = schema.pop("description")
    return Parameter(
        name,
        f"Only features with this {name}. {description}",
        schema,
        _parser(name, schema),
        empty="value",
        texts=lambda value: [str(value).lower() if isinstance(value, bool) else str(value)],
    )


def _parser(name: str, schema: dict[str, Any]) -> Parse:
    """Return what reads a value, and raises BadQuery for one that the schema rules out."""
    if schema["type"] == "boolean":
        return lambda text, _: one_of(name, text, _TRUTHS) in _TRUTHS[:2]
    if schema["type"] == "number":
        return lambda text, _: number(name, text, "write a number, for example 12.5")
    if "enum" in schema:
        return lambda text, _: one_of(name, text, schema["enum"])
    if schema.get("format") == "date":
        return lambda text, _: _day(name, text)
    if "pattern" in schema:
        return lambda text, _: _edtf(name, text)
    return lambda text, _: text


def _day(name: str, text: str) -> str:
    try:
        return parse_day(text).isoformat()
    except ValueError as error:
        raise BadQuery(name, str(error)) from None


def _edtf(name: str, text: str) -> str:
    """The date in its shortest form, as rows have it."""
    if len(text) > _LONGEST_DATE:
        raise BadQuery(name, f"{quoted(text)} is too long for a date; write it as 2020-11-25")
    try:
        return str(parse_span(text))
    except ValueError as error:
        raise BadQuery(name, str(error)) from None
