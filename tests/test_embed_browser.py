"""Every snippet pasted into somebody else's page, and the builder that gives them, in Chromium."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import nh3
import pytest
from browser import Visit, map_settled, until
from newsroom import Newsroom, newsroom, snippets
from test_embed import SANITISED

from geomap.present.sizes import EMBED_HEIGHTS, SHAPES, embed_height

pytestmark = pytest.mark.browser

ID = "handover-2020"
DAY = "2020-11-20"
WORDS = "20 November 2020"
NOTHING = "default-src 'none'; img-src data:; style-src 'none'; "
STRICT = NOTHING + "script-src 'none'; frame-src {map}"
STRICT_WITH_SCRIPT = NOTHING + "script-src {map}; frame-src {map}"


@pytest.fixture
def site() -> Iterator[Newsroom]:
    with newsroom() as found:
        yield found


@pytest.fixture
def visit(chromium: Any, live_server: str, site: Newsroom) -> Iterator[Callable[..., Visit]]:
    """A function that opens a page of the newsroom; no page may ask a third party for anything."""
    visits: list[Visit] = []

    def _visit(url: str, width: int = 800, height: int = 900, **options: Any) -> Visit:
        found = Visit(chromium, live_server, viewport={"width": width, "height": height}, **options)
        visits.append(found)
        found.page.goto(url)
        return found

    yield _visit
    for found in visits:
        found.context.close()
        same = site.root.replace("localhost", "127.0.0.1")
        allowed = (f"{live_server}/", f"{site.root}/", f"{same}/", "data:")
        assert [url for url in found.requests if not url.startswith(allowed)] == []


@pytest.fixture(scope="module")
def given(app: Any, live_server: str) -> dict[str, str]:
    """What the builder gives to paste, as a visitor of the live server gets it."""
    headers = {"Host": live_server.removeprefix("http://")}
    return snippets(app.test_client().get(f"/{ID}/?date={DAY}", headers=headers).text)


def shows_the_map(page: Any, day: str = WORDS) -> Any:
    """The frame in the page shows every region, painted and in view, on the right day."""
    frame = page.frame_locator("iframe")
    frame.locator("html.gm-ready").wait_for(state="attached")
    assert frame.locator(".gm-date").text_content() == day
    box = page.locator("iframe").bounding_box()
    regions = frame.locator(".gm-region").all()
    assert len(regions) == 4
    for region in regions:
        inside = region.bounding_box()
        assert inside["width"] > 20
        assert inside["height"] > 20
        assert inside["x"] >= box["x"]
        assert inside["y"] >= box["y"]
        assert inside["x"] + inside["width"] <= box["x"] + box["width"]
        assert inside["y"] + inside["height"] <= box["y"] + box["height"]
    fills = [region.evaluate("node => getComputedStyle(node).fill") for region in regions]
    assert fills[0] == "rgb(42, 120, 181)"  # Aghdam, handed over that day
    assert all(fill.startswith("url(") for fill in fills[2:])
    table = frame.locator("#twin")
    assert day in table.locator("caption").text_content()
    return frame


def shows_picture_and_table(visit: Visit, day: str = WORDS) -> None:
    """The frame shows what a reader without scripts gets."""
    frame = visit.page.frame_locator("iframe")
    picture = frame.locator("img.static-picture")
    picture.wait_for()
    box = picture.bounding_box()
    assert box["width"] > 250
    assert box["height"] > 150
    assert picture.evaluate("async (node) => { await node.decode(); return node.naturalWidth }") > 0
    assert frame.locator("noscript caption, .static caption").text_content() == f"Status on {day}"
    assert frame.locator(".static tbody th").count() == 4
    assert not frame.locator("figure.gm").is_visible()
    assert not frame.locator("#twin").is_visible()


def height(page: Any) -> float:
    found: float = page.locator("iframe").bounding_box()["height"]
    return found


@pytest.mark.parametrize("width", [1280, 800, 640, 375, 300])
def test_plain_page(visit: Callable[..., Visit], site: Newsroom, given: Any, width: int) -> None:
    page = visit(site.publish(given["iframe"], "<style>body{margin:0}</style>"), width).page
    shows_the_map(page)
    # The shape of the snippet, within its limits: right without any script.
    assert height(page) == pytest.approx(
        min(max(width * 13 / 16, EMBED_HEIGHTS[0]), EMBED_HEIGHTS[1]), abs=1
    )
    assert page.evaluate("document.documentElement.scrollWidth") == width


def fits(page: Any, border: int = 0) -> None:
    """Wait until the frame is as high as its map asks for: the standard shape, more if it needs it."""
    frame = page.frames[1]
    for _ in range(100):
        map_settled(frame)
        width, inside, needed = frame.evaluate(
            "[innerWidth, innerHeight, document.documentElement.scrollHeight]"
        )
        least = embed_height("standard", width)
        if needed <= inside and least <= inside <= least + 60:
            assert height(page) == pytest.approx(inside + border, abs=1)
            return
    pytest.fail(f"{inside} pixels high, but {least} or {needed} are wanted")


@pytest.mark.parametrize("width", [1280, 800, 640, 375, 300])
def test_plain_page_with_script(
    visit: Callable[..., Visit], site: Newsroom, given: Any, width: int
) -> None:
    found = visit(site.publish(given["script"], "<style>body{margin:0}</style>"), width)
    page = found.page
    shows_the_map(page)
    fits(page)
    assert not found.faults
    # A narrower window: the height follows.
    page.set_viewport_size({"width": 330, "height": 900})
    fits(page)


@pytest.mark.parametrize("lang", ["en", "az", "hy", "ru"])
def test_no_language_scrolls_in_a_frame_that_fits(
    visit: Callable[..., Visit], site: Newsroom, live_server: str, lang: str
) -> None:
    address = f"{live_server}/{ID}/embed?lang={lang}"
    frame = f'<iframe data-geomap width="100%" height="100" src="{address}" frameborder="0">'
    script = f'</iframe><script src="{live_server}/embed.js" async></script>'
    page = visit(site.publish(frame + script, "<style>body{margin:0}</style>"), 327).page
    page.frame_locator("iframe").locator("html.gm-ready").wait_for(state="attached")
    fits(page)
    before = height(page)
    page.set_viewport_size({"width": 700, "height": 900})
    fits(page)
    page.set_viewport_size({"width": 327, "height": 900})
    fits(page)
    assert height(page) == before


def test_a_script_that_comes_late_still_learns_the_height(
    visit: Callable[..., Visit], site: Newsroom, given: Any
) -> None:
    frame, _, script = given["script"].partition("\n")
    source = script.partition('src="')[2].partition('"')[0]
    page = visit(site.publish(frame)).page
    shows_the_map(page)
    map_settled(page.frames[1])
    page.evaluate(
        "(src) => document.body.append(Object.assign(document.createElement('script'), {src}))",
        source,
    )
    fits(page)


def test_messages_of_others_change_nothing(
    visit: Callable[..., Visit], site: Newsroom, given: Any
) -> None:
    say = "parent.postMessage({type:'geomap:height',height:777},'*')"
    stranger = f'<iframe id="stranger" srcdoc="<script>{say}</script>"></iframe>'
    page = visit(site.publish(given["script"] + stranger)).page
    until(page, "document.querySelector('iframe[data-geomap]').style.height !== ''")
    map_settled(page.frames[1])
    map_height = "document.querySelector('iframe[data-geomap]').getBoundingClientRect().height"
    before = page.evaluate(map_height)
    page.evaluate("postMessage({type: 'geomap:height', height: 777}, '*')")  # from the page itself
    page.frames[-1].evaluate(say)
    page.wait_for_timeout(200)
    assert page.evaluate(map_height) == before != 777
    assert page.evaluate("document.getElementById('stranger').style.height") == ""


def test_the_map_answers_nobody_but_the_page_around_it(
    visit: Callable[..., Visit], site: Newsroom, given: Any
) -> None:
    stranger = '<iframe id="stranger" srcdoc="<p>other"></iframe>'
    head = (
        "<script>const said = []; addEventListener('message', (e) => said.push(e.data));</script>"
    )
    page = visit(site.publish(head + given["iframe"] + stranger)).page
    until(page, "said.length > 0")
    map_settled(page.frames[1])
    before = page.evaluate("said.length")
    page.frames[-1].evaluate("parent.frames[0].postMessage({type: 'geomap:ask'}, '*')")
    page.wait_for_timeout(300)
    assert page.evaluate("said.length") == before
    page.evaluate("frames[0].postMessage({type: 'geomap:ask'}, '*')")
    until(page, "(before) => said.length === before + 1", before)


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("{type: 'geomap:height', height: 1e9}", 1000),
        ("{type: 'geomap:height', height: -5}", 200),
        ("{type: 'geomap:height', height: 431.6}", 432),
        ("{type: 'geomap:height', height: NaN}", None),
        ("{type: 'geomap:height', height: Infinity}", None),
        ("{type: 'geomap:height', height: '600px;background:url(//evil.example)'}", None),
        ("{type: 'geomap:height', height: {valueOf: 1}}", None),
        ("{type: 'geomap:height'}", None),
        ("{type: 'other', height: 600}", None),
        ("'geomap:height'", None),
        ("null", None),
    ],
)
def test_absurd_heights_are_held_within_bounds_or_ignored(
    visit: Callable[..., Visit],
    site: Newsroom,
    live_server: str,
    message: str,
    expected: int | None,
) -> None:
    page = visit(
        site.publish(
            f'<iframe data-geomap srcdoc="<p>map"></iframe><script src="{live_server}/embed.js">'
            "</script>"
        )
    ).page
    page.frames[1].evaluate(f"() => parent.postMessage({message}, '*')")
    page.wait_for_timeout(100)
    style = page.evaluate("document.querySelector('iframe').style.height")
    assert style == (f"{expected}px" if expected else "")


def test_a_page_under_a_strict_policy_of_its_own(
    visit: Callable[..., Visit], site: Newsroom, given: Any, live_server: str
) -> None:
    policy = STRICT.format(map=live_server)
    found = visit(site.publish(given["iframe"], Content_Security_Policy=policy))
    shows_the_map(found.page)
    assert height(found.page) == pytest.approx(520, abs=5)  # the attribute, styles being forbidden
    # What the newsroom's own policy forbids is the snippet's style attribute, and nothing else.
    assert [fault for fault in found.faults if "inline style" not in fault.lower()] == []


def test_a_strict_policy_that_lets_our_script_in(
    visit: Callable[..., Visit], site: Newsroom, given: Any, live_server: str
) -> None:
    policy = STRICT_WITH_SCRIPT.format(map=live_server)
    found = visit(site.publish(given["script"], Content_Security_Policy=policy))
    shows_the_map(found.page)
    # Where styles are forbidden the frame keeps the browser's border of two pixels.
    fits(found.page, border=4)


def sandboxed(snippet: str, rights: str) -> str:
    return snippet.replace("<iframe ", f'<iframe sandbox="{rights}" ')


@pytest.mark.parametrize("kind", ["iframe", "script"])
@pytest.mark.parametrize("rights", ["allow-scripts", "allow-scripts allow-same-origin"])
def test_sandbox_with_scripts(
    visit: Callable[..., Visit], site: Newsroom, given: Any, kind: str, rights: str
) -> None:
    found = visit(site.publish(sandboxed(given[kind], rights)))
    frame = shows_the_map(found.page)
    frame.get_by_role("button", name="Next event").click()
    assert frame.locator(".gm-date").text_content() == "25 November 2020"
    if kind == "script":
        until(found.page, "document.querySelector('iframe').style.height !== ''")
    assert not found.faults


@pytest.mark.parametrize("width", [800, 300])
def test_sandbox_without_scripts(
    visit: Callable[..., Visit], site: Newsroom, given: Any, width: int
) -> None:
    found = visit(site.publish(sandboxed(given["iframe"], "")), width)
    shows_picture_and_table(found)


def test_a_browser_without_scripts(visit: Callable[..., Visit], site: Newsroom, given: Any) -> None:
    # Playwright turns scripts off in a frame of another process only after it has begun to load,
    # so the two sites share one here: same host, other port.
    address = site.publish(given["script"]).replace("localhost", "127.0.0.1")
    found = visit(address, java_script_enabled=False)
    shows_picture_and_table(found)
    frame = found.page.frames[1]
    frame.locator("input[name=date]").fill("2020-11-25")
    frame.locator(".day-form button").click()
    found.page.wait_for_timeout(500)
    shows_picture_and_table(found, "25 November 2020")


@pytest.mark.parametrize("kind", ["iframe", "script"])
def test_what_a_sanitiser_leaves(
    visit: Callable[..., Visit], site: Newsroom, given: Any, kind: str
) -> None:
    left = nh3.clean(
        given[kind],
        tags=set(SANITISED),
        attributes=SANITISED,
        link_rel=None,
        clean_content_tags={"script", "style"},
    )
    found = visit(site.publish(left))
    shows_the_map(found.page)
    assert height(found.page) == pytest.approx(520, abs=5)
    assert not found.faults


def test_a_frame_in_a_shadow_root_is_fitted(
    visit: Callable[..., Visit], site: Newsroom, given: Any, live_server: str
) -> None:
    frame = given["script"].partition("<script")[0]
    put = (
        "<div></div><script>document.querySelector('div').attachShadow({mode: 'open'})"
        f".innerHTML = {json.dumps(frame)};</script>"
        f'<script src="{live_server}/embed.js" async></script>'
    )
    page = visit(site.publish(put, "<style>body{margin:0}</style>"), 375).page
    fits(page)


# The element


def element(live_server: str, attributes: str, inside: str = "") -> str:
    script = f'<script src="{live_server}/geomap-embed.js" async></script>'
    tag = f'<geomap-embed src="{live_server}/{ID}/" {attributes}>{inside}</geomap-embed>'
    return tag + script


@pytest.mark.parametrize("width", [800, 327])
def test_the_element_shows_the_map(
    visit: Callable[..., Visit], site: Newsroom, live_server: str, width: int
) -> None:
    inside = '<a href="https://example.org/">The map</a>'
    body = element(live_server, f'date="{DAY}" lang="en"', inside)
    found = visit(site.publish(body, "<style>body{margin:0}</style>"), width)
    page = found.page
    shows_the_map(page)
    fits(page)
    frame = page.locator("iframe")
    assert frame.get_attribute("title") == "The map"
    assert "theme=light" in frame.get_attribute("src")
    assert not page.get_by_role("link", name="The map").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert not found.faults


def test_the_element_follows_its_attributes_and_properties(
    visit: Callable[..., Visit], site: Newsroom, live_server: str
) -> None:
    page = visit(site.publish(element(live_server, f'date="{DAY}"'))).page
    shows_the_map(page)
    node = page.locator("geomap-embed")
    node.evaluate("(node) => { node.date = '2020-11-25'; node.lang = 'ru'; node.theme = 'dark'; }")
    frame = page.frame_locator("iframe")
    frame.locator("html[lang=ru].gm-dark.gm-ready").wait_for(state="attached")
    assert frame.locator("time.gm-date").text_content().startswith("25 ноября 2020")
    node.evaluate("(node) => node.setAttribute('mode', 'story')")
    frame.locator(".gm-story").wait_for()
    # Moved within the page it is the same map; taken out and put back it works again.
    node.evaluate("(node) => { const up = node.parentNode; node.remove(); up.append(node); }")
    frame.locator("html.gm-ready").wait_for(state="attached")
    assert page.locator("iframe").count() == 1


@pytest.mark.parametrize("src", ["", "javascript:alert(1)", "data:text/html,x", "http://["])
def test_an_element_without_an_address_shows_what_stands_in_it(
    visit: Callable[..., Visit], site: Newsroom, live_server: str, src: str
) -> None:
    script = f'<script src="{live_server}/geomap-embed.js"></script>'
    found = visit(site.publish(f'<geomap-embed src="{src}"><p>The map</p></geomap-embed>{script}'))
    found.page.wait_for_function("!!customElements.get('geomap-embed')")
    assert found.page.locator("iframe").count() == 0
    assert found.page.get_by_text("The map").is_visible()
    assert not found.faults


def test_the_element_works_under_a_strict_policy(
    visit: Callable[..., Visit], site: Newsroom, live_server: str
) -> None:
    policy = STRICT_WITH_SCRIPT.format(map=live_server)
    body = element(live_server, f'date="{DAY}"')
    found = visit(site.publish(body, Content_Security_Policy=policy))
    shows_the_map(found.page)
    fits(found.page)
    assert not found.faults


# Hosts that scale


def test_a_host_that_scales_by_ratio(
    visit: Callable[..., Visit], site: Newsroom, app: Any, live_server: str
) -> None:
    """Wagtail puts the frame in a box whose height is a share of its width: 327 × 266 on a phone."""
    asked = {"url": f"{live_server}/{ID}/?date={DAY}"}
    headers = {"Host": live_server.removeprefix("http://")}
    answer = app.test_client().get("/oembed", query_string=asked, headers=headers).json
    share = 100 * answer["height"] / answer["width"]
    css = (
        "body{margin:0 24px}.responsive-object{position:relative}"
        ".responsive-object iframe{position:absolute;top:0;left:0;width:100%;height:100%}"
    )
    box = f'<div class="responsive-object" style="padding-bottom:{share}%">{answer["html"]}</div>'
    page = visit(site.publish(box, f"<style>{css}</style>"), 375).page
    frame = page.frame_locator("iframe")
    frame.locator("html.gm-ready").wait_for(state="attached")
    size = page.locator("iframe").bounding_box()
    assert (round(size["width"]), round(size["height"])) == (327, 266)
    inside = page.frames[1]
    map_settled(inside)
    assert inside.evaluate("document.documentElement.scrollHeight <= innerHeight")
    for part in (".gm-title", ".gm-slider", ".gm-credit", ".gm-legend"):
        where = frame.locator(part).bounding_box()
        assert where["y"] >= size["y"], part
        assert where["y"] + where["height"] <= size["y"] + size["height"] + 1, part


# The builder


@pytest.fixture
def builder(chromium: Any, live_server: str) -> Iterator[Callable[..., Any]]:
    visits = []

    def _open(query: str = "", **options: Any) -> Any:
        found = Visit(chromium, live_server, viewport={"width": 1280, "height": 900}, **options)
        visits.append(found)
        found.page.goto(f"/{ID}/{query}#embed")
        if options.get("java_script_enabled", True):
            found.page.locator("html.gm-ready").wait_for()
            found.page.locator(".builder-form").wait_for()
        return found.page

    yield _open
    for found in visits:
        found.close()


CODES = (
    "[...document.querySelectorAll('.code textarea')]"
    ".map((area) => [area.id.replace('code-', ''), area.value])"
)


def codes(page: Any) -> dict[str, str]:
    return dict(page.evaluate(CODES))


@pytest.mark.parametrize(
    "query", ["", f"?date={DAY}&known=2020-11-20&sources=truce-2020-11-10,ap-2020-11-20&lang=en"]
)
def test_the_builder_gives_what_the_server_renders(
    builder: Callable[..., Any], live_server: str, query: str
) -> None:
    page = builder(query)
    with_script = codes(page)
    without = builder(query, java_script_enabled=False)
    texts = without.locator(".code textarea").all_text_contents()
    assert list(with_script.values()) == texts
    assert not without.locator(".builder-form").is_visible()
    assert without.locator("#code-iframe").is_visible()
    assert all(f"{live_server}/{ID}/" in text for text in texts)


def preview(page: Any) -> Any:
    """The preview's frame, once it shows the address that it is to show."""
    node = page.locator(".builder-preview iframe")
    page.wait_for_timeout(50)
    address = node.get_attribute("data-src")
    for _ in range(100):
        if node.element_handle().content_frame().url.endswith(address):
            break
        page.wait_for_timeout(50)
    assert node.get_attribute("src") == address
    frame = page.frame_locator(".builder-preview iframe")
    frame.locator("html.gm-ready").wait_for(state="attached")
    return frame


def test_every_control_changes_snippet_and_preview(builder: Callable[..., Any]) -> None:
    page = builder()
    form = page.locator(".builder-form")
    assert "embed?date=2020-11-30&amp;lang=en&amp;theme=light" in codes(page)["iframe"]
    assert preview(page).locator(".gm-date").text_content() == "30 November 2020"

    # The day shown follows the map.
    page.locator(".map .gm-previous").click()
    assert form.locator("[data-day]").text_content() == "25 November 2020"
    assert "date=2020-11-25" in codes(page)["iframe"]
    assert preview(page).locator(".gm-date").text_content() == "25 November 2020"

    # Latest: no day of its own, so the embed moves on with the dataset.
    form.get_by_label("Always the latest").check()
    shown = [text for kind, text in codes(page).items() if kind != "film"]
    assert all("date=latest" in text for text in shown)
    assert preview(page).locator(".gm-date").text_content() == "1 December 2020"
    form.locator("input[value=shown]").check()

    form.locator("[name=theme]").select_option("dark")
    assert "&amp;theme=dark" in codes(page)["iframe"]
    assert "theme=dark" in codes(page)["markdown"].partition(")](")[0]
    assert preview(page).locator("html.gm-dark").count() == 1

    for controls, sliders, plays in (("slider", 1, 0), ("none", 0, 0), ("full", 1, 1)):
        form.locator("[name=controls]").select_option(controls)
        assert ("controls=" in codes(page)["script"]) == (controls != "full")
        frame = preview(page)
        assert frame.locator(".gm-slider:visible").count() == sliders
        assert frame.locator(".gm-play:visible").count() == plays

    for shape, (across, down) in SHAPES.items():
        form.locator("[name=shape]").select_option(shape)
        assert f"aspect-ratio:{across}/{down};" in codes(page)["iframe"]
        ratio = page.locator(".builder-preview iframe").evaluate("n => n.style.aspectRatio")
        assert ratio.replace(" ", "") == f"{across}/{down}"

    form.locator("summary").click()
    for box in form.locator("[name=sources]").all()[1:]:
        box.uncheck()
    only = form.locator("[name=sources]").first.get_attribute("value")
    assert f"sources={only}" in codes(page)["iframe"]
    assert f"sources={only}" in codes(page)["link"]
    data = preview(page).locator("#geomap-data").text_content()
    assert {claim["source"] for claim in json.loads(data)["claims"]} == {0}


def test_the_language_goes_into_the_address(builder: Callable[..., Any], app: Any) -> None:
    page = builder()
    languages = page.locator(".builder-form [name=lang] option").all()
    for code in [option.get_attribute("value") for option in languages]:
        page.locator(".builder-form [name=lang]").select_option(code)
        for kind, text in codes(page).items():
            assert f"lang={code}" in text, kind
        assert preview(page).locator("html").get_attribute("lang") == code


@pytest.mark.parametrize(("reader", "named"), [("az-AZ", "az"), ("en-GB", "")])
def test_the_address_bar_names_the_language_of_the_page(
    builder: Callable[..., Any], app: Any, live_server: str, reader: str, named: str
) -> None:
    """So a link copied from a page in the reader's language embeds in that language."""
    page = builder("?utm=x", locale=reader)
    lang = f"&lang={named}" if named else ""
    assert page.url == f"{live_server}/{ID}/?utm=x{lang}#embed"
    page.locator(".map .gm-previous").click()
    until(page, "location.search.includes('date=2020-11-25')")
    assert ("lang=az" in page.url) == (named == "az")
    headers = {"Host": live_server.removeprefix("http://")}
    answer = app.test_client().get("/oembed", query_string={"url": page.url}, headers=headers)
    assert ("lang=az" in answer.json["html"]) == (named == "az")
    assert "date=2020-11-25" in answer.json["html"]


def test_copy_buttons_copy(builder: Callable[..., Any], live_server: str) -> None:
    page = builder(f"?date={DAY}")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=live_server)
    given = codes(page)
    kinds = page.locator("[name=mode] option").evaluate_all("all => all.map((one) => one.value)")
    for kind, text in given.items():
        button = page.locator(f".code:has(#code-{kind}) .copy")
        if not button.is_visible():  # it is offered for another kind of embed
            page.locator("[name=mode]").select_option(kind if kind in kinds else "map")
            text = codes(page)[kind]
        button.click()
        assert page.evaluate("navigator.clipboard.readText()") == text
        assert button.text_content() == "Copied"


def test_what_the_builder_gives_works_when_pasted(
    builder: Callable[..., Any], visit: Callable[..., Visit], site: Newsroom
) -> None:
    page = builder(f"?date={DAY}")
    page.locator(".builder-form [name=controls]").select_option("slider")
    for kind in ("iframe", "script"):
        shows_the_map(visit(site.publish(codes(page)[kind])).page)


def test_the_builder_knows_its_address_where_nobody_vouches_for_the_host(
    chromium: Any, builtin: Any
) -> None:
    from browser import serving

    from geomap.web import Settings, create_app

    with serving(create_app([builtin], Settings(trusted_hosts=()))) as root:
        found = Visit(chromium, root)
        found.page.goto(f"/{ID}/#embed")
        found.page.locator(".builder-form").wait_for()
        assert all(f"{root}/{ID}/" in text for text in codes(found.page).values())
        found.close()
