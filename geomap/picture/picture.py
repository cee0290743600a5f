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
WIDTH, HEIGHT = sizes.PICTURE
"""A picture's size where none is given, in pixels."""
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
    width: int | str = WIDTH,
    height: int | str = HEIGHT,
) -> bytes:
    """Return the map of a dataset on a day as a picture; `ending` is one of `PICTURE_TYPES`.

    Without `date` it is the dataset's own day. `width` and `height` are in pixels; a PDF has 96 of
    them an inch. The projection is Web Mercator, as on the interactive map. Equal arguments give
    equal bytes. `svg` needs no optional library.

    Raises BadQuery where the date, a source, the theme or the size is not possible, NotFound for
    an unknown ending, MissingExtra where a library for PNG or PDF is not installed.
    """
    write = _WRITERS.get(ending)
    if write is None:
        raise NotFound(f"there is no such kind of picture; use one of {', '.join(_WRITERS)}")
    scene = compose(
        dataset,
        words_in(lang),
        select(dataset, date, known, sources),
        check_theme(theme),
        parse_size("width", width),
        parse_size("height", height),
    )
    return write(scene)


def parse_size(parameter: str, value: Any) -> int:
    """Return a width or height in pixels, from a number or its text; else raise BadQuery."""
    text = str(value)
    if not (text.isascii() and text.isdigit() and SMALLEST <= int(text[:9]) <= LARGEST):
        raise BadQuery(
            parameter,
            f"{quoted(text)} is not a size; give a whole number of pixels "
            f"from {SMALLEST} to {LARGEST}",
        )
    return int(text)


def check_theme(value: str) -> str:
    """Return the name of a picture's theme; raises BadQuery where there is none of that name."""
    if value not in THEMES:
        raise BadQuery("theme", f"{quoted(value)} is not a theme; use {' or '.join(THEMES)}")
    return value
