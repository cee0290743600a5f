"""GeoParquet 1.1."""

from __future__ import annotations

import io
from typing import Any

import orjson

from geomap.formats.export import FLAGS, LISTS, ROW_COLUMNS, Export, Format, need

TITLE = "GeoParquet"


def write(export: Export) -> bytes:
    """Return a file with WKB geometry, a bbox column to filter by, and `LISTS` as list<string>.

    What belongs to the export as a whole is JSON under the key `geomap` of the file's metadata.
    """
    pyarrow = need("pyarrow", TITLE)
    parquet = need("pyarrow.parquet", TITLE)
    first = io.BytesIO()
    frame = export.frame(joined=False)
    frame.to_parquet(first, index=False, schema_version="1.1.0", write_covering_bbox=True)
    table = parquet.read_table(io.BytesIO(first.getvalue()))
    fields = [field.with_type(_type(pyarrow, field)) for field in table.schema]
    metadata = {
        b"geo": table.schema.metadata[b"geo"],
        b"geomap": orjson.dumps(export.about),
    }
    out = io.BytesIO()
    table = table.cast(pyarrow.schema(fields)).replace_schema_metadata(metadata)
    parquet.write_table(table, out, compression="zstd")
    return out.getvalue()


def _type(pyarrow: Any, field: Any) -> Any:
    """The column's type by its name: a column of nothing but None has none of its own."""
    if field.name in LISTS:
        return pyarrow.list_(pyarrow.string())
    if field.name in FLAGS:
        return pyarrow.bool_()
    return pyarrow.string() if field.name in ROW_COLUMNS else field.type


FORMAT = Format("parquet", "application/vnd.apache.parquet", TITLE, write, extra="formats")
