"""What all commands share: how an error ends one, and a dataset's day, clock and sources."""

from __future__ import annotations

import errno
import io
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from geomap.errors import GeomapError

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
"""What a system says to output that it cannot take."""

_NO_ROOM_TO_LOAD = "failed to map segment"
"""What the system says of a library that finds no memory."""


class GeomapGroup(click.Group):
    """Turns geomap's own errors, and output that nothing takes, into one message and exit code 1."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run, with letters that the terminal lacks replaced; say so where the output is full."""
        _open_closed_streams()
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):  # not every terminal has every letter
                stream.reconfigure(errors="replace")
        try:
            return super().main(*args, **kwargs)
        except (MemoryError, ImportError) as error:
            if isinstance(error, ImportError) and _NO_ROOM_TO_LOAD not in str(error):
                raise
            click.echo("Error: there is too little memory for this", err=True)
            sys.exit(1)
        except OSError as error:
            if error.errno not in _FULL or error.filename is not None:
                raise
            # Python would try once more to write what is left, and fail with a second message.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            click.echo(f"Error: the output cannot be written: {error.strerror}", err=True)
            sys.exit(1)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; one of geomap's own errors becomes its message."""
        try:
            return super().invoke(ctx)
        except GeomapError as error:
            raise click.ClickException(str(error)) from None


def _open_closed_streams() -> None:
    """Let output go nowhere where whoever started this has closed it (`>&-`): it is then None."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w"))  # noqa: SIM115 (it stays open)


@contextmanager
def progress_bar(what: str) -> Iterator[Callable[[int, int], None]]:
    """Show a bar on standard error, on a terminal only; yield what moves it: done and whole."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, whole: bar.update(task, completed=done, total=whole)


def view_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options --date, --known and --sources."""
    for option in (
        click.option("--sources", help="Count only these sources: ids with commas between."),
        click.option("--known", metavar="DAY", help="Count only what was published by this day."),
        click.option(
            "--date", metavar="DAY", help="The day, as 2020-11-30; by default the dataset's own."
        ),
    ):
        command = option(command)
    return command
