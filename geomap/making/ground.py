"""What is drawn beneath the regions of a new dataset: countries, water, towns, the small map."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import shapely
from babel import Locale

from geomap.core.geometry import MAX_LATITUDE, label_point
from geomap.making.world import Country, Town, countries, lakes, towns

Bounds = tuple[float, float, float, float]
"""West, south, east, north in degrees."""
Feature = dict[str, Any]

BEYOND = 3.0
"""How far the ground reaches beyond each edge of the first view, in widths (heights) of the view."""
MARGIN = 0.12
"""Of the regions' size, that the first view leaves free on each side."""
FRAME = (640, 520)
"""The frame in pixels for whose first view names and details are chosen."""
TOWNS_BEYOND = 1.5
"""How far beyond the view towns are written, in widths of the view."""
MAX_TOWNS = 60
TOWN_DISTANCE = 45
"""In pixels of the first view: of towns that are nearer to each other, the larger one is taken."""
MAX_ZOOM = 14
SAME_AREA = 0.7
"""Of what a country and a region cover together, that both cover if they are the same."""
LABEL_SHARE = 0.03
"""Of the free ground in the first view, that a country has where its name stands there."""
INSET_TIMES = 9.0
"""How much wider the small map is than the first view."""
INSET_LEAST = 8.0
"""The least width of the small map in degrees."""
INSET_HEIGHT = 0.75
"""Of the small map, as a share of its width."""
INSET_WIDTH = 140
"""In pixels."""
INSET_PLACES = 4
_GRID = 1e-4


def view_of(outlines: Iterable[shapely.Geometry]) -> Bounds:
    """Return the first view: the regions with some room around them."""
    west, south, east, north = shapely.total_bounds(list(outlines)).tolist()
    margin = MARGIN * max(east - west, north - south)
    return _within_world(west - margin, south - margin, east + margin, north + margin)


def zooms_of(view: Bounds) -> tuple[int, int]:
    """Return the least and the greatest zoom: a step out from the first view, and a few steps in."""
    first = math.log2(360 * FRAME[0] / 256 / (view[2] - view[0]))
    first = min(first, math.log2(FRAME[1] / 256 / (_mercator(view[3]) - _mercator(view[1]))))
    least = max(0, math.floor(first) - 1)
    return least, max(least, min(MAX_ZOOM, math.floor(first) + 4))


def _mercator(latitude: float) -> float:
    return math.asinh(math.tan(math.radians(latitude))) / (2 * math.pi)


def _within_world(west: float, south: float, east: float, north: float) -> Bounds:
    return (
        round(max(west, -180.0), 3),
        round(max(south, -MAX_LATITUDE), 3),
        round(min(east, 180.0), 3),
        round(min(north, MAX_LATITUDE), 3),
    )


def _wider(view: Bounds, times: float) -> Bounds:
    west, south, east, north = view
    x, y = times * (east - west), times * (north - south)
    return _within_world(west - x, south - y, east + x, north + y)


def _inset_bounds(view: Bounds) -> Bounds:
    """Return what the small map shows: a frame of one shape, with the view in its middle."""
    west, south, east, north = view
    squeeze = math.cos(math.radians((south + north) / 2))
    width = max(INSET_TIMES * (east - west), INSET_LEAST)
    width = max(width, INSET_TIMES / 2 * (north - south) / squeeze / INSET_HEIGHT)
    height = width * INSET_HEIGHT * squeeze
    lon, lat = (west + east) / 2, (south + north) / 2
    return _within_world(lon - width / 2, lat - height / 2, lon + width / 2, lat + height / 2)


def ground(
    regions: Iterable[shapely.Geometry], view: Bounds, languages: Iterable[str]
) -> dict[str, list[Feature]]:
    """Return the features of each file in context/, by the file's name.

    It is drawn within `BEYOND` times the view beyond each of its edges. Names of countries are
    those of the Unicode CLDR, in English and the further `languages`.
    """
    regions = tuple(regions)
    frame = shapely.box(*_wider(view, BEYOND))
    pixel = (view[2] - view[0]) / FRAME[0]
    land = [(country, cut) for country in countries() if (cut := _cut(country.outline, frame))]
    if land:
        thin = shapely.coverage_simplify([cut for _, cut in land], pixel, simplify_boundary=True)
        # To simplify moves the edges of the frame too; they lie out of sight.
        land = [
            (country, cut)
            for (country, _), one in zip(land, thin, strict=True)
            if (cut := _cut(one, frame))
        ]
    sea = _cut(shapely.difference(frame, shapely.union_all([cut for _, cut in land])), frame)
    water = [cut for lake in lakes() if (cut := _cut(lake.simplify(pixel / 2), frame))]
    content = {
        "countries": list(_countries(land, regions, water, view, tuple(languages))),
        "water": [_feature(one, {"kind": "lake"}) for one in ([sea] if sea else []) + water],
        "towns": list(_towns(view)),
        "inset": _inset(view, tuple(languages)),
    }
    return {f"{name}.geojson": features for name, features in content.items() if features}


def _countries(
    land: Iterable[tuple[Country, shapely.Geometry]],
    regions: Sequence[shapely.Geometry],
    water: Iterable[shapely.Geometry],
    view: Bounds,
    languages: tuple[str, ...],
) -> Iterator[Feature]:
    taken = shapely.union_all([*regions, *water])
    view_left = shapely.difference(shapely.box(*view), taken)
    around = shapely.difference(shapely.box(*_wider(view, BEYOND / 6)), taken)
    for country, outline in land:
        if any(_is_same(outline, region) for region in regions):
            continue
        properties: dict[str, Any] = {"kind": "country"} | _names(country, languages)
        # In the first view where there is room, else just outside, else upon the regions.
        rooms = [_cut(outline, view_left), _cut(outline, around), _cut(outline, shapely.box(*view))]
        ample = [room for room in rooms[:1] if room and room.area > LABEL_SHARE * view_left.area]
        if room := next((one for one in [*ample, *rooms[1:]] if one), None):
            lon, lat = label_point(room)
            properties |= {"label_lon": lon, "label_lat": lat}
        yield _feature(outline, properties)


def _is_same(country: shapely.Geometry, region: shapely.Geometry) -> bool:
    """Return whether a region is the country itself: its coarser outline would show beside it."""
    common = shapely.intersection(country, region).area
    return bool(common > SAME_AREA * (country.area + region.area - common))


def _names(country: Country, languages: tuple[str, ...]) -> dict[str, str]:
    names = {}
    for language in ("en", *languages):
        name = Locale.parse(language, sep="-").territories.get(country.code)
        if name:
            names["name" if language == "en" else f"name:{language}"] = str(name)
    return {"name": country.name} | names if country.name or names else {}


def _towns(view: Bounds) -> Iterator[Feature]:
    """Yield the larger towns in the view and around it, none too near to a larger one."""
    frame, (west, south, east, north) = _wider(view, TOWNS_BEYOND), view
    pixel = (east - west) / FRAME[0]
    squeeze = math.cos(math.radians((south + north) / 2))
    taken: list[Town] = []
    for town in _largest(frame):
        distances = (
            math.hypot(town.lon - one.lon, (town.lat - one.lat) / squeeze) for one in taken
        )
        if min(distances, default=math.inf) >= TOWN_DISTANCE * pixel:
            taken.append(town)
    inside = [one for one in taken if west <= one.lon <= east and south <= one.lat <= north]
    outside = [one for one in taken if one not in inside]
    for order, town in enumerate(inside[:MAX_TOWNS]):
        yield _town(town, 1 if town.capital else 1 + min(order // 6, 3))
    for town in outside[:MAX_TOWNS]:
        yield _town(town, 1 if town.capital else 3)


def _largest(frame: Bounds) -> Iterator[Town]:
    west, south, east, north = frame
    for town in towns():
        if west <= town.lon <= east and south <= town.lat <= north:
            yield town


def _town(town: Town, rank: int) -> Feature:
    properties = {"kind": "town", "name": town.name, "rank": rank}
    return _feature(shapely.Point(town.lon, town.lat), properties)


def _inset(view: Bounds, languages: tuple[str, ...]) -> list[Feature]:
    """Return the small map that shows where the large one lies; none where that is the world."""
    bounds = _inset_bounds(view)
    if bounds[2] - bounds[0] < 1.5 * (view[2] - view[0]):
        return []
    frame = shapely.box(*bounds)
    pixel = (bounds[2] - bounds[0]) / INSET_WIDTH
    cut = [_cut(country.outline, frame) for country in countries()]
    land = [one for one in cut if one]
    if not land:
        return []
    features = []
    for one in shapely.coverage_simplify(land, pixel, simplify_boundary=True):
        parts = [part for part in shapely.get_parts(one) if part.area >= 4 * pixel**2]
        outlines = [shapely.Polygon(part.exterior) for part in parts if not part.is_empty]
        if outlines and (outline := _cut(shapely.union_all(outlines), frame, 0.01)):
            features.append(_feature(outline, {"kind": "inset"}))
    places = [town for town in _largest(bounds) if town.capital][:INSET_PLACES]
    places = places or list(_largest(bounds))[:1]
    points = [
        _feature(shapely.Point(town.lon, town.lat), {"kind": "inset", "name": town.name})
        for town in places
    ]
    return features + points


def _cut(
    outline: shapely.Geometry, frame: shapely.Geometry, grid: float = _GRID
) -> shapely.Geometry | None:
    """Return the areas of an outline within a frame, rounded; None where there is none."""
    cut = shapely.intersection(outline, frame, grid_size=grid)
    parts = [part for part in shapely.get_parts(cut) if part.geom_type == "Polygon"]
    parts = [part for part in parts if part.area > 0]
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else shapely.multipolygons(parts)


def _feature(outline: shapely.Geometry, properties: dict[str, Any]) -> Feature:
    return {"geometry": outline, "properties": properties}
