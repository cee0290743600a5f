"""A plain address in WordPress: its own functions make the page, its own script runs in it."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import needs
import pytest
from browser import Visit, map_settled, until
from flask import Flask
from newsroom import Newsroom, newsroom

from geomap.present.sizes import embed_height

ID = "handover-2020"
DAY = "2020-11-20"
FILTER = Path(__file__).parent / "wordpress" / "filter.php"
pytestmark = [pytest.mark.browser, pytest.mark.network]


@pytest.fixture(scope="module")
def wordpress(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of WordPress: Debian's, unpacked from its package where it is not installed."""
    installed = Path("/usr/share/wordpress")
    if (installed / "wp-includes").exists():
        return installed
    apt, dpkg = (needs.program(name, package=name) for name in ("apt-get", "dpkg"))
    folder = tmp_path_factory.mktemp("wordpress")
    options = {"cwd": folder, "capture_output": True, "text": True, "timeout": 180, "check": False}
    done = subprocess.run([apt, "download", "wordpress"], **options)
    packages = list(folder.glob("wordpress_*.deb"))
    if not packages:
        needs.missing("WordPress", done.stderr[-200:])
    subprocess.run([dpkg, "-x", str(packages[0]), "unpacked"], **options)
    return folder / "unpacked" / "usr/share/wordpress"


@pytest.fixture
def site() -> Iterator[Newsroom]:
    with newsroom() as running:
        yield running


@pytest.fixture
def post(app: Flask, live_server: str, wordpress: Path, site: Newsroom) -> Callable[[str], str]:
    """A function that publishes a post with the embed of an address; it returns the post's address."""
    php = needs.program("php", package="php-cli")
    script = (wordpress / "wp-includes/js/wp-embed.js").read_text("utf-8")

    def publish(address: str) -> str:
        # A page of WordPress's asks for its own width and for 1.5 times that as height.
        asked = {"url": address, "maxwidth": 650, "maxheight": 975}
        headers = {"Host": live_server.removeprefix("http://")}
        answer = app.test_client().get("/oembed", query_string=asked, headers=headers)
        made = subprocess.run(
            [php, str(FILTER), str(wordpress), address],
            input=json.dumps(answer.json),
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        style = "<style>body{margin:0 24px}article{max-width:650px;margin:0 auto}</style>"
        return site.publish(f"<article>{made}</article><script>{script}</script>", style)

    return publish


@pytest.fixture
def visit(chromium: Any, live_server: str) -> Iterator[Callable[..., Any]]:
    visits = []

    def start(address: str, width: int = 1000) -> Any:
        size = {"width": width, "height": 900}
        visits.append(Visit(chromium, live_server, viewport=size))
        page = visits[-1].page
        page.goto(address)
        frame = page.frame_locator("iframe")
        frame.locator("html.gm-ready").wait_for(state="attached")
        until(page, "!document.querySelector('iframe').hasAttribute('style')")
        map_settled(page.frames[1])
        return page

    yield start
    for one in visits:
        one.context.close()


@pytest.mark.parametrize(("width", "column"), [(1000, 650), (375, 327)])
@pytest.mark.parametrize("page_of_it", ["", "embed"])
def test_the_frame_has_its_column_and_its_height(
    post: Callable[[str], str],
    visit: Callable[..., Any],
    live_server: str,
    width: int,
    column: int,
    page_of_it: str,
) -> None:
    page = visit(post(f"{live_server}/{ID}/{page_of_it}?date={DAY}"), width)
    box = page.locator("iframe").bounding_box()
    assert box["width"] == column
    assert box["height"] == embed_height("standard", column)
    inside = page.frames[1]
    assert inside.evaluate("document.documentElement.scrollHeight <= innerHeight")
    assert inside.locator(".gm-region").count() == 4
    assert inside.locator(".gm-date").text_content() == "20 November 2020"
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert not page.locator("blockquote").is_visible()
    # No border of the browser's around it, and a light map on a light page.
    assert page.locator("iframe").get_attribute("frameborder") == "0"
    assert inside.locator("html:not(.gm-dark)").count() == 1


def test_its_links_lead_to_the_full_map(
    post: Callable[[str], str], visit: Callable[..., Any], live_server: str
) -> None:
    story = post(f"{live_server}/{ID}/?date={DAY}&lang=ru")
    page = visit(story)
    page.frame_locator("iframe").locator(".gm-credit a").click()
    page.wait_for_url(f"{live_server}/{ID}/?date={DAY}&lang=ru")
    # A source is of another site, to which WordPress follows no link: the full map names it.
    page.goto(story)
    frame = page.frame_locator("iframe")
    frame.locator("html.gm-ready").wait_for(state="attached")
    map_settled(page.frames[1])
    frame.locator(".gm-region").first.focus()
    frame.locator(".gm-region").first.press("Enter")
    frame.locator(".gm-card a[href^=http]").first.click()
    page.wait_for_url(f"{live_server}/{ID}/?date={DAY}&lang=ru#sources")
    assert page.locator("#sources").is_visible()


def test_readers_of_feeds_and_of_mail_get_a_link(
    post: Callable[[str], str], live_server: str, site: Newsroom
) -> None:
    address = post(f"{live_server}/{ID}/?date={DAY}")
    html = site.pages[address.removeprefix(site.root)][0]
    assert f'<a href="{live_server}/{ID}/?date={DAY}">' in html
    assert "display:none" not in html.partition("<article>")[2]


def test_the_plugin_is_php() -> None:
    php = needs.program("php", package="php-cli")
    for path in (FILTER.parents[2] / "deploy/wordpress").rglob("*.php"):
        done = subprocess.run([php, "-l", str(path)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout
    assert (
        shutil.which("node") is None
        or not subprocess.run(
            ["node", "--check", str(FILTER.parents[2] / "deploy/wordpress/geomap-embed/block.js")],
            check=False,
        ).returncode
    )
