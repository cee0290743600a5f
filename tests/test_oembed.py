"""oEmbed: what editors' software is told about a link to a map, and that public clients take it."""

from __future__ import annotations

import json
import struct
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import needs
import pytest
from flask.testing import FlaskClient
from markup import Markup

from geomap import sources as datasets
from geomap.core.dataset import Dataset
from geomap.web import Settings, create_app

ID = "handover-2020"
HERE = f"http://localhost/{ID}/"
BASE = "https://maps.example.org/desk"


def ask(client: FlaskClient, url: str = HERE, **more: Any) -> dict[str, Any]:
    answer = client.get("/oembed", query_string={"url": url, **more})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json
    return found


def size_of_png(data: bytes) -> tuple[int, int]:
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", data[16:24])
    return width, height


def test_the_answer_is_what_the_standard_asks_for(client: FlaskClient) -> None:
    answer = client.get("/oembed", query_string={"url": f"{HERE}?date=2020-11-20"})
    assert answer.content_type == "application/json"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    found = answer.json
    assert found["version"] == "1.0"
    assert found["type"] == "rich"
    assert isinstance(found["width"], int)
    assert isinstance(found["height"], int)
    assert found["title"].endswith(" · 20 November 2020")
    frame = Markup(found["html"]).one("iframe")
    assert frame["src"] == f"http://localhost/{ID}/embed?theme=light&date=2020-11-20"
    assert frame["title"] == "The handover of Kalbajar, Aghdam and Lachin"
    assert (frame["width"], int(frame["height"])) == ("100%", found["height"])
    assert found["cache_age"] == 86400
    assert client.get(frame["src"].removeprefix("http://localhost")).status_code == 200


def test_xml_says_the_same_as_json(client: FlaskClient) -> None:
    answer = client.get("/oembed", query_string={"url": HERE, "format": "xml"})
    assert answer.content_type == "text/xml; charset=utf-8"
    root = ElementTree.fromstring(answer.data)
    assert root.tag == "oembed"
    expected = {name: str(value) for name, value in ask(client).items()}
    assert {child.tag: child.text for child in root} == expected


@pytest.mark.parametrize("page", [f"/{ID}/", f"/{ID}/embed"])
@pytest.mark.parametrize("query", ["", "?date=2020-11-12&theme=dark&controls=none&lang=en"])
def test_both_pages_lead_to_the_answer_about_themselves(
    client: FlaskClient, page: str, query: str
) -> None:
    markup = Markup(client.get(page + query).text)
    for kind, media_type in (("json", "application/json"), ("xml", "text/xml")):
        link = markup.one("link", rel="alternate", type=f"{media_type}+oembed")
        assert link["title"]
        answer = client.get(link["href"].removeprefix("http://localhost"))
        assert answer.status_code == 200
        assert answer.mimetype == media_type
        if kind == "json":
            frame = urlsplit(Markup(answer.json["html"]).one("iframe")["src"])
            asked = parse_qs(urlsplit(query).query)
            asked.pop("lang", None)  # the dataset's own language need not be said
            assert parse_qs(frame.query) == {"theme": ["light"]} | asked


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ({}, (640, 520)),
        ({"maxwidth": 400}, (400, 460)),
        ({"maxwidth": 5000}, (640, 520)),
        ({"maxheight": 300}, (640, 300)),
        ({"maxwidth": 300, "maxheight": 250}, (300, 250)),
        ({"maxwidth": 200, "maxheight": 200}, (200, 200)),
    ],
)
def test_the_greatest_width_and_height_are_kept_to(
    client: FlaskClient, limits: dict[str, int], expected: tuple[int, int]
) -> None:
    found = ask(client, **limits)
    frame = Markup(found["html"]).one("iframe")
    assert (found["width"], found["height"]) == expected
    assert int(frame["height"]) == expected[1]
    # The frame takes the width that there is, within what was allowed.
    widest = limits.get("maxwidth")
    assert (f"max-width:{widest}px" in frame["style"]) == (widest is not None)
    assert found["thumbnail_width"] <= limits.get("maxwidth", 1200)
    assert found["thumbnail_height"] <= limits.get("maxheight", 630)


@pytest.mark.parametrize("limits", [{}, {"maxwidth": 400}, {"maxwidth": 200, "maxheight": 200}])
def test_the_thumbnail_has_the_size_it_is_said_to_have(
    client: FlaskClient, limits: dict[str, int]
) -> None:
    found = ask(client, f"{HERE}?date=2020-11-20&theme=dark", **limits)
    assert "date=2020-11-20" in found["thumbnail_url"]
    picture = client.get(found["thumbnail_url"].removeprefix("http://localhost"))
    assert picture.content_type == "image/png"
    assert size_of_png(picture.data) == (found["thumbnail_width"], found["thumbnail_height"])


@pytest.mark.parametrize("page", [f"/{ID}/", f"/{ID}/embed"])
def test_the_preview_of_a_shared_link_is_a_picture_of_that_very_view(
    client: FlaskClient, page: str
) -> None:
    query = "?date=2020-11-12&sources=truce-2020-11-10&theme=dark"
    markup = Markup(client.get(page + query).text)
    address = markup.one("meta", property="og:image")["content"]
    assert address.startswith("http://localhost/")
    picture = client.get(address.removeprefix("http://localhost"))
    assert picture.content_type == "image/png"
    declared = [
        int(markup.one("meta", property=f"og:image:{side}")["content"])
        for side in ("width", "height")
    ]
    assert list(size_of_png(picture.data)) == declared == [1200, 630]
    assert parse_qs(urlsplit(address).query) == {
        "date": ["2020-11-12"],
        "sources": ["truce-2020-11-10"],
        "theme": ["dark"],
        "width": ["1200"],
        "height": ["630"],
    }
    other = client.get(f"/{ID}/map.png?date=2020-11-25&theme=dark&width=1200&height=630")
    assert other.data != picture.data
    assert markup.one("meta", name="twitter:card")["content"] == "summary_large_image"
    assert "12 November 2020" in markup.one("meta", property="og:description")["content"]


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/handover-2020/",
        "http://localhost.example.org/handover-2020/",
        "http://localhost@example.org/handover-2020/",
        "http://localhost:81/handover-2020/",
        "https://localhost/handover-2020/",
        "//localhost/handover-2020/",
        "/handover-2020/",
        "http://localhost/another/",
        f"{HERE}regions.geojson",
        f"{HERE}map.png",
        "http://localhost/oembed?url=x",
        f"{HERE}?date=1999-01-01",
        f"{HERE}?lang=tlh",
        "javascript:alert(1)",
        "http://[",
        "a" * 5000,
    ],
)
def test_only_own_maps_are_answered_for(client: FlaskClient, url: str) -> None:
    answer = client.get("/oembed", query_string={"url": url})
    assert answer.status_code == 404
    assert "<iframe" not in answer.text


@pytest.mark.parametrize("kind", ["yaml", "XML", "jsonp", "<b>"])
def test_other_formats_are_not_offered(client: FlaskClient, kind: str) -> None:
    asked = {"url": HERE, "format": kind}
    answer = client.get("/oembed", query_string=asked, headers={"Accept": "text/html"})
    assert answer.status_code == 501
    assert "<b>" not in answer.text


@pytest.mark.parametrize("name", ["maxwidth", "maxheight"])
@pytest.mark.parametrize("value", ["0", "-5", "199", "640.5", "wide", "6e2", "٦٤٠", "1 2"])
def test_sizes_that_are_none_are_refused_by_name(
    client: FlaskClient, name: str, value: str
) -> None:
    answer = client.get("/oembed", query_string={"url": HERE, name: value})
    assert answer.status_code == 400
    assert name in answer.text


def test_without_an_address_it_says_what_is_missing(client: FlaskClient) -> None:
    answer = client.get("/oembed")
    assert answer.status_code == 400
    assert "url" in answer.text


def test_a_forged_host_gets_no_answer(client: FlaskClient) -> None:
    headers = {"Host": "evil.example"}
    forged = client.get(
        "/oembed", query_string={"url": f"http://evil.example/{ID}/"}, headers=headers
    )
    assert forged.status_code == 404
    page = client.get(f"/{ID}/", headers=headers)
    assert "evil.example" not in page.text
    assert "evil.example" not in str(page.headers)


def test_the_public_address_is_the_configured_one(builtin: Dataset) -> None:
    client = create_app([builtin], Settings(base_url=BASE)).test_client()
    found = ask(client, f"{BASE}/{ID}/?date=2020-11-20")
    frame = Markup(found["html"]).one("iframe")["src"]
    assert frame == f"{BASE}/{ID}/embed?theme=light&date=2020-11-20"
    assert found["provider_url"] == f"{BASE}/"
    assert found["thumbnail_url"].startswith(f"{BASE}/{ID}/map.png?")
    for url in (HERE, f"https://maps.example.org/{ID}/", f"{BASE}er/{ID}/", f"{BASE}{ID}/"):
        assert client.get("/oembed", query_string={"url": url}).status_code == 404


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?date=2020-11-30", {"theme": "light", "date": "2020-11-30"}),  # the map's own day
        ("?date=latest", {"theme": "light", "date": "latest"}),
        ("?theme=auto", {"theme": "auto"}),
        ("?theme=dark&mode=story", {"theme": "dark", "mode": "story"}),
        (
            "?mode=compare&dates=2020-11-10,2020-11-20",
            {"theme": "light", "mode": "compare", "dates": "2020-11-10,2020-11-20"},
        ),
    ],
)
def test_the_frame_keeps_what_the_address_says(
    client: FlaskClient, query: str, expected: dict[str, str]
) -> None:
    frame = urlsplit(
        Markup(ask(client, f"http://localhost/{ID}/embed{query}")["html"]).one("iframe")["src"]
    )
    assert {name: values[0] for name, values in parse_qs(frame.query).items()} == expected
    # The embed itself hands it on, too.
    page = Markup(client.get(f"/{ID}/embed{query}").text)
    handed = page.one("link", rel="alternate", type="application/json+oembed")["href"]
    again = Markup(client.get(handed.removeprefix("http://localhost")).json["html"]).one("iframe")
    assert expected.keys() - {"theme"} <= parse_qs(urlsplit(again["src"]).query).keys()


def test_what_is_left_without_the_frame_leads_to_the_map(client: FlaskClient) -> None:
    link = Markup(ask(client, f"{HERE}?date=2020-11-20&lang=ru")["html"]).one("a")
    assert link["href"] == f"{HERE}?date=2020-11-20&lang=ru"
    assert client.get(link["href"].removeprefix("http://localhost")).status_code == 200


def test_the_latest_day_is_the_last_of_the_period(client: FlaskClient) -> None:
    assert ask(client, f"{HERE}?date=latest")["title"].endswith(" · 1 December 2020")


HOSTILE = """A "quote" & <script>alert('1')</script> {{ 7*7 }} ]]> é Ə Հ"""


@pytest.fixture
def hostile(make_dataset: Callable[..., Path]) -> FlaskClient:
    folder = make_dataset(meta={"title": HOSTILE})
    return create_app([datasets.open(folder)]).test_client()


def test_a_hostile_title_stays_text(hostile: FlaskClient) -> None:
    url = "http://localhost/test/"
    found = ask(hostile, url)
    frame = Markup(found["html"])
    assert [element.tag for element in frame.elements] == ["blockquote", "a", "iframe"]
    assert frame.one("iframe")["title"] == HOSTILE
    assert frame.one("a").text.startswith(HOSTILE)
    assert found["title"].startswith(HOSTILE)
    xml = hostile.get("/oembed", query_string={"url": url, "format": "xml"})
    texts = {child.tag: child.text for child in ElementTree.fromstring(xml.data)}
    assert texts["html"] == found["html"]
    assert texts["title"] == found["title"]


def test_a_hostile_title_stays_text_in_every_snippet(hostile: FlaskClient) -> None:
    page = Markup(hostile.get("/test/").text)
    for kind in ("iframe", "script"):
        pasted = Markup(page.one("textarea", id=f"code-{kind}").text)
        tags = [element.tag for element in pasted.elements]
        assert tags == ["iframe", "p", "small", "a"] + ["script"] * (kind == "script")
        assert pasted.one("a").text == HOSTILE
        assert pasted.one("iframe")["title"] == HOSTILE
    markdown = page.one("textarea", id="code-markdown").text
    assert markdown.startswith("[![A ")
    assert markdown.count("](") == 2


# Public clients, each as its users run it, against the real service over HTTP.


@pytest.fixture
def shown(live_server: str) -> str:
    return f"{live_server}/{ID}/?date=2020-11-20"


def accepted(live_server: str, found: dict[str, Any]) -> None:
    frame = Markup(found["html"]).one("iframe")
    assert frame["src"] == f"{live_server}/{ID}/embed?theme=light&date=2020-11-20"
    assert found["title"] == "The handover of Kalbajar, Aghdam and Lachin · 20 November 2020"


def test_micawber_takes_it(live_server: str, shown: str) -> None:
    import micawber

    providers = micawber.ProviderRegistry()
    pattern = live_server.replace(".", r"\.") + r"/\S+"
    providers.register(pattern, micawber.Provider(f"{live_server}/oembed"))
    found = providers.request(shown, maxwidth=500)
    accepted(live_server, found)
    assert int(found["width"]) == 500
    text = micawber.parse_text(f"Read on:\n{shown}", providers)
    assert text == f"Read on:\n{providers.request(shown)['html']}"
    with pytest.raises(micawber.exceptions.ProviderException):
        micawber.Provider(f"{live_server}/oembed").request(f"{live_server}/another/")


EXTRACTOR = """
import {extract} from "@extractus/oembed-extractor";
console.log(JSON.stringify(await extract(process.argv[2], {maxwidth: 500})));
"""
UNFURL = """
import {unfurl} from "unfurl.js";
console.log(JSON.stringify(await unfurl(process.argv[2])));
"""


@pytest.fixture(scope="module")
def npm_packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two public oEmbed clients from npm; skipped where npm cannot install them."""
    folder = tmp_path_factory.mktemp("npm")
    npm = needs.program("npm", package="npm")
    command = [npm, "install", "--no-audit", "--no-fund", "--ignore-scripts"]
    try:
        done = subprocess.run(
            [*command, "@extractus/oembed-extractor@^6", "unfurl.js@^6"],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
        reason = done.stderr[-500:] if done.returncode else ""
    except subprocess.TimeoutExpired:
        reason = "npm could not install them within 180 s"
    if reason:
        needs.missing("oEmbed clients from npm", reason)
    return folder


def run_client(folder: Path, script: str, address: str) -> dict[str, Any]:
    file = folder / "client.mjs"
    file.write_text(script, "utf-8")
    command = ["node", file.name, address]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.network
def test_oembed_extractor_finds_it(npm_packages: Path, live_server: str, shown: str) -> None:
    found = run_client(npm_packages, EXTRACTOR, shown)
    accepted(live_server, found)
    assert found["type"] == "rich"


@pytest.mark.network
def test_unfurl_finds_it(npm_packages: Path, live_server: str, shown: str) -> None:
    found = run_client(npm_packages, UNFURL, shown)
    accepted(live_server, found["oEmbed"])
    assert found["open_graph"]["images"][0]["url"].startswith(f"{live_server}/{ID}/map.png?")
    assert found["twitter_card"]["card"] == "summary_large_image"
