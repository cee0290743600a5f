"""Requests as bytes over a socket, for what no HTTP client would send."""

from __future__ import annotations

import re
import socket
from contextlib import suppress
from dataclasses import dataclass


@dataclass(frozen=True)
class Raw:
    """All that came back on one connection, and whether the server closed it."""

    data: bytes
    closed: bool

    @property
    def statuses(self) -> list[int]:
        """The status of each answer."""
        return [int(status) for status in re.findall(rb"HTTP/1\.[01] (\d{3}) ", self.data)]

    @property
    def body(self) -> bytes:
        """What follows the first head."""
        return self.data.partition(b"\r\n\r\n")[2]


def request(
    path: bytes | str, *headers: bytes | str, method: str = "GET", host: str = "localhost"
) -> bytes:
    """Return a request after whose answer the server closes the connection."""
    lines = [f"{method} ".encode() + _bytes(path) + b" HTTP/1.1", f"Host: {host}", *headers]
    return b"\r\n".join([*map(_bytes, lines), b"Connection: close", b"", b""])


def send(port: int, data: bytes, seconds: float = 10) -> Raw:
    """Send bytes to this machine; read until the server closes, or is silent for some seconds."""
    got = b""
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.settimeout(seconds)
        try:
            with suppress(ConnectionError):  # it may close before it has read everything
                client.sendall(data)
            while part := client.recv(65536):
                got += part
        except TimeoutError:
            return Raw(got, closed=False)
        except ConnectionError:
            pass
    return Raw(got, closed=True)


def _bytes(text: bytes | str) -> bytes:
    return text if isinstance(text, bytes) else text.encode("latin-1")
