"""Runs a function in a process of its own, within limits of memory and of processor time."""

from __future__ import annotations

import os
import pickle
import resource
import subprocess
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

MEMORY = 1024 * 2**20
"""Bytes of address space that a function may take beside what the process begins with."""
SECONDS = 20
"""Processor time: several times what any hostile file here takes on a slow machine."""


@dataclass(frozen=True)
class Outcome:
    """What came of a function: its value, or where it raised an error, or neither if it was ended."""

    value: Any = None
    trace: str = ""
    ended: bool = False


def run(function: Callable[..., Any], *arguments: Any) -> Outcome:
    """Return what came of a function of `bounded_tasks`."""
    server = _server()
    pickle.dump((function, arguments), server.stdin)
    server.stdin.flush()
    outcome: Outcome = pickle.load(server.stdout)
    return outcome


@cache
def _server() -> Any:
    """Start the process from which the others are forked, with all that they need loaded."""
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        # Its other one takes a GB of addresses at its first use.
        "ARROW_DEFAULT_MEMORY_POOL": "system",
    }
    command = [sys.executable, "-c", "import bounded, bounded_tasks; bounded.serve()"]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)


def serve() -> None:
    """Answer each request on standard input from a process of its own, until there are no more."""
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr
    while requests.peek(1):
        function, arguments = pickle.load(requests)
        reader, writer = os.pipe()
        child = os.fork()
        if not child:
            with os.fdopen(writer, "wb") as answer:
                pickle.dump(_bounded(function, arguments), answer)
            os._exit(0)
        os.close(writer)
        with os.fdopen(reader, "rb") as answer:
            content = answer.read()
        os.waitpid(child, 0)
        answers.write(content or pickle.dumps(Outcome(ended=True)))
        answers.flush()


def _bounded(function: Callable[..., Any], arguments: tuple[Any, ...]) -> Outcome:
    used = resource.getrusage(resource.RUSAGE_SELF)
    space = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    limit = int(used.ru_utime + used.ru_stime) + SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))
    resource.setrlimit(resource.RLIMIT_AS, (space + MEMORY, space + MEMORY))
    try:
        return Outcome(function(*arguments))
    except Exception:
        return Outcome(trace=traceback.format_exc())
