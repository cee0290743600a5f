"""The map where data people use Folium: Streamlit, notebooks, and with Folium's layers on it."""

from __future__ import annotations

import importlib.util
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import folium
import folium.plugins
import needs
import nh3
import pytest
from browser import Visit, map_settled, until

import geomap

DAY = "2020-11-20"
APP = """
import warnings

import streamlit as st
from streamlit_folium import folium_static, st_folium

import geomap

warnings.simplefilter("ignore")
{}
"""
FOLIUM = """
day = st.radio("Day", ["2020-11-20", "2020-11-25"])
drawn = geomap.open().draw(date=day, theme="light")
st_folium(drawn, width=640, height=520, returned_objects=[])
"""
STATIC = """
drawn = geomap.open().draw(date="2020-11-20", theme="light")
folium_static(drawn, width=640, height=520)
"""


@pytest.fixture
def streamlit(tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """A function that starts an app of Streamlit and returns its address."""
    if not importlib.util.find_spec("streamlit_folium"):
        needs.missing("streamlit-folium", "pip install streamlit-folium")
    running = []

    def start(body: str) -> str:
        app = tmp_path / "app.py"
        app.write_text(APP.format(body), "utf-8")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        options = ["--server.headless=true", f"--server.port={port}", "--server.address=127.0.0.1"]
        options += ["--browser.gatherUsageStats=false", "--server.fileWatcherType=none"]
        command = [sys.executable, "-m", "streamlit", "run", str(app), *options]
        running.append(
            subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        )
        end = time.monotonic() + 60
        while time.monotonic() < end:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                return f"http://127.0.0.1:{port}"
            except OSError:
                time.sleep(0.2)
        pytest.fail("Streamlit did not start within 60 s")

    yield start
    for process in running:
        process.terminate()
        process.wait(20)


@pytest.fixture
def visit(chromium: Any) -> Iterator[Callable[[str], Visit]]:
    visits: list[Visit] = []

    def start(root: str) -> Visit:
        visits.append(Visit(chromium, root, viewport={"width": 900, "height": 900}))
        visits[-1].context.set_default_timeout(30_000)
        return visits[-1]

    yield start
    for one in visits:
        one.context.close()
        assert not one.foreign


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("body", [FOLIUM, STATIC], ids=["st_folium", "folium_static"])
def test_streamlit(
    streamlit: Callable[[str], str], visit: Callable[[str], Visit], body: str
) -> None:
    page = visit(streamlit(body)).page
    page.goto("/")
    frame = page.frame_locator("iframe")
    frame.locator("html.gm-ready").wait_for(state="attached")
    assert frame.locator(".gm-date").text_content() == "20 November 2020"
    assert frame.locator(".gm-region").count() == 4
    inside = page.frames[1]
    map_settled(inside)
    # Nothing lies below the frame's edge, as it did below the empty place for Folium's own map.
    assert inside.evaluate("document.documentElement.scrollHeight <= innerHeight")
    assert frame.locator(".gm-region").first.bounding_box()["width"] > 20
    frame.get_by_role("button", name="Next event").click()
    assert frame.locator(".gm-date").text_content() == "25 November 2020"
    if body is FOLIUM:  # another day asked for is another map
        frame.get_by_role("button", name="Previous event").click()
        page.get_by_text("2020-11-25", exact=True).click()
        # Streamlit takes the old frame away only when the new one is there.
        newest = page.frame_locator("iframe").last
        newest.locator("time.gm-date", has_text="25 November 2020").wait_for()


def test_a_figure_without_our_head_gets_all_that_the_map_needs() -> None:
    drawn = geomap.open().draw(DAY)
    own = drawn.get_root().render()
    figure = folium.Figure().add_child(drawn)
    page = figure.render()
    for part in ('id="geomap-data"', "L.map(", "geomap.start("):
        assert page.count(part) == own.count(part)
    assert "<script src=" not in page


def test_two_days_have_different_scripts() -> None:
    """Else streamlit-folium keeps the first map."""
    first, second = (geomap.open().draw(day) for day in (DAY, "2020-11-25"))
    for drawn in (first, second):
        drawn.get_root().render()
    assert first._template.module.script(first) != second._template.module.script(second)


def test_a_notebook_that_is_not_trusted_says_what_to_do() -> None:
    left = nh3.clean(geomap.open().draw(DAY)._repr_html_())  # as JupyterLab takes iframes out
    assert "The handover of Kalbajar, Aghdam and Lachin" in left
    assert "Trust Notebook" in left
    assert "<iframe" not in left


# Folium's layers


@pytest.fixture
def opened(visit: Callable[[str], Visit], tmp_path: Path) -> Callable[[folium.Map], Visit]:
    def start(drawn: folium.Map) -> Visit:
        drawn.save(str(tmp_path / "map.html"))
        one = visit("file://")
        one.page.goto((tmp_path / "map.html").as_uri())
        one.page.locator("html.gm-ready").wait_for(state="attached")
        return one

    return start


@pytest.mark.browser
def test_layers_of_folium_are_drawn_without_a_network(opened: Callable[..., Visit]) -> None:
    drawn = geomap.open().draw(DAY)
    route = folium.FeatureGroup("Route").add_to(drawn)
    folium.PolyLine([[39.6, 46.5], [39.8, 46.8]], color="#d00").add_to(route)
    folium.Marker([39.9, 46.6], tooltip="A place").add_to(drawn)
    point = {"type": "Point", "coordinates": [46.9, 39.9]}
    folium.GeoJson({"type": "Feature", "geometry": point, "properties": {}}).add_to(drawn)
    folium.LayerControl(collapsed=False).add_to(drawn)
    one = opened(drawn)
    page = one.page
    assert page.locator(".gm-region").count() == 4
    assert page.locator('path[stroke="#d00"]').count() == 1
    markers = page.locator("img.leaflet-marker-icon")
    assert markers.count() == 2
    decoded = "async (node) => { await node.decode(); return node.naturalWidth; }"
    assert markers.first.evaluate(decoded) > 0
    corners = page.locator(".leaflet-control-layers").bounding_box()
    zoom = page.locator(".gm-zoom").bounding_box()
    assert corners["y"] >= zoom["y"] + zoom["height"]
    page.get_by_label("Route").uncheck()
    assert page.locator('path[stroke="#d00"]').count() == 0
    markers.first.hover()
    assert page.locator(".leaflet-tooltip").text_content().strip() == "A place"
    assert not one.faults


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """jQuery and a plugin, as their makers publish them."""
    folder = tmp_path_factory.mktemp("npm")
    npm = needs.program("npm", package="npm")
    names = ["jquery@3.7.1", "leaflet.fullscreen@3.0.0"]
    command = [npm, "install", "--no-audit", "--no-fund", "--ignore-scripts", *names]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=180, check=False
    )
    if done.returncode:
        needs.missing("Leaflet's plugins from npm", done.stderr[-300:])
    return folder / "node_modules"


@pytest.mark.browser
@pytest.mark.network
def test_plugins_and_popups_load_what_they_need(
    chromium: Any, packages: Path, tmp_path: Path
) -> None:
    drawn = geomap.open().draw(DAY)
    folium.plugins.Fullscreen(title="Larger").add_to(drawn)
    folium.Marker([39.9, 46.6], popup="Said <b>here</b>").add_to(drawn)
    drawn.save(str(tmp_path / "map.html"))
    one = Visit(chromium, "file://")
    published = {
        "jquery-3.7.1.min.js": packages / "jquery/dist/jquery.min.js",
        "Control.FullScreen.min.js": packages / "leaflet.fullscreen/Control.FullScreen.js",
        "Control.FullScreen.css": packages / "leaflet.fullscreen/Control.FullScreen.css",
        "icon-fullscreen.svg": packages / "leaflet.fullscreen/icon-fullscreen.svg",
    }
    one.page.route(
        re.compile("^https://"),
        lambda route: route.fulfill(path=published[route.request.url.split("/")[-1]]),
    )
    one.page.goto((tmp_path / "map.html").as_uri())
    one.page.locator("html.gm-ready").wait_for(state="attached")
    assert one.page.get_by_title("Larger").is_visible()
    one.page.locator("img.leaflet-marker-icon").click()
    until(one.page, "!!document.querySelector('.leaflet-popup b')")
    one.context.close()
    assert not one.faults
