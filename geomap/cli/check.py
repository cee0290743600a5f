"""`geomap check`."""

from __future__ import annotations

import sys

import click

from geomap import sources as datasets


@click.command()
@click.argument("dataset")
@click.option(
    "--format",
    "form",
    default="text",
    type=click.Choice(("text", "json", "github")),
    show_default=True,
    help="Lines to read, JSON, or annotations of a GitHub workflow.",
)
@click.option(
    "--against",
    metavar="OLD",
    help="An older version: its rows that are deleted or changed, not withdrawn, are faults.",
)
def check(dataset: str, form: str, against: str | None) -> None:
    """List all faults and doubts of a dataset, and how to mend them."""
    from geomap import desk
    from geomap.desk.listings import LISTINGS

    checked = desk.check(dataset, against)
    name = datasets.displayed(dataset)
    for line in LISTINGS[form](checked, name):
        click.echo(line)
    number = sum(fault.doubt for fault in checked.faults)
    doubts = _count(number, "doubt") if number else ""
    if checked.dataset is None or not checked.sound:
        count = _count(len(checked.faults) - number, "fault")
        click.echo(f"{count}{doubts and f' and {doubts}'} in {name}", err=True)
        sys.exit(1)
    data = checked.dataset
    click.echo(
        f"{name} is sound{doubts and f', with {doubts}'}: "
        f"{_count(len(data.regions), 'region')}, "
        f"{_count(len(data.ledger.claims), 'claim')} "
        f"by {_count(len(data.ledger.sources), 'source')}",
        err=form == "json",
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
