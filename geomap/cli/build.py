"""`geomap build`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import click

from geomap.cli.group import progress_bar
from geomap.core.dataset import Dataset


@click.command()
@click.argument("arguments", nargs=-1, required=True, metavar="[DATASET]... DIR")
@click.option("--base-url", default="", help="The address where the site will stand.")
@click.option("--allow-embed", multiple=True, help="Site that may embed the map; default: anyone.")
@click.option("--name", default="", help="Your own name, at the top of the pages.")
@click.option("--colour", default="", help="Your own colour, as #1f5f94, in a strip above it.")
def build(arguments: tuple[str, ...], **options: Any) -> None:
    """Write the whole site into DIR as files, for any web space."""
    from geomap import sources
    from geomap.build import build as build_site

    *names, folder = arguments
    datasets = [sources.open(name) for name in names] or [sources.open()]
    with progress_bar("Building the site") as report:
        result = build_site(datasets, folder, progress=report, **options)
    changes = f"{result.written:,} written" if result.written else "nothing has changed"
    gone = f", {result.gone:,} of an earlier build removed" if result.gone else ""
    click.echo(f"{folder}: {result.files:,} files, {result.size:,} bytes; {changes}{gone}")
    for line in (*_left_out(options["base_url"]), *_without_days(datasets)):
        click.echo(line, err=True)


def _left_out(base_url: str) -> list[str]:
    """What a site of files cannot have."""
    lines = [
        "Left out, as it needs `geomap serve`: OGC API, OpenAPI, maps of some sources or of an earlier"
        " day of knowledge, data within a box."
    ]
    if not base_url:
        lines.append(
            "Left out, as it needs --base-url: oEmbed, the sitemap, pictures in link previews."
        )
        lines.append(
            "Embed codes have the address under which the page is opened: copy them from the public"
            " one, not from a preview on this computer."
        )
    return lines


def _without_days(datasets: Sequence[Dataset]) -> Iterator[str]:
    """Which datasets change on too many days for files of each."""
    from geomap.web.built import MOST_DAYS, changing_days

    for dataset in datasets:
        if len(days := changing_days(dataset)) > MOST_DAYS:
            yield (
                f"{dataset.id} changes on {len(days)} days: only {dataset.meta.date} has files of "
                "data and pictures; history.* has all days, and the page shows each."
            )
