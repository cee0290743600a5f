"""Running services, and how many requests they answer, for benchmarks that send them on loopback."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.error import HTTPError
from urllib.request import Request, urlopen

NGINX = """
worker_processes {workers}; daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 256; }}
http {{
  access_log off; sendfile on; default_type text/html;
  server {{
    listen 127.0.0.1:{port}; root {folder}/www;
    location / {{ add_header Content-Encoding gzip; etag on; }}
  }}
}}
"""


def free_port() -> int:
    """Return a port on loopback that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def geomap_service(workers: int, *datasets: Path) -> Iterator[str]:
    """Run `geomap serve` as an operator does; yield its address."""
    port = free_port()
    command = [sys.executable, "-m", "geomap", "serve", *datasets, "--port", str(port)]
    with running([*command, "--workers", str(workers)], port, "healthz") as address:
        yield address


@contextmanager
def nginx_service(workers: int, files: dict[str, bytes]) -> Iterator[str]:
    """Run nginx over gzipped `files`; yield its address."""
    port = free_port()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "www").mkdir()
        for file, content in files.items():
            (folder / "www" / file).write_bytes(content)
        config = folder / "nginx.conf"
        config.write_text(NGINX.format(workers=workers, folder=folder, port=port))
        nginx = shutil.which("nginx") or "/usr/sbin/nginx"
        with running([nginx, "-c", str(config)], port, next(iter(files))) as address:
            yield address


def fetch(address: str, **headers: str) -> tuple[bytes, dict[str, str]]:
    """Return body and headers of one answer."""
    request = Request(address, headers={k.replace("_", "-"): v for k, v in headers.items()})
    with urlopen(request, timeout=30) as answer:
        return answer.read(), {k.lower(): v for k, v in answer.headers.items()}


def requests_per_second(address: str, seconds: int = 4, **headers: str) -> float:
    """Return how many requests `wrk` gets answered a second over 8 connections."""
    command = ["wrk", "-t2", "-c8", f"-d{seconds}s"]
    for name, value in headers.items():
        command += ["-H", f"{name.replace('_', '-')}: {value}"]
    out = subprocess.run([*command, address], check=True, capture_output=True, text=True).stdout
    if "Non-2xx or 3xx" in out:
        raise RuntimeError(f"{address} answered with errors:\n{out}")
    return float(next(line.split()[1] for line in out.splitlines() if "Requests/sec" in line))


_ASK_ONCE = """
local paths, at, number, all = {}, 0, 0, 0
function setup(thread) thread:set("number", number); number = number + 1 end
function init(args)
  for line in io.lines(args[1]) do
    if all % 2 == number % 2 then paths[#paths + 1] = line end
    all = all + 1
  end
end
function request()
  at = at % #paths + 1
  return wrk.format("GET", paths[at])
end
"""


@dataclass(frozen=True)
class Load:
    """What a service did under load: answers a second, and bytes in each, with headers."""

    each_second: float
    size: float


def load(
    base: str, paths: Sequence[str], seconds: int, *, once: bool = True, **headers: str
) -> Load:
    """Ask over 8 connections for paths, each the next that was not asked for yet.

    Raises RuntimeError if an answer is an error, or, with `once`, if there are too few paths.
    """
    with tempfile.TemporaryDirectory() as name:
        script, listed = Path(name) / "ask.lua", Path(name) / "paths"
        script.write_text(_ASK_ONCE)
        listed.write_text("\n".join(paths) + "\n")
        command = ["wrk", "-t2", "-c8", f"-d{seconds}s", "--timeout", "60s"]
        for header, value in headers.items():
            command += ["-H", f"{header}: {value}"]
        command += ["-s", str(script), base, "--", str(listed)]
        out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    if "Non-2xx or 3xx" in out or "Socket errors" in out:
        raise RuntimeError(f"{base}{paths[0]} answered with errors:\n{out}")
    asked, data = re.search(r"(\d+) requests in \S+, (\S+) read", out).groups()  # type: ignore[union-attr]
    if once and int(asked) > len(paths):
        raise RuntimeError(f"{base}{paths[0]}: {asked} requests, more than {len(paths)} paths")
    (rate,) = re.search(r"Requests/sec:\s+(\S+)", out).groups()  # type: ignore[union-attr]
    return Load(float(rate), _size(data) / max(1, int(asked)))


def _size(text: str) -> float:
    """Read a number of bytes as wrk prints it."""
    figure, unit = re.fullmatch(r"([\d.]+)([KMG]?)B", text).groups()  # type: ignore[union-attr]
    return float(figure) * 1024.0 ** " KMG".index(unit or " ")


@contextmanager
def running(
    command: Sequence[str | Path], port: int, path: str = "", **variables: str
) -> Iterator[str]:
    """Run a server, with `variables` in its environment, until it is done with; yield its address.

    Raises RuntimeError with the end of what it printed where it does not answer within three minutes.
    """
    address = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            command, stdout=log, stderr=log, env={**os.environ, **variables}, start_new_session=True
        )
        try:
            _wait_for(f"{address}/{path}", process, log)
            yield address
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait(10)


def _wait_for(address: str, process: subprocess.Popen[bytes], log: IO[bytes]) -> None:
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urlopen(address, timeout=60).close()
            return
        except HTTPError:
            break
        except OSError:
            time.sleep(0.05)
    log.seek(0)
    said = log.read().decode(errors="replace")[-2000:]
    raise RuntimeError(f"{address} does not answer:\n{said}")
