"""The real app in a process of its own, for clients that speak HTTP; it notes what it was asked.

Not in a thread: GDAL holds Python's lock while it waits for an answer.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus

from werkzeug.serving import WSGIRequestHandler, make_server


@dataclass
class Live:
    """A running service: its address, and the file that notes each request."""

    url: str
    log: Path

    def forget(self) -> None:
        self.log.write_text("")

    @property
    def asked(self) -> list[str]:
        """Each request's path with query, oldest first."""
        return [unquote_plus(line) for line in self.log.read_text().splitlines()]


class _Noting(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        pass

    def log_request(self, code: Any = "-", size: Any = "-") -> None:
        with Path(sys.argv[1]).open("a") as file:
            file.write(f"{self.path}\n")


@contextmanager
def serving(folder: Path) -> Iterator[Live]:
    """Serve the built-in dataset on a free port until the block ends."""
    log = folder / "requests.txt"
    log.write_text("")
    command = [sys.executable, __file__, str(log)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield Live(process.stdout.readline().strip(), log)
        finally:
            process.terminate()


def main() -> None:
    """Serve until terminated; print the address first."""
    from geomap.sources import open
    from geomap.web import create_app

    app = create_app([open()])
    server = make_server("127.0.0.1", 0, app.wsgi_app, threaded=True, request_handler=_Noting)
    print(f"http://127.0.0.1:{server.port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
