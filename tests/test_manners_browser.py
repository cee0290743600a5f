"""What the pages never do: keep anything, ask anyone else, trap the page around them."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from browser import Visit, map_settled, until
from newsroom import Newsroom, newsroom, snippets
from pypdf import PdfReader
from test_widget_browser import touch

pytestmark = pytest.mark.browser

ID = "handover-2020"
READER, EMBED = f"/{ID}/", f"/{ID}/embed"

KEPT = """async () => ({
  cookie: document.cookie,
  local: localStorage.length,
  session: sessionStorage.length,
  databases: (await indexedDB.databases()).length,
  caches: (await caches.keys()).length,
  workers: (await navigator.serviceWorker.getRegistrations()).length,
})"""


@pytest.fixture
def visit(chromium: Any, live_server: str) -> Iterator[Callable[..., Visit]]:
    visits: list[Visit] = []

    def _visit(path: str, size: tuple[int, int] = (1280, 900), **options: Any) -> Visit:
        viewport = {"width": size[0], "height": size[1]}
        found = Visit(chromium, live_server, viewport=viewport, **options)
        visits.append(found)
        found.page.goto(path)
        found.page.locator("html.gm-ready").wait_for()
        return found

    yield _visit
    for found in visits:
        found.close()


@pytest.fixture
def site() -> Iterator[Newsroom]:
    with newsroom() as found:
        yield found


def use_everything(page: Any) -> None:
    page.get_by_role("slider").first.press("Home")
    page.get_by_role("button", name="Next event").first.click()
    page.get_by_role("button", name="Zoom in").first.click()
    page.locator(".gm-region").first.press("Enter")
    page.keyboard.press("Escape")
    for tab in page.locator(".tabs a").all():
        tab.click()
    page.wait_for_timeout(300)


@pytest.mark.parametrize("path", [READER, EMBED])
def test_nothing_is_kept_and_nobody_else_is_asked(visit: Callable[..., Visit], path: str) -> None:
    found = visit(path)
    use_everything(found.page)
    kept = found.page.evaluate(KEPT)
    assert not any(kept.values()), kept
    assert found.context.cookies() == []
    assert found.context.storage_state() == {"cookies": [], "origins": []}
    assert found.foreign == []


def test_no_source_learns_which_page_led_to_it(
    visit: Callable[..., Visit], live_server: str
) -> None:
    """Links lead to their sources without a referrer; the sites are stood in for here."""
    found = visit(READER)
    seen: list[tuple[str, dict[str, str]]] = []

    def answer(route: Any) -> None:
        if route.request.url.startswith(live_server):
            return route.continue_()
        seen.append((route.request.url, route.request.headers))
        return route.fulfill(body="<title>A source</title>", content_type="text/html")

    found.context.route("**/*", answer)
    links = found.page.locator("main a[href^=http]").all()
    foreign = [a for a in links if not a.get_attribute("href").startswith(live_server)]
    assert foreign
    for link in foreign:
        rel = link.get_attribute("rel").split()
        assert {"noopener", "noreferrer"} <= set(rel)
    shown = next(link for link in foreign if link.is_visible())
    target = shown.get_attribute("href")
    shown.click()
    found.page.wait_for_url(target)
    assert seen[0][0] == target
    assert [headers for _, headers in seen if "referer" in headers] == []
    found.requests[:] = [url for url in found.requests if url.startswith(live_server)]


def test_the_map_learns_nothing_of_the_page_around_it_but_its_site(
    chromium: Any, site: Newsroom, app: Any, live_server: str
) -> None:
    """What the snippet's frame asks for carries no path of the newsroom's page."""
    headers = {"Host": live_server.removeprefix("http://")}
    given = snippets(app.test_client().get(READER, headers=headers).text)
    address = site.publish(given["iframe"])
    context = chromium.new_context()
    referrers = []
    context.on(
        "request",
        lambda r: (
            r.url.startswith(live_server) and referrers.append(r.all_headers().get("referer"))
        ),
    )
    page = context.new_page()
    page.goto(f"{address}?secret=1")
    frame = page.frame_locator("iframe")
    frame.locator("html.gm-ready").wait_for(state="attached")
    context.close()
    assert len(referrers) > 3
    assert {r for r in referrers if r and "secret" in r} == set()
    # Within the embed nothing is passed on at all.
    assert set(referrers[1:]) == {None}


TALL = "<style>body{margin:0;height:4000px}iframe{display:block;margin-top:80px}</style>"


@pytest.fixture
def story(site: Newsroom, app: Any, live_server: str) -> str:
    """The address of a long page of another site with the map in it."""
    headers = {"Host": live_server.removeprefix("http://")}
    given = snippets(app.test_client().get(READER, headers=headers).text)
    return site.publish(given["iframe"], TALL)


def opened(chromium: Any, address: str, **options: Any) -> Any:
    page = chromium.new_context(**options).new_page()
    page.goto(address)
    page.frame_locator("iframe").locator("html.gm-ready").wait_for(state="attached")
    map_settled(page.frames[1])
    return page


def test_the_wheel_over_an_embedded_map_scrolls_the_page(chromium: Any, story: str) -> None:
    page = opened(chromium, story, viewport={"width": 800, "height": 700})
    width = "document.querySelector('.gm-region').getBoundingClientRect().width"
    before = page.frames[1].evaluate(width)
    page.mouse.move(400, 300)
    for _ in range(5):
        page.mouse.wheel(0, 200)
        page.wait_for_timeout(50)
    until(page, "scrollY > 900")
    assert page.frames[1].evaluate(width) == before
    page.context.close()


def test_one_finger_on_an_embedded_map_scrolls_the_page(chromium: Any, story: str) -> None:
    size = {"width": 375, "height": 700}
    page = opened(chromium, story, viewport=size, has_touch=True, is_mobile=True)
    label = "document.querySelector('.gm-name-region').getBoundingClientRect().x"
    before = page.frames[1].evaluate(label)
    touch(page, [(180, 250)], [(0, -200)])
    until(page, "scrollY > 100")
    assert page.frames[1].evaluate(label) == before
    page.context.close()


def test_an_embed_leaves_the_history_of_the_page_alone(chromium: Any, story: str) -> None:
    page = opened(chromium, story)
    before = page.evaluate("history.length")
    frame = page.frame_locator("iframe")
    for _ in range(3):
        frame.get_by_role("button", name="Previous event").click()
    page.wait_for_timeout(200)
    assert page.evaluate("history.length") == before
    page.context.close()


def test_back_and_forward_lead_through_the_days(visit: Callable[..., Visit]) -> None:
    page = visit(f"{READER}?date=2020-11-25&lang=en").page

    def shown() -> tuple[str, str, str]:
        return (
            page.locator(".gm-date").text_content(),
            page.locator("#status-title").text_content().removeprefix("Status on "),
            page.title().rpartition(" · ")[2],
        )

    page.get_by_role("button", name="Previous event").first.click()
    assert shown() == ("20 November 2020",) * 3
    assert "date=2020-11-20" in page.url
    link = page.locator(".downloads a").first
    assert "date=2020-11-20" in link.get_attribute("href")
    page.go_back()
    assert shown() == ("25 November 2020",) * 3
    assert "date=2020-11-25" in link.get_attribute("href")
    page.go_forward()
    assert shown() == ("20 November 2020",) * 3
    page.reload()
    page.locator("html.gm-ready").wait_for()
    assert shown() == ("20 November 2020",) * 3


@pytest.mark.parametrize("path", [READER, EMBED])
def test_three_hundred_pixels_are_enough(visit: Callable[..., Visit], path: str) -> None:
    # In a frame lower than this the time control is a thin bar without steps.
    page = visit(path, (300, 500), has_touch=True, is_mobile=True).page
    map_settled(page)
    assert page.evaluate("document.documentElement.scrollWidth") == 300
    stage = page.locator(".gm-stage").bounding_box()
    for region in page.locator(".gm-region").all():
        box = region.bounding_box()
        assert box["width"] > 20
        assert box["y"] >= stage["y"]
        assert box["y"] + box["height"] <= stage["y"] + stage["height"]
    for name in ("Play", "Next event", "Zoom in"):
        button = page.get_by_role("button", name=name).first
        size = button.bounding_box()
        assert min(size["width"], size["height"]) >= 24
    page.get_by_role("button", name="Previous event").first.tap()
    assert page.locator(".gm-date").text_content() == "25 November 2020"
    page.locator(".gm-region").first.press("Enter")
    card = page.get_by_role("dialog").bounding_box()
    assert card["x"] >= 0
    assert card["x"] + card["width"] <= 300


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("path", "most"), [(READER, 1), (EMBED, 1)])
def test_printing_gives_a_clean_page(
    visit: Callable[..., Visit], path: str, most: int, theme: str
) -> None:
    page = visit(f"{path}?date=2020-11-20", color_scheme=theme).page
    data = page.pdf(format="A4", print_background=True)
    sheets = PdfReader(io.BytesIO(data)).pages
    assert 1 <= len(sheets) <= most
    page.emulate_media(media="print")
    for name in (".languages", ".tabs", ".tab", ".gm-buttons", ".gm-zoom", ".skip"):
        for node in page.locator(name).all():
            assert not node.is_visible(), name
    assert page.locator(".gm-stage").is_visible()
    assert page.locator(".gm-lane").count() == 4
    assert page.locator(".gm-date").text_content() == "20 November 2020"
    # Dark ink on white paper, whatever the screen's theme.
    until(page, "!document.documentElement.classList.contains('gm-dark')")
    ink = page.locator("body").evaluate("n => getComputedStyle(n).backgroundColor")
    assert ink in ("rgb(255, 255, 255)", "rgba(0, 0, 0, 0)")
    if path == READER:
        assert page.locator("#status").is_visible()
    text = " ".join(sheet.extract_text() for sheet in sheets)
    assert "20 November 2020" in " ".join(text.split())
