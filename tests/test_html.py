"""Every page is valid HTML, by the W3C's own checker."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import needs
import pytest
from flask.testing import FlaskClient

ID = "handover-2020"
REGIONS = f"/ogc/collections/{ID}.regions"
PAGES = {
    "reader": f"/{ID}/",
    "restricted": f"/{ID}/?lang=ar&theme=dark&known=2020-11-20",
    "embed": f"/{ID}/embed",
    "story": f"/{ID}/embed?mode=story",
    "compare": f"/{ID}/embed?mode=compare",
    "one file": f"/{ID}/map.html",
    "error": "/nowhere/",
    "refusal": f"/{ID}/?known=x&lang=az",
    **{f"ogc {name}": f"/ogc/{name}?f=html" for name in ("", "api", "collections", "conformance")},
    **{f"ogc of {what}": f"{REGIONS}{what}?f=html" for what in ("", "/items", "/queryables")},
}
NOT_YET = "CSS: .*"
"""The checker knows no container queries and no round(); browsers check our styles in other tests."""


@pytest.fixture(scope="module")
def checker(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Nu Html Checker, which npm has as a package of one file."""
    npm = needs.program("npm", package="npm")
    folder = tmp_path_factory.mktemp("vnu")
    command = [npm, "install", "--no-audit", "--no-fund", "--ignore-scripts", "vnu-jar@26.9.27"]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=180, check=False
    )
    if done.returncode:
        needs.missing("the Nu Html Checker from npm", done.stderr[-300:])
    (jar,) = folder.rglob("vnu.jar")
    return jar


@pytest.mark.network
@pytest.mark.slow
def test_every_page_is_valid(checker: Path, client: FlaskClient, tmp_path: Path) -> None:
    java = needs.program("java", package="default-jre-headless")
    (feature, *_) = client.get(f"{REGIONS}/items").json["features"]  # type: ignore[index]
    for name, path in {**PAGES, "ogc item": f"{REGIONS}/items/{feature['id']}?f=html"}.items():
        page = client.get(path, headers={"Accept": "text/html"})
        assert page.mimetype == "text/html"
        (tmp_path / f"{name.replace('/', '')}.html").write_bytes(page.data)
    options = ["--format", "json", "--errors-only", "--filterpattern", NOT_YET]
    done = subprocess.run(
        [java, "-Xss2m", "-XX:TieredStopAtLevel=1", "-jar", checker, *options, *tmp_path.glob("*")],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    faults = [
        f"{Path(one['url']).name}, line {one.get('lastLine')}: {one['message']}"
        for one in json.loads(done.stderr)["messages"]
    ]
    assert not faults, "\n".join(faults)
    assert done.returncode == 0
