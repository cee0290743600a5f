"""`geomap serve` as a process of its own, for tests that ask it over the network."""

from __future__ import annotations

import json
import os
import re
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest


def _allow_files(most: int) -> None:
    """In a process that is about to start: let it have so many open files, and no more."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def is_worker(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
        points = Path(f"/proc/{process}/oom_score_adj").read_text().strip()
    except OSError:
        return False
    # By these, which a worker gives itself, it differs from what starts other processes.
    return state != "Z" and points == "200"


class Service:
    """One `geomap serve` process, ready to be asked."""

    def __init__(
        self,
        *arguments: object,
        most_files: int = 0,
        before: Sequence[object] = (),
        environment: Mapping[str, str] | None = None,
        ready: bool = True,
    ) -> None:
        """Start it: `before` is a command that runs it, `ready` whether to wait until it answers."""
        command = [*before, sys.executable, "-m", "geomap", "serve", "--port", "0", *arguments]
        self.process = subprocess.Popen(
            [str(part) for part in command],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**(environment or os.environ), "PYTHONUNBUFFERED": "1"},
            start_new_session=True,  # a process group of its own, as a terminal gives it
            preexec_fn=partial(_allow_files, most_files) if most_files else None,
        )
        self.lines: list[str] = []
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        self.root = ""
        if ready:
            self.root = self.until(lambda: re.search(r"http://localhost:\d+", self.output))[0]
            self.until(self.answers)

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self.root.rpartition(":")[2])

    @property
    def memory(self) -> int:
        """The bytes of memory that the workers take."""
        texts = [Path(f"/proc/{worker}/status").read_text() for worker in self.workers]
        return sum(int(re.findall(r"VmRSS:\s+(\d+)", text)[0]) for text in texts) * 1024

    @property
    def connections(self) -> int:
        """How many files the workers have open, of which connections are most."""
        return sum(len([*Path(f"/proc/{worker}/fd").iterdir()]) for worker in self.workers)

    @property
    def workers(self) -> list[int]:
        """The ids of the processes that answer."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(id) for id in children.split() if is_worker(int(id))]

    def kill_a_worker(self) -> None:
        """Kill one, and wait until another listens in its place."""
        before = self.workers
        os.kill(before[0], signal.SIGKILL)
        self.until(lambda: before[0] not in self.workers)
        self.until(lambda: self.listeners == len(before))

    @property
    def address(self) -> tuple[str, int]:
        """Where it listens."""
        return "127.0.0.1", int(self.root.rpartition(":")[2])

    def ends_or_listens(self) -> int | None:
        """Wait until it has ended, and return its exit code, or until it answers: None."""
        end = time.monotonic() + 60
        while time.monotonic() < end:
            if (code := self.process.poll()) is not None:
                self.reader.join(5)
                return code
            if shown := re.search(r"http://localhost:\d+", self.output):
                self.root = shown[0]
                if self.answers():
                    return None
            time.sleep(0.05)
        pytest.fail(f"geomap serve neither answers nor ends: {self.output}")

    @property
    def listeners(self) -> int:
        """How many sockets listen on the port; each worker has one of its own."""
        port = f":{self.port:04X}"
        rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()]
        return sum(row[1].endswith(port) and row[3] == "0A" for row in rows)

    def health(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.get("/healthz").body)
        return found

    def answers_of_workers(self, path: str) -> set[bytes]:
        """Return the different answers of all workers, whichever the system lets answer.

        A connection that waited for a worker which has been killed is reset, and tried again, as a
        browser does.
        """
        return {self.until(lambda: self._body(path)) for _ in range(40)}

    def _body(self, path: str) -> bytes | None:
        try:
            body: bytes = self.get(path).body
        except (ConnectionError, URLError):
            return None
        return body

    def _read(self) -> None:
        assert self.process.stdout
        with self.process.stdout as out:
            self.lines.extend(iter(out.readline, ""))

    def until(self, found: Callable[[], Any]) -> Any:
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
