"""Region files: what is read of them, and every fault with its file and place."""

from __future__ import annotations

import json
import time
from typing import Any

import numpy as np
import pytest
import shapely
from datasets import REGIONS, region, square
from region_files import files, the_fault
from shapely.geometry import Point, mapping, shape

from geomap.check.overlaps import MAX_OVERLAPS
from geomap.check.regions import read_regions
from geomap.core.geometry import area_km2, label_point

BOW_TIE = {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}
VRT = """<OGRVRTDataSource><OGRVRTLayer name="x">
<SrcDataSource>/etc/passwd</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>"""


def test_regions_are_read_with_names_and_geometry() -> None:
    properties = {
        "name:az": "Təpə",
        "name:hy": "",
        "alt_name": "Hillock; The Mound ;",
        "lies_within": "south",
        "lies_within:source": "s00",
        "lies_within:locator": "¶1",
        "unknown": 1,
    }
    frame, faults = read_regions(files(hill=region("hill", square(10, 50), **properties)))
    assert faults == []
    (hill,) = frame.itertuples()
    assert (hill.id, hill.name, hill.names) == ("hill", "Hill", {"az": "Təpə"})
    assert hill.alt_names == ("Hillock", "The Mound")
    assert (hill.lies_within, hill.lies_within_source, hill.lies_within_locator) == (
        *("south", "s00", "¶1"),
    )
    assert frame.crs.to_epsg() == 4326
    assert hill.geometry.bounds == (10, 50, 11, 51)


def test_regions_come_in_the_order_of_their_files() -> None:
    frame, _ = read_regions(files(b=region("one", square(0, 0)), a=region("two", square(5, 5))))
    assert list(frame["id"]) == ["two", "one"]


@pytest.mark.parametrize(
    "document",
    [
        {"type": "FeatureCollection", "features": [REGIONS["hill"]]},
        {**REGIONS["hill"], "id": "hill", "properties": {"name": "Hill"}},
        {**REGIONS["hill"], "crs": {"properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}},
        {**REGIONS["hill"], "crs": {"properties": {"name": "urn:ogc:def:crs:EPSG::4326"}}},
        {**REGIONS["hill"], "crs": None},
    ],
)
def test_other_ways_to_write_a_region_give_the_same(document: Any) -> None:
    frame, faults = read_regions(files(hill=document))
    assert faults == []
    assert list(frame["id"]) == ["hill"]
    assert frame.geometry[0].equals(shape(square(10, 50)))


def test_heights_are_dropped() -> None:
    ring = [[x, y, 100] for x, y in square(10, 50)["coordinates"][0]]
    high = {"type": "Polygon", "coordinates": [ring]}
    frame, faults = read_regions(files(hill=region("hill", high)))
    assert faults == []
    assert not frame.geometry[0].has_z


@pytest.mark.parametrize(
    ("content", "column", "message"),
    [
        ("", None, "is not JSON"),
        ("{", None, "is not JSON"),
        (VRT, None, "is not JSON but XML; export it as GeoJSON"),
        ("SQLite format 3\0", None, "is not JSON"),
        (json.dumps(region("x", square(0, 0))).replace("1.0", "NaN"), None, "is not JSON"),
        (json.dumps(region("x", square(0, 0))).replace("1.0", "Infinity"), None, "is not JSON"),
        (json.dumps(region("x", square(0, 0))).replace("1.0", "1e999"), None, "is not JSON"),
        ("[" * 5000, None, "is not JSON"),
        ("[]", "type", "is not GeoJSON"),
        ('"https://example.org/regions.geojson"', "type", "is not GeoJSON"),
        (square(0, 0), "type", "must be a Feature or a FeatureCollection"),
        ({"type": "Topology", "objects": {}}, "type", "is not GeoJSON"),
        ({"type": "FeatureCollection", "features": []}, "features", "holds no feature"),
        ({"type": "FeatureCollection", "features": {}}, "features", "holds no feature"),
        ({"type": "FeatureCollection"}, "features", "holds no feature"),
        ({"type": "FeatureCollection", "features": [5]}, "features", "is not a feature"),
        (
            {"type": "Feature", "properties": [1], "geometry": None},
            "features",
            "is not a feature",
        ),
        (
            {**REGIONS["hill"], "crs": {"properties": {"name": "urn:ogc:def:crs:EPSG::32638"}}},
            "crs",
            "reproject it to EPSG:4326",
        ),
        (
            {"type": "Feature", "properties": {"id": "x"}, "geometry": square(0, 0)},
            "name",
            "is missing",
        ),
        (
            {"type": "Feature", "properties": {"name": "X"}, "geometry": square(0, 0)},
            "id",
            "is missing",
        ),
        (region("x", None), "geometry", "is missing or unreadable"),
        (region("x", {}), "geometry", "is missing or unreadable"),
        (region("x", "POLYGON((0 0,1 0,1 1,0 0))"), "geometry", "is missing or unreadable"),
        (region("x", {"type": "Polygon"}), "geometry", "is missing or unreadable"),
        (region("x", {"type": "Ball", "coordinates": [1]}), "geometry", "unreadable"),
        (region("x", {"type": 5, "coordinates": [1]}), "geometry", "unreadable"),
        (
            region("x", {"type": "Polygon", "coordinates": [[[0, 0], [1, 1]]]}),
            "geometry",
            "unreadable",
        ),
        (
            region("x", {"type": "Polygon", "coordinates": [[["a", 0], [1, 1], [2, 0], ["a", 0]]]}),
            "geometry",
            "unreadable",
        ),
        (
            region("x", {"type": "Polygon", "coordinates": [[[None, 0], [1, 1], [2, 0], [0, 0]]]}),
            "geometry",
            "unreadable",
        ),
        (region("x", {"type": "Polygon", "coordinates": []}), "geometry", "is empty"),
        (region("x", {"type": "Point", "coordinates": [1, 2]}), "geometry", "is a Point"),
        (
            region("x", {"type": "GeometryCollection", "geometries": [square(0, 0)]}),
            "geometry",
            "is a GeometryCollection; a region needs a Polygon or MultiPolygon",
        ),
        (region("x", square(3, 3, 1e-7)), "geometry", "is too small; nothing is left of it"),
        (region("x", BOW_TIE), "geometry", "is a broken polygon (Self-intersection"),
        (region("Hill Top", square(0, 0)), "id", "'Hill Top' is not an id; use lower-case"),
        (region("relation/12", square(0, 0)), "id", "is not an id"),
        (
            {**region("x", square(0, 0)), "properties": {"id": ["x"], "name": "X"}},
            "id",
            "must be a",
        ),
        (region("x", square(0, 0), name={"en": "X"}), "name", "must be a text"),
        (region("x", square(0, 0), **{"name:az": True}), "name:az", "must be a text"),
        (region("x", square(0, 0), alt_name=["Y"]), "alt_name", "must be a text"),
        (region("x", square(0, 0), name="X\x07"), "name", "a control character (U+0007)"),
        (region("x", square(0, 0), label_lon="0.5"), "label_lon", "must be a number"),
        (region("x", square(0, 0), label_lat=True), "label_lat", "must be a number"),
        (region("x", square(0, 0), label_lon=50), "label_lon", "is 50; write degrees of a point"),
        (region("x", square(0, 0), label_lat=-1.5), "label_lat", "in the region or beside it"),
        # Latitude first, for a place beyond 90 degrees east.
        (region("x", square(-33, 150)), "geometry", "write longitude, then latitude, in degrees"),
        # Metres of a UTM zone without a word about it.
        (region("x", square(500000, 4400000, 1000)), "geometry", "outside the world"),
    ],
)
def test_a_bad_region_file_is_named_and_the_others_still_read(
    content: Any, column: str | None, message: str
) -> None:
    fault = the_fault(content)
    assert (fault.file, fault.column) == ("regions/bad.geojson", column)
    assert message in fault.message


def test_every_bad_file_is_reported() -> None:
    faults = read_regions(files(a="{", b=region("b", BOW_TIE), c=region("c", None)))[1]
    assert [f.file for f in faults] == [f"regions/{stem}.geojson" for stem in "abc"]


def test_a_dataset_without_regions_is_told_so() -> None:
    faults = read_regions({})[1]
    assert [(f.file, f.message) for f in faults] == [
        ("regions/", "holds no region; add one GeoJSON file a region")
    ]


def test_regions_that_overlap_are_named_both() -> None:
    mound = region("mound", square(10.5, 50))
    (fault,) = read_regions(files(hill=REGIONS["hill"], mound=mound))[1]
    assert (fault.file, fault.column) == ("regions/hill.geojson", "geometry")
    assert "overlaps 'mound'" in fault.message
    assert "a place can have one status only" in fault.message


def test_a_region_inside_another_overlaps_it() -> None:
    inner = region("inner", square(10.4, 50.4, 0.2))
    assert len(read_regions(files(hill=REGIONS["hill"], inner=inner))[1]) == 1


def test_regions_that_share_an_edge_do_not_overlap() -> None:
    assert read_regions(files(**REGIONS))[1] == []


@pytest.mark.parametrize(
    "place", [lambda n: (10, 50), lambda n: (10 + n * 1e-4, 50)], ids=["identical", "shifted"]
)
def test_regions_piled_up_are_reported_at_once_and_no_more_than_anybody_reads(place: Any) -> None:
    pile = {f"r{n:04}": region(f"r{n:04}", square(*place(n))) for n in range(2000)}
    start = time.process_time()
    faults = read_regions(files(**pile))[1]
    assert time.process_time() - start < 10
    assert len(faults) == MAX_OVERLAPS + 1
    assert all("overlaps 'r" in fault.message for fault in faults[:-1])
    assert "overlaps another too, and more may follow" in faults[-1].message


def test_many_regions_that_barely_cross_are_not_all_compared() -> None:
    stripes = {}
    for n in range(600):
        side = {"type": "Polygon", "coordinates": [stripe(n)]}
        stripes[f"r{n:04}"] = region(f"r{n:04}", side)
    (fault,) = read_regions(files(**stripes))[1]
    assert "lies among so many regions that overlaps are not looked for" in fault.message


def stripe(n: int) -> list[list[float]]:
    """A ring three degrees long and a thousandth wide, every second one upright."""
    low, high = n * 0.005, n * 0.005 + 0.001
    ring = [[0, low], [3, low], [3, high], [0, high], [0, low]]
    return ring if n % 2 else [[y, x] for x, y in ring]


def grid(width: int, low: float, prefix: str) -> dict[str, shapely.Polygon]:
    """A coverage of squares, a tenth of a degree wide."""
    places = ((x, y) for x in range(width) for y in range(width))
    return {
        f"{prefix}{x}-{y}": shapely.box(*(round(low + n / 10, 6) for n in (x, y, x + 1, y + 1)))
        for x, y in places
    }


@pytest.mark.parametrize(
    "others",
    [
        {},
        {"b": shapely.box(10.93, 10.93, 10.98, 10.98)},
        grid(3, 10.65, "b"),
    ],
    ids=["no overlap", "one within another", "a second layer"],
)
def test_an_overlap_amid_a_large_coverage_is_found(others: dict[str, shapely.Polygon]) -> None:
    regions = {**grid(18, 10, "a"), **others}
    polygons = np.array([*regions.values()])
    one, other = shapely.STRtree(polygons).query(polygons, predicate="intersects")
    shared = shapely.area(shapely.intersection(polygons[one], polygons[other]))
    tables = {name: region(name, mapping(polygon)) for name, polygon in regions.items()}
    faults = read_regions(files(**tables))[1]
    overlapping = ((one < other) & (shared > 1e-6)).sum()
    assert min(overlapping, 1) <= len(faults) <= overlapping


def test_an_id_used_by_two_regions_is_named() -> None:
    faults = read_regions(files(hill=REGIONS["hill"], mound=region("hill", square(20, 50))))[1]
    assert [(f.column, f.message) for f in faults] == [
        ("id", "'hill' is used by two regions; give each its own")
    ]


def test_an_area_is_measured_on_the_ellipsoid() -> None:
    # One degree square at the equator: 110.574 km high, 111.3 km wide.
    assert area_km2(shape(square(0, 0))) == pytest.approx(110.574 * 111.3, rel=0.002)
    # And in the north, where meridians are closer: cos 60.5° of that.
    assert area_km2(shape(square(0, 60))) == pytest.approx(111.4 * 111.7 * 0.4924, rel=0.005)


def test_an_area_does_not_depend_on_winding_and_leaves_out_holes() -> None:
    outer, inner = shape(square(10, 50)), shape(square(10.25, 50.25, 0.5))
    assert area_km2(outer.reverse()) == pytest.approx(area_km2(outer))
    assert area_km2(outer - inner) == pytest.approx(area_km2(outer) - area_km2(inner))


def test_a_label_stands_inside_its_region_even_where_the_centre_does_not() -> None:
    ring = shape(square(10, 50)) - shape(square(10.1, 50.2, 0.7))
    assert not ring.contains(ring.centroid)
    assert ring.contains(Point(label_point(ring)))


def test_a_label_stands_on_the_largest_part() -> None:
    both = shapely.union_all([shape(square(10, 50, 0.2)), shape(square(20, 50))])
    assert label_point(both)[0] > 19


def test_a_region_may_say_where_its_label_stands() -> None:
    frame, _ = read_regions(files(hill=region("hill", square(10, 50), label_lon=10.25)))
    assert frame["label_lon"][0] == 10.25


def test_a_label_may_stand_beside_its_region_and_null_is_as_good_as_none() -> None:
    beside = region("hill", square(10, 50), label_lon=11.9, label_lat=None)
    frame, faults = read_regions(files(hill=beside))
    assert faults == []
    assert frame["label_lon"][0] == 11.9
    assert 50 < frame["label_lat"][0] < 51


def test_faults_name_the_file_that_holds_the_region_and_its_place_in_it() -> None:
    collection = {
        "type": "FeatureCollection",
        "features": [REGIONS["hill"], region("b", BOW_TIE), region("mound", square(10.5, 50))],
    }
    faults = read_regions(files(all=collection))[1]
    assert [(f.file, f.column) for f in faults] == [("regions/all.geojson", "geometry")] * 2
    assert faults[0].message.endswith("(feature 2)")
    assert "overlaps 'mound'" in faults[1].message
