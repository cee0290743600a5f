"""The log and the metrics: what an operator sees of the service, and nothing of its readers."""

from __future__ import annotations

import ast
import errno
import json
import logging
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from click.testing import CliRunner
from datasets import META, write_dataset
from serving import Service

from geomap.cli import main
from geomap.core.dataset import Dataset
from geomap.errors import BadSetting
from geomap.web import create_app
from geomap.web.metrics import parse_address
from geomap.web.observing import Answered

ROOT = Path(__file__).parents[1]
ID = "handover-2020"
SECRET = "reader-4711"
READER = {"User-Agent": SECRET, "X-Forwarded-For": SECRET, "Referer": f"https://{SECRET}.example/"}


def series(address: str) -> dict[str, float]:
    """Return the samples that an address of metrics gives, by name and labels."""
    with urlopen(address, timeout=10) as answer:
        lines = answer.read().decode().splitlines()
    samples = (line.rpartition(" ") for line in lines if not line.startswith("#"))
    return {name: float(value) for name, _, value in samples}


def test_a_service_tells_its_operator_all_and_nothing_of_its_readers(
    start: Callable[..., Service], make_dataset: Callable[..., Path]
) -> None:
    folder = make_dataset()
    options = ("--log-format", "json", "--access-log", "--metrics", "0")
    service = start(folder, "--workers", 2, "--reload", *options)
    first = service.health()["datasets"]["test"]
    pages = (f"/test/embed?x={SECRET}", "/test/map.svg", "/test/embed?date=tomorrow")
    for path in (*pages, f"/{SECRET}/", *["/test/embed"] * 20):
        try:
            service.get(path, **READER)
        except HTTPError as error:
            error.close()
    write_dataset(folder, meta={**META, "title": "Edited"})
    service.until(lambda: '"edit-taken"' in service.output)
    (folder / "claims.csv").write_text("event\n")
    service.until(lambda: '"edit-refused"' in service.output)
    metrics = json.loads(service.lines[0])["metrics"]
    assert metrics.startswith("http://127.0.0.1:")
    before = series(metrics)
    service.kill_a_worker()
    counted = series(metrics)
    assert service.stop() == 0

    assert SECRET not in service.output
    assert "127.0.0.1" not in "".join(service.lines[1:])
    records = [json.loads(line) for line in service.lines]
    assert all(re.fullmatch(r"2\d{3}-.*\+00:00", record["time"]) for record in records)
    assert records[0]["event"] == "started"
    requests = [record for record in records if record["event"] == "request"]
    asked = {(r["route"], r["dataset"], r["status"], r["cache"]) for r in requests}
    assert {
        ("/<dataset_id>/embed", "test", 200, "miss"),
        ("/<dataset_id>/embed", "test", 200, "hit"),
        ("/<dataset_id>/embed", "test", 400, "miss"),
        ("/<dataset_id>/", "", 404, "miss"),
        ("/<dataset_id>/map.<ending>", "test", 200, "miss"),
    } <= asked
    refused = next(record for record in records if record["event"] == "edit-refused")
    assert refused["dataset"] == "test"
    assert refused["level"] == "ERROR"
    assert "claims.csv, row 1, column region: is missing from the header" in refused["message"]

    def requests_in(samples: dict[str, float], *labels: str) -> float:
        own = {n: v for n, v in samples.items() if n.startswith("geomap_requests_total{")}
        return sum(value for name, value in own.items() if all(one in name for one in labels))

    embeds = [r for r in requests if r["route"] == "/<dataset_id>/embed" and r["status"] == 200]
    assert len(embeds) == 21
    assert requests_in(before, 'route="/<dataset_id>/embed"', 'status="200"') == 21
    # A worker that is killed takes nothing of the sums with it.
    assert requests_in(counted, 'route="/<dataset_id>/embed"', 'status="200"') == 21
    assert counted['geomap_pictures_total{outcome="drawn"}'] == 1
    assert counted['geomap_dataset_degraded{dataset="test"}'] == 1
    versions = [name for name in counted if name.startswith("geomap_dataset_info")]
    assert len(versions) == 1
    assert first not in versions[0]


def test_an_error_of_ours_is_logged_without_what_the_reader_sent(
    builtin: Dataset, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = create_app([builtin])

    def fails(**_: Any) -> None:
        raise ValueError(SECRET) from KeyError(SECRET)

    monkeypatch.setitem(app.view_functions, "embed.embed", fails)
    fails.route = create_app([builtin]).view_functions["embed.embed"].route  # type: ignore[attr-defined]
    answer = app.test_client().get(f"/{ID}/embed?x={SECRET}", headers=READER)
    assert answer.status_code == 500
    assert SECRET not in answer.text + caplog.text
    assert "unexpected error at /<dataset_id>/embed" in caplog.text
    assert re.search(
        r"ValueError\n.*test_logs\.py, line \d+, in fails\nKeyError", caplog.text, re.S
    )
    assert caplog.records[-1].__dict__["event"] == "error"


def test_every_line_has_an_event_and_every_event_its_place_in_the_docs() -> None:
    docs = (ROOT / "docs/deploying.md").read_text("utf-8")
    for path in (ROOT / "geomap").rglob("*.py"):
        text = path.read_text("utf-8")
        for call in ast.walk(ast.parse(text)):
            if isinstance(call, ast.Call) and re.match(r"_(log|access)\.", ast.unparse(call.func)):
                names = [keyword.arg for keyword in call.keywords]
                assert "extra" in names, f"{path.name}, line {call.lineno}"
        for event in re.findall(r'"event": "([a-z-]+)"', text):
            assert f"`{event}`" in docs, event


def test_what_is_observed_has_few_values_whatever_is_asked(builtin: Dataset) -> None:
    seen: list[Answered] = []
    client = create_app([builtin], observers=[seen.append]).test_client()
    for number in range(30):
        for path in (
            f"/{ID}/x{number}",
            f"/x{number}/",
            f"/static/{number}.js",
            f"//{number}",
            "/",
        ):
            client.open(f"{path}?n={number}", method=f"METHOD{number}" if number % 2 else "HEAD")
    assert len(seen) == 150
    assert len({(a.method, a.route, a.dataset, a.status, a.cache) for a in seen}) < 15
    assert {a.dataset for a in seen} <= {"", ID}


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("9464", ("127.0.0.1", 9464)),
        ("0.0.0.0:9464", ("0.0.0.0", 9464)),
        ("[::1]:9464", ("::1", 9464)),
    ],
)
def test_metrics_listen_where_they_are_told_to(text: str, place: tuple[str, int]) -> None:
    address = parse_address(text, 8000)
    assert address
    assert (address.host, address.port) == place


@pytest.mark.parametrize("text", ["x", "localhost", "-1", "65536", ":9464", "9464:", "8000"])
def test_a_place_that_metrics_cannot_have_is_a_sentence(text: str) -> None:
    with pytest.raises(BadSetting, match="metrics"):
        parse_address(text, 8000)


def test_without_their_library_metrics_are_refused_at_the_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "prometheus_client", None)
    result = CliRunner().invoke(main, ["serve", "--port", "0", "--metrics", "0"])
    assert result.exit_code == 1
    assert "pip install 'geomap-ledger[metrics]'" in result.stderr


def test_a_worker_without_room_for_its_counts_serves_all_the_same(
    builtin: Dataset, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: Any
) -> None:
    from geomap.web import server

    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "posix_fallocate", full)
    with caplog.at_level(logging.ERROR):
        assert server._observers(tmp_path, access_log=False) == []
    assert "no metrics of this worker: No space left on device" in caplog.text
