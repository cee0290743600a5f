"""The parameters of `/ogc/`, and their combination into a selection of features."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from geomap.core.dataset import Dataset
from geomap.errors import BadQuery, quoted
from geomap.formats import FORMATS
from geomap.formats.export import LISTS
from geomap.formats.query import Bbox
from geomap.web.ogc.crs import CRSS, parse_box, parse_crs
from geomap.web.ogc.days import Days, parse_datetime
from geomap.web.ogc.equal import equality_parameters
from geomap.web.ogc.filters import LANGUAGES, MAX_LENGTH, Filter, parse_filter
from geomap.web.ogc.layers import CollectionKind
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
from geomap.web.route import FACE, face_parameter

LIMIT, MAX_LIMIT = 100, 10_000
_BOX: Node = {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 6}
_TEXT: Node = {"type": "string"}


def _crs(name: str, description: str) -> Parameter:
    return Parameter(
        name,
        description,
        {**_TEXT, "format": "uri", "enum": list(CRSS)},
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
FILES = {ending: format.media_type for ending, format in FORMATS.items()}
"""The media types of the files that the features are given as, by ending."""
ITEMS_FACE = face_parameter(FILES)
SKIP_GEOMETRY = Parameter(
    "skipGeometry",
    "Whether to leave the outlines out",
    {"type": "boolean", "default": False},
    lambda text, _: one_of("skipGeometry", text, ("true", "false")) == "true",
    empty="refused",
    texts=lambda value: [str(value).lower()],
)


def features_parameters(kind: CollectionKind) -> tuple[Parameter, ...]:
    """Return the parameters of a collection's features, its columns included."""
    shape = (_properties(kind), SKIP_GEOMETRY, _sortby(kind))
    return (ITEMS_FACE, *SELECTION, *shape, *CLAIMS, LANG, *equality_parameters(kind))


def sortables(kind: CollectionKind, dataset: Dataset) -> tuple[str, ...]:
    """Return the columns that features can be sorted by: all but the lists."""
    return tuple(name for name in kind.all_columns(dataset) if name not in LISTS)


def _properties(kind: CollectionKind) -> Parameter:
    """Return the parameter that says which properties features shall have."""

    def parse(text: str, dataset: Dataset) -> tuple[str, ...]:
        offered = kind.all_columns(dataset)
        given = {_offered("properties", name.strip(), offered) for name in text.split(",")}
        return tuple(name for name in offered if name in given)

    return Parameter(
        "properties",
        "Only these properties of the features, in the collection's order",
        _names_schema(kind.all_columns, ""),
        parse,
        empty="refused",
        texts=lambda names: [",".join(names)],
    )


def _sortby(kind: CollectionKind) -> Parameter:
    """Return the parameter that orders the features: `(name, whether descending)` each."""

    def parse(text: str, dataset: Dataset) -> tuple[tuple[str, bool], ...]:
        offered = sortables(kind, dataset)
        # An unescaped + arrives as a space.
        terms = [term.strip().removeprefix("+") for term in text.split(",")]
        return tuple(
            (_offered("sortby", term.removeprefix("-"), offered), term.startswith("-"))
            for term in terms
        )

    return Parameter(
        "sortby",
        "Sort by these properties, each ascending (+) or descending (-); what is null comes last",
        _names_schema(lambda dataset: sortables(kind, dataset), "[+-]?"),
        parse,
        empty="refused",
        texts=lambda terms: [",".join(f"{'-' * down}{name}" for name, down in terms)],
    )


def _names_schema(
    names: Callable[[Dataset], tuple[str, ...]], sign: str
) -> Callable[[Sequence[Dataset]], Node]:
    def schema(datasets: Sequence[Dataset]) -> Node:
        offered = list(dict.fromkeys(name for dataset in datasets for name in names(dataset)))
        if sign:
            pattern = f"^{sign}({'|'.join(map(re.escape, offered))})$"
            return {"type": "array", "items": {"type": "string", "pattern": pattern}}
        return {"type": "array", "items": {"type": "string", "enum": offered}}

    return schema


def _offered(parameter: str, name: str, offered: Collection[str]) -> str:
    if name not in offered:
        takes = f"there are {', '.join(offered)}"
        raise BadQuery(parameter, f"there is no property {quoted(name)} to name here; {takes}")
    return name


@dataclass(frozen=True)
class FeaturesQuery:
    """Which features are asked for, and which page of them.

    `days` are all to be met: GDAL gives one for each of the conditions that it hands on.
    `properties` are those that a feature shall have, None for all.
    """

    days: tuple[Days, ...]
    bbox: Bbox | None
    equal: tuple[tuple[str, str | bool], ...]
    filter: Filter | None
    order: tuple[tuple[str, bool], ...]
    properties: tuple[str, ...] | None
    with_geometry: bool
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
    columns = kind.all_columns(dataset)
    names = (*kind.filters, *kind.further(dataset))
    return FeaturesQuery(
        days=tuple(parse_datetime(text, zone) for text in values["datetime"] or ()),
        bbox=parse_box(box, box_crs) if box else None,
        equal=tuple((name, values[name]) for name in names if values[name] is not None),
        filter=parse_filter(text, language, filter_crs, dataset, columns) if text else None,
        order=values["sortby"] or (),
        properties=values["properties"],
        with_geometry=not values["skipGeometry"],
        limit=LIMIT if values["limit"] is None else values["limit"],
        offset=values["offset"] or 0,
    )
