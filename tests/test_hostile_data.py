"""Hostile datasets: each is refused in a sentence, or its texts stay texts wherever they come out."""

from __future__ import annotations

import warnings
import zipfile
from pathlib import Path
from typing import Any
from urllib.parse import quote

import bounded
import pytest
from bounded_tasks import faults_of, outputs_of
from browser import NEXT_FRAME, Visit, map_settled, serving, until
from datasets import REGIONS, claim, dataset_files, write_dataset, write_zip
from hostile import RUNS, write_running
from hostile_files import HARMLESS, REFUSED

from geomap import sources
from geomap.core.dataset import Dataset
from geomap.web import create_app

HELD = claim("held", "control", "north", "1990")


def test_a_hostile_dataset_is_refused_in_a_sentence(tmp_path: Path) -> None:
    for number, (name, (files, word)) in enumerate(REFUSED.items()):
        folder = write_dataset(tmp_path / str(number), [HELD], raw=files)
        outcome = bounded.run(faults_of, folder)
        assert not outcome.ended, f"{name}: took too much time or memory"
        assert not outcome.trace, f"{name}: {outcome.trace}"
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
        assert not outcome.trace, f"{name}: {outcome.trace}"
        assert outcome.value == {}, name


def test_a_hostile_zip_is_refused_or_harmless(tmp_path: Path) -> None:
    sound = dataset_files([HELD])
    link = zipfile.ZipInfo("regions/link.geojson")
    link.external_attr = 0o120777 << 16
    blanks = b" " * 60_000_000
    members: dict[str, tuple[list[tuple[Any, bytes]], str]] = {
        "a name twice": ([("regions/vale.geojson", b"{}")], "stands twice in the zip"),
        "a name twice, as Windows writes it": ([("regions\\vale.geojson", b"{}")], "stands twice"),
        "a link": ([(link, b"/etc/passwd")], "is not JSON"),
        "a bomb": ([("regions/bomb.geojson", blanks)], "100 times"),
        "ways out": ([("../../claims.csv", b"x"), ("/etc/claims.csv", b"x")], ""),
    }
    for number, (name, (more, word)) in enumerate(members.items()):
        path = write_zip(tmp_path / f"{number}.zip", sound)
        with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of names that stand twice
            for member, content in more:
                archive.writestr(member, content)
        outcome = bounded.run(faults_of, path)
        assert not outcome.ended, name
        assert not outcome.trace, f"{name}: {outcome.trace}"
        assert outcome.value[0] == (not word), name
        assert word in "\n".join(outcome.value[1]), name


def test_a_zip_of_very_many_files_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("geomap.sources.zip.MAX_LISTED", 500)
    path = write_zip(tmp_path / "x.zip", {f"regions/{n}.geojson": b"{}" for n in range(20)})
    (fault,) = sources.check(path)
    assert "lists more files than a dataset has" in fault.message


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
        visit.page.set_content(RUNS[0])
        until(page, "() => window.__ran === 1")  # the texts do run where they are let
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
