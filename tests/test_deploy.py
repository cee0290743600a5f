"""Two instances over PostGIS behind the cache in `deploy/`: readers notice nothing of what fails."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from datasets import META, write_dataset
from nginx import front
from postgres import Server, free_port, publish_folder
from serving import Service

pytestmark = pytest.mark.slow
PATHS = ("/test/", "/test/embed", "/test/regions.geojson", "/test/feed.atom")
READERS = 4


class Load:
    """What readers got at the front: half of them addresses that no cache can have."""

    def __init__(self, root: str) -> None:
        self._root = root
        self._numbers = count()
        self._stopped = threading.Event()
        self.failed: list[str] = []
        self.answered: Counter[str] = Counter()

    def read(self) -> None:
        """Ask again and again until it is stopped."""
        while not self._stopped.is_set():
            number = next(self._numbers)
            path = PATHS[number % len(PATHS)]
            try:
                with urlopen(self._root + path + (f"?n={number}" if number % 8 > 3 else "")) as got:
                    assert got.read()  # raises IncompleteRead where it breaks off
                    self.answered[got.headers["X-Cache"]] += 1
            except Exception as error:
                self.failed.append(f"{path}: {error!r}")

    @contextmanager
    def readers(self) -> Iterator[None]:
        """Have several readers ask for a while; none of their requests may have failed."""
        threads = [threading.Thread(target=self.read) for _ in range(READERS)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._stopped.set()
            for thread in threads:
                thread.join(30)
        assert self.failed == []

    def wait_for(self, more: int) -> None:
        """Wait until the readers have got so many more answers."""
        wanted, end = self.answered.total() + more, time.monotonic() + 30
        while self.answered.total() < wanted:
            assert time.monotonic() < end
            time.sleep(0.02)


def kill(instance: Service) -> None:
    """End all processes of an instance at once, as a machine that fails does."""
    for process in (instance.process.pid, *instance.workers):
        os.kill(process, signal.SIGKILL)
    instance.process.wait(10)


def cached_how(address: str) -> str:
    """Return what the cache says of its answer."""
    with urlopen(address, timeout=10) as got:
        assert got.read()
        return str(got.headers["X-Cache"])


def test_readers_notice_nothing_of_a_publish_a_database_that_restarts_and_a_killed_instance(
    postgres_server: Server,
    database: str,
    make_dataset: Callable[..., Path],
    start: Callable[..., Service],
    tmp_path: Path,
) -> None:
    folder = make_dataset()
    publish_folder(folder, database)
    ports = [free_port(), free_port()]
    public = ("--base-url", "https://maps.example.org")
    address = f"{database}?dataset=test"
    options = [
        (address, "--port", port, *public, "--state", tmp_path / str(port)) for port in ports
    ]
    instances = [start(*one) for one in options]

    def publish(title: str) -> None:
        write_dataset(folder, meta={**META, "title": title})
        version = publish_folder(folder, database).version
        for one in instances:
            one.until(lambda i=one: i.health() == healthy(version))
        for path in PATHS:
            first, second = (one.get(path) for one in instances)
            assert first.body == second.body
            assert first.headers["ETag"] == second.headers["ETag"]
        assert title.encode() in instances[0].get("/test/").body

    with front(tmp_path, ports) as root:
        with pytest.raises(HTTPError, match="404"):
            cached_how(f"{root}/nothing")
        load = Load(root)
        with load.readers():
            load.wait_for(40)
            publish("A second revision")
            load.wait_for(40)

            postgres_server.kill()
            try:
                for one in instances:
                    one.until(lambda i=one: i.health()["status"] == "degraded")
                # One that starts now has the last revision from its own folder.
                kill(instances[1])
                instances[1] = start(*options[1])
                first, second = (one.health() for one in instances)
                assert first == second
                assert first["status"] == "degraded"
                load.wait_for(40)
            finally:
                postgres_server.start()
            for one in instances:
                one.until(lambda i=one: i.health()["status"] == "ok")

            kill(instances[0])
            load.wait_for(80)
            instances[0] = start(*options[0])
            publish("A third revision")
            kill(instances[1])
            load.wait_for(80)
        assert load.answered["MISS"] > 50  # these came from an instance
        assert load.answered["HIT"] > 50

        # With nobody left, what has been read before is still there, whatever its age.
        kill(instances[0])
        time.sleep(2.5)
        assert cached_how(f"{root}/test/") == "STALE"
        with pytest.raises(HTTPError, match="502"):
            cached_how(f"{root}/test/?n=never-asked-before")


def healthy(version: str) -> dict[str, object]:
    return {"status": "ok", "datasets": {"test": version}, "faults": {}}
