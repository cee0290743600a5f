"""Writing files: whole or not at all, and temporary ones where a library writes nothing else."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import shutil
import stat
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from geomap.errors import BeingWritten, CannotWrite

if sys.platform != "win32":
    import fcntl

_PROBE_BYTES = 2**20
_PART = ".geomap-"
"""How the names of files and folders begin that are being written beside their place."""
_ASIDE = "-old"
_SYNCS_AT_ONCE = 16
_SECONDS_TO_BEGIN = 60
"""A file that is younger may belong to a process that has not locked it yet."""


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that nobody ever sees half of it, not even after a power cut.

    It is written beside its place, then renamed into it. A link stays and what it leads to is
    written; a file that exists keeps who may read it. What a killed process has left beside it is
    removed. Raises CannotWrite.
    """
    part = None
    try:
        target = path.resolve()
        _remove_left_files(target.parent)
        part = target.with_name(f"{_PART}{secrets.token_hex(8)}.part")
        with part.open("wb") as file:
            _lock(file.fileno())
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            part.chmod(stat.S_IMODE(target.stat().st_mode))
        part.replace(target)
        part = None
        sync_folder(target.parent)
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
        raise no_temporary_file(error) from error


def no_temporary_file(error: OSError) -> CannotWrite:
    """Return the error to raise where a temporary file cannot be written."""
    remedy = "make room there, or set TMPDIR to another folder"
    return CannotWrite("a temporary file", error, remedy)


@contextlib.contextmanager
def folder_beside(place: Path) -> Iterator[Path]:
    """Give a new folder beside a place, for what shall take that place; it is removed afterwards.

    What a killed process has left there is removed, and a folder that it had put aside (`aside`)
    comes back. Raises BeingWritten where another process is at work on this place, and OSError.
    """
    digest = hashlib.sha256(os.fsencode(place.name)).hexdigest()[:12]
    start = f"{_PART}{digest}-"
    place.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as locks:
        with _opened_folder(place.parent) as parent:
            _lock(parent, wait=True)  # nobody else begins in this moment
            for left in [path for path in place.parent.iterdir() if path.name.startswith(start)]:
                _remove_left_folder(left, place)
            folder = place.with_name(f"{start}{secrets.token_hex(6)}")
            folder.mkdir()
            _lock(locks.enter_context(_opened_folder(folder)))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def aside(folder: Path) -> Path:
    """Return where what a folder of `folder_beside` replaces may stand for a moment."""
    return folder.with_name(f"{folder.name}{_ASIDE}")


def sync_tree(folder: Path) -> None:
    """Have all files in a folder written to the disk, so that a power cut finds them whole.

    Several at once, as a file system then writes its journal once for many. Raises OSError.
    """
    with ThreadPoolExecutor(_SYNCS_AT_ONCE) as threads:
        for _ in threads.map(_sync, [path for path in folder.rglob("*") if path.is_file()]):
            pass
    for path in [*filter(Path.is_dir, folder.rglob("*")), folder]:
        sync_folder(path)


def sync_folder(folder: Path) -> None:
    """Have the names in a folder written to the disk, where the system can do that."""
    with contextlib.suppress(OSError), _opened_folder(folder) as descriptor:
        os.fsync(descriptor)


def _sync(path: Path) -> None:
    with (
        contextlib.suppress(PermissionError),  # somebody else's, who has put it there
        path.open("rb" if sys.platform != "win32" else "r+b") as file,
    ):
        os.fsync(file.fileno())


def _remove_left_folder(left: Path, place: Path) -> None:
    """Remove what a killed process has left, or put it back in its place."""
    with _opened_folder(left) as descriptor:
        if not _lock(descriptor):
            raise BeingWritten(os.fspath(place))
    if left.name.endswith(_ASIDE) and not place.exists():
        left.rename(place)
    else:
        shutil.rmtree(left, ignore_errors=True)


def _remove_left_files(folder: Path) -> None:
    """Remove files that processes which were killed had begun to write here."""
    for path in folder.glob(f"{_PART}*.part"):
        with contextlib.suppress(OSError):
            if time.time() - path.stat().st_mtime > _SECONDS_TO_BEGIN:
                with path.open("rb") as file:
                    if _lock(file.fileno()):
                        path.unlink()


@contextlib.contextmanager
def _opened_folder(folder: Path) -> Iterator[int]:
    """Give a descriptor by which a folder can be locked; any other where the system has no locks."""
    if sys.platform == "win32":
        yield -1
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _lock(descriptor: int, wait: bool = False) -> bool:
    """Lock what is open until it is closed or the process ends; return whether it was free.

    Where the system has no locks, or the file system none, everything is free.
    """
    if sys.platform == "win32":
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True
