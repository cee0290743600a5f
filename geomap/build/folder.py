"""The folder of a built site: what an earlier build left in it, and the next one beside it."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from geomap.build.swap import swap
from geomap.errors import BeingWritten, CannotWrite, FolderInUse
from geomap.files import folder_beside, sync_folder, sync_tree

MANIFEST = "geomap-build.json"
"""The file by which a folder is known as ours: every file of the build, and what it depends on."""
_FORM = 1
"""The number of the manifest's form; a folder with another is built anew."""


@dataclass(frozen=True)
class Content:
    """What a file holds: its bytes, its compressed forms by ending (made when called), its headers."""

    body: bytes
    twins: Mapping[str, Callable[[], bytes]] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Result:
    """What a build did: how many files the site has, how many of them are new or other than before,
    how many are gone, and all their bytes. Compressed forms are not counted.
    """

    files: int
    size: int
    written: int
    gone: int


class SiteFolder:
    """A folder that a site is built into. Raises FolderInUse where others have filled it."""

    def __init__(self, folder: Path) -> None:
        try:
            self.path = folder.resolve()
            self._manifest = _read_manifest(self.path)
            is_ours = self._manifest is not None or not self.path.exists()
            if not is_ours and (not self.path.is_dir() or any(self.path.iterdir())):
                raise FolderInUse(os.fspath(folder))
        except (OSError, RuntimeError, ValueError) as error:
            raise CannotWrite(repr(os.fspath(folder)), error) from None

    @property
    def groups(self) -> dict[str, Any]:
        """What the last build made of each dataset, by its id, and of the site itself, by ""."""
        manifest = self._manifest or {}
        groups: dict[str, Any] = manifest["groups"] if manifest.get("form") == _FORM else {}
        return groups

    def is_unchanged(self, group: str, key: str) -> bool:
        """Return whether the files of a group are there, made of the same, and as they were made."""
        made = self.groups.get(group)
        if not made or made["key"] != key:
            return False
        return all(_is_as_noted(self.path / path, note) for path, note in made["files"].items())

    def has_only(self, groups: Mapping[str, str]) -> bool:
        """Return whether the last build was of these groups and no others."""
        return set(self.groups) == set(groups)

    def unchanged(self) -> Result:
        """Return the result of a build that had nothing to do."""
        return Result(*_totals(self.groups), written=0, gone=0)

    @contextlib.contextmanager
    def begin(self, keys: Mapping[str, str], unchanged: set[str]) -> Iterator[Part]:
        """Begin a build beside the folder; it takes the folder's place when it is finished.

        Files of the groups that are `unchanged` are taken over. Whatever goes wrong, the folder
        stays as it is and what was begun is removed, if need be by the next build. Raises
        CannotWrite, and BeingWritten where another build is under way.
        """
        try:
            with folder_beside(self.path) as place:
                if _read_manifest(self.path) != self._manifest:  # by a build that has just ended
                    raise BeingWritten(os.fspath(self.path))
                yield Part(self, place, keys, unchanged)
        except OSError as error:
            raise CannotWrite(repr(os.fspath(self.path)), error) from None


class Part:
    """A build that is under way, in a folder beside its place."""

    def __init__(
        self, target: SiteFolder, place: Path, keys: Mapping[str, str], unchanged: set[str]
    ) -> None:
        self._old, self._place = target.path, place
        self._before = target.groups
        self._groups: dict[str, Any] = {id: {"key": key, "files": {}} for id, key in keys.items()}
        self._written = 0
        for group in unchanged:
            self._groups[group] = self._before[group]
            for path in self._before[group]["files"]:
                _take_over(self._old / path, self._place / path)

    def add(self, group: str, path: str, content: Content) -> None:
        """Write a file and its compressed forms; one that is as before is taken over."""
        old = self._old / path
        same = old.is_file() and old.read_bytes() == content.body
        self._written += not same
        note = {"headers": dict(content.headers), "main": True}
        self._put(group, path, content.body, same, note)
        for ending, make in content.twins.items():
            twin = f"{path}{ending}"
            self._put(group, twin, make, same and (self._old / twin).is_file(), {})

    def _put(
        self, group: str, path: str, body: bytes | Callable[[], bytes], same: bool, note: Any
    ) -> None:
        if same:
            _take_over(self._old / path, self._place / path)
        else:
            target = self._place / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(body() if callable(body) else body)
        status = (self._place / path).stat()
        note |= {"size": status.st_size, "mtime": status.st_mtime_ns}
        self._groups[group]["files"][path] = note

    def headers(self) -> dict[str, dict[str, str]]:
        """Return the response headers of every file by its path."""
        return {
            path: note["headers"]
            for group in self._groups.values()
            for path, note in group["files"].items()
            if note.get("headers")
        }

    def finish(self) -> Result:
        """Put the build in its place; return what it did."""
        manifest = {"form": _FORM, "groups": self._groups}
        (self._place / MANIFEST).write_bytes(orjson.dumps(manifest))
        before = {path for group in self._before.values() for path in group["files"]}
        now = {path for group in self._groups.values() for path in group["files"]}
        mains = [
            path
            for group in self._before.values()
            for path, note in group["files"].items()
            if note.get("main") and path not in now
        ]
        _take_over_others(self._old, self._place, before)
        sync_tree(self._place)
        swap(self._place, self._old)
        sync_folder(self._old.parent)
        return Result(*_totals(self._groups), written=self._written, gone=len(mains))


def _totals(groups: Mapping[str, Any]) -> tuple[int, int]:
    """The number of files without their compressed forms, and their bytes."""
    notes = [note for group in groups.values() for note in group["files"].values()]
    mains = [note for note in notes if note.get("main")]
    return len(mains), sum(note["size"] for note in mains)


def _take_over_others(old: Path, new: Path, built: set[str]) -> None:
    """Let what somebody else has put into the old folder stand in the new one too."""
    if not old.is_dir():
        return
    for path in sorted(old.rglob("*")):
        name = path.relative_to(old).as_posix()
        if path.is_dir() and not path.is_symlink():
            continue
        if name != MANIFEST and name not in built and not (new / name).exists():
            _take_over(path, new / name)


def _take_over(old: Path, new: Path) -> None:
    """Let a file stand at a second place too, with its time; a link stays a link."""
    new.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(old, new, follow_symlinks=False)
    except (OSError, NotImplementedError):  # a file system without links
        shutil.copy2(old, new, follow_symlinks=False)


def _read_manifest(folder: Path) -> dict[str, Any] | None:
    """Return what the last build noted, None where a folder is none of ours."""
    try:
        content = orjson.loads((folder / MANIFEST).read_bytes())
    except FileNotFoundError:
        return None
    except NotADirectoryError:
        return None
    except orjson.JSONDecodeError:
        return {}
    return content if isinstance(content, dict) else {}


def _is_as_noted(path: Path, note: Mapping[str, Any]) -> bool:
    try:
        status = path.stat()
    except OSError:
        return False
    return (status.st_size, status.st_mtime_ns) == (note["size"], note["mtime"])
