"""`geomap diff`."""

from __future__ import annotations

import click
import orjson

from geomap import sources as datasets
from geomap.wording import LANGUAGES


@click.command()
@click.argument("old")
@click.argument("new")
@click.option("--lang", default="en", type=click.Choice(LANGUAGES), show_default=True)
@click.option(
    "--format",
    "form",
    default="text",
    type=click.Choice(("text", "json")),
    show_default=True,
    help="Sentences, or the same as JSON.",
)
def diff(old: str, new: str, lang: str, form: str) -> None:
    """Say what changes on the map between two versions of a dataset."""
    from geomap.desk import diff as differences

    result = differences(datasets.find(old), datasets.find(new), lang)
    if form == "json":
        click.echo(orjson.dumps(result.document(), option=orjson.OPT_INDENT_2).decode())
    else:
        for line in result.lines():
            click.echo(line)
