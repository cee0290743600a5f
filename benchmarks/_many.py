"""A dataset of many regions that share crooked borders, with claims all through a year."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import orjson
import shapely

DATASET = """id: many
title: Many regions
period: {start: 2020-01-01, end: 2020-12-31}
date: 2020-12-31
licence: {name: CC0-1.0}
attribution: none
"""
_DEGREES, _MOST_DEGREES = 0.25, 60
"""How far apart the middles of neighbouring regions are, and how wide all of them may be."""
_BORDERS = 6
"""How many borders a region has, on average."""


def write_many(folder: Path, regions: int, vertices: int, claims: int) -> Path:
    """Write a dataset into a folder, and return it.

    Regions have about so many vertices each; equal arguments give equal files.
    """
    (folder / "regions").mkdir(parents=True)
    (folder / "dataset.yaml").write_text(DATASET)
    (folder / "actors.csv").write_text("id,name,colour\na,A,#2a78b5\nb,B,#e08a2c\n")
    months = [f"s{month},Paper {month},Story,2020-{month:02}-28,,en,news" for month in range(1, 13)]
    header = "id,publisher,title,published,url,language,kind"
    (folder / "sources.csv").write_text("\n".join([header, *months]) + "\n")
    features = [
        {
            "type": "Feature",
            "properties": {"id": f"r{number}", "name": f"Region {number}"},
            "geometry": orjson.loads(shapely.to_geojson(polygon)),
        }
        for number, polygon in enumerate(coverage(regions, vertices))
    ]
    collection = {"type": "FeatureCollection", "features": features}
    (folder / "regions" / "all.geojson").write_bytes(orjson.dumps(collection))
    (folder / "claims.csv").write_text("\n".join(_claims(regions, claims // regions)) + "\n")
    return folder


def coverage(regions: int, vertices: int) -> list[shapely.Polygon]:
    """Return polygons without gap or overlap, in degrees."""
    across = int(np.ceil(np.sqrt(regions)))
    step = min(_DEGREES, _MOST_DEGREES / across)
    rng = np.random.default_rng(7)
    places = np.array([(n % across, n // across) for n in range(regions)], dtype=float)
    places = (places + rng.uniform(-0.3, 0.3, places.shape)) * step + [10, 20]
    cells = shapely.voronoi_polygons(shapely.multipoints(places), ordered=True)
    area = shapely.box(*(places.min(0) - step / 2), *(places.max(0) + step / 2))
    borders: dict[tuple[tuple[float, float], ...], np.ndarray] = {}
    depth = max(0, round(np.log2(vertices / _BORDERS)))
    polygons = []
    for cell in shapely.normalize(shapely.intersection(cells.geoms, area)):
        corners = shapely.get_coordinates(cell).round(7)
        pieces = []
        for start, end in zip(corners[:-1].tolist(), corners[1:].tolist(), strict=True):
            low, high = sorted([tuple(start), tuple(end)])
            if (low, high) not in borders:
                borders[low, high] = _crooked(np.array([low, high]), depth, rng)
            border = borders[low, high]
            pieces.append((border if tuple(start) == low else border[::-1])[:-1])
        polygons.append(shapely.Polygon(np.vstack(pieces).round(6)))
    return polygons


def _crooked(line: np.ndarray, depth: int, rng: np.random.Generator) -> np.ndarray:
    """Return a line with the middle of each of its pieces moved aside, `depth` times."""
    for _ in range(depth):
        steps = np.diff(line, axis=0)
        aside = np.column_stack([-steps[:, 1], steps[:, 0]]) * rng.uniform(
            -0.1, 0.1, (len(steps), 1)
        )
        middles = line[:-1] + steps / 2 + aside
        line = np.insert(line, np.arange(1, len(line)), middles, axis=0)
    return line


def _claims(regions: int, each: int) -> list[str]:
    rng = random.Random(7)
    rows = ["event,region,kind,actor,date,since,part,source,locator,withdrawn"]
    for number in range(regions):
        rows.append(f"held-{number},r{number},control,a,2019,,,s1,p. 1,")
        days = sorted(rng.sample(range(1, 336), each - 1))
        for turn, day in enumerate(days):
            month, actor = 1 + day // 28, "ab"[(turn + 1) % 2]
            date = f"2020-{month:02}-{day % 28 + 1:02}"
            rows.append(f"to-{number}-{turn},r{number},handover,{actor},{date},,,s{month},p. 2,")
    return rows
