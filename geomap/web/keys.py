"""Cache keys of responses: every value that the answer to a request depends on."""

from __future__ import annotations

from collections.abc import Hashable
from functools import lru_cache
from typing import Any

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Request

from geomap.errors import GeomapError
from geomap.web.route import read, route_of
from geomap.web.site import Site, has_one_host, is_trusted

DEPENDS_ON = (
    *("PATH_INFO", "QUERY_STRING", "SCRIPT_NAME", "wsgi.url_scheme"),
    *("HTTP_HOST", "HTTP_ACCEPT", "HTTP_ACCEPT_LANGUAGE", "SERVER_PROTOCOL"),
)
"""The parts of a request's environment that an answer can depend on."""
_REMEMBERED = 2048
_LONGEST = 500
"""The keys of so many requests, of so many characters at most, are cached, since reading a request
takes longer than answering from the cache. They take about two megabytes."""


class RequestKeys:
    """Turns requests into the keys of their answers.

    A key is made from the very values that Flask and the views read: the decoded path and the
    declared parameters as values. So other parts of a request create no further entries.
    """

    def __init__(self, app: Flask, site: Site) -> None:
        self._app = app
        self._site = site
        self._adapter = app.url_map.bind("localhost")
        self._remembered = lru_cache(_REMEMBERED)(self._make)

    def __call__(self, environ: dict[str, Any]) -> Hashable | None:
        """Return the key of a request's answer, None where that must not be cached."""
        given = [environ.get(name, "") for name in DEPENDS_ON]
        if sum(map(len, given)) > _LONGEST:
            return self._make(*given)
        return self._remembered(*given)

    def clear(self) -> None:
        """Drop all cached keys, because the datasets have changed."""
        self._remembered.cache_clear()

    def _make(self, *given: str) -> Hashable | None:
        environ = dict(zip(DEPENDS_ON, given, strict=True))
        generation = self._site.generation
        if not has_one_host(environ):
            return None
        try:
            asked_path = environ["PATH_INFO"].encode("latin-1").decode(errors="replace")
            endpoint, path = self._adapter.match(asked_path, method="GET")
            route = route_of(self._app, endpoint)
            if not route.cached:
                return None
            asked = read(route, self._site, path, Request(environ).args, environ)
        except (HTTPException, GeomapError, UnicodeDecodeError):  # an error, or a redirect
            return None
        host = ""
        if route.absolute_links and is_trusted(self._site.settings, environ):
            host = f"{environ['wsgi.url_scheme']}://{environ['HTTP_HOST']}"
        return (
            *(generation, endpoint, tuple(path.values()), tuple(asked.values.values())),
            *(asked.language, asked.face, asked.vary, environ["SCRIPT_NAME"], host),
        )
