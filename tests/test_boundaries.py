"""The committed boundaries: shapes, areas, places and names, and that they can be derived again."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import geopandas as gpd
import needs
import pytest
import shapely
from pyproj import Geod
from shapely.geometry import Point, shape

DATA = Path(__file__).resolve().parents[1] / "data"
REGIONS = ("aghdam", "kalbajar", "lachin", "nagorno-karabakh")
CONTEXT = (
    "areas",
    "ceasefire-line-1994",
    "countries",
    "districts",
    "inset",
    "lakes",
    "towns",
)
FILES = [*(f"regions/{name}" for name in REGIONS), *(f"context/{name}" for name in CONTEXT)]
NAMES = ("name", "name:az", "name:hy", "name:ru")
GEOD = Geod(ellps="WGS84")

INSIDE = {
    "Kalbajar": (46.0367, 40.1064, "kalbajar"),
    "Istisu": (45.96, 39.95, "kalbajar"),
    "Aghdam": (46.9297, 39.9911, "aghdam"),
    "Lachin": (46.5469, 39.6408, "lachin"),
    "Stepanakert": (46.7519, 39.8153, "nagorno-karabakh"),
    "Shusha": (46.7494, 39.7602, "nagorno-karabakh"),
    "Martakert": (46.8117, 40.2153, "nagorno-karabakh"),
    "Martuni": (47.1131, 39.7953, "nagorno-karabakh"),
    "Hadrut": (47.0317, 39.52, "nagorno-karabakh"),
    "Askeran": (46.8297, 39.9397, "nagorno-karabakh"),
    "Quzanli": (47.0889, 40.0133, None),
    "Goris": (46.338, 39.511, None),
    "Vardenis": (45.731, 40.183, None),
    "Ganja": (46.36, 40.682, None),
    "Barda": (47.126, 40.374, None),
    "Fuzuli": (47.143, 39.6, None),
}


def load(name: str) -> dict[str, Any]:
    return json.loads((DATA / f"{name}.geojson").read_text(encoding="utf-8"))


def features(name: str) -> dict[str, dict[str, Any]]:
    return {feature["id"]: feature for feature in load(name)["features"]}


def geometries(name: str) -> dict[str, Any]:
    return {slug: shape(feature["geometry"]) for slug, feature in features(name).items()}


@pytest.fixture(scope="module")
def regions() -> dict[str, Any]:
    return {name: geometries(f"regions/{name}")[name] for name in REGIONS}


def area_km2(geometry: Any) -> float:
    return float(GEOD.geometry_area_perimeter(geometry)[0]) / 1e6


def test_regions_are_one_whole(regions: dict[str, Any]) -> None:
    parts = list(regions.values())
    assert all(part.geom_type == "Polygon" and part.is_valid for part in parts)
    assert not any(part.interiors for part in parts)
    assert shapely.coverage_is_valid(parts)
    whole = shapely.union_all(parts)
    assert whole.geom_type == "Polygon"
    assert not whole.interiors


def test_no_gap_narrower_than_the_lines_are_exact(regions: dict[str, Any]) -> None:
    # Closing the outline by 0.4 km would fill a crack between two regions.
    whole = shapely.union_all(list(regions.values()))
    closed = whole.buffer(0.002, join_style="mitre").buffer(-0.002, join_style="mitre")
    crack = shapely.orient_polygons(closed.difference(whole))
    assert area_km2(crack) < 0.5


def test_areas(regions: dict[str, Any]) -> None:
    # Positive: the ring also runs counter-clockwise on the ellipsoid.
    areas = {name: area_km2(region) for name, region in regions.items()}
    assert 1990 <= areas["kalbajar"] <= 2030
    assert 810 <= areas["aghdam"] <= 890
    assert 1880 <= areas["lachin"] <= 1920
    assert 4270 <= areas["nagorno-karabakh"] <= 4290


def test_places_lie_where_they_belong(regions: dict[str, Any]) -> None:
    for place, (lon, lat, where) in INSIDE.items():
        around = [name for name, region in regions.items() if region.covers(Point(lon, lat))]
        assert around == ([where] if where else []), place


def test_quzanli_keeps_its_distance(regions: dict[str, Any]) -> None:
    lon, lat, _ = INSIDE["Quzanli"]
    shortest = shapely.shortest_line(regions["aghdam"], Point(lon, lat))
    assert GEOD.geometry_length(shortest) > 1900


@pytest.mark.parametrize("name", FILES)
def test_files_keep_to_the_standard(name: str) -> None:
    text = (DATA / f"{name}.geojson").read_text(encoding="utf-8")
    collection = json.loads(text)
    assert collection["type"] == "FeatureCollection"
    assert "crs" not in collection
    assert not re.search(r"\d\.\d{7,}", text)
    assert text.endswith("}\n")
    for feature in collection["features"]:
        assert feature["id"] == feature["properties"]["id"]
        geometry = shape(feature["geometry"])
        assert geometry.is_valid
        assert not geometry.is_empty
        for part in shapely.get_parts(geometry):
            if part.geom_type == "Polygon":
                assert part.exterior.is_ccw
                assert not any(ring.is_ccw for ring in part.interiors)
    frame = gpd.read_file(DATA / f"{name}.geojson")
    assert frame.crs == "EPSG:4326"
    assert len(frame) == len(collection["features"])


@pytest.mark.parametrize("name", FILES)
def test_names_in_four_languages(name: str) -> None:
    for feature in features(name).values():
        properties = feature["properties"]
        if properties.get("kind") == "inset" and "name" not in properties:
            continue  # land on the small map
        assert all(properties[key].strip() for key in NAMES)
        assert re.search(r"[\u0531-\u0587]", properties["name:hy"])
        assert re.search(r"[\u0400-\u04ff]", properties["name:ru"])


def test_regions_carry_other_names_and_what_they_lie_within() -> None:
    properties = {name: features(f"regions/{name}")[name]["properties"] for name in REGIONS}
    assert properties["kalbajar"]["alt_name"] == "Kelbajar;Karvachar"
    assert "Berdzor" in properties["lachin"]["alt_name"].split(";")
    assert properties["nagorno-karabakh"]["lies_within"] == "azerbaijan"
    assert properties["nagorno-karabakh"]["lies_within:source"] == "ap-2020-11-30"
    assert properties["nagorno-karabakh"]["lies_within:locator"] == "¶12"


def test_context_kinds_and_labels() -> None:
    kinds = {
        n: {f["properties"]["kind"] for f in features(f"context/{n}").values()} for n in CONTEXT
    }
    assert kinds == {
        "areas": {"area"},
        "ceasefire-line-1994": {"line"},
        "countries": {"country"},
        "districts": {"district"},
        "inset": {"inset"},
        "lakes": {"lake"},
        "towns": {"town"},
    }
    assert {f["properties"]["rank"] for f in features("context/towns").values()} == {1, 2}
    outlines = geometries("context/countries")
    for slug, feature in features("context/countries").items():
        label = Point(feature["properties"]["label_lon"], feature["properties"]["label_lat"])
        assert outlines[slug].contains(label.buffer(0.1)), slug


def test_countries_share_their_borders(regions: dict[str, Any]) -> None:
    countries = geometries("context/countries")
    assert shapely.coverage_is_valid(list(countries.values()))
    # The outline next to the regions is theirs, vertex by vertex: no second line beside it.
    assert shapely.coverage_is_valid([countries["armenia"], *regions.values()])
    for region in regions.values():
        assert countries["azerbaijan"].covers(region)


def test_areas_lie_between_the_regions_and_the_line(regions: dict[str, Any]) -> None:
    areas = geometries("context/areas")
    azerbaijan = geometries("context/countries")["azerbaijan"].buffer(1e-4)
    (line,) = geometries("context/ceasefire-line-1994").values()
    for area in areas.values():
        assert azerbaijan.covers(area)
        assert not line.intersects(area.buffer(-1e-4))
        assert all(area.intersection(region).area < 1e-6 for region in regions.values())
    assert areas["fuzuli"].contains(Point(INSIDE["Fuzuli"][:2]))
    # Horadiz, in the Fuzuli district beyond the line, was never lost.
    assert not areas["fuzuli"].intersects(Point(47.333, 39.45))


def test_what_a_note_says_has_its_source() -> None:
    said = {slug: f["properties"] for slug, f in features("context/areas").items()}
    noted = {slug: properties for slug, properties in said.items() if "note" in properties}
    assert set(noted) == {"fuzuli", "jabrayil"}
    for properties in noted.values():
        assert properties["source"] == "ap-2020-11-25"
        assert properties["date"] == "[2020-09-27..2020-11-10]"
        assert all(properties[f"note:{language}"] for language in ("az", "hy", "ru"))


def test_districts_and_the_1994_line_stay_in_azerbaijan() -> None:
    azerbaijan = geometries("context/countries")["azerbaijan"].buffer(1e-4)
    for name in ("districts", "ceasefire-line-1994"):
        for line in geometries(f"context/{name}").values():
            assert azerbaijan.covers(line)


def test_context_is_small() -> None:
    plain = [
        json.dumps(load(f"context/{n}"), ensure_ascii=False, separators=(",", ":")) for n in CONTEXT
    ]
    assert sum(len(text.encode()) for text in plain) <= 48_000


@pytest.mark.network
@pytest.mark.parametrize("script", ["build_regions.py", "build_world.py"])
def test_files_can_be_derived_again(script: str) -> None:
    """GEOMAP_BOUNDARY_INPUTS may name a folder that keeps the fetched packages."""
    command = [sys.executable, "-B", str(DATA / script), "--check"]
    if folder := os.environ.get("GEOMAP_BOUNDARY_INPUTS"):
        command += ["--inputs", folder]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    if run.returncode == 3:
        needs.missing("what the boundaries are derived from", run.stderr.strip())
    assert run.returncode == 0, run.stderr
