"""OGC API - Features, Core: the cases of the abstract test suite (17-069r4, A), and harder ones."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from ogc import ALL, CRS84, EPSG3857, EPSG4326, EVENTS, REGIONS, ask, linked, refusal

from geomap.core.dataset import Dataset
from geomap.formats import export_regions
from geomap.web.ogc.documents import CONFORMANCE

# A.2.2 to A.2.5: landing page, API definition, conformance


@pytest.mark.parametrize("path", ["/ogc/", "/ogc"])
def test_a_2_3_landing_page_leads_to_everything(client: FlaskClient, path: str) -> None:
    answer = client.get(path, follow_redirects=True)
    assert answer.status_code == 200
    relations = {link["rel"] for link in answer.json["links"]}
    assert relations >= {"self", "service-desc", "service-doc", "conformance", "data"}
    for link in answer.json["links"]:
        found = client.get(urlsplit(link["href"])._replace(scheme="", netloc="").geturl())
        assert found.status_code == 200, link
        assert found.content_type.split("; ")[0] == link["type"], link


def test_a_2_4_api_is_openapi_3_0(client: FlaskClient) -> None:
    answer = client.get("/ogc/api")
    assert answer.content_type == "application/vnd.oai.openapi+json;version=3.0"
    assert answer.json["openapi"].startswith("3.0.")
    assert "/collections/handover-2020.regions/items" in answer.json["paths"]


def test_a_2_5_conformance_names_its_classes(client: FlaskClient) -> None:
    assert client.get("/ogc/conformance").json == {"conformsTo": list(CONFORMANCE)}


# A.2.6: collections


def test_a_2_6_collections_say_what_they_hold(client: FlaskClient) -> None:
    document = client.get("/ogc/collections").json
    found = {collection["id"]: collection for collection in document["collections"]}
    assert list(found) == ["handover-2020.regions", "handover-2020.events"]
    for id, collection in found.items():
        own = client.get(f"/ogc/collections/{id}").json
        same = ("id", "title", "description", "extent", "itemType", "crs", "storageCrs")
        assert {name: collection[name] for name in same} == {name: own[name] for name in same}
        assert collection["crs"] == [CRS84, EPSG4326, EPSG3857]
        items = client.get(urlsplit(linked(own)["items"]).path)
        assert items.status_code == 200


def test_a_2_6_extent_is_the_period_in_the_datasets_time_zone(client: FlaskClient) -> None:
    extent = client.get(REGIONS).json["extent"]
    assert extent["temporal"]["interval"] == [["2020-09-26T20:00:00Z", "2020-12-01T19:59:59Z"]]
    west, south, east, north = extent["spatial"]["bbox"][0]
    assert 45 < west < 46 < 47 < east < 48
    assert 39 < south < 40 < north < 41


@pytest.mark.parametrize(
    "path",
    [
        "/ogc/collections/nowhere.regions",
        "/ogc/collections/handover-2020.claims",
        "/ogc/collections/handover-2020",
        "/ogc/collections/.regions/items",
        f"{REGIONS}/items/nowhere",
        f"{REGIONS}/items/kalbajar@2020-11-26",
        f"{EVENTS}/items/kalbajar",
        "/ogc/nothing",
    ],
)
def test_what_is_not_there_is_not_found(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.content_type == "application/problem+json"


# A.2.7: features


def test_a_2_7_items_without_parameters_are_all_stretches(client: FlaskClient) -> None:
    answer = client.get(f"{REGIONS}/items")
    assert answer.content_type == "application/geo+json"
    document = answer.json
    assert document["numberMatched"] == document["numberReturned"] == len(document["features"])
    assert document["numberMatched"] == ALL
    assert len({feature["id"] for feature in document["features"]}) == ALL
    for feature in document["features"]:
        properties = feature["properties"]
        assert feature["id"] == f"{properties['id']}@{properties['valid_from']}"
        assert properties["valid_from"] == properties["as_of"] <= properties["valid_to"]


def test_stretches_follow_each_other_without_gap(client: FlaskClient, builtin: Dataset) -> None:
    stretches: dict[str, list[tuple[str, str]]] = {}
    for feature in client.get(f"{REGIONS}/items").json["features"]:
        values = feature["properties"]
        stretches.setdefault(values["id"], []).append((values["valid_from"], values["valid_to"]))
    for found in stretches.values():
        assert min(found)[0] == builtin.period.start.isoformat()
        assert max(found)[1] == builtin.period.end.isoformat()


@pytest.mark.parametrize("day", ["2020-09-27", "2020-11-15", "2020-11-25", "2020-11-30"])
def test_a_day_gives_the_rows_of_every_other_format(
    client: FlaskClient, builtin: Dataset, day: str
) -> None:
    download = json.loads(export_regions(builtin, "geojson", day))["features"]
    features = ask(client, f"{REGIONS}/items", datetime=day).json["features"]
    for feature in features:
        del feature["properties"]["valid_from"], feature["properties"]["valid_to"]
    by_id = {feature["properties"]["id"]: feature for feature in features}
    assert len(features) == len(download) == 4
    for row in download:
        assert by_id[row["id"]]["properties"] == row["properties"]
        assert by_id[row["id"]]["geometry"] == row["geometry"]


def test_a_2_7_limit_and_paging_reach_each_feature_once(client: FlaskClient) -> None:
    seen, path, pages = [], f"{REGIONS}/items?limit=5", 0
    while path:
        document = client.get(path).json
        assert document["numberMatched"] == ALL
        assert document["numberReturned"] <= 5
        seen += [feature["id"] for feature in document["features"]]
        path = linked(document).get("next", "")
        pages += 1
    assert pages == 3
    assert len(seen) == len(set(seen)) == ALL
    back = linked(client.get(f"{REGIONS}/items?limit=5&offset=7").json)["prev"]
    assert "offset=2" in back


def test_links_keep_every_parameter(client: FlaskClient) -> None:
    asked = {"datetime": "../2020-11-20", "bbox": "46,39,47,40", "known": "2020-11-22", "limit": 1}
    document = ask(client, f"{REGIONS}/items", **asked, sources="ap-2020-11-20,rw-2020-11-21").json
    for relation in ("self", "next"):
        again = client.get(linked(document)[relation]).json
        assert again["numberMatched"] == document["numberMatched"]


@pytest.mark.parametrize("limit", ["10000", "10001", "99999999999999999999999999"])
def test_a_2_7_a_huge_limit_is_the_highest(client: FlaskClient, limit: str) -> None:
    assert ask(client, f"{REGIONS}/items", limit=limit).json["numberReturned"] == ALL


@pytest.mark.parametrize("limit", ["0", "-1", "1.5", "ten", "", "१", "1e3", " "])
def test_a_2_7_a_limit_that_is_none_is_refused(client: FlaskClient, limit: str) -> None:
    assert "limit" in refusal(client, limit=limit)


@pytest.mark.parametrize("offset", ["-1", "x", "", "1.0"])
def test_an_offset_that_is_none_is_refused(client: FlaskClient, offset: str) -> None:
    assert "offset" in refusal(client, offset=offset)


def test_an_offset_past_the_end_is_an_empty_page(client: FlaskClient) -> None:
    document = ask(client, f"{REGIONS}/items", offset="999999999999").json
    assert (document["numberMatched"], document["numberReturned"]) == (ALL, 0)
    assert "next" not in linked(document)
    assert client.get(linked(document)["prev"]).json["numberReturned"] == ALL


# A.2.8: one feature


def test_a_2_8_one_feature(client: FlaskClient) -> None:
    answer = client.get(f"{REGIONS}/items/kalbajar@2020-11-25")
    assert answer.content_type == "application/geo+json"
    assert answer.json["id"] == "kalbajar@2020-11-25"
    assert {"self", "alternate", "collection"} <= set(linked(answer.json))
    features = client.get(f"{REGIONS}/items").json["features"]
    same = next(f for f in features if f["id"] == answer.json["id"])
    assert same == {key: value for key, value in answer.json.items() if key != "links"}


def test_a_region_id_leads_to_its_features(client: FlaskClient) -> None:
    answer = client.get(f"{REGIONS}/items/kalbajar")
    assert answer.status_code == 303
    found = client.get(answer.location).json
    assert {f["properties"]["id"] for f in found["features"]} == {"kalbajar"}


def test_a_region_id_takes_the_whole_question_along(client: FlaskClient) -> None:
    asked = {"known": "2020-11-12", "sources": "ap-2020-11-30", "lang": "hy", "f": "html"}
    answer = ask(client, f"{REGIONS}/items/kalbajar", **asked, crs=EPSG4326)
    there = parse_qs(urlsplit(answer.location).query)
    assert there == {name: [value] for name, value in {**asked, "id": "kalbajar"}.items()} | {
        "crs": [EPSG4326]
    }
