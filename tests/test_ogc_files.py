"""OGC API - Features: items in other formats, and further properties of regions."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import datasets
import duckdb
import pyogrio
import pytest
from flask.testing import FlaskClient
from ogc import ALL, CRS84, EPSG3857, EVENTS, REGIONS, ask, refusal
from werkzeug.test import TestResponse

from geomap.formats import FORMATS
from geomap.sources import open as open_dataset
from geomap.web import create_app

# Other formats


@pytest.mark.parametrize("path", [REGIONS, EVENTS])
@pytest.mark.parametrize("ending", [ending for ending in FORMATS if ending != "xlsx"])
def test_items_come_in_every_format(
    client: FlaskClient, tmp_path: Path, path: str, ending: str
) -> None:
    answer = ask(client, f"{path}/items", f=ending, datetime="2020-11-30", limit=2)
    assert answer.status_code == 200, answer.text
    assert answer.content_type == FORMATS[ending].media_type
    if ending in ("geojson", "jsonfg"):
        rows = [feature["properties"] for feature in answer.json["features"]]
    else:
        matched = "4" if path == REGIONS else "2"
        assert answer.headers["OGC-NumberMatched"] == matched
        assert answer.headers["OGC-NumberReturned"] == "2"
        file = tmp_path / f"items.{ending}"
        file.write_bytes(answer.data)
        rows = rows_of(file, ending)
    assert len(rows) == 2
    expected = ask(client, f"{path}/items", datetime="2020-11-30", limit=2).json["features"]
    assert {str(row["valid_to"])[:10] for row in rows} == {
        feature["properties"]["valid_to"] for feature in expected
    }


def rows_of(file: Path, ending: str) -> list[dict[str, Any]]:
    """The rows of a file, by readers other than their writers."""
    if ending == "parquet":
        table = duckdb.sql(f"SELECT * FROM '{file}'")
        return [dict(zip(table.columns, values, strict=True)) for values in table.fetchall()]
    layer = pyogrio.list_layers(file)[0, 0]
    frame = pyogrio.read_dataframe(file, layer=layer, read_geometry=False)
    rows: list[dict[str, Any]] = frame.to_dict("records")
    return rows


def test_a_program_gets_the_format_that_it_accepts(client: FlaskClient) -> None:
    for ending, format in FORMATS.items():
        kind = format.media_type.partition(";")[0]
        if ending in ("topojson", "geojson"):  # which say that they are JSON
            continue
        answer = client.get(f"{REGIONS}/items", headers={"Accept": f"{kind}, */*;q=0.1"})
        assert answer.mimetype == kind
        assert "Accept" in answer.vary
    answer = client.get(f"{REGIONS}/items", headers={"Accept": "text/csv;q=0.5, text/html"})
    assert answer.mimetype == "text/html"


def test_pages_of_files_are_linked_in_a_header(client: FlaskClient) -> None:
    seen: list[str] = []
    path = f"{REGIONS}/items?f=csv&limit=5&properties=id,valid_from&skipGeometry=true"
    while path:
        answer = client.get(path)
        header, *lines = answer.text.removeprefix("\ufeff").splitlines()
        assert header == "id,valid_from"
        seen += lines
        path = next((u for u, rel in links_of(answer) if rel == "next"), "")
    assert len(seen) == len(set(seen)) == ALL


def links_of(answer: TestResponse) -> list[tuple[str, str]]:
    return re.findall(r'<([^>]+)>; rel="(\w+)"', ", ".join(answer.headers.getlist("Link")))


def test_geojson_is_json(client: FlaskClient) -> None:
    same = client.get(f"{REGIONS}/items?f=json")
    assert client.get(f"{REGIONS}/items?f=geojson").data == same.data


def test_pages_of_features_take_the_same_parameters(client: FlaskClient) -> None:
    asked = {"properties": "id", "sortby": "-id", "skipGeometry": "true", "limit": "3"}
    page = ask(client, f"{REGIONS}/items", f="html", **asked)
    assert page.status_code == 200
    for name, value in asked.items():
        assert f'<input type="hidden" name="{name}" value="{value}">' in page.text


def test_a_file_says_what_it_cannot_be(client: FlaskClient) -> None:
    assert "GeoPackage needs outlines" in refusal(client, f="gpkg", skipGeometry="true")
    assert "CSV is in CRS84" in refusal(client, f="csv", crs=EPSG3857)
    assert ask(client, f"{REGIONS}/items", f="csv", crs=CRS84).status_code == 200


# Further properties of the regions


@pytest.fixture(scope="module")
def further(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """Two regions whose files have properties that only they know."""
    own = {"population": 1200, "ISO3166-2": "XX-HL", "rural": True}
    regions = {
        "hill": datasets.region("hill", datasets.square(10, 50), **own),
        "vale": datasets.region("vale", datasets.square(11, 50), population=80.5),
    }
    folder = datasets.write_dataset(tmp_path_factory.mktemp("further") / "data", regions=regions)
    return create_app([open_dataset(folder)]).test_client()


def test_features_have_the_further_properties_of_their_regions(further: FlaskClient) -> None:
    path = "/ogc/collections/test.regions"

    def found(**parameters: Any) -> list[str]:
        features = ask(further, f"{path}/items", **parameters).json["features"]
        return [feature["properties"]["id"] for feature in features]

    first = ask(further, f"{path}/items", id="hill").json["features"][0]["properties"]
    assert (first["population"], first["ISO3166-2"], first["rural"]) == (1200, "XX-HL", True)
    for document in ("schema", "queryables", "sortables"):
        rules = further.get(f"{path}/{document}").json["properties"]
        assert [rules[name]["type"] for name in ("population", "ISO3166-2", "rural")] == [
            *("number", "string", "boolean")
        ]
    assert found(population="80.5") == found(filter="population < 100") == ["vale"]
    assert found(**{"ISO3166-2": "XX-HL"}) == found(rural="true") == ["hill"]
    assert found(filter="\"ISO3166-2\" = 'XX-HL'") == ["hill"]
    assert found(sortby="-population") == ["hill", "vale"]
    assert "population: 'many' is not a number" in refusal(
        further, f"{path}/items", population="many"
    )
    parameters = further.get("/ogc/api").json["paths"]["/collections/test.regions/items"]["get"]
    declared = {p["name"]: p["schema"] for p in parameters["parameters"] if "name" in p}
    assert declared["population"]["type"] == "number"
