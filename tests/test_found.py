"""Found and cited: what search engines, catalogues and those who cite a dataset are told."""

from __future__ import annotations

import io
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask.testing import FlaskClient
from PIL import Image

from geomap import sources
from geomap.core.dataset import Dataset
from geomap.errors import BadSetting
from geomap.formats import FORMATS
from geomap.formats.schema import datapackage
from geomap.web import Settings, create_app

ROOT = Path(__file__).parents[1]
PAGE = "/handover-2020/"
LINKED = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)


def linked(client: FlaskClient, address: str) -> Any:
    (text,) = LINKED.findall(client.get(address).text)
    return json.loads(text)


def served(*datasets: Dataset, **settings: Any) -> FlaskClient:
    return create_app(datasets, Settings(**settings)).test_client()


def test_a_page_describes_its_dataset(builtin: Dataset) -> None:
    client = served(builtin, base_url="https://maps.example.org/x", name="The Desk")
    found = linked(client, f"/x{PAGE}?date=2020-11-20")
    assert found["@type"] == "Dataset"
    assert found["name"] == "The handover of Kalbajar, Aghdam and Lachin"
    assert 50 <= len(found["description"]) <= 5000  # as Google's guide to datasets asks
    assert found["url"] == "https://maps.example.org/x/handover-2020/"
    assert found["temporalCoverage"] == "2020-09-27/2020-12-01"
    assert found["license"] == "https://creativecommons.org/publicdomain/zero/1.0/"
    assert found["publisher"]["name"] == "The Desk"
    south, west, north, east = map(float, found["spatialCoverage"]["geo"]["box"].split())
    assert 39 < south < north < 41
    assert 45 < west < east < 48
    assert len(found["isBasedOn"]) == len(builtin.ledger.sources)
    assert len(found["distribution"]) == len(FORMATS)
    for file in found["distribution"]:
        answer = client.get(file["contentUrl"].removeprefix("https://maps.example.org"))
        assert answer.status_code == 200
        assert answer.mimetype == file["encodingFormat"]
    assert linked(client, f"/x{PAGE}?lang=ru")["name"].startswith("Передача")


def test_no_text_of_a_dataset_ends_its_description(make_dataset: Callable[..., Path]) -> None:
    title = "</script><b>&{{ 7 * 7 }}"
    data = sources.open(make_dataset([], meta={"title": title}))
    assert linked(served(data), "/test/")["name"] == title


def test_the_sitemap_lists_every_page_in_each_language(
    builtin: Dataset, make_dataset: Callable[..., Path]
) -> None:
    small = sources.open(make_dataset())
    client = served(builtin, small, base_url="https://maps.example.org")
    root = ET.fromstring(client.get("/sitemap.xml").data)
    space = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    pages = [str(loc.text) for loc in root.iter(f"{space}loc")]
    own = "https://maps.example.org/handover-2020/"
    assert pages == [
        *(own, f"{own}?lang=ar", f"{own}?lang=az", f"{own}?lang=hy", f"{own}?lang=ru"),
        "https://maps.example.org/test/",
    ]
    for page in pages:
        text = client.get(page.removeprefix("https://maps.example.org")).text
        assert f'<link rel="canonical" href="{page}">' in text
    robots = client.get("/robots.txt").text
    assert "Sitemap: https://maps.example.org/sitemap.xml" in robots
    assert "Disallow: /" not in robots


def test_robots_name_no_sitemap_where_the_site_does_not_know_its_address(client: Any) -> None:
    assert "Sitemap" not in client.get("/robots.txt", headers={"Host": "evil.example"}).text


def test_cite_as_names_the_version(builtin: Dataset) -> None:
    client = served(builtin, base_url="https://maps.example.org", name="The Desk")
    version = builtin.version[:12]
    citation = (
        f"The handover of Kalbajar, Aghdam and Lachin. Version {version}. The Desk. "
        "https://maps.example.org/handover-2020/"
    )
    assert f"Cite as: <cite>{citation}</cite>" in client.get(PAGE).text
    assert linked(client, PAGE)["citation"] == citation
    assert f"Version {version}" in datapackage(builtin)["citation"]
    assert f"Версия {version}" in client.get(f"{PAGE}?lang=ru").text


def test_the_icons_are_pictures(client: FlaskClient) -> None:
    page = client.get(PAGE).text
    icons = re.findall(r'<link rel="(?:apple-touch-)?icon" href="([^"]+)"', page)
    assert len(icons) == 2
    assert [client.get(icon).mimetype for icon in icons] == ["image/svg+xml", "image/png"]
    with Image.open(io.BytesIO(client.get("/favicon.ico").data)) as icon:
        assert icon.format == "ICO"
        assert icon.info["sizes"] == {(16, 16), (32, 32), (48, 48)}


def test_the_operator_s_name_and_colour_stand_at_the_top(builtin: Dataset) -> None:
    client = served(builtin, name="Desk & <Co>", colour="#aa0011")
    for address in (PAGE, "/ogc/?f=html", "/nowhere/"):
        page = client.get(address, headers={"Accept": "text/html"}).text
        assert ">Desk &amp; &lt;Co&gt;</a>" in page
        assert ">geomap</a>" not in page
    assert 'href="/static/brand.css"' in client.get(PAGE).text
    assert "solid #aa0011" in client.get("/static/brand.css").text
    assert "brand.css" not in client.get(f"{PAGE}embed").text
    plain = served(builtin)
    assert ">geomap</a>" in plain.get(PAGE).text
    assert "brand.css" not in plain.get(PAGE).text


def test_a_colour_that_is_none_is_refused() -> None:
    with pytest.raises(BadSetting, match="write it as #1f5f94"):
        Settings(colour="red; } * { display: none")


def test_the_page_offers_history_ground_and_styles(client: FlaskClient) -> None:
    page = client.get(f"{PAGE}?known=2020-11-24&lang=az").text
    links = re.findall(r'href="(/handover-2020/(?:history|context|style)\.[^"]+)"', page)
    assert len(links) == 2 * len(FORMATS) + 3
    for link in links:
        assert "known=2020-11-24" in link
        if "csv" in link or "style" in link:
            assert client.get(link.replace("&amp;", "&")).status_code == 200


def test_the_citation_file_has_what_its_format_needs() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert {"cff-version", "message", "title", "authors"} <= set(citation)
    assert citation["references"][0]["title"] == "The handover of Kalbajar, Aghdam and Lachin"
