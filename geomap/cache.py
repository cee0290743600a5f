"""Keeping what was made of a value, the last few of it, for as long as that value is in use."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

Owner = TypeVar("Owner")
Made = TypeVar("Made")


class OwnerCache(Generic[Owner, Made]):
    """What was made of each owner, at most `limit` of it, those not used for longest going first.

    Nothing here holds an owner: a dataset that an edit has replaced takes its own with it.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._made: WeakKeyDictionary[Owner, dict[Hashable, Made]] = WeakKeyDictionary()
        self._lock = Lock()

    def get(self, owner: Owner, key: Hashable, make: Callable[[], Made]) -> Made:
        """Return what is kept for an owner under a key, made now if it is not there."""
        with self._lock:
            made = self._made.setdefault(owner, {})
            if key in made:
                made[key] = made.pop(key)
                return made[key]
        found = make()
        with self._lock:
            made[key] = found
            while len(made) > self._limit:
                del made[next(iter(made))]
        return found
