"""How much the embed loads on a first visit, and how soon a reader's phone can use it.

Chromium loads it from `geomap serve` with nothing cached. Bytes are what crosses the network,
headers included. The phone is a mid-range one on a slow 4G line: a processor four times slower
than this machine's, 1.6 Mbit/s down, 750 kbit/s up, 150 ms for a round trip. Usable means that the
map is drawn, its slider answers, and no task of 50 ms or more runs any longer.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from typing import Any
from urllib.parse import urlsplit
from urllib.request import urlopen

from rich.console import Console
from rich.table import Table

EMBED = "/handover-2020/embed"
MOST_BYTES = 90_000
MOST_MS = 1_000
ROUNDS = 7
SLOWDOWN = 4
LINE = {"latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 750e3 / 8}
PHONE = {"viewport": {"width": 360, "height": 460}, "has_touch": True, "is_mobile": True}
CHROMIUM = ["--no-sandbox", "--disable-background-networking"]

WATCH = """
window.usable = {ready: 0, busy: 0};
document.addEventListener("geomap:ready", () => {
  requestAnimationFrame(() => setTimeout(() => { usable.ready = performance.now(); }));
});
new PerformanceObserver((list) => {
  for (const task of list.getEntries()) usable.busy = task.startTime + task.duration;
}).observe({type: "longtask", buffered: true});
"""


@dataclass
class Resource:
    """One response: its address, type, bytes on the network and bytes unpacked."""

    url: str
    kind: str
    encoding: str
    sent: int = 0
    unpacked: int = 0


@contextmanager
def service() -> Iterator[str]:
    """`geomap serve` on a free port, as an operator runs it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "geomap", "serve", "--port", str(port), "--workers", "1"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    root = f"http://127.0.0.1:{port}"
    try:
        for _ in range(200):
            try:
                urlopen(root + EMBED).close()
                break
            except OSError:
                time.sleep(0.05)
        yield root
    finally:
        process.terminate()
        process.wait(10)


def load(browser: Any, url: str, *, throttled: bool) -> tuple[list[Resource], float]:
    """Visit once with nothing cached; return what was loaded, and when it was usable (ms)."""
    context = browser.new_context(**PHONE)
    page = context.new_page()
    page.add_init_script(WATCH)
    client = context.new_cdp_session(page)
    client.send("Network.enable")
    found: dict[str, Resource] = {}

    def answered(event: Any) -> None:
        response = event["response"]
        headers = {name.lower(): value for name, value in response["headers"].items()}
        encoding = headers.get("content-encoding", "")
        found[event["requestId"]] = Resource(response["url"], event["type"], encoding)

    def received(event: Any) -> None:
        if event["requestId"] in found:
            found[event["requestId"]].unpacked += event["dataLength"]

    def finished(event: Any) -> None:
        if event["requestId"] in found:
            found[event["requestId"]].sent = int(event["encodedDataLength"])

    client.on("Network.responseReceived", answered)
    client.on("Network.dataReceived", received)
    client.on("Network.loadingFinished", finished)
    if throttled:
        client.send("Network.emulateNetworkConditions", {"offline": False, **LINE})
        client.send("Emulation.setCPUThrottlingRate", {"rate": SLOWDOWN})
    page.goto(url, wait_until="load")
    page.wait_for_timeout(2000)  # to ask it anything now would be work for the phone
    usable = page.evaluate("usable.ready && Math.max(usable.ready, usable.busy)")
    if not usable:
        raise RuntimeError(f"{url} was not usable 2 s after it was loaded")
    context.close()
    own = [one for one in found.values() if not one.url.startswith("data:")]
    return own, usable


def run() -> bool:
    """Measure, print two tables, and return whether both limits were kept."""
    from playwright.sync_api import sync_playwright

    names = ("chromium", "chromium-browser", "chromium-headless-shell")
    path = next(filter(None, map(shutil.which, names)), None)
    if path is None:
        print("embed_weight: needs Chromium (apt-get install chromium)")
        return False
    console = Console(width=100)
    with service() as root, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=path, args=CHROMIUM)
        resources, _ = load(browser, root + EMBED, throttled=False)
        times = [load(browser, root + EMBED, throttled=True)[1] for _ in range(ROUNDS)]
        browser.close()
    table = Table(title="The embed, first visit")
    table.add_column("resource")
    for name in ("encoding", "on the network", "unpacked"):
        table.add_column(name, justify="right")
    for one in resources:
        name = urlsplit(one.url).path
        table.add_row(name, one.encoding or "-", f"{one.sent:,}", f"{one.unpacked:,}")
    sent = sum(one.sent for one in resources)
    table.add_section()
    table.add_row("all", "", f"{sent:,}", f"{sum(one.unpacked for one in resources):,}")
    console.print(table)
    hosts = {urlsplit(one.url).netloc for one in resources} - {urlsplit(root).netloc}
    spread = f"{min(times):.0f} to {max(times):.0f}"
    limits = Table(title=f"Limits (phone: median of {ROUNDS} visits, {spread} ms)")
    for name in ("what", "measured", "at most", "kept"):
        limits.add_column(name, justify="left" if name == "what" else "right")
    rows = (
        ("bytes on the network", sent, MOST_BYTES),
        ("requests to other hosts", len(hosts), 0),
        ("usable on a throttled phone, ms", round(median(times)), MOST_MS),
    )
    for what, measured, most in rows:
        kept = "yes" if measured <= most else "NO"
        limits.add_row(what, f"{measured:,}", f"{most:,}", kept)
    console.print(limits)
    return all(measured <= most for _, measured, most in rows)
