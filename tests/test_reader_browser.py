"""The reader's page as a thing to use: its tabs and their addresses, its forms, its builder, paper."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import pytest
from browser import Visit, until
from pypdf import PdfReader

from geomap.core.dataset import Dataset, text_in

pytestmark = pytest.mark.browser

LANGUAGES = ("en", "az", "hy", "ru")
READER = "/handover-2020/"


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
        return page

    yield start
    for one in visits:
        one.close()


def open_tab(page: Any) -> str:
    return page.locator("[role=tab][aria-selected=true]").get_attribute("aria-controls")


def test_the_address_names_the_open_tab(visit: Callable[..., Any]) -> None:
    page = visit(f"{READER}?date=2020-11-20#sources")
    page.get_by_role("tab", name="Embed").click()
    assert page.evaluate("location.hash") == "#embed"
    page.reload()
    page.wait_for_selector("html.gm-ready")
    assert open_tab(page) == "embed"
    page.evaluate("location.hash = '#download'")
    until(page, "document.querySelector('#tab-download').ariaSelected === 'true'")
    page.evaluate("location.hash = '#status'")  # no tab: the open one stays
    page.wait_for_timeout(100)
    assert open_tab(page) == "download"
    assert page.evaluate("location.search") == "?date=2020-11-20"


def test_the_sources_form_leads_back_to_its_tab(visit: Callable[..., Any]) -> None:
    page = visit(f"{READER}#sources")
    page.locator('.evidence input[name="sources"]').first.uncheck()
    page.get_by_role("button", name="Show with the chosen sources").click()
    page.wait_for_url("**sources=**")
    page.wait_for_selector("html.gm-ready")
    assert open_tab(page) == "sources"


def test_a_form_without_any_source_is_not_sent(visit: Callable[..., Any]) -> None:
    page = visit(f"{READER}#sources")
    boxes = page.locator('.evidence input[name="sources"]')
    for box in boxes.all():
        box.uncheck()
    before = page.url
    page.get_by_role("button", name="Show with the chosen sources").click()
    page.wait_for_timeout(200)
    assert page.url == before
    said = boxes.first.evaluate("box => box.validationMessage")
    assert said == "Choose at least one source."
    boxes.nth(1).check()
    assert boxes.first.evaluate("box => box.form.checkValidity()")


def test_the_builder_keeps_its_last_source(visit: Callable[..., Any]) -> None:
    page = visit(f"{READER}#embed")
    page.locator(".builder-form summary").click()
    boxes = page.locator('.builder-form input[name="sources"]')
    for box in boxes.all()[1:]:
        box.uncheck()
    alert = page.locator(".builder-form [role=alert]")
    assert not alert.is_visible()
    boxes.first.click()
    assert alert.text_content() == "Choose at least one source."
    assert alert.is_visible()
    assert boxes.first.is_checked()
    assert "sources=" in page.locator("#code-iframe").input_value()
    boxes.nth(1).check()
    assert not alert.is_visible()


def test_the_builder_says_which_clock_it_carries_over(visit: Callable[..., Any]) -> None:
    page = visit(f"{READER}?known=2020-11-20#embed")
    assert "As known on 20 November 2020" in page.locator(".builder-form").text_content()
    assert "known=2020-11-20" in page.locator("#code-iframe").input_value()


def test_what_is_pasted_has_a_title_in_its_language(
    visit: Callable[..., Any], builtin: Dataset
) -> None:
    page = visit(f"{READER}#embed")
    for lang in LANGUAGES:
        page.locator(".builder-form [name=lang]").select_option(lang)
        title = text_in(builtin.meta.title, lang)
        assert f'title="{title}"' in page.locator("#code-iframe").input_value()
        assert f"![{title}]" in page.locator("#code-markdown").input_value()


def test_the_code_that_fits_its_height_has_no_shape(visit: Callable[..., Any]) -> None:
    page = visit(f"{READER}#embed")
    page.locator(".builder-form [name=shape]").select_option("tall")
    assert "aspect-ratio:3/4" in page.locator("#code-iframe").input_value()
    assert "aspect-ratio:16/13" in page.locator("#code-script").input_value()
    hint = page.locator(".code:has(#code-script) p").text_content()
    assert "the chosen shape does not count here" in hint


def test_on_a_phone_the_second_date_of_a_row_has_a_name(visit: Callable[..., Any]) -> None:
    page = visit(READER, (375, 700))
    label = "cell => getComputedStyle(cell, '::before').content"
    cell = page.locator("#timeline tbody tr").first.locator(".date").last
    assert cell.evaluate(label) == '"Reported: "'
    page.set_viewport_size({"width": 1280, "height": 900})
    assert cell.evaluate(label) == "none"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_is_printed_on_one_sheet(visit: Callable[..., Any], lang: str) -> None:
    page = visit(f"{READER}?lang={lang}")
    margin = dict.fromkeys(("top", "right", "bottom", "left"), "0.4in")
    for paper, landscape in product(("A4", "Letter"), (True, False)):
        data = page.pdf(format=paper, landscape=landscape, print_background=True, margin=margin)
        assert len(PdfReader(io.BytesIO(data)).pages) == 1, (paper, landscape)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_slider_names_most_events_in_every_language(
    visit: Callable[..., Any], lang: str
) -> None:
    page = visit(f"{READER}?lang={lang}", (1280, 760))
    names = page.locator(".gm-event:visible").count()
    assert names >= page.locator(".gm-tick").count() - 1 > 4


def test_in_a_low_frame_the_map_has_the_room_of_the_names(visit: Callable[..., Any]) -> None:
    page = visit(f"{READER}embed", (640, 520))
    assert page.locator(".gm-event:visible").count() == 0
    page.set_viewport_size({"width": 900, "height": 900})
    until(page, "document.querySelector('.gm-event').checkVisibility()")
