"""Fixed bytes from a bare WSGI app, on the server and with the settings of `geomap serve`: the limit
of that server. `python -m benchmarks._bare PORT WORKERS FILE`: FILE has the answers, by address.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from geomap.web import server


def main(port: int, workers: int, file: Path) -> None:
    """Serve until stopped. An answer is its status, its headers and its body in Latin-1."""
    answers = {
        path: (status, [tuple(header) for header in headers], [body.encode("latin-1")])
        for path, (status, headers, body) in json.loads(file.read_text()).items()
    }

    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        status, headers, body = answers[environ["PATH_INFO"]]
        start_response(status, headers)
        return body

    server._listen(lambda: app, "127.0.0.1", port, workers, "text", on_reload=lambda: None)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
