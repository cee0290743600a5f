"""The folder that a site is built into: swapped whole, kept where it is the same, never another's."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from geomap.build.folder import Content, Result, SiteFolder
from geomap.cli import main
from geomap.errors import CannotWrite, FolderInUse


def _write(folder: Path, contents: dict[str, bytes], key: str = "k") -> Result:
    """Build a site of one dataset into a folder, each of its files with a compressed form."""
    target = SiteFolder(folder)
    with target.begin({"tarn": key}, set()) as part:
        for path, body in contents.items():
            part.add("tarn", path, Content(body, {".gz": lambda: b"compressed"}))
        return part.finish()


def test_a_second_build_keeps_what_is_the_same_and_removes_what_is_gone(tmp_path: Path) -> None:
    folder = tmp_path / "site"
    _write(folder, {"index.html": b"one", "old/map.svg": b"map"})
    before = (folder / "index.html").stat().st_mtime_ns
    (folder / "CNAME").write_text("maps.example.org")
    assert SiteFolder(folder).is_unchanged("tarn", "k")
    assert not SiteFolder(folder).is_unchanged("tarn", "another")
    result = _write(folder, {"index.html": b"one", "new/map.svg": b"map"})
    assert (result.files, result.written, result.gone) == (2, 1, 1)
    assert (folder / "index.html").stat().st_mtime_ns == before
    assert (folder / "new" / "map.svg.gz").read_bytes() == b"compressed"
    assert not (folder / "old").exists()
    assert (folder / "CNAME").read_text() == "maps.example.org"
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_a_file_that_somebody_changed_is_built_again(tmp_path: Path) -> None:
    _write(tmp_path / "site", {"index.html": b"one"})
    (tmp_path / "site" / "index.html").write_bytes(b"two")
    assert not SiteFolder(tmp_path / "site").is_unchanged("tarn", "k")
    _write(tmp_path / "site", {"index.html": b"one"})
    assert (tmp_path / "site" / "index.html").read_bytes() == b"one"


def test_a_build_that_fails_leaves_the_site_as_it_was(tmp_path: Path) -> None:
    folder = tmp_path / "site"
    _write(folder, {"index.html": b"one"})
    with pytest.raises(CannotWrite):
        _write(folder, {"index.html": b"two", "index.html/map.svg": b"no folder of that name"})
    assert (folder / "index.html").read_bytes() == b"one"
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_a_folder_of_others_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("private")
    result = CliRunner().invoke(main, ["build", str(tmp_path)])
    assert result.exit_code == 1
    assert "not an empty folder" in result.output
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]
    with pytest.raises(FolderInUse):
        SiteFolder(tmp_path / "letter.txt")
