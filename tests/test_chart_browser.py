"""The chart of time in Chromium: what it shows, and that days are chosen on it by every hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from browser import Visit, map_settled, settled, until

from geomap.wording import LANGUAGES

pytestmark = pytest.mark.browser

READER, EMBED = "/handover-2020/", "/handover-2020/embed"
DAYS = ["2020-09-27", "2020-11-10", "2020-11-15", "2020-11-20", "2020-11-25", "2020-12-01"]
PHONE = {"has_touch": True, "is_mobile": True}


@pytest.fixture
def visit(chromium: Any, live_server: str) -> Iterator[Callable[..., Any]]:
    """A function that opens a page of the service."""
    visits = []

    def start(path: str, size: tuple[int, int] = (1280, 900), **options: Any) -> Any:
        viewport = {"width": size[0], "height": size[1]}
        visits.append(Visit(chromium, live_server, viewport=viewport, **options))
        page = visits[-1].page
        page.goto(path)
        page.wait_for_selector("html.gm-ready")
        map_settled(page)
        return page

    yield start
    for one in visits:
        one.close()


def day(page: Any) -> str:
    shown: str = page.evaluate("geomap.state.date")
    return shown


def place(page: Any, share: float) -> tuple[float, float]:
    """A point in the middle of the second lane, at a share of its length."""
    box = page.locator(".gm-lane").nth(1).bounding_box()
    return box["x"] + box["width"] * share, box["y"] + box["height"] / 2


def begins(page: Any, iso: str) -> float:
    """The share of the axis at which a change day begins."""
    return dict(page.evaluate("geomap.data.chart.anchors"))[iso]


def test_each_region_has_a_lane_in_its_looks(visit: Callable[..., Any]) -> None:
    page = visit(EMBED, (800, 900))
    assert page.locator(".gm-lane-name").all_text_contents() == page.evaluate(
        "geomap.data.regions.map((region) => region.name)"
    )
    fills = (
        page.locator(".gm-lane")
        .first.locator(".gm-stretch")
        .evaluate_all("nodes => nodes.map((node) => node.style.fill)")
    )
    page.evaluate("geomap.setDate('2020-11-12')")
    region = page.locator(".gm-region").first.evaluate("node => node.style.fill")
    assert fills[1] == region
    # Kalbajar was put off from 15 to 25 November; no other region was.
    arrows = page.locator(".gm-lane").evaluate_all(
        "lanes => lanes.map((lane) => lane.querySelectorAll('.gm-arrow').length)"
    )
    assert arrows == [0, 1, 0, 0]
    assert page.locator(".gm-break").count() == 1


TEXTS = """(name) => [...document.querySelectorAll(name)]
  .filter((node) => node.checkVisibility())
  .map((node) => [node.textContent, node.getBoundingClientRect()])
  .map(([text, {left, right, top, bottom}]) => ({text, left, right, top, bottom}))"""


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_day_of_change_has_its_date_at_every_width(
    visit: Callable[..., Any], lang: str
) -> None:
    page = visit(f"{EMBED}?lang={lang}")
    for size in (
        (1280, 900),
        (640, 520),
        (375, 560),
        (320, 480),
        (300, 600),
        (640, 300),
    ):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        map_settled(page)
        dates = page.evaluate(TEXTS, "b.gm-word")
        found = [date["text"].split()[0].rstrip(".") for date in dates]
        assert found == ["27", "10", "15", "20", "25", "1"], size
        for number, a in enumerate(dates):
            assert a["left"] >= 0
            assert a["right"] <= size[0]
            for b in dates[number + 1 :]:
                apart = a["right"] <= b["left"] or b["right"] <= a["left"]
                assert apart or a["bottom"] <= b["top"] + 2 or b["bottom"] <= a["top"] + 2, (a, b)


@pytest.mark.parametrize(
    ("path", "size", "most"),
    [(READER, (1280, 900), 150), (EMBED, (375, 560), 100), (EMBED, (640, 300), 44)],
)
def test_it_leaves_the_room_to_the_map(
    visit: Callable[..., Any], path: str, size: tuple[int, int], most: int
) -> None:
    assert visit(path, size).locator(".gm-time").bounding_box()["height"] <= most


def test_a_drag_shows_each_day_where_it_lies(visit: Callable[..., Any]) -> None:
    page = visit(EMBED, (800, 900))
    page.mouse.move(*place(page, begins(page, "2020-11-20")))
    page.mouse.down()
    assert day(page) == "2020-11-20"
    steps = page.evaluate(
        "() => { window.seen = new Set();"
        " geomap.on('date', ({date}) => seen.add(date)); return seen.size; }"
    )
    assert steps == 1
    page.mouse.move(*place(page, begins(page, "2020-11-25")), steps=60)
    assert page.evaluate("[...seen].sort()") == [f"2020-11-{n}" for n in range(20, 26)]
    page.mouse.move(*place(page, 1.2))
    page.mouse.up()
    assert day(page) == "2020-12-01"


def test_a_click_close_to_an_event_or_on_its_date_leads_there(visit: Callable[..., Any]) -> None:
    page = visit(EMBED, (1000, 900))
    x, y = place(page, begins(page, "2020-11-20"))
    page.mouse.click(x + 6, y)
    assert day(page) == "2020-11-20"
    page.mouse.click(x + 40, y)
    assert day(page) not in DAYS
    for word in ("b:text-is('15')", ".gm-event:text-is('Truce')"):
        page.locator(f".gm-tick {word}").click()
        assert day(page) == {"b:text-is('15')": "2020-11-15"}.get(word, "2020-11-10")


def test_keys_go_on_from_where_the_pointer_was(visit: Callable[..., Any]) -> None:
    page = visit(EMBED, (800, 900))
    page.mouse.click(*place(page, begins(page, "2020-11-20")))
    page.keyboard.press("ArrowRight")
    assert day(page) == "2020-11-21"
    page.keyboard.press("Home")
    assert day(page) == "2020-09-27"
    slider = page.get_by_role("slider", name="Day shown")
    assert slider.get_attribute("aria-valuetext").startswith("27 September 2020. Aghdam: ")


def test_a_finger_that_scrolls_the_page_changes_no_day(visit: Callable[..., Any]) -> None:
    page = visit(READER, (375, 700), **PHONE)
    page.locator(".gm-chart").scroll_into_view_if_needed()
    before = page.evaluate("scrollY"), day(page)
    x, y = place(page, 0.3)
    touch = page.context.new_cdp_session(page)
    touch.send(
        "Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]}
    )
    for number in range(1, 12):
        point = {"x": x, "y": y - 15 * number}
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    until(page, "(before) => scrollY > before + 60", before[0])
    assert day(page) == before[1]
    # One that goes sideways changes the day and nothing else.
    page.locator(".gm-chart").scroll_into_view_if_needed()
    settled(page, "scrollY")
    scrolled = page.evaluate("scrollY")
    x, y = place(page, 0.3)
    touch.send(
        "Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]}
    )
    for number in range(1, 12):
        point = {"x": x + 8 * number, "y": y}
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    until(page, "(before) => geomap.state.date !== before", before[1])
    assert page.evaluate("scrollY") == scrolled


DAYS_OF_MANY_KINDS = (
    "2020-09-27",
    "2020-10-20",
    "2020-11-12",
    "2020-11-17",
    "2020-11-22",
    "2020-12-01",
)
PLACES = """() => [".gm-chart", ".gm-stage", ".gm-time", ".gm-credit"].map((name) =>
  document.querySelector(name).getBoundingClientRect().top)"""


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    ("path", "sizes"),
    [(READER, ((1280, 900), (375, 800))), (EMBED, ((640, 520), (375, 560)))],
    ids=["reader", "embed"],
)
def test_nothing_moves_while_the_day_changes(
    visit: Callable[..., Any], path: str, sizes: Sequence[tuple[int, int]], lang: str
) -> None:
    page = visit(f"{path}?lang={lang}", sizes[0])
    for width, height in sizes:
        page.set_viewport_size({"width": width, "height": height})
        map_settled(page)
        first = page.evaluate(PLACES)
        for iso in DAYS_OF_MANY_KINDS:
            page.evaluate("(iso) => geomap.setDate(iso, {final: false})", iso)
            map_settled(page)
            assert page.evaluate(PLACES) == pytest.approx(first, abs=0.6), (width, iso)


def test_with_the_slider_alone_the_chart_has_no_buttons(visit: Callable[..., Any]) -> None:
    page = visit(f"{EMBED}?controls=slider", (640, 520))
    assert page.locator(".gm-buttons:visible").count() == 0
    assert page.locator(".gm-lane:visible").count() == 4


def test_targets_are_large_enough_for_fingers(visit: Callable[..., Any]) -> None:
    page = visit(READER, (375, 800), **PHONE)
    reach = """(name) => {
      const box = document.querySelector(name).getBoundingClientRect();
      const x = box.left + box.width / 2, y = box.top + box.height / 2;
      let far = 0;
      while (document.elementFromPoint(x, y + far)?.closest(name)) far += 1;
      return far * 2;
    }"""
    page.locator(".gm-buttons").scroll_into_view_if_needed()
    page.mouse.wheel(0, 200)
    page.wait_for_timeout(100)
    assert page.evaluate(reach, ".gm-play") >= 42
    assert page.evaluate(reach, ".gm-next") >= 42
