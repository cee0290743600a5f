"""What a picture is made of: shapes and labels in pixels, x to the right and y down.

A scene knows no file format, so the formats cannot differ in what they show.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
import shapely

from geomap.wording.catalogue import Spans

_MAX_LATITUDE = 85.051128779
"""Where Web Mercator ends, so that its world is a square."""
_WORLD_METRES = 2 * math.pi * 6378137.0
_TILE = 256


Anchor = Literal["start", "middle", "end"]


@dataclass(frozen=True)
class Hatch:
    """Parallel bars of one colour, `width` px wide and `period` px apart.

    They begin `start` px into each period. `angle` is in degrees, clockwise from upright; 45 leans
    like a slash.
    """

    colour: str
    width: float
    period: float
    angle: float
    start: float = 0.0


@dataclass(frozen=True)
class Shape:
    """A polygon or line in pixels and how it is drawn; `id` and `hint` are for whoever opens it."""

    geometry: shapely.Geometry
    fill: str | None = None
    hatches: tuple[Hatch, ...] = ()
    stroke: str | None = None
    stroke_width: float = 1.0
    dash: tuple[float, ...] = ()
    id: str = ""
    hint: str = ""


@dataclass(frozen=True)
class Label:
    """One line of text; `y` is its baseline, `halo` the colour of a rim that sets it off.

    `struck` are the numbers of the pieces that are struck out. The line is turned by `angle`
    degrees, clockwise, around `x`, `y`.
    """

    x: float
    y: float
    text: Spans
    size: float
    colour: str
    anchor: Anchor = "start"
    halo: str | None = None
    spaced: bool = False
    italic: bool = False
    struck: frozenset[int] = frozenset()
    angle: float = 0


Item = Shape | Label


def mirrored(item: Item, left: float, right: float) -> Item:
    """Return an item on the other side of the middle between two x; its words stay readable."""
    if isinstance(item, Label):
        return replace(item, x=left + right - item.x, anchor=_OTHER_SIDE[item.anchor])
    swapped = shapely.transform(item.geometry, lambda xy: [left + right, 0] + xy * [-1, 1])
    return replace(item, geometry=swapped)


_OTHER_SIDE: dict[Anchor, Anchor] = {"start": "end", "middle": "middle", "end": "start"}


@dataclass(frozen=True)
class Scene:
    """A whole picture: its size in pixels and its layers by name, the lowest first.

    In one of a language from right to left (`rtl`) each label is set as a line of that language.
    """

    width: int
    height: int
    title: str
    description: str
    language: str
    keywords: tuple[str, ...]
    paper: str
    layers: dict[str, list[Item]] = field(default_factory=dict)
    rtl: bool = False


@dataclass(frozen=True)
class Frame:
    """The part of the world that a picture shows, in Web Mercator, as the interactive map does.

    `scale` is in pixels for the world's whole width; `left` and `top` are the pixel coordinates
    of the frame's corner in that world.
    """

    width: float
    height: float
    scale: float
    left: float
    top: float

    @property
    def zoom(self) -> float:
        """The zoom level at which Leaflet draws at this scale."""
        return math.log2(self.scale / _TILE)

    @property
    def metres_per_pixel(self) -> float:
        """How long a pixel is on the ground, at the latitude of the frame's middle."""
        _, latitude = from_unit(0, (self.top + self.height / 2) / self.scale)
        return _WORLD_METRES * math.cos(math.radians(latitude)) / self.scale

    def project(self, geometry: shapely.Geometry) -> shapely.Geometry:
        """Return a geometry in degrees as one in pixels of this frame."""
        return shapely.transform(geometry, self._pixels)

    def point(self, lon: float, lat: float) -> tuple[float, float]:
        """Return the pixel of a place."""
        x, y = self._pixels(np.array([[lon, lat]], dtype=float))[0]
        return float(x), float(y)

    def points(self, places: np.ndarray) -> np.ndarray:
        """Return the pixels of places, an array of (longitude, latitude)."""
        return self._pixels(places)

    def unit(self, x: Any, y: Any) -> tuple[Any, Any]:
        """Return pixels of this frame (numbers or arrays) as x and y in Mercator's unit square."""
        return (x + self.left) / self.scale, (y + self.top) / self.scale

    def clip(self, geometry: shapely.Geometry, margin: float) -> shapely.Geometry:
        """Return what of a geometry in degrees shows, in pixels, with no more detail than shows."""
        flat = _mended(shapely.simplify(self.project(geometry), 0.3))
        return shapely.clip_by_rect(
            flat, -margin, -margin, self.width + margin, self.height + margin
        )

    def _pixels(self, degrees: np.ndarray) -> np.ndarray:
        return mercator(degrees) * self.scale - [self.left, self.top]


def fit(
    bounds: tuple[float, float, float, float],
    width: float,
    height: float,
    pad: float,
    across: float = 0.5,
) -> Frame:
    """Return the frame of a size that shows bounds (west, south, east, north) as large as it can.

    `pad` pixels on each side stay free. `across` says where the bounds lie in a frame that is wider
    than they are: 0 at its left, 1 at its right.
    """
    west, south, east, north = bounds
    (left, bottom), (right, top) = mercator(np.array([[west, south], [east, north]], dtype=float))
    wide, tall = max(right - left, 1e-9), max(bottom - top, 1e-9)
    scale = min((width - 2 * pad) / wide, (height - 2 * pad) / tall)
    spare = width - 2 * pad - wide * scale
    return Frame(
        width,
        height,
        scale,
        float(left * scale - pad - spare * across),
        float((top + bottom) / 2 * scale - height / 2),
    )


def mercator(degrees: np.ndarray) -> np.ndarray:
    """Return longitude and latitude as x and y in Web Mercator's world, a square of size one."""
    latitude = np.radians(np.clip(degrees[:, 1], -_MAX_LATITUDE, _MAX_LATITUDE))
    return np.column_stack(
        [degrees[:, 0] / 360 + 0.5, 0.5 - np.arcsinh(np.tan(latitude)) / (2 * np.pi)]
    )


def to_unit(geometry: shapely.Geometry) -> shapely.Geometry:
    """Return a geometry in degrees as one in Mercator's unit square, ready for many questions."""
    flat = shapely.transform(geometry, mercator)
    shapely.prepare(flat)
    return flat


def from_unit(x: float, y: float) -> tuple[float, float]:
    """Return a point of Mercator's unit square as longitude and latitude."""
    return (x - 0.5) * 360, math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * y))))


def at_zoom(zoom: float, bounds: tuple[float, float, float, float]) -> Frame:
    """Return the frame that holds bounds (west, south, east, north) at a zoom level, no more."""
    west, south, east, north = bounds
    scale = _TILE * 2**zoom
    (left, bottom), (right, top) = mercator(np.array([[west, south], [east, north]])) * scale
    return Frame(float(right - left), float(bottom - top), scale, float(left), float(top))


def outlines(geometry: shapely.Geometry) -> Iterator[shapely.Geometry]:
    """Yield every ring and line of a geometry; points have none."""
    for part in shapely.get_parts(geometry):
        if part.geom_type == "Polygon":
            yield from (ring for ring in shapely.get_rings(part) if not ring.is_empty)
        elif part.geom_type == "GeometryCollection" or part.geom_type.startswith("Multi"):
            yield from outlines(part)
        elif part.geom_type in ("LineString", "LinearRing") and not part.is_empty:
            yield part


def mix(colour: str, ground: str, share: float) -> str:
    """Return `colour` laid over `ground` with an opacity of `share`, all as `#rrggbb`."""
    pairs = zip(_rgb(colour), _rgb(ground), strict=True)
    return "#" + "".join(f"{round(a * share + b * (1 - share)):02x}" for a, b in pairs)


def bars(hatch: Hatch, geometry: shapely.Geometry) -> shapely.Geometry:
    """Return the bars of a hatch as polygons, cut to a polygon's outline, in pixels.

    The bars of one hatch lie where an SVG pattern lays them: they start at the picture's corner.
    """
    if shapely.is_empty(geometry):
        return geometry
    cos, sin = math.cos(math.radians(hatch.angle)), math.sin(math.radians(hatch.angle))
    turn = np.array([[cos, -sin], [sin, cos]])
    turned = shapely.transform(_mended(geometry), lambda xy: xy @ turn)
    left, top, right, bottom = shapely.bounds(turned)
    starts = np.arange(math.floor(left / hatch.period), right / hatch.period) * hatch.period
    upright = shapely.box(starts, top, starts + hatch.width, bottom)
    cut = shapely.intersection(shapely.multipolygons(upright), turned)
    return shapely.transform(cut, lambda xy: xy @ turn.T)


def _mended(geometry: shapely.Geometry) -> shapely.Geometry:
    """A geometry that is valid, also where rounding to pixels made it cross itself."""
    if shapely.is_valid(geometry):
        return geometry
    return shapely.make_valid(geometry, method="structure", keep_collapsed=False)


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
