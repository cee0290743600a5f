"""Writing files: whole or not at all, and temporary ones where a library writes nothing else."""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

from geomap.errors import CannotWrite

_PROBE_BYTES = 2**20


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that nobody ever sees half of it, not even after a power cut.

    It is written beside its place, then renamed into it. A link stays and what it leads to is
    written; a file that exists keeps who may read it. Raises CannotWrite.
    """
    part = None
    try:
        target = path.resolve()
        part = target.with_name(f".geomap-{secrets.token_hex(8)}.part")
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            part.chmod(stat.S_IMODE(target.stat().st_mode))
        part.replace(target)
        part = None
    except (OSError, RuntimeError, ValueError) as error:  # the last two: links in a circle, a null
        raise CannotWrite(repr(os.fspath(path)), error) from None
    finally:  # also when Ctrl+C comes in between
        if part:
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)


@contextlib.contextmanager
def temporary_folder() -> Iterator[Path]:
    """Give a folder that is deleted afterwards. Raises CannotWrite where it cannot be written.

    Libraries that write there have errors of their own for a full disk: whichever comes, the folder
    is tried, and CannotWrite is raised if it does take nothing more.
    """
    try:
        with tempfile.TemporaryDirectory(prefix="geomap-") as name:
            try:
                yield Path(name)
            except Exception:
                (Path(name) / "probe").write_bytes(bytes(_PROBE_BYTES))
                raise
    except OSError as error:
        remedy = "make room there, or set TMPDIR to another folder"
        raise CannotWrite("a temporary file", error, remedy) from error
