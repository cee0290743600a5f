"""A cache of finished responses in front of Flask, with ETags, 304s, byte ranges, gzip and brotli.

A WSGI layer of its own. A response is finished once (status 200 to a GET), then served as bytes. The
cache is bounded by bytes, those of keys and headers included, and by the number of its entries.
"""

from __future__ import annotations

import gzip
import hashlib
import sys
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import brotli

from geomap.errors import Unavailable
from geomap.web.ranges import asked_range

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
WSGIApp = Callable[[Environ, StartResponse], Iterable[bytes]]
Header = tuple[str, str]

_MOST_ENTRIES = 4096
MOST_WAITING = 48
"""How many threads may wait for answers that are being made; a server needs more threads than this,
so that some are always free for what is finished."""
UNAVAILABLE = "geomap.unavailable"
"""In a request's environment, the error to answer it with."""
SMALLEST = 600
"""Bodies of fewer bytes are not compressed."""
_OVERHEAD = 1500
"""About what an entry takes besides its bodies, key and headers, in bytes."""
_HEADER = 250
"""About what one header takes besides its text: its place in the lists of three forms."""
_LONGEST_REMEMBERED = 100
_PER_REQUEST = ("content-length", "etag", "content-encoding", "vary")


@dataclass(frozen=True)
class Form:
    """A response in one encoding: its bytes, its ETag, and its headers.

    `headers` go with the whole body, `same` with any part of it, `unchanged` with none.
    """

    body: bytes
    tag: str
    headers: list[Header]
    same: list[Header]
    unchanged: list[Header]


@dataclass
class Finished:
    """One response's bytes, headers and compressed forms (made when first asked for).

    `counted` is how many bytes the cache has counted for it, None where it is not in the cache.
    """

    headers: list[Header]
    body: bytes
    vary: str
    tag: str
    compressible: bool
    key_size: int = 0
    forms: dict[str, Form] = field(default_factory=dict)
    counted: int | None = None

    def form(self, encoding: str) -> Form:
        """Return the response in an encoding: `br`, `gzip` or `` for none."""
        if encoding not in self.forms:
            self.forms[encoding] = self._make(encoding)
        return self.forms[encoding]

    def _make(self, encoding: str) -> Form:
        # Files that never change are compressed hardest: that is done once.
        quality = 11 if any("immutable" in value for _, value in self.headers) else 7
        body = ENCODERS[encoding](self.body, quality) if encoding else self.body
        tag = f'"{self.tag}{"-" + encoding if encoding else ""}"'
        same = [*self.headers, ("ETag", tag), *([("Vary", self.vary)] if self.vary else [])]
        sent = [*same, *([("Content-Encoding", encoding)] if encoding else [])]
        return Form(
            body,
            tag,
            [*sent, ("Content-Length", str(len(body)))],
            sent,
            [header for header in same if not header[0].lower().startswith("content-t")],
        )

    @property
    def size(self) -> int:
        """The bytes that it takes with all its forms, its key and its headers."""
        compressed = sum(len(form.body) for encoding, form in self.forms.items() if encoding)
        headers = sum(len(name) + len(value) + _HEADER for name, value in self.headers)
        return len(self.body) + compressed + headers + self.key_size + _OVERHEAD


@dataclass(frozen=True)
class Other:
    """A response that is not cached, because its status is not 200."""

    status: str
    headers: list[Header]
    body: bytes


Answer = Finished | Other
Render = Callable[[Environ, str], Answer]
"""Makes the answer to a request; the encoding is the one that it will be sent in first."""


class ResponseCache:
    """Serve `app` through finished responses: at most `limit` bytes and `most_entries` of them.

    `key` turns a request into the key of its answer, None where that must not be cached.
    `compressible` returns whether to compress a media type. What has a key is made by `render`, if
    that is given, in place of `app`; where it raises Unavailable, `app` says so. At most
    `most_waiting` threads wait for what is being made.
    """

    def __init__(
        self,
        app: WSGIApp,
        key: Callable[[Environ], Hashable | None],
        limit: int,
        compressible: Callable[[str], bool],
        most_entries: int = _MOST_ENTRIES,
        render: Render | None = None,
        most_waiting: int = MOST_WAITING,
    ) -> None:
        self._app = app
        self._key = key
        self._limit = limit
        self._compressible = compressible
        self._most_entries = most_entries
        self._render = render or self._ask
        self._most_waiting = most_waiting
        self._entries: OrderedDict[Hashable, Finished] = OrderedDict()
        self._being_made: dict[Hashable, Future[Answer]] = {}
        self._waiting = 0
        self._bytes = 0
        self._cleared = 0
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def size(self) -> int:
        """The bytes that are counted for all entries."""
        return self._bytes

    def clear(self) -> None:
        """Drop all entries, because the datasets have changed."""
        with self._lock:
            self._cleared += 1
            while self._entries:
                self._drop()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return self._app(environ, start_response)
        key = self._key(environ)
        answer = self._ask(environ) if key is None else self._find(key) or self._make(environ, key)
        if isinstance(answer, Finished):
            return self._answer(answer, environ, start_response)
        start_response(answer.status, answer.headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [answer.body]

    def _find(self, key: Hashable) -> Finished | None:
        with self._lock:
            finished = self._entries.get(key)
            if finished is not None:
                self._entries.move_to_end(key)
            return finished

    def _make(self, environ: Environ, key: Hashable) -> Answer:
        """Have an answer made. Who asks for the same meanwhile waits for it, and need not ask."""
        try:
            with self._place_to_wait():
                return self._share(environ, key)
        except Unavailable as error:
            return self._ask({**environ, UNAVAILABLE: error})

    @contextmanager
    def _place_to_wait(self) -> Iterator[None]:
        """Count a thread that waits. Raises Unavailable where none would be left for others."""
        with self._lock:
            if self._waiting >= self._most_waiting:
                raise Unavailable("too many are waiting already", 1)
            self._waiting += 1
        try:
            yield
        finally:
            with self._lock:
                self._waiting -= 1

    def _share(self, environ: Environ, key: Hashable) -> Answer:
        encoding, cleared = _best_encoding(environ.get("HTTP_ACCEPT_ENCODING", "")), self._cleared
        with self._lock:
            being_made = self._being_made.get(key)
            future = being_made or self._being_made.setdefault(key, Future())
        if being_made is not None:
            answer = being_made.result()
            # An error is in the language of who asked for it: then each asks for itself.
            return answer if isinstance(answer, Finished) else self._render(environ, encoding)
        try:
            answer = self._render(environ, encoding)
            if isinstance(answer, Finished):
                self._add(key, answer, cleared)
            future.set_result(answer)
            return answer
        except BaseException as error:
            future.set_exception(error)
            raise
        finally:
            with self._lock:
                del self._being_made[key]

    def _ask(self, environ: Environ, encoding: str = "") -> Answer:
        return ask(self._app, environ, encoding, self._compressible)

    def _add(self, key: Hashable, finished: Finished, cleared: int) -> None:
        """Cache a response, unless it is too large or the datasets have changed meanwhile."""
        finished.key_size = _size_of(key)
        with self._lock:
            if finished.size * 4 >= self._limit or cleared != self._cleared or key in self._entries:
                return
            finished.counted = 0
            self._entries[key] = finished
            self._count(finished)

    def _count(self, finished: Finished) -> None:
        """Count an entry's bytes, again when it has got a compressed form; make room for them."""
        if finished.counted is None:
            return
        self._bytes += finished.size - finished.counted
        finished.counted = finished.size
        while self._entries and (
            self._bytes > self._limit or len(self._entries) > self._most_entries
        ):
            self._drop()

    def _drop(self) -> None:
        _, dropped = self._entries.popitem(last=False)
        self._bytes -= dropped.counted or 0
        dropped.counted = None

    def _answer(
        self, finished: Finished, environ: Environ, start_response: StartResponse
    ) -> Iterable[bytes]:
        encoding, asked = "", environ.get("HTTP_RANGE")
        # Readers of ranges seek by the places of the file itself, not of a compressed form.
        if finished.compressible and asked is None:
            encoding = _best_encoding(environ.get("HTTP_ACCEPT_ENCODING", ""))
        known = len(finished.forms)
        form = finished.form(encoding)
        if len(finished.forms) > known:
            with self._lock:
                self._count(finished)
        if _matches(environ.get("HTTP_IF_NONE_MATCH", ""), form.tag):
            start_response("304 Not Modified", form.unchanged)
            return []
        if environ["REQUEST_METHOD"] == "HEAD":
            start_response("200 OK", form.headers)
            return []
        part = asked_range(asked, environ.get("HTTP_IF_RANGE"), len(form.body), form.tag)
        if part is not None:
            return _answer_part(part, form, start_response)
        start_response("200 OK", form.headers)
        return [form.body]


def _answer_part(part: range, form: Form, start_response: StartResponse) -> Iterable[bytes]:
    """Answer with some bytes of a response, or with 416 if it does not have them."""
    size = len(form.body)
    if not part:
        body = f"This file has {size} bytes; ask for some of them.\n".encode()
        headers = [
            *(header for header in form.unchanged if header[0].lower() != "cache-control"),
            *(("Cache-Control", "no-store"), ("Content-Type", "text/plain; charset=utf-8")),
            *(("Content-Range", f"bytes */{size}"), ("Content-Length", str(len(body)))),
        ]
        start_response("416 Range Not Satisfiable", headers)
        return [body]
    headers = [
        *form.same,
        ("Content-Range", f"bytes {part.start}-{part.stop - 1}/{size}"),
        ("Content-Length", str(len(part))),
    ]
    start_response("206 Partial Content", headers)
    return [form.body[part.start : part.stop]]


def ask(
    app: WSGIApp, environ: Environ, encoding: str, compressible: Callable[[str], bool]
) -> Answer:
    """Let an app answer a request; what it finishes is compressed as `encoding` says."""
    started: dict[str, Any] = {}

    def begin(status: str, headers: list[Header], exc_info: Any = None) -> None:
        started.update(status=status, headers=headers, exc_info=exc_info)

    answer = app({**environ, "REQUEST_METHOD": "GET"}, begin)
    try:
        body = b"".join(answer)
    finally:
        close = getattr(answer, "close", None)
        if close:
            close()
    if not started["status"].startswith("200"):
        headers = [h for h in started["headers"] if h[0].lower() != "content-length"]
        return Other(started["status"], [*headers, ("Content-Length", str(len(body)))], body)
    finished = _finish(started["headers"], body, compressible)
    finished.form(encoding if finished.compressible else "")
    return finished


def _finish(headers: list[Header], body: bytes, compressible: Callable[[str], bool]) -> Finished:
    media_type = next((value for name, value in headers if name.lower() == "content-type"), "")
    compressed = len(body) >= SMALLEST and compressible(media_type)
    vary = [value for name, value in headers if name.lower() == "vary"]
    if compressed:
        vary.append("Accept-Encoding")
    same = [h for h in headers if h[0].lower() not in _PER_REQUEST]
    return Finished(
        headers=[*same, ("Accept-Ranges", "bytes")],
        body=body,
        vary=", ".join(dict.fromkeys(vary)),
        tag=hashlib.sha256(body).hexdigest()[:24],
        compressible=compressed,
    )


def _size_of(key: Hashable) -> int:
    """About the bytes that a key takes, with what it is made of."""
    parts = sum(map(_size_of, key)) if isinstance(key, tuple) else 0
    return sys.getsizeof(key) + parts


def _best_encoding(accepted: str) -> str:
    """Return the smallest encoding that a client accepts, `` if it takes neither."""
    # Browsers send few different ones; the long ones of others must not fill the memory.
    read = _read_encodings if len(accepted) <= _LONGEST_REMEMBERED else _read_encodings.__wrapped__
    return read(accepted)


@lru_cache(64)
def _read_encodings(accepted: str) -> str:
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


ENCODERS: dict[str, Callable[[bytes, int], bytes]] = {
    "br": lambda body, quality: bytes(brotli.compress(body, quality=quality)),
    "gzip": lambda body, quality: gzip.compress(body, 9, mtime=0),
}
"""How to compress a body: to the encoding's name, from the body and brotli's quality."""
