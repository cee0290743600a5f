"""GeoParquet 1.1."""

from __future__ import annotations

import io
from typing import Any

import orjson

from geomap.formats.export import Export, Format, need

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
    types = _types(pyarrow)
    fields = [
        field.with_type(types[export.kinds[field.name]]) if field.name in export.kinds else field
        for field in table.schema
    ]
    metadata = {
        b"geo": table.schema.metadata[b"geo"],
        b"geomap": orjson.dumps(export.about),
    }
    out = io.BytesIO()
    table = table.cast(pyarrow.schema(fields)).replace_schema_metadata(metadata)
    parquet.write_table(table, out, compression="zstd")
    return out.getvalue()


def _types(pyarrow: Any) -> dict[str, Any]:
    """The type of each kind of column: a column of nothing but None has none of its own."""
    return {
        "text": pyarrow.string(),
        "list": pyarrow.list_(pyarrow.string()),
        "day": pyarrow.date32(),
        "number": pyarrow.float64(),
        **dict.fromkeys(("flag", "boolean"), pyarrow.bool_()),
    }


FORMAT = Format("parquet", "application/vnd.apache.parquet", TITLE, write, extra="formats")
