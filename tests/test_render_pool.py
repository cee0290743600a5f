"""Answers made in processes of their own: the same bytes, bounded, and whole again after any fault."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from geomap.core.dataset import Dataset
from geomap.errors import Unavailable
from geomap.web import Settings, create_app
from geomap.web.fork_server import ForkServer
from geomap.web.lanes import LONG, PAGES, QUICK, Lane
from geomap.web.render_pool import RenderPool
from geomap.web.render_process import Job, RenderProcess, dumps
from geomap.web.responses import Answer, Finished, Other
from tests.test_cache import PATHS

LANE = Lane("test", seconds=20, most_jobs=3, niceness=3)


class Told(RenderProcess):
    """A process whose jobs do what their path says, in place of asking the app."""

    def _do(self, job: Job) -> Answer:
        what, *arguments = job.environ["PATH_INFO"].split()
        return Other("200", [], str(getattr(self, what)(*arguments)).encode())

    def pid(self) -> int:
        return os.getpid()

    def niceness(self) -> int:
        return os.nice(0)

    def versions(self) -> str:
        return " ".join(dataset.version for dataset in self._site.datasets.values())

    def sleep(self, file: str) -> str:
        Path(file).write_text(f"{os.getpid()}")
        time.sleep(60)
        return ""

    def grow(self) -> str:
        held = []
        while True:
            held.append(b"x" * 2**20)

    def bloat(self) -> int:
        # More than a new process may keep, and more than this one began with.
        began_with = int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf(
            "SC_PAGESIZE"
        )
        self._held = b"x" * max(300 * 2**20, began_with + 64 * 2**20)
        return os.getpid()

    def die(self, file: str, times: str) -> str:
        with Path(file).open("a") as out:
            out.write("x")
        if len(Path(file).read_text()) <= int(times):
            os.kill(os.getpid(), signal.SIGKILL)
        return "alive"


@pytest.fixture(scope="module")
def told() -> Iterator[ForkServer]:
    server = ForkServer(Told(Settings()).serve)
    yield server
    server.close()


@pytest.fixture
def make_pool(told: ForkServer) -> Iterator[Callable[..., RenderPool]]:
    pools = []

    def make(**options: Any) -> RenderPool:
        lane = replace(LANE, **{key: options.pop(key) for key in ("seconds",) if key in options})
        pools.append(RenderPool(told.connect, lanes=[lane], **options))
        return pools[-1]

    yield make
    for pool in pools:
        pool.close()


def answer(pool: RenderPool, *what: object, datasets: Mapping[str, Dataset] | None = None) -> str:
    environ = {"PATH_INFO": " ".join(map(str, what))}
    return pool.render(LANE, environ, "", datasets or {}).body.decode()


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


@pytest.fixture(scope="module")
def apps(builtin: Dataset) -> Iterator[tuple[Any, Any]]:
    """An app that makes its answers in processes, and one without."""
    server = ForkServer(RenderProcess(Settings()).serve)
    pool = RenderPool(server.connect)
    yield create_app([builtin], pool=pool), create_app([builtin])
    pool.close()
    server.close()


def test_a_site_with_a_pool_answers_as_one_without(apps: tuple[Any, Any]) -> None:
    ours, theirs = (app.test_client() for app in apps)
    id = "handover-2020"
    others = (f"/{id}/map.png?width=1", f"/{id}/map.xyz", f"/{id}", "/ogc/collections/x.y", "//")
    for path in (*PATHS, f"/{id}/history.csv", *others):
        for headers in ({}, {"Accept-Encoding": "br", "Accept-Language": "hy", "Host": "evil"}):
            mine, other = ours.get(path, headers=headers), theirs.get(path, headers=headers)
            assert (mine.status, mine.data) == (other.status, other.data), path
            assert sorted(mine.headers) == sorted(other.headers), path


def test_an_edit_reaches_the_processes(apps: tuple[Any, Any], builtin: Dataset) -> None:
    app = apps[0]
    site, client = app.extensions["geomap"], app.test_client()
    path = f"/{builtin.id}/datapackage.json"
    before = client.get(path).get_json()["version"]
    site.replace(replace(builtin, version="e" * len(builtin.version)))
    assert client.get(path).get_json()["version"] != before
    site.replace(builtin)
    assert client.get(path).get_json()["version"] == before


def test_processes_leave_priority_to_others_and_serve_what_they_are_sent(
    make_pool: Callable[..., RenderPool], builtin: Dataset
) -> None:
    pool = make_pool()
    assert int(answer(pool, "pid")) != os.getpid()
    assert int(answer(pool, "niceness")) == os.nice(0) + LANE.niceness
    edited = replace(builtin, version="edited")
    for dataset in (builtin, edited, builtin):
        assert answer(pool, "versions", datasets={"a": dataset}) == dataset.version


def test_beyond_its_bound_it_refuses_at_once(
    make_pool: Callable[..., RenderPool], tmp_path: Path
) -> None:
    pool = make_pool()
    with ThreadPoolExecutor(LANE.most_jobs) as threads:
        jobs = [threads.submit(answer, pool, "sleep", tmp_path / "first")]
        wait_for(lambda: (tmp_path / "first").exists())
        jobs += [threads.submit(answer, pool, "pid") for _ in range(LANE.most_jobs - 1)]
        wait_for(lambda: all(job.running() for job in jobs))
        with pytest.raises(Unavailable, match="too much is being made for others; try again in 5"):
            answer(pool, "pid")
        wait_for(lambda: (tmp_path / "first").read_text() != "")
        os.kill(int((tmp_path / "first").read_text()), signal.SIGKILL)
        (tmp_path / "first").unlink()
        wait_for(lambda: (tmp_path / "first").exists() and (tmp_path / "first").read_text() != "")
        os.kill(int((tmp_path / "first").read_text()), signal.SIGKILL)
        with pytest.raises(Unavailable, match="could not be made"):
            jobs[0].result()
        assert all(int(job.result()) for job in jobs[1:])


def test_a_job_that_passes_a_limit_is_ended_and_the_next_is_done(
    make_pool: Callable[..., RenderPool], tmp_path: Path
) -> None:
    file = tmp_path / "job"
    late = make_pool(seconds=2)
    with pytest.raises(Unavailable, match="takes longer than 2 seconds"):
        answer(late, "sleep", file)
    wait_for(lambda: not is_running(int(file.read_text())))
    assert answer(late, "pid") != file.read_text()
    small = make_pool(most_memory=200 * 2**20)
    first = answer(small, "pid")
    with pytest.raises(Unavailable, match=r"takes more than \d+ megabytes of memory"):
        answer(small, "grow")
    assert answer(small, "pid") != first


def test_a_process_that_has_grown_is_replaced(make_pool: Callable[..., RenderPool]) -> None:
    pool = make_pool()
    assert answer(pool, "pid") == answer(pool, "pid") == answer(pool, "bloat")
    grown = answer(pool, "bloat")
    assert answer(pool, "pid") != grown


def test_a_process_that_is_killed_is_replaced(
    make_pool: Callable[..., RenderPool], tmp_path: Path
) -> None:
    pool = make_pool()
    first = int(answer(pool, "pid"))
    os.kill(first, signal.SIGKILL)
    assert int(answer(pool, "pid")) != first
    assert answer(pool, "die", tmp_path / "once", 1) == "alive"
    with pytest.raises(Unavailable, match="could not be made; try again in 5 seconds"):
        answer(pool, "die", tmp_path / "always", 9)
    assert len((tmp_path / "always").read_text()) == 2


def test_the_server_of_forks_is_started_again() -> None:
    server = ForkServer(Told(Settings()).serve)
    try:
        assert server._process.pid
        os.kill(server._process.pid, signal.SIGKILL)
        server._process.join()
        server.look()
        pool = RenderPool(server.connect, lanes=[LANE])
        pid = int(answer(pool, "pid"))
        os.kill(server._process.pid, signal.SIGKILL)  # its forks end with it
        wait_for(lambda: not is_running(pid))
    finally:
        server.close()


def test_lanes_do_not_wait_for_each_other(told: ForkServer, tmp_path: Path) -> None:
    pool = RenderPool(told.connect)
    with ThreadPoolExecutor(1) as threads:
        environ = {"PATH_INFO": f"sleep {tmp_path / 'long'}"}
        film = threads.submit(pool.render, LONG, environ, "", {})
        wait_for(lambda: (tmp_path / "long").exists())
        for lane in (QUICK, PAGES):
            assert pool.render(lane, {"PATH_INFO": "pid"}, "", {}).body
        pool.close()
        assert isinstance(film.exception(), Unavailable)


def test_a_busy_site_says_when_to_come_back(builtin: Dataset) -> None:
    calls: list[str] = []

    class Busy(RenderPool):
        def render(self, lane: Lane, environ: Mapping[str, str], *rest: Any) -> Answer:
            calls.append(environ["PATH_INFO"])
            raise Unavailable("too much is being made for others", 5)

    client = create_app([builtin], pool=Busy(lambda: mock.Mock(Connection))).test_client()
    page = client.get(f"/{builtin.id}/embed")
    data = client.get(f"/{builtin.id}/regions.geojson")
    for refused in (page, data):
        assert refused.status_code == 503
        assert refused.headers["Retry-After"] == "5"
        assert refused.headers["Cache-Control"] == "no-store"
        assert "too much is being made for others; try again in 5 seconds" in refused.text
    assert page.mimetype == "text/html"
    assert data.mimetype == "application/problem+json"
    assert client.get("/healthz").status_code == 200
    assert len(calls) == 2


def test_a_process_ends_itself_where_its_worker_cannot(told: ForkServer, tmp_path: Path) -> None:
    file = tmp_path / "job"
    with told.connect() as connection:
        job = Job({"PATH_INFO": f"sleep {file}"}, "", seconds=0.1)
        connection.send_bytes(dumps(job))
        wait_for(lambda: file.exists() and file.read_text() != "")
    wait_for(lambda: not is_running(int(file.read_text())))


def test_no_thread_is_left_behind(make_pool: Callable[..., RenderPool]) -> None:
    before = threading.active_count()
    answer(make_pool(), "pid")
    assert threading.active_count() == before


def test_what_is_made_elsewhere_is_compressed_there(builtin: Dataset) -> None:
    environ = {
        "PATH_INFO": f"/{builtin.id}/claims.csv",
        "HTTP_HOST": "localhost",
        "wsgi.url_scheme": "http",
    }
    made = RenderProcess(Settings())
    made._site.replace(builtin)
    finished = made._do(Job(environ, "br", 5))
    assert isinstance(finished, Finished)
    assert list(finished.forms) == ["br"]
