"""`geomap export`."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import Any

import click

from geomap.cli.group import progress_bar, view_options

_PAGE = "html"
"""The ending of the one-file map."""


@click.command()
@click.argument("arguments", nargs=-1, metavar="[DATASET] FILE")
@view_options
@click.option("--lang", default="en", help="Language of the names.", show_default=True)
@click.option("--bbox", help="Only regions that touch west,south,east,north in degrees.")
@click.option("--simplify", metavar="METRES", help="Drop vertices; shared borders stay shared.")
@click.option(
    "--layer",
    metavar="NAME",
    help="What a file of data holds: regions (on a day), history, context, events, claims, reports,"
    " sources, actors, or package (the Data Package).",
)
@click.option("--theme", help="Colours of a picture, style or page: light or dark; a page: auto.")
@click.option("--controls", help="Of a page: full, slider or none.")
@click.option("--page", metavar="URL", help="The address of the map's page, to which a feed leads.")
@click.option("--width", metavar="PIXELS", help="Width of a picture or film.")
@click.option("--height", metavar="PIXELS", help="Height of a picture or film.")
@click.option(
    "--strip", is_flag=True, help="Draw the days on which something happens side by side."
)
@click.option("--dates", metavar="DAYS", help="Draw these days side by side: commas between.")
@click.option("--rest", metavar="SECONDS", help="How long a film rests on each day.")
@click.option("--list", "list_formats", is_flag=True, help="Name all formats and stop.")
def export(arguments: tuple[str, ...], list_formats: bool, **options: Any) -> None:
    """Write a file of data, a style, picture, film, page or feed."""
    if list_formats:
        _list_formats()
        return
    if not 1 <= len(arguments) <= 2:
        raise click.UsageError("give one FILE, and before it a DATASET if it is not the built-in")
    from geomap import api

    file = Path(arguments[-1])
    kind = _kind(file, options)
    given = {name: value for name, value in options.items() if value and name != "strip"}
    if "lang" in given and "lang" not in _TAKES[kind] and _is_default("lang"):
        del given["lang"]
    for name in given:
        if name not in (*_ALL, *_TAKES[kind]):
            raise click.UsageError(f"--{name} is not for {_NOUNS[kind]}")
    data = api.open(arguments[0] if len(arguments) == 2 else None)
    with progress_bar("Drawing the film") if kind == "film" else nullcontext() as report:
        if report:
            given["progress"] = report
        written = _write(kind, data, file, given)
    for path in written:
        click.echo(f"{path}: {path.stat().st_size:,} bytes")


def _is_default(option: str) -> bool:
    source = click.get_current_context().get_parameter_source(option)
    return source is click.core.ParameterSource.DEFAULT


def _write(kind: str, data: Any, file: Path, given: dict[str, Any]) -> list[Path]:
    """Write one kind of file by the method for it; return the paths of all files written."""
    if kind == "data":
        return [_export_data(data, file, given)]
    if kind == "table":
        return [data.table(given.pop("layer"), file, **given)]
    if kind == "feed" and "page" not in given:
        raise click.UsageError("a feed leads to the map: give the address of its page with --page")
    written = getattr(data, kind)(file, **given)
    return written if isinstance(written, list) else [written]


_ALL = ("known", "sources")
_DRAWN = ("theme", "width", "height")
_TAKES = {
    "data": ("lang", "date", "layer", "bbox", "simplify"),
    "table": ("layer",),
    "tiles": ("lang",),
    "style": ("lang", "theme"),
    "picture": ("lang", "date", *_DRAWN),
    "strip": ("lang", "dates", *_DRAWN),
    "film": ("lang", "rest", *_DRAWN),
    "page": ("lang", "date", "theme", "controls"),
    "feed": ("lang", "page"),
}
"""The options of `export` that each kind of file takes, besides those that all take. The kinds but
for `data` are named as the methods of `api.Dataset` that write them."""
_NOUNS = {
    "table": "a table of the ledger",
    "tiles": "vector tiles",
    "page": "a page",
    "feed": "a feed",
    "data": "a file of data",
    "style": "a style",
    "picture": "a picture of one day",
    "strip": "a picture of several days",
    "film": "a film",
}


def _kind(file: Path, options: dict[str, Any]) -> str:
    """Which kind of file is asked for, by its ending and by the options. Raises NotFound."""
    from geomap.api import PACKAGE
    from geomap.errors import NotFound
    from geomap.feeds import FEEDS
    from geomap.formats import FORMATS, LEDGER, tiles
    from geomap.formats.styles import STYLES
    from geomap.picture.film import FILM_TYPES
    from geomap.picture.picture import PICTURE_TYPES

    ending = file.suffix.lower().removeprefix(".")
    if options["layer"] in (*LEDGER, PACKAGE):
        return "table"
    for kind, endings in (
        *(("film", FILM_TYPES), ("feed", FEEDS)),
        *(("tiles", [tiles.ENDING]), ("page", [_PAGE])),
    ):
        if ending in endings:
            return kind
    if ending in PICTURE_TYPES:
        return "strip" if options["strip"] or options["dates"] else "picture"
    if ending in STYLES:
        return "style"
    if any(file.name.lower().endswith(f".{known}") for known in FORMATS):
        return "data"
    every = (*FORMATS, tiles.ENDING, *STYLES, *PICTURE_TYPES, *FILM_TYPES, _PAGE, *FEEDS)
    offered = ", ".join(f".{known}" for known in every)
    raise NotFound(f"{file.name!r} has no ending that names a format; there are {offered}")


def _list_formats() -> None:
    from geomap.api import PACKAGE
    from geomap.feeds import FEEDS
    from geomap.formats import FORMATS, LEDGER, tiles
    from geomap.formats.styles import STYLE_TITLES
    from geomap.picture.film import FILM_TYPES
    from geomap.picture.picture import PICTURE_TYPES

    for format in FORMATS.values():
        click.echo(f".{format.ending:<10} {format.title}")
    click.echo(f".{tiles.ENDING:<10} PMTiles: the whole period as vector tiles")
    for ending, title in STYLE_TITLES.items():
        click.echo(f".{ending:<10} {title}: a style with the map's fills and hatches")
    for ending in PICTURE_TYPES:
        click.echo(f".{ending:<10} {ending.upper()}: a picture of one day, or of several")
    for ending in FILM_TYPES:
        click.echo(f".{ending:<10} {ending.upper()}: a film of the period")
    click.echo(f".{_PAGE:<10} HTML: the interactive map, in one file that needs no network")
    for ending, title in FEEDS.items():
        click.echo(f".{ending:<10} {title}")
    for name in (*LEDGER, PACKAGE):
        kinds = "JSON" if name == PACKAGE else "CSV, JSON"
        click.echo(f"--layer {name:<8} {kinds}")


def _export_data(data: Any, file: Path, given: dict[str, Any]) -> Path:
    from geomap.formats import parse_bbox, parse_simplify

    if "bbox" in given:
        given["bbox"] = parse_bbox(given["bbox"])
    if "simplify" in given:
        given["simplify"] = parse_simplify(given["simplify"])
    path: Path = data.export(file, **given)
    return path
