"""FlatGeobuf, with a spatial index by which readers ask for the parts of the file they need."""

from __future__ import annotations

from geomap.formats.export import Export, Format
from geomap.formats.ogr import about_texts, write_file


def write(export: Export) -> bytes:
    """Return one layer; title, description and metadata in its header. The index sets the order."""
    return write_file(
        export,
        f"{export.layer}.fgb",
        "FlatGeobuf",
        layer_metadata=about_texts(export),
        layer_options={"TITLE": export.title, "DESCRIPTION": export.notes},
    )


FORMAT = Format("fgb", "application/vnd.flatgeobuf", "FlatGeobuf", write)
