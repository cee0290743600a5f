"""OGC API - Features: extents, `bbox` and `datetime`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import datasets
import pytest
from flask.testing import FlaskClient
from ogc import EVENTS, REGIONS, ask, ids, refusal

from geomap.core.dataset import Dataset
from geomap.sources import open as open_dataset
from geomap.web import create_app


@pytest.fixture
def small(make_dataset: Callable[..., Path]) -> FlaskClient:
    """Two regions, one of them with events whose dates are open or vague."""
    claims = [
        datasets.claim("held", "control", "north", "[..2021-03-04]"),
        datasets.claim("due", "due", "south", "", since="2021-03-10"),
        datasets.claim("handed", "handover", "south", "[2021-03-12..2021-03-14]"),
    ]
    return create_app([open_dataset(make_dataset(claims))]).test_client()


# A.2.6: the extent of a collection


def test_extent_of_events_may_be_open(small: FlaskClient) -> None:
    extent = small.get("/ogc/collections/test.events").json["extent"]
    assert extent["temporal"]["interval"] == [[None, "2021-03-14T23:59:59Z"]]


# A.2.7: bbox


@pytest.mark.parametrize(
    ("bbox", "regions"),
    [
        ("46.9,39.9,47,40", {"aghdam"}),
        ("-180,-90,180,90", {"aghdam", "kalbajar", "lachin", "nagorno-karabakh"}),
        ("46.9,39.9,-500,47,40,9000", {"aghdam"}),
        ("0,0,1,1", set()),
    ],
)
def test_a_2_7_bbox(client: FlaskClient, bbox: str, regions: set[str]) -> None:
    document = ask(client, f"{REGIONS}/items", bbox=bbox).json
    found = {feature["properties"]["id"] for feature in document["features"]}
    assert found >= regions if len(regions) == 1 else found == regions


@pytest.mark.parametrize(
    "bbox",
    [
        *("NaN,39,47,40", "46,nan,47,40", "inf,39,47,40", "46,39,47", "46,39,47,40,1"),
        *("46,40,47,39", "46,39,181,40", "46,39,47,91", "-181,0,0,1", "a,b,c,d", "", "46 39 47 40"),
        *("1e999,39,47,40", "46,39,47,40,", ",,,", "٤٦,39,47,40", "0x1,0,1,1"),
    ],
)
def test_a_bbox_that_is_none_is_refused(client: FlaskClient, bbox: str) -> None:
    assert "bbox" in refusal(client, bbox=bbox)


# A.2.7: datetime


@pytest.mark.parametrize(
    ("datetime", "kalbajar"),
    [
        ("2020-11-15", ["2020-11-15"]),
        ("2020-11-14", ["2020-11-10"]),
        ("2020-11-14T19:59:59Z", ["2020-11-10"]),  # 23:59:59 in Baku
        ("2020-11-14T20:00:00Z", ["2020-11-15"]),  # midnight there
        ("2020-11-14t20:00:00.123z", ["2020-11-15"]),
        ("2020-11-15T00:00:00+04:00", ["2020-11-15"]),
        ("2020-11-14T10:00:00-10:00", ["2020-11-15"]),
        ("2020-12-31T23:59:60Z", []),
        ("2020-11-14/2020-11-15", ["2020-11-10", "2020-11-15"]),
        ("2020-11-14T19:00:00Z/2020-11-14T20:00:00Z", ["2020-11-10", "2020-11-15"]),
        ("2020-11-15/2020-11-14T20:00:00Z", ["2020-11-15"]),
        ("../2020-11-09", ["2020-09-27"]),
        ("/2020-11-09", ["2020-09-27"]),
        ("2020-11-25/..", ["2020-11-25"]),
        ("2020-11-25/", ["2020-11-25"]),
        ("../..", ["2020-09-27", "2020-11-10", "2020-11-15", "2020-11-25"]),
        ("0001-01-01/9999-12-31", ["2020-09-27", "2020-11-10", "2020-11-15", "2020-11-25"]),
        ("2020-09-26", []),
        ("2020-12-02/..", []),
        ("../1900-01-01", []),
        ("0001-01-01T00:00:00Z", []),
        ("2020-11-15T", ["2020-11-15"]),  # as GDAL writes a day
    ],
)
def test_a_2_7_datetime(client: FlaskClient, datetime: str, kalbajar: list[str]) -> None:
    expected = [f"kalbajar@{day}" for day in kalbajar]
    assert ids(client, id="kalbajar", datetime=datetime) == expected


def test_an_unescaped_plus_is_still_a_time_zone(client: FlaskClient) -> None:
    answer = client.get(f"{REGIONS}/items?id=kalbajar&datetime=2020-11-15T00:00:00+04:00")
    assert [f["id"] for f in answer.json["features"]] == ["kalbajar@2020-11-15"]


def test_several_datetimes_are_all_met(client: FlaskClient) -> None:
    found = ids(client, id="kalbajar", datetime=["../2020-11-12", "2020-11-12/.."])
    assert found == ["kalbajar@2020-11-10"]


def test_a_day_outside_the_period_is_empty_not_wrong(client: FlaskClient) -> None:
    document = ask(client, f"{REGIONS}/items", datetime="2021-06-01").json
    assert (document["numberMatched"], document["features"]) == (0, [])


@pytest.mark.parametrize(
    "datetime",
    [
        *("", "..", "/..//", "../../..", "now", "2020", "2020-11", "2020-11-31", "2020-02-30"),
        *("2020-13-01", "20201125", "2020-11-25T25:00:00Z", "2020-11-25T08:61:00Z"),
        *("2020-11-25T08:00:00", "2020-11-25T08:00Z", "2020-11-25T08:00:00+99:00", "0000-01-01"),
        *("2020-11-25/2020-11-24", "2020-11-25T08:00:00Z/2020-11-25T07:59:59Z", "10000-01-01"),
        *("2020-11-24,2020-11-25", "-2020-11-25", "٢٠٢٠-11-25", "2020-11-25/x", "[2020-11-25..]"),
        *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "1" * 5000, "2020-11-25\x00"),
    ],
)
def test_a_datetime_that_is_none_is_refused(client: FlaskClient, datetime: str) -> None:
    assert "datetime" in refusal(client, datetime=datetime)


def valid_events(client: FlaskClient, datetime: str, path: str = EVENTS) -> set[str]:
    document = ask(client, f"{path}/items", datetime=datetime).json
    return {feature["id"] for feature in document["features"]}


def test_arrangements_are_valid_while_they_are_in_force(client: FlaskClient) -> None:
    dues = {"kalbajar-due", "aghdam-due", "lachin-due"}
    assert valid_events(client, "2020-11-09") == {"nagorno-karabakh-taken"}
    assert valid_events(client, "2020-11-12") == dues | {"lachin-corridor"}
    assert valid_events(client, "2020-11-16") == dues - {"kalbajar-due"} | {
        *("kalbajar-due-postponed", "lachin-corridor")
    }
    assert valid_events(client, "2020-12-01") == {
        *("lachin-due", "lachin-handover", "lachin-corridor")
    }


def test_no_event_is_valid_after_the_period(
    client: FlaskClient, builtin: Dataset, make_dataset: Callable[..., Path]
) -> None:
    assert valid_events(client, "2024-01-01") == set()
    # The article by itself gives arrangements without a last day.
    for query in ({}, {"sources": "ap-2020-11-30"}):
        for feature in ask(client, f"{EVENTS}/items", **query).json["features"]:
            assert feature["properties"]["valid_to"] <= builtin.period.end.isoformat()
    claims = [
        datasets.claim("open", "due", "south", "", since="2021-03-10"),
        datasets.claim("late", "due", "north", "2021-05-01", since="2021-03-20"),
        datasets.claim("after", "handover", "east", "2021-06-01"),
    ]
    small = create_app([open_dataset(make_dataset(claims))]).test_client()
    events = "/ogc/collections/test.events"
    found = {f["id"]: f["properties"] for f in small.get(f"{events}/items").json["features"]}
    assert {id: (row["valid_from"], row["valid_to"]) for id, row in found.items()} == {
        "open": ("2021-03-10", "2021-03-31"),
        "late": ("2021-03-20", "2021-03-31"),
    }
    assert valid_events(small, "2021-04-01/..", events) == set()


def test_events_are_valid_on_the_days_that_they_may_have_happened(small: FlaskClient) -> None:
    def found(datetime: str) -> set[str]:
        return valid_events(small, datetime, "/ogc/collections/test.events")

    assert found("1900-01-01") == {"held"}
    assert found("2021-03-04") == {"held"}
    assert found("2021-03-05") == set()
    assert found("2021-03-13") == {"due", "handed"}
    assert found("2021-03-11") == {"due"}
    assert found("2030-01-01") == set()
    assert found("../2021-03-04") == {"held"}
    assert found("2021-03-14/..") == {"due", "handed"}  # the handover fulfils what was due
    assert found("2021-03-15/..") == set()
