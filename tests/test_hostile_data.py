"""Hostile datasets: each is refused in a sentence, or its texts stay texts wherever they come out."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote

import bounded
import pytest
from browser import NEXT_FRAME, Visit, map_settled, serving
from datasets import REGIONS, claim, write_dataset
from hostile import write_running
from hostile_files import HARMLESS, REFUSED

from geomap import sources
from geomap.core.dataset import Dataset
from geomap.desk.checking import check
from geomap.errors import listing
from geomap.web import create_app

HELD = claim("held", "control", "north", "1990")


def faults_of(path: Path) -> tuple[bool, list[str]]:
    """Return whether `geomap check` finds a dataset sound, and the lines that it prints."""
    checked = check(path)
    return checked.sound, [*listing(checked.faults)]


def outputs_of(path: Path) -> dict[str, str]:
    """Return what of a sound dataset does not come out: status and beginning by address."""
    client = create_app([sources.open(path)]).test_client()
    embed = "embed?lang=fr" if (path / "languages").exists() else "embed"
    endings = ("geojson", "gpkg", "kml", "csv", "xlsx", "topojson")
    answers = {
        address: client.get(f"/test/{address}")
        for address in (
            "",
            embed,
            "map.svg",
            "style.sld",
            *map("regions.{}".format, endings),
        )
    }
    return {
        address: f"{answer.status} {answer.text[:200]}"
        for address, answer in answers.items()
        if answer.status_code != 200
    }


def test_a_hostile_dataset_is_refused_in_a_sentence(tmp_path: Path) -> None:
    for number, (name, (files, word)) in enumerate(REFUSED.items()):
        folder = write_dataset(tmp_path / str(number), [HELD], raw=files)
        outcome = bounded.run(faults_of, folder)
        assert not outcome.ended, f"{name}: took too much time or memory"
        assert not outcome.error, f"{name}: {outcome.trace}"
        sound, lines = outcome.value
        # What is wrong with a catalogue keeps nobody from the map.
        assert not sound or "languages/fr.po" in files, name
        assert word in "\n".join(lines), f"{name}: {lines[:3]}"
        assert max(map(len, lines)) < 1000, name


def test_what_is_odd_but_sound_comes_out_everywhere(tmp_path: Path) -> None:
    for number, (name, files) in enumerate(HARMLESS.items()):
        folder = write_dataset(
            tmp_path / str(number), [HELD], regions={"hill": REGIONS["hill"]}, raw=files
        )
        outcome = bounded.run(outputs_of, folder)
        assert not outcome.ended, f"{name}: took too much time or memory"
        assert not outcome.error, f"{name}: {outcome.trace}"
        assert outcome.value == {}, name


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """A dataset whose every text would run in a browser that took it for more than text."""
    return sources.open(write_running(tmp_path_factory.mktemp("running") / "data"))


PAGES = (
    "/test/",
    "/test/?lang=fr&date=2021-03-13",
    "/test/embed?lang=fr&date=2021-03-11",
    "/test/embed?mode=story",
    "/test/embed?mode=compare&dates=2021-03-05,2021-03-20",
    "/test/embed?theme=dark&controls=none&date=2021-03-13",
)
# What a reader may do, in the page and in its frames.
DO_EVERYTHING = """async () => {
  document.querySelectorAll("details").forEach((node) => { node.open = true; });
  document.addEventListener("submit", (event) => event.preventDefault());
  const all = (selector) => [...document.querySelectorAll(selector)];
  for (const node of all("button, .gm-region, .card-name, .gm-lane, .gm-story li")) {
    node.dispatchEvent(new MouseEvent("mouseover", { bubbles: true }));
    node.focus?.();
    node.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
    node.click?.() ?? node.dispatchEvent(new MouseEvent("click", { bubbles: true }));
    await new Promise((done) => setTimeout(done, 0));
  }
  for (const node of all("input[type=range], select, input")) {
    if (node.type === "range") node.value = node.max;
    node.dispatchEvent(new Event("input", { bubbles: true }));
    node.dispatchEvent(new Event("change", { bubbles: true }));
  }
}"""
LISTEN = """addEventListener("securitypolicyviolation", (event) => {
  window.__ran = `${event.violatedDirective} ${event.blockedURI}`;
});"""


@pytest.mark.browser
def test_no_text_of_a_dataset_ever_runs(running: Dataset, chromium: Any, tmp_path: Path) -> None:
    news = {"page": b""}

    def newsroom(environ: Any, start: Any) -> list[bytes]:
        """Somebody else's page, which has in it what oEmbed hands out, and no policy of its own."""
        start("200 OK", [("Content-Type", "text/html; charset=utf-8")])
        return [news["page"]]

    with serving(create_app([running])) as root, serving(newsroom) as elsewhere:
        visit = Visit(chromium, root, viewport={"width": 1000, "height": 800})
        visit.context.add_init_script(LISTEN)
        page = visit.page
        handed = page.request.get(f"/oembed?url={quote(root + '/test/', safe='')}").json()
        icon = "<!doctype html><title>News</title><link rel=icon href=data:,>"
        news["page"] = f"{icon}{handed['html']}".encode()
        saved = tmp_path / "map.html"
        saved.write_bytes(page.request.get("/test/map.html?lang=fr").body())
        for address in (*PAGES, f"{elsewhere}/", saved.as_uri()):
            page.goto(address)
            shown = page.frames[-1] if address.startswith(elsewhere) else page
            map_settled(shown)
            shown.evaluate(DO_EVERYTHING)
            page.evaluate(NEXT_FRAME)
            ran = [frame.evaluate("() => window.__ran ?? null") for frame in page.frames]
            assert set(ran) == {None}, (address, ran)
        own = (f"{elsewhere}/", saved.as_uri())
        visit.requests = [url for url in visit.requests if not url.startswith(own)]
        visit.close()
