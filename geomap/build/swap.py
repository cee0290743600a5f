"""Putting one folder in the place of another."""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

from geomap.files import aside

_AT_FDCWD = -100
_EXCHANGE = 2
"""RENAME_EXCHANGE of Linux (renameat2(2)): two names change places in one step."""


def swap(new: Path, place: Path) -> None:
    """Put the folder `new` where `place` is; what is there, if anything, goes where `new` was.

    On Linux nobody ever sees the place empty; elsewhere it is empty for a moment, and who is killed
    in it leaves what was there `aside`. Raises OSError.
    """
    if not place.exists():
        new.rename(place)
    elif not _exchange(new, place):
        old = aside(new)
        place.rename(old)
        new.rename(place)
        old.rename(new)


def _exchange(one: Path, other: Path) -> bool:
    """Let two names change places; return False where the system does not offer that."""
    if not sys.platform.startswith("linux"):
        return False
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:
        return False
    names = (os.fsencode(one), os.fsencode(other))
    done: int = rename(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _EXCHANGE)
    return done == 0
