"""Story and comparison, as readers of an embed use them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from browser import Visit, map_settled, until

pytestmark = pytest.mark.browser
EMBED = "/handover-2020/embed"


@pytest.fixture
def visit(chromium: Any, live_server: str) -> Iterator[Callable[..., Any]]:
    """A function that opens an embed of a size; a fault on its page fails the test."""
    visits = []

    def start(query: str, size: tuple[int, int] = (640, 520), **options: Any) -> Any:
        viewport = {"width": size[0], "height": size[1]}
        visits.append(Visit(chromium, live_server, viewport=viewport, **options))
        page = visits[-1].page
        page.goto(EMBED + query)
        if options.get("java_script_enabled", True):
            page.wait_for_selector("html.gm-ready")
            map_settled(page)
        return page

    yield start
    for one in visits:
        assert not one.faults
        one.close()


def said(page: Any) -> str:
    return str(page.locator(".gm-story-body").inner_text())


def test_a_story_begins_at_its_beginning_and_goes_from_step_to_step(visit: Any) -> None:
    page = visit("?mode=story")
    assert page.locator(".gm-story-count").inner_text() == "1 / 6"
    assert "Heavy fighting flares up." in said(page)
    page.get_by_label("Next event").last.click()
    assert "Truce." in said(page)
    assert "Truce text, clause 6" in said(page)
    assert page.locator(".gm-date").inner_text() == "10 November 2020"
    for _ in range(5):
        page.locator(".gm-story").press("ArrowRight")
    assert page.locator(".gm-story-count").inner_text() == "6 / 6"
    assert "Handed over to Azerbaijan: Lachin." in said(page)


def test_a_story_tells_what_else_is_reported_with_its_source(visit: Any) -> None:
    page = visit("?mode=story&date=2020-11-25")
    assert "Kalbajar: Armenia asks for a delay and Azerbaijan agrees to it" in said(page)
    assert "AP, 30 Nov 2020, ¶6" in said(page)


def test_a_story_outlines_the_regions_that_its_step_concerns(visit: Any) -> None:
    page = visit("?mode=story&date=2020-11-20")
    rings = page.locator("path.gm-ring-line")
    assert rings.count() == 1
    ring = rings.bounding_box()
    region = page.get_by_role("button", name="Aghdam. Handed over").bounding_box()
    assert abs(ring["x"] - region["x"]) < 6
    assert abs(ring["width"] - region["width"]) < 12


@pytest.mark.parametrize("size", [(300, 300), (320, 480), (640, 300), (1000, 600)])
def test_a_story_fits_its_frame(visit: Any, size: tuple[int, int]) -> None:
    page = visit("?mode=story&date=2020-11-10", size)
    assert page.evaluate("document.documentElement.scrollHeight") <= size[1]
    stage = page.locator(".gm-stage").bounding_box()
    assert stage["height"] >= 84
    for part in (".gm-title", ".gm-story-line", ".gm-credit"):
        box = page.locator(part).bounding_box()
        assert box["y"] + min(box["height"], 20) <= size[1]


def test_without_scripts_a_story_is_its_pictures_in_order(visit: Any) -> None:
    page = visit("?mode=story", java_script_enabled=False)
    pictures = page.locator("img.static-picture")
    assert pictures.count() == 6
    days = [pictures.nth(n).get_attribute("src") or "" for n in range(6)]
    assert ["date=2020-11-10" in days[1], "date=2020-12-01" in days[5]] == [True, True]
    assert page.locator(".static h2").all_inner_texts()[1] == "10 November 2020"


def test_a_comparison_shows_each_day_on_its_side_of_the_divider(visit: Any) -> None:
    page = visit("?mode=compare&dates=2020-11-12,2020-12-01")
    assert page.locator(".gm-date").all_inner_texts() == ["12 November 2020", "1 December 2020"]
    clip = "getComputedStyle(document.querySelector('.leaflet-geomap-after-pane')).clipPath"
    middle = page.evaluate(clip)
    divider = page.get_by_label("Divider between the two days")
    divider.focus()
    for _ in range(20):
        page.keyboard.press("ArrowLeft")
    until(page, f"() => {clip} !== {middle!r}")
    line = page.locator(".gm-divider").bounding_box()
    assert abs(line["x"] + 1.5 - 640 * 0.3) < 3
    # Looks: the earlier day's beneath, the later day's above.
    looks = page.evaluate(
        """() => ["overlay", "geomap-after"].map((pane) =>
          document.querySelector(`.leaflet-${pane}-pane path.gm-region`).style.fill)"""
    )
    assert looks[0] != looks[1]


def test_on_a_small_frame_a_comparison_is_two_pictures_one_above_the_other(visit: Any) -> None:
    page = visit("?mode=compare&dates=2020-11-12,2020-12-01", (320, 480))
    headings = page.locator(".compare-stills h2")
    assert headings.all_inner_texts() == ["12 November 2020", "1 December 2020"]
    boxes = [page.locator(".compare-stills img").nth(n).bounding_box() for n in range(2)]
    assert boxes[0]["y"] + boxes[0]["height"] <= boxes[1]["y"]
    assert all(box["width"] <= 320 for box in boxes)
    assert not page.locator(".gm-stage").is_visible()
