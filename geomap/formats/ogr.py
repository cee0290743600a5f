"""GDAL's drivers, through pyogrio, as functions from an export to bytes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geomap.core.geometry import CRS
from geomap.files import temporary_folder
from geomap.formats.export import Export


def write_file(export: Export, name: str, driver: str, **options: Any) -> bytes:
    """Return the one file that a GDAL driver writes for an export."""
    return write_files(export.frame(), name, driver, layer=export.layer, **options)[name]


def write_files(
    frame: gpd.GeoDataFrame, name: str, driver: str, **options: Any
) -> dict[str, bytes]:
    """Return the files that a GDAL driver writes, by name; options as `write_layer`."""
    with temporary_folder() as folder:
        write_layer(frame, folder / name, driver, **options)
        return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def write_layer(frame: gpd.GeoDataFrame, path: Path, driver: str, **options: Any) -> None:
    """Write a frame to `path`; `options`, such as `layer`, are pyogrio's.

    Where all outlines are polygons they become MultiPolygons. By pyogrio's lower interface, as the
    other one writes a day as text.
    """
    from pyogrio.raw import write

    areas = frame.geom_type.isin(("Polygon", "MultiPolygon")).all()
    columns = [_column(frame[name]) for name in frame.columns.drop("geometry")]
    write(
        path,
        shapely.to_wkb(frame.geometry.to_numpy()),
        [values for values, _ in columns],
        frame.columns.drop("geometry").to_list(),
        field_mask=[mask for _, mask in columns],
        driver=driver,
        geometry_type="MultiPolygon" if areas else "Unknown",
        promote_to_multi=bool(areas),
        crs=CRS,
        **options,
    )


def _column(column: pd.Series[Any]) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any] | None]:
    """Return a column as an array that GDAL's drivers get their types from, and what is missing."""
    missing = column.isna().to_numpy()
    if column.dtype == "Float64":
        return column.to_numpy(float, na_value=np.nan), missing
    if column.dtype == "boolean":
        return column.to_numpy(bool, na_value=False), missing
    if column.dtype.kind == "M":
        return column.to_numpy().astype("datetime64[D]"), None
    return column.to_numpy(), None


def about_texts(export: Export) -> dict[str, str]:
    """Return what belongs to the export as a whole as texts, for a driver's metadata items."""
    about = {
        **export.about,
        "period": "/".join(export.about["period"]),
        "sources": ", ".join(source.id for source in export.sources),
    }
    return {name: value for name, value in about.items() if value}
