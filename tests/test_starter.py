"""The dataset to start from: `geomap new`, its guide, and what it refuses."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest
from click.testing import CliRunner

from geomap import sources as geomap_sources
from geomap.check.context import CONTEXT_KINDS
from geomap.check.ledger import ACTORS, CLAIMS, REPORTS, SOURCES
from geomap.cli import main
from geomap.core.kinds import CLAIM_KINDS
from geomap.core.meta import Licence, Meta, Milestone, Period, View
from geomap.core.status import intervals
from geomap.errors import BadSetting, CannotWrite, GeomapError
from geomap.map import draw
from geomap.picture.picture import picture
from geomap.starter import write_starter


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_starter(tmp_path / "mymap")
    return tmp_path / "mymap"


def test_new_writes_a_dataset_that_passes_the_check(runner: CliRunner, tmp_path: Path) -> None:
    folder = tmp_path / "maps" / "mymap"
    written = runner.invoke(main, ["new", str(folder)])
    assert written.exit_code == 0, written.output
    assert str(folder / "claims.csv") in written.output
    checked = runner.invoke(main, ["check", str(folder)])
    assert checked.exit_code == 0, checked.output
    assert "is sound: 2 regions, 6 claims by 3 sources" in checked.output
    assert [path.name for path in folder.parent.iterdir()] == ["mymap"]


def test_it_shows_every_kind_of_claim_and_draws(folder: Path) -> None:
    data = geomap_sources.open(folder)
    assert {claim.kind for claim in data.ledger.claims} == {"control", "due", "handover"}
    parts = [part.status.control_status for found in intervals(data).values() for part in found]
    assert {"due", "handed_over", "held"} <= set(parts)
    assert "Upper Tarn" in draw(data).get_root().render()
    assert picture(data, "svg").startswith(b"<")


def test_its_links_lead_to_nobody(folder: Path) -> None:
    sources = geomap_sources.open(folder).ledger.sources.values()
    assert all(source.url.startswith("https://example.org/") for source in sources)


def names(kind: type) -> set[str]:
    return {field.name for field in fields(kind)}


def test_its_guide_explains_every_file_column_and_key(folder: Path) -> None:
    guide = (folder / "README.md").read_text("utf-8")
    files = {p.name for p in folder.iterdir() if p.is_file()} - {"README.md"}
    columns = {*ACTORS.names, *SOURCES.names, *CLAIMS.names, *REPORTS.names}
    keys = set().union(*map(names, (Meta, View, Milestone)))
    properties = {"alt_name", "lies_within", "lies_within:source", "lies_within:locator", "rank"}
    properties |= {"from", "to"}
    said = files | columns | keys | properties | set(CONTEXT_KINDS) | set(CLAIM_KINDS)
    assert {word for word in said if f"`{word}`" not in guide} == set()
    # These are explained within the row of their key.
    assert all(f"{name}: " in guide for name in names(Period) | names(Licence))


def test_an_empty_folder_is_filled_and_stays_the_same_folder(tmp_path: Path) -> None:
    before = tmp_path.stat().st_ino
    write_starter(tmp_path)
    assert tmp_path.stat().st_ino == before
    assert geomap_sources.check(tmp_path) == []


def test_what_is_there_is_left_alone(runner: CliRunner, tmp_path: Path) -> None:
    (tmp_path / "novel.txt").write_text("Chapter 1")
    for name in (tmp_path, tmp_path / "novel.txt"):
        result = runner.invoke(main, ["new", str(name)])
        assert result.exit_code == 1
        assert "is there already and not an empty folder; give a new name" in result.output
    assert [path.name for path in tmp_path.iterdir()] == ["novel.txt"]


@pytest.mark.parametrize(
    ("name", "error", "message"),
    [
        ("", BadSetting, "is empty; give the name of a new folder"),
        ("a\0b", CannotWrite, "the name is not valid"),
        ("x" * 300, CannotWrite, "File name too long"),
    ],
)
def test_a_name_that_no_folder_can_have_is_refused(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    error: type[GeomapError],
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(error, match=message):
        write_starter(name)
    assert list(tmp_path.iterdir()) == []


def test_nothing_half_written_stays_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(CannotWrite, match="cannot be written: No space left on device"):
        write_starter(tmp_path / "mymap")
    assert list(tmp_path.iterdir()) == []
