"""`geomap export`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from geomap.cli.group import progress_bar, view_options


@click.command()
@click.argument("arguments", nargs=-1, metavar="[DATASET] FILE")
@view_options
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
        with progress_bar("Drawing the film") as report:
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
