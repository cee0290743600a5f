"""Zipped Shapefile, for software that takes nothing newer."""

from __future__ import annotations

from datetime import date

from geomap.formats.archive import zip_files
from geomap.formats.export import ROW_COLUMNS, Export, Format
from geomap.formats.ogr import write_files

CELL_BYTES = 254
_FIRST_DAY = date(1900, 1, 1)
FIELDS = {name: name for name in ROW_COLUMNS} | {
    "control_status": "status",
    "other_actors": "others",
    "previous_actor": "prev_actor",
    "handover_date": "hand_date",
    "handover_due": "hand_due",
    "handover_due_first": "due_first",
    "lies_within": "within",
    "consistent_sources": "consistent",
    "attribution": "attrib",
}


def write(export: Export) -> bytes:
    """Return a zip of .shp, .shx, .dbf, .prj, .cpg and README.txt.

    A field name has at most 10 characters and a cell at most 254 bytes: README.txt says which field
    is which, and holds every text that had to be cut in full.
    """
    frame = export.frame()
    cut: list[str] = []
    for name in ROW_COLUMNS:
        if frame[name].dtype == object:
            short = [_fit(value) for value in frame[name]]
            cut += [
                f"{id}, {FIELDS[name]}: {full}"
                for id, full, cut_text in zip(frame["id"], frame[name], short, strict=True)
                if full != cut_text
            ]
            frame[name] = short
    # In place of the time of writing; a .dbf counts its years from 1900.
    updated = max(export.as_of, _FIRST_DAY)
    files = write_files(
        frame.rename(columns=FIELDS),
        "regions.shp",
        "ESRI Shapefile",
        layer_options={"ENCODING": "UTF-8", "DBF_DATE_LAST_UPDATE": updated.isoformat()},
    )
    return zip_files({**files, "README.txt": _readme(export, cut).encode()})


def _readme(export: Export, cut: list[str]) -> str:
    parts = [
        export.notes,
        "Coordinates: WGS 84 longitude and latitude in degrees. Texts: UTF-8.",
        "\n".join(["Fields:", *(f"{short} = {name}" for name, short in FIELDS.items())]),
    ]
    if cut:
        parts.append("\n".join(["Texts too long for a cell, in full:", *cut]))
    return "\n\n".join(parts) + "\n"


def _fit(value: str | None) -> str | None:
    """As much of a text as a cell holds, never cutting a character in two."""
    if value is None:
        return None
    return value.encode()[:CELL_BYTES].decode(errors="ignore")


FORMAT = Format("shp.zip", "application/zip", "Shapefile", write)
