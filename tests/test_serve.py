"""`geomap serve` for real: a process that listens, answers, and goes when it is told to."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import stat
import time
from collections.abc import Callable
from pathlib import Path
from urllib.error import HTTPError

import pytest
from click.testing import CliRunner
from datasets import META, write_dataset
from serving import Service

from geomap.cli import main

ID = "handover-2020"


def listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_it_serves_with_two_workers_and_stops_when_told(start: Callable[..., Service]) -> None:
    service = start("--workers", 2)
    page = service.get("/", Accept="text/html")
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "As of <strong>30 November 2020</strong>" in page.body.decode()
    tags = {service.get("/").headers["ETag"] for _ in range(12)}
    assert len(tags) == 1
    with pytest.raises(HTTPError) as not_modified:
        service.get("/", **{"If-None-Match": tags.pop()})
    assert not_modified.value.code == 304
    not_modified.value.close()
    health = service.health()
    assert health["status"] == "ok"
    assert list(health["datasets"]) == [ID]
    port = int(service.root.rpartition(":")[2])
    assert service.stop() == 0
    assert not listening(port)
    assert service.output.count("\n") == 1, service.output
    assert service.output.startswith(f"geomap: open {service.root}/ in a browser")


def test_a_forged_host_reaches_no_redirect_over_a_socket(start: Callable[..., Service]) -> None:
    service = start("--base-url", "https://maps.example.org")
    for path in (f"/{ID}//", "/ogc//collections", f"//{ID}//embed"):
        with socket.create_connection(("127.0.0.1", int(service.root.rpartition(":")[2]))) as raw:
            raw.settimeout(10)
            raw.sendall(
                f"GET {path} HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n".encode()
            )
            answer = b"".join(iter(lambda raw=raw: raw.recv(65536), b""))
        assert b"evil" not in answer
        if not path.startswith("//"):
            assert answer.startswith(b"HTTP/1.1 308"), answer[:100]
            assert b"\r\nlocation: /" in answer.lower()


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
    service.until(lambda: "Edited" in service.get("/").body.decode())
    (folder / "claims.csv").write_text("event\n")
    service.until(lambda: service.health()["status"] == "degraded")
    assert "Edited" in service.get("/").body.decode()
    service.until(lambda: "serving the last good version" in service.output)
    assert "claims.csv, row 1, column region: is missing from the header" in service.output
    write_dataset(folder, meta={**META, "title": "Mended"})
    service.until(lambda: "Mended" in service.get("/").body.decode())
    assert service.stop() == 0


@pytest.mark.parametrize("options", [("--reload",), ()], ids=["reload", "no reload"])
def test_a_broken_dataset_and_a_dead_worker_do_not_take_the_map_down(
    start: Callable[..., Service], make_dataset: Callable[..., Path], options: tuple[str, ...]
) -> None:
    folder = make_dataset()
    service = start(folder, "--workers", 2, *options)
    before = service.get("/").body
    version = service.health()["datasets"]
    (folder / "dataset.yaml").write_text("id: [")
    if options:
        service.until(lambda: service.health()["status"] == "degraded")
    service.kill_a_worker()
    assert service.answers_of_workers("/") == {before}
    (folder / "dataset.yaml").unlink()
    service.kill_a_worker()
    assert service.answers_of_workers("/") == {before}
    assert service.health()["datasets"] == version
    assert "crash loop" not in service.output
    if options:
        # The new worker knows of the fault as the old ones do.
        found = {json.loads(body)["status"] for body in service.answers_of_workers("/healthz")}
        assert found == {"degraded"}
        write_dataset(folder, meta={**META, "title": "Mended"})
        service.until(lambda: all(b"Mended" in b for b in service.answers_of_workers("/")))
        assert {b"degraded" in b for b in service.answers_of_workers("/healthz")} == {False}
    assert service.stop() == 0


def test_a_hang_up_takes_a_sound_edit_and_no_broken_one(
    start: Callable[..., Service], make_dataset: Callable[..., Path]
) -> None:
    folder = make_dataset()
    service = start(folder)

    def hang_up() -> None:
        before = service.workers
        service.process.send_signal(signal.SIGHUP)
        service.until(lambda: len(service.workers) == 1 and service.workers != before)
        service.until(service.answers)

    write_dataset(folder, meta={**META, "title": "Edited"})
    hang_up()
    assert "Edited" in service.get("/").body.decode()
    (folder / "claims.csv").write_text("event\n")
    hang_up()
    assert "Edited" in service.get("/").body.decode()
    assert service.health()["status"] == "degraded"
    assert service.stop() == 0


@pytest.mark.parametrize("killed", [False, True], ids=["stopped", "killed"])
def test_nothing_is_left_in_the_temporary_folder(
    start: Callable[..., Service], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, killed: bool
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    service = start("--reload")
    (folder,) = tmp_path.iterdir()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    if killed:
        service.process.kill()
        service.process.wait(10)
        assert gone(int(service.root.rpartition(":")[2]))
    else:
        assert service.stop() == 0
    assert list(tmp_path.iterdir()) == []


def test_silent_clients_do_not_keep_others_out(start: Callable[..., Service]) -> None:
    service = start(most_files=150)
    address = ("127.0.0.1", int(service.root.rpartition(":")[2]))
    with contextlib.ExitStack() as silent:
        for _ in range(200):
            client = silent.enter_context(socket.socket())
            client.setblocking(False)
            client.connect_ex(address)
        started = time.monotonic()
        service.until(service.answers)
        assert time.monotonic() - started < 25  # more than twice the silence that is allowed


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
    assert said.startswith("Error: base-url: 'maps.example.org' is no address of a site; write it")
    assert said.count("\n") == 1
    assert not listening(port)
