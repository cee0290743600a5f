"""Where a dataset's files may lie: a folder, a zip, and what is neither."""

from __future__ import annotations

import io
import os
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from datasets import claim, dataset_files, write_zip

from geomap import sources as geomap_sources
from geomap.errors import CannotRead, Fault, NotFound
from geomap.sources import check

Make = Callable[..., Path]
HELD = claim("held", "control", "north", "1994")


def the_fault(path: Path) -> Fault:
    """The only fault of a dataset."""
    faults = check(path)
    assert len(faults) == 1, faults
    return faults[0]


# From a zip


@pytest.mark.parametrize("prefix", ["", "data/", "my map/data/"])
def test_a_zip_gives_the_same_dataset_as_its_folder(
    make_dataset: Make, tmp_path: Path, prefix: str
) -> None:
    path = write_zip(tmp_path / "data.zip", dataset_files([HELD]), prefix)
    assert check(path) == []
    assert geomap_sources.open(path).version == geomap_sources.open(make_dataset([HELD])).version


def test_what_a_zip_holds_beside_the_dataset_is_left_alone(tmp_path: Path) -> None:
    files = dataset_files([HELD])
    evil = {
        "../claims.csv": b"evil",
        "../../regions/hill.geojson": b"evil",
        "/etc/passwd": b"evil",
        "regions/../claims.csv": b"evil",
        "regions/deep/x.geojson": b"evil",
        "__MACOSX/regions/._hill.geojson": b"evil",
        "other/dataset.yaml": b"evil",
    }
    plain = geomap_sources.open(write_zip(tmp_path / "plain.zip", files))
    before = sorted(tmp_path.rglob("*"))
    path = write_zip(tmp_path / "evil.zip", {**evil, **files})
    assert geomap_sources.open(path).version == plain.version
    assert sorted(tmp_path.rglob("*")) == sorted([*before, path])


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x03\x04 not really", b"\x1f\x8b gzip"])
def test_another_kind_of_file_is_no_dataset(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "data.zip"
    path.write_bytes(content)
    fault = the_fault(path)
    assert fault.file == "data.zip"
    assert "is not a dataset folder nor a zip of one" in fault.message


def test_a_damaged_zip_is_one_fault(tmp_path: Path) -> None:
    whole = write_zip(tmp_path / "data.zip", dataset_files([HELD] * 200)).read_bytes()
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        claims = archive.getinfo("claims.csv")
    damaged = bytearray(whole)
    start = claims.header_offset + 40
    damaged[start : start + claims.compress_size] = b"\xff" * claims.compress_size
    path = tmp_path / "damaged.zip"
    path.write_bytes(whole[: len(whole) // 2])
    assert "is not a dataset folder nor a zip of one" in the_fault(path).message
    path.write_bytes(bytes(damaged))
    assert the_fault(path).file == "claims.csv"
    assert "cannot be read: " in the_fault(path).message


def test_a_file_that_cannot_be_read_hides_no_other_fault(tmp_path: Path) -> None:
    files = dataset_files([HELD], meta={"colour": "red"}, actors=[])
    whole = bytearray(write_zip(tmp_path / "data.zip", files).read_bytes())
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        for name in ("sources.csv", "regions/hill.geojson"):
            whole[archive.getinfo(name).header_offset + 60] ^= 0xFF
    (tmp_path / "data.zip").write_bytes(whole)
    assert [(f.file, f.row, f.column) for f in check(tmp_path / "data.zip")] == [
        ("dataset.yaml", None, "colour"),
        ("actors.csv", None, None),
        ("sources.csv", None, None),
        ("claims.csv", 2, "actor"),
        ("regions/hill.geojson", None, None),
    ]


def test_names_that_windows_wrote_are_read(tmp_path: Path) -> None:
    files = {name.replace("/", "\\"): content for name, content in dataset_files([HELD]).items()}
    assert check(write_zip(tmp_path / "data.zip", files, "my map\\")) == []


def test_the_ending_may_be_in_capitals(make_dataset: Make) -> None:
    good = dataset_files([HELD])["regions/hill.geojson"]
    raw = {"regions/hill.geojson": None, "regions/HILL.GeoJSON": good, "context/x.GEOJSON": "{"}
    assert the_fault(make_dataset([HELD], raw=raw)).file == "context/x.GEOJSON"


@pytest.mark.parametrize("name", ["regions/vale.json", "context/towns.shp"])
def test_a_file_that_is_not_read_is_named(make_dataset: Make, tmp_path: Path, name: str) -> None:
    files = dataset_files([HELD], raw={name: "{"})
    wanted = f"{Path(name).stem}.geojson"
    for path in (make_dataset([HELD], raw={name: "{"}), write_zip(tmp_path / "a.zip", files)):
        fault = the_fault(path)
        assert fault.file == name
        assert f"is not read; name it {wanted}" in fault.message


def test_a_zip_member_that_unpacks_a_hundredfold_is_not_unpacked(tmp_path: Path) -> None:
    bomb = {**dataset_files([HELD]), "regions/zz.geojson": b" " * (17 * 2**20)}
    fault = the_fault(write_zip(tmp_path / "bomb.zip", bomb))
    assert fault.file == "regions/zz.geojson"
    assert "unpacks to more than 100 times its size in the zip" in fault.message


def test_dataset_yaml_is_no_book(make_dataset: Make) -> None:
    fault = the_fault(make_dataset([HELD], raw={"dataset.yaml": "#" * (2**20 + 1)}))
    assert (fault.file, fault.message) == (
        "dataset.yaml",
        "is larger than 1 MB; simplify or split it",
    )


def test_a_zip_of_something_else_lacks_the_files_of_a_dataset(tmp_path: Path) -> None:
    faults = check(write_zip(tmp_path / "data.zip", {"holiday.jpg": b"x"}))
    assert {f.file for f in faults} == {
        *("dataset.yaml", "actors.csv", "sources.csv", "claims.csv", "regions/"),
    }


def test_a_member_that_unpacks_to_too_much_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("geomap.sources.files.MAX_FILE_BYTES", 2**20)
    bomb = {**dataset_files([HELD]), "regions/zz.geojson": b" " * (2**20 + 1)}
    path = write_zip(tmp_path / "bomb.zip", bomb)
    assert path.stat().st_size < 2**14
    fault = the_fault(path)
    assert fault.file == "regions/zz.geojson"
    assert "is larger than 1 MB; simplify or split it" in fault.message


def test_many_members_may_not_unpack_to_too_much_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("geomap.sources.files.MAX_TOTAL_BYTES", 2**20)
    many = {f"regions/z{n}.geojson": b" " * 2**18 for n in range(5)}
    fault = the_fault(write_zip(tmp_path / "bomb.zip", {**dataset_files([HELD]), **many}))
    assert fault.file in many
    assert "brings the dataset to more than 1 MB; simplify" in fault.message


def test_a_file_of_a_folder_has_a_limit_too(
    make_dataset: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("geomap.sources.files.MAX_FILE_BYTES", 2**20)
    folder = make_dataset([HELD], raw={"regions/zz.geojson": b" " * (2**20 + 1)})
    assert the_fault(folder).file == "regions/zz.geojson"


def test_a_small_file_does_not_take_the_memory_of_the_largest(make_dataset: Make) -> None:
    folder = make_dataset([HELD])
    geomap_sources.open(folder)
    tracemalloc.start()
    try:
        geomap_sources.open(folder)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 20 * 2**20


def test_an_encrypted_zip_is_one_sentence_a_file(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "data.zip", dataset_files([HELD]))
    content = bytearray(path.read_bytes())
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):  # the flags of each member
        start = -1
        while (start := content.find(mark, start + 1)) >= 0:
            content[start + place] |= 1
    path.write_bytes(content)
    assert {f.message for f in check(path)} == {"is encrypted; make the zip without a password"}


# Names of files that could be anything


def test_a_name_that_is_not_utf_8_is_a_fault_that_can_be_printed(make_dataset: Make) -> None:
    folder = make_dataset([HELD])
    name = os.fsencode(folder / "regions") + b"/caf\xe9.geojson"
    try:
        os.rename(os.fsencode(folder / "regions" / "vale.geojson"), name)  # noqa: PTH104
    except OSError:
        pytest.skip("this system takes no such name")
    fault = the_fault(folder)
    assert str(fault).encode()
    assert fault.file == "regions/caf\N{REPLACEMENT CHARACTER}.geojson"
    assert "has a name that is not UTF-8; give the file another" in fault.message


def test_a_name_cannot_break_the_line_of_its_fault(tmp_path: Path) -> None:
    name = "regions/x\nclaims.csv, row 2: \u202eall is well\x1b[2J.geojson"
    path = write_zip(tmp_path / "data.zip", {**dataset_files([HELD]), name: b"{"})
    line = str(the_fault(path))
    assert line.isprintable()
    assert line.startswith("regions/x\N{REPLACEMENT CHARACTER}claims.csv")


# What a source is


def test_a_source_is_called_by_its_name_and_not_by_its_path(
    make_dataset: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_dataset([HELD])
    path = write_zip(tmp_path / "maps.zip", dataset_files([HELD]))
    assert geomap_sources.find(folder).name == folder.name
    assert geomap_sources.find(path).name == "maps.zip"
    assert geomap_sources.find().name == "built-in dataset"
    monkeypatch.chdir(folder)
    assert geomap_sources.find(".").name == folder.name
    monkeypatch.chdir(folder / "regions")
    assert geomap_sources.find("..").name == folder.name


def test_a_source_that_has_gone_says_so_without_its_path(make_dataset: Make) -> None:
    folder = make_dataset([HELD])
    source = geomap_sources.find(folder)
    folder.rename(folder.with_name("elsewhere"))
    with pytest.raises(CannotRead, match=f"^the dataset '{folder.name}' cannot be read: No such"):
        source.read()
    with pytest.raises(OSError, match="No such file"):
        source.stamp()


def test_the_stamp_of_a_folder_changes_with_the_files_of_the_dataset(make_dataset: Make) -> None:
    folder = make_dataset([HELD])
    source = geomap_sources.find(folder)
    first = source.stamp()
    (folder / "README.md").write_text("About")
    (folder / "regions" / ".hill.geojson.swp").write_text("an editor's")
    assert source.stamp() == first
    claims = folder / "claims.csv"
    os.utime(claims, ns=(1, claims.stat().st_mtime_ns + 1))
    second = source.stamp()
    assert second != first
    (folder / "context").mkdir()
    (folder / "context" / "lake.geojson").write_text("{}")
    assert source.stamp() not in (first, second)


def test_the_stamp_of_a_zip_changes_with_the_zip(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "data.zip", dataset_files([HELD]))
    source = geomap_sources.find(path)
    first = source.stamp()
    assert source.stamp() == first
    write_zip(tmp_path / "new.zip", dataset_files([HELD])).replace(path)
    assert source.stamp() != first


def test_a_source_is_read_anew_each_time(make_dataset: Make) -> None:
    folder = make_dataset([HELD])
    source = geomap_sources.find(folder)
    first = geomap_sources.read(source)
    (folder / "claims.csv").write_bytes(dataset_files([])["claims.csv"])
    assert (len(first.ledger.claims), len(geomap_sources.read(source).ledger.claims)) == (1, 0)


# Nothing there


@pytest.mark.parametrize("ask", [geomap_sources.open, geomap_sources.check])
def test_a_name_without_anything_behind_it_is_not_found(tmp_path: Path, ask: Callable) -> None:
    with pytest.raises(NotFound, match=r"there is no dataset folder or \.zip file"):
        ask(tmp_path / "nowhere")


def test_an_empty_folder_lacks_every_file(tmp_path: Path) -> None:
    assert {f.file for f in check(tmp_path)} == {
        *("dataset.yaml", "actors.csv", "sources.csv", "claims.csv", "regions/"),
    }


@pytest.mark.parametrize("ask", [geomap_sources.open, geomap_sources.check])
def test_an_empty_name_is_not_the_present_folder(
    make_dataset: Make, monkeypatch: pytest.MonkeyPatch, ask: Callable
) -> None:
    monkeypatch.chdir(make_dataset([HELD]))
    with pytest.raises(NotFound, match=r"name is empty; give a folder or a \.zip file"):
        ask("")
    assert check(".") == []


@pytest.mark.parametrize("name", ["a\0b", "x" * 5000, "/dev/null", "a/../\0"])
def test_a_name_that_no_file_can_have_is_not_found(name: str) -> None:
    with pytest.raises(NotFound, match=r"there is no dataset|cannot be read"):
        geomap_sources.open(name)


# Without the right to read; a test may run as root, who has every right


def refuse(*args: object, **kwargs: object) -> None:
    raise PermissionError(13, "Permission denied")


@pytest.mark.parametrize("step", ["is_dir", "iterdir"])
def test_a_folder_that_may_not_be_read_is_a_sentence(
    make_dataset: Make, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    folder = make_dataset([HELD])
    monkeypatch.setattr(Path, step, refuse)
    with pytest.raises(CannotRead, match=r"cannot be read: Permission denied"):
        geomap_sources.open(folder)


def test_a_zip_that_may_not_be_read_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_zip(tmp_path / "data.zip", dataset_files([HELD]))
    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(CannotRead, match=r"data\.zip' cannot be read: Permission denied"):
        geomap_sources.open(path)


def test_a_file_that_may_not_be_read_is_a_fault_of_its_own(
    make_dataset: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_dataset([HELD])
    real = Path.open

    def some(path: Path, *args: object) -> object:
        return refuse() if path.name in ("claims.csv", "hill.geojson") else real(path, *args)

    monkeypatch.setattr(Path, "open", some)
    assert [(f.file, f.message) for f in check(folder)] == [
        ("claims.csv", "cannot be read: Permission denied"),
        ("regions/hill.geojson", "cannot be read: Permission denied"),
    ]


def test_what_an_editor_leaves_beside_a_file_is_no_file_of_the_dataset(make_dataset: Make) -> None:
    raw = {"regions/.#hill.geojson": "{", "regions/._vale.geojson": b"\0", "context/README.md": "x"}
    assert check(make_dataset([HELD], raw=raw)) == []
