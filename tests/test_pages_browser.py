"""The reader's page and the embed in Chromium: the right answer for each day, however it is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from browser import Visit, serving, until

pytestmark = pytest.mark.browser

ID = "handover-2020"
HELD_AGHDAM = "Held by Armenian forces since 23 July 1993."
HELD_KALBAJAR = "Held by Armenian forces since 3 April 1993."
HELD_LACHIN = "Held by Armenian forces since 18 May 1992."
AGHDAM_DUE = f"Due to be handed over to Azerbaijan by 20 November. {HELD_AGHDAM}"
AGHDAM = "Handed over to Azerbaijan on 20 November."
FIRST = "It was first due on 15 November."
LATER = f"Due to be handed over to Azerbaijan on 25 November. {HELD_KALBAJAR} {FIRST}"
KALBAJAR = f"Handed over to Azerbaijan on 25 November. {FIRST}"
CORRIDOR = (
    "Perhaps divided: a part of it came to be held by Russian peacekeepers between 10 November and"
    " 1 December."
)
LACHIN_DUE = f"Due to be handed over to Azerbaijan by 1 December. {HELD_LACHIN} {CORRIDOR}"
SINCE_FIGHTING = (
    "Divided: a part of it has been held by Azerbaijan since a day between 27 September and 10"
    " November."
)
WITHIN = (
    "AP, 30 Nov 2020, ¶12: it is situated inside Azerbaijan; since the end of the separatist war"
    " there in 1994 it has been controlled by ethnic Armenian forces that Armenia backs. The article"
    " does not say where the line ran after the fighting of 2020."
)
PART = f"{SINCE_FIGHTING} The rest has been held by Armenian forces since 1994. {WITHIN}"
DIVIDED = "Nagorno-Karabakh is divided: a part is held by Azerbaijan, the rest by Armenian forces."
AGHDAM_DUE_IN_SHORT = "Aghdam is due to be handed over to Azerbaijan by 20 November."
KALBAJAR_DUE_IN_SHORT = "Kalbajar is due to be handed over to Azerbaijan on 25 November."
LACHIN_DUE_IN_SHORT = "Lachin is due to be handed over to Azerbaijan by 1 December."
# The worked example: day, headline after the day, sentences of Aghdam, Kalbajar, Lachin and
# Nagorno-Karabakh.
DAYS = {
    "2020-11-12": (
        "12 November 2020",
        f"{AGHDAM_DUE_IN_SHORT} Kalbajar is due to be handed over to Azerbaijan on 15 November."
        f" {LACHIN_DUE_IN_SHORT} {DIVIDED}",
        AGHDAM_DUE,
        f"Due to be handed over to Azerbaijan on 15 November. {HELD_KALBAJAR}",
        LACHIN_DUE,
        PART,
    ),
    "2020-11-16": (
        "16 November 2020",
        f"{AGHDAM_DUE_IN_SHORT} {KALBAJAR_DUE_IN_SHORT} {LACHIN_DUE_IN_SHORT} {DIVIDED}",
        AGHDAM_DUE,
        LATER,
        LACHIN_DUE,
        PART,
    ),
    "2020-11-24": (
        "24 November 2020",
        "Aghdam has been handed over to Azerbaijan."
        f" {KALBAJAR_DUE_IN_SHORT} {LACHIN_DUE_IN_SHORT} {DIVIDED}",
        AGHDAM,
        LATER,
        LACHIN_DUE,
        PART,
    ),
    "2020-11-25": (
        "25 November 2020",
        f"Aghdam and Kalbajar have been handed over to Azerbaijan. {LACHIN_DUE_IN_SHORT} {DIVIDED}",
        AGHDAM,
        KALBAJAR,
        LACHIN_DUE,
        PART,
    ),
    "2020-12-01": (
        "1 December 2020",
        "Aghdam and Kalbajar have been handed over to Azerbaijan. Lachin has been handed over to"
        f" Azerbaijan, but for a part held by Russian peacekeepers. {DIVIDED}",
        AGHDAM,
        KALBAJAR,
        "Handed over to Azerbaijan on 1 December. Divided: a part of it has been held by Russian"
        " peacekeepers since a day between 10 November and 1 December.",
        PART,
    ),
}
DAYS["2020-11-30"] = ("30 November 2020", *DAYS["2020-11-25"][1:])
REST_UNKNOWN = (
    f"Not known but for a part: none of the sources shown says who holds the rest. {SINCE_FIGHTING}"
)
TRUCE = "Held by Armenian forces since 10 November at the latest."
ALONE = "sources=ap-2020-11-30"
VIEWS = {
    "date=2020-11-30&known=2020-11-20": (
        "30 November 2020",
        f"Aghdam has been handed over to Azerbaijan. {LACHIN_DUE_IN_SHORT} Kalbajar was due to be"
        " handed over to Azerbaijan on 25 November; none of the sources shown says whether it"
        " happened. A part of Nagorno-Karabakh is held by Azerbaijan; none of the sources shown"
        " says who holds the rest.",
        AGHDAM,
        "Was due to be handed over to Azerbaijan on 25 November; none of the sources shown says"
        f" whether it happened. {TRUCE} {FIRST}",
        f"Due to be handed over to Azerbaijan by 1 December. {TRUCE} {CORRIDOR}",
        REST_UNKNOWN,
    ),
    f"date=2020-11-30&{ALONE}": (
        "30 November 2020",
        "Aghdam and Kalbajar have been handed over to Azerbaijan. Lachin is due to be handed over"
        " to Azerbaijan; no date is stated. Nagorno-Karabakh is held by Armenian forces.",
        "Handed over to Azerbaijan between about 8 November and 25 November.",
        f"Handed over to Azerbaijan between 15 November and 25 November. {FIRST}",
        "Due to be handed over to Azerbaijan; no date stated. Held by Armenian forces since about 8"
        " November at the latest.",
        f"Held by Armenian forces since 1994. {WITHIN}",
    ),
    f"date=2020-11-12&{ALONE}": (
        "12 November 2020",
        "it is not clear whether Aghdam has passed to Azerbaijan. Kalbajar, Lachin and"
        " Nagorno-Karabakh are held by Armenian forces.",
        "Not clear on this date: it was handed over to Azerbaijan between about 8 November and 25"
        " November. Before that it was held by Armenian forces.",
        "Held by Armenian forces since the early 1990s.",
        "Held by Armenian forces since about 8 November at the latest.",
        f"Held by Armenian forces since 1994. {WITHIN}",
    ),
}
PHONE = {"has_touch": True, "is_mobile": True}


@pytest.fixture
def visit(chromium: Any, live_server: str) -> Iterator[Callable[..., Any]]:
    """A function that opens a page of the real service in a context of its own."""
    visits = []

    def start(path: str = "/", size: tuple[int, int] = (1280, 900), **options: Any) -> Any:
        viewport = {"width": size[0], "height": size[1]}
        visits.append(Visit(chromium, live_server, viewport=viewport, **options))
        page = visits[-1].page
        page.goto(path)
        if options.get("java_script_enabled", True):
            page.wait_for_selector("html.gm-ready")
        return page

    yield start
    for one in visits:
        one.close()


def shown(page: Any) -> tuple[str, ...]:
    """Return the day on the map, the headline after its day, and the sentence of each card."""
    day = page.locator(".gm-date").text_content()
    headline = page.locator("#headline").text_content()
    assert headline.startswith(f"As of {day}, ")
    assert page.locator("#status-title").text_content() == f"Status on {day}"
    cards = [
        " ".join(card.locator(".card-sentence").all_text_contents())
        for card in page.locator(".card").all()
    ]
    return day, headline.removeprefix(f"As of {day}, "), *cards


def day(page: Any) -> str:
    return page.evaluate("geomap.state.date")


@pytest.mark.parametrize("query", [*(f"date={day}" for day in DAYS), *VIEWS])
def test_an_address_shows_the_right_answer(visit: Callable[..., Any], query: str) -> None:
    page = visit(f"/{ID}/?{query}")
    expected = VIEWS[query] if query in VIEWS else DAYS[query.partition("=")[2]]
    assert shown(page) == expected
    assert page.title().endswith(f" · {expected[0]}")


def test_the_slider_shows_the_right_answer_for_each_day(visit: Callable[..., Any]) -> None:
    page = visit("/?date=2020-11-12")
    slider = page.get_by_role("slider")
    slider.focus()
    for iso, expected in sorted(DAYS.items()):
        for _ in range((date.fromisoformat(iso) - date.fromisoformat(day(page))).days):
            page.keyboard.press("ArrowRight")
        assert day(page) == iso
        assert shown(page) == expected
    until(page, "location.search === '?date=2020-12-01'")
    page.keyboard.press("Home")
    assert shown(page)[:2] == (
        "27 September 2020",
        "Aghdam, Kalbajar and Lachin are held by Armenian forces. Nagorno-Karabakh is held by"
        " Armenian forces, perhaps but for a part held by Azerbaijan.",
    )


def test_the_slider_by_mouse_moves_everything_and_the_address_follows(
    visit: Callable[..., Any],
) -> None:
    page = visit(f"/{ID}/?known=2020-11-30&sources=ap-2020-11-30&date=2020-11-30")
    box = page.locator(".gm-slider").bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] - 14, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, middle, steps=8)
    halfway = shown(page)
    assert halfway[0] not in ("30 November 2020", "27 September 2020")
    page.mouse.move(box["x"] + 8, middle, steps=8)
    page.mouse.up()
    until(page, "location.search.endsWith('date=2020-09-27')")
    query = parse_qs(urlsplit(page.url).query)
    assert query["known"] == ["2020-11-30"]
    assert query["sources"] == ["ap-2020-11-30"]
    assert shown(page)[0] == "27 September 2020"
    assert page.title().endswith(" · 27 September 2020")


def test_the_slider_by_touch(visit: Callable[..., Any]) -> None:
    page = visit("/", (375, 800), **PHONE)
    box = page.locator(".gm-slider").bounding_box()
    page.locator(".gm-slider").scroll_into_view_if_needed()
    box = page.locator(".gm-slider").bounding_box()
    page.touchscreen.tap(box["x"] + 8, box["y"] + box["height"] / 2)
    until(page, "geomap.state.date === '2020-09-27'")
    assert shown(page)[0] == "27 September 2020"
    until(page, "location.search === '?date=2020-09-27'")


def test_back_and_forward_bring_the_whole_page_back(visit: Callable[..., Any]) -> None:
    page = visit("/?date=2020-11-30")
    for _ in range(2):
        page.get_by_role("button", name="Previous event").click()
    assert shown(page)[0] == "20 November 2020"
    page.go_back()
    assert shown(page) == DAYS["2020-11-25"]
    assert page.title().endswith(" · 25 November 2020")
    page.go_back()
    assert shown(page) == DAYS["2020-11-30"]
    page.go_forward()
    assert shown(page) == DAYS["2020-11-25"]
    page.reload()
    page.wait_for_selector("html.gm-ready")
    assert shown(page) == DAYS["2020-11-25"]


def test_links_lead_to_the_day_shown(visit: Callable[..., Any]) -> None:
    page = visit("/?date=2020-11-30")
    page.get_by_role("slider").press("End")
    until(page, "document.title.endsWith('1 December 2020')")
    addresses = page.evaluate(
        "[...document.querySelectorAll('#download a, .languages a')].map((a) => a.href)"
    )
    assert addresses
    regions = [url for url in addresses if "/regions." in url or "lang=" in url]
    assert all("date=2020-12-01" in url for url in regions)
    answer = page.request.get(next(url for url in regions if "geojson" in url)).json()
    statuses = {f["properties"]["id"]: f["properties"] for f in answer["features"]}
    assert statuses["lachin"]["control_status"] == "handed_over"
    assert page.locator('.evidence input[name="date"]').input_value() == "2020-12-01"


def test_the_embed_code_shows_the_day_shown(visit: Callable[..., Any]) -> None:
    page = visit("/?date=2020-11-30")
    page.get_by_role("slider").press("Home")
    page.get_by_role("tab", name="Embed").click()
    until(page, "document.querySelector('#embed textarea').value.includes('2020-09-27')")


def test_a_card_opens_its_region_on_the_map(visit: Callable[..., Any]) -> None:
    page = visit("/")
    page.get_by_role("button", name="Kalbajar", exact=True).first.click()
    card = page.locator(".gm-card")
    assert card.is_visible()
    assert card.get_by_role("heading").first.text_content() == "Kalbajar"
    words = card.text_content()
    for text in ("Kelbajar", "15 November 2020", "25 November 2020", "Truce text", "clause 6"):
        assert text in words
    page.keyboard.press("Escape")
    assert card.is_hidden()


def test_tabs_by_keyboard(visit: Callable[..., Any]) -> None:
    page = visit("/")
    names = [tab.text_content() for tab in page.get_by_role("tab").all()]
    assert names == ["Timeline", "Sources", "Embed", "Download", "About the data"]

    def open_panels() -> list[str]:
        return page.evaluate(
            "[...document.querySelectorAll('[role=tabpanel]')]"
            ".filter((panel) => panel.checkVisibility()).map((panel) => panel.id)"
        )

    assert open_panels() == ["timeline"]
    page.get_by_role("tab", name="Timeline").focus()
    for expected in ("sources", "embed", "download", "about", "timeline"):
        page.keyboard.press("ArrowRight")
        assert open_panels() == [expected]
        assert page.evaluate("document.activeElement.getAttribute('aria-selected')") == "true"
    page.keyboard.press("ArrowLeft")
    assert open_panels() == ["about"]
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('role')") != "tab"


def test_an_address_may_name_a_tab(visit: Callable[..., Any]) -> None:
    page = visit("/#sources")
    assert page.get_by_role("tab", name="Sources").get_attribute("aria-selected") == "true"
    assert page.locator("#sources").is_visible()


def test_the_sources_form_asks_for_the_chosen_ones(visit: Callable[..., Any]) -> None:
    page = visit("/?date=2020-11-12#sources")
    boxes = page.locator('#sources input[name="sources"]')
    for number in range(1, boxes.count()):
        boxes.nth(number).uncheck()
    page.get_by_role("button", name="Show with the chosen sources").click()
    page.wait_for_selector("html.gm-ready")
    assert shown(page) == VIEWS[f"date=2020-11-12&{ALONE}"]
    assert "Using only: AP, 30 Nov 2020" in page.locator(".restricted").text_content()
    page.locator(".restricted a").click()
    page.wait_for_selector("html.gm-ready")
    assert shown(page) == DAYS["2020-11-12"]


@pytest.mark.parametrize("path", ["/", f"/{ID}/embed"])
def test_without_scripts_picture_and_facts_are_there(visit: Callable[..., Any], path: str) -> None:
    page = visit(f"{path}?date=2020-11-20", java_script_enabled=False)
    words = page.locator("body").inner_text()
    assert "Handed over to Azerbaijan on 20 November" in words
    assert "20 November 2020" in words
    facts = page.locator("noscript .facts tbody tr:has(th), .card")
    assert facts.count() == 4
    for name, fact in zip(("Aghdam", "Kalbajar", "Lachin", "Nagorno"), facts.all(), strict=True):
        assert fact.is_visible()
        assert name in fact.inner_text()
    assert "Due to be handed over to Azerbaijan on 25 November." in facts.nth(1).inner_text()
    assert page.locator("figure.gm").first.bounding_box() is None  # it takes no room either
    picture = page.locator("noscript img")
    assert picture.is_visible()
    assert picture.evaluate("node => node.complete && node.naturalWidth") > 250
    assert "Aghdam has been handed over" in picture.get_attribute("alt")


@pytest.mark.parametrize("path", ["/", f"/{ID}/embed"])
def test_without_scripts_the_form_changes_the_day(visit: Callable[..., Any], path: str) -> None:
    page = visit(f"{path}?date=2020-11-20&known=2020-11-30", java_script_enabled=False)
    form = page.locator(".day-form")
    assert form.is_visible()
    form.locator('input[name="date"]').fill("2020-11-12")
    form.get_by_role("button").click()
    page.wait_for_url("**date=2020-11-12**")
    assert "known=2020-11-30" in page.url
    words = page.locator("body").inner_text()
    assert "Status on 12 November 2020" in words
    assert "Due to be handed over to Azerbaijan by 20 November" in words


@pytest.mark.parametrize("path", [f"/{ID}/", f"/{ID}/embed"])
@pytest.mark.parametrize("width", [1280, 375, 300])
def test_the_page_never_scrolls_sideways(visit: Callable[..., Any], path: str, width: int) -> None:
    page = visit(path, (width, 800), **(PHONE if width < 500 else {}))
    tabs = page.get_by_role("tab").all()
    for tab in tabs or [None]:
        if tab:
            tab.click()
        widest = page.evaluate(
            "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
        )
        assert widest == [width, width], tab and tab.text_content()


@pytest.mark.parametrize("width", [375, 300])
def test_without_scripts_the_page_never_scrolls_sideways(
    visit: Callable[..., Any], width: int
) -> None:
    for path in (f"/{ID}/", f"/{ID}/embed"):
        page = visit(path, (width, 800), java_script_enabled=False, **PHONE)
        root = page.locator("html")
        assert root.evaluate("node => node.scrollWidth") == width


@pytest.mark.parametrize("width", [640, 375, 300])
def test_no_name_is_broken_within_a_word(visit: Callable[..., Any], width: int) -> None:
    page = visit(f"/{ID}/embed", (width, 800), java_script_enabled=False)
    for name in page.locator("noscript .facts tbody th").all():
        lines = name.evaluate(
            """node => {
              const range = document.createRange();
              range.selectNodeContents(node);
              return range.getClientRects().length;
            }"""
        )
        assert lines <= name.inner_text().count("-") + 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_whole_session_is_without_faults_and_without_strangers(
    visit: Callable[..., Any], scheme: str
) -> None:
    # `visit` fails on any console error or warning and on any request to another host.
    page = visit("/?date=2020-10-01", color_scheme=scheme)
    page.get_by_role("button", name="Play").click()
    until(page, "geomap.state.date > '2020-10-02'")
    page.get_by_role("button", name="Pause").click()
    for region in page.locator(".gm-region").all():
        region.focus()
        page.keyboard.press("Enter")
        page.keyboard.press("Escape")
    page.get_by_role("button", name="Zoom in").click()
    page.get_by_role("button", name="Zoom out").click()
    for tab in page.get_by_role("tab").all():
        tab.click()
    page.emulate_media(media="print")
    page.emulate_media(media="screen")
    page.set_viewport_size({"width": 375, "height": 800})
    page.goto(f"/{ID}/embed?theme={scheme}")
    page.wait_for_selector("html.gm-ready")
    page.get_by_role("button", name="Previous event").click()


def test_the_embed_leads_to_the_full_map(visit: Callable[..., Any]) -> None:
    page = visit(f"/{ID}/embed?date=2020-11-20&known=2020-11-30", (640, 520))
    assert page.locator(".gm-date").text_content() == "20 November 2020"
    link = page.get_by_role("link", name="Full map, data and sources")
    asked = urlsplit(link.get_attribute("href"))
    assert asked.path == f"/{ID}/"
    assert parse_qs(asked.query) == {"date": ["2020-11-20"], "known": ["2020-11-30"]}


def test_only_the_embed_works_in_somebody_elses_page(chromium: Any, live_server: str) -> None:
    def elsewhere(environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [("Content-Type", "text/html")])
        path = f"/{ID}{environ['PATH_INFO']}"
        return [f'<iframe src="{live_server}{path}" width="640" height="520"></iframe>'.encode()]

    with serving(elsewhere) as news:
        one = Visit(chromium, live_server, viewport={"width": 800, "height": 700})
        one.page.goto(f"{news}/embed")
        inside = one.page.frame_locator("iframe")
        inside.get_by_role("slider").press("Home")
        assert inside.locator(".gm-date").text_content() == "27 September 2020"
        assert [url for url in one.foreign if not url.startswith(news)] == []
        assert one.faults == []
        one.page.goto(f"{news}/")
        for _ in range(100):
            if not one.faults:
                one.page.wait_for_timeout(50)
        assert "frame-ancestors" in "".join(one.faults)
        one.context.close()


@pytest.mark.parametrize("width", [375, 1280])
def test_nothing_jumps_when_a_slow_script_draws_the_map(visit, width):
    page = visit("/", (width, 900))
    held: list[Any] = []
    page.route("**/static/geomap.*.js", lambda route: held.append(route))
    page.goto(f"/{ID}/?date=2020-11-20", wait_until="commit")
    until(page, "document.getElementById('about') && document.styleSheets.length >= 3")
    before = page.locator("#status").bounding_box()
    assert not page.locator("figure.gm").is_visible()
    held.pop().continue_()
    page.wait_for_selector("html.gm-ready")
    after = page.locator("#status").bounding_box()
    assert page.locator("figure.gm").is_visible()
    assert abs(after["y"] - before["y"]) < 140
