"""Everyone can read the map: by keyboard, by screen reader, in large letters, in any colours."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from browser import Visit, map_settled, serving, until
from colorspacious import cspace_convert, deltaE
from PIL import Image

from geomap import sources as datasets
from geomap.web import create_app
from geomap.wording import LANGUAGES

pytestmark = pytest.mark.browser

ID = "handover-2020"
EMBED = f"/{ID}/embed"
READER = f"/{ID}/"
THEMES = ("light", "dark")
TABS = ("timeline", "sources", "embed", "download", "about")


@pytest.fixture
def visit(chromium: Any, live_server: str) -> Iterator[Callable[..., Any]]:
    """A function that opens an address of the real service; no page may have a fault."""
    visits: list[Visit] = []

    def _visit(path: str, size: tuple[int, int] = (1280, 900), **options: Any) -> Any:
        viewport = {"width": size[0], "height": size[1]}
        found = Visit(chromium, live_server, viewport=viewport, **options)
        visits.append(found)
        found.page.goto(path)
        if found.page.locator("figure.gm").count():
            found.page.locator("html.gm-ready").wait_for()
        return found.page

    yield _visit
    for found in visits:
        found.close()


def violations(page: Any) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [
        f"{v['id']} ({v['impact']}): {[n['html'][:120] for n in v['nodes'][:3]]}" for v in found
    ]


@pytest.mark.parametrize(
    ("lang", "theme"),
    [("en", "light"), ("ru", "dark"), ("ar", "light")],
)
def test_no_page_has_a_fault_that_axe_finds(
    visit: Callable[..., Any], lang: str, theme: str
) -> None:
    page = visit(f"{READER}?lang={lang}", color_scheme=theme)
    found = {}
    for number, tab in enumerate(TABS):
        page.locator(".tabs a").nth(number).click()
        assert page.locator(f"#{tab}").is_visible()
        if tab == "embed":
            page.locator(".builder-form summary").click()
            frame = page.frame_locator(".builder-preview iframe")
            frame.locator("html.gm-ready").wait_for(state="attached")
        found[tab] = violations(page)
    page.locator(".gm-region").first.press("Enter")
    found["card"] = violations(page)
    page.goto(f"{EMBED}?lang={lang}")
    page.locator("html.gm-ready").wait_for()
    found["embed itself"] = violations(page)
    page.locator(".gm-region").first.press("Enter")
    found["embed's card"] = violations(page)
    assert {name: faults for name, faults in found.items() if faults} == {}


@pytest.mark.parametrize("theme", THEMES)
def test_pages_without_a_map_have_no_fault_that_axe_finds(
    chromium: Any, builtin: Any, make_dataset: Callable[..., Any], theme: str
) -> None:
    small = datasets.open(make_dataset(meta={"title": "Hill", "summary": "Two places."}))
    with serving(create_app([builtin, small])) as root:
        context = chromium.new_context(base_url=root, color_scheme=theme)
        page = context.new_page()
        for path in ("/", "/nothing/", f"{READER}?date=1999-01-01"):
            page.goto(path)
            assert violations(page) == [], path
        context.close()


@pytest.mark.parametrize("path", [READER, EMBED])
def test_without_scripts_there_is_no_fault_that_axe_finds(
    chromium: Any, live_server: str, path: str
) -> None:
    # Axe is a script itself, so the page's own are kept from loading instead, and what stands
    # in <noscript> is put in its place.
    context = chromium.new_context(base_url=live_server)
    context.route("**/static/*.js", lambda route: route.abort())
    page = context.new_page()
    page.goto(path)
    page.evaluate(
        "document.querySelectorAll('noscript').forEach((node) => {"
        "  node.insertAdjacentHTML('afterend', node.textContent); node.remove(); });"
        "(document.getElementById('twin') || document.createElement('p')).remove()"
    )
    assert page.locator("img.static-picture").is_visible()
    assert violations(page) == []
    context.close()


# Keyboard

FOCUSED = """() => {
  const node = document.activeElement;
  if (!node || node === document.body) return null;
  const style = getComputedStyle(node);
  const ring = document.querySelector(".gm-ring-line");
  const name = node.getAttribute("aria-label") || node.textContent.trim() || node.name || node.id;
  const box = node.getBoundingClientRect();
  return {
    name,
    kind: node.tagName.toLowerCase() + (node.getAttribute("class") ? "." + node.classList[0] : ""),
    seen: (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2)
      || (node.classList.contains("gm-region") && !!ring),
    inside: box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0,
  };
}"""


def walk(page: Any, most: int = 150) -> list[dict[str, Any]]:
    """Return what Tab reaches, from the page's start to its end."""
    stops: list[dict[str, Any]] = []
    for _ in range(most):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUSED)
        if stop is None:
            break
        stops.append(stop)
    return stops


def test_tab_reaches_everything_in_the_embed_and_shows_where_it_is(
    visit: Callable[..., Any],
) -> None:
    page = visit(EMBED, (640, 520))
    stops = walk(page)
    kinds = [stop["kind"] for stop in stops]
    names = [stop["name"].partition(".")[0] for stop in stops if stop["kind"] == "path.gm-region"]
    assert names == ["Aghdam", "Kalbajar", "Lachin", "Nagorno-Karabakh"]
    for control in ("button.gm-step", "button.gm-play", "input.gm-slider"):
        assert control in kinds
    assert stops[-1]["name"] == "Full map, data and sources"
    assert [stop for stop in stops if not (stop["seen"] and stop["inside"])] == []


def test_tab_reaches_everything_on_the_page(visit: Callable[..., Any]) -> None:
    page = visit(READER)
    stops = walk(page)
    names = [stop["name"] for stop in stops]
    assert names[0] == "Skip to the status of each region"
    for expected in ("Play", "Next event", "Day shown", "Timeline", "Aghdam", "Lachin"):
        assert expected in names
    assert [stop for stop in stops if not stop["seen"]] == []
    assert [stop for stop in stops if not stop["inside"]] == []


def test_the_skip_link_leads_to_the_status(visit: Callable[..., Any]) -> None:
    page = visit(READER)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "status"


@pytest.mark.parametrize("path", [READER, EMBED])
def test_every_region_is_opened_read_and_closed_by_keyboard(
    visit: Callable[..., Any], path: str
) -> None:
    page = visit(path, (1280, 900))
    for number in range(4):
        region = page.locator(".gm-region").nth(number)
        region.focus()
        name = region.get_attribute("aria-label").partition(".")[0]
        page.keyboard.press("Enter" if number % 2 else "Space")
        card = page.get_by_role("dialog", name=name)
        assert card.is_visible()
        assert page.evaluate("document.activeElement.className") == "gm-close"
        claims = card.locator("h3:text-is('Stated by') + ol > li")
        assert claims.count() > 0
        for claim in claims.all():
            assert "published" in claim.text_content()
        # Down into the claims, to the last link, by Tab alone.
        page.keyboard.press("Tab")
        inside = "document.activeElement.closest('.gm-card') !== null"
        assert page.evaluate(inside)
        page.keyboard.press("Escape")
        assert not card.is_visible()
        assert page.evaluate("document.activeElement.getAttribute('aria-label')").startswith(name)


def test_long_claims_scroll_by_keyboard(visit: Callable[..., Any]) -> None:
    page = visit(EMBED, (375, 480))
    page.locator(".gm-region").nth(1).press("Enter")
    body = page.locator(".gm-body")
    assert body.evaluate("node => node.scrollHeight > node.clientHeight")
    body.focus()
    page.keyboard.press("End")
    until(page, "document.querySelector('.gm-body').scrollTop > 20")


def test_tabs_and_builder_by_keyboard(visit: Callable[..., Any]) -> None:
    page = visit(READER)
    tabs = page.get_by_role("tab")
    tabs.first.focus()
    for number, tab in enumerate(TABS[1:], 1):
        page.keyboard.press("ArrowRight")
        assert page.locator(f"#{tab}").is_visible()
        assert tabs.nth(number).get_attribute("aria-selected") == "true"
        assert page.evaluate("document.activeElement.id") == f"tab-{tab}"
    page.keyboard.press("ArrowRight")
    assert page.locator("#timeline").is_visible()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    assert page.locator("#embed").is_visible()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") == "mode"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") == "day"
    page.keyboard.press("ArrowDown")
    assert "date=latest" in page.locator("#code-iframe").input_value()
    page.locator("#code-iframe + .copy").focus()
    page.keyboard.press("Enter")
    until(page, "document.querySelector('#code-iframe + .copy').textContent === 'Copied'")


@pytest.mark.parametrize("path", [READER, EMBED])
def test_a_new_day_is_announced(visit: Callable[..., Any], path: str) -> None:
    page = visit(path)
    live = page.locator(".gm-live[aria-live=polite]")
    assert live.text_content() == ""  # nothing is said before anything has changed
    page.get_by_role("slider").press("Home")
    until(
        page,
        "document.querySelector('.gm-live').textContent.startsWith('As of 27 September 2020, ')",
    )
    page.get_by_role("button", name="Next event").press("Enter")
    until(
        page,
        "document.querySelector('.gm-live').textContent.startsWith('As of 10 November 2020, ')",
    )
    assert "Aghdam is due to be handed over" in live.text_content()


def test_the_twin_of_the_map_follows_the_day(visit: Callable[..., Any]) -> None:
    page = visit(EMBED)
    twin = page.locator("#twin table")
    for key, day, aghdam in (
        ("Home", "27 September 2020", "Held"),
        ("End", "1 December 2020", "Handed over"),
    ):
        page.get_by_role("slider").press(key)
        assert twin.locator("caption").text_content() == f"Status on {day}"
        row = twin.locator("tbody tr", has_text="Aghdam").first
        assert row.locator("td").first.text_content().startswith(aghdam)
        server = visit(f"{EMBED}?date={page.evaluate('geomap.state.date')}")
        assert (
            twin.locator("tbody").all_inner_texts()
            == server.locator("#twin tbody").all_inner_texts()
        )


# Large letters

CLIPPED = """() => {
  const found = [];
  const words = (node) => [...node.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
  // What is there for screen readers alone, such as a table's head on a narrow screen.
  const aside = (node) => node && (getComputedStyle(node).clipPath !== "none"
    || aside(node.parentElement));
  for (const node of document.querySelectorAll("body *")) {
    if (!words(node) || !node.checkVisibility({visibilityProperty: true})) continue;
    if (aside(node)) continue;
    if (node.closest(".aside, .gm-live, .gm-label, .gm-hint, noscript, script, svg, option, .skip"))
      continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const box = range.getBoundingClientRect();
    if (!box.width) continue;
    if (box.left < -1 || box.right > document.documentElement.clientWidth + 1)
      if (!node.closest(".tabs")) found.push("outside: " + node.textContent.slice(0, 60));
    for (let up = node; up && up !== document.body; up = up.parentElement) {
      const style = getComputedStyle(up);
      if (style.overflowX !== "hidden" && style.overflowX !== "clip") continue;
      const outer = up.getBoundingClientRect();
      if (box.left < outer.left - 1 || box.right > outer.right + 1
        || box.top < outer.top - 1 || box.bottom > outer.bottom + 1)
        found.push("cut by " + up.className + ": " + node.textContent.slice(0, 60));
    }
  }
  return found;
}"""

COVERED = """() => {
  const names = [".gm-when", ".gm-zoom", ".gm-legend", ".gm-time", ".gm-credit", "h1", ".headline",
    ".status", ".tabs", ".tab:not([hidden])", ".gm-word:not([hidden])", ".gm-play", ".gm-step",
    ".gm-lanes", ".gm-names"];
  const shown = names.flatMap((name) => [...document.querySelectorAll(name)])
    .filter((node) => node.checkVisibility() && node.getBoundingClientRect().width > 1
      && !node.closest(".aside"));
  const found = [];
  shown.forEach((a, i) => shown.slice(i + 1).forEach((b) => {
    if (a.contains(b) || b.contains(a)) return;
    const [p, q] = [a.getBoundingClientRect(), b.getBoundingClientRect()];
    if (p.left < q.right - 2 && q.left < p.right - 2 && p.top < q.bottom - 2 && q.top < p.bottom - 2)
      found.push((a.className || a.tagName) + " / " + (b.className || b.tagName) + " "
        + b.textContent.slice(0, 30));
  }));
  return found;
}"""


@pytest.mark.parametrize(
    "lang", ["en", "ar", "ru"]
)  # as they are, the other way, the longest words
@pytest.mark.parametrize("path", [READER, EMBED])
def test_letters_of_twice_the_size(large: Any, live_server: str, path: str, lang: str) -> None:
    found = Visit(large, live_server)
    page = found.page
    faults = {}
    for size in ((1280, 900), (640, 700), (375, 800)):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.goto(f"{path}?lang={lang}")
        page.locator("html.gm-ready").wait_for()
        assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "32px"
        map_settled(page)
        for tab in page.locator(".tabs a").all() or [None]:
            if tab:
                tab.click()
            name = tab.text_content() if tab else "embed"
            faults[size[0], name] = readable(page)
    found.close()
    assert {where: what for where, what in faults.items() if what} == {}


def readable(page: Any) -> list[str]:
    """Return what is cut, covered or out of view."""
    wide = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    faults: list[str] = page.evaluate(CLIPPED) + page.evaluate(COVERED)
    return faults + ([f"{wide} pixels wider than the window"] if wide > 0 else [])


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("path", [READER, EMBED])
def test_nothing_is_cut_or_covered_at_any_width(
    visit: Callable[..., Any], path: str, lang: str
) -> None:
    faults = {}
    page = visit(f"{path}?lang={lang}")
    for size in ((1280, 900), (960, 700), (640, 520), (375, 560), (320, 560), (300, 460)):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        map_settled(page)
        faults[size] = readable(page)
    assert {size: what for size, what in faults.items() if what} == {}


# Colours


def colours_of(page: Any, number: int) -> list[tuple[int, int, int]]:
    """Return the colours that fill most of a region as it is drawn, the most frequent first."""
    page.evaluate("document.querySelector('.leaflet-geomap-labels-pane').style.display = 'none'")
    region = page.locator(".gm-region").nth(number)
    box = region.bounding_box()
    image = Image.open(io.BytesIO(page.screenshot(clip=box))).convert("RGB")
    inside = page.evaluate(
        """([n, w, h]) => {
          const path = document.querySelectorAll(".gm-region")[n];
          const box = path.getBoundingClientRect();
          const matrix = path.getScreenCTM().inverse();
          const found = [];
          // Every third pixel each way is enough to know which colours there are most of.
          for (let y = 0; y < h; y += 3) for (let x = 0; x < w; x += 3) {
            const point = new DOMPoint(box.left + x + .5, box.top + y + .5).matrixTransform(matrix);
            if (path.isPointInFill(point)) found.push([x, y]);
          }
          return found;
        }""",
        [number, image.width, image.height],
    )
    counts: dict[tuple[int, int, int], int] = {}
    for x, y in inside:
        colour = image.getpixel((min(x, image.width - 1), min(y, image.height - 1)))
        counts[colour] = counts.get(colour, 0) + 1
    ranked = sorted(counts, key=lambda colour: -counts[colour])
    return [colour for colour in ranked if counts[colour] > len(inside) * 0.08]


VIEWS = {  # what is drawn: the day, the region's number, and how many colours it is drawn in
    "Azerbaijan": ("2020-11-30", 0, 1),
    "Armenian forces": ("2020-10-01", 0, 1),
    "due": ("2020-11-30", 2, 2),
    "in part": ("2020-11-30", 3, 2),
}
SIGHTS = (None, "protanomaly", "deuteranomaly", "tritanomaly")
APART = 12
"""The least difference in CAM02-UCS between two fills; 1 is about what an eye can just tell."""


def seen(colour: tuple[int, int, int], sight: str | None) -> Any:
    """A colour as an eye without one kind of cone sees it (Machado and others, 2009)."""
    rgb = np.array(colour) / 255
    if sight:
        space = {"name": "sRGB1+CVD", "cvd_type": sight, "severity": 100}
        rgb = np.clip(cspace_convert(rgb, space, "sRGB1"), 0, 1)
    return rgb


@pytest.mark.parametrize("theme", THEMES)
def test_statuses_stay_apart_for_every_eye(visit: Callable[..., Any], theme: str) -> None:
    found = {}
    for name, (day, number, signs) in VIEWS.items():
        page = visit(f"{EMBED}?date={day}&theme={theme}")
        found[name] = colours_of(page, number)
        assert len(found[name]) >= signs, name
        fill = page.locator(".gm-region").nth(number).evaluate("node => node.style.fill")
        # Colour is never the only sign: what is not simply held is drawn in a pattern.
        assert fill.startswith("url(") == (signs > 1), name
    page = visit(f"{EMBED}?theme={theme}")
    ground = page.locator(".leaflet-container").evaluate("n => getComputedStyle(n).backgroundColor")
    land = tuple(int(part) for part in ground[4:-1].split(","))
    plain = {name: colours[0] for name, colours in found.items() if VIEWS[name][2] == 1}
    for sight in SIGHTS:
        for (a, one), (b, other) in combinations({**plain, "land": land}.items(), 2):
            apart = deltaE(seen(one, sight), seen(other, sight), input_space="sRGB1")
            assert apart > APART, f"{a} and {b}, {sight}, {theme}: {apart:.1f}"
        for name in ("due", "in part"):
            one, other = found[name][:2]
            apart = deltaE(seen(one, sight), seen(other, sight), input_space="sRGB1")
            assert apart > APART, f"the stripes of {name}, {sight}, {theme}: {apart:.1f}"


def luminance(colour: tuple[float, ...]) -> float:
    """Relative luminance as WCAG 2 defines it."""
    parts = [c / 255 for c in colour[:3]]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def rgb(text: str) -> tuple[float, ...]:
    return tuple(float(part) for part in text[text.index("(") + 1 : -1].split(",")[:3])


@pytest.mark.parametrize("theme", THEMES)
def test_names_on_the_map_have_contrast(visit: Callable[..., Any], theme: str) -> None:
    """Letters stand on a halo; it and every plain fill must differ enough from them."""
    for day in ("2020-10-01", "2020-11-30"):
        page = visit(f"{EMBED}?date={day}&theme={theme}")
        fills = [colour for number in range(4) for colour in colours_of(page, number)]
        land = rgb(
            page.locator(".leaflet-container").evaluate("n => getComputedStyle(n).backgroundColor")
        )
        for kind, grounds, least in (("region", [*fills, land], 4.5), ("country", [land], 4.5)):
            label = page.locator(f".gm-name-{kind}").first
            ink = rgb(label.evaluate("node => getComputedStyle(node).color"))
            halo = rgb(label.locator("> span").evaluate("n => getComputedStyle(n).textShadow"))
            assert contrast(ink, halo) >= 4.5
            for ground in grounds:
                # The halo covers at least three quarters of what lies beneath the letters.
                behind = tuple(0.75 * h + 0.25 * g for h, g in zip(halo, ground, strict=False))
                assert contrast(ink, behind) >= least, (kind, ground, theme)


@pytest.mark.parametrize("path", [READER, EMBED])
def test_forced_colours(visit: Callable[..., Any], path: str) -> None:
    page = visit(path, forced_colors="active")
    assert page.evaluate("matchMedia('(forced-colors: active)').matches")
    drawn = [tuple(colours_of(page, number)) for number in range(4)]
    assert drawn[0] == drawn[1]  # both handed over
    # The same two colours in one that is due and one that is divided, in other patterns.
    assert set(drawn[2]) <= set(drawn[3])
    fills = page.locator(".gm-region").evaluate_all("paths => paths.map((p) => p.style.fill)")
    assert len(set(fills)) == 3
    assert len(drawn[2]) >= 2  # stripes
    for name in (".gm-date", ".gm-credit", ".gm-legend li"):
        colours = page.locator(name).first.evaluate(
            "n => [getComputedStyle(n).color, getComputedStyle(n.closest('.gm')).backgroundColor]"
        )
        assert contrast(*map(rgb, colours)) >= 4.5


def test_reduced_motion(visit: Callable[..., Any]) -> None:
    page = visit(READER, reduced_motion="reduce")
    moving = page.evaluate(
        "[...document.querySelectorAll('*')].filter((node) => {"
        " const s = getComputedStyle(node);"
        " return s.animationName !== 'none' || parseFloat(s.transitionDuration) > 0; })"
        ".map((node) => node.className)"
    )
    assert [name for name in moving if "leaflet" not in str(name)] == []
