"""Too few file descriptors, too little memory, another clock, a user without anything."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
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
        error.close()
        return error.code
    except (URLError, ConnectionError, TimeoutError):
        return 0


@long
@pytest.mark.parametrize("most_files", [24, 40, 60])
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
    service.until(lambda: status(service, "/test/regions.geojson") == 200)
    if most_files > 30:  # a drawing process needs more than that itself
        service.until(lambda: status(service, "/test/map.png") == 200)
        service.until(lambda: b"Edited" in service.get("/").body)
    assert "Traceback" not in service.output
    assert service.stop() == 0


@long
def test_the_kernel_kills_what_draws_before_who_serves(start: Start) -> None:
    with faults.memory_limit(2**30) as group:
        service = start(before=faults.in_group(group))
        parent, workers = service.process.pid, service.workers
        assert service.get("/").status == 200
        used = int((group / "memory.usage_in_bytes").read_text())
        (group / "memory.limit_in_bytes").write_text(str(used + 24 * 2**20))
        # The kernel kills what draws it, or what has drawn something else, which leaves room.
        drawn = status(service, "/handover-2020/map.png?width=1990&height=1500")
        assert drawn in (200, 503)
        assert "oom_kill 0" not in (group / "memory.oom_control").read_text()
        assert service.workers == workers
        assert service.get("/").status == 200
        # With too little for the worker itself it is another that serves afterwards.
        os.kill(workers[0], signal.SIGKILL)
        (group / "memory.limit_in_bytes").write_text(str(2**30))
        service.until(lambda: status(service, "/handover-2020/map.png?width=1111") == 200)
        assert service.process.pid == parent
        assert "Traceback" not in service.output
        assert service.stop() == 0


@long
@pytest.mark.parametrize("megabytes", [450, 600, 900, 1500])
def test_an_export_with_too_little_memory_leaves_nothing_half_written(
    tmp_path: Path, megabytes: int
) -> None:
    limit = ["sh", "-c", f'ulimit -v {megabytes * 1024}; exec "$@"', "sh"]
    result = faults.run("export", tmp_path / "a.gpkg", before=limit)
    assert [path.name for path in tmp_path.iterdir()] == ([] if result.returncode else ["a.gpkg"])
    if result.returncode and "too little memory" not in result.stderr:
        assert "MemoryError" in result.stderr or "OpenBLAS" in result.stderr


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


@long
def test_a_user_without_home_or_right_to_write_can_serve_and_export(
    start: Start, make_dataset: Make, tmp_path: Path
) -> None:
    before = faults.as_nobody()
    environment = {"PATH": "/usr/bin", "LC_ALL": "C", "PYTHONPATH": os.pathsep.join(sys.path)}
    with faults.readable_by_all(make_dataset()) as folder:
        service = start(folder, "--reload", before=before, environment=environment)
        assert service.get("/").status == 200
        assert service.get("/test/map.pdf").status == 200
        assert service.stop() == 0
        result = faults.run("status", folder, before=before, environment=environment)
        assert result.returncode == 0, result.stderr
        said = faults.refusal(
            faults.run("export", folder, folder / "a.csv", before=before, environment=environment)
        )
        assert "Permission denied" in said
        for setting in ({"TMPDIR": "/nowhere"}, {"TMPDIR": str(folder)}):
            result = faults.run(
                "serve",
                folder,
                "--port",
                0,
                "--state",
                folder / "state",
                before=before,
                environment={**environment, **setting},
            )
            assert "cannot be written" in faults.refusal(result)


@long
def test_output_that_nobody_takes_is_no_traceback(make_dataset: Make) -> None:
    geomap = f"{sys.executable} -m geomap"
    for command in ("status", "export --list", "check", f"diff {make_dataset()} {make_dataset()}"):
        for end in ("| head -c 1", ">&-", "> /dev/full", "2>&- >&-", "<&-"):
            result = subprocess.run(
                ["bash", "-c", f"{geomap} {command} {end}"], capture_output=True, text=True
            )
            assert "Traceback" not in result.stderr, (command, end, result.stderr)


@long
def test_two_services_share_a_folder_of_state(
    start: Start, make_dataset: Make, tmp_path: Path
) -> None:
    folder, state = make_dataset(), tmp_path / "state"
    services = [start(folder, "--reload", "--state", state) for _ in range(2)]
    for number in range(3):
        write_dataset(folder, meta={**META, "title": f"Edit {number}"})
        for service in services:
            text = f"Edit {number}".encode()
            service.until(lambda s=service, t=text: t in s.get("/").body)
    (folder / "claims.csv").unlink()
    services.append(start(folder, "--state", state))
    assert b"Edit 2" in services[-1].get("/").body
    assert len(list(state.iterdir())) == 1
    assert [service.stop() for service in services] == [0, 0, 0]


@long
def test_files_replaced_cut_and_removed_while_they_are_read(
    start: Start, make_dataset: Make, tmp_path: Path
) -> None:
    """Whatever an editor does in between, readers see only whole versions."""
    folder = make_dataset()
    whole = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    service = start(folder, "--reload")
    pages = {service.get("/").body}
    random.seed(4)
    for number in range(40):
        path = random.choice(list(whole))
        content = whole[path]
        if number % 4 == 0:
            path.unlink()
        elif number % 4 == 1:
            path.write_bytes(content[: random.randrange(len(content))])
        elif number % 4 == 2:
            path.write_bytes(b"")
            time.sleep(0.05)
        pages.add(service.get("/").body)
        path.write_bytes(content)
    service.until(lambda: service.health()["status"] == "ok")
    assert pages == {service.get("/").body}
    assert "Traceback" not in service.output
    assert service.stop() == 0


@long
def test_a_temporary_folder_that_is_cleaned_up_is_made_again(
    start: Start, make_dataset: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    folder = make_dataset()
    service = start(folder)
    before = service.get("/").body
    (shared,) = (tmp_path / "temporary").iterdir()
    shutil.rmtree(shared)
    service.until(lambda: (shared / "state.json").exists())
    service.kill_a_worker()
    assert service.answers_of_workers("/") == {before}
    assert service.stop() == 0
    assert not shared.exists()


@long
def test_a_full_temporary_disk_delays_an_edit_and_loses_nothing(
    start: Start, make_dataset: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_dataset()
    with faults.small_disk(tmp_path / "disk") as disk:
        monkeypatch.setenv("TMPDIR", str(disk))
        service = start(folder, "--reload", "--state", disk / "state")
        filler = faults.fill(disk)
        write_dataset(folder, meta={**META, "title": "Edited"})
        service.until(lambda: "cannot be published" in service.output)
        assert b"Edited" not in service.get("/").body
        filler.unlink()
        service.until(lambda: b"Edited" in service.get("/").body)
        service.until(lambda: service.health()["status"] == "ok")
        assert "Traceback" not in service.output
        assert service.stop() == 0
