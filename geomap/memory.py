"""Care for memory where very many objects are made at once."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

_pauses: set[object] = set()
_lock = Lock()


@contextmanager
def collector_paused() -> Iterator[None]:
    """Keep Python's cyclic garbage collector from running for the while, in the whole process.

    It would go through all objects again and again while many are made that all stay: without the
    pause that is most of the time in which a large file of regions is read. What is no longer
    referred to is freed as ever. Several threads may pause it at once; where it is off already it
    stays off.
    """
    pause = object()
    with _lock:
        was_on = bool(_pauses) or gc.isenabled()
        if was_on:
            _pauses.add(pause)
            gc.disable()
    try:
        yield
    finally:
        with _lock:
            _pauses.discard(pause)
            if was_on and not _pauses:
                gc.enable()
