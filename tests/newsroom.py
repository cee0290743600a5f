"""Somebody else's site: pages of another origin that embed the map, with headers of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import browser
from markup import Markup

Environ = dict[str, Any]


class Newsroom:
    """A site whose pages a test writes. Its name is not that of the map's site, so cookies,
    storage and frames of the two are strangers to each other.
    """

    def __init__(self) -> None:
        self.root = ""
        self.pages: dict[str, tuple[str, dict[str, str]]] = {}

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> list[bytes]:
        body, headers = self.pages.get(environ["PATH_INFO"], ("", {}))
        start_response(
            "200 OK" if body else "404 Not Found",
            [("Content-Type", "text/html; charset=utf-8"), *headers.items()],
        )
        return [body.encode()]

    def publish(self, body: str, head: str = "", **headers: str) -> str:
        """Put a page on the site and return its address."""
        path = f"/story-{len(self.pages)}"
        html = (
            '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>A story</title>'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f'<link rel="icon" href="data:,">{head}</head><body>{body}</body></html>'
        )
        self.pages[path] = html, {name.replace("_", "-"): v for name, v in headers.items()}
        return self.root + path


@contextmanager
def newsroom() -> Iterator[Newsroom]:
    """A running site of another origin and another host than the map's."""
    site = Newsroom()
    with browser.serving(site) as address:
        site.root = address.replace("127.0.0.1", "localhost")
        yield site


def snippets(html: str) -> dict[str, str]:
    """Return what the builder of a reader's page gives to paste, by kind."""
    return {
        area["id"].removeprefix("code-"): area.text.removeprefix("\n")
        for area in Markup(html).all("textarea")
    }
