"""The `filter` parameter: CQL2 (OGC 21-065r2), parsed and evaluated by the library `cql2`.

The library's parser takes time and stack that double with each open bracket of a broken text, so a
text's size and depth are checked before it is parsed. Comparisons with a property that is null are
neither true nor false, as in SQL: the library leaves them unreduced. Spatial comparisons are
evaluated here, for all regions at once, and given to the library as true or false.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import shapely
from shapely.errors import GEOSException, ShapelyError
from shapely.geometry import shape

from geomap.core.dataset import Dataset
from geomap.core.dates import parse_day
from geomap.errors import BadQuery, quoted
from geomap.formats.shapes import box, shapes
from geomap.web.ogc.crs import Crs, parse_box
from geomap.web.ogc.days import day_of
from geomap.web.ogc.layers import Layer

LANGUAGES = ("cql2-text", "cql2-json")
GEOMETRY = "geometry"
MAX_LENGTH = 4000
MAX_DEPTH = 8
MAX_TERMS = 100
_EXAMPLE = "for example: actor = 'azerbaijan' AND divided = 'no'"
_TOKEN = re.compile(r"""'(?:\\'|\\(?!')|[^'\\])*'|"[\w.:-]*"|[^'"]""")
"""A text, with its apostrophes as two (two tokens) or after a \\, a name in quotes, or a character."""
_NUMBER = re.compile(r"(?<![\w.])((?:\d+\.?\d*|\.\d+))[eE]([+-]?\d{1,3})(?![\w.])", re.ASCII)
"""A number with an exponent; the library reads none in a geometry."""
_MINUS = re.compile(r"(?<![\s(,=<>])\s*-|-(?![\d.])")
_NUMBERS = r"[\d\s.,+-]"
_WKT = re.compile(
    r"\b(?:multi)?(?:point|linestring|polygon)\s*(?:z\s*)?"
    rf"\((?:{_NUMBERS}|\((?:{_NUMBERS}|\({_NUMBERS}*\))*\))*\)",
    re.IGNORECASE | re.ASCII,
)
_BETWEEN_COORDINATES = re.compile(r"(?<=[\d.])\s+(?=-[\d.])", re.ASCII)
_WORD = re.compile(r"\b(?:and|or|not)\b|\(", re.IGNORECASE)
_COMPARE = ("=", "<>", "<", "<=", ">", ">=")
_SPATIAL = {
    "s_intersects": shapely.intersects,
    "s_disjoint": shapely.disjoint,
    "s_equals": shapely.equals,
    "s_touches": shapely.touches,
    "s_within": shapely.within,
    "s_overlaps": shapely.overlaps,
    "s_crosses": shapely.crosses,
    "s_contains": shapely.contains,
}
_ARGUMENTS = {
    **dict.fromkeys(("and", "or"), range(2, MAX_TERMS + 1)),
    **dict.fromkeys(("not", "isNull", "casei"), range(1, 2)),
    **dict.fromkeys((*_COMPARE, "like", "in", "a_contains", *_SPATIAL), range(2, 3)),
    "between": range(3, 4),
}
OPERATORS = tuple(_ARGUMENTS)


@dataclass
class Filter:
    """A checked expression; `names` are the properties it uses, `spatial` the results by region."""

    expression: Any
    names: set[str] = field(default_factory=set)
    spatial: list[np.ndarray[Any, Any]] = field(default_factory=list)

    def matching(
        self, layer: Layer, numbers: np.ndarray[Any, Any], day: str | None
    ) -> np.ndarray[Any, Any]:
        """Return those of the features for which the expression is true."""
        from cql2 import Expr

        expression = Expr(self.expression)
        # Many features share the values that the expression uses, and evaluating it is slow.
        answers: dict[tuple[Any, ...], bool] = {}
        columns = {name: layer.values(numbers, name, day) for name in self.names}
        for n, hit in enumerate(self.spatial):
            columns[_spatial_name(n)] = hit[layer.places[numbers]].tolist()
        true = np.zeros(len(numbers), dtype=bool)
        rows = zip(*columns.values(), strict=True) if columns else [()] * len(numbers)
        for place, row in enumerate(rows):
            key = tuple(tuple(v) if isinstance(v, list) else v for v in row)
            if key not in answers:
                values = dict(zip(columns, row, strict=True))
                # Not `matches`, which raises if the result is neither true nor false.
                result: Any = expression.reduce({"properties": values}).to_json()
                answers[key] = result is True
            true[place] = answers[key]
        return numbers[true]


def parse_filter(
    text: str, language: str, crs: Crs, dataset: Dataset, columns: tuple[str, ...]
) -> Filter:
    """Return the filter that a CQL2 text or JSON document stands for.

    Raises BadQuery for what is too long, too deep, no CQL2, or more than is offered here.
    """
    from cql2 import ParseError, parse_json, parse_text

    if len(text) > MAX_LENGTH:
        raise BadQuery("filter", f"is longer than {MAX_LENGTH} characters; ask for less at once")
    is_json = language == "cql2-json"
    if not is_json:
        text = _checked(text)
    try:
        document = (parse_json if is_json else parse_text)(text).to_json()
    except ParseError as error:
        raise BadQuery("filter", f"is not {language}{_position(str(error))}; {_EXAMPLE}") from None
    except Exception as error:
        # The library has no class of its own for a geometry that it cannot build.
        if type(error) is not Exception:
            raise
        raise BadQuery("filter", f"cannot be read: {str(error)[:100]}; {_EXAMPLE}") from None
    filter = Filter(None)
    filter.expression = _Reader(filter, dataset, columns, crs).read(document, MAX_DEPTH * 2)
    return filter


def _checked(text: str) -> str:
    """Return a text as the library reads it: each apostrophe doubled, no number with an exponent.

    Refuses one that the parser would spend too much time or stack on.
    """
    tokens = _TOKEN.findall(text)
    if "".join(tokens) != text:
        raise BadQuery("filter", f"has a quotation mark without its partner; {_EXAMPLE}")
    whole, bare = [], []
    for in_quotes, group in groupby(tokens, lambda token: token[0] in "'\""):
        piece = "".join(group)
        if in_quotes:
            whole.append(piece.replace("\\'", "''"))
            bare.append(piece[0])
        else:
            whole.append(_NUMBER.sub(_decimal, piece))
            bare.append(whole[-1])
    _check_size("".join(bare))
    return "".join(whole)


def _decimal(match: re.Match[str]) -> str:
    return format(Decimal(f"{match[1]}e{match[2]}"), "f")


def _check_size(bare: str) -> None:
    """Refuse a text, here without what is in quotation marks, that is too deep or long to parse."""
    depth = deepest = 0
    for character in bare:
        depth += {"(": 1, ")": -1}.get(character, 0)
        deepest = max(deepest, depth)
    if depth:
        raise BadQuery("filter", f"has {'(' if depth > 0 else ')'} without its partner; {_EXAMPLE}")
    if deepest > MAX_DEPTH or len(_WORD.findall(bare)) > MAX_TERMS:
        raise BadQuery(
            "filter",
            f"is too deep or has too many parts; it takes {MAX_DEPTH} brackets in each other, "
            f"and {MAX_TERMS} brackets and words AND, OR, NOT",
        )
    if len(re.findall(r"\bnot\b", bare, re.IGNORECASE)) > MAX_DEPTH * 2:
        raise BadQuery("filter", f"has more than {MAX_DEPTH * 2} times NOT; ask for less at once")
    # In a geometry, numbers stand beside each other: there a minus after a space is a sign.
    bare = _WKT.sub(lambda match: _BETWEEN_COORDINATES.sub(",", match[0]), bare)
    if re.search(r"[+*/^%\[\]{}]", bare) or _MINUS.search(bare):
        raise BadQuery("filter", f"calculates; only comparisons are offered, {_EXAMPLE}")


def _position(message: str) -> str:
    match = re.search(r"--> (\d+):(\d+)", message)
    return f" at character {match[2]} of line {match[1]}" if match else ""


@dataclass
class _Reader:
    """Reads a CQL2 JSON document: refuses unsupported parts and evaluates spatial comparisons."""

    filter: Filter
    dataset: Dataset
    columns: tuple[str, ...]
    crs: Crs

    def read(self, node: Any, depth: int) -> Any:
        """Return an expression for the library."""
        if depth == 0:
            raise BadQuery("filter", f"is more than {MAX_DEPTH * 2} operators deep; ask for less")
        if isinstance(node, (str, bool, int, float)) or node is None:
            return node
        if isinstance(node, dict):
            if "op" in node:
                return self._operator(str(node["op"]), node.get("args", []), depth)
            if "property" in node:
                return self._property(node["property"])
            if "date" in node:
                return {"date": _day(node["date"])}
            if "timestamp" in node:
                return {"date": _day_of_instant(node["timestamp"], self.dataset)}
        raise BadQuery("filter", f"has a value of a kind that is not offered here; {_EXAMPLE}")

    def _operator(self, op: str, args: list[Any], depth: int) -> Any:
        if op not in _ARGUMENTS:
            known = ", ".join(OPERATORS)
            raise BadQuery("filter", f"{op[:40]!r} is not offered; there are {known}")
        if len(args) not in _ARGUMENTS[op]:
            raise BadQuery("filter", f"{op!r} has too few or too many values; {_EXAMPLE}")
        if op in _SPATIAL:
            return self._spatial(op, args)
        if op in ("in", "a_contains"):
            listed = self._list(op, args[1], depth - 1)
            args = [self.read(args[0], depth - 1), listed]
        else:
            args = [self.read(arg, depth - 1) for arg in args]
        return {"op": op, "args": args}

    def _list(self, op: str, given: Any, depth: int) -> list[Any]:
        values: list[Any] = given if isinstance(given, list) else []
        if op == "in":
            # As texts, as days are in a row: the library finds no date in a list of them.
            values = [self.read(v, depth)["date"] if _is_day(v) else v for v in values]
        if not values or not all(isinstance(v, (str, bool, int, float)) for v in values):
            raise BadQuery("filter", f"{op!r} takes a list of texts or numbers, such as ('a', 'b')")
        return values

    def _property(self, name: Any) -> dict[str, Any]:
        if name == GEOMETRY:
            raise BadQuery(
                "filter",
                f"the property {GEOMETRY!r} takes spatial comparisons only, for example: "
                f"S_INTERSECTS({GEOMETRY}, BBOX(46, 39, 47, 40)); every feature has one",
            )
        if name not in self.columns:
            known = ", ".join((*self.columns, GEOMETRY))
            raise BadQuery("filter", f"there is no property {str(name)[:40]!r}; there are {known}")
        self.filter.names.add(name)
        return {"property": name}

    def _spatial(self, op: str, args: list[Any]) -> dict[str, Any]:
        own = [isinstance(arg, dict) and arg.get("property") == GEOMETRY for arg in args]
        if sum(own) != 1:
            raise BadQuery("filter", f"{op!r} compares the property {GEOMETRY} with one geometry")
        outlines = shapes(self.dataset).geometries
        given = self._geometry(args[own.index(False)])
        pair = (outlines, given) if own[0] else (given, outlines)
        try:
            hits = _SPATIAL[op](*pair)
        except GEOSException:
            raise BadQuery("filter", f"{op!r} has a geometry that crosses itself") from None
        self.filter.spatial.append(hits)
        name = _spatial_name(len(self.filter.spatial) - 1)
        return {"op": "=", "args": [{"property": name}, True]}

    def _geometry(self, node: Any) -> Any:
        if not isinstance(node, dict):
            raise BadQuery("filter", "has something that is no geometry")
        if "bbox" in node:
            return box(_box(node["bbox"], self.crs))
        try:
            geometry = shape(node)
        except (AttributeError, LookupError, TypeError, ValueError, ShapelyError):
            raise BadQuery("filter", "has something that is no geometry") from None
        if geometry.is_empty:
            raise BadQuery("filter", "has a geometry that is empty")
        degrees = self.crs.to_crs84(geometry)
        inside = self.crs.holds(shapely.get_coordinates(geometry))
        if not (inside and np.isfinite(shapely.get_coordinates(degrees)).all()):
            raise BadQuery("filter", f"has a geometry outside the world of {self.crs.name}")
        return degrees


def _is_day(value: Any) -> bool:
    return isinstance(value, dict) and ("date" in value or "timestamp" in value)


def _day(text: Any) -> str:
    try:
        return parse_day(str(text)).isoformat()
    except ValueError as error:
        raise BadQuery("filter", str(error)) from None


def _day_of_instant(text: Any, dataset: Dataset) -> str:
    """The day on which an instant falls where the dataset is, as `datetime` takes it."""
    try:
        return day_of(str(text), ZoneInfo(dataset.meta.timezone)).isoformat()
    except BadQuery:
        takes = "write it as TIMESTAMP('2020-11-25T08:00:00Z')"
        raise BadQuery("filter", f"{quoted(str(text))} is no instant; {takes}") from None


def _box(numbers: list[Any], crs: Crs) -> tuple[float, float, float, float]:
    for value in numbers:
        # True is an int to Python, and no number in CQL2.
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise BadQuery("filter", "BBOX takes numbers only, such as BBOX(46, 39, 47, 40)")
    try:
        return parse_box(",".join(repr(value) for value in numbers), crs)
    except BadQuery as error:
        raise BadQuery("filter", str(error)) from None


def _spatial_name(number: int) -> str:
    return f"spatial {number}"
