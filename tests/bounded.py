"""Runs a function in a process of its own, within limits of memory and of processor time."""

from __future__ import annotations

import multiprocessing
import os
import resource
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from multiprocessing import forkserver
from pathlib import Path
from typing import Any
from unittest.mock import patch

MEMORY = 1024 * 2**20
"""Bytes of address space that a function may take beside what the process begins with."""
SECONDS = 20
"""Processor time: several times what any hostile file here takes on a slow machine."""
_STARTS = multiprocessing.get_context("forkserver")


@dataclass(frozen=True)
class Outcome:
    """What came of a function: its value, or the error that it raised, or neither if it was ended.

    `error` is the name of the error's class, `trace` where it came from. `seconds` is processor
    time, `grown` by how many bytes the process grew.
    """

    value: Any = None
    error: str = ""
    trace: str = ""
    seconds: float = 0.0
    grown: int = 0
    ended: bool = False


def run(function: Callable[..., Any], *arguments: Any) -> Outcome:
    """Return what came of a function of a module; its value must fit through a pipe."""
    _get_ready()
    receiver, sender = _STARTS.Pipe(duplex=False)
    process = _STARTS.Process(target=_bounded, args=(sender, function, arguments), daemon=True)
    process.start()
    sender.close()
    try:
        outcome: Outcome = receiver.recv()
    except EOFError:
        outcome = Outcome(ended=True)
    process.join()
    return outcome


@cache
def _get_ready() -> None:
    """Start the process from which the others are forked, with all that they need loaded."""
    environment = {
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        # Its other one takes a GB of addresses at its first use.
        "ARROW_DEFAULT_MEMORY_POOL": "system",
    }
    with patch.dict(os.environ, environment):
        _STARTS.set_forkserver_preload(["bounded_imports"])
        forkserver.ensure_running()


def _bounded(sender: Any, function: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    space = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    limit = int(used.ru_utime + used.ru_stime) + SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))
    resource.setrlimit(resource.RLIMIT_AS, (space + MEMORY, space + MEMORY))
    value, error, trace = None, "", ""
    try:
        value = function(*arguments)
    except Exception as raised:
        error, trace = type(raised).__name__, traceback.format_exc()
    now = resource.getrusage(resource.RUSAGE_SELF)
    seconds = now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime
    grown = 1024 * (now.ru_maxrss - used.ru_maxrss)
    sender.send(Outcome(value, error, trace, seconds, grown))
