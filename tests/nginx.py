"""nginx with the configuration in `deploy/`, on ports of this machine."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import needs
from postgres import free_port

CONFIGURATION = Path(__file__).parents[1] / "deploy" / "nginx.conf"
_AROUND = """
worker_processes 2;
pid {folder}/pid;
error_log {folder}/error.log;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/geomap.conf;
}}
"""
_SHORT = "proxy_cache geomap; proxy_ignore_headers Cache-Control; proxy_cache_valid 200 1s;"


@contextmanager
def front(folder: Path, instances: Sequence[int]) -> Iterator[str]:
    """Give the address of the cache in front of the instances on two ports.

    What it caches is fresh for a second, not for the minute that the instances allow, so that within
    a test's time it also renews it, and finds nobody to renew it from.
    """
    program = needs.program("nginx", package="nginx-light")
    port = free_port()
    text = CONFIGURATION.read_text()
    for old, new in (
        ("instance-1:8000", f"127.0.0.1:{instances[0]}"),
        ("instance-2:8000", f"127.0.0.1:{instances[1]}"),
        ("listen 80;", f"listen 127.0.0.1:{port};"),
        ("/var/cache/nginx/geomap", f"{folder}/cache"),
        ("proxy_cache geomap;", _SHORT),
    ):
        assert text.count(old) == 1
        text = text.replace(old, new)
    (folder / "geomap.conf").write_text(text)
    around = folder / "nginx.conf"
    around.write_text(_AROUND.format(folder=folder))
    # nginx started by root would give its workers another user, who may not write here.
    command = [program, "-c", around, "-p", folder, "-g", "user root; daemon off;"]
    log = folder / "error.log"
    with (folder / "output").open("w+b") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output)
    try:
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            assert process.poll() is None, (folder / "output").read_text()
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=10)
        assert "[emerg]" not in log.read_text()
