"""Minutes of load near the limit: mixed requests, edits, restarts of the workers.

`python -m benchmarks.soak [--minutes 10]` serves a copy of the built-in dataset with `--reload`,
edits it every few seconds (sound and broken), sends the signal HUP now and then, and checks every
answer. It prints a table and writes docs/reliability/soak.svg; the exit status is 1 if anything was
wrong.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks._mixed import DATASET, Tally, ask_until_told
from benchmarks._service import fetch, free_port

ROOT = Path(__file__).parent.parent
BUILT_IN = ROOT / "data"
PICTURE = ROOT / "docs" / "reliability" / "soak.svg"
PROCESSES, WORKERS = 2, 2
EDIT_EVERY, HANG_UP_EVERY, SAMPLE_EVERY = 4.0, 45.0, 2.0
"""Seconds between two edits, two signals HUP, and two samples of memory."""
MOST_GROWTH = 0.1
"""By what share memory may be larger in the last quarter than in the second."""


@dataclass
class Soak:
    """What happened, by seconds since the start."""

    tally: Tally = field(default_factory=Tally)
    memory: list[tuple[float, float]] = field(default_factory=list)
    """Megabytes of all processes together, shared ones once."""
    edits: int = 0
    broken: int = 0
    hang_ups: int = 0
    started: float = 0.0
    minutes: float = 0.0

    @property
    def growth(self) -> float:
        """By what share memory was larger in the last quarter than in the second."""
        quarter = len(self.memory) // 4
        levels = [megabytes for _, megabytes in self.memory]
        return median(levels[-quarter:]) / median(levels[quarter : 2 * quarter]) - 1


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    soak = soaked(parser.parse_args().minutes)
    report(soak)
    picture(soak, PICTURE)
    return 1 if soak.tally.wrong or soak.growth > MOST_GROWTH else 0


def soaked(minutes: float) -> Soak:
    """Serve, ask, edit and measure for so many minutes."""
    soak = Soak(minutes=minutes)
    with ExitStack() as at_the_end:
        name = at_the_end.enter_context(tempfile.TemporaryDirectory())
        dataset = Path(name, "dataset")
        shutil.copytree(BUILT_IN, dataset)
        meta = dataset / "dataset.yaml"
        sound = meta.read_text().replace("Aghdam and Lachin\n", "Aghdam and Lachin, edit {}\n", 1)
        _write(meta, sound.replace("{}", "0"))
        port = free_port()
        command = [sys.executable, "-m", "geomap", "serve", str(dataset), "--reload"]
        command += ["--port", str(port), "--workers", str(WORKERS)]
        log = at_the_end.enter_context(Path(name, "log").open("w+"))
        server = subprocess.Popen(command, stdout=log, stderr=log)
        at_the_end.callback(server.wait, 20)
        at_the_end.callback(server.terminate)
        address = f"http://127.0.0.1:{port}"
        _wait_for(f"{address}{DATASET}/embed")
        clients = [_start_clients(address, seed) for seed in range(PROCESSES)]
        soak.started = time.time()
        _disturb(soak, server, meta, sound, [pipe for pipe, _ in clients])
        for pipe, process in clients:
            pipe.send("stop")
            soak.tally.add(pipe.recv())
            process.join()
        log.seek(0)
        soak.tally.wrong += [f"log: {line}" for line in log if "Traceback" in line]
    return soak


def _disturb(
    soak: Soak, server: subprocess.Popen[bytes], meta: Path, sound: str, told: list[Connection]
) -> None:
    """Edit, hang up and take samples until the time is over. Every third edit is a broken one."""
    end = soak.started + soak.minutes * 60
    due = {_edit: EDIT_EVERY, _hang_up: HANG_UP_EVERY, _sample: SAMPLE_EVERY}
    next_at = {action: soak.started + every for action, every in due.items()}
    while time.time() < end:
        for action, every in due.items():
            if time.time() >= next_at[action]:
                next_at[action] += every
                action(soak, server, meta, sound, told)
        time.sleep(0.1)
    if server.poll() is not None:
        soak.tally.wrong.append(f"the server ended with {server.returncode}")


def _edit(soak: Soak, _: Any, meta: Path, sound: str, told: list[Connection]) -> None:
    if (soak.edits + soak.broken) % 3 == 2:
        soak.broken += 1
        _write(meta, sound.replace("title:", "titel:", 1))
        return
    soak.edits += 1
    _write(meta, sound.replace("{}", str(soak.edits)))
    for pipe in told:
        pipe.send(soak.edits)


def _hang_up(soak: Soak, server: subprocess.Popen[bytes], *_: Any) -> None:
    soak.hang_ups += 1
    server.send_signal(signal.SIGHUP)


def _sample(soak: Soak, server: subprocess.Popen[bytes], *_: Any) -> None:
    soak.memory.append((time.time() - soak.started, _memory_of_tree(server.pid)))


def _write(file: Path, text: str) -> None:
    """Replace a file in one step, as editors do."""
    beside = file.with_suffix(".part")
    beside.write_text(text)
    beside.replace(file)


def _start_clients(address: str, seed: int) -> tuple[Connection, Any]:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=ask_until_told, args=(address, seed, theirs), daemon=True)
    process.start()
    return ours, process


def _wait_for(address: str) -> None:
    for _ in range(200):
        try:
            fetch(address)
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the service did not start")


def _memory_of_tree(pid: int) -> float:
    """Return how many megabytes a process and its descendants take, what they share once."""
    total = 0
    try:
        # PSS: each page counts as the share of it that falls to each process.
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1])
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:  # it has ended
        return 0.0
    return total / 1000 + sum(_memory_of_tree(int(child)) for child in children)


def report(soak: Soak) -> None:
    """Print what was seen."""
    asked = sum(len(taken) for taken in soak.tally.taken.values())
    title = (
        f"{soak.minutes:g} minutes, {asked:,} requests ({asked / soak.minutes / 60:,.0f}/s), "
        f"{soak.edits} sound and {soak.broken} broken edits, {soak.hang_ups} restarts of the workers"
    )
    columns = ("kind", "asked", "p50 ms", "p95 ms", "p99 ms", "longest ms", "answers")
    table = Table(*columns, title=title)
    for kind, taken in sorted(soak.tally.taken.items()):
        times = [milliseconds for _, milliseconds in taken]
        cuts = quantiles(times, n=100) if len(times) > 1 else times * 99
        statuses = ", ".join(
            f"{count} × {status}"
            for (of, status), count in sorted(soak.tally.statuses.items())
            if of == kind
        )
        figures = (cuts[49], cuts[94], cuts[98], max(times))
        table.add_row(kind, f"{len(taken):,}", *(f"{figure:,.1f}" for figure in figures), statuses)
    console = Console(width=140)
    console.print(table)
    levels = [megabytes for _, megabytes in soak.memory]
    console.print(
        f"Memory of all processes: {min(levels):.0f} to {max(levels):.0f} MB; in the last quarter "
        f"{soak.growth:+.1%} against the second. Connections that were closed while idle and "
        f"opened again: {soak.tally.reconnected}. Load of the machine: {os.getloadavg()[0]:.1f}."
    )
    console.print(f"Wrong: {len(soak.tally.wrong)}")
    for fault in soak.tally.wrong[:20]:
        console.print(f"  {fault[:300]}", markup=False)


def picture(soak: Soak, file: Path) -> None:
    """Draw the percentiles of finished embeds and the memory over time."""
    import matplotlib as mpl

    mpl.use("svg")
    from matplotlib import pyplot as plt

    step = max(5.0, soak.minutes)
    bins: dict[int, list[float]] = {}
    for at, milliseconds in soak.tally.taken["embed"]:
        bins.setdefault(int((at - soak.started) // step), []).append(milliseconds)
    full = {number: quantiles(times, n=100) for number, times in bins.items() if len(times) > 100}
    minutes = [number * step / 60 for number in sorted(full)]
    with plt.rc_context({"svg.hashsalt": "geomap", "svg.fonttype": "none", "font.size": 9}):
        drawn, (above, below) = plt.subplots(2, 1, sharex=True, figsize=(8, 5))
        for place, name in ((49, "median"), (94, "95 %"), (98, "99 %")):
            above.plot(minutes, [full[number][place] for number in sorted(full)], label=name)
        above.set(ylabel="finished embed, ms", yscale="log")
        above.legend(frameon=False, ncols=3)
        below.plot([at / 60 for at, _ in soak.memory], [megabytes for _, megabytes in soak.memory])
        below.set(ylabel="all processes, MB", xlabel="minutes", ylim=(0, None))
        file.parent.mkdir(exist_ok=True)
        drawn.savefig(file, metadata={"Date": None})
        plt.close(drawn)


if __name__ == "__main__":
    sys.exit(main())
