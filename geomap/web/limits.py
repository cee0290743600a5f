"""What readers get while the system is at its limits: too many open files, or no memory."""

from __future__ import annotations

import errno
import logging
from collections.abc import Callable, Iterable
from typing import Any

STATUS = "503 Service Unavailable"
SENTENCE = b"The service is at the limits of its machine; try again in a few seconds.\n"
HEADERS = {
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Length": str(len(SENTENCE)),
    "Cache-Control": "no-store",
    "Retry-After": "5",
    "X-Content-Type-Options": "nosniff",
}
_LIMITS = (errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EAGAIN)
_log = logging.getLogger("geomap")


def is_limit(error: BaseException) -> bool:
    """Whether an error means that the system gives no more files, processes or memory."""
    return isinstance(error, MemoryError) or (isinstance(error, OSError) and error.errno in _LIMITS)


def guarded(app: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    """Return a WSGI app that answers 503 where another is at a limit even while it says so."""

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        try:
            return app(environ, start_response)
        except (OSError, MemoryError) as error:
            if not is_limit(error):
                raise
            report(error)
            start_response(STATUS, [*HEADERS.items()])
            return [SENTENCE]

    return answer


def report(error: BaseException) -> None:
    """Log a limit in one line: its place says nothing about its cause."""
    _log.error(
        "the service is at a limit of its machine: %s: %s",
        type(error).__name__,
        error,
        extra={"event": "at-limit"},
    )
