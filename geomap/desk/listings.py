"""What `geomap check` prints: lines for people, JSON, and the annotations of GitHub workflows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import orjson

from geomap.desk.checking import Checked
from geomap.desk.places import Places
from geomap.errors import Fault, listing, printable


def as_text(checked: Checked, dataset: str) -> Iterator[str]:
    """Yield a line for each fault and doubt, no more than a person would read."""
    yield from listing(checked.faults)


def as_json(checked: Checked, dataset: str) -> Iterator[str]:
    """Yield one JSON document with every fault and doubt, each with all that is known of it.

    `line` and `line_column` are where the fault is in its file as a text, from 1; null in a
    workbook, and where it is not in one place.
    """
    places = Places(checked.files)
    faults = []
    for fault in checked.faults:
        line, column = places.of(fault)
        faults.append(
            {
                "severity": "doubt" if fault.doubt else "fault",
                "file": printable(fault.file),
                "row": fault.row,
                "column": fault.column,
                "value": fault.value,
                "message": fault.message,
                "remedy": fault.remedy or None,
                "line": line,
                "line_column": column,
            }
        )
    document = {"dataset": dataset, "sound": checked.sound, "faults": faults}
    yield orjson.dumps(_encodable(document), option=orjson.OPT_INDENT_2).decode()


def as_github(checked: Checked, dataset: str) -> Iterator[str]:
    """Yield an annotation for each fault (error) and doubt (warning), at its line of its file."""
    places = Places(checked.files)
    for fault in checked.faults:
        line, column = places.of(fault)
        place = {"file": _path(dataset, fault), "line": line, "col": column, "title": _title(fault)}
        properties = ",".join(f"{k}={_property(str(v))}" for k, v in place.items() if v is not None)
        command = "warning" if fault.doubt else "error"
        yield f"::{command} {properties}::{_data(printable(fault.message))}"


LISTINGS = {"text": as_text, "json": as_json, "github": as_github}


def _path(dataset: str, fault: Fault) -> str:
    """Return the file of a fault as a path from where the command runs."""
    path = Path(dataset)
    return (path / printable(fault.file) if path.is_dir() else path).as_posix()


def _title(fault: Fault) -> str | None:
    where = [
        *([f"row {fault.row}"] if fault.row else []),
        *([fault.column] if fault.column else []),
    ]
    return printable(", ".join(where)) or None


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _encodable(value: object) -> object:
    """Return plain values whose texts can be written as UTF-8: lone surrogates are replaced."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return [_encodable(item) for item in value]
    if isinstance(value, dict):
        return {key: _encodable(item) for key, item in value.items()}
    return value
