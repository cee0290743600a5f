"""Further properties of the regions: what a region's file holds beyond the names that we read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from geomap.cache import OwnerCache
from geomap.core.dataset import Dataset
from geomap.core.status import COLUMNS

Kind = Literal["text", "number", "boolean"]
NAME = re.compile(r"[^\W\d_][\w.:-]{0,59}")
"""What the name of a further property that is passed on looks like."""
_ROW = (
    *COLUMNS,
    *("as_of", "known", "attribution", "licence", "valid_from", "valid_to", "feature_id"),
)
_OF_FILES = ("bbox", "fid", "geom", "ogc_fid", "wkb_geometry")
_PARAMETERS = (
    *("f", "lang", "limit", "offset", "datetime", "crs", "bbox-crs", "properties"),
    *("skipgeometry", "sortby", "filter", "filter-lang", "filter-crs"),
)
TAKEN = frozenset({*_ROW, *_OF_FILES, *_PARAMETERS})
"""Names in lower case that exports have for columns, or OGC API for parameters, of their own."""


@dataclass(frozen=True)
class Further:
    """The further properties of a dataset's regions.

    `kinds` are those of the columns, by name; `rows` the values, one dict a region with each of
    the columns, None where a region has no such property.
    """

    kinds: Mapping[str, Kind]
    rows: tuple[dict[str, Any], ...]


_further: OwnerCache[Dataset, Further] = OwnerCache(1)


def further(dataset: Dataset) -> Further:
    """Return the further properties of a dataset's regions, in the regions' order.

    A property that is of one kind here and of another there is text everywhere.
    """
    return _further.get(dataset, None, lambda: _make(dataset.regions["further"]))


def kinds_of(rows: Iterable[Mapping[str, Any]]) -> dict[str, set[Kind]]:
    """Return of which kinds the values of each property are, in the order of their appearance."""
    kinds: dict[str, set[Kind]] = {}
    for row in rows:
        for name, value in row.items():
            kinds.setdefault(name, set()).add(_kind(value))
    return kinds


def _make(given: Iterable[Mapping[str, Any]]) -> Further:
    rows = list(given)
    kinds: dict[str, Kind] = {
        name: next(iter(all_kinds)) if len(all_kinds) == 1 else "text"
        for name, all_kinds in kinds_of(rows).items()
    }
    return Further(
        kinds,
        tuple({name: _value(row.get(name), kind) for name, kind in kinds.items()} for row in rows),
    )


def _kind(value: Any) -> Kind:
    if isinstance(value, bool):
        return "boolean"
    return "number" if isinstance(value, int | float) else "text"


def _value(value: Any, kind: Kind) -> Any:
    if value is None or kind != "text" or isinstance(value, str):
        return value
    return str(value).lower() if isinstance(value, bool) else str(value)
