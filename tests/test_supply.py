"""What geomap is made of: locked packages, files of others, and the promises of SECURITY.md."""

from __future__ import annotations

import csv
import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from configparser import ConfigParser
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import needs
import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
LEAFLET = ROOT / "geomap/map/static/vendor/leaflet-1.9.4"
OF_OTHERS = (
    *(
        "geomap/map/static/vendor/*/*",
        "geomap/fonts/*.ttf",
        "geomap/fonts/*.txt",
        "geomap/making/world/*.gz",
    ),
    "examples/*.gpkg",
)
LICENCES = {"BSD-2-Clause", "CC-BY-4.0", "OFL-1.1", "public domain"}


def locked(extra: str) -> list[Requirement]:
    """Return what a lock file names; each has one version and the hashes of its files."""
    text = (ROOT / f"deploy/lock/{extra}.txt").read_text()
    assert not re.search(r"://|^-|\s--(?!hash=sha256:[0-9a-f]{64}\b)", text, re.MULTILINE)
    lines = re.sub(r" *#.*", "", text).replace("\\\n", "").splitlines()
    entries = [line.partition(" --hash=") for line in lines if line.strip()]
    assert all(hashes for _, hashes, _ in entries)
    return [Requirement(entry) for entry, _, _ in entries]


def wanted(extra: str) -> Iterator[Requirement]:
    """Yield what setup.cfg asks for, with an extra and those that it includes."""
    setup = ConfigParser()
    setup.read(ROOT / "setup.cfg")
    yield from map(Requirement, setup["options"]["install_requires"].split("\n")[1:])
    left = [extra]
    while left:
        for line in setup["options.extras_require"][left.pop()].split("\n")[1:]:
            requirement = Requirement(line)
            if requirement.name == "geomap-ledger":
                left += requirement.extras
            else:
                yield requirement


def pins(requirements: list[Requirement]) -> set[tuple[str, str]]:
    return {(canonicalize_name(r.name), str(r.specifier).removeprefix("==")) for r in requirements}


@pytest.mark.parametrize("extra", ["all", "test"])
def test_the_lock_has_what_setup_cfg_asks_for(extra: str) -> None:
    versions = pins(locked(extra))
    missing = [
        str(requirement)
        for requirement in wanted(extra)
        if not [
            number
            for name, number in versions
            if name == canonicalize_name(requirement.name) and number in requirement.specifier
        ]
    ]
    assert missing == [], "setup.cfg asks for more than deploy/lock has: run `make lock`"


def test_what_runs_is_what_was_tested() -> None:
    assert pins(locked("all")) <= pins(locked("test"))


@pytest.mark.skipif(sys.version_info[:2] != (3, 11), reason="the lock is for Python 3.11")
def test_the_tests_run_with_what_is_locked() -> None:
    others = []
    for name, number in pins([r for r in locked("test") if applies(r.marker)]):
        try:
            installed = version(name)
        except PackageNotFoundError:
            installed = "none"
        if installed != number:
            others.append(f"{name} {installed}, not {number}")
    assert others == [], "run `make test`, or `make lock` if these are to stay"


def applies(marker: Marker | None) -> bool:
    return marker is None or marker.evaluate()


def test_files_of_others_are_as_the_manifest_says() -> None:
    with (ROOT / "deploy/vendored.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["path"]: row for row in csv.DictReader(file)}
    there = {path for pattern in OF_OTHERS for path in ROOT.glob(pattern) if path.is_file()}
    hashes = {
        path.relative_to(ROOT).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in there
    }
    assert {path: row["sha256"] for path, row in rows.items()} == hashes
    assert {row["licence"] for row in rows.values()} == LICENCES
    assert all(row["what"] and row["version"] and row["origin"] for row in rows.values())
    # Who says where a file is from also says how to make it again.
    for words in " ".join(row["changes"] for row in rows.values()).split():
        if words.endswith(".py"):
            assert (ROOT / words).is_file(), words


@pytest.mark.network
def test_leaflet_is_its_makers(tmp_path: Path) -> None:
    npm = needs.program("npm", package="npm")
    command = [npm, "install", "--no-audit", "--no-fund", "--ignore-scripts", "leaflet@1.9.4"]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, timeout=180, check=False
    )
    if done.returncode:
        needs.missing("Leaflet from npm", done.stderr[-300:])
    theirs = tmp_path / "node_modules/leaflet"
    assert json.loads((theirs / "package.json").read_text())["version"] == "1.9.4"
    script = (theirs / "dist/leaflet.js").read_text("utf-8")
    lines = script.splitlines(keepends=True)
    assert lines[-1].startswith("//# sourceMappingURL=")
    ours = "".join(lines[:-1])
    assert (LEAFLET / "leaflet.js").read_text("utf-8").rstrip() == ours.rstrip()
    assert (LEAFLET / "LICENSE").read_bytes() == (theirs / "LICENSE").read_bytes()
    rules = {line.strip() for line in (theirs / "dist/leaflet.css").read_text().splitlines()}
    kept = [line.strip() for line in (LEAFLET / "leaflet.css").read_text().splitlines()]
    assert set(kept[1:]) <= rules  # the first line says what is left out


def test_every_promise_of_the_security_policy_has_its_test() -> None:
    text = (ROOT / "SECURITY.md").read_text("utf-8")
    promises = re.findall(r"^\| .+ \| (.+) \|$", text.partition("## What is promised")[2], re.M)
    assert len(promises) > 10
    for tests in promises[1:]:
        names = re.findall(r"\(tests/(test_\w+\.py)\)", tests)
        assert names, tests
        for name in names:
            assert (ROOT / "tests" / name).is_file(), name
