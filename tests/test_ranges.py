"""Byte ranges of files (RFC 9110, section 14), also by the programs that live on them."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from typing import Any
from urllib.request import urlopen

import datasets
import needs
import pyogrio
import pytest
from flask.testing import FlaskClient
from ogc_server import Live, serving

REGIONS = "/handover-2020/regions"
FGB = f"{REGIONS}.fgb"
PACKAGES = ("flatgeobuf@4.5.0", "parquet-wasm@0.8.0", "apache-arrow@21.2.0")
SQUARES = 40


@pytest.mark.parametrize(
    ("asked", "part"),
    [
        ("bytes=0-99", slice(0, 100)),
        ("bytes=100-", slice(100, None)),
        ("bytes=-100", slice(-100, None)),
        ("bytes=5-5", slice(5, 6)),
        ("Bytes = 3 - 7", slice(3, 8)),
        ("bytes=10-999999999999", slice(10, None)),
        ("bytes=-999999999999", slice(0, None)),
    ],
)
def test_a_range_is_a_part_of_the_file(client: FlaskClient, asked: str, part: slice) -> None:
    whole = client.get(FGB)
    assert whole.headers["Accept-Ranges"] == "bytes"
    answer = client.get(FGB, headers={"Range": asked})
    expected = whole.data[part]
    assert (answer.status_code, answer.data) == (206, expected)
    assert int(answer.headers["Content-Length"]) == len(expected)
    first, end, _ = part.indices(len(whole.data))
    assert answer.headers["Content-Range"] == f"bytes {first}-{end - 1}/{len(whole.data)}"
    for name in ("ETag", "Content-Type", "Cache-Control", "Access-Control-Allow-Origin"):
        assert answer.headers[name] == whole.headers[name]


@pytest.mark.parametrize("asked", ["bytes=99999999-", "bytes=99999999-100000000", "bytes=-0"])
def test_a_range_beyond_the_file_is_refused(client: FlaskClient, asked: str) -> None:
    size = len(client.get(FGB).data)
    answer = client.get(FGB, headers={"Range": asked})
    assert answer.status_code == 416
    assert answer.headers["Content-Range"] == f"bytes */{size}"
    assert answer.headers["Cache-Control"] == "no-store"
    assert f"This file has {size} bytes" in answer.text


@pytest.mark.parametrize(
    "asked",
    ["", "bytes", "bytes=", "bytes=-", "bytes=9-3", "bytes=a-b", "lines=1-2", "bytes=0-1,5-6"],
)
def test_what_is_no_single_range_gets_the_whole_file(client: FlaskClient, asked: str) -> None:
    answer = client.get(FGB, headers={"Range": asked})
    assert (answer.status_code, answer.data) == (200, client.get(FGB).data)
    assert "Content-Range" not in answer.headers


def test_a_range_of_another_version_gets_the_whole_file(client: FlaskClient) -> None:
    tag = client.get(FGB).headers["ETag"]

    def ask(**headers: str) -> int:
        asked = {name.replace("_", "-"): value for name, value in headers.items()}
        return client.get(FGB, headers={"Range": "bytes=0-9", **asked}).status_code

    assert ask(If_Range=tag) == 206
    assert ask(If_Range='"another"') == 200
    assert ask(If_Range=f"W/{tag}") == 200  # a weak tag does not promise the same bytes
    assert ask(If_Range="Wed, 25 Nov 2020 08:00:00 GMT") == 200
    assert ask(If_None_Match=tag) == 304


def test_a_range_is_of_the_file_and_not_of_its_compressed_form(client: FlaskClient) -> None:
    path = f"{REGIONS}.geojson"
    plain = client.get(path, headers={"Accept-Encoding": "identity"})
    asked = {"Accept-Encoding": "gzip, br", "Range": "bytes=20-59"}
    answer = client.get(path, headers=asked)
    assert (answer.status_code, answer.data) == (206, plain.data[20:60])
    assert "Content-Encoding" not in answer.headers
    assert answer.headers["ETag"] == plain.headers["ETag"]


def test_head_has_no_ranges(client: FlaskClient) -> None:
    whole = client.get(FGB)
    answer = client.head(FGB, headers={"Range": "bytes=0-9"})
    assert (answer.status_code, answer.data) == (200, b"")
    assert int(answer.headers["Content-Length"]) == len(whole.data)
    assert answer.headers["Accept-Ranges"] == "bytes"


def test_an_error_has_no_ranges(client: FlaskClient) -> None:
    answer = client.get(f"{REGIONS}.nothing", headers={"Range": "bytes=0-9"})
    assert answer.status_code == 404
    assert "Accept-Ranges" not in answer.headers


def test_scripts_elsewhere_may_ask_for_ranges(client: FlaskClient) -> None:
    asked = {"Origin": "https://example.org", "Access-Control-Request-Headers": "range"}
    allowed = client.options(FGB, headers=asked).headers["Access-Control-Allow-Headers"]
    assert {"Range", "If-Range"} <= set(allowed.split(", "))
    exposed = client.get(FGB).headers["Access-Control-Expose-Headers"]
    assert {"Content-Range", "Accept-Ranges", "ETag"} <= set(exposed.split(", "))


# The programs


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A service of a dataset with many regions, whose files are longer than a reader's first look."""
    folder = tmp_path_factory.mktemp("ranges")
    regions = {
        f"r{x}-{y}": datasets.region(f"r{x}-{y}", datasets.square(x, y), note="x" * 200)
        for x in range(SQUARES)
        for y in range(SQUARES)
    }
    data = datasets.write_dataset(folder / "data", regions=regions)
    with serving(folder, data) as running:
        yield running


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Any]:
    """A function that runs a script by Node.js beside the packages, and returns what it prints."""
    program, npm = needs.program("node", package="nodejs"), needs.program("npm", package="npm")
    folder = tmp_path_factory.mktemp("node")
    command = [npm, "install", "--no-audit", "--no-fund", "--prefix", str(folder), *PACKAGES]
    installed = subprocess.run(command, capture_output=True, text=True, timeout=300)
    if installed.returncode:
        needs.missing("npm's registry", "these tests install packages from it")

    def run(script: str) -> Any:
        file = folder / "script.mjs"
        file.write_text(script)
        done = subprocess.run([program, str(file)], capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        # Some packages print what they do.
        return json.loads(done.stdout.splitlines()[-1])

    return run


@pytest.mark.network
@pytest.mark.slow
def test_flatgeobuf_reads_what_lies_in_a_box(live: Live, node: Callable[[str], Any]) -> None:
    live.forget()
    found = node(f"""
        import {{ deserialize }} from "flatgeobuf/lib/mjs/geojson.js";
        const rect = {{ minX: 3.2, minY: 4.2, maxX: 3.8, maxY: 5.8 }};
        const ids = [];
        for await (const feature of deserialize("{live.url}/test/regions.fgb", {{ rect }}))
            ids.push(feature.properties.id);
        console.log(JSON.stringify(ids.sort()));
    """)
    assert found == ["r3-4", "r3-5"]
    assert len(live.sent) > 1
    assert sum(live.sent) < len(whole_file(live, "fgb")) / 2


@pytest.mark.network
@pytest.mark.slow
def test_parquet_wasm_reads_by_address(live: Live, node: Callable[[str], Any]) -> None:
    found = node(f"""
        import {{ readFile }} from "node:fs/promises";
        import init, {{ ParquetFile }} from "parquet-wasm/esm";
        import {{ tableFromIPC }} from "apache-arrow";
        const wasm = new URL("parquet_wasm_bg.wasm", import.meta.resolve("parquet-wasm/esm"));
        await init({{ module_or_path: await readFile(wasm) }});
        const file = await ParquetFile.fromUrl("{live.url}/test/regions.parquet");
        const table = tableFromIPC((await file.read({{ columns: ["id"] }})).intoIPCStream());
        console.log(JSON.stringify([table.numRows, table.schema.fields.map((f) => f.name)]));
    """)
    assert found == [SQUARES**2, ["id"]]


@pytest.mark.slow
def test_gdal_reads_what_lies_in_a_box(live: Live) -> None:
    address = f"/vsicurl/{live.url}/test/regions.fgb"
    live.forget()
    found = pyogrio.read_dataframe(address, bbox=(3.2, 4.2, 3.8, 5.8))
    assert sorted(found["id"]) == ["r3-4", "r3-5"]
    assert len(live.sent) > 1
    assert sum(live.sent) < len(whole_file(live, "fgb")) / 2


def whole_file(live: Live, ending: str) -> bytes:
    with urlopen(f"{live.url}/test/regions.{ending}") as answer:
        content: bytes = answer.read()
    return content
