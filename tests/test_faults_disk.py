"""Full, small and read-only disks, and power cuts: the last good state, or a clear refusal."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import faults
import needs
import pytest
from datasets import META, write_dataset, write_zip, dataset_files
from serving import Service

from geomap import files
from geomap.build.folder import Content, SiteFolder
from geomap.errors import BeingWritten
from geomap.files import folder_beside, write_whole
from geomap.web.snapshots import Snapshots

long = pytest.mark.long
Make = Callable[..., Path]
Start = Callable[..., Service]


def site(folder: Path, **contents: bytes) -> None:
    """Build a site of these files; `_` in a name stands for a point."""
    with SiteFolder(folder).begin({"tarn": "k"}, set()) as part:
        for name, body in contents.items():
            part.add("tarn", name.replace("_", "."), Content(body))
        part.finish()


def test_two_builds_of_one_folder_do_not_meet(tmp_path: Path) -> None:
    folder = tmp_path / "site"
    early = SiteFolder(folder)
    with SiteFolder(folder).begin({"tarn": "k"}, set()) as part:
        part.add("tarn", "index.html", Content(b"first"))
        with pytest.raises(BeingWritten, match="another geomap is at work on"):
            site(folder, index_html=b"second")
        part.finish()
    with pytest.raises(BeingWritten), early.begin({"tarn": "k"}, set()):
        pass  # what it knew of the folder is no longer so
    site(folder, index_html=b"third")
    assert (folder / "index.html").read_bytes() == b"third"
    assert list(tmp_path.iterdir()) == [folder]


def test_a_build_killed_at_any_step_loses_no_file_of_others(tmp_path: Path) -> None:
    folder = tmp_path / "site"
    site(folder, index_html=b"one")
    (folder / "CNAME").write_text("maps.example.org")
    (folder / "link").symlink_to("CNAME")
    # Every call by which it changes the disk may be the last: kill it at each in turn.
    for step in range(100):
        ended = faults.killed_at_call(step, lambda: site(folder, index_html=b"two", map_svg=b"new"))
        there = {path.name: path.read_bytes() for path in folder.iterdir()}
        assert there["CNAME"] == b"maps.example.org", step
        assert (folder / "link").is_symlink(), step
        assert (there["index.html"], there.get("map.svg")) in [(b"one", None), (b"two", b"new")]
        if ended:
            break
        site(folder, index_html=b"one")
    assert step > 5
    assert list(tmp_path.iterdir()) == [folder]


def test_what_a_killed_process_left_is_removed_by_the_next(tmp_path: Path) -> None:
    left = tmp_path / ".geomap-0123456789abcdef.part"
    left.write_bytes(b"half of a fi")
    write_whole(tmp_path / "a.csv", b"whole")
    assert left.exists()  # it may be another's who has just begun
    os.utime(left, (0, 0))
    write_whole(tmp_path / "a.csv", b"whole")
    assert not left.exists()
    # Where two names cannot be exchanged, who is killed in between leaves the old folder aside.
    place = tmp_path / "site"
    with folder_beside(place) as folder:
        folder.mkdir(exist_ok=True)
        name = files.aside(folder)
    name.mkdir()
    (name / "index.html").write_text("the last good site")
    with folder_beside(place):
        assert (place / "index.html").read_text() == "the last good site"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "site"]
