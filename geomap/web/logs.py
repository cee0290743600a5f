"""The service's log: one line an event on standard error, as text or as JSON, and none about readers.

A line never holds a client's address, its browser, or the values of a query: an error of ours is
logged with the route's pattern and without the text of the exception, which may quote a request.
"""

from __future__ import annotations

import logging
import logging.config
import sys
import time
import traceback
from collections.abc import Iterator
from typing import Any, TextIO

from geomap.web.observing import Answered

_MOST_FRAMES = 12
_log = logging.getLogger("geomap")
_access = logging.getLogger("geomap.access")


class TextFormatter(logging.Formatter):
    """2026-11-25T12:00:00Z WARNING message; further lines of a message are indented."""

    converter = staticmethod(time.gmtime)

    def __init__(self) -> None:
        super().__init__("{asctime} {levelname} {message}", "%Y-%m-%dT%H:%M:%SZ", style="{")

    def format(self, record: logging.LogRecord) -> str:
        """Return a record's lines."""
        return super().format(record).replace("\n", "\n  ")


class StandardError(logging.StreamHandler[TextIO]):
    """Writes to what is standard error at the moment."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> TextIO:  # type: ignore[override]
        """Where lines go."""
        return sys.stderr


class NoAdvice(logging.Filter):
    """Leaves out granian's warning about more threads than cores."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether a record is anything else."""
        return not record.getMessage().startswith("Configuration allows spawning up to")


def configuration(format: str) -> dict[str, Any]:
    """Return the configuration (`logging.config.dictConfig`) of all loggers, the server's too."""
    formatter: dict[str, Any] = {"()": TextFormatter}
    if format == "json":
        formatter = {
            "()": "pythonjsonlogger.json.JsonFormatter",
            "fmt": "{levelname} {message}",
            "style": "{",
            "rename_fields": {"levelname": "level", "exc_info": "exception"},
            "defaults": {"event": "message"},
            "timestamp": "time",
        }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": formatter},
        "filters": {"advice": {"()": NoAdvice}},
        "handlers": {"stderr": {"()": StandardError, "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            "geomap": {"level": "INFO"},
            "_granian": {"level": "WARNING", "filters": ["advice"]},
        },
    }


def configure(format: str) -> None:
    """Write every log line of this process, Python's warnings included, in a format."""
    logging.config.dictConfig(configuration(format))
    logging.captureWarnings(True)


def log_start(format: str, address: str, metrics: str | None) -> None:
    """Say where the service and its metrics are: to a person at a terminal, or as an event."""
    if format == "text":
        print(f"geomap: open {address} in a browser; stop with Ctrl+C", flush=True)
        if metrics:
            print(f"geomap: metrics at {metrics}", flush=True)
        return
    fields = {"event": "started", "address": address, **({"metrics": metrics} if metrics else {})}
    _log.info("serving at %s", address, extra=fields)


def log_no_metrics(error: OSError) -> None:
    """Log that a worker cannot count its requests."""
    _log.error("no metrics of this worker: %s", error.strerror, extra={"event": "no-metrics"})


def log_request(answered: Answered) -> None:
    """Log a request: what was asked of which dataset and how it went, never who asked."""
    fields = {
        "method": answered.method,
        "route": answered.route,
        "dataset": answered.dataset,
        "status": answered.status,
        "cache": answered.cache,
        "seconds": round(answered.seconds, 6),
    }
    words = [str(value) for value in fields.values() if value != ""]
    _access.info("%s s", " ".join(words), extra={"event": "request", **fields})


def where(error: BaseException) -> str:
    """Return where an error and what led to it were raised, without the text of any of them."""
    return "\n".join(_places(error))


def _places(error: BaseException | None) -> Iterator[str]:
    while error is not None:
        yield type(error).__name__
        yield from (
            f"  {frame.filename}, line {frame.lineno}, in {frame.name}"
            for frame in traceback.extract_tb(error.__traceback__, -_MOST_FRAMES)
        )
        error = error.__cause__ or error.__context__
