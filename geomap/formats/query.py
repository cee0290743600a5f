"""Parsing of the parameters of an export: the box and the tolerance."""

from __future__ import annotations

import math
import re

from geomap.errors import BadQuery

Bbox = tuple[float, float, float, float]
MAX_TOLERANCE = 10_000

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_BOX = "write west,south,east,north in degrees, for example 45.5,39.2,47.5,40.4"
_LATITUDE_FIRST = "write south,west,north,east in degrees, for example 39.2,45.5,40.4,47.5"
CROSSING = (
    "a box that crosses the antimeridian goes from its western edge, up to {edge}, to its eastern "
    "edge, from -{edge} on"
)


def parse_bbox(text: str | None, latitude_first: bool = False) -> Bbox | None:
    """Return west, south, east, north in degrees (CRS84), or None for an empty text.

    With `latitude_first` the text has each corner's latitude before its longitude. Six numbers are
    read as a box with heights, which are ignored. A box whose west is greater than its east crosses
    the antimeridian (OGC 17-069r4, 7.15.3). Raises BadQuery.
    """
    if not text:
        return None
    takes = _LATITUDE_FIRST if latitude_first else _BOX
    first, second = corners(text, takes)
    (west, south), (east, north) = (
        (first[::-1], second[::-1]) if latitude_first else (first, second)
    )
    if not (-180 <= west <= 180 and -180 <= east <= 180):
        crossing = CROSSING.format(edge=180)
        raise BadQuery("bbox", f"a longitude lies outside -180 to 180; {crossing}; {takes}")
    if not (-90 <= south <= 90 and -90 <= north <= 90):
        raise BadQuery("bbox", f"a latitude lies outside -90 to 90; {takes}")
    if south > north:
        raise BadQuery("bbox", f"the south edge {south:g} lies north of {north:g}; {takes}")
    return west, south, east, north


def corners(text: str, takes: str) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return a box's lower and upper corner, in the order of its numbers, without heights.

    Raises BadQuery saying what the box `takes`.
    """
    parts = text.split(",")
    if len(parts) not in (4, 6):
        raise BadQuery("bbox", f"takes four numbers, this has {len(parts)}; {takes}")
    numbers = [number("bbox", part, takes) for part in parts]
    half = len(numbers) // 2
    return (numbers[0], numbers[1]), (numbers[half], numbers[half + 1])


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
    # Rounded, so that similar tolerances share one cached simplification.
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
