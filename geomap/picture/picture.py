"""A day of a dataset as a picture: SVG, PNG or PDF."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from geomap.core.dataset import Dataset
from geomap.errors import BadQuery, NotFound, quoted
from geomap.picture.compose import compose
from geomap.picture.pdf import write_pdf
from geomap.picture.png import write_png
from geomap.picture.svg import write_svg
from geomap.present import sizes
from geomap.present.scene import Scene
from geomap.present.selection import Day, Sources, select
from geomap.present.themes import THEMES
from geomap.wording import words_in

PICTURE_TYPES = {"svg": "image/svg+xml", "png": "image/png", "pdf": "application/pdf"}
"""The kinds of picture by the ending of their names, with their media types."""
SMALLEST, LARGEST = 200, 2400
"""The limits of a picture's width and height, in pixels."""
SHEET = (794, 1123)
"""A PDF's size where none is given: A4 at 96 pixels an inch."""
_WRITERS: dict[str, Callable[[Scene], bytes]] = {
    "svg": write_svg,
    "png": write_png,
    "pdf": write_pdf,
}


def picture(
    dataset: Dataset,
    ending: str,
    *,
    date: Day = None,
    known: Day = None,
    sources: Sources = None,
    lang: str = "en",
    theme: str = "light",
    width: int | str | None = None,
    height: int | str | None = None,
) -> bytes:
    """Return the map of a dataset on a day as a picture; `ending` is one of `PICTURE_TYPES`.

    Without `date` it is the dataset's own day. `width` and `height` are in pixels; one alone keeps
    the usual shape. Without both, a PDF is an A4 sheet: it has 96 pixels an inch. The
    projection is Web Mercator, as on the interactive map. Equal arguments give equal bytes. `svg`
    needs no optional library.

    Raises BadQuery where the date, a source, the theme or the size is not possible, NotFound for
    an unknown ending, MissingExtra where a library for PNG or PDF is not installed.
    """
    check_ending(ending)
    scene = compose(
        dataset,
        words_in(lang, dataset),
        select(dataset, date, known, sources),
        check_theme(theme),
        *size(width, height, SHEET if ending == "pdf" else sizes.PICTURE),
    )
    return write_as(ending, scene)


def check_ending(ending: str) -> str:
    """Return the ending of one of `PICTURE_TYPES`. Raises NotFound."""
    if ending not in PICTURE_TYPES:
        raise NotFound(f"there is no such kind of picture; use one of {', '.join(PICTURE_TYPES)}")
    return ending


def write_as(ending: str, scene: Scene) -> bytes:
    """Return a scene as a file of one of `PICTURE_TYPES`. Raises NotFound, MissingExtra."""
    return _WRITERS[check_ending(ending)](scene)


def size(
    width: int | str | None,
    height: int | str | None,
    usual: tuple[int, int],
    limits: tuple[int, int] = (SMALLEST, LARGEST),
) -> tuple[int, int]:
    """Return a checked width and height in pixels; `usual` where none is given, or its shape.

    Raises BadQuery naming the side that is not possible.
    """
    wide = None if width is None else parse_size("width", width, limits)
    tall = None if height is None else parse_size("height", height, limits)
    if wide is None and tall is None:
        return usual
    across, down = usual
    wide = _within(tall * across / down, limits) if wide is None and tall else wide
    tall = _within(wide * down / across, limits) if tall is None and wide else tall
    return wide or usual[0], tall or usual[1]


def _within(side: float, limits: tuple[int, int]) -> int:
    least, most = limits
    return min(max(round(side), least), most)


def parse_size(parameter: str, value: Any, limits: tuple[int, int] = (SMALLEST, LARGEST)) -> int:
    """Return a width or height in pixels, from a number or its text; else raise BadQuery."""
    text, (least, most) = str(value), limits
    if not (text.isascii() and text.isdigit() and least <= int(text[:9]) <= most):
        raise BadQuery(
            parameter,
            f"{quoted(text)} is not a size; give a whole number of pixels from {least} to {most}",
        )
    return int(text)


def check_theme(value: str) -> str:
    """Return the name of a picture's theme; raises BadQuery where there is none of that name."""
    if value not in THEMES:
        raise BadQuery("theme", f"{quoted(value)} is not a theme; use {' or '.join(THEMES)}")
    return value
