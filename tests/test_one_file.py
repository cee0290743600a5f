"""The one-file map: opened from a disk, without any network."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from hostile import write_hostile
from markup import Markup, text_of

from geomap.api import open as open_dataset

ID = "handover-2020"


@pytest.fixture
def saved(client: FlaskClient, tmp_path: Path) -> Callable[..., Path]:
    """A function that downloads the one-file map and returns where it was saved."""

    def _save(query: str = "") -> Path:
        answer = client.get(f"/{ID}/map.html{query}")
        assert answer.status_code == 200
        file = tmp_path / "map.html"
        file.write_bytes(answer.data)
        return file

    return _save


def test_it_is_a_download_named_after_its_day(client: FlaskClient) -> None:
    answer = client.get(f"/{ID}/map.html?date=2020-11-20")
    assert answer.headers["Content-Disposition"] == (
        'attachment; filename="handover-2020-2020-11-20.html"'
    )


@pytest.mark.browser
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_works_from_a_disk_without_a_network(
    chromium: Any, saved: Callable[..., Path], theme: str
) -> None:
    file = saved(f"?date=2020-11-20&theme={theme}")
    context = chromium.new_context(offline=True, viewport={"width": 800, "height": 650})
    page = context.new_page()
    faults: list[str] = []
    requests: list[str] = []
    page.on("console", lambda m: m.type in ("error", "warning") and faults.append(m.text))
    page.on("pageerror", lambda error: faults.append(str(error)))
    context.on("request", lambda request: requests.append(request.url))
    page.goto(file.as_uri())
    page.locator("html.gm-ready").wait_for()
    assert page.locator(".gm-date").text_content() == "20 November 2020"
    assert page.locator(".gm-region").count() == 4
    assert page.locator("html.gm-dark").count() == (theme == "dark")
    page.get_by_role("slider").press("End")
    assert page.locator(".gm-date").text_content() == "1 December 2020"
    page.get_by_role("button", name="Previous event").click()
    assert page.locator(".gm-date").text_content() == "25 November 2020"
    page.locator(".gm-region").first.press("Enter")
    assert "Azerbaijan" in page.get_by_role("dialog").text_content()
    assert page.locator(".gm-static").count() == 0
    context.close()
    assert not faults
    assert [url for url in requests if url != file.as_uri()] == []


@pytest.mark.browser
def test_without_scripts_it_says_what_it_knows(chromium: Any, saved: Callable[..., Path]) -> None:
    file = saved("?date=2020-11-20")
    context = chromium.new_context(offline=True, java_script_enabled=False)
    page = context.new_page()
    page.goto(file.as_uri())
    text = page.locator(".gm-static").inner_text()
    assert "As of 20 November 2020, Aghdam has been handed over to Azerbaijan." in text
    assert "Status on 20 November 2020" in text
    assert page.locator(".gm-static tbody th").count() == 4
    assert "This map makes no claim about days after 1 December 2020." in text
    assert page.locator("figure.gm").bounding_box() is None  # it takes no room either
    context.close()


def test_its_table_says_the_same_as_the_page(client: FlaskClient) -> None:
    html = client.get(f"/{ID}/map.html?date=2020-11-12").text
    still = html.partition("<noscript>")[2].partition("</noscript>")[0]
    page = client.get(f"/{ID}/?date=2020-11-12").text
    assert text_of(still, "th", scope="row") == text_of(page, "button", class_="card-name")
    assert text_of(still, "td")[::2] == text_of(page, "p", class_="card-sentence")
    (headline,) = text_of(page, "p", id="headline")
    assert text_of(still, "p")[0] == headline


def test_hostile_texts_stay_texts_there(tmp_path: Path) -> None:
    folder, texts = write_hostile(tmp_path / "hostile")
    html = open_dataset(folder).draw().get_root().render()
    (still,) = html.split("<noscript>")[1:]
    still = still.partition("</noscript>")[0]
    tags = {element.tag for element in Markup(still).elements}
    expected = "style div h2 p strong table caption thead tr th tbody td"
    assert tags == set(expected.split())
    names = text_of(still, "th", scope="row")
    assert names
    assert all(any(name == " ".join(text.split()) for text in texts["regions"]) for name in names)
    assert "49" not in names
