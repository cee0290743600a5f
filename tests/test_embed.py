"""The embed and the snippets that lead to it: what they say, and what they never do."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import nh3
import pytest
from flask.testing import FlaskClient
from markup import Markup, text_of
from newsroom import snippets

from geomap.core.dataset import Dataset
from geomap.present.sizes import EMBED_HEIGHTS, EMBED_WIDTH, SHAPES, embed_height
from geomap.web import Settings, create_app

ID = "handover-2020"
BASE = "https://maps.example.org/desk"
QUERY = "?date=2020-11-12&known=2020-11-20&sources=truce-2020-11-10,ap-2020-11-20"
HTML = ("iframe", "script")


def own(address: str) -> str:
    """Return the path of an address of the test client's site."""
    assert address.startswith("http://localhost/")
    return address.removeprefix("http://localhost")


@pytest.mark.parametrize("query", ["", QUERY])
def test_what_is_pasted_leads_to_the_view_shown(client: FlaskClient, query: str) -> None:
    given = snippets(client.get(f"/{ID}/{query}").text)
    expected = parse_qs(query[1:]) or {"date": ["2020-11-30"]}
    expected["lang"] = ["en"]
    for kind in HTML:
        frame = Markup(given[kind]).one("iframe")
        assert parse_qs(urlsplit(frame["src"]).query) == expected | {"theme": ["light"]}
        shown = client.get(own(frame["src"]))
        assert shown.status_code == 200
        assert f'"date":"{expected["date"][0]}"' in shown.text
    assert parse_qs(urlsplit(given["link"]).query) == expected
    assert client.get(own(given["link"])).status_code == 200
    framed = Markup(given["iframe"]).one("iframe")["src"]
    assert given["wordpress"] == f"[embed]{framed}[/embed]"
    picture = given["markdown"].partition("](")[2].partition(")]")[0]
    assert parse_qs(urlsplit(picture).query) == expected
    assert client.get(own(picture)).content_type == "image/png"
    assert given["markdown"].endswith(f"]({given['link']})")


def test_the_frame_is_right_without_any_script(client: FlaskClient) -> None:
    frame = Markup(snippets(client.get(f"/{ID}/").text)["iframe"]).one("iframe")
    assert frame["title"] == "The handover of Kalbajar, Aghdam and Lachin"
    assert frame["loading"] == "lazy"
    assert frame["width"] == "100%"
    assert "aspect-ratio:16/13" in frame["style"]
    # Where styles are dropped, the attribute gives a height all the same.
    assert int(frame["height"]) == embed_height("standard") == 520


def test_the_script_of_the_snippet_is_ours_and_is_there(client: FlaskClient) -> None:
    pasted = Markup(snippets(client.get(f"/{ID}/").text)["script"])
    assert "data-geomap" in pasted.one("iframe").attributes
    script = client.get(own(pasted.one("script")["src"]))
    assert script.content_type == "text/javascript; charset=utf-8"
    assert script.headers["Cross-Origin-Resource-Policy"] == "cross-origin"


def test_a_link_is_left_where_frames_are_taken_out(client: FlaskClient) -> None:
    left = nh3.clean(snippets(client.get(f"/{ID}/{QUERY}").text)["iframe"])
    assert "iframe" not in left
    link = Markup(left).one("a")
    assert link.text == "The handover of Kalbajar, Aghdam and Lachin"
    assert parse_qs(urlsplit(link["href"]).query)["date"] == ["2020-11-12"]
    assert client.get(own(link["href"])).status_code == 200


@pytest.mark.parametrize(
    ("settings", "host", "warned"),
    [
        (Settings(), "localhost:8000", True),
        (Settings(), "127.0.0.1", True),
        (Settings(base_url=BASE), "localhost", False),
        (Settings(base_url="http://localhost:8000"), "localhost", True),
        (Settings(trusted_hosts=("maps.example.org",)), "maps.example.org", False),
        (Settings(), "maps.example.org", False),  # not trusted: the script completes the addresses
    ],
)
def test_addresses_of_this_computer_alone_are_warned_of(
    builtin: Dataset, settings: Settings, host: str, warned: bool
) -> None:
    page = create_app([builtin], settings).test_client().get(f"/{ID}/", headers={"Host": host})
    assert ("this computer alone" in page.text) == warned


def test_the_snippet_is_in_the_page_colours(client: FlaskClient) -> None:
    """Light, as most pages are, unless the page with the map was asked to be dark."""
    for query, theme in (("", "light"), ("?theme=dark", "dark")):
        given = snippets(client.get(f"/{ID}/{query}").text)
        frame = Markup(given["iframe"]).one("iframe")
        assert parse_qs(urlsplit(frame["src"]).query)["theme"] == [theme]
        assert "display:block" in frame["style"]
        assert "margin:0 auto" in frame["style"]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("width", [200, 300, 640, 2000])
def test_no_shape_is_lower_than_the_map_can_be(shape: str, width: int) -> None:
    assert EMBED_HEIGHTS[0] <= embed_height(shape, width) <= EMBED_HEIGHTS[1]


def test_addresses_are_the_configured_ones(builtin: Dataset) -> None:
    client = create_app([builtin], Settings(base_url=f"{BASE}/")).test_client()
    for host in ("localhost", "maps.example.org", "evil.example"):
        page = client.get(f"/{ID}/", headers={"Host": host})
        for kind, text in snippets(page.text).items():
            assert f"{BASE}/{ID}/" in text, kind
            assert "evil" not in text
        assert "evil" not in page.text
        embed = client.get(f"/{ID}/embed", headers={"Host": host})
        assert "evil" not in embed.text
        assert f'"page":"{BASE}/{ID}/"' in embed.text


def test_a_forged_host_gets_into_no_snippet(client: FlaskClient) -> None:
    for host in ("evil.example", "evil.example:80", "localhost.evil.example", "localhost@evil"):
        page = client.get(f"/{ID}/", headers={"Host": host, "X-Forwarded-Host": "evil.example"})
        assert "evil" not in page.text
        assert "evil" not in client.get(f"/{ID}/embed", headers={"Host": host}).text


def test_an_embed_never_guesses_its_language(client: FlaskClient) -> None:
    plain = client.get(f"/{ID}/embed")
    asked = client.get(f"/{ID}/embed", headers={"Accept-Language": "ru, hy;q=0.8, az;q=0.5"})
    assert plain.data == asked.data
    assert 'lang="en"' in plain.text
    assert "Accept-Language" not in plain.headers.get("Vary", "")


def test_only_the_embed_may_be_framed_by_others(builtin: Dataset, client: FlaskClient) -> None:
    def ancestors(answering: FlaskClient, path: str) -> str:
        policy = answering.get(path).headers["Content-Security-Policy"]
        (found,) = [p for p in policy.split("; ") if p.startswith("frame-ancestors")]
        return found

    assert ancestors(client, f"/{ID}/embed") == "frame-ancestors *"
    assert ancestors(client, f"/{ID}/") == "frame-ancestors 'self'"
    closed = Settings(frame_ancestors=("'self'", "https://news.example.org"))
    only = create_app([builtin], closed).test_client()
    assert ancestors(only, f"/{ID}/embed") == "frame-ancestors 'self' https://news.example.org"


@pytest.mark.parametrize("page", [f"/{ID}/", f"/{ID}/embed"])
def test_the_policy_of_the_pages_is_strict(client: FlaskClient, page: str) -> None:
    answer = client.get(page)
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "http" not in policy
    assert policy.startswith("default-src 'none'; ")
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "Set-Cookie" not in answer.headers
    html = answer.text
    assert not [e for e in Markup(html).elements if "style" in e.attributes or e.tag == "style"]
    assert "onclick" not in html


def test_without_scripts_the_embed_holds_picture_and_table(client: FlaskClient) -> None:
    html = client.get(f"/{ID}/embed?date=2020-11-20&theme=dark").text
    still = html.partition("<noscript>")[2].partition("</noscript>")[0]
    markup = Markup(still)
    picture = client.get(markup.one("img")["src"])
    assert picture.mimetype == "image/svg+xml"
    assert "20 November 2020" in picture.text
    assert text_of(still, "caption") == ["Status on 20 November 2020"]
    names = text_of(still, "th", scope="row")
    assert sorted(names) == ["Aghdam", "Kalbajar", "Lachin", "Nagorno-Karabakh"]
    assert markup.one("input", type="date")["value"] == "2020-11-20"


SANITISED = {"iframe": {"src", "width", "height", "title"}, "p": set(), "a": {"href"}}


@pytest.mark.parametrize("kind", HTML)
def test_what_a_sanitiser_leaves_of_it_still_shows_the_map(client: FlaskClient, kind: str) -> None:
    pasted = snippets(client.get(f"/{ID}/").text)[kind]
    left = nh3.clean(
        pasted,
        tags=set(SANITISED),
        attributes=SANITISED,
        link_rel=None,
        clean_content_tags={"script", "style"},
    )
    frame = Markup(left).one("iframe")
    assert set(frame.attributes) == {"src", "width", "height", "title"}
    assert "script" not in left
    assert Markup(left).one("a")["href"].startswith(f"http://localhost/{ID}/?date=")
    assert client.get(own(frame["src"])).status_code == 200
    assert (frame["width"], frame["height"]) == ("100%", str(embed_height("standard", EMBED_WIDTH)))
