"""The embed in frames of every size: what it must say stays in view, and nothing is covered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from browser import Visit, map_settled, until

pytestmark = pytest.mark.browser

EMBED = "/handover-2020/embed"
LANGUAGES = ("en", "az", "hy", "ru")
LIES_ON_THE_MAP = "(node) => getComputedStyle(node).position === 'absolute'"
FRAMES = ((640, 520), (640, 300), (400, 300), (300, 460), (300, 250), (320, 240))
UNCUT = (
    *((300, 250), (300, 300), (300, 400), (300, 460), (327, 266), (320, 480), (327, 500)),
    *((375, 600), (375, 700), (400, 400), (480, 360), (500, 500), (640, 300), (640, 400)),
    *((640, 520), (800, 450), (1000, 600)),
)
TOUCHING = """(names) => {
  const boxes = names.flatMap((name) => [...document.querySelectorAll(name)])
    .filter((node) => node.checkVisibility())
    .map((node) => [node.textContent, node.getBoundingClientRect()]);
  return boxes.flatMap(([text, a], i) => boxes.slice(i + 1).filter(([, b]) =>
    a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom)
    .map(([other]) => text + " / " + other));
}"""


@pytest.fixture
def visit(chromium: Any, live_server: str) -> Iterator[Callable[..., Any]]:
    """A function that opens an embed of a size."""
    visits = []

    def start(query: str, size: tuple[int, int] = (640, 520), browser: Any = chromium) -> Any:
        visits.append(Visit(browser, live_server, viewport={"width": size[0], "height": size[1]}))
        page = visits[-1].page
        page.goto(EMBED + query)
        page.wait_for_selector("html.gm-ready")
        map_settled(page)
        return page

    yield start
    for one in visits:
        one.close()


def resize(page: Any, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    map_settled(page)


@pytest.mark.parametrize("size", [(1280, 760), (640, 520), (300, 460)])
def test_a_restricted_map_says_so(visit: Callable[..., Any], size: tuple[int, int]) -> None:
    page = visit("?known=2020-11-20&date=2020-11-30&sources=ap-2020-11-20", size)
    said = "As known on 20 November 2020 · Using only: AP, 20 Nov 2020"
    assert page.locator(".gm-restricted").text_content() == said
    assert page.locator(".gm-restricted").is_visible()
    caption = page.locator("#twin caption")
    assert caption.text_content() == f"Status on 30 November 2020 · {said}"
    assert page.evaluate(TOUCHING, [".gm-when", ".gm-legend", ".gm-zoom"]) == []
    box = page.locator(".gm-when").bounding_box()
    tops = [region.bounding_box()["y"] for region in page.locator(".gm-region").all()]
    if size[0] < 1280:  # where there is no room beside it, the regions lie below the line
        assert min(tops) > box["y"] + box["height"] - 1


def test_a_map_of_all_claims_has_no_such_line(visit: Callable[..., Any]) -> None:
    assert not visit("").locator(".gm-restricted").is_visible()


def stands_free(page: Any) -> list[str]:
    """Return what covers something else, and what is too low to be read."""
    faults: list[str] = page.evaluate(TOUCHING, [".gm-when", ".gm-legend", ".gm-zoom", ".gm-time"])
    stage = page.locator(".gm-stage").bounding_box()
    if stage["height"] < 70:
        faults.append(f"a map {stage['height']} pixels high")
    for name in (".gm-legend", ".gm-when"):
        box = page.locator(name).bounding_box()  # the date stands above the map in a tiny frame
        if box and page.locator(name).evaluate(LIES_ON_THE_MAP) and box["y"] < stage["y"]:
            faults.append(f"{name} begins above the map")
    for region in page.locator(".gm-region").all():
        box = region.bounding_box()
        if box["width"] < 12:
            faults.append("a region that nobody can see")
        ends = box["y"] + box["height"], stage["y"] + stage["height"]
        if box["y"] < stage["y"] - 2 or ends[0] > ends[1] + 2:
            faults.append(f"a region from {box['y']} to {ends[0]} in a map that ends at {ends[1]}")
    below = page.evaluate(
        "document.querySelector('.gm-credit').getBoundingClientRect().bottom"
        " - document.documentElement.scrollHeight"
    )
    return faults + ([f"the credit ends {below} pixels below the page"] if below > 1 else [])


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_low_frame_scrolls_and_hides_nothing(visit: Callable[..., Any], lang: str) -> None:
    page = visit(f"?lang={lang}")
    faults = {}
    for size in FRAMES:
        resize(page, size)
        faults[size] = stands_free(page)
    assert {size: what for size, what in faults.items() if what} == {}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_nothing_is_cut_from_300_by_250_pixels_on(visit: Callable[..., Any], lang: str) -> None:
    page = visit(f"?lang={lang}")
    scrolls = {}
    for size in UNCUT:
        resize(page, size)
        page.wait_for_timeout(60)  # the key of numbers may come and go once
        high = page.evaluate("document.documentElement.scrollHeight")
        if high > size[1]:
            scrolls[size] = high
    assert scrolls == {}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_letters_of_twice_the_size_leave_a_map(
    visit: Callable[..., Any], large: Any, lang: str
) -> None:
    page = visit(f"?lang={lang}", browser=large)
    faults = {}
    for size in ((640, 520), (300, 460)):
        resize(page, size)
        faults[size] = stands_free(page)
    assert {size: what for size, what in faults.items() if what} == {}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_name_of_a_region_covers_another(visit: Callable[..., Any], lang: str) -> None:
    page = visit(f"?lang={lang}")
    for size in ((640, 520), (300, 460)):
        resize(page, size)
        names = page.locator(".gm-name-region:not([hidden]) > span")
        assert names.count() == 4
        assert page.evaluate(TOUCHING, [".gm-name-region > span"]) == []


def test_the_full_map_is_asked_for_the_day_shown(visit: Callable[..., Any]) -> None:
    page = visit("?date=2020-11-20&known=2020-11-30&lang=ru")
    page.locator(".gm-slider").press("Home")
    page.locator(".gm-next").click()
    until(page, "geomap.state.date === '2020-11-10'")
    asked = urlsplit(page.locator(".gm-credit a").get_attribute("href"))
    assert asked.path == "/handover-2020/"
    assert parse_qs(asked.query) == {
        "date": ["2020-11-10"],
        "known": ["2020-11-30"],
        "lang": ["ru"],
    }


def test_the_day_is_announced_once(visit: Callable[..., Any]) -> None:
    page = visit("")
    page.locator(".gm-slider").press("Home")
    until(page, "document.querySelector('.gm-live').textContent !== ''")
    said = page.locator(".gm-live").text_content()
    assert said.startswith("As of 27 September 2020, ")
    assert said.count("2020") == 1
