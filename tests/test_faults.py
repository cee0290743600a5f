"""Faults of the machine: after each the last good state or a clear refusal, nothing half-written."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from serving import Service

long = pytest.mark.long
Make = Callable[..., Path]
Start = Callable[..., Service]

# Killed


def test_workers_that_are_killed_again_and_again_are_replaced(start: Start) -> None:
    service = start("--workers", 2)
    for _ in range(2):  # twice within seconds: granian alone would take that for the end
        for worker in service.workers:
            os.kill(worker, signal.SIGKILL)
        service.until(lambda: service.listeners == 2 and service.answers())
    assert service.get("/").status == 200
    assert "crash loop" not in service.output
    assert service.stop() == 0


@long
def test_where_no_worker_gets_going_the_service_ends(start: Start) -> None:
    service = start("--workers", 2)
    end = time.monotonic() + 90
    while service.process.poll() is None and time.monotonic() < end:
        with suppress(OSError):  # it, or one of its workers, has just ended
            for worker in service.workers:
                os.kill(worker, signal.SIGKILL)
        time.sleep(0.02)
    assert service.process.poll() == 1
    service.reader.join(5)
    assert "crash loop" in service.output


@long
def test_one_of_two_workers_that_keeps_ending_keeps_no_reader_out(start: Start) -> None:
    service = start("--workers", 2)
    for _ in range(8):
        before = service.workers
        os.kill(before[-1], signal.SIGKILL)
        service.until(lambda before=before: before[-1] not in service.workers)
        assert service.answers_of_workers("/healthz")
        service.until(lambda: service.listeners == 2)
    assert service.stop() == 0
