"""Texts that callers send to values: the box and the tolerance of an export."""

from __future__ import annotations

import math
import re

from geomap.errors import BadQuery

Bbox = tuple[float, float, float, float]
MAX_TOLERANCE = 10_000

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_BOX = "write west,south,east,north in degrees, for example 45.5,39.2,47.5,40.4"


def parse_bbox(text: str | None) -> Bbox | None:
    """Return west, south, east, north in degrees (CRS84), or None for an empty text.

    Six numbers are read as a box with heights, which are ignored. West may be greater than east:
    the box then crosses the antimeridian (RFC 7946, section 5.2). Raises BadQuery.
    """
    if not text:
        return None
    parts = text.split(",")
    if len(parts) not in (4, 6):
        raise BadQuery("bbox", f"takes four numbers, this has {len(parts)}; {_BOX}")
    numbers = [number("bbox", part, _BOX) for part in parts]
    half = len(numbers) // 2
    west, south, east, north = *numbers[:2], *numbers[half : half + 2]
    if not (-180 <= west <= 180 and -180 <= east <= 180):
        raise BadQuery("bbox", f"a longitude lies outside -180 to 180; {_BOX}")
    if not (-90 <= south <= 90 and -90 <= north <= 90):
        raise BadQuery("bbox", f"a latitude lies outside -90 to 90; {_BOX}")
    if south > north:
        raise BadQuery("bbox", f"the south edge {south:g} lies north of {north:g}; {_BOX}")
    return west, south, east, north


def parse_simplify(text: str | None) -> float | None:
    """Return a tolerance in metres with two significant digits, or None for an empty text or 0.

    Raises BadQuery for anything but a number from 0 to `MAX_TOLERANCE`.
    """
    if not text:
        return None
    takes = f"write a tolerance in metres from 0 to {MAX_TOLERANCE}, for example 500"
    metres = number("simplify", text, takes)
    if not 0 <= metres <= MAX_TOLERANCE:
        raise BadQuery("simplify", f"{metres:g} is out of bounds; {takes}")
    # Few different tolerances, so that each simplification is computed once and kept.
    return float(f"{metres:.1e}") if metres >= 1 else None


def number(parameter: str, text: str, takes: str) -> float:
    """Return a finite number; BadQuery names the parameter and says what it `takes`."""
    # Not float() alone, which takes 'nan', 'inf', '1_0' and digits of every script.
    if len(text) > 40 or not _NUMBER.fullmatch(text.strip()):
        raise BadQuery(parameter, f"{text[:40]!r} is not a number; {takes}")
    value = float(text)
    if not math.isfinite(value):
        raise BadQuery(parameter, f"{text[:40]!r} is too large; {takes}")
    return value
