"""The one-file map: opened from a disk, without any network."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import folium
import pytest
from flask.testing import FlaskClient
from hostile import write_hostile
from markup import Markup, text_of

from geomap.api import open as open_dataset
from geomap.map.policy import hash_source

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


def test_its_policy_names_what_is_in_it_and_nothing_else() -> None:
    page = Markup(open_dataset().draw().get_root().render())
    (policy,) = page.all("meta", **{"http-equiv": "Content-Security-Policy"})
    parts = {name: set(values) for name, *values in map(str.split, policy["content"].split(";"))}
    scripts = [e.text for e in page.all("script") if e.attributes.get("type") is None]
    assert parts.pop("script-src") == set(map(hash_source, scripts))
    assert parts.pop("style-src") == {hash_source(style.text) for style in page.all("style")}
    nothing = {"default-src": {"'none'"}, "base-uri": {"'none'"}, "form-action": {"'none'"}}
    assert parts == {**nothing, "img-src": {"data:"}}


def test_a_map_with_layers_of_others_has_no_policy_that_would_block_them() -> None:
    drawn = open_dataset().draw()
    folium.Marker([39.9, 46.6]).add_to(drawn)
    assert "Content-Security-Policy" not in drawn.get_root().render()


@pytest.mark.browser
def test_what_is_put_into_it_does_not_run(chromium: Any, saved: Callable[..., Path]) -> None:
    file = saved()
    injected = (
        "<script>document.title = 'ran'</script><img src='https://evil.example/x.png'"
        " onerror=\"document.title = 'ran'\"><style>.gm { color: red }</style></body>"
    )
    file.write_text(file.read_text().replace("</body>", injected))
    page = chromium.new_page()
    refused: list[str] = []
    failed: list[str] = []
    page.on("console", lambda message: refused.append(message.text))
    page.on("requestfailed", lambda request: failed.append(f"{request.url} {request.failure}"))
    page.goto(file.as_uri())
    page.locator("html.gm-ready").wait_for()
    assert page.title() == "The handover of Kalbajar, Aghdam and Lachin"
    assert failed == ["https://evil.example/x.png csp"]
    assert sum("Content Security Policy" in text for text in refused) == 4
    page.close()


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
    still = html.partition("<noscript>\n")[2].partition("</noscript>")[0]
    page = client.get(f"/{ID}/?date=2020-11-12").text
    assert text_of(still, "th", scope="row") == text_of(page, "button", class_="card-name")
    assert text_of(still, "td")[::2] == text_of(page, "p", class_="card-sentence")
    (headline,) = text_of(page, "p", id="headline")
    assert text_of(still, "p")[0] == headline


def test_hostile_texts_stay_texts_there(tmp_path: Path) -> None:
    folder, texts = write_hostile(tmp_path / "hostile")
    html = open_dataset(folder).draw().get_root().render()
    (still,) = html.split("<noscript>\n")[1:]
    still = still.partition("</noscript>")[0]
    tags = {element.tag for element in Markup(still).elements}
    expected = "div h2 p strong table caption thead tr th tbody td"
    assert tags == set(expected.split())
    names = text_of(still, "th", scope="row")
    assert names
    assert all(any(name == " ".join(text.split()) for text in texts["regions"]) for name in names)
    assert "49" not in names
