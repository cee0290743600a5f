"""The running service and nginx beside it, for benchmarks that send real requests on loopback."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
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
def geomap_service(workers: int) -> Iterator[str]:
    """Run `geomap serve` as an operator does; yield its address."""
    port = free_port()
    command = [sys.executable, "-m", "geomap", "serve", "--port", str(port)]
    with _running([*command, "--workers", str(workers)], port) as address:
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
        with _running([nginx, "-c", str(config)], port, next(iter(files))) as address:
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


@contextmanager
def _running(command: list[str], port: int, path: str = "") -> Iterator[str]:
    address = f"http://127.0.0.1:{port}"
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(400):
            try:
                urlopen(f"{address}/{path}", timeout=5).close()
                break
            except URLError:
                time.sleep(0.05)
        yield address
    finally:
        process.terminate()
        process.wait(20)
