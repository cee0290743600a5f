"""Take the pictures in the docs from the running service: `make screenshots`."""

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
SHOTS = {
    "reader.png": ("/", 1280, 900),
    "embed.png": ("/handover-2020/embed", 640, 520),
}


def main() -> int:
    """Serve the built-in dataset on a free port and save one PNG for each of `SHOTS`."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, create_app([geomap.open()]), threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=["--no-sandbox", "--disable-background-networking"],
        )
        for name, (path, width, height) in SHOTS.items():
            page = browser.new_page(viewport={"width": width, "height": height})
            page.goto(f"http://127.0.0.1:{server.port}{path}")
            page.wait_for_selector("html.gm-ready")
            page.screenshot(path=DOCS / name)
        browser.close()
    server.shutdown()
    return 0


if __name__ == "__main__":
    sys.exit(main())
