"""Chromium for the tests of pages, and a server that shows it the real app."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import needs
import pytest
from playwright.sync_api import sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

ARGUMENTS = ["--no-sandbox", "--disable-background-networking"]
NEXT_FRAME = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
NEXT_TASK = """() => new Promise((done) => {
  const channel = new MessageChannel();
  channel.port1.onmessage = () => setTimeout(done, 0);
  channel.port2.postMessage(0);
})"""


@contextmanager
def launch() -> Iterator[Any]:
    """Start Chromium; where it is missing the test is skipped (see `needs`)."""
    path = needs.chromium()
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


def another(chromium: Any, *arguments: str) -> Any:
    """Start a second Chromium, with further arguments, beside the one that runs."""
    return chromium.browser_type.launch(
        executable_path=needs.chromium(), args=[*ARGUMENTS, *arguments]
    )


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
    """Wait up to 5 s until a script is true; Playwright's own wait needs eval, which our policy
    forbids.
    """
    end = time.monotonic() + 5
    while not page.evaluate(expression, argument):
        if time.monotonic() > end:
            pytest.fail(f"still not so after 5 s: {expression} {argument or ''}")
        page.wait_for_timeout(20)


def settled(page: Any, expression: str) -> Any:
    """Return a script's value once it has stayed the same for six frames in a row.

    For what moves until it has its place: sizes, positions, heights of frames.
    """
    same, value = 0, page.evaluate(expression)
    for _ in range(300):
        page.evaluate(NEXT_FRAME)
        before, value = value, page.evaluate(expression)
        same = same + 1 if value == before else 0
        if same == 6:
            return value
    pytest.fail(f"does not settle: {expression}")


def round_trip(page: Any) -> None:
    """Wait until every message and timer that is due in the page and its frames was handled.

    For tests that something does *not* happen: what it would follow from has been dealt with then.
    """
    for frame in page.frames:
        frame.evaluate(NEXT_TASK)
    page.evaluate(NEXT_FRAME)


STILL = """async () => {
  const parts = "figure.gm, figure.gm .gm-stage, figure.gm .gm-legend, .gm-label";
  const look = () => [...document.querySelectorAll(parts)]
    .map((node) => Object.values(node.getBoundingClientRect().toJSON()).join()).join(";");
  const frames = async () => {
    for (let n = 0; n < 4; n++) await new Promise((done) => requestAnimationFrame(done));
  };
  for (let before = null, now = look(); before !== now; before = now, now = look()) await frames();
}"""


def map_settled(page: Any) -> None:
    """Wait until nothing on the map of a page, or of a frame, moves any more."""
    page.wait_for_selector("html.gm-ready", state="attached")  # a frame may still be loading
    page.evaluate(STILL)
