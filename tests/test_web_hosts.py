"""The web service: links are built from the base URL or a trusted host, never from a forged one."""

from __future__ import annotations

import pytest
from addresses import ID, PAGES
from markup import Markup
from werkzeug.test import create_environ, run_wsgi_app

from geomap.core.dataset import Dataset
from geomap.errors import BadSetting
from geomap.web import Settings, create_app

SLOW = (".mp4", ".gif", ".pmtiles", ".html", ".parquet", ".pdf")


@pytest.mark.parametrize("path", [*PAGES, f"/{ID}"])
@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", 'a"><script>', "localhost:evil", "q w"]
)
def test_a_forged_host_is_in_no_link(builtin: Dataset, path: str, host: str) -> None:
    answer = create_app([builtin]).test_client().get(path, headers={"Host": host})
    assert answer.status_code in (200, 308, 400)
    assert host not in answer.text
    assert "evil" not in str(answer.headers)


@pytest.mark.parametrize("settings", [Settings(), Settings(base_url="https://example.org/maps")])
@pytest.mark.parametrize("path", ["//", f"/{ID}//", f"//{ID}//embed", "/ogc//collections", "//ogc"])
def test_a_forged_host_is_in_no_redirect(builtin: Dataset, settings: Settings, path: str) -> None:
    # A client would take // at the start for a host of its own, so the app is called directly.
    environ = create_environ("/", headers={"Host": "evil.example"}) | {
        "PATH_INFO": path,
        "QUERY_STRING": "lang=en",
    }
    body, status, headers = run_wsgi_app(create_app([builtin], settings).wsgi_app, environ)
    assert status.startswith(("301", "308", "404", "200")), status
    assert b"evil" not in b"".join(body)
    assert "evil" not in str(headers)
    location = headers.get("Location")
    assert location is None or (location[0] == "/" and location[:2] != "//")
    if "//" in path and status.startswith("308"):
        assert str(location).endswith("?lang=en")


@pytest.mark.parametrize("host", ["localhost:8123", "127.0.0.1", "[::1]:8000"])
def test_an_own_host_makes_links_absolute(builtin: Dataset, host: str) -> None:
    answer = create_app([builtin]).test_client().get("/", headers={"Host": host})
    assert Markup(answer.text).one("link", rel="canonical")["href"] == f"http://{host}/{ID}/"


def test_the_base_url_is_in_every_absolute_link(builtin: Dataset) -> None:
    settings = Settings(base_url="https://maps.example.org")
    client = create_app([builtin], settings).test_client()
    for path in PAGES:
        answer = client.get(path, headers={"Host": "evil.example"})
        assert "evil" not in answer.text
        canonical = Markup(answer.text).one("link", rel="canonical")
        assert canonical["href"] == f"https://maps.example.org/{ID}/"


@pytest.mark.parametrize("kept", [True, False], ids=["prefix kept", "prefix taken off"])
def test_a_base_url_with_a_path_is_in_every_link(builtin: Dataset, kept: bool) -> None:
    # A proxy in front may hand on the whole path or take its own part off.
    settings = Settings(base_url="https://example.org/news/maps/")
    client = create_app([builtin], settings).test_client()
    inside = "/news/maps" if kept else ""
    seen: set[str] = set()
    for path in PAGES if kept else PAGES[:1]:
        page = Markup(client.get(inside + path).text)
        assert page.one("link", rel="canonical")["href"] == f"https://example.org/news/maps/{ID}/"
        own = [a for a in page.addresses if a.startswith("/")]
        assert own
        assert [a for a in own if not a.startswith("/news/maps/")] == []
        for address in {*own} - seen:
            seen.add(address)
            if address.partition("?")[0].endswith(SLOW):  # another test follows them
                continue
            asked = address if kept else address.removeprefix("/news/maps")
            assert client.get(asked).status_code == 200
    moved = client.get(f"{inside}/{ID}?date=2020-11-20")
    assert moved.headers["Location"] == f"/news/maps/{ID}/?date=2020-11-20"


@pytest.mark.parametrize(
    "url",
    [
        *("maps.example.org", "ftp://example.org", "https://", "javascript:", "https://a.b/ c"),
        *(
            "https://a.b:99999",
            "https://[::1",
            "https://me:pw@a.b",
            "https://a.b/?c",
            "https://a.b#c",
        ),
        *("https://a.b/\r\nX-Y: z", 'https://a.b/"><script>', "https://a.b\\c"),
    ],
)
def test_a_base_url_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(
        BadSetting, match=r"base-url: .* is no address of a site; write it as https"
    ):
        Settings(base_url=url)


@pytest.mark.parametrize(
    "url", ["http://localhost:8000", "https://[fd00::1]:81/a/b/", "https://a.b/"]
)
def test_a_base_url_may_have_a_port_and_a_path(url: str) -> None:
    assert Settings(base_url=url).base_url == url
