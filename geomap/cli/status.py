"""`geomap status`."""

from __future__ import annotations

import shutil
import sys

import click
import orjson

from geomap import sources as datasets
from geomap.cli.group import view_options
from geomap.wording import check_words


@click.command()
@click.argument("dataset", required=False)
@view_options
@click.option("--lang", default="en", help="Language of the words.", show_default=True)
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
    check_words(lang, data)
    day = date or data.meta.date.isoformat()
    if as_json:
        rows = status_rows(data, day, known, sources)
        click.echo(orjson.dumps(rows, option=orjson.OPT_INDENT_2).decode())
    else:
        width = shutil.get_terminal_size((100, 24)).columns
        colour = sys.stdout.isatty()
        click.echo(status_table(data, day, known, sources, lang, width, colour), nl=False)
