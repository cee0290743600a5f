"""OGC API - Features: the other parameters, and which properties come in which order."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from ogc import ALL, REGIONS, ask, ids, linked, refusal

from geomap.core.dataset import Dataset
from geomap.formats import make_export
from geomap.web.parameters import languages

# A.2.7: parameters


@pytest.mark.parametrize(
    "path",
    ["/ogc/", "/ogc/conformance", "/ogc/api", "/ogc/collections", REGIONS, f"{REGIONS}/queryables"],
)
def test_a_2_7_unknown_parameters_are_refused_by_name(client: FlaskClient, path: str) -> None:
    assert "nonsense" in refusal(client, path, nonsense="1")


def test_unknown_and_repeated_parameters_of_items_are_refused(client: FlaskClient) -> None:
    assert "nonsense" in refusal(client, nonsense="1")
    assert "date" in refusal(client, date="2020-11-30")
    assert "bbox" in refusal(client, f"{REGIONS}/items/kalbajar@2020-11-25", bbox="1,2,3,4")
    assert "limit" in refusal(client, limit=["1", "2"])
    assert refusal(client, f="xml")
    assert refusal(client, lang="tlh")
    assert refusal(client, known="yesterday")
    assert refusal(client, sources="nobody")


def test_property_filters_are_equality(client: FlaskClient) -> None:
    assert len(ids(client, id="lachin")) == 3
    due = ids(client, control_status="due", actor="armenian-forces")
    assert {id.partition("@")[0] for id in due} == {"aghdam", "kalbajar", "lachin"}
    divided = {"nagorno-karabakh@2020-11-10", "lachin@2020-12-01"}
    assert set(ids(client, divided="yes")) == divided
    assert ids(client, disputed="true") == ids(client, disputed="1") == []
    assert len(ids(client, disputed="false")) == ALL
    assert "disputed" in refusal(client, disputed="maybe")


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("control_status", "heldd", "it takes one of held, due, handed_over, unclear, unknown"),
        ("divided", "true", "it takes one of yes, perhaps, no"),
        ("valid_from", "2020-11-31", "2020-11-31"),
        ("as_of", "yesterday", "write it as 2020-11-25"),
        ("since", "long ago", "long ago"),
        ("overdue", "", "it takes one of true"),
    ],
)
def test_a_value_that_a_property_cannot_have_is_refused(
    client: FlaskClient, name: str, value: str, says: str
) -> None:
    found = refusal(client, **{name: value})
    assert found.startswith(f"{name}: ")
    assert says in found


def test_a_date_may_be_written_in_any_form_of_edtf(client: FlaskClient) -> None:
    short = ids(client, since="1994")
    assert short
    assert ids(client, since="[1994-01-01..1994-12-31]") == short


def test_parameters_are_declared_with_what_they_take(client: FlaskClient) -> None:
    operation = client.get("/ogc/api").json["paths"]["/collections/handover-2020.regions/items"]
    declared = {p["name"]: p["schema"] for p in operation["get"]["parameters"] if "name" in p}
    shared = client.get("/ogc/api").json["components"]["parameters"]
    declared |= {p["name"]: p["schema"] for p in shared.values()}
    assert declared["control_status"]["enum"] == [
        *("held", "due", "handed_over", "unclear", "unknown")
    ]
    assert declared["valid_from"] == {"type": "string", "format": "date"}
    assert declared["since"]["type"] == "string"
    assert re.fullmatch(declared["since"]["pattern"], "1994~")
    for name in ("crs", "bbox-crs", "filter-crs"):
        assert declared[name]["format"] == "uri"


def test_known_and_sources_are_the_two_clocks(client: FlaskClient) -> None:
    early = ask(client, f"{REGIONS}/items", known="2020-11-10", datetime="2020-11-25").json
    status = {f["properties"]["id"]: f["properties"] for f in early["features"]}
    assert status["kalbajar"]["control_status"] == "due"
    assert {row["known"] for row in status.values()} == {"2020-11-10"}
    article = ask(client, f"{REGIONS}/items", sources="ap-2020-11-30", datetime="2020-11-20").json
    assert {f["properties"]["id"]: f["properties"] for f in article["features"]}["aghdam"][
        "control_status"
    ] == "unclear"


def test_lang_names_the_regions(client: FlaskClient, builtin: Dataset) -> None:
    for lang in languages(builtin):
        rows = make_export(builtin, "2020-11-30", lang=lang).rows
        answer = ask(client, f"{REGIONS}/items", lang=lang, datetime="2020-11-30").json
        named = {f["properties"]["id"]: f["properties"]["name"] for f in answer["features"]}
        assert named == {row["id"]: row["name"] for row in rows}


# properties, sortby, skipGeometry


def test_properties_are_those_asked_for(client: FlaskClient) -> None:
    page = ask(
        client, f"{REGIONS}/items", properties="valid_to, id", limit=2, datetime="2020-11-30"
    )
    for feature in page.json["features"]:
        assert list(feature["properties"]) == ["id", "valid_to"]
        assert feature["geometry"]["type"] in ("Polygon", "MultiPolygon")
    assert "properties=id,valid_to" in linked(page.json)["next"]
    assert "there is no property 'colour'" in refusal(client, properties="id,colour")
    assert refusal(client, properties="")


def test_outlines_are_left_out_where_they_are_not_wanted(client: FlaskClient) -> None:
    document = ask(client, f"{REGIONS}/items", skipGeometry="true", bbox="46,39,47,40").json
    assert document["features"]
    assert {feature["geometry"] for feature in document["features"]} == {None}
    whole = ask(client, f"{REGIONS}/items", skipGeometry="false").json
    assert all(feature["geometry"] for feature in whole["features"])
    assert "it takes one of true, false" in refusal(client, skipGeometry="yes")


def test_features_are_sorted(client: FlaskClient) -> None:
    def order(sortby: str, name: str) -> list[Any]:
        features = ask(client, f"{REGIONS}/items", sortby=sortby).json["features"]
        assert len(features) == ALL
        return [feature["properties"][name] for feature in features]

    names = order("name,-valid_from", "name")
    assert names == sorted(names)
    starts = order("name,-valid_from", "valid_from")
    assert starts[:3] == sorted(starts[:3], reverse=True)  # those of Aghdam
    assert order("-valid_from", "valid_from") == sorted(order("id", "valid_from"), reverse=True)
    for sortby in ("handover_date", "-handover_date"):  # what is null comes last
        dates = order(sortby, "handover_date")
        assert dates[3:] == [None] * 9
        assert dates[:3] == sorted(dates[:3], reverse=sortby.startswith("-"))
    assert client.get(f"{REGIONS}/items?sortby=+name").status_code == 200
    assert "sources" in client.get(f"{REGIONS}/queryables").json["properties"]
    for name in ("sources", "colour", "geometry", "", "name,,id"):
        assert "sortby" in refusal(client, sortby=name)


def test_pages_of_sorted_features_follow_each_other(client: FlaskClient) -> None:
    seen, path = [], f"{REGIONS}/items?sortby=-valid_from,id&limit=5"
    while path:
        document = client.get(path).json
        seen += [feature["id"] for feature in document["features"]]
        path = linked(document).get("next", "")
    whole = ask(client, f"{REGIONS}/items", sortby="-valid_from,id").json["features"]
    assert seen == [feature["id"] for feature in whole]
