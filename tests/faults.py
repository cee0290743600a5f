"""Faults of a machine, made for real: commands that are killed, disks that are full, little memory."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import needs
import pytest

from geomap.build import swap

_COMMAND = (sys.executable, "-m", "geomap")


def run(
    *arguments: object,
    before: Sequence[object] = (),
    environment: Mapping[str, str] | None = None,
    seconds: float = 120,
) -> subprocess.CompletedProcess[str]:
    """Run a geomap command in a process of its own; `before` is a command that runs it."""
    return subprocess.run(
        [*map(str, before), *_COMMAND, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=seconds,
        env=environment,
    )


def refusal(result: subprocess.CompletedProcess[str]) -> str:
    """Return what a command says that fails as it should: in one line, without a traceback."""
    assert result.returncode == 1, (result.returncode, result.stderr)
    assert "Traceback" not in result.stderr
    lines = result.stderr.strip().splitlines()
    assert len(lines) == 1, lines
    assert lines[0].startswith("Error: ")
    return lines[0]


def killed_at_some_moment(*arguments: object, seconds: float) -> bool:
    """Start a command and kill it and what it started, at a random moment within these seconds.

    Return whether it was killed before it ended.
    """
    process = subprocess.Popen(
        [*_COMMAND, *map(str, arguments)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        process.wait(random.uniform(0, seconds))
    except subprocess.TimeoutExpired:
        process.kill()  # what it started ends with it
        process.wait()
        return True
    return False


@contextlib.contextmanager
def small_disk(folder: Path, *, size: str = "1m") -> Iterator[Path]:
    """Give a folder that is a disk of its own with little room."""
    _needs_root()
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size},mode=777", "tmpfs", folder]
    if subprocess.run(mount, capture_output=True).returncode:
        needs.missing("leave to mount a file system", "run the tests as root, not in a container")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def read_only(folder: Path) -> None:
    """Let nobody write on the disk of `small_disk` any more."""
    subprocess.run(["mount", "-o", "remount,ro", folder], check=True)


def fill(folder: Path, leave: int = 0) -> Path:
    """Fill a disk but for so many bytes, and return the file that fills it."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while file.write(b"x" * 65536):
            pass
    os.truncate(filler, max(filler.stat().st_size - leave, 0))
    return filler


def with_temporary_folders_on(disk: Path) -> list[str]:
    """Return the command that runs another for which every temporary folder is on this disk."""
    mounts = "; ".join(f"mount --bind {disk} {place}" for place in ("/var/tmp", "/tmp"))
    return ["unshare", "--mount", "sh", "-c", f'{mounts}; cd /tmp; exec "$@"', "sh"]


@contextlib.contextmanager
def memory_limit(size: int) -> Iterator[Path]:
    """Give a control group whose processes have so many bytes of memory in all.

    A process joins it by writing its id into the file `cgroup.procs`, and is killed by the kernel
    when the group needs more.
    """
    _needs_root()
    root = Path("/sys/fs/cgroup/memory")
    group = root / f"geomap-test-{os.getpid()}-{random.randrange(10**6)}"
    try:
        group.mkdir()
        (group / "memory.limit_in_bytes").write_text(str(size))
    except OSError:
        needs.missing("control groups of memory (version 1)", "run as root on a system with them")
    try:
        yield group
    finally:
        end = time.monotonic() + 20
        while time.monotonic() < end:
            with contextlib.suppress(OSError):
                group.rmdir()
                break
            for id in (group / "cgroup.procs").read_text().split():  # only what the test started
                with contextlib.suppress(ProcessLookupError):
                    os.kill(int(id), signal.SIGKILL)
            time.sleep(0.1)


def in_group(group: Path) -> list[str]:
    """Return the command that runs another as a member of a control group."""
    return ["sh", "-c", f'echo $$ > {group}/cgroup.procs; exec "$@"', "sh"]


def as_nobody() -> list[str]:
    """Return the command that runs this Python's programs as a user who owns nothing.

    Where that user may not run this Python, the system's of the same version takes its place.
    """
    _needs_root()
    setpriv = needs.program("setpriv", package="util-linux")
    user = [setpriv, "--reuid=nobody", "--regid=nogroup", "--clear-groups"]
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    starts_itself = "import subprocess, sys; subprocess.run([sys.executable, '-V'], check=True)"
    pythons = [sys.executable, shutil.which(version, path="/usr/bin") or "false"]
    for_all = [
        python
        for python in pythons
        if not subprocess.run([*user, python, "-c", starts_itself], capture_output=True).returncode
    ]
    if not for_all:
        needs.missing("a Python that every user may run", needs.DEBIAN.format("python3"))
    return [*user, "sh", "-c", f'shift; exec {for_all[0]} "$@"', "sh"]


@contextlib.contextmanager
def readable_by_all(folder: Path) -> Iterator[Path]:
    """Give a copy of a folder that every user may read; pytest's own are for this user only."""
    with tempfile.TemporaryDirectory(prefix="geomap-faults-") as place:
        Path(place).chmod(0o755)
        yield Path(shutil.copytree(folder, Path(place, "map")))


def false_clock() -> str:
    """Return the library that gives a program another time (Debian's libfaketime)."""
    libraries = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
    if not libraries:
        needs.missing("libfaketime", needs.DEBIAN.format("libfaketime"))
    return str(libraries[0])


def _needs_root() -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can do this to a machine")


def killed_at_call(number: int, call: Callable[[], object]) -> bool:
    """Call a function in a copy of this process, which is killed before its change of that number.

    A change is what makes, links, renames or removes a file or folder. Return whether the function
    ended before that.
    """
    process = os.fork()
    if process == 0:
        left = number

        def counted(change: Callable[..., Any]) -> Callable[..., Any]:
            def counting(*args: Any, **kwargs: Any) -> Any:
                nonlocal left
                if left == 0:
                    os.kill(os.getpid(), signal.SIGKILL)
                left -= 1
                return change(*args, **kwargs)

            return counting

        for name in ("mkdir", "link", "rename", "replace", "unlink", "rmdir"):
            setattr(os, name, counted(getattr(os, name)))
        swap._exchange = counted(swap._exchange)  # type: ignore[attr-defined]
        try:
            call()
            os._exit(0)
        finally:
            os._exit(1)
    status = os.waitpid(process, 0)[1]
    assert status in (0, signal.SIGKILL), status
    return status == 0


class Disk:
    """A file system in a file, as it would be found after a power cut at any moment."""

    def __init__(self, folder: Path) -> None:
        _needs_root()
        self.place = folder / "disk"
        self._image = folder / "image"
        self._cuts = 0
        self.place.mkdir()
        with self._image.open("wb") as file:
            file.truncate(64 * 2**20)
        subprocess.run(
            [needs.program("mkfs.ext4", package="e2fsprogs"), "-q", self._image], check=True
        )

    def __enter__(self) -> Disk:
        mount = ["mount", "-o", "loop", self._image, self.place]
        if subprocess.run(mount, capture_output=True).returncode:
            needs.missing(
                "leave to mount a file system", "run the tests as root, not in a container"
            )
        return self

    def __exit__(self, *_: object) -> None:
        subprocess.run(["umount", self.place], check=True)

    @contextlib.contextmanager
    def after_a_power_cut(self) -> Iterator[Path]:
        """Give a folder with what is on the disk, without what the system has yet to write."""
        self._cuts += 1
        image = self._image.with_name(f"image-{self._cuts}")
        place = self.place.with_name(f"after-{self._cuts}")
        shutil.copyfile(self._image, image)
        place.mkdir()
        subprocess.run(["mount", "-o", "loop", image, place], check=True)
        try:
            yield place
        finally:
            subprocess.run(["umount", place], check=True)
            image.unlink()
