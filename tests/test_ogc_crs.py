"""OGC API - Features, Part 2: coordinate reference systems."""

from __future__ import annotations

from typing import Any

import datasets
import pytest
from flask.testing import FlaskClient
from ogc import ALL, CRS84, EPSG3857, EPSG4326, REGIONS, ask, ids, refusal

from geomap.sources import open as open_dataset
from geomap.web import create_app


@pytest.fixture(scope="module")
def pacific(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """A region on each side of the antimeridian, south of the equator, and one far from it."""
    squares = {"east": (178, -20), "west": (-179, -20), "middle": (10, 50)}
    regions = {id: datasets.region(id, datasets.square(*at)) for id, at in squares.items()}
    folder = datasets.write_dataset(tmp_path_factory.mktemp("pacific") / "data", regions=regions)
    return create_app([open_dataset(folder)]).test_client()


# Part 2: coordinate reference systems


def first_position(document: dict[str, Any]) -> list[float]:
    coordinates = document["features"][0]["geometry"]["coordinates"]
    while isinstance(coordinates[0], list):
        coordinates = coordinates[0]
    return coordinates


def test_crs_changes_axes_and_units(client: FlaskClient) -> None:
    answers = {crs: ask(client, f"{REGIONS}/items", crs=crs) for crs in (CRS84, EPSG4326, EPSG3857)}
    for crs, answer in answers.items():
        assert answer.headers["Content-Crs"] == f"<{crs}>"
    lon, lat = first_position(answers[CRS84].json)
    assert first_position(answers[EPSG4326].json) == [lat, lon]
    x, y = first_position(answers[EPSG3857].json)
    assert x == pytest.approx(lon * 20037508.342789244 / 180, abs=0.02)
    assert 4.7e6 < y < 5.0e6
    assert ask(client, f"{REGIONS}/items/kalbajar@2020-11-25", crs=EPSG4326).status_code == 200


def test_bbox_crs_gives_the_order_of_the_numbers(client: FlaskClient) -> None:
    plain = ids(client, bbox="46.5,39.9,47,40.2")
    assert ids(client, bbox="39.9,46.5,40.2,47", bbox_crs=EPSG4326) == plain
    assert ids(client, bbox="39.9,46.5,0,40.2,47,9", bbox_crs=EPSG4326) == plain
    metres = "5176356.3,4850910.9,5232016.1,4894469.6"
    assert ids(client, bbox=metres, bbox_crs=EPSG3857) == plain


@pytest.mark.parametrize(
    ("crs", "bbox"),
    [
        *((CRS84, "170,-90,-170,90"), (CRS84, "170,-90,0,-170,90,9")),
        *((EPSG4326, "-90,170,90,-170"), (EPSG3857, "1.9e7,-2e7,-1.9e7,2e7")),
    ],
)
def test_a_box_may_cross_the_antimeridian(pacific: FlaskClient, crs: str, bbox: str) -> None:
    items = "/ogc/collections/test.regions/items"
    answer = ask(pacific, items, bbox=bbox, bbox_crs=crs, datetime="2021-03-15")
    assert {f["properties"]["id"] for f in answer.json["features"]} == {"east", "west"}


@pytest.mark.parametrize(
    ("comparison", "expected"),
    [
        ("S_INTERSECTS(geometry, BBOX(170, -90, -170, 90))", {"east", "west"}),
        ("S_INTERSECTS(geometry, BBOX(-170, -90, 170, 90))", {"middle"}),
        ("S_DISJOINT(geometry, BBOX(170, -90, -170, 90))", {"middle"}),
        ("S_WITHIN(geometry, BBOX(170, -90, -170, 90))", {"east", "west"}),
    ],
)
def test_a_filters_box_may_cross_the_antimeridian(
    pacific: FlaskClient, comparison: str, expected: set[str]
) -> None:
    items = "/ogc/collections/test.regions/items"
    answer = ask(pacific, items, filter=comparison, datetime="2021-03-15")
    assert {f["properties"]["id"] for f in answer.json["features"]} == expected


@pytest.mark.parametrize(("crs", "bbox"), [(CRS84, "170,-9,190,9"), (EPSG3857, "9,0,2.1e7,1")])
def test_a_box_beyond_the_antimeridian_is_told_how_to_cross_it(
    client: FlaskClient, crs: str, bbox: str
) -> None:
    found = refusal(client, bbox=bbox, bbox_crs=crs)
    assert "a box that crosses the antimeridian goes from its western edge" in found


def test_a_box_with_latitude_first_is_told_so(client: FlaskClient) -> None:
    found = refusal(client, bbox="39,46,40", bbox_crs=EPSG4326)
    assert "write south,west,north,east in degrees" in found


@pytest.mark.parametrize("name", ["crs", "bbox_crs", "filter_crs"])
@pytest.mark.parametrize("crs", ["EPSG:4326", "http://www.opengis.net/def/crs/EPSG/0/9999", "x"])
def test_an_unknown_crs_is_refused(client: FlaskClient, name: str, crs: str) -> None:
    asked = {"bbox": "46,39,47,40", name: crs}
    assert name.replace("_", "-") in refusal(client, **asked)


@pytest.mark.parametrize("edge", ["20037508.34", "20037508.3428", "20037508.35"])
def test_the_whole_world_in_metres_holds_everything(client: FlaskClient, edge: str) -> None:
    world = f"-{edge},-{edge},{edge},{edge}"
    assert len(ids(client, bbox=world, bbox_crs=EPSG3857)) == ALL


@pytest.mark.parametrize("bbox", ["1,2,3", "9e7,0,9e7,1", "0,5,1,4", "nan,0,1,1"])
def test_a_bbox_in_metres_that_is_none_is_refused(client: FlaskClient, bbox: str) -> None:
    assert "bbox" in refusal(client, bbox=bbox, bbox_crs=EPSG3857)
