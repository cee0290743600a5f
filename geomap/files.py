"""Writing files whole or not at all: beside their place first, then renamed into it."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

from geomap.errors import BadQuery


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that nobody ever sees half of it. Raises BadQuery where it cannot be written."""
    beside = path.with_name(f".geomap-{secrets.token_hex(8)}.part")
    try:
        beside.write_bytes(content)
        beside.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)
        raise BadQuery("FILE", f"{os.fspath(path)!r} cannot be written: {error.strerror}") from None
