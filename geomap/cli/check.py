"""`geomap check`."""

from __future__ import annotations

import sys

import click

from geomap import sources as datasets
from geomap.errors import listing


@click.command()
@click.argument("dataset")
def check(dataset: str) -> None:
    """List all faults and doubts of a dataset, and how to mend them."""
    data, faults = datasets.load(dataset)
    name = datasets.displayed(dataset)
    for line in listing(faults):
        click.echo(line)
    number = sum(fault.doubt for fault in faults)
    doubts = _count(number, "doubt") if number else ""
    if data is None or len(faults) > number:
        count = _count(len(faults) - number, "fault")
        click.echo(f"{count}{doubts and f' and {doubts}'} in {name}", err=True)
        sys.exit(1)
    click.echo(
        f"{name} is sound{doubts and f', with {doubts}'}: "
        f"{_count(len(data.regions), 'region')}, "
        f"{_count(len(data.ledger.claims), 'claim')} "
        f"by {_count(len(data.ledger.sources), 'source')}"
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
