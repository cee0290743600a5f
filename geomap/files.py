"""Writing files whole or not at all: beside their place first, then renamed into it."""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
from pathlib import Path

from geomap.errors import BadQuery


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that nobody ever sees half of it. Raises BadQuery where it cannot be written.

    A link stays and what it leads to is written; a file that is there keeps who may read it.
    """
    beside = None
    try:
        target = path.resolve()
        beside = target.with_name(f".geomap-{secrets.token_hex(8)}.part")
        beside.write_bytes(content)
        if target.exists():
            beside.chmod(stat.S_IMODE(target.stat().st_mode))
        beside.replace(target)
    except (OSError, RuntimeError, ValueError) as error:  # the last two: links in a circle, a null
        if beside:
            with contextlib.suppress(OSError):
                beside.unlink(missing_ok=True)
        reason = getattr(error, "strerror", None) or "it is no name of a file"
        raise BadQuery("FILE", f"{os.fspath(path)!r} cannot be written: {reason}") from None
