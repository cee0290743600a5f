"""`geomap serve` for real: a process that listens, answers, and goes when it is told to."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from click.testing import CliRunner
from datasets import META, write_dataset

from geomap.cli import main

ID = "handover-2020"


class Service:
    """One `geomap serve` process, ready to be asked."""

    def __init__(self, *arguments: object) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "geomap", "serve", "--port", "0", *map(str, arguments)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            start_new_session=True,  # a process group of its own, as a terminal gives it
        )
        self.lines: list[str] = []
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        self.root = self._until(lambda: re.search(r"http://localhost:\d+", self.output))[0]
        self._until(self.answers)

    def _read(self) -> None:
        assert self.process.stdout
        with self.process.stdout as out:
            self.lines.extend(iter(out.readline, ""))

    def _until(self, found: Callable[[], Any]) -> Any:
        end = time.monotonic() + 30
        while time.monotonic() < end and self.process.poll() is None:
            result = found()
            if result:
                return result
            time.sleep(0.05)
        pytest.fail(f"geomap serve did not get ready: {self.output}")

    @property
    def output(self) -> str:
        return "".join(self.lines)

    def answers(self) -> bool:
        try:
            return self.get("/healthz").status == 200
        except OSError:
            return False

    def get(self, path: str, **headers: str) -> Any:
        request = Request(self.root + path, headers=headers)
        with urlopen(request, timeout=10) as answer:
            answer.body = answer.read()
            return answer

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(15)
        self.reader.join(5)
        return code


@pytest.fixture
def start() -> Iterator[Callable[..., Service]]:
    """A function that starts a service; all are stopped in the end."""
    services: list[Service] = []

    def run(*arguments: object) -> Service:
        services.append(Service(*arguments))
        return services[-1]

    yield run
    for service in services:
        if service.process.poll() is None:
            service.process.kill()  # its workers follow it
            service.process.wait(10)
        service.reader.join(5)


def listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_it_serves_with_two_workers_and_stops_when_told(start: Callable[..., Service]) -> None:
    service = start("--workers", 2)
    page = service.get("/", Accept="text/html")
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "On <strong>30 November 2020</strong>" in page.body.decode()
    tags = {service.get("/").headers["ETag"] for _ in range(12)}
    assert len(tags) == 1
    with pytest.raises(HTTPError) as not_modified:
        service.get("/", **{"If-None-Match": tags.pop()})
    assert not_modified.value.code == 304
    not_modified.value.close()
    health = json.loads(service.get("/healthz").body)
    assert health["status"] == "ok"
    assert list(health["datasets"]) == [ID]
    port = int(service.root.rpartition(":")[2])
    assert service.stop() == 0
    assert not listening(port)
    assert service.output.count("\n") == 1, service.output
    assert service.output.startswith(f"geomap: open {service.root}/ in a browser")


def gone(port: int) -> bool:
    """Return whether nobody listens any more, soon."""
    end = time.monotonic() + 10
    while listening(port) and time.monotonic() < end:
        time.sleep(0.05)
    return not listening(port)


@pytest.mark.parametrize("time_of_the_trial", range(3))
def test_ctrl_c_in_a_terminal_stops_all_of_it(
    start: Callable[..., Service], time_of_the_trial: int
) -> None:
    service = start("--workers", 2)
    # A terminal sends it to the whole group: whichever process hears it first, all end.
    os.killpg(service.process.pid, signal.SIGINT)
    assert service.process.wait(10) == 0
    assert gone(int(service.root.rpartition(":")[2]))


def test_workers_end_with_a_parent_that_was_killed(start: Callable[..., Service]) -> None:
    service = start("--workers", 2)
    service.process.kill()
    service.process.wait(10)
    assert gone(int(service.root.rpartition(":")[2]))


def test_an_edit_is_followed_and_a_broken_one_is_not(
    start: Callable[..., Service], make_dataset: Callable[..., Path]
) -> None:
    folder = make_dataset()
    service = start(folder, "--reload")
    assert "Hill and vale" in service.get("/").body.decode()
    write_dataset(folder, meta={**META, "title": "Edited"})
    service._until(lambda: "Edited" in service.get("/").body.decode())
    (folder / "claims.csv").write_text("event\n")
    service._until(lambda: json.loads(service.get("/healthz").body)["status"] == "degraded")
    assert "Edited" in service.get("/").body.decode()
    service._until(lambda: "still serving the last good version" in service.output)
    assert "claims.csv, row 1, column region: is missing from the header" in service.output
    write_dataset(folder, meta={**META, "title": "Mended"})
    service._until(lambda: "Mended" in service.get("/").body.decode())
    assert service.stop() == 0


def refused(*arguments: object) -> str:
    """Return what a service that cannot start says; it ends by itself with exit code 1."""
    result = CliRunner().invoke(main, ["serve", *map(str, arguments)])
    assert result.exit_code == 1
    assert result.stdout == ""
    assert isinstance(result.exception, SystemExit)
    return result.stderr


@pytest.fixture
def port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_an_unsound_dataset_is_never_served(make_dataset: Callable[..., Path], port: int) -> None:
    folder = make_dataset(raw={"actors.csv": None}, meta={"date": "2022-01-01"})
    said = refused("--port", port, folder)
    assert f"{folder.name} has 2 faults:" in said
    assert "dataset.yaml, column date: 2022-01-01 lies outside the period" in said
    assert "actors.csv: is missing" in said
    assert not listening(port)


def test_a_port_in_use_is_one_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = refused("--port", port)
    assert said == (
        f"Error: cannot listen on 127.0.0.1:{port} (Address already in use); "
        "give another with --port\n"
    )


@pytest.mark.parametrize("host", ["nowhere.invalid", "203.0.113.9"])
def test_an_address_of_another_machine_is_one_sentence(host: str, port: int) -> None:
    said = refused("--host", host, "--port", port)
    assert said.startswith(f"Error: cannot listen on {host}:{port} (")
    assert said.count("\n") == 1


def test_a_base_url_that_is_none_is_one_sentence(port: int) -> None:
    said = refused("--base-url", "maps.example.org", "--port", port)
    assert said == ("Error: base-url: 'maps.example.org' must start with http:// or https://\n")
    assert not listening(port)
