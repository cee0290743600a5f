"""Pictures drawn in processes of their own: same bytes, bounded, and whole again after any fault."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from geomap.core.dataset import Dataset
from geomap.errors import BadQuery, BadSetting, Unavailable
from geomap.picture.picture import picture
from geomap.web import Settings, create_app
from geomap.web.render_pool import Job, RenderPool

# What the processes run; they import this module to find it.


def its_process(dataset: Dataset, **options: Any) -> bytes:
    return str(os.getpid()).encode()


def its_version(dataset: Dataset, **options: Any) -> bytes:
    return dataset.version.encode()


def its_niceness(dataset: Dataset) -> bytes:
    return str(os.nice(0)).encode()


def count_and_wait(dataset: Dataset, file: str, seconds: float, number: int = 0) -> bytes:
    with Path(file).open("a") as out:
        out.write(f"{os.getpid()}\n")
    time.sleep(seconds)
    return b"done"


def kill_itself(dataset: Dataset, file: str, times: int) -> bytes:
    with Path(file).open("a") as out:
        out.write("x")
    if len(Path(file).read_text()) <= times:
        os.kill(os.getpid(), signal.SIGKILL)
    return b"alive"


def refuse(dataset: Dataset) -> bytes:
    raise BadQuery("date", "is not possible")


def fail(dataset: Dataset) -> bytes:
    raise ValueError("a fault in the code")


@pytest.fixture
def make_pool() -> Iterator[Callable[..., RenderPool]]:
    pools = []

    def make(processes: int = 1, **options: Any) -> RenderPool:
        pools.append(RenderPool(processes, **options))
        return pools[-1]

    yield make
    for pool in pools:
        pool.close()


def wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def test_a_pool_draws_the_same_bytes_elsewhere_at_lower_priority(
    builtin: Dataset, make_pool: Callable[..., RenderPool]
) -> None:
    pool = make_pool()
    options = {"ending": "png", "lang": "hy", "width": 400, "height": 300}
    assert pool.render(Job(picture, builtin, options)) == picture(builtin, **options)
    assert int(pool.render(Job(its_process, builtin, {}))) != os.getpid()
    assert int(pool.render(Job(its_niceness, builtin, {}))) > os.nice(0)


def test_without_processes_it_draws_in_the_calling_thread(
    builtin: Dataset, make_pool: Callable[..., RenderPool]
) -> None:
    assert make_pool(0).render(Job(its_process, builtin, {})) == str(os.getpid()).encode()


def test_an_edited_dataset_takes_the_place_of_the_old_one(
    builtin: Dataset, make_pool: Callable[..., RenderPool]
) -> None:
    pool = make_pool()
    for dataset in (builtin, replace(builtin, version="edited"), builtin):
        assert pool.render(Job(its_version, dataset, {})) == dataset.version.encode()


def test_those_who_ask_for_one_picture_share_one_job(
    builtin: Dataset, make_pool: Callable[..., RenderPool], tmp_path: Path
) -> None:
    pool, file = make_pool(), tmp_path / "jobs"
    job = Job(count_and_wait, builtin, {"file": str(file), "seconds": 1.0})
    with ThreadPoolExecutor(5) as threads:
        assert list(threads.map(pool.render, [job] * 5)) == [b"done"] * 5
    assert len(file.read_text().splitlines()) == 1


def test_beyond_its_bound_it_refuses_at_once(
    builtin: Dataset, make_pool: Callable[..., RenderPool], tmp_path: Path
) -> None:
    pool, file = make_pool(most_callers=3), tmp_path / "jobs"
    jobs = [
        Job(count_and_wait, builtin, {"file": str(file), "seconds": 1.0, "number": number})
        for number in range(3)
    ]
    with ThreadPoolExecutor(3) as threads:
        futures = [threads.submit(pool.render, job) for job in jobs]
        wait_for(file.exists)
        wait_for(lambda: all(future.running() for future in futures))
        started = time.monotonic()
        with pytest.raises(Unavailable, match="too many pictures are being drawn; try again in"):
            pool.render(Job(its_process, builtin, {}))
        assert time.monotonic() - started < 0.5
        assert [future.result() for future in futures] == [b"done"] * 3
    assert pool.render(Job(its_process, builtin, {}))


def test_a_job_that_takes_too_long_is_killed_and_the_next_one_is_drawn(
    builtin: Dataset, make_pool: Callable[..., RenderPool], tmp_path: Path
) -> None:
    pool, file = make_pool(seconds=8), tmp_path / "jobs"
    with pytest.raises(Unavailable, match="takes longer than 8 seconds"):
        pool.render(Job(count_and_wait, builtin, {"file": str(file), "seconds": 60.0}))
    (pid,) = map(int, file.read_text().split())
    assert not is_running(pid)
    assert pool.render(Job(its_process, builtin, {})) != str(pid).encode()


def test_a_process_that_is_killed_is_replaced(
    builtin: Dataset, make_pool: Callable[..., RenderPool], tmp_path: Path
) -> None:
    pool = make_pool()
    first = int(pool.render(Job(its_process, builtin, {})))
    os.kill(first, signal.SIGKILL)
    assert int(pool.render(Job(its_process, builtin, {}))) != first
    once = {"file": str(tmp_path / "once"), "times": 1}
    assert pool.render(Job(kill_itself, builtin, once)) == b"alive"
    always = {"file": str(tmp_path / "always"), "times": 9}
    with pytest.raises(Unavailable, match="could not be drawn; try again in 5 seconds"):
        pool.render(Job(kill_itself, builtin, always))
    assert len((tmp_path / "always").read_text()) == 2


def test_errors_come_back_as_what_they_are(
    builtin: Dataset, make_pool: Callable[..., RenderPool]
) -> None:
    pool = make_pool()
    with pytest.raises(BadQuery, match=r"^date: is not possible$") as caught:
        pool.render(Job(refuse, builtin, {}))
    assert caught.value.parameter == "date"
    with pytest.raises(RuntimeError, match="ValueError: a fault in the code"):
        pool.render(Job(fail, builtin, {}))


def test_processes_end_with_their_parent_whatever_kills_it(tmp_path: Path) -> None:
    file, script = tmp_path / "jobs", tmp_path / "parent.py"
    script.write_text(
        "import sys, test_render_pool as t, geomap.sources\n"
        "if __name__ == '__main__':\n"
        "    options = {'file': sys.argv[1], 'seconds': 60.0}\n"
        "    t.RenderPool(1).render(t.Job(t.count_and_wait, geomap.sources.open(), options))\n"
    )
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen([sys.executable, str(script), str(file)], env=env) as parent:
        try:
            wait_for(lambda: file.exists() and file.read_text().endswith("\n"))
        finally:
            parent.kill()
    child = int(file.read_text())
    wait_for(lambda: not is_running(child))


def test_a_busy_site_says_when_to_come_back(builtin: Dataset) -> None:
    app = create_app([builtin], Settings(render_processes=1))
    app.extensions["geomap-render"] = RenderPool(1, most_callers=0)
    answer = app.test_client().get(f"/{builtin.id}/map.png")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert "too many pictures are being drawn; try again in 5 seconds" in answer.text


def test_a_site_with_a_pool_answers_as_one_without(builtin: Dataset) -> None:
    pooled = create_app([builtin], Settings(render_processes=1))
    plain = create_app([builtin])
    try:
        for query in ("map.svg", "map.pdf?lang=ru", "map.html?theme=dark", "map.png?width=1"):
            theirs, ours = (a.test_client().get(f"/{builtin.id}/{query}") for a in (plain, pooled))
            assert (ours.status_code, ours.data) == (theirs.status_code, theirs.data)
            assert ours.headers["Content-Type"] == theirs.headers["Content-Type"]
    finally:
        pooled.extensions["geomap-render"].close()


@pytest.mark.parametrize("number", [-1, 3, 1.5])
def test_a_bad_number_of_processes_is_refused(number: Any) -> None:
    with pytest.raises(BadSetting, match=r"render-processes: .* is not 0, 1 or 2"):
        Settings(render_processes=number)


def test_no_thread_is_left_behind(builtin: Dataset, make_pool: Callable[..., RenderPool]) -> None:
    before = threading.active_count()
    pool = make_pool()
    pool.render(Job(its_process, builtin, {}))
    pool.close()
    wait_for(lambda: threading.active_count() <= before)
