"""The map widget in a real browser: by mouse, keyboard and finger, under a strict policy."""

import base64
import copy
import hashlib
import io

import pytest
from PIL import Image
from widget_sample import PAYLOAD, card_of, hostile_payload, linked, sample

from geomap.map import assets
from geomap.map import folium_map as fm

pytestmark = pytest.mark.browser

HOST = "http://map.test"
BROWSER_OPTIONS = {"has_touch", "is_mobile", "color_scheme", "reduced_motion", "forced_colors"}


@pytest.fixture
def show(chromium):
    """A page with the map, under a strict policy; fails on any error or foreign request."""
    contexts, faults = [], []

    def _show(payload=PAYLOAD, query="", size=(808, 660), tall=False, ready=True, **options):
        context_options = {k: options.pop(k) for k in list(options) if k in BROWSER_OPTIONS}
        options = {"follow_address": True, "fill": not tall, **options}
        parts = linked(payload, **options)
        digest = base64.b64encode(hashlib.sha256(parts.script.encode()).digest()).decode()
        policy = (
            f"default-src 'none'; script-src 'self' 'sha256-{digest}'; style-src 'self'; "
            "img-src 'self' data:; connect-src 'none'; base-uri 'none'; form-action 'none'"
        )
        html = (
            '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Test</title>'
            '<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">'
            f'<link rel="stylesheet" href="/static/page.css">{parts.head}</head><body>'
            f"{parts.body}<script>{parts.script}</script><div class=more></div></body></html>"
        )

        def answer(route):
            url = route.request.url
            name = url.partition("/static/")[2]
            if name == "page.css":
                body = "body{margin:0}" + (".more{height:2000px}" if tall else "")
                route.fulfill(body=body, content_type="text/css")
            elif name in assets.ASSETS:
                kind = "text/css" if name.endswith("css") else "text/javascript"
                route.fulfill(body=assets.asset(name), content_type=f"{kind}; charset=utf-8")
            elif url.startswith(HOST):
                headers = {"content-security-policy": policy}
                route.fulfill(body=html, content_type="text/html; charset=utf-8", headers=headers)
            else:
                faults.append(f"request to {url}")
                route.abort()

        context = chromium.new_context(
            viewport={"width": size[0], "height": size[1]}, **context_options
        )
        contexts.append(context)
        page = context.new_page()
        page.route("**/*", answer)
        page.on("console", lambda m: m.type in ("error", "warning") and faults.append(m.text))
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("dialog", lambda dialog: (faults.append("dialog"), dialog.dismiss()))
        page.goto(f"{HOST}/handover-2020/{query}")
        if ready:
            page.wait_for_selector("html.gm-ready")
        return page

    yield _show
    for context in contexts:
        context.close()
    assert not faults


def until(page, expression: str) -> None:
    """Wait for an expression; Playwright's own wait needs eval, which the policy forbids."""
    for _ in range(100):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(50)
    pytest.fail(f"still not so after 5 s: {expression}")


def day(page) -> str:
    return page.evaluate("geomap.state.date")


def test_hostile_texts_are_shown_letter_for_letter(show):
    payload, texts = hostile_payload()
    page = show(payload, size=(1500, 1100))
    page.evaluate("window.before = document.querySelectorAll('script, img').length")
    seen = page.evaluate(
        """() => {
          const seen = [];
          const read = () => document.querySelectorAll('.gm, .gm *').forEach((node) => {
            if (!node.children.length) seen.push(node.textContent);
            node.childNodes.forEach((n) => n.nodeType === 3 && seen.push(n.data));
            for (const a of node.attributes) seen.push(a.value);
          });
          for (const name of ['two_fingers', 'ctrl', 'divider']) seen.push(geomap.data.text[name]);
          geomap.data.regions.forEach((region, i) => region.stretches.forEach((now) => {
            document.querySelectorAll('.gm-region')[i].dispatchEvent(
              new KeyboardEvent('keydown', {key: 'Enter', bubbles: true}));
            geomap.setDate(now.first);
            read();
            const line = document.createElement('p');
            geomap.setText(line, geomap.headlineOf(now.first));
            line.childNodes.forEach((n) => seen.push(n.textContent));
          }));
          document.querySelector('.gm-play').click(); read();
          return seen;
        }"""
    )
    everything = "\n".join(seen)
    assert [text for text in texts if text not in everything] == []
    after = page.evaluate("document.querySelectorAll('script, img').length")
    assert after == page.evaluate("before")
    assert page.locator(".gm-card a[href^=javascript]").count() == 0


def test_first_view(show):
    page = show()
    assert page.locator(".gm-date").text_content() == "30 November 2020"
    assert page.locator(".gm-region").count() == 4
    shown = [now["signs"] for now in PAYLOAD["legends"] if now["first"] <= "2020-11-30"][-1]
    assert page.locator(".gm-legend li").count() == len(shown)
    fills = [path.evaluate("node => node.style.fill") for path in page.locator(".gm-region").all()]
    assert fills[:2] == ["var(--actor-0)"] * 2
    assert all(fill.startswith("url(") for fill in fills[2:])


LEGEND_ROOM = """() => {
  const node = document.querySelector(".gm-legend"), stage = document.querySelector(".gm-stage");
  const absolute = getComputedStyle(node).position === "absolute";
  return absolute ? geomap.legend.box().top : [node.offsetHeight, stage.offsetHeight].join();
}"""


@pytest.mark.parametrize("size", [(1280, 800), (375, 700)])
def test_the_legend_has_the_signs_of_the_day_and_keeps_its_room(show, size):
    page = show(size=size)
    rooms = set()
    for now in PAYLOAD["legends"]:
        page.evaluate("date => geomap.setDate(date)", now["first"])
        wanted = [PAYLOAD["legend"][number] for number in now["signs"]]
        seen = page.locator(".gm-legend .gm-long").all_text_contents()
        assert seen == [sign["label"] + sign["more"] for sign in wanted]
        rooms.add(page.evaluate(LEGEND_ROOM))
    assert len(rooms) == 1


def pixel(page, x: float, y: float) -> tuple[int, ...]:
    clip = {"x": x, "y": y, "width": 1, "height": 1}
    return Image.open(io.BytesIO(page.screenshot(clip=clip))).convert("RGB").getpixel((0, 0))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_swatch_equals_the_fill_it_stands_for(show, theme):
    page = show(size=(1280, 800), theme=theme)
    swatch = page.locator(".gm-sign-actor .gm-swatch").first.bounding_box()
    sample = pixel(page, swatch["x"] + swatch["width"] / 2, swatch["y"] + swatch["height"] / 2)
    # Kalbajar is tinted beneath, as the country that it lies in is.
    place = page.evaluate(
        """() => {
          const {left, top} = document.querySelector(".gm-stage").getBoundingClientRect();
          const path = document.querySelectorAll(".gm-region")[1].getBoundingClientRect();
          return [path.left + path.width * 0.55, path.top + path.height * 0.72];
        }"""
    )
    assert pixel(page, *place) == pytest.approx(sample, abs=2)


def test_the_small_map_is_there_where_there_is_room(show):
    assert show(size=(1280, 800)).locator(".gm-inset text").all_inner_texts()[:1]
    assert not show(size=(375, 700)).locator(".gm-inset").is_visible()


@pytest.mark.parametrize("size", [(1280, 800), (808, 660), (640, 520), (375, 560), (300, 400)])
def test_all_regions_are_in_view_and_nothing_is_cut(show, size):
    page = show(size=size)
    stage = page.locator(".gm-stage").bounding_box()
    for path in page.locator(".gm-region").all():
        box = path.bounding_box()
        assert box["x"] >= stage["x"]
        assert box["y"] >= stage["y"]
        assert box["x"] + box["width"] <= stage["x"] + stage["width"]
        assert box["y"] + box["height"] <= stage["y"] + stage["height"]
    assert page.evaluate("document.documentElement.scrollWidth") == size[0]
    assert page.evaluate("document.documentElement.scrollHeight") == size[1]
    legend = page.locator(".gm-legend").bounding_box()
    on_map = legend["y"] < stage["y"] + stage["height"] - 1
    # Where it would cover a region it is below the map, and always in a narrow frame.
    assert on_map or size[0] < 1000
    assert not on_map or size[0] >= 480


COVERED = """() => {
  const stage = document.querySelector(".gm-stage").getBoundingClientRect();
  const touch = (a, b) => a.left + 0.5 < b.right && b.left + 0.5 < a.right
    && a.top + 0.5 < b.bottom && b.top + 0.5 < a.bottom;
  const boxes = [...document.querySelectorAll(".gm-label:not([hidden])")].map((node) => {
    const town = node.classList.contains("gm-name-town");
    return [node.textContent, (town ? node : node.firstChild).getBoundingClientRect()];
  }).filter(([, box]) => touch(box, stage));
  return boxes.flatMap(([name, a], i) => boxes.slice(i + 1).filter(([, b]) => touch(a, b))
    .map(([other]) => name + " / " + other));
}"""


@pytest.mark.parametrize("language", ["en", "ru", "ar"])  # as it is, the longest, right to left
@pytest.mark.parametrize("size", [(1280, 800), (300, 460)])
def test_no_label_covers_another_at_any_zoom(show, size, language):
    page = show(sample(language), size=size, reduced_motion="reduce")
    assert page.locator(".gm-name-region:not([hidden])").count() == 4
    covered = [page.evaluate(COVERED)]
    for way in ("in", "in", "in", *["out"] * 6):
        page.locator(f"[data-zoom={way}]").click()
        until(page, "!document.querySelector('.leaflet-zoom-anim')")
        page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
        covered.append(page.evaluate(COVERED))
    assert covered == [[]] * 10


def test_a_name_wider_than_its_region_has_a_line_for_each_word(show):
    def box():
        return page.locator(".gm-name-region .gm-text").last.bounding_box()

    page = show(size=(1800, 1200))
    whole = box()
    assert page.locator(".gm-name-region .gm-text").last.text_content() == "Nagorno-Karabakh"
    page.set_viewport_size({"width": 700, "height": 640})
    until(page, "document.querySelector('.gm-name-region.gm-words')")
    assert box()["width"] < whole["width"] * 0.65
    assert box()["height"] > whole["height"] * 1.2
    assert page.locator(".gm-words .gm-text").all_text_contents() == ["Nagorno-Karabakh"]


def test_a_label_has_its_dates_and_in_a_small_frame_the_number_of_the_key(show):
    page = show(size=(1280, 800))
    kalbajar = page.locator(".gm-name-region").nth(1)
    assert kalbajar.locator(".gm-dates").text_content() == "25 Nov, was 15"
    assert kalbajar.locator("s").all_text_contents() == ["15"]
    assert not page.locator(".gm-key").is_visible()
    page.evaluate("geomap.setDate('2020-11-12')")
    assert kalbajar.locator(".gm-dates").text_content() == "due 15 Nov"
    page.set_viewport_size({"width": 300, "height": 400})
    until(page, "document.querySelectorAll('.gm-numbered').length === 4")
    key = page.locator(".gm-key li")
    assert key.first.inner_text().split() == ["1", "Aghdam", "due", "20", "Nov"]
    assert kalbajar.locator(".gm-number").inner_text() == "2"


def test_slider_by_keyboard(show):
    page = show()
    slider = page.get_by_role("slider")
    slider.focus()
    for key, expected in (
        ("ArrowLeft", "2020-11-29"),
        ("ArrowRight", "2020-11-30"),
        ("Home", "2020-09-27"),
        ("End", "2020-12-01"),
    ):
        slider.press(key)
        assert day(page) == expected
    assert slider.get_attribute("aria-valuetext").startswith("1 December 2020. Aghdam: ")
    until(page, "location.search === '?date=2020-12-01'")
    until(page, "document.querySelector('.gm-live').textContent.startsWith('As of 1 Dec')")


def test_slider_by_mouse_and_the_address_follows(show):
    page = show(query="?known=2020-12-05&sources=a,b&date=2020-11-30#map")
    page.evaluate(
        "window.said = [];"
        "document.addEventListener('geomap:date',"
        " (event) => said.push([event.detail.date, event.detail.final]))"
    )
    box = page.locator(".gm-slider").bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] - 22, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.8, middle, steps=6)
    page.mouse.move(box["x"] + 8, middle, steps=6)
    page.mouse.up()
    until(page, "location.search.endsWith('date=2020-09-27')")
    assert day(page) == "2020-09-27"
    assert page.url == f"{HOST}/handover-2020/?known=2020-12-05&sources=a,b&date=2020-09-27#map"
    said = page.evaluate("said")
    assert said[-1] == ["2020-09-27", True]
    assert len(said) > 3
    assert not any(final for _, final in said[:-1])
    page.go_back()
    assert page.url.endswith("&date=2020-11-30#map")
    assert day(page) == "2020-11-30"
    page.go_forward()
    assert day(page) == "2020-09-27"


def test_slider_by_touch(show):
    page = show(size=(375, 560), has_touch=True, is_mobile=True)
    box = page.locator(".gm-slider").bounding_box()
    page.touchscreen.tap(box["x"] + 8, box["y"] + box["height"] / 2)
    until(page, "geomap.state.date === '2020-09-27'")
    until(page, "location.search === '?date=2020-09-27'")


def test_steps_go_from_event_to_event(show):
    page = show()
    page.get_by_role("button", name="Previous event").click()
    assert day(page) == "2020-11-25"
    page.get_by_role("button", name="Previous event").click()
    assert day(page) == "2020-11-20"
    page.get_by_role("button", name="Next event").click()
    assert day(page) == "2020-11-25"
    page.go_back()
    assert day(page) == "2020-11-20"


PLAYED = ["2020-09-27", "2020-11-10", "2020-11-15", "2020-11-20", "2020-11-25", "2020-12-01"]


def play(page, name: str = "Play") -> None:
    page.get_by_role("button", name=name, exact=True).click()


def stop_clock(page) -> None:
    """From now on the page's time passes only while the test runs it."""
    page.clock.install(time="2026-01-01T12:00:00")
    page.clock.pause_at("2026-01-01T13:00:00")


def test_play_goes_from_step_to_step_from_the_start(show):
    page = show()
    stop_clock(page)
    page.evaluate(
        "window.seen = [];"
        "geomap.on('date', ({date}) => { if (seen.at(-1) !== date) seen.push(date); })"
    )
    play(page)
    assert day(page) == PLAYED[0]
    line = page.locator(".gm-live").text_content()
    assert line == PAYLOAD["steps"][0]["line"]
    page.clock.run_for(2000)
    assert day(page) == PLAYED[0]  # each step is given time to be read
    page.clock.run_for(40_000)
    assert page.evaluate("seen") == ["2020-11-30", *PLAYED]
    assert page.get_by_role("button", name="Play", exact=True).count() == 1
    until(page, "location.search === '?date=2020-12-01'")


def test_play_pauses_and_goes_on(show):
    page = show()
    stop_clock(page)
    play(page)
    page.clock.run_for(8000)
    paused = day(page)
    assert paused in PLAYED[1:-1]
    play(page, "Pause")
    page.clock.run_for(8000)
    assert day(page) == paused
    play(page)
    assert day(page) == PLAYED[PLAYED.index(paused) + 1]
    page.get_by_role("slider").press("ArrowLeft")
    stopped = day(page)
    assert page.get_by_role("button", name="Play", exact=True).count() == 1
    page.clock.run_for(8000)
    assert day(page) == stopped
    play(page)
    assert day(page) == PLAYED[0]


@pytest.mark.parametrize(("motion", "copies"), [("no-preference", 1), ("reduce", 0)])
def test_fills_fade_unless_motion_is_not_wanted(show, motion, copies):
    page = show(reduced_motion=motion)
    shown = page.evaluate(
        "() => { geomap.setDate('2020-11-20'); geomap.setDate('2020-11-19');"
        " return document.querySelectorAll('.gm-fading').length; }"
    )
    assert shown >= copies
    assert bool(shown) == bool(copies)
    until(page, "!document.querySelector('.gm-fading')")
    assert page.locator(".gm-region").count() == 4


def test_days_outside_the_period_are_not_shown(show):
    page = show()
    page.evaluate("geomap.setDate('2021-06-01')")
    assert day(page) == "2020-12-01"
    page.evaluate("geomap.setDate('yesterday')")
    assert day(page) == "2020-12-01"


def test_card_by_keyboard(show):
    page = show()
    lachin = page.get_by_role("button", name="Lachin. Due to be handed over")
    lachin.focus()
    assert page.locator(".gm-ring-line").count() == 1
    lachin.press("Enter")
    card = page.get_by_role("dialog", name="Lachin")
    assert "Berdzor" in card.text_content()
    assert "Due to be handed over to Azerbaijan by 1 December" in card.text_content()
    link = card.get_by_role("link", name="Truce text, 10 Nov 2020").first
    assert link.get_attribute("rel") == "noopener noreferrer"
    assert "clause 6 · published 10 November 2020" in card.text_content()
    page.evaluate("geomap.setDate('2020-12-01')")
    assert "Handed over to Azerbaijan" in card.text_content()
    page.keyboard.press("Escape")
    assert not card.is_visible()
    assert page.evaluate("document.activeElement.getAttribute('aria-label')").startswith("Lachin.")


@pytest.mark.parametrize("size", [(1280, 800), (300, 400)])
def test_card_by_mouse_fits(show, size):
    page = show(size=size)
    box = page.locator(".gm-region").nth(2).bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.4, box["y"] + box["height"] * 0.4)
    card = page.get_by_role("dialog")
    main = page.locator(".gm-main").bounding_box()
    inside = card.bounding_box()
    assert inside["x"] >= 0
    assert inside["x"] + inside["width"] <= size[0]
    assert inside["y"] + inside["height"] <= main["y"] + main["height"]
    card.get_by_role("button", name="Close").click()
    assert not card.is_visible()


def zoom(page) -> float:
    return page.evaluate("document.querySelector('.gm-region').getBoundingClientRect().width")


def test_the_wheel_scrolls_the_page_unless_ctrl_is_held(show):
    page = show(size=(900, 700), tall=True)
    before = zoom(page)
    page.mouse.move(400, 250)
    page.mouse.wheel(0, 200)
    until(page, "scrollY > 100")
    assert page.locator(".gm-hint.gm-on").count() == 1
    assert zoom(page) == before
    page.keyboard.down("Control")
    page.mouse.wheel(0, -200)
    until(page, f"document.querySelector('.gm-region').getBoundingClientRect().width > {before}")


def touch(page, starts, moves) -> None:
    """Put fingers down at `starts` and move each by its (x, y) of `moves`."""
    client = page.context.new_cdp_session(page)

    def send(kind, share):
        points = [
            {"x": x + dx * share, "y": y + dy * share, "id": i}
            for i, ((x, y), (dx, dy)) in enumerate(zip(starts, moves, strict=True))
        ]
        client.send(
            "Input.dispatchTouchEvent",
            {"type": kind, "touchPoints": [] if kind == "touchEnd" else points},
        )
        page.wait_for_timeout(16)

    send("touchStart", 0)
    for step in range(1, 11):
        send("touchMove", step / 10)
    send("touchEnd", 1)


def test_one_finger_scrolls_the_page_and_two_move_the_map(show):
    page = show(size=(375, 600), tall=True, has_touch=True, is_mobile=True)
    label = "document.querySelector('.gm-name-region').getBoundingClientRect().x"
    before = page.evaluate(label)
    touch(page, [(150, 300)], [(0, -150)])
    until(page, "scrollY > 100")
    assert page.evaluate(label) == before
    assert page.locator(".gm-hint").text_content() == PAYLOAD["text"]["two_fingers"]
    page.wait_for_timeout(800)  # the scroll runs on for a moment
    page.evaluate("scrollTo(0, 0)")
    touch(page, [(150, 200), (200, 200)], [(60, 0), (60, 0)])
    until(page, f"{label} > {before} + 40")
    assert page.evaluate("scrollY") == 0


def test_themes(show):
    dark = "document.documentElement.classList.contains('gm-dark')"
    colour = "getComputedStyle(document.documentElement).getPropertyValue('--actor-0')"
    page = show(color_scheme="dark")
    assert page.evaluate(dark)
    assert page.evaluate(colour) == "#4f9fdb"
    page.emulate_media(color_scheme="light")
    until(page, f"!{dark}")
    assert page.evaluate(colour) == "#2a78b5"
    assert show(theme="dark").evaluate(dark)
    assert not show(theme="light", color_scheme="dark").evaluate(dark)


@pytest.mark.parametrize(("controls", "bar", "play"), [("slider", 1, 0), ("none", 0, 0)])
def test_controls(show, controls, bar, play):
    page = show(controls=controls)
    assert page.locator(".gm-slider:visible").count() == bar
    assert page.locator(".gm-play:visible").count() == play


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("d MMMM y", "5 November 2020"),
        ("d MMMM y 'г'.", "5 November 2020 г."),
        ("dd.MM.yyyy", "05.11.2020"),
        ("y 'o''clock' d", "2020 o'clock 5"),
        ("d MMM yy", "5 Nov 20"),
    ],
)
def test_dates_follow_their_cldr_pattern(show, pattern, expected):
    payload = copy.deepcopy(PAYLOAD)
    payload["dates"]["long"] = pattern
    assert show(payload).evaluate("geomap.formatDate('2020-11-05', 'long')") == expected


def test_ticks_for_a_span_and_a_region_in_dispute(show):
    payload = copy.deepcopy(PAYLOAD)
    payload["ticks"] = [{"first": "2020-11-16", "last": "2020-11-22", "label": "Aghdam"}]
    now = card_of(payload, payload["regions"][0]["stretches"][-1])
    bold = {"colour": "ink", "width": 3, "dash": [8, 5]}
    payload["looks"].append({**payload["looks"][now["look"]], "outline": bold})
    now.update(disputed=True, look=len(payload["looks"]) - 1)
    page = show(payload)
    assert page.locator(".gm-tick b").text_content() == "16–22 Nov"
    assert page.locator(".gm-band").count() == 1
    assert page.locator(".gm-name-region .gm-text").first.text_content() == "≠ Aghdam"
    dashes = page.locator(".gm-region").evaluate_all(
        "paths => paths.map((path) => path.style.strokeDasharray)"
    )
    assert dashes == ["8, 5", "", "", ""]


def test_steps_stop_at_both_ends_of_a_span(show):
    payload = copy.deepcopy(PAYLOAD)
    payload["ticks"] = [{"first": "2020-11-16", "last": "2020-11-22", "label": "Aghdam"}]
    payload["date"] = "2020-11-12"
    page = show(payload)
    for name, expected in (
        ("Next event", "2020-11-16"),
        ("Next event", "2020-11-22"),
        ("Next event", "2020-12-01"),
        ("Previous event", "2020-11-22"),
    ):
        page.get_by_role("button", name=name).click()
        assert day(page) == expected


def test_bars_of_two_directions_repeat_as_one(show):
    page = show()  # Lachin is due to be handed over, and perhaps divided
    below, above = PAYLOAD["looks"][
        card_of(PAYLOAD, PAYLOAD["regions"][2]["stretches"][1])["look"]
    ]["patterns"]
    across = below["period"] * 2**0.5
    assert above["period"] % across == pytest.approx(0, abs=1e-9)
    fill = page.locator(".gm-region").nth(2).evaluate("path => path.style.fill")
    tile = page.evaluate(
        """(id) => [...document.getElementById(id).children].map((rect) =>
          [rect.getAttribute("fill") || rect.style.fill, rect.getAttribute("x")])""",
        fill.removeprefix('url("#').removesuffix('")'),
    )
    assert tile[0][0].startswith("url(#gm-look-")
    assert tile[1:] == [
        [
            f"var(--{'actor' if isinstance(s['colour'], int) else 'gm'}-{s['colour']})",
            f"{s['start']:g}",
        ]
        for s in above["stripes"]
    ]


@pytest.mark.parametrize("sandbox", ['sandbox="allow-scripts"', ""])
def test_one_file_works_in_a_frame_and_without_network(chromium, tmp_path, sandbox):
    fm.build(PAYLOAD, follow_address=True).save(str(tmp_path / "map.html"))
    (tmp_path / "page.html").write_text(
        f'<iframe {sandbox} src="map.html" width="640" height="520"></iframe>', "utf-8"
    )
    context = chromium.new_context(offline=True)
    page = context.new_page()
    faults = []
    page.on("console", lambda m: m.type in ("error", "warning") and faults.append(m.text))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto((tmp_path / "page.html").as_uri())
    frame = page.frame_locator("iframe")
    frame.get_by_role("button", name="Previous event").click()
    assert frame.locator(".gm-date").text_content() == "25 November 2020"
    context.close()
    assert not faults


def test_it_works_in_a_notebook_cell(chromium):
    page = chromium.new_page()
    page.set_content(fm.build(PAYLOAD)._repr_html_())
    frame = page.frame_locator("iframe")
    frame.get_by_role("slider").press("Home")
    assert frame.locator(".gm-date").text_content() == "27 September 2020"
    page.close()


def test_the_legend_is_not_on_the_key_of_numbers(show):
    payload = copy.deepcopy(PAYLOAD)
    payload["labels"]["numbered"] = [[0, 1]]
    page = show(payload, size=(1280, 900))
    assert page.locator(".gm-key").is_visible()
    legend, key = (page.locator(name).bounding_box() for name in (".gm-legend", ".gm-key"))
    assert legend["y"] + legend["height"] <= key["y"] + 1
