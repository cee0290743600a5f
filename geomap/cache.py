"""A small cache for each owner: derived data is cached per owner and freed with it."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

Owner = TypeVar("Owner")
Value = TypeVar("Value")


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
