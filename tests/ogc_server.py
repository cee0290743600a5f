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
    """A running service: its address, and the file that notes each request and answer."""

    url: str
    log: Path

    def forget(self) -> None:
        self.log.write_text("")

    @property
    def asked(self) -> list[str]:
        """Each request's path with query, oldest first."""
        return [unquote_plus(line.split(" ")[1]) for line in self._lines]

    @property
    def sent(self) -> list[int]:
        """How many bytes each answer's body has, oldest first."""
        return [int(line.split(" ")[0]) for line in self._lines]

    @property
    def _lines(self) -> list[str]:
        return self.log.read_text().splitlines()


class _Silent(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        pass


def _noting(app: Any, log: Path) -> Any:
    """The app, which notes for each request how many bytes it answers, and the path with query."""

    def answer(environ: dict[str, Any], start_response: Any) -> Any:
        body = list(app(environ, start_response))
        with log.open("a") as file:
            size = sum(map(len, body))
            file.write(f"{size} {environ['RAW_URI']}\n")
        return body

    return answer


@contextmanager
def serving(folder: Path, dataset: Path | None = None) -> Iterator[Live]:
    """Serve a dataset, or the built-in one, on a free port until the block ends."""
    log = folder / "requests.txt"
    log.write_text("")
    command = [sys.executable, __file__, str(log), *([str(dataset)] if dataset else [])]
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

    log, *folders = map(Path, sys.argv[1:])
    app = create_app([open(folders[0] if folders else None)])
    noting = _noting(app.wsgi_app, log)
    server = make_server("127.0.0.1", 0, noting, threaded=True, request_handler=_Silent)
    print(f"http://127.0.0.1:{server.port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
