"""What `pip install` puts on a machine: the package with its data, ready from any folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_wheel(tmp_path_factory.mktemp("wheel"))


def make_wheel(folder: Path, umask: int = 0o022) -> Path:
    """Make a wheel in a folder, of files that were written just now."""
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps"]
    # From a copy: a build leaves files beside its source that would get into the next wheel.
    source = folder / "source"
    leave = shutil.ignore_patterns(".*", "*.egg-info", "__pycache__", "node_modules")
    shutil.copytree(ROOT, source, ignore=leave, copy_function=shutil.copy)
    shutil.rmtree(source / "build", ignore_errors=True)  # of an earlier build, at the top alone
    command += ["--no-build-isolation", "--wheel-dir", str(folder), str(source)]
    environment = {**os.environ, "SOURCE_DATE_EPOCH": "1700000000"}
    subprocess.run(
        command, check=True, capture_output=True, text=True, env=environment, umask=umask
    )
    return next(folder.glob("geomap_ledger-*.whl"))


def test_the_wheel_holds_every_file_of_the_package_and_the_data(wheel: Path) -> None:
    inside = set(zipfile.ZipFile(wheel).namelist())
    source = [
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "geomap").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    ]
    data = [
        path.relative_to(ROOT).as_posix()
        for pattern in ("*.yaml", "*.csv", "*.md", "LICENSE", "*/*.geojson")
        for path in (ROOT / "data").glob(pattern)
    ]
    wanted = {*source, *(f"geomap/{path}" for path in data)}
    assert len(data) > 10
    assert wanted - inside == set()
    assert [name for name in inside if name.startswith("geomap/data/") and ".py" in name] == []
    assert inside <= wanted | {name for name in inside if ".dist-info/" in name}


def test_a_wheel_is_the_same_whoever_makes_it_where_and_when(wheel: Path, tmp_path: Path) -> None:
    another = make_wheel(tmp_path / "elsewhere", umask=0o077)
    assert another.name == wheel.name
    assert another.read_bytes() == wheel.read_bytes()


def test_an_installed_wheel_works_from_any_folder(wheel: Path, tmp_path: Path) -> None:
    target, elsewhere = tmp_path / "site", tmp_path / "elsewhere"
    elsewhere.mkdir()
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"]
    subprocess.run([*install, "--target", str(target), str(wheel)], check=True, capture_output=True)
    assert {path.name.partition("-")[0] for path in target.glob("*.dist-info")} == {"geomap_ledger"}
    code = "import geomap, sys; print(geomap.__file__); geomap.open()"
    run = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(target)!r}); {code}"],
        cwd=elsewhere,
        check=True,
        capture_output=True,
        text=True,
    )
    assert run.stdout.strip().startswith(str(target))
