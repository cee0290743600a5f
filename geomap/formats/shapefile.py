"""Zipped Shapefile, for software that takes nothing newer."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from geomap.formats.archive import zip_files
from geomap.formats.export import ROW_COLUMNS, Export, Format
from geomap.formats.ogr import write_files

CELL_BYTES = 254
_FIRST_DAY = date(1900, 1, 1)
_FIELD_LENGTH = 10
_PARTS = {"Polygon": "areas", "LineString": "lines", "Point": "points"}
FIELDS = {name: name for name in (*ROW_COLUMNS, "valid_from", "reported")} | {
    "control_status": "status",
    "other_actors": "others",
    "previous_actor": "prev_actor",
    "handover_date": "hand_date",
    "handover_due": "hand_due",
    "handover_due_first": "due_first",
    "lies_within": "within",
    "consistent_sources": "consistent",
    "claimed_by_sources": "claim_srcs",
    "attribution": "attrib",
    "disputed_dates": "disp_dates",
    "disputed_since": "disp_since",
}
_OWN_FIELDS = {name.lower() for name in FIELDS.values()}


def write(export: Export) -> bytes:
    """Return a zip of .shp, .shx, .dbf, .prj, .cpg and README.txt.

    A Shapefile has outlines of one kind, so of a table with several there is one for each: the
    layer's name with -areas, -lines and -points behind it. A field name has at most 10 characters
    and a cell at most 254 bytes: README.txt says which field is which, and holds every text that
    had to be cut in full.
    """
    frame = export.frame()
    fields = field_names(export.columns)
    cut: list[str] = []
    for name in export.columns:
        if frame[name].dtype == object:
            short = [_fit(value) for value in frame[name]]
            cut += [
                f"{id}, {fields[name]}: {full}"
                for id, full, cut_text in zip(export.ids, frame[name], short, strict=True)
                if full != cut_text
            ]
            frame[name] = short
    # In place of the time of writing; a .dbf counts its years from 1900.
    updated = max(export.moment, _FIRST_DAY)
    options = {"ENCODING": "UTF-8", "DBF_DATE_LAST_UPDATE": updated.isoformat()}
    frame = frame.rename(columns=fields)
    kinds = frame.geom_type.str.removeprefix("Multi").map(_PARTS)
    files: dict[str, bytes] = {}
    for kind in sorted(set(kinds)) or ["areas"]:
        name = f"{export.layer}.shp" if kinds.nunique() < 2 else f"{export.layer}-{kind}.shp"
        part = frame[kinds == kind]
        files |= write_files(part, name, "ESRI Shapefile", layer_options=options)
    return zip_files({**files, "README.txt": _readme(export, fields, cut).encode()})


def field_names(columns: Iterable[str]) -> dict[str, str]:
    """Return a field name of at most ten plain characters for each column, no two alike.

    The names of `FIELDS` stay; of others, what is too long is cut and numbered.
    """
    names: dict[str, str] = {}
    for column in columns:
        plain = FIELDS.get(column) or re.sub(r"[^A-Za-z0-9_]", "_", column)
        name, number = plain[:_FIELD_LENGTH], 1
        taken = {other.lower() for other in names.values()}
        while name.lower() in taken or (column not in FIELDS and name.lower() in _OWN_FIELDS):
            number += 1
            name = f"{plain[: _FIELD_LENGTH - len(str(number)) - 1]}_{number}"
        names[column] = name
    return names


def _readme(export: Export, fields: dict[str, str], cut: list[str]) -> str:
    parts = [
        export.notes,
        "Coordinates: WGS 84 longitude and latitude in degrees. Texts: UTF-8.",
        "\n".join(["Fields:", *(f"{short} = {name}" for name, short in fields.items())]),
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
