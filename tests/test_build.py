"""The site as files: whole, linked within itself, and at work on a plain file server."""

from __future__ import annotations

import functools
import http.server
import json
import os
import re
import shutil
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

import needs
import pytest
from browser import Visit
from datasets import write_dataset

from geomap import sources, starter
from geomap.build import build
from geomap.core.dataset import Dataset
from geomap.web import Settings, create_app
from geomap.web.plan import CURRENT
from geomap.web.route import routes

BASE = "https://maps.example.org/news"
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The starter's dataset, in two languages."""
    folder = tmp_path_factory.mktemp("source") / "tarn"
    starter.write_starter(folder)
    meta = folder / "dataset.yaml"
    text = meta.read_text().replace("languages: [en]", "languages: [en, az]")
    meta.write_text(text)
    return folder


@pytest.fixture(scope="module")
def root(example: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of a web server, with a site that knows no address of its own below it."""
    folder = tmp_path_factory.mktemp("www")
    build([sources.open(example)], folder / "news" / "maps")
    return folder


@pytest.fixture(scope="module")
def site(root: Path) -> Path:
    return root / "news" / "maps"


class Links(HTMLParser):
    """Every address that a page names."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in ("href", "src", "poster", "action") and value:
                self.links.append(value)
            elif name == "srcset" and value:
                self.links += [part.split()[0] for part in value.split(",")]
            elif name in ("data-by-day", "data-here", "data-bases", "data-built") and value:
                found = json.loads(value) if value[0] == "{" else value
                self.links += _addresses(found)


def _addresses(value: Any) -> list[str]:
    """Every relative or absolute address within a JSON document."""
    if isinstance(value, dict):
        return [one for part in value.values() for one in _addresses(part)]
    if isinstance(value, list):
        return [one for part in value for one in _addresses(part)]
    is_address = isinstance(value, str) and re.match(r"(\.\.?/|https://maps\.example)", value)
    return [value] if is_address else []


def _missing(site: Path, base: str = "") -> list[str]:
    """Every link of a file of the site to a file that is not there."""
    missing = []
    days = sorted({path.name for path in site.glob("tarn/????-??-??")})
    for path in site.rglob("*"):
        kind = path.suffix
        if kind not in (".html", ".css", ".xml", ".atom", ".json", ".jsonfg"):
            continue
        text = path.read_text()
        if kind == ".html":
            links = Links(text).links
        elif kind == ".css":
            links = re.findall(r"url\(([^)]+)\)", text)
        elif kind in (".xml", ".atom"):
            links = re.findall(r"(?:href=\"|src=&quot;|<loc>|url>)([^\"<&]+)", text)
        else:
            links = _addresses(json.loads(text))
        here = f"{base or 'https://maps.example.org'}/{path.relative_to(site).as_posix()}"
        for link in {one.replace("{day}", day) for one in links for day in days}:
            whole = urljoin(here, link.strip("'\""))
            if not whole.startswith("https://maps.example.org/"):
                continue
            part = unquote(urlsplit(whole.removeprefix(base or "https://maps.example.org")).path)
            target = site / part.removeprefix("/")
            target = target / "index.html" if part.endswith("/") else target
            is_sprite = path.name == "style.json" and target.with_name("sprite.png").exists()
            if not target.is_file() and not is_sprite:
                missing.append(f"{path.relative_to(site)}: {link}")
    return missing


def test_every_link_of_every_file_leads_to_a_file(site: Path) -> None:
    assert _missing(site) == []


def test_it_has_pages_pictures_and_data_of_every_language_and_day(site: Path) -> None:
    for lang in ("", "az/"):
        for name in (
            *("index.html", "embed/index.html", "story/embed/index.html", "feed.atom"),
            *("map.html", "map.mp4", "map.gif", "strip.pdf", "history.csv", "tiles.pmtiles"),
            *("2001-03-15/map.png", "2001-03-15/dark/map.svg", "2001-03-15/regions.geojson"),
        ):
            assert (site / "tarn" / lang / name).is_file(), (lang, name)
    rows = json.loads((site / "tarn/2001-03-15/regions.geojson").read_text())
    assert {one["properties"]["as_of"] for one in rows["features"]} == {"2001-03-15"}
    assert 'lang="az"' in (site / "tarn/az/index.html").read_text()


def test_with_its_address_every_public_link_is_of_a_file(example: Path) -> None:
    app = create_app([sources.open(example)], Settings(base_url=BASE), as_files=True)
    files = {file.path: file for file in app.extensions["geomap"].plan.files()}
    linked = set()
    for path in (
        "sitemap.xml",
        "tarn/az/index.html",
        "tarn/az/story/oembed.json",
        "tarn/feed.atom",
    ):
        answer = app.test_client().get(
            f"/news{files[path].address}", environ_overrides={CURRENT: path}
        )
        assert answer.status_code == 200
        linked |= set(re.findall(rf"{BASE}/([^][()\s\"'<>&\\?#]*)", unescape(answer.text)))
    pages = {"tarn/az/", "tarn/az/story/embed/", "tarn/az/story/oembed.json", "embed.js"}
    assert pages | {"tarn/az/1200/630/map.png"} <= linked | {"tarn/az/story/oembed.json"}
    days = set(re.findall(r"\d{4}-\d\d-\d\d", " ".join(files)))
    for link in linked:
        for path in {link.replace("{day}", day) for day in days}:
            assert (f"{path}index.html" if path.endswith("/") or not path else path) in files


def test_every_route_becomes_files_but_those_that_need_a_server(builtin: Dataset) -> None:
    declared = routes(create_app([builtin], as_files=True))
    left_out = {path for path, route in declared.items() if not route.built}
    assert {path for path in left_out if not path.startswith("/ogc/")} == {
        *("/<dataset_id>", "/healthz", "/oembed", "/openapi.json"),
    }


def test_what_can_be_compressed_has_its_twins(site: Path) -> None:
    import brotli

    page = site / "tarn" / "index.html"
    assert brotli.decompress(Path(f"{page}.br").read_bytes()) == page.read_bytes()
    assert not Path(f"{site / 'tarn/map.png'}.br").exists()


def test_the_links_checked_include_those_that_scripts_fill_in(site: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(site, tmp_path / "copy")
    for gone in ("2001-03-15/map.png", "az/story/embed/index.html", "az/index.html"):
        (copy / "tarn" / gone).unlink()
    missing = _missing(copy)
    assert "tarn/index.html: ./2001-03-15/map.png" in missing
    assert "tarn/index.html: ./az/story/embed/" in missing
    assert "tarn/embed/index.html: ../az/" not in missing  # the embed of English leads to no other
    assert "tarn/az/embed/index.html: ../" in missing


def test_hosts_are_told_who_may_frame_what(site: Path) -> None:
    netlify = (site / "_headers").read_text()
    assert "/tarn/az/\n  Content-Security-Policy: frame-ancestors 'self'\n" in netlify
    assert "/embed/" not in netlify  # anyone
    assert "/*.geojson\n  Content-Type: application/geo+json\n" in netlify
    assert netlify.count("\n/") < 100  # all that Cloudflare Pages reads


def test_nginx_gives_the_headers_of_the_service(root: Path, tmp_path: Path) -> None:
    program = needs.program("nginx", package="nginx-light")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (tmp_path / "nginx.conf").write_text(
        f"daemon off; pid {tmp_path}/pid; error_log stderr; user root; events {{}}\n"
        f"http {{ access_log off; client_body_temp_path {tmp_path}; server {{"
        f" listen 127.0.0.1:{port}; location /news/ {{ root {root};"
        f" include {root}/news/maps/nginx.conf; }} }} }}\n"
    )
    with subprocess.Popen([program, "-e", "stderr", "-c", f"{tmp_path}/nginx.conf"]) as server:
        try:
            page = _answer(port, "tarn/", 100)
            assert page["Content-Security-Policy"] == "frame-ancestors 'self'"
            assert page["Content-Encoding"] == "gzip"
            assert page["Content-Type"] == "text/html; charset=utf-8"
            assert _answer(port, "tarn/embed/")["Content-Security-Policy"] == "frame-ancestors *"
            data = _answer(port, "tarn/regions.geojson")
            assert data["Content-Type"] == "application/geo+json"
            assert data["Access-Control-Allow-Origin"] == "*"
            assert "immutable" not in data["Cache-Control"]
            style = next(root.glob("news/maps/static/geomap.*.css")).name
            assert "immutable" in _answer(port, f"static/{style}")["Cache-Control"]
        finally:
            server.terminate()


def _answer(port: int, path: str, tries: int = 1) -> Any:
    """The headers of an answer; the server may need a moment to start."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/news/maps/{path}", headers={"Accept-Encoding": "gzip"}
    )
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.headers
    except urllib.error.URLError:
        if tries == 1:
            raise
    time.sleep(0.1)
    return _answer(port, path, tries - 1)


def test_where_nothing_has_changed_nothing_is_made(example: Path, site: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in site.rglob("*")}
    result = build([sources.open(example)], site)
    assert result.written == 0
    assert result.files > 200
    assert {path: path.stat().st_mtime_ns for path in site.rglob("*")} == before


# In a browser


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture(scope="module")
def address(root: Path) -> Iterator[str]:
    """Where a plain file server shows the site."""
    handler = functools.partial(_Quiet, directory=os.fspath(root))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def visit(chromium: Any, address: str) -> Iterator[Callable[..., Visit]]:
    """A function that opens a path of the site in a new visit; at its end no page has had a fault
    and nothing was asked of anybody else.
    """
    visits: list[Visit] = []

    def open_path(path: str, **options: Any) -> Visit:
        one = Visit(chromium, address, **options)
        visits.append(one)
        one.page.goto(f"/news/maps/{path}")
        one.page.locator("html.gm-ready").wait_for()
        return one

    yield open_path
    for one in visits:
        assert one.faults == []
        assert [url for url in one.requests if not url.startswith((address, "data:"))] == []
        one.context.close()


@pytest.mark.browser
def test_a_page_shows_the_day_and_leads_on_with_it(visit: Callable[..., Visit]) -> None:
    page = visit("tarn/?date=2001-04-25").page
    assert page.locator(".gm-date").text_content() == "25 April 2001"
    assert page.locator("#status-title").text_content() == "Status on 25 April 2001"
    link = page.locator('#download a[href$="regions.geojson"]').first
    assert re.search(r"/tarn/2001-\d\d-\d\d/regions.geojson$", link.evaluate("node => node.href"))
    page.get_by_role("slider").press("Home")
    assert page.url.endswith("?date=2001-03-01")
    page.locator('.languages a[lang="az"][href*="2001-03-01"]').click()
    page.wait_for_url("**/news/maps/tarn/az/?date=2001-03-01")
    page.locator("html.gm-ready").wait_for()
    assert page.locator("html").get_attribute("lang") == "az"
    assert page.locator(".gm-date").get_attribute("datetime") == "2001-03-01"
    assert page.locator("input[name=known], input[name=sources]").count() == 0


@pytest.mark.browser
@pytest.mark.parametrize(
    ("path", "lang", "day"),
    [
        ("?lang=az&date=latest", "az", "2001-05-31"),
        ("tarn/?lang=az&date=2001-03-15", "az", "2001-03-15"),
        ("tarn/az/?lang=en&date=2001-03-15", "en", "2001-03-15"),
        ("tarn/embed?lang=az&date=2001-03-15&theme=dark", "az", "2001-03-15"),
    ],
)
def test_the_addresses_of_the_service_work(
    visit: Callable[..., Visit], path: str, lang: str, day: str
) -> None:
    page = visit(path).page
    page.wait_for_function("lang => document.documentElement.lang === lang", arg=lang)
    page.locator("html.gm-ready").wait_for()
    assert page.locator(".gm-date").get_attribute("datetime") == day
    assert page.locator("html.gm-dark").count() == ("dark" in path)


@pytest.mark.browser
def test_a_page_without_a_language_follows_its_reader(visit: Callable[..., Visit]) -> None:
    page = visit("tarn/", locale="az-AZ").page
    page.wait_for_function("document.documentElement.lang === 'az'")
    page.locator("html.gm-ready").wait_for()
    page.locator('.languages a[lang="en"]').click()
    page.wait_for_function("document.documentElement.lang === 'en'")
    page.locator("html.gm-ready").wait_for()
    assert "lang=en" in page.url


@pytest.mark.browser
def test_embeds_are_maps_stories_and_comparisons(visit: Callable[..., Visit]) -> None:
    story = visit("tarn/embed/?mode=story").page
    story.locator(".gm-story").wait_for()
    assert story.url.endswith("/tarn/story/embed/?mode=story")
    compared = visit("tarn/compare/embed/?dates=2001-03-15,2001-05-01&controls=none").page
    assert compared.locator("figure.gm").get_attribute("data-controls") == "none"
    days = compared.locator(".gm-main .gm-date").evaluate_all("all => all.map(one => one.dateTime)")
    assert days == ["2001-03-15", "2001-05-01"]


@pytest.mark.browser
def test_a_choice_that_files_cannot_follow_is_named(visit: Callable[..., Visit]) -> None:
    page = visit("tarn/embed/?known=2001-04-01").page
    assert "counts every source" in page.locator(".gm-restricted").inner_text()


@pytest.mark.browser
def test_the_builder_gives_addresses_of_files(visit: Callable[..., Visit], address: str) -> None:
    page = visit("tarn/?date=2001-04-25#embed").page
    code = page.locator("#code-iframe")
    form = page.locator(".builder-form")
    form.locator("[name=lang]").select_option("az")
    form.locator("[name=mode]").select_option("story")
    assert f'src="{address}/news/maps/tarn/az/story/embed/?theme=light"' in code.input_value()
    assert page.locator(".builder-local").is_visible()  # an address of this computer alone
    frame = page.frame_locator(".builder-preview iframe")
    frame.locator("html.gm-ready .gm-story").wait_for(state="attached")
    form.locator("[name=mode]").select_option("map")
    picture = page.locator("#code-picture").input_value()
    found = re.search(r'src="([^"]+\.png)"', picture)
    assert found
    assert page.request.get(found[1]).ok
    assert found[1].endswith("/tarn/az/2001-03-15/map.png")  # since then nothing has changed


def test_a_dataset_in_which_nothing_happens_yet_is_built_without_films(tmp_path: Path) -> None:
    build([sources.open(write_dataset(tmp_path / "new"))], tmp_path / "site")
    assert _missing(tmp_path / "site") == []
    assert not [*tmp_path.glob("site/**/*.mp4")]
    assert [*tmp_path.glob("site/*/map.png")]
