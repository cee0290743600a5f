"""Chromium for the tests of pages, and a server that shows it the real app."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from werkzeug.serving import WSGIRequestHandler, make_server

ARGUMENTS = ["--no-sandbox", "--disable-background-networking"]


@contextmanager
def launch() -> Iterator[Any]:
    """A Chromium for this process; the test is skipped where there is none, but fails in CI."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        path, reason = None, "Playwright is not installed: pip install '.[test]'"
    else:
        reason = "Chromium is not installed: apt-get install chromium"
    if not path:
        if os.environ.get("CI"):
            pytest.fail(f"{reason}; in CI no browser test may be left out")
        pytest.skip(reason)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


class _Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: Any) -> None:
        pass


@contextmanager
def serving(app: Any) -> Iterator[str]:
    """The address at which an app answers from a thread, without a slash at its end."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    server.server_close()
    thread.join(5)


class Visit:
    """A browser context that notes every fault and every request of its pages."""

    def __init__(self, chromium: Any, root: str, **options: Any) -> None:
        self.root, self.faults, self.requests = root, [], []
        self.context = chromium.new_context(base_url=root, **options)
        self.context.set_default_timeout(8000)
        self.page = self.context.new_page()
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("dialog", self._dialog)
        self.context.on("request", lambda request: self.requests.append(request.url))

    def _console(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.faults.append(message.text)

    def _dialog(self, dialog: Any) -> None:
        self.faults.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    @property
    def foreign(self) -> list[str]:
        """The requests that went to anybody else."""
        own = (f"{self.root}/", "data:", "blob:")
        return [url for url in self.requests if not url.startswith(own)]

    def close(self) -> None:
        """End the visit; it must have been without faults and without foreign requests."""
        self.context.close()
        assert not self.faults, self.faults
        assert not self.foreign, self.foreign
        assert self.requests


def until(page: Any, expression: str, argument: Any = None) -> None:
    """Wait for a script's truth; Playwright's own wait needs eval, which our policy forbids."""
    for _ in range(100):
        if page.evaluate(expression, argument):
            return
        page.wait_for_timeout(50)
    pytest.fail(f"still not so after 5 s: {expression} {argument or ''}")


STILL = """async () => {
  const look = () => [...document.querySelectorAll("figure.gm, .gm-stage, .gm-legend, .gm-label")]
    .map((node) => Object.values(node.getBoundingClientRect().toJSON()).join()).join(";");
  const frames = async () => {
    for (let n = 0; n < 4; n++) await new Promise((done) => requestAnimationFrame(done));
  };
  for (let before = null, now = look(); before !== now; before = now, now = look()) await frames();
}"""


def settled(page: Any) -> None:
    """Wait until nothing on the map of a page, or of a frame, moves any more."""
    page.evaluate(STILL)


Open = Callable[..., Any]
