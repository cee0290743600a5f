"""The web service: its tables and files follow the day, the clock and the choice of sources."""

from __future__ import annotations

import csv
import io
from urllib.parse import urljoin

import pytest
from addresses import ID
from flask.testing import FlaskClient

from geomap.core.dataset import Dataset


@pytest.mark.parametrize(
    ("lang", "title"),
    [("az", "Excel iş kitabı"), ("hy", "Excel աշխատագիրք"), ("ru", "Книга Excel")],
)
def test_the_workbook_has_a_name_in_each_language(
    client: FlaskClient, lang: str, title: str
) -> None:
    page = client.get(f"/{ID}/?lang={lang}").text
    assert title in page
    assert "Excel workbook" not in page


def test_claims_and_events_follow_the_clock(client: FlaskClient, builtin: Dataset) -> None:
    def rows(path: str) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(client.get(path).data.decode("utf-8-sig"))))

    assert len(rows(f"/{ID}/claims.csv")) == len(builtin.ledger.claims)
    truce_only = rows(f"/{ID}/claims.csv?known=2020-11-10")
    assert {row["source"] for row in truce_only} == {"truce-2020-11-10"}
    spans = {row["id"]: row["date"] for row in rows(f"/{ID}/events.csv?sources=ap-2020-11-30")}
    assert spans["kalbajar-handover"] == "[2020-11-15..2020-11-25]"


def test_the_data_package_leads_to_tables_as_it_describes_them(client: FlaskClient) -> None:
    address = f"/{ID}/datapackage.json"
    resources = client.get(address).json["resources"]
    assert len(resources) == 6
    for resource in resources:
        answer = client.get(urljoin(address, resource["path"]))
        assert answer.status_code == 200
        assert answer.mimetype == resource["mediatype"]
        if resource["format"] != "csv":
            continue
        header = next(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
        assert header == [field["name"] for field in resource["schema"]["fields"]]


def test_sources_follow_the_clock_and_actors_do_not(client: FlaskClient) -> None:
    def ids(name: str) -> list[str]:
        query = "known=2020-11-15&sources=truce-2020-11-10,ap-2020-11-20"
        return [row["id"] for row in client.get(f"/{ID}/{name}.json?{query}").json[name]]

    assert ids("sources") == ["truce-2020-11-10"]
    assert ids("actors") == ["azerbaijan", "armenian-forces", "russian-peacekeepers"]


def test_reports_follow_the_clock_and_the_sources(client: FlaskClient, builtin: Dataset) -> None:
    def sources(query: str = "") -> set[str]:
        document = client.get(f"/{ID}/reports.json", query_string=query).json
        return {row["source"] for row in document["reports"]}

    assert sources() == {report.source for report in builtin.ledger.reports}
    assert sources("known=2020-11-21") == {"rw-2020-11-21"}
    assert sources("sources=trend-2020-11-20") == set()


def test_the_page_links_reports_only_where_there_are_some(
    client: FlaskClient, two: FlaskClient
) -> None:
    shown = client.get(f"/{ID}/", query_string={"known": "2020-11-21"}).text
    assert f'href="/{ID}/reports.csv?known=2020-11-21"' in shown
    assert "reports.csv" not in two.get("/test/").text
