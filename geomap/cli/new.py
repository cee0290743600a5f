"""`geomap new`."""

from __future__ import annotations

import re
from pathlib import Path

import click

_NAME_IN = re.compile(r"--name:([^=]+)(?:=(.*))?", re.DOTALL)


class _NewCommand(click.Command):
    """Takes `--name:az COLUMN` for any language: click itself has options of fixed names only."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the arguments, `--name:az COLUMN` as `--name:xx az COLUMN`."""
        rewritten: list[str] = []
        for arg in args:
            if match := _NAME_IN.fullmatch(arg):
                language, column = match.groups()
                rewritten += ["--name:xx", language, *([] if column is None else [column])]
            else:
                rewritten.append(arg)
        return super().parse_args(ctx, rewritten)


@click.command(cls=_NewCommand)
@click.argument("folder", metavar="DIR")
@click.option("--regions", metavar="FILE", help="A boundary file: GeoPackage, Shapefile, KML, …")
@click.option("--layer", help="Which layer of the file, where it has several.")
@click.option("--where", metavar="SQL", help="Only these features, as \"TYPE\" = 'district'.")
@click.option("--id", metavar="COLUMN", help="The column of ids; else they are made of names.")
@click.option("--name", metavar="COLUMN", help="The column of names.")
@click.option(
    "--name:xx",
    "names",
    metavar="COLUMN",
    nargs=2,
    multiple=True,
    help="The column of names in another language, as --name:az.",
)
@click.option("--crs", help="The file's coordinate system, where it does not say: EPSG:32638.")
@click.option("--encoding", help="Of the texts of a Shapefile that does not say: cp1251.")
def new(
    folder: str,
    regions: str | None,
    names: tuple[tuple[str, str], ...],
    **choices: str | None,
) -> None:
    """Write a dataset to start from, with a guide to its files.

    With --regions, its regions are those of a boundary file, with countries, water and towns
    around them; without, two invented regions show how a dataset is written.
    """
    if regions is not None:
        _from_regions(folder, regions, dict(names), choices)
        return
    if given := [f"--{option}" for option, value in choices.items() if value is not None]:
        raise click.UsageError(f"{given[0]} says how a boundary file is read: give --regions FILE")
    if names:
        raise click.UsageError("--name:xx says how a boundary file is read: give --regions FILE")
    from geomap.starter import write_starter

    for name in write_starter(folder):
        click.echo(str(Path(folder, name)))
    click.echo(f"README.md explains every file; see the map with: geomap serve {folder} --reload")


def _from_regions(
    folder: str, regions: str, names: dict[str, str], choices: dict[str, str | None]
) -> None:
    from geomap.making.make import Choices, make_dataset
    from geomap.wording import LANGUAGES

    made = make_dataset(folder, regions, Choices(names=names, languages=LANGUAGES, **choices))
    for note in made.notes:
        click.echo(note)
    count = len(made.regions)
    shown = ", ".join(made.regions[:10]) + (", …" if count > 10 else "")
    click.echo(f"{folder} holds {count} region{'' if count == 1 else 's'}: {shown}")
    click.echo(
        "\nNext:\n"
        f"  geomap serve {folder} --reload    shows the map, and follows your edits\n"
        "  dataset.yaml                      set what is marked TODO: title, period, licence, credit\n"
        "  actors.csv, sources.csv           who can hold a region, and whose word you use\n"
        "  claims.csv                        what each source says, one claim a row\n"
        f"  geomap check {folder}             says what does not fit, and how to mend it\n"
        "README.md explains every file, and ends with how this one was made."
    )
