"""OGC API - Features, Part 3: CQL2; and Part 5: schemas."""

from __future__ import annotations

import json
import time
from collections import defaultdict
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient
from ogc import ALL, CRS84, EPSG3857, EPSG4326, EVENTS, REGIONS, ask, ids, refusal

from geomap.core.dataset import Dataset
from geomap.web.ogc.crs import CRSS
from geomap.web.ogc.features import feature_collection, matching
from geomap.web.ogc.filters import MAX_LENGTH, parse_filter
from geomap.web.ogc.layers import KINDS, layer
from geomap.web.ogc.request import features_query

# Part 3: CQL2


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("id = 'kalbajar'", 4),
        ("id <> 'kalbajar'", 8),
        ("id IN ('kalbajar', 'lachin')", 7),
        ("id NOT IN ('kalbajar', 'lachin')", 5),
        ("id LIKE 'k%'", 4),
        ("CASEI(name) LIKE CASEI('K%')", 4),
        ("divided = 'yes'", 2),
        ("NOT disputed = true", 12),
        ("actor = 'azerbaijan' AND id = 'lachin'", 1),
        ("previous_actor = 'armenian-forces' OR id = 'lachin'", 5),
        # null is neither true nor false
        ("handover_date = '2020-11-20'", 1),
        ("NOT handover_date = '2020-11-20'", 2),
        ("handover_date IS NULL", 9),
        ("handover_date IS NOT NULL", 3),
        ("valid_from >= DATE('2020-11-20')", 3),
        ("valid_from < DATE('2020-11-10')", 4),
        ("valid_from BETWEEN '2020-11-10' AND '2020-11-15'", 5),
        ("A_CONTAINS(sources, ('rw-2020-11-21'))", 5),
        ("A_CONTAINS(sources, ('truce-2020-11-10¶clause 6'))", 5),
        ("A_CONTAINS(other_actors, ('azerbaijan'))", 2),
        ("A_CONTAINS(consistent_sources, ('ap-2020-11-25'))", 1),
        ("valid_from = TIMESTAMP('2020-11-19T19:59:59Z')", 0),  # the evening of the 19th in Baku
        ("valid_from = TIMESTAMP('2020-11-19T20:00:00Z')", 1),
        ("valid_from >= TIMESTAMP('2020-11-20T00:00:00+04:00')", 3),
        ("S_INTERSECTS(geometry, BBOX(0, 0, 1, 1))", 0),
        ("S_INTERSECTS(geometry, BBOX(46.99, 39.98, 47, 39.99))", 3),
        ("S_INTERSECTS(geometry, POINT(46.99 39.98)) AND valid_to = DATE('2020-12-01')", 1),
        ("S_WITHIN(geometry, POLYGON((40 38, 50 38, 50 42, 40 42, 40 38)))", 12),
        ("S_DISJOINT(geometry, POINT(0 0))", 12),
        ("name = 'it''s'", 0),
        ("name = 'it\\'s'", 0),
        ("name = 'it\\'s' OR id = 'kalbajar'", 4),
        # Numbers in a geometry have signs and exponents
        ("S_INTERSECTS(geometry, POINT(46 -10))", 0),
        ("S_INTERSECTS(geometry, POLYGON((-1 -1, 50 -1, 50 50, -1 50, -1 -1)))", 12),
        ("S_INTERSECTS(geometry, MULTIPOINT(46 -10, 46.99 39.98))", 3),
        ("S_INTERSECTS(geometry, POINT(4.699e1 3998E-2))", 3),
        ("S_INTERSECTS(geometry, GEOMETRYCOLLECTION(POINT(46 -10), POINT(46 -1.5)))", 0),
        # Days in a list
        ("valid_from IN (DATE('2020-11-20'), DATE('2020-11-25'))", 2),
        ("valid_from IN (TIMESTAMP('2020-11-19T20:00:00Z'))", 1),
        ("valid_from NOT IN (DATE('2020-11-20'))", 11),
        ("handover_date IN ('2020-11-20', DATE('2020-11-25'))", 2),
    ],
)
def test_filter_cql2_text(client: FlaskClient, text: str, count: int) -> None:
    assert len(ids(client, filter=text)) == count


def test_filter_cql2_json_and_crs(client: FlaskClient) -> None:
    equal = {"op": "=", "args": [{"property": "id"}, "kalbajar"]}
    assert len(ids(client, filter=json.dumps(equal), filter_lang="cql2-json")) == 4
    point = {"type": "Point", "coordinates": [39.98, 46.99]}
    spatial = {"op": "s_intersects", "args": [{"property": "geometry"}, point]}
    found = ids(client, filter=json.dumps(spatial), filter_lang="cql2-json", filter_crs=EPSG4326)
    assert {id.partition("@")[0] for id in found} == {"aghdam"}


@pytest.mark.parametrize(
    "text",
    [
        *("", "id =", "id = 'x", "nothing = 1", "id = 'x' AND", "DROP TABLE x", "((((", "))))"),
        *("f(id) = 1", "1 + 1 = 2", "limit = 'x'", "valid_from > DATE('2020-13-45')", 'id = "x'),
        *("S_INTERSECTS(geometry, geometry)", "S_INTERSECTS(id, POINT(0 0))", "id = 'a\\'"),
        *("S_INTERSECTS(geometry, BBOX(1, 2))", "S_INTERSECTS(geometry, BBOX(0, 9, 1, 8))"),
        *("POINT(1 2) -3 = 1", "valid_from IN (DATE('2020-13-45'))", "id = 5 -3"),
        *("S_INTERSECTS(geometry, POINT(46 - 10))", "S_INTERSECTS(geometry, POINT(46 --10))"),
        *("A_CONTAINS(sources, (DATE('2020-11-20')))", "POINT(1e9999 2) = 1"),
        *("id IN ()", "id IN (CASEI('x'))", "T_AFTER(valid_from, DATE('2020-01-01'))", "'a'='a"),
        *("(" * 9 + "1=1" + ")" * 9, "NOT " * 900 + "disputed", "-" * 900 + "1 = 1", "(" * 2000),
        *("id = 'x' AND " * 200 + "disputed = true", "id = '" + "x" * MAX_LENGTH + "'"),
    ],
)
def test_a_filter_that_is_none_or_too_much_is_refused(client: FlaskClient, text: str) -> None:
    begun = time.perf_counter()
    assert "filter" in refusal(client, filter=text)
    assert time.perf_counter() - begun < 5


@pytest.mark.parametrize(
    "text",
    [
        *("{}", "[]", "null", "3", '"x"', "{", '{"op":"="}', '{"op":"=","args":[1]}', "[" * 3000),
        *('{"op":"foo","args":[1]}', '{"op":"in","args":[{"property":"id"},3]}'),
        *('{"op":"not","args":[]}', '{"op":"=","args":[{"property":3},1]}'),
        *('{"op":"and","args":3}', '{"op":"s_intersects","args":[{"property":"geometry"},3]}'),
        '{"op":"not","args":[' * 60 + "true" + "]}" * 60,
        '{"op":"s_intersects","args":[{"property":"geometry"},{"type":"Point","coordinates":[]}]}',
        '{"op":"=","args":[{"interval":["..",".."]},1]}',
    ],
)
def test_a_json_filter_that_is_none_is_refused(client: FlaskClient, text: str) -> None:
    answer = ask(client, f"{REGIONS}/items", filter=text, filter_lang="cql2-json")
    if answer.status_code == 200:
        assert answer.json["numberMatched"] == 0  # a value that is never true
    else:
        assert answer.status_code == 400
        assert "filter" in answer.json["detail"]


@pytest.mark.parametrize(
    "value",
    ["x", "1", None, True, [1], {"op": "x", "args": []}, {"property": "actor"}, 1e300],
)
def test_a_filters_box_takes_numbers_only(client: FlaskClient, value: Any) -> None:
    box = {"op": "s_intersects", "args": [{"property": "geometry"}, {"bbox": [value, 2, 3, 4]}]}
    assert "filter" in refusal(client, filter=json.dumps(box), filter_lang="cql2-json")


@pytest.mark.parametrize("first", ["'a'", "actor", "DATE('2020-11-20')"])
def test_a_filters_box_in_text_takes_numbers_only(client: FlaskClient, first: str) -> None:
    found = refusal(client, filter=f"S_INTERSECTS(geometry, BBOX({first}, 1, 2, 3))")
    assert found.startswith("filter: ")


@pytest.mark.parametrize(
    ("crs", "point"),
    [
        *((EPSG3857, "1000000000 1"), (EPSG3857, "-20037509 1")),
        *((CRS84, "90 180"), (CRS84, "181 0"), (EPSG4326, "180 90")),
    ],
)
def test_a_geometry_outside_the_world_is_refused(client: FlaskClient, crs: str, point: str) -> None:
    text = f"S_INTERSECTS(geometry, POINT({point}))"
    found = refusal(client, filter=text, filter_crs=crs)
    assert f"outside the world of {CRSS[crs].name}" in found


def test_the_corner_of_the_world_is_in_it(client: FlaskClient) -> None:
    for crs, point in ((CRS84, "-180 90"), (EPSG4326, "90 -180")):
        assert ids(client, filter=f"S_INTERSECTS(geometry, POINT({point}))", filter_crs=crs) == []


def test_a_filter_says_what_its_geometry_lacks(client: FlaskClient) -> None:
    text = "S_INTERSECTS(geometry, POINT EMPTY)"
    assert "position" in refusal(client, filter=text)
    text = "S_INTERSECTS(geometry, POLYGON((0 0, 1 1)))"
    assert "no geometry" in refusal(client, filter=text)


@pytest.mark.parametrize(
    "text",
    [
        *("id = 'kalbajar'", "divided = 'yes'", "NOT handover_date = '2020-11-20'", "1 = 1"),
        *(
            "A_CONTAINS(sources, ('rw-2020-11-21'))",
            "as_of > DATE('2020-11-20') OR divided = 'yes'",
        ),
        "S_INTERSECTS(geometry, POINT(46.99 39.98)) AND actor = 'azerbaijan'",
        "overdue = true OR S_DISJOINT(geometry, POINT(46.99 39.98))",
    ],
)
@pytest.mark.parametrize("day", [None, "2020-11-25"])
def test_alike_features_get_the_answer_of_each(
    builtin: Dataset, text: str, day: str | None
) -> None:
    kind = KINDS["regions"]
    rows = layer(builtin, kind)
    found = parse_filter(text, "cql2-text", CRSS[CRS84], builtin, kind.columns)
    each = [n for n in range(ALL) if len(found.matching(rows, np.array([n]), day))]
    assert found.matching(rows, np.arange(ALL), day).tolist() == each


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_makes_its_own_rows_and_no_others(builtin: Dataset, kind: str) -> None:
    made: list[int] = []
    rows = layer(builtin, KINDS[kind])
    counted = replace(rows, write=lambda n: made.append(n) or rows.write(n), _ends={})
    query = features_query(defaultdict(lambda: None, limit=3, offset=2), builtin, KINDS[kind])
    numbers = matching(builtin, counted, query)
    page = feature_collection(builtin, counted, CRSS[CRS84], numbers, query, [])
    assert [f["id"] for f in json.loads(page)["features"]] == list(rows.ids[2:5])
    assert made == [2, 3, 4]


def test_a_long_filter_over_alike_features_is_quick(builtin: Dataset) -> None:
    kind = KINDS["regions"]
    text = " OR ".join(f"control_status = 'x{n}'" for n in range(90))
    found = parse_filter(text, "cql2-text", CRSS[CRS84], builtin, kind.columns)
    rows = layer(builtin, kind)
    begun = time.perf_counter()
    assert not len(found.matching(rows, np.tile(np.arange(ALL), 250), None))
    assert time.perf_counter() - begun < 0.5


def test_a_filter_says_what_it_takes_instead(client: FlaskClient) -> None:
    for text in ("geometry IS NULL", "geometry = 'x'"):
        found = refusal(client, filter=text)
        assert "there is no property" not in found
        assert "S_INTERSECTS(geometry, BBOX(46, 39, 47, 40))" in found
    found = refusal(client, filter="valid_from > TIMESTAMP('2020-11-20T25:00:00Z')")
    assert "write it as TIMESTAMP('2020-11-25T08:00:00Z')" in found


def test_queryables_are_the_properties(client: FlaskClient) -> None:
    for path in (REGIONS, EVENTS):
        answer = client.get(f"{path}/queryables")
        assert answer.content_type == "application/schema+json"
        first = client.get(f"{path}/items?limit=1").json["features"][0]["properties"]
        assert set(answer.json["properties"]) == {*first, "geometry"}


TYPES = {"string", "number", "boolean", "array"}
GEOMETRY_FORMATS = {  # OGC 19-079r2, table 5
    *("geometry-point", "geometry-multipoint", "geometry-linestring", "geometry-multilinestring"),
    *("geometry-polygon", "geometry-multipolygon", "geometry-geometrycollection", "geometry-any"),
    *("geometry-point-or-multipoint", "geometry-linestring-or-multilinestring"),
    "geometry-polygon-or-multipolygon",
}


@pytest.mark.parametrize("path", [REGIONS, EVENTS])
@pytest.mark.parametrize("document", ["schema", "queryables", "sortables"])
def test_each_property_has_one_type(client: FlaskClient, path: str, document: str) -> None:
    collection = client.get(path).json
    links = {link["rel"].rpartition("/")[2]: link for link in collection["links"]}
    assert links[document]["type"] == "application/schema+json"
    found = client.get(links[document]["href"])
    assert found.content_type == "application/schema+json"
    properties = dict(found.json["properties"])
    if document != "sortables":
        assert properties.pop("geometry")["format"] in GEOMETRY_FORMATS
    assert {rule["type"] for rule in properties.values()} <= TYPES


def test_the_schema_has_the_roles_of_part_5(client: FlaskClient) -> None:
    roles = {}
    for path in (REGIONS, EVENTS):
        rules = client.get(f"{path}/schema").json["properties"]
        roles[path] = {r["x-ogc-role"]: name for name, r in rules.items() if "x-ogc-role" in r}
        assert [r["x-ogc-propertySeq"] for r in rules.values()] == [*range(1, len(rules) + 1)]
    same = {
        "primary-geometry": "geometry",
        "primary-interval-start": "valid_from",
        "primary-interval-end": "valid_to",
    }
    # A region's own id is that of several features.
    assert roles == {REGIONS: same | {"id": "feature_id"}, EVENTS: same | {"id": "id"}}
