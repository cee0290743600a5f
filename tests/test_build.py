"""The site as files: whole, linked within itself, and at work on a plain file server."""

from __future__ import annotations

import functools
import http.server
import json
import os
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from browser import Visit
from click.testing import CliRunner

from geomap import sources, starter
from geomap.build import build
from geomap.cli import main
from geomap.errors import FolderInUse

BASE = "https://maps.example.org/news"


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


def test_what_can_be_compressed_has_its_twins(site: Path) -> None:
    import brotli

    page = site / "tarn" / "index.html"
    assert brotli.decompress(Path(f"{page}.br").read_bytes()) == page.read_bytes()
    assert not Path(f"{site / 'tarn/map.png'}.br").exists()
