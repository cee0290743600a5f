"""A small cache for each owner: derived data is cached per owner and freed with it."""

from __future__ import annotations

import gc
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

Owner = TypeVar("Owner")
Value = TypeVar("Value")
_pauses: set[object] = set()
_pauses_lock = Lock()


class OwnerCache(Generic[Owner, Value]):
    """At most `limit` values for each owner; the least recently used goes first.

    Owners are held weakly: when an edit replaces a dataset, all that was derived from the old one
    is freed with it. An owner must be hashable and allow weak references. Safe to share between
    threads; two that miss at the same time both compute the value.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._values: WeakKeyDictionary[Owner, dict[Hashable, Value]] = WeakKeyDictionary()
        self._lock = Lock()

    def get(
        self,
        owner: Owner,
        key: Hashable,
        compute: Callable[[], Value],
        limit: int | None = None,
    ) -> Value:
        """Return an owner's value for `key`, computing it on a miss.

        `limit` is how many values this owner has at most, where its values are large.

        >>> class Owner: pass
        >>> OwnerCache(limit=2).get(Owner(), "square of 3", lambda: 9)
        9
        """
        with self._lock:
            values = self._values.setdefault(owner, {})
            if key in values:
                values[key] = values.pop(key)  # to the end: most recently used
                return values[key]
        value = compute()
        with self._lock:
            values[key] = value
            while len(values) > (limit or self._limit):
                del values[next(iter(values))]
        return value

    def count(self, owner: Owner) -> int:
        """Return how many values are cached for an owner."""
        with self._lock:
            return len(self._values.get(owner, ()))


@contextmanager
def collection_paused() -> Iterator[None]:
    """Put off the search for unreachable objects while many are made that all stay.

    The search goes through all of them again and again, which takes a third of the time, and finds
    nothing. What is no longer referred to is freed as ever. Several threads may pause it at once;
    where it is off already it stays off.
    """
    with _pauses_lock:
        was_on = bool(_pauses) or gc.isenabled()
        pause = object()
        if was_on:
            _pauses.add(pause)
            gc.disable()
    try:
        yield
    finally:
        with _pauses_lock:
            _pauses.discard(pause)
            if was_on and not _pauses:
                gc.enable()
