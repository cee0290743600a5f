"""GDAL's drivers, through pyogrio, as functions from an export to bytes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd

from geomap.files import temporary_folder
from geomap.formats.export import Export

LAYER = "regions"


def write_file(export: Export, name: str, driver: str, **options: Any) -> bytes:
    """Return the one file that a GDAL driver writes for an export."""
    return write_files(export.frame(), name, driver, **options)[name]


def write_files(
    frame: gpd.GeoDataFrame, name: str, driver: str, **options: Any
) -> dict[str, bytes]:
    """Return the files that a GDAL driver writes, by name; all outlines become MultiPolygons."""
    with temporary_folder() as folder:
        write_layer(frame, folder / name, driver, **options)
        return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def write_layer(frame: gpd.GeoDataFrame, path: Path, driver: str, **options: Any) -> None:
    """Write a frame to `path` as the layer `regions`; `options` are pyogrio's."""
    import pyogrio

    pyogrio.write_dataframe(
        frame,
        path,
        layer=LAYER,
        driver=driver,
        geometry_type="MultiPolygon",
        promote_to_multi=True,
        **options,
    )


def about_texts(export: Export) -> dict[str, str]:
    """Return what belongs to the export as a whole as texts, for a driver's metadata items."""
    about = {
        **export.about,
        "period": "/".join(export.about["period"]),
        "sources": ", ".join(source.id for source in export.sources),
    }
    return {name: value for name, value in about.items() if value}
