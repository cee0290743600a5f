"""Pages in Arabic, in Chromium: lines, time and buttons run from right to left, places do not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from browser import NEXT_FRAME, Visit, map_settled

from geomap.core.dataset import Dataset

pytestmark = pytest.mark.browser
MIDDLES = """() => Object.fromEntries([...document.querySelectorAll(".gm-name-region .gm-text")]
  .filter((node) => node.getClientRects().length)
  .map((node) => [node.textContent, node.getBoundingClientRect()])
  .map(([name, {left, right}]) => [name, (left + right) / 2]))"""


@pytest.fixture
def visit(chromium: Any, live_server: str, builtin: Dataset) -> Iterator[Any]:
    visits = []

    def go(path: str, size: tuple[int, int]) -> Any:
        one = Visit(chromium, live_server, viewport={"width": size[0], "height": size[1]})
        visits.append(one)
        one.page.goto(f"/{builtin.id}/{path}")
        one.page.wait_for_selector(":root.gm-ready")
        map_settled(one.page)
        return one.page

    yield go
    for one in visits:
        assert one.faults == []
        one.close()


def middle(page: Any, selector: str) -> float:
    box = page.locator(selector).first.bounding_box()
    return float(box["x"] + box["width"] / 2)


@pytest.mark.parametrize("size", [(1280, 900), (375, 800)])
def test_the_page_runs_from_right_to_left_and_never_sideways(
    visit: Any, size: tuple[int, int]
) -> None:
    page = visit("?lang=ar", size)
    assert page.evaluate("document.documentElement.scrollWidth") == size[0]
    assert middle(page, ".gm-when") > middle(page, ".gm-zoom")
    assert middle(page, ".gm-names") > middle(page, ".gm-scale")
    assert middle(page, ".gm-previous") > middle(page, ".gm-play") > middle(page, ".gm-next")
    # Time, too: the native control's first day is at its right end, and an arrow to the left is later.
    before = page.locator(".gm-handle").bounding_box()["x"]
    page.locator(".gm-slider").focus()
    page.keyboard.press("ArrowRight")
    page.evaluate(NEXT_FRAME)
    assert page.locator(".gm-handle").bounding_box()["x"] > before


def test_names_lie_where_they_do_in_other_languages(visit: Any) -> None:
    arabic = visit("embed?lang=ar&date=2020-11-12", (1000, 700)).evaluate(MIDDLES)
    english = visit("embed?lang=en&date=2020-11-12", (1000, 700)).evaluate(MIDDLES)
    assert set(arabic) == {"أغدام", "كلبجار", "لاتشين", "ناغورني قره باغ"}
    pairs = {"كلبجار": "Kalbajar", "لاتشين": "Lachin"}
    for name, other in pairs.items():
        assert arabic[name] == pytest.approx(english[other], abs=40)


def test_of_two_days_the_earlier_one_is_at_the_right(visit: Any) -> None:
    page = visit("embed?lang=ar&mode=compare&dates=2020-11-12,2020-12-01", (640, 520))
    dates = page.locator(".gm-date")
    assert dates.all_inner_texts() == ["12 نوفمبر 2020", "1 ديسمبر 2020"]
    assert dates.nth(0).bounding_box()["x"] > dates.nth(1).bounding_box()["x"]
    # The later day's pane is what is left of the divider.
    clip = page.evaluate(
        "getComputedStyle(document.querySelector('.leaflet-geomap-after-pane')).clipPath"
    )
    later = [float(part.split("px")[0]) for part in clip.removeprefix("polygon(").split(", ")]
    earlier = page.evaluate(
        "getComputedStyle(document.querySelector('.leaflet-geomap-before-pane')).clipPath"
    )
    first = [float(part.split("px")[0]) for part in earlier.removeprefix("polygon(").split(", ")]
    assert max(later) == min(first)
