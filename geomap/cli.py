"""The command line. Each command parses, calls one function and prints."""

from __future__ import annotations

import errno
import io
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import orjson

from geomap import sources as datasets
from geomap.errors import GeomapError, listing
from geomap.wording import LANGUAGES

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
"""What a system says to output that it cannot take."""


class _Group(click.Group):
    """Turns geomap's own errors, and output that nothing takes, into one message and exit code 1."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):  # not every terminal has every letter
                stream.reconfigure(errors="replace")
        try:
            return super().main(*args, **kwargs)
        except OSError as error:
            if error.errno not in _FULL or error.filename is not None:
                raise
            # Python would try once more to write what is left, and fail with a second message.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            click.echo(f"Error: the output cannot be written: {error.strerror}", err=True)
            sys.exit(1)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except GeomapError as error:
            raise click.ClickException(str(error)) from None


def _view_options(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in (
        click.option("--sources", help="Count only these sources: ids with commas between."),
        click.option("--known", metavar="DAY", help="Count only what was published by this day."),
        click.option(
            "--date", metavar="DAY", help="The day, as 2020-11-30; by default the dataset's own."
        ),
    ):
        command = option(command)
    return command


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="geomap")
def main() -> None:
    """Show who holds which territory on which day, and who says so.

    DATASET is a folder or a .zip of one; without it the built-in dataset is used.
    """


@main.command()
@click.argument("dataset", nargs=-1)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    default=8000,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="Port to listen on; 0 for any free one.",
)
@click.option(
    "--workers",
    default=1,
    show_default=True,
    type=click.IntRange(1, 64),
    help="Processes that answer; more use more cores.",
)
@click.option("--base-url", default="", help="The site's public address, for absolute links.")
@click.option("--allow-embed", multiple=True, help="Site that may embed the map; default: anyone.")
@click.option("--name", default="", help="Your own name, at the top of the pages.")
@click.option("--colour", default="", help="Your own colour, as #1f5f94, in a strip above it.")
@click.option("--reload", is_flag=True, help="Follow edits of the dataset while serving.")
def serve(dataset: tuple[str, ...], **options: Any) -> None:
    """Serve the map on the web."""
    from geomap.web.server import run

    run(dataset, **options)


@main.command()
@click.argument("dataset")
def check(dataset: str) -> None:
    """List all faults and doubts of a dataset, and how to mend them."""
    data, faults = datasets.load(dataset)
    for line in listing(faults):
        click.echo(line)
    number = sum(fault.doubt for fault in faults)
    doubts = _count(number, "doubt") if number else ""
    if data is None or len(faults) > number:
        count = _count(len(faults) - number, "fault")
        click.echo(f"{count}{doubts and f' and {doubts}'} in {dataset}", err=True)
        sys.exit(1)
    click.echo(
        f"{dataset} is sound{doubts and f', with {doubts}'}: "
        f"{_count(len(data.regions), 'region')}, "
        f"{_count(len(data.ledger.claims), 'claim')} "
        f"by {_count(len(data.ledger.sources), 'source')}"
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


@main.command()
@click.argument("dataset", required=False)
@_view_options
@click.option("--lang", default="en", type=click.Choice(LANGUAGES), show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print the public rows as JSON.")
def status(
    dataset: str | None,
    date: str | None,
    known: str | None,
    sources: str | None,
    lang: str,
    as_json: bool,
) -> None:
    """Print who holds what."""
    from geomap.terminal import status_rows, status_table

    data = datasets.open(dataset)
    day = date or data.meta.date.isoformat()
    if as_json:
        rows = status_rows(data, day, known, sources)
        click.echo(orjson.dumps(rows, option=orjson.OPT_INDENT_2).decode())
    else:
        width = shutil.get_terminal_size((100, 24)).columns
        colour = sys.stdout.isatty()
        click.echo(status_table(data, day, known, sources, lang, width, colour), nl=False)


@main.command()
@click.argument("arguments", nargs=-1, metavar="[DATASET] FILE")
@_view_options
@click.option("--lang", default="en", help="Language of the names.", show_default=True)
@click.option("--bbox", help="Only regions that touch west,south,east,north in degrees.")
@click.option("--simplify", metavar="METRES", help="Drop vertices; shared borders stay shared.")
@click.option(
    "--layer",
    type=click.Choice(("regions", "history", "context")),
    help="What a file of data holds: the regions on a day, their whole history, or the ground.",
)
@click.option("--theme", help="Colours of a picture or style: light or dark.")
@click.option("--width", metavar="PIXELS", help="Width of a picture or film.")
@click.option("--height", metavar="PIXELS", help="Height of a picture or film.")
@click.option(
    "--strip", is_flag=True, help="Draw the days on which something happens side by side."
)
@click.option("--dates", metavar="DAYS", help="Draw these days side by side: commas between.")
@click.option("--rest", metavar="SECONDS", help="How long a film rests on each day.")
@click.option("--list", "list_formats", is_flag=True, help="Name all formats and stop.")
def export(arguments: tuple[str, ...], list_formats: bool, **options: Any) -> None:
    """Write data, a style, a picture or a film; FILE's ending says which."""
    if list_formats:
        _list_formats()
        return
    if not 1 <= len(arguments) <= 2:
        raise click.UsageError("give one FILE, and before it a DATASET if it is not the built-in")
    from geomap import api

    file = Path(arguments[-1])
    kind = _kind(file, options)
    given = {name: value for name, value in options.items() if value and name != "strip"}
    for name in given:
        if name not in (*_ALL, *_TAKES[kind]):
            raise click.UsageError(f"--{name} is not for {_NOUNS[kind]}")
    data = api.open(arguments[0] if len(arguments) == 2 else None)
    written = [file]
    if kind == "data":
        _export_data(data, file, given)
    elif kind == "style":
        written = data.style(file, **given)
    elif kind == "picture":
        data.picture(file, **given)
    elif kind == "strip":
        data.strip(file, **given)
    else:
        with _progress() as report:
            data.film(file, progress=report, **given)
    for path in written:
        click.echo(f"{path}: {path.stat().st_size:,} bytes")


_ALL = ("known", "sources", "lang")
_DRAWN = ("theme", "width", "height")
_TAKES = {
    "data": ("date", "layer", "bbox", "simplify"),
    "style": ("theme",),
    "picture": ("date", *_DRAWN),
    "strip": ("dates", *_DRAWN),
    "film": ("rest", *_DRAWN),
}
"""The options of `export` that each kind of file takes, besides those that all take."""
_NOUNS = {
    "data": "a file of data",
    "style": "a style",
    "picture": "a picture of one day",
    "strip": "a picture of several days",
    "film": "a film",
}


def _kind(file: Path, options: dict[str, Any]) -> str:
    """Which kind of file is asked for, by its ending and by the options. Raises NotFound."""
    from geomap.errors import NotFound
    from geomap.formats import FORMATS
    from geomap.formats.styles import STYLES
    from geomap.picture.film import FILM_TYPES
    from geomap.picture.picture import PICTURE_TYPES

    ending = file.suffix.lower().removeprefix(".")
    if ending in FILM_TYPES:
        return "film"
    if ending in PICTURE_TYPES:
        return "strip" if options["strip"] or options["dates"] else "picture"
    if ending in STYLES:
        return "style"
    if any(file.name.lower().endswith(f".{known}") for known in FORMATS):
        return "data"
    endings = ", ".join(f".{known}" for known in (*FORMATS, *STYLES, *PICTURE_TYPES, *FILM_TYPES))
    raise NotFound(f"{file.name!r} has no ending that names a format; there are {endings}")


def _list_formats() -> None:
    from geomap.formats import FORMATS
    from geomap.formats.styles import STYLE_TITLES
    from geomap.picture.film import FILM_TYPES
    from geomap.picture.picture import PICTURE_TYPES

    for format in FORMATS.values():
        click.echo(f".{format.ending:<10} {format.title}")
    for ending, title in STYLE_TITLES.items():
        click.echo(f".{ending:<10} {title}: a style with the map's fills and hatches")
    for ending in PICTURE_TYPES:
        click.echo(f".{ending:<10} {ending.upper()}: a picture of one day, or of several")
    for ending in FILM_TYPES:
        click.echo(f".{ending:<10} {ending.upper()}: a film of the period")


def _export_data(data: Any, file: Path, given: dict[str, Any]) -> None:
    from geomap.formats import parse_bbox, parse_simplify

    if "bbox" in given:
        given["bbox"] = parse_bbox(given["bbox"])
    if "simplify" in given:
        given["simplify"] = parse_simplify(given["simplify"])
    data.export(file, **given)


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    """A bar on standard error, on a terminal only, and what moves it."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("Drawing the film", total=None)
        yield lambda done, whole: bar.update(task, completed=done, total=whole)


@main.command()
@click.argument("folder", metavar="DIR")
def new(folder: str) -> None:
    """Write a small dataset to start from, with a guide to its files."""
    from geomap.starter import write_starter

    for name in write_starter(folder):
        click.echo(str(Path(folder, name)))
    click.echo(f"README.md explains every file; see the map with: geomap serve {folder} --reload")
