"""The command line. Each command parses, calls one function and prints."""

from __future__ import annotations

import errno
import io
import os
import shutil
import sys
from collections.abc import Callable
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
@click.option("--list", "list_formats", is_flag=True, help="Name all formats and stop.")
def export(
    arguments: tuple[str, ...],
    date: str | None,
    known: str | None,
    sources: str | None,
    lang: str,
    bbox: str | None,
    simplify: str | None,
    list_formats: bool,
) -> None:
    """Write the regions' status into FILE; its ending names the format."""
    from geomap.files import write_whole
    from geomap.formats import FORMATS, export_regions, format_for, parse_bbox, parse_simplify

    if list_formats:
        for format in FORMATS.values():
            click.echo(f".{format.ending:<10} {format.title}")
        return
    if not 1 <= len(arguments) <= 2:
        raise click.UsageError("give one FILE, and before it a DATASET if it is not the built-in")
    file = Path(arguments[-1])
    ending = format_for(file.name).ending
    data = datasets.open(arguments[0] if len(arguments) == 2 else None)
    box = parse_bbox(bbox) if bbox else None
    tolerance = parse_simplify(simplify) if simplify else None
    content = export_regions(data, ending, date, known, sources, lang, box, tolerance)
    write_whole(file, content)
    click.echo(f"{file}: {len(content):,} bytes")


@main.command()
@click.argument("folder", metavar="DIR")
def new(folder: str) -> None:
    """Write a small dataset to start from, with a guide to its files."""
    from geomap.starter import write_starter

    for name in write_starter(folder):
        click.echo(str(Path(folder, name)))
    click.echo(f"README.md explains every file; see the map with: geomap serve {folder} --reload")
