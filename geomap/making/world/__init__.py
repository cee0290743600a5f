"""The world's countries, lakes and towns, from which the ground of a new dataset is cut."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import orjson
import shapely


@dataclass(frozen=True)
class Country:
    """A country's land; `code` is that of ISO 3166-1, "" where it has none."""

    code: str
    name: str
    outline: shapely.Geometry


@dataclass(frozen=True)
class Town:
    """A town in degrees; `capital` is the code of the country whose capital it is, or ""."""

    name: str
    lon: float
    lat: float
    population: int
    capital: str


@cache
def countries() -> tuple[Country, ...]:
    """Return all countries, a coverage in EPSG:4326."""
    return tuple(
        Country(properties["iso"], properties["name"], outline)
        for properties, outline in _features("countries.geojson")
    )


@cache
def lakes() -> tuple[shapely.Geometry, ...]:
    """Return the outlines of the larger lakes in EPSG:4326; they have no names."""
    return tuple(outline for _, outline in _features("lakes.geojson"))


@cache
def towns() -> tuple[Town, ...]:
    """Return the towns of at least 15,000 inhabitants, the largest first."""
    rows = csv.DictReader(io.StringIO(_content("towns.csv").decode()))
    return tuple(
        Town(
            row["name"],
            float(row["lon"]),
            float(row["lat"]),
            int(row["population"]),
            row["capital"],
        )
        for row in rows
    )


def _features(name: str) -> Iterator[tuple[dict[str, str], shapely.Geometry]]:
    document = orjson.loads(_content(name))
    outlines = shapely.from_geojson([orjson.dumps(f["geometry"]) for f in document["features"]])
    for feature, outline in zip(document["features"], outlines, strict=True):
        yield feature["properties"], outline


def _content(name: str) -> bytes:
    return gzip.decompress(files(__name__).joinpath(f"{name}.gz").read_bytes())
