"""Take the pictures in the docs and its gallery from the running service: `make screenshots`."""

from __future__ import annotations

import logging
import sys
import threading
from pathlib import Path

from playwright.sync_api import sync_playwright
from werkzeug.serving import make_server

import geomap
from geomap.web import create_app

DOCS = Path(__file__).parent
EMBED = "/handover-2020/embed"
SHOTS = {
    "reader.png": ("/", 1280, 900, "light"),
    "embed.png": (EMBED, 640, 520, "light"),
    "gallery/reader-dark.png": ("/?date=2020-11-16", 1280, 900, "dark"),
    "gallery/phone.png": ("/?lang=az", 375, 1000, "light"),
    "gallery/embed-300.png": (f"{EMBED}?lang=hy", 300, 250, "light"),
    "gallery/embed-low.png": (EMBED, 640, 300, "light"),
    "gallery/story.png": (f"{EMBED}?mode=story&date=2020-11-15", 640, 480, "light"),
    "gallery/compare.png": (f"{EMBED}?mode=compare&dates=2020-11-12,2020-12-01", 800, 520, "light"),
}
"""Each file with the page it shows: address, width and height in pixels, and theme."""
FILES = {
    "gallery/strip.png": "strip.png?dates=2020-11-10,2020-11-20,2020-11-25,2020-12-01&width=1200",
    "gallery/tall.png": "map.png?width=540&height=960&lang=ru",
    "gallery/square.svg": "map.svg?width=720&height=720",
    "gallery/film.gif": "map.gif?width=480&height=480&rest=1.5",
}
"""Each file with the address under the dataset's that it is the answer of."""


def main() -> int:
    """Serve the built-in dataset on a free port and save one PNG for each of `SHOTS`."""
    (DOCS / "gallery").mkdir(exist_ok=True)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, create_app([geomap.open()]), threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=["--no-sandbox", "--disable-background-networking"],
        )
        root = f"http://127.0.0.1:{server.port}"
        for name, (path, width, height, theme) in SHOTS.items():
            viewport = {"width": width, "height": height}
            page = browser.new_page(viewport=viewport, color_scheme=theme)
            page.goto(root + path)
            page.wait_for_selector("html.gm-ready")
            page.wait_for_timeout(300)
            page.screenshot(path=DOCS / name)
        for name, path in FILES.items():
            answer = browser.new_page().request.get(f"{root}/handover-2020/{path}", timeout=120_000)
            (DOCS / name).write_bytes(answer.body())
        browser.close()
    server.shutdown()
    return 0


if __name__ == "__main__":
    sys.exit(main())
