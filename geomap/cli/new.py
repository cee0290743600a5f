"""`geomap new`."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("folder", metavar="DIR")
def new(folder: str) -> None:
    """Write a small dataset to start from, with a guide to its files."""
    from geomap.starter import write_starter

    for name in write_starter(folder):
        click.echo(str(Path(folder, name)))
    click.echo(f"README.md explains every file; see the map with: geomap serve {folder} --reload")
