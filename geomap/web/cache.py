"""A cache of finished responses in front of Flask, with ETags, 304s, byte ranges, gzip and brotli.

A WSGI layer of its own. A response is finished once (status 200 to a GET), then served as bytes. The
cache is bounded by bytes, those of keys and headers included, and by the number of its entries.
"""

from __future__ import annotations

import sys
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager

from geomap.errors import Unavailable
from geomap.web.ranges import asked_range
from geomap.web.responses import (
    Answer,
    Environ,
    Finished,
    Form,
    StartResponse,
    WSGIApp,
    ask,
    best_encoding,
)

_MOST_ENTRIES = 4096
MOST_WAITING = 48
"""How many threads may wait for answers that are being made; a server needs more threads than this,
so that some are always free for what is finished."""
UNAVAILABLE = "geomap.unavailable"
"""In a request's environment, the error to answer it with."""


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
        encoding, cleared = best_encoding(environ.get("HTTP_ACCEPT_ENCODING", "")), self._cleared
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
            encoding = best_encoding(environ.get("HTTP_ACCEPT_ENCODING", ""))
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


def _size_of(key: Hashable) -> int:
    """About the bytes that a key takes, with what it is made of."""
    parts = sum(map(_size_of, key)) if isinstance(key, tuple) else 0
    return sys.getsizeof(key) + parts


def _matches(if_none_match: str, tag: str) -> bool:
    if not if_none_match:
        return False
    tags = [candidate.strip().removeprefix("W/") for candidate in if_none_match.split(",")]
    return "*" in tags or tag in tags
