"""OGC API - Features: HTTP, and its pages for people."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import datasets
import pytest
from flask.testing import FlaskClient
from ogc import CRS84, EPSG4326, EVENTS, REGIONS, ask

from geomap.sources import open as open_dataset
from geomap.web import create_app

# HTTP


def test_head_is_get_without_its_body(client: FlaskClient) -> None:
    for path in (f"{REGIONS}/items", "/ogc/", f"{REGIONS}/items?limit=0"):
        get, head = client.get(path), client.head(path)
        assert (head.status_code, head.data) == (get.status_code, b"")
        assert head.content_type == get.content_type
        assert head.headers["Content-Length"] == get.headers["Content-Length"]


def test_options_and_preflight(client: FlaskClient) -> None:
    asked = {"Origin": "https://example.org", "Access-Control-Request-Method": "GET"}
    answer = client.options(f"{REGIONS}/items", headers=asked)
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert set(answer.headers["Access-Control-Allow-Methods"].split(", ")) == {
        "GET",
        "HEAD",
        "OPTIONS",
    }
    assert "GET" in answer.headers["Allow"]


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_nothing_can_be_changed(client: FlaskClient, method: str) -> None:
    answer = getattr(client, method)(f"{REGIONS}/items")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


def test_scripts_elsewhere_may_read_answers_and_refusals(client: FlaskClient) -> None:
    for query in ("", "?limit=0"):
        answer = client.get(f"{REGIONS}/items{query}")
        assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_equal_questions_get_equal_bytes_and_a_304(client: FlaskClient) -> None:
    one, two = (client.get(f"{REGIONS}/items?datetime=2020-11-30") for _ in range(2))
    assert one.data == two.data
    assert one.headers["ETag"] == two.headers["ETag"]
    answer = client.get(
        f"{REGIONS}/items?datetime=2020-11-30", headers={"If-None-Match": one.headers["ETag"]}
    )
    assert (answer.status_code, answer.data) == (304, b"")


PAGES = [
    *("/ogc/", "/ogc/conformance", "/ogc/api", "/ogc/collections", REGIONS, EVENTS),
    *(f"{REGIONS}/queryables", f"{REGIONS}/items", f"{EVENTS}/items?limit=3&offset=3"),
    *(f"{REGIONS}/items/kalbajar@2020-11-25", f"{EVENTS}/items/aghdam-handover"),
]


@pytest.mark.parametrize("path", PAGES)
def test_people_get_pages_without_inline_script_or_style(client: FlaskClient, path: str) -> None:
    answer = client.get(path, headers={"Accept": "text/html,*/*;q=0.8"})
    assert answer.content_type == "text/html; charset=utf-8"
    assert "Accept" in answer.vary
    assert "<script" not in answer.text
    assert "<style" not in answer.text
    assert " style=" not in answer.text
    assert "'unsafe" not in answer.headers["Content-Security-Policy"]
    assert client.get(path, headers={"Accept": "*/*"}).is_json


def test_the_page_of_features_passes_the_question_on(client: FlaskClient) -> None:
    asked = {"known": "2020-11-12", "sources": "ap-2020-11-30,truce-2020-11-10", "lang": "hy"}
    more = {"crs": EPSG4326, "bbox": "46,39,47,40", "bbox-crs": CRS84, "id": "kalbajar"}
    page = ask(
        client, f"{REGIONS}/items", **asked, **more, datetime="2020-11-12", f="html", offset=0
    ).text
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page))
    assert hidden == {**asked, **more, "f": "html"}
    assert 'name="datetime" value="2020-11-12"' in page
    links = re.findall(r'<th scope="row"><a href="([^"]+)"', page)
    assert links
    for href in links:
        followed = parse_qs(urlsplit(unescape(href)).query)
        assert followed == {k: [v] for k, v in {**asked, "crs": EPSG4326, "f": "html"}.items()}
        item = client.get(unescape(href))
        assert item.status_code == 200
        assert "known=2020-11-12" in item.text


def test_the_page_of_the_api_has_summaries_and_parameters(client: FlaskClient) -> None:
    page = client.get("/ogc/api?f=html").text
    assert "<p>The features that are asked for, one page of them</p>" in page
    assert '<th scope="row">bbox-crs</th><td>The system of bbox; CRS84 if absent</td>' in page


@pytest.mark.parametrize(
    ("accept", "html"),
    [
        ("application/json, text/html;q=0.1", False),
        ("application/geo+json, text/html;q=0", False),
        ("application/vnd.oai.openapi+json;version=3.0, text/html;q=0.5", False),
        *(("", False), ("*/*", False), ("image/png", False), ("nonsense;q=x,,/", False)),
        ("text/html, application/json;q=0.9", True),
        ("application/json;q=0.1, text/html", True),
        # Firefox, Chrome, Safari
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", True),
        (
            "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,"
            "image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7",
            True,
        ),
    ],
)
def test_accept_is_weighed(client: FlaskClient, accept: str, html: bool) -> None:
    for path in ("/ogc/api", f"{REGIONS}/items"):
        found = client.get(path, headers={"Accept": accept})
        assert (found.mimetype == "text/html") == html


def test_f_outranks_accept(client: FlaskClient) -> None:
    browser = {"Accept": "text/html"}
    assert client.get("/ogc/?f=json", headers=browser).content_type == "application/json"
    assert client.get("/ogc/?f=html").content_type.startswith("text/html")
    assert client.get("/ogc/?f=json&x=1", headers=browser).is_json
    assert client.get("/ogc/?x=1", headers=browser).content_type.startswith("text/html")


def test_strangers_text_stays_text(make_dataset: Callable[..., Path]) -> None:
    name = "<b>{{ 7*7 }}</b>"
    regions = {"hill": datasets.region("hill", datasets.square(10, 50), name=name)}
    client = create_app([open_dataset(make_dataset([], regions=regions))]).test_client()
    page = client.get("/ogc/collections/test.regions/items?f=html").text
    assert "&lt;b&gt;{{ 7*7 }}&lt;/b&gt;" in page
    assert name not in page
    refused = client.get("/ogc/collections/test.regions/items?f=html&<script>x")
    assert "<script>" not in refused.text
