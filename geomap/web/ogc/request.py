"""The parameters of `/ogc/`, and their combination into a selection of features."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from geomap.core.dataset import Dataset
from geomap.formats.export import FLAGS
from geomap.formats.query import Bbox
from geomap.web.ogc.crs import CRSS, parse_box, parse_crs
from geomap.web.ogc.days import Days, parse_datetime
from geomap.web.ogc.filters import LANGUAGES, MAX_LENGTH, Filter, parse_filter
from geomap.web.ogc.layers import CollectionKind
from geomap.web.ogc.properties import properties
from geomap.web.parameters import (
    CLAIMS,
    LANG,
    Node,
    Parameter,
    choice,
    one_of,
    plain_text,
    whole_number,
)
from geomap.web.route import FACE

LIMIT, MAX_LIMIT = 100, 10_000
_TRUTHS = ("true", "1", "false", "0")
_BOX: Node = {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 6}
_TEXT: Node = {"type": "string"}


def _crs(name: str, description: str) -> Parameter:
    return Parameter(
        name,
        description,
        {**_TEXT, "enum": list(CRSS)},
        lambda text, _: parse_crs(name, text).uri,
    )


# None of these has a default: links repeat only the parameters that were given.
BBOX = plain_text(
    "bbox",
    "Only features that touch this box: west,south,east,north",
    _BOX,
    empty="refused",
)
BBOX_CRS = _crs("bbox-crs", "The system of bbox; CRS84 if absent")
CRS = _crs("crs", "The system of the answer; CRS84 if absent")
DATETIME = Parameter(
    "datetime",
    "Only features that are valid on a day, at an instant, or at some time in an interval "
    "whose ends may be open: 2020-11-30, 2020-11-12/.., ../2020-11-12",
    _TEXT,
    lambda texts, _: tuple(texts),
    repeatable=True,
    empty="refused",
    texts=list,
)
LIMITED = whole_number(
    "limit",
    "At most so many features; more count as the maximum",
    1,
    most=MAX_LIMIT,
    schema={"default": LIMIT},
    empty="refused",
)
OFFSET = whole_number(
    "offset",
    "Leave out so many features at the start",
    0,
    schema={"default": 0},
    empty="refused",
)
FILTER = plain_text(
    "filter", "An expression in CQL2", {**_TEXT, "maxLength": MAX_LENGTH}, empty="refused"
)
FILTER_LANG = choice("filter-lang", "The encoding of filter", LANGUAGES, None)
FILTER_CRS = _crs("filter-crs", "The system of geometries in filter")

DOCUMENT = (FACE, LANG)
"""The parameters of every document."""
ONE_FEATURE = (FACE, *CLAIMS, LANG, CRS)
"""The parameters of a request for one feature."""
SELECTION = (BBOX, BBOX_CRS, DATETIME, LIMITED, OFFSET, CRS, FILTER, FILTER_LANG, FILTER_CRS)


def features_parameters(kind: CollectionKind) -> tuple[Parameter, ...]:
    """Return the parameters of a collection's features, its columns included."""
    return (FACE, *SELECTION, *CLAIMS, LANG, *(_equal(kind, name) for name in kind.filters))


def _equal(kind: CollectionKind, name: str) -> Parameter:
    """Return the parameter that asks for the features with a value of a column."""
    description = f"Only features with this {name}. {properties(kind)[name]['description']}"
    if name not in FLAGS:
        return plain_text(name, description, empty="value")
    return Parameter(
        name,
        description,
        {"type": "boolean"},
        lambda text, _: one_of(name, text, _TRUTHS) in _TRUTHS[:2],
        empty="value",
        texts=lambda value: [str(value).lower()],
    )


@dataclass(frozen=True)
class FeaturesQuery:
    """Which features are asked for, and which page of them.

    `days` are all to be met: GDAL gives one for each of the conditions that it hands on.
    """

    days: tuple[Days, ...]
    bbox: Bbox | None
    equal: tuple[tuple[str, str | bool], ...]
    filter: Filter | None
    limit: int
    offset: int


def features_query(
    values: Mapping[str, Any], dataset: Dataset, kind: CollectionKind
) -> FeaturesQuery:
    """Return which features are asked for. Raises BadQuery naming the parameter."""
    box, text = values["bbox"], values["filter"]
    box_crs = parse_crs("bbox-crs", values["bbox-crs"])
    filter_crs = parse_crs("filter-crs", values["filter-crs"])
    language = values["filter-lang"] or LANGUAGES[0]
    zone = ZoneInfo(dataset.meta.timezone)
    return FeaturesQuery(
        days=tuple(parse_datetime(text, zone) for text in values["datetime"] or ()),
        bbox=parse_box(box, box_crs) if box else None,
        equal=tuple((name, values[name]) for name in kind.filters if values[name] is not None),
        filter=parse_filter(text, language, filter_crs, dataset, kind.columns) if text else None,
        limit=LIMIT if values["limit"] is None else values["limit"],
        offset=values["offset"] or 0,
    )
