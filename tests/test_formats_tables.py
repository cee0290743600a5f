"""Events and claims as tables: what each clock shows, and that the ledger can be read back."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import jsonschema
import pandas as pd
import pytest
from datasets import claim

import geomap.sources
from geomap.check.ledger import ACTORS, CLAIMS, REPORTS, SOURCES, read_ledger
from geomap.core.dataset import Dataset
from geomap.formats import (
    export_actors,
    export_claims,
    export_events,
    export_reports,
    export_sources,
)
from geomap.formats.schema import EDTF, datapackage
from geomap.sources import builtin_path

ROWS = (
    'old,kalbajar,control,a,1994,,,s1,¶1,,"He said ""so"", they say",,,',
    "moved,kalbajar,handover,a,2020-11-25,,,s2,,2020-12-05,,=1+1,2020-11-28,A slip",
    "due,kalbajar,due,a,2020-12-01,2020-11-10,part,s1,,,Note,Qeyd,,",
)


@pytest.fixture
def small(tmp_path: Path) -> Dataset:
    (tmp_path / "regions").mkdir()
    (tmp_path / "dataset.yaml").write_text(
        "id: small\ntitle: Small\nperiod: {start: 2020-01-01, end: 2020-12-31}\n"
        "date: 2020-06-01\nlicence: {name: CC0-1.0}\nattribution: none\n"
    )
    (tmp_path / "actors.csv").write_text("id,name,colour\na,A,#2a78b5\n")
    (tmp_path / "sources.csv").write_text(
        "id,publisher,title,published,url,language,kind\n"
        "s1,P,T,2020-11-10,,,\ns2,P,T,2020-11-26,,,\n"
    )
    header = (
        "event,region,kind,actor,date,since,part,source,locator,withdrawn,note,note:az,added,"
        "withdrawn_because\n"
    )
    (tmp_path / "claims.csv").write_text(header + "\n".join(ROWS) + "\n", encoding="utf-8")
    square = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]]}
    feature = {
        "type": "Feature",
        "properties": {"id": "kalbajar", "name": "Kəlbəcər"},
        "geometry": square,
    }
    (tmp_path / "regions" / "kalbajar.geojson").write_text(json.dumps(feature))
    return geomap.sources.open(tmp_path)


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_the_ledger_can_be_read_back(builtin: Dataset, small: Dataset) -> None:
    for dataset in (builtin, small):
        files = {
            "actors.csv": export_actors(dataset, "csv"),
            "claims.csv": export_claims(dataset, "csv"),
            "sources.csv": export_sources(dataset, "csv"),
            "reports.csv": export_reports(dataset, "csv"),
        }
        ledger, faults = read_ledger(files, dataset.regions["id"])
        assert faults == []
        for table in fields(ledger):
            assert getattr(ledger, table.name) == getattr(dataset.ledger, table.name)


def test_the_whole_ledger_has_the_columns_of_the_folder(small: Dataset) -> None:
    claims = rows(export_claims(small, "csv"))
    assert list(claims[0]) == [*CLAIMS.public.names, "note:az"]
    assert [row["event"] for row in claims] == ["old", "moved", "due"]
    assert claims[0]["note"] == 'He said "so", they say'
    assert claims[1]["note:az"] == "'=1+1"
    assert claims[1]["withdrawn"] == "2020-12-05"
    assert claims[2]["part"] == "part"
    assert claims[0]["part"] == ""


@pytest.mark.parametrize(
    ("known", "events", "withdrawn"),
    [
        ("2020-11-09", [], []),
        ("2020-11-10", ["old", "due"], []),
        ("2020-11-27", ["old", "due"], []),
        ("2020-11-28", ["old", "moved", "due"], [""]),
        ("2020-12-04", ["old", "moved", "due"], [""]),
        ("2020-12-05", ["old", "moved", "due"], ["2020-12-05"]),
    ],
)
def test_the_ledger_as_it_stood_on_a_day(
    small: Dataset, known: str, events: list[str], withdrawn: list[str]
) -> None:
    claims = rows(export_claims(small, "csv", known=known))
    assert [row["event"] for row in claims] == events
    moved = [row for row in claims if row["event"] == "moved"]
    assert [row["withdrawn"] for row in moved] == withdrawn
    assert [row["withdrawn_because"] for row in moved] == ["A slip" if w else "" for w in withdrawn]


def test_claims_of_chosen_sources_only(builtin: Dataset) -> None:
    claims = rows(export_claims(builtin, "csv", sources="truce-2020-11-10"))
    assert {row["source"] for row in claims} == {"truce-2020-11-10"}
    document = json.loads(export_claims(builtin, "json", sources="truce-2020-11-10"))
    assert [source["id"] for source in document["sources"]] == ["truce-2020-11-10"]
    assert len(document["claims"]) == len(claims)


def test_events_follow_the_clock(small: Dataset) -> None:
    assert [r["id"] for r in rows(export_events(small, "csv"))] == ["old", "due"]
    on_28 = rows(export_events(small, "csv", known="2020-11-28"))
    assert [r["id"] for r in on_28] == ["old", "moved", "due"]
    assert on_28[2] == {
        "id": "due",
        "region": "kalbajar",
        "kind": "due",
        "actor": "a",
        "date": "2020-12-01",
        "since": "2020-11-10",
        "part": "true",
        "reported": "2020-11-10",
        "disputed": "false",
        "disputed_dates": "",
        "disputed_since": "",
        "sources": "s1",
        "consistent_sources": "",
        "known": "2020-11-28",
        "attribution": "none",
        "licence": "CC0-1.0",
    }


def test_each_claim_of_a_disputed_event_keeps_its_own_day(dataset: Any) -> None:
    disputed = dataset(
        claim("h", "handover", "north", "2021-03-06", "s10", locator="¶1"),
        claim("h", "handover", "north", "2021-03-08", "s15"),
    )
    event = json.loads(export_events(disputed, "json"))["events"][0]
    assert event["date"] == "[2021-03-06..2021-03-08]"
    assert event["disputed_dates"] == ["2021-03-06 s10¶1", "2021-03-08 s15"]
    assert event["reported"] == "2021-03-15"
    before = json.loads(export_events(disputed, "json", known="2021-03-14"))["events"][0]
    assert (before["reported"], before["disputed_dates"]) == ("2021-03-10", [])


def test_events_tell_who_states_them_from_who_is_consistent(builtin: Dataset) -> None:
    events = {e["id"]: e for e in json.loads(export_events(builtin, "json"))["events"]}
    handover = events["aghdam-handover"]
    assert handover["sources"] == ["ap-2020-11-20", "rw-2020-11-21"]
    assert handover["consistent_sources"] == ["ap-2020-11-30¶1, ¶2, ¶5, ¶11, ¶13", "ap-2020-11-25"]
    assert handover["reported"] == "2020-11-20"


def test_reports_follow_the_clock_and_the_sources(builtin: Dataset) -> None:
    reports = rows(export_reports(builtin, "csv", known="2020-11-21"))
    assert {row["source"] for row in reports} == {"rw-2020-11-21"}
    assert export_reports(builtin, "csv", sources="trend-2020-11-20").count(b"\n") == 1


def test_events_as_json_say_the_same_with_lists_and_null(small: Dataset) -> None:
    document = json.loads(export_events(small, "json"))
    assert document["licence"] == "CC0-1.0"
    assert document["period"] == ["2020-01-01", "2020-12-31"]
    old = document["events"][0]
    assert old["sources"] == ["s1¶1"]
    assert old["since"] is None
    assert old["part"] is False


def test_spreadsheet_and_pandas_read_the_same_csv(builtin: Dataset) -> None:
    content = export_claims(builtin, "csv")
    # The mark by which Excel knows UTF-8; pandas must not take it for a part of the first name.
    assert content.startswith(b"\xef\xbb\xbf")
    frame = pd.read_csv(io.BytesIO(content))
    assert list(frame.columns)[:2] == ["event", "region"]
    assert len(frame) == len(builtin.ledger.claims)


def test_actors_keep_their_identifiers(dataset: Any) -> None:
    table = "id,name,colour,wikidata,geonames\nnorth,North,#000000,Q42,123456\n"
    data = dataset(raw={"actors.csv": table})
    (row,) = json.loads(export_actors(data, "json"))["actors"]
    assert (row["wikidata"], row["geonames"]) == ("Q42", "123456")
    assert "osm" not in row


def test_the_data_package_tells_the_rules_of_the_tables(builtin: Dataset, small: Dataset) -> None:
    package = datapackage(builtin)
    assert package["name"] == "handover-2020"
    resources = {
        resource["path"]: resource["schema"]
        for resource in package["resources"]
        if resource.get("type") == "table"
    }
    tables = {"claims.csv", "reports.csv", "sources.csv", "actors.csv", "events.csv"}
    assert set(resources) == tables
    for table in (CLAIMS, REPORTS, SOURCES, ACTORS):
        names = [field["name"] for field in resources[table.file]["fields"]]
        public = table.public.names
        assert names[: len(public)] == list(public)
    table = (builtin_path() / "claims.csv").read_text("utf-8-sig")
    header = table.splitlines()[0].split(",")
    assert set(header) <= {field["name"] for field in resources["claims.csv"]["fields"]}
    actors = {field["name"] for field in resources["actors.csv"]["fields"]}
    assert {"name:az", "name:hy", "name:ru"} <= actors
    without_reports = datapackage(small)["resources"]
    assert [resource["name"] for resource in without_reports] == [
        *("claims", "sources", "actors", "events", "regions")
    ]


def test_the_built_in_ledger_keeps_the_rules_of_its_data_package(builtin: Dataset) -> None:
    schemas = {t["name"]: t.get("schema") for t in datapackage(builtin)["resources"]}
    claims, reports = export_claims(builtin, "csv"), export_reports(builtin, "csv")
    pairs = [(row, schemas["claims"]) for row in rows(claims)]
    pairs += [(row, schemas["reports"]) for row in rows(reports)]
    for row, schema in pairs:
        for field in schema["fields"]:
            value, limits = row[field["name"]], field.get("constraints", {})
            assert value or not limits.get("required")
            if value:
                assert re.search(limits.get("pattern", ""), value)
                assert value in limits.get("enum", [value])
                assert field["type"] != "date" or re.fullmatch(r"\d{4}-\d\d-\d\d", value)


@pytest.mark.parametrize(
    ("text", "accepted"),
    [
        ("2020-11-25", True),
        ("1994", True),
        ("2020-11?", True),
        ("[2020-11-16..2020-11-22]", True),
        ("[..2020-11-10~]", True),
        ("2020-11-25/2020-11-26", False),
        ("[2020..]", False),
        ("last spring", False),
        ("", False),
    ],
)
def test_the_published_date_pattern(text: str, accepted: bool) -> None:
    validator = jsonschema.Draft202012Validator({"type": "string", "pattern": EDTF})
    assert validator.is_valid(text) is accepted
