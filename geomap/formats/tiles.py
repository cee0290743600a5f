"""The whole period as vector tiles in one PMTiles file, which a web map reads piece by piece."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

import numpy as np
import shapely

from geomap.core.dataset import Dataset
from geomap.formats.history import make_history
from geomap.formats.ogr import write_file

MEDIA_TYPE = "application/vnd.pmtiles"
ENDING = "pmtiles"
_ZOOMS = (0, 10)
"""The zooms of the tiles; a web map shows those of the last one at closer zooms too."""
_MOST_TILES = 10_000
"""Tiles of the last zoom: a region as large as the world has the last zoom at which it has no more."""
_TILE_BYTES, _TILE_ROWS = 2_000_000, 200_000
"""How large one tile may be, so that no region is left out."""


def export_tiles(
    dataset: Dataset,
    known: date | str | None = None,
    sources: Collection[str] | str | None = None,
    lang: str = "en",
) -> bytes:
    """Return the regions as vector tiles in Web Mercator, in one file.

    The layer `history` has one row a region and stretch of days, with the columns of the other
    formats: lists as text, what is missing not at all. A map filters by `valid_from` and
    `valid_to`, which are ISO texts. The same arguments give the same bytes; raises BadQuery for a
    parameter that makes no sense here.
    """
    export = make_history(dataset, known, sources, lang)
    return write_file(
        export,
        f"{export.layer}.{ENDING}",
        "PMTiles",
        dataset_options={
            "NAME": export.title,
            "DESCRIPTION": export.notes,
            "TYPE": "overlay",
            "MINZOOM": _ZOOMS[0],
            "MAXZOOM": _last_zoom(shapely.bounds(export.geometries)),
            "MAX_SIZE": _TILE_BYTES,
            "MAX_FEATURES": _TILE_ROWS,
        },
    )


def _last_zoom(bounds: np.ndarray[Any, Any]) -> int:
    """Return the last zoom of the tiles, for bounds of regions in degrees, one a row."""
    west, south, east, north = np.unique(bounds, axis=0).T
    world = float(np.sum((east - west) / 360 * (north - south) / 180))
    first, last = _ZOOMS
    return max(first, *(zoom for zoom in range(first, last + 1) if world * 4**zoom <= _MOST_TILES))
