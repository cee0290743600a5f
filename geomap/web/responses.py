"""Finished responses: the answer of a WSGI app as bytes, in each encoding, with their headers."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import brotli

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
WSGIApp = Callable[[Environ, StartResponse], Iterable[bytes]]
Header = tuple[str, str]

SMALLEST = 600
"""Bodies of fewer bytes are not compressed."""
_WORTH_TIME = 200_000
"""Pages of so many bytes at most are compressed well: an embed takes 25 ms longer, once, and is a
seventh smaller. A page of thousands of regions would take seconds."""
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
        quality = self._quality()
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

    def _quality(self) -> int:
        """Return how hard to compress, as brotli counts it; gzip is always set to its hardest."""
        if any("immutable" in value for _, value in self.headers):
            return 11  # a file that never changes is compressed once
        is_page = any(value.startswith("text/html") for _, value in self.headers)
        return 10 if is_page and len(self.body) <= _WORTH_TIME else 7

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


def best_encoding(accepted: str) -> str:
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


ENCODERS: dict[str, Callable[[bytes, int], bytes]] = {
    "br": lambda body, quality: bytes(brotli.compress(body, quality=quality)),
    "gzip": lambda body, quality: gzip.compress(body, 9, mtime=0),
}
"""How to compress a body: to the encoding's name, from the body and brotli's quality."""
