"""Full, small and read-only disks, and power cuts: the last good state, or a clear refusal."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import faults
import pytest
from datasets import META, claim, dataset_files, write_dataset, write_zip
from serving import Service

from geomap import files
from geomap.build.folder import Content, SiteFolder
from geomap.errors import BeingWritten
from geomap.files import folder_beside, write_whole

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


STORY = [
    claim("first", "control", "north", "1994"),
    claim("then", "handover", "south", "2021-03-10"),
]
FILES = ("a.csv", "a.geojson", "a.gpkg", "a.png", "a.mp4", "a.html", "a.pmtiles")


@long
@pytest.mark.parametrize("name", FILES)
def test_an_export_killed_at_some_moment_is_whole_or_not_there(tmp_path: Path, name: str) -> None:
    target = tmp_path / name
    whole = tmp_path / f"whole-{name}"
    began = time.monotonic()
    assert faults.run("export", whole).returncode == 0
    seconds = (time.monotonic() - began) * 1.1
    for trial in range(4):
        old = b"what was there before" if trial % 2 else None
        target.unlink(missing_ok=True)
        if old:
            target.write_bytes(old)
        faults.killed_at_some_moment("export", target, seconds=seconds)
        now = target.read_bytes() if target.exists() else None
        assert now in (old, whole.read_bytes())
    for left in tmp_path.glob(".geomap-*.part"):
        os.utime(left, (0, 0))
    assert faults.run("export", target).returncode == 0
    assert sorted(tmp_path.iterdir()) == sorted([target, whole])


@long
def test_a_new_dataset_killed_at_some_moment_is_whole_or_not_there(tmp_path: Path) -> None:
    folder = tmp_path / "map"
    for _ in range(4):
        faults.killed_at_some_moment("new", folder, seconds=1.5)
        if folder.exists():
            assert faults.run("check", folder).returncode == 0
            shutil.rmtree(folder)
    assert faults.run("new", folder).returncode == 0
    assert list(tmp_path.iterdir()) == [folder]


@long
def test_a_build_killed_at_some_moment_leaves_the_site_as_it_was(
    tmp_path: Path, make_dataset: Make
) -> None:
    dataset = make_dataset()
    folder = tmp_path / "site"
    began = time.monotonic()
    assert faults.run("build", dataset, folder).returncode == 0
    seconds = time.monotonic() - began

    def content() -> dict[str, bytes]:
        return {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in folder.rglob("*")
            if path.is_file()
        }

    before = content()
    write_dataset(dataset, meta={**META, "title": "Another title"})
    for _ in range(3):
        if faults.killed_at_some_moment("build", dataset, folder, seconds=seconds):
            assert content() == before
    assert faults.run("build", dataset, folder).returncode == 0
    assert b"Another title" in (folder / "index.html").read_bytes()
    assert not [*folder.parent.glob(".geomap-*")]


@long
@pytest.mark.parametrize("how", ["full", "read-only"])
def test_a_disk_that_takes_nothing_gets_a_sentence_from_every_command(
    tmp_path: Path, make_dataset: Make, how: str
) -> None:
    dataset = make_dataset(STORY)
    with faults.small_disk(tmp_path / "disk", size="32m") as disk:
        (disk / "a.csv").write_text("what was there before")
        write_zip(disk / "b.zip", {"b.geojson": dataset_files()["regions/hill.geojson"]})
        assert faults.run("build", dataset, disk / "site").returncode == 0
        page = (disk / "site" / "index.html").read_bytes()
        write_dataset(dataset, STORY, meta={**META, "title": "Another title"})
        if how == "full":
            faults.fill(disk)
        else:
            faults.read_only(disk)
        before = sorted(disk.rglob("*"))
        for command in (
            *(("export", dataset, disk / name) for name in FILES),
            ("export", dataset, disk / "a.csv"),
            ("build", dataset, disk / "site"),
            ("new", disk / "map"),
            ("serve", dataset, "--port", 0, "--state", disk / "state" / "deep"),
        ):
            if command[0] == "serve" and how == "full":
                continue  # it starts, and logs that it cannot save
            said = faults.refusal(faults.run(*command))
            assert "cannot be written: " in said
        nowhere = faults.with_temporary_folders_on(disk)
        for command in (
            *(("export", f"/tmp/b.{ending}") for ending in ("gpkg", "fgb", "mp4")),
            ("new", "/tmp/map", "--regions", "/tmp/b.zip"),
            ("serve", "--port", 0),
        ):
            said = faults.refusal(faults.run(*command, before=nowhere))
            assert "temporary file cannot be written: " in said, command
            assert said.endswith("make room there, or set TMPDIR to another folder")
        assert sorted(disk.rglob("*")) == before
        assert (disk / "a.csv").read_text() == "what was there before"
        assert (disk / "site" / "index.html").read_bytes() == page


@long
def test_a_power_cut_finds_what_was_written_whole(tmp_path: Path) -> None:
    with faults.Disk(tmp_path) as disk:
        old, new = (
            {"a.html": b"a" * 50_000, "b.svg": b"b"},
            {"a.html": b"c" * 50_000, "b.svg": b"d"},
        )
        target = disk.place / "site"

        def build(contents: dict[str, bytes]) -> None:
            with SiteFolder(target).begin({"tarn": "k"}, set()) as part:
                for name, body in contents.items():
                    part.add("tarn", name, Content(body))
                part.finish()

        build(old)
        subprocess.run(["sync", "--file-system", disk.place], check=True)
        build(new)
        write_whole(disk.place / "a.csv", b"whole" * 10_000)
        (disk.place / "plain.csv").write_bytes(b"whole" * 10_000)
        with disk.after_a_power_cut() as place:
            there = {path.name: path.read_bytes() for path in (place / "site").iterdir()}
            there.pop("geomap-build.json")
            assert there == new
            assert (place / "a.csv").read_bytes() == b"whole" * 10_000
            # What is written without that care is not there: the cut is a real one.
            plain = place / "plain.csv"
            assert not plain.exists() or plain.stat().st_size == 0
