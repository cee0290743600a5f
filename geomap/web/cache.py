"""Finished responses in front of Flask: ETags, 304s, gzip and brotli, in a bounded table.

A WSGI layer of its own. A response is finished once (status 200 to a GET of a known address), then
served as bytes. The key is the normalised request, so junk parameters cannot fill the table.
"""

from __future__ import annotations

import gzip
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import brotli

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
WSGIApp = Callable[[Environ, StartResponse], Iterable[bytes]]
Header = tuple[str, str]

_COMPRESSIBLE = ("text/", "application/json", "application/geo+json", "image/svg+xml", "+json")
_COMPRESSIBLE_EXACT = (
    *("application/javascript", "application/xml", "application/atom+xml"),
    *("application/vnd.google-earth.kml+xml", "application/vnd.oai.openapi+json;version=3.0"),
)
_SMALLEST = 600
_PER_REQUEST = ("content-length", "etag", "content-encoding", "vary")


@dataclass(frozen=True)
class Form:
    """A response in one encoding: its bytes, its ETag, and the headers with and without a body."""

    body: bytes
    tag: str
    headers: list[Header]
    unchanged: list[Header]


@dataclass
class Finished:
    """One response's bytes, headers and compressed forms (made when first asked for)."""

    headers: list[Header]
    body: bytes
    vary: str
    tag: str
    compressible: bool
    forms: dict[str, Form] = field(default_factory=dict)
    counted: int | None = None  # bytes that the table has counted for it; None: not in the table

    def form(self, encoding: str) -> Form:
        """Return the response in an encoding: `br`, `gzip` or `` for none."""
        if encoding not in self.forms:
            self.forms[encoding] = self._make(encoding)
        return self.forms[encoding]

    def _make(self, encoding: str) -> Form:
        # What keeps its name for ever is squeezed hardest: that is done once.
        lasting = any("immutable" in value for _, value in self.headers)
        quality = 11 if lasting else 7
        body = _ENCODERS[encoding](self.body, quality) if encoding else self.body
        tag = f'"{self.tag}{"-" + encoding if encoding else ""}"'
        same = [*self.headers, ("ETag", tag), *([("Vary", self.vary)] if self.vary else [])]
        sent = [*same, *([("Content-Encoding", encoding)] if encoding else [])]
        return Form(
            body,
            tag,
            [*sent, ("Content-Length", str(len(body)))],
            [header for header in same if not header[0].lower().startswith("content-t")],
        )

    @property
    def size(self) -> int:
        """The bytes that all its forms take."""
        made = sum(len(form.body) for encoding, form in self.forms.items() if encoding)
        return len(self.body) + made + 1024


class ResponseCache:
    """Serve `app` through a table of finished responses, at most `limit` bytes of them.

    `key` turns a request into what it is remembered under, or None where it must not be.
    """

    def __init__(self, app: WSGIApp, key: Callable[[Environ], object | None], limit: int) -> None:
        self._app = app
        self._key = key
        self._limit = limit
        self._table: OrderedDict[object, Finished] = OrderedDict()
        self._bytes = 0
        self._cleared = 0
        self._lock = threading.Lock()

    def clear(self) -> None:
        """Forget everything: the datasets behind it have changed."""
        with self._lock:
            self._cleared += 1
            while self._table:
                self._drop()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return self._app(environ, start_response)
        key = self._key(environ)
        found = self._find(key) if key is not None else None
        answer = found or self._ask(environ, start_response, key)
        if not isinstance(answer, Finished):
            return answer
        return self._answer(answer, environ, start_response)

    def _find(self, key: object) -> Finished | None:
        with self._lock:
            finished = self._table.get(key)
            if finished is not None:
                self._table.move_to_end(key)
            return finished

    def _ask(
        self, environ: Environ, start_response: StartResponse, key: object | None
    ) -> Finished | Iterable[bytes]:
        """Let the app answer; return the finished response, or what the app gave if it is none."""
        got: dict[str, Any] = {}
        cleared = self._cleared

        def begin(status: str, headers: list[Header], exc_info: Any = None) -> None:
            got.update(status=status, headers=headers, exc_info=exc_info)

        answer = self._app({**environ, "REQUEST_METHOD": "GET"}, begin)
        try:
            body = b"".join(answer)
        finally:
            close = getattr(answer, "close", None)
            if close:
                close()
        if not got["status"].startswith("200"):
            headers = [h for h in got["headers"] if h[0].lower() != "content-length"]
            headers.append(("Content-Length", str(len(body))))
            start_response(got["status"], headers)
            return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]
        finished = _finish(got["headers"], body)
        if key is not None and len(body) * 4 < self._limit:
            self._keep(key, finished, cleared)
        return finished

    def _keep(self, key: object, finished: Finished, cleared: int) -> None:
        """Remember a response, unless the datasets have changed while it was made."""
        with self._lock:
            if cleared != self._cleared or key in self._table:
                return
            finished.counted = 0
            self._table[key] = finished
            self._count(finished)

    def _count(self, finished: Finished) -> None:
        """Count an entry's bytes, again when it has got a compressed form; make room for them."""
        if finished.counted is None:
            return
        self._bytes += finished.size - finished.counted
        finished.counted = finished.size
        while self._bytes > self._limit and len(self._table) > 1:
            self._drop()

    def _drop(self) -> None:
        _, gone = self._table.popitem(last=False)
        self._bytes -= gone.counted or 0
        gone.counted = None

    def _answer(
        self, finished: Finished, environ: Environ, start_response: StartResponse
    ) -> Iterable[bytes]:
        encoding = ""
        if finished.compressible:
            encoding = _best_encoding(environ.get("HTTP_ACCEPT_ENCODING", ""))
        known = len(finished.forms)
        form = finished.form(encoding)
        if len(finished.forms) > known:
            with self._lock:
                self._count(finished)
        if _matches(environ.get("HTTP_IF_NONE_MATCH", ""), form.tag):
            start_response("304 Not Modified", form.unchanged)
            return []
        start_response("200 OK", form.headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [form.body]


def _finish(headers: list[Header], body: bytes) -> Finished:
    kind = next((value for name, value in headers if name.lower() == "content-type"), "")
    kind = kind.partition("; ")[0]
    compressible = len(body) >= _SMALLEST and (
        kind.startswith(_COMPRESSIBLE[0])
        or kind.endswith(_COMPRESSIBLE[1:])
        or kind in _COMPRESSIBLE_EXACT
    )
    vary = [value for name, value in headers if name.lower() == "vary"]
    if compressible:
        vary.append("Accept-Encoding")
    return Finished(
        headers=[h for h in headers if h[0].lower() not in _PER_REQUEST],
        body=body,
        vary=", ".join(dict.fromkeys(vary)),
        tag=hashlib.sha256(body).hexdigest()[:24],
        compressible=compressible,
    )


@lru_cache(maxsize=256)
def _best_encoding(accepted: str) -> str:
    """Return the smallest encoding that a client accepts, `` if it takes neither."""
    offers = {}
    for offer in accepted.lower().split(","):
        name, _, parameters = offer.strip().partition(";")
        quality = parameters.strip().removeprefix("q=").strip()
        offers[name.strip()] = quality not in ("0", "0.0", "0.00", "0.000")
    return next((name for name in ("br", "gzip") if offers.get(name)), "")


def _matches(if_none_match: str, tag: str) -> bool:
    if not if_none_match:
        return False
    tags = [candidate.strip().removeprefix("W/") for candidate in if_none_match.split(",")]
    return "*" in tags or tag in tags


_ENCODERS: dict[str, Callable[[bytes, int], bytes]] = {
    "br": lambda body, quality: bytes(brotli.compress(body, quality=quality)),
    "gzip": lambda body, quality: gzip.compress(body, 9, mtime=0),
}
