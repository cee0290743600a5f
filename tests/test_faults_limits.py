"""Too few file descriptors, too little memory, another clock, a user without anything."""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Callable
from pathlib import Path
from urllib.error import HTTPError, URLError

import faults
import pytest
from datasets import META, write_dataset
from serving import Service

long = pytest.mark.long
Make = Callable[..., Path]
Start = Callable[..., Service]


def status(service: Service, path: str) -> int:
    """Return the status of an answer, 0 for none."""
    try:
        return int(service.get(path).status)
    except HTTPError as error:
        with error:
            assert error.code != 500, error.read()
            return error.code
    except (URLError, ConnectionError, TimeoutError):
        return 0


@long
@pytest.mark.parametrize("most_files", [24, 32, 40, 60])
def test_with_few_descriptors_it_serves_or_says_why_not(
    start: Start, make_dataset: Make, most_files: int
) -> None:
    folder = make_dataset()
    service = start(folder, "--reload", most_files=most_files, ready=False)
    code = service.ends_or_listens()
    if code is not None:
        assert code == 1
        assert "Traceback" not in service.output
        return
    with contextlib.ExitStack() as silent:
        for _ in range(most_files):
            client = silent.enter_context(socket.socket())
            client.setblocking(False)
            client.connect_ex(service.address)
        # All descriptors are taken: an edit cannot be read, a picture not be drawn.
        write_dataset(folder, meta={**META, "title": "Edited"})
        statuses = {status(service, path) for path in ("/", "/test/map.png", "/test/regions.gpkg")}
        assert statuses <= {0, 200, 503, 507}
    service.until(lambda: status(service, "/test/map.png") == 200)
    service.until(lambda: b"Edited" in service.get("/").body)
    assert "Traceback" not in service.output
    assert service.stop() == 0


@long
def test_the_kernel_kills_what_draws_before_who_serves(start: Start, make_dataset: Make) -> None:
    with faults.memory_limit(420 * 2**20) as group:
        service = start(before=faults.in_group(group))
        parent, workers = service.process.pid, service.workers
        for width in range(1200, 2000, 200):
            assert status(service, f"/handover-2020/map.png?width={width}&height=1500") in (
                200,
                503,
            )
            assert service.get("/").status == 200
        # Then memory runs out altogether.
        (group / "memory.limit_in_bytes").write_text(str(260 * 2**20))
        statuses = {status(service, f"/handover-2020/map.png?width=1{n}50") for n in range(4)}
        print(
            statuses,
            service.output,
            workers,
            service.workers,
            (group / "memory.oom_control").read_text(),
        )
        assert service.process.poll() is None
        (group / "memory.limit_in_bytes").write_text(str(1200 * 2**20))
        service.until(lambda: status(service, "/") == 200)
        service.until(lambda: status(service, "/handover-2020/map.png?width=1111") == 200)
        assert "Traceback" not in service.output
        assert service.stop() == 0
        print(parent)


@long
@pytest.mark.parametrize("megabytes", [100, 200, 400, 800, 1500])
@pytest.mark.parametrize("command", ["status", "export"])
def test_a_command_with_too_little_address_space_says_so(
    tmp_path: Path, megabytes: int, command: str
) -> None:
    limit = ["sh", "-c", f'ulimit -v {megabytes * 1024}; exec "$@"', "sh"]
    target = [tmp_path / "a.geojson"] if command == "export" else []
    result = faults.run(command, *target, before=limit)
    print(megabytes, result.returncode, result.stderr[-600:])
    assert result.returncode == 0 or not list(tmp_path.iterdir())


@long
def test_a_clock_that_jumps_changes_nothing(
    start: Start, make_dataset: Make, tmp_path: Path
) -> None:
    folder = make_dataset()
    clock = tmp_path / "clock"
    clock.write_text("+0d")
    environment = {
        **os.environ,
        "LD_PRELOAD": faults.false_clock(),
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    service = start(folder, "--reload", environment=environment)
    before = service.get("/")
    for number, jump in enumerate(("-1d", "+1d", "+4000d", "-40y", "+0d")):
        clock.write_text(jump)
        page = service.get("/")
        assert page.body == before.body
        assert page.headers["ETag"] == before.headers["ETag"]
        assert service.get("/test/map.svg").status == 200
        write_dataset(folder, meta={**META, "title": f"Edit {number}"})
        service.until(lambda number=number: f"Edit {number}".encode() in service.get("/").body)
        write_dataset(folder, meta={**META})
        service.until(lambda: service.get("/").body == before.body)
    code = service.stop()
    assert code == 0, service.output
