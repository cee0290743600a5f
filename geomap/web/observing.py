"""What is measured of each request, for the log and the metrics; nothing where neither is asked for.

Only what the service itself defines gets in: a route's pattern and not the path, an id of one of its
datasets, a known method. So nothing is about a reader, and there are never many different values.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar

from flask import Flask
from werkzeug.exceptions import HTTPException

from geomap.web.responses import Environ, StartResponse, WSGIApp
from geomap.web.site import Site

NO_ROUTE = "none"
"""Stands for the route of a request that none answers."""
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_OTHER = "other"
_TRACE = "geomap.trace"
_REMEMBERED = 1024
_LONGEST = 200


@dataclass(frozen=True)
class Answered:
    """One request that was answered.

    `route` is a pattern such as /<dataset_id>/embed, `blueprint` the name of its module. `cache` is
    `hit` where the answer was there, `miss` where it was made. `seconds` ends when the answer is
    ready, not when the client has it.
    """

    method: str
    route: str
    blueprint: str
    dataset: str
    status: int
    cache: str
    seconds: float


R = TypeVar("R")
Observer = Callable[[Answered], None]


class Observing:
    """Tells observers of each request. `around` goes around the cache, `inside` around the app."""

    def __init__(self, app: Flask, site: Site, observers: Sequence[Observer]) -> None:
        self._adapter = app.url_map.bind("localhost")
        self._site = site
        self._observers = observers
        self._remembered = lru_cache(_REMEMBERED)(self._find_route)

    def inside(self, make: Callable[..., R]) -> Callable[..., R]:
        """Return `make`, which answers what the cache does not have; it marks what reaches it.

        Its first argument is the request's environment, as a WSGI app's is.
        """

        def marked(environ: Environ, *rest: Any) -> R:
            environ[_TRACE]["cache"] = "miss"
            return make(environ, *rest)

        return marked

    def around(self, app: WSGIApp) -> WSGIApp:
        """Return `app`, whose requests are measured."""

        def measured(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
            started = time.perf_counter()
            trace: dict[str, Any] = {"cache": "hit", "status": 500}

            def start(status: str, *rest: Any) -> Any:
                trace["status"] = int(status[:3])
                return start_response(status, *rest)

            try:
                return app({**environ, _TRACE: trace}, start)
            finally:
                self._tell(environ, trace, time.perf_counter() - started)

        return measured

    def _tell(self, environ: Environ, trace: dict[str, Any], seconds: float) -> None:
        path, method = environ.get("PATH_INFO", ""), environ["REQUEST_METHOD"]
        find = self._remembered if len(path) <= _LONGEST else self._find_route
        route, blueprint, dataset = find(path)
        answered = Answered(
            method=method if method in _METHODS else _OTHER,
            route=route,
            blueprint=blueprint,
            dataset=dataset if dataset in self._site.datasets else "",
            status=trace["status"],
            cache=trace["cache"],
            seconds=seconds,
        )
        for observer in self._observers:
            observer(answered)

    def _find_route(self, path: str) -> tuple[str, str, str]:
        """Return the pattern of a path's route, its blueprint, and the dataset that it names."""
        try:
            decoded = path.encode("latin-1").decode(errors="replace")
            rule, values = self._adapter.match(decoded, method="GET", return_rule=True)
        except (HTTPException, UnicodeError):  # there is none, or it is a redirect
            return NO_ROUTE, "", ""
        pattern = re.sub(r"<\w+:", "<", rule.rule)
        dataset = values.get("dataset_id") or values.get("collection_id", "").rpartition(".")[0]
        return pattern, rule.endpoint.rpartition(".")[0], dataset
