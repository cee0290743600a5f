"""GeoPackage (OGC 12-128)."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from geomap.files import temporary_folder
from geomap.formats.export import Export, Format
from geomap.formats.ogr import about_texts, write_layer
from geomap.formats.styles.qml import write_qml
from geomap.formats.styles.rules import style_of
from geomap.formats.styles.sld import write_sld

# Where SQLite's header counts transactions (https://www.sqlite.org/fileformat.html, 1.3.7 and
# 1.3.13). GDAL needs one fewer if it opens and closes the file within a millisecond.
CHANGE_COUNTERS = (24, 92)
# As QGIS creates it. It is not among `gpkg_contents`, so other software takes it for no layer.
_STYLES_TABLE = """
CREATE TABLE layer_styles (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256),
  f_table_schema TEXT(256), f_table_name TEXT(256), f_geometry_column TEXT(256),
  styleName TEXT(30), styleQML TEXT, styleSLD TEXT, useAsDefault BOOLEAN, description TEXT,
  owner TEXT(30), ui TEXT(30), update_time DATETIME
)"""


def write(export: Export) -> bytes:
    """Return one layer; its description has the terms as one text, its metadata tables one entry each.

    `last_change` and the metadata's time are the day that the export speaks of, so that the same
    export gives the same bytes.
    """
    with temporary_folder() as folder:
        path = folder / f"{export.layer}.gpkg"
        write_layer(
            export.frame(),
            path,
            "GPKG",
            layer=export.layer,
            # Nothing here needs a newer version, and older software warns of one.
            dataset_options={"VERSION": "1.3"},
            layer_metadata=about_texts(export),
            layer_options={"IDENTIFIER": export.title, "DESCRIPTION": export.notes},
        )
        moment = f"{export.moment}T00:00:00.000Z"
        # Not GDAL's OGR_CURRENT_DATE, which would be set for all threads of the process.
        with closing(sqlite3.connect(path)) as database, database:
            database.execute(
                "UPDATE gpkg_contents SET last_change = ? WHERE table_name = ?",
                (moment, export.layer),
            )
            database.execute("UPDATE gpkg_metadata_reference SET timestamp = ?", (moment,))
            _add_style(database, export, moment)
        content = bytearray(path.read_bytes())
    for offset in CHANGE_COUNTERS:
        content[offset : offset + 4] = (1).to_bytes(4)
    return bytes(content)


def _add_style(database: sqlite3.Connection, export: Export, moment: str) -> None:
    """Add the table in which QGIS looks for the style of a layer that it opens."""
    sheet = style_of(export)
    if sheet is None:
        return
    database.execute(_STYLES_TABLE)
    database.execute(
        "INSERT INTO layer_styles VALUES (1, '', '', ?, 'geom', ?, ?, ?, 1, ?, '', NULL, ?)",
        (
            export.layer,
            "geomap",
            write_qml(sheet).decode(),
            write_sld(sheet).decode(),
            export.title,
            moment,
        ),
    )


FORMAT = Format("gpkg", "application/geopackage+sqlite3", "GeoPackage", write)
