"""A stranger's boundary file, read with an allow-list of drivers and limits of size."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from geomap.errors import BadSetting, quoted, short
from geomap.files import temporary_folder
from geomap.making.gdal_process import MAX_COLUMNS, areal

DRIVERS = (
    *("ESRI Shapefile", "FlatGeobuf", "GML", "GPKG", "GeoJSON", "GeoJSONSeq", "JSONFG", "KML"),
    *("LIBKML", "MapInfo File", "OpenFileGDB", "TopoJSON"),
)
"""What GDAL may take a file for: formats that hold their features, and do not lead to others."""
ENDINGS = (
    *(".gpkg", ".shp", ".geojson", ".json", ".geojsonl", ".geojsons", ".jsonfg", ".topojson"),
    *(".fgb", ".kml", ".gml", ".gdb", ".tab", ".mif"),
)
_DRIVERS_OWN = {
    "GML": ("gml_id", "fid"),
    "LIBKML": (
        *("id", "timestamp", "begin", "end", "altitudeMode", "tessellate", "extrude"),
        *("visibility", "drawOrder", "icon"),
    ),
}
"""Columns that a driver adds to those of the file."""
_NO_NETWORK = {
    "GML_DOWNLOAD_SCHEMA": "NO",
    "GDAL_HTTP_PROXY": "http://127.0.0.1:0",
    "GDAL_HTTPS_PROXY": "http://127.0.0.1:0",
}
"""GML may name a schema on the web. A proxy that cannot be reached keeps all else from there."""
MAX_BYTES = 512 * 2**20
"""Of a file, and of all that a zip unpacks to."""
MAX_REGIONS = 20_000
MAX_SECONDS = 300
_MAX_MEMBERS = 1000
_OPTION = "--regions"


@dataclass(frozen=True)
class Layer:
    """A layer of a file: one outline a feature as WKB or None, and the columns by name.

    `crs` is the coordinate reference system as the file gives it, None where it gives none.
    """

    name: str
    crs: str | None
    outlines: list[bytes | None]
    columns: dict[str, list[Any]]
    notes: list[str] = field(default_factory=list)


def read_layer(
    file: str | os.PathLike[str],
    layer: str | None = None,
    where: str | None = None,
    encoding: str | None = None,
) -> Layer:
    """Return a layer of a vector file, or of one in a zip.

    `layer` may be left out where the file has only one that can hold areas. `where` is a condition
    as GDAL takes it (OGR SQL). `encoding` is that of the texts of a Shapefile that does not say.
    Raises BadSetting with a sentence where it cannot be read.
    """
    with _unpacked(Path(file), layer) as path:
        request = {"path": str(path), "layer": layer, "where": where, "encoding": encoding}
        if layer == path.stem and Path(file).suffix.lower() == ".zip":
            request["layer"] = None  # It named a file of the zip.
        answer = _ask(request | {"most": MAX_REGIONS + 1})
    if "chosen" not in answer:
        raise _no_layer(answer["layers"], request["layer"], file)
    name, driver, outlines = answer["chosen"], answer["driver"], answer["outlines"]
    if driver not in DRIVERS:
        raise BadSetting(_OPTION, _unknown(file))
    if len(outlines) > MAX_REGIONS:
        message = f"holds more than {MAX_REGIONS} features; choose some with --where"
        raise BadSetting(_OPTION, message)
    if not outlines and where:
        message = f"no feature of {quoted(name)} is {where}; {_columns(answer['names'])}"
        raise BadSetting("--where", message)
    if not outlines:
        raise BadSetting(_OPTION, f"the layer {quoted(name)} holds no feature")
    notes = []
    if guess := answer.get("guessed"):
        notes.append(
            "The file does not say how its texts are encoded, and it is not UTF-8: they were read "
            f"as {guess}. If names look wrong, give --encoding."
        )
    own = _DRIVERS_OWN.get(driver, ())
    columns = {name: values for name, values in answer["columns"].items() if name not in own}
    shapes = [None if one is None else bytes.fromhex(one) for one in outlines]
    return Layer(name, answer["crs"], shapes, columns, notes)


def _no_layer(
    layers: list[tuple[str, str]], wanted: str | None, file: str | os.PathLike[str]
) -> BadSetting:
    """Return why no layer was read."""
    if not layers:
        return BadSetting(_OPTION, _unknown(file))
    if wanted is not None:
        names = ", ".join(quoted(name) for name, _ in layers)
        return BadSetting("--layer", f"there is no layer {quoted(wanted)}; there are: {names}")
    if areas := areal(layers):
        several = ", ".join(map(quoted, areas))
        return BadSetting("--layer", f"the file has several layers; name one of them: {several}")
    kinds = ", ".join(f"{quoted(name)} ({kind})" for name, kind in layers)
    return BadSetting(_OPTION, f"has no layer of areas: {kinds}")


def _ask(request: dict[str, Any]) -> dict[str, Any]:
    """Return the answer of a process that has only the drivers of the list. Raises BadSetting."""
    import pyogrio

    skipped = ",".join(sorted(set(pyogrio.list_drivers()) - set(DRIVERS)))
    path = os.pathsep.join(place for place in sys.path if place)
    try:
        run = subprocess.run(
            # -P: what lies in the folder that somebody stands in is not taken for a library.
            [sys.executable, "-P", "-m", "geomap.making.gdal_process"],
            input=orjson.dumps(request),
            capture_output=True,
            timeout=MAX_SECONDS,
            check=False,
            env={**os.environ, **_NO_NETWORK, "GDAL_SKIP": skipped, "PYTHONPATH": path},
        )
    except subprocess.TimeoutExpired:
        raise BadSetting(_OPTION, f"took more than {MAX_SECONDS} s to read") from None
    if run.returncode or not run.stdout:
        raise BadSetting(_OPTION, "cannot be read: GDAL gave up, perhaps for want of memory")
    answer: dict[str, Any] = orjson.loads(run.stdout)
    if error := answer.get("error"):
        raise _SENTENCES[error](answer["detail"], answer.get("names", []))
    return answer


def _bad_where(detail: str, columns: list[str]) -> BadSetting:
    message = (
        "is not a condition that GDAL understands; write it as \"TYPE\" = 'district' AND POP > 1000"
    )
    return BadSetting("--where", f"{message}; {_columns(columns)}")


def _bad_content(detail: str, columns: list[str]) -> BadSetting:
    reason = "" if "not recognized" in detail else detail.splitlines()[0] if detail else ""
    message = f"cannot be read as a boundary file{reason and f' ({short(reason)})'}"
    return BadSetting(_OPTION, f"{message}; {_TAKEN}")


def _bad_encoding(detail: str, columns: list[str]) -> BadSetting:
    return BadSetting(
        "--encoding",
        f"the texts cannot be read ({detail}); give the encoding of the file, such as cp1251",
    )


def _many_columns(detail: str, columns: list[str]) -> BadSetting:
    message = f"has {detail} columns; at most {MAX_COLUMNS:,} are read. Leave some out"
    return BadSetting(_OPTION, message)


def _no_memory(detail: str, columns: list[str]) -> BadSetting:
    return BadSetting(_OPTION, "needs too much memory; simplify it, or choose with --where")


_SENTENCES: dict[str, Callable[[str, list[str]], BadSetting]] = {
    "where": _bad_where,
    "content": _bad_content,
    "encoding": _bad_encoding,
    "memory": _no_memory,
    "columns": _many_columns,
}
_TAKEN = "give a GeoPackage, Shapefile (also zipped), GeoJSON, FlatGeobuf, KML, GML or the like"


def _columns(columns: list[str]) -> str:
    return f"the columns are: {', '.join(columns)}" if columns else "the layer has no columns"


def _unknown(file: str | os.PathLike[str]) -> str:
    return f"{quoted(os.fspath(file))} is no boundary file that can be read here; {_TAKEN}"


@contextmanager
def _unpacked(file: Path, layer: str | None) -> Iterator[Path]:
    """Yield the path of the file, or of the boundary file in a zip, which is unpacked for a while."""
    try:
        if not file.exists():
            raise BadSetting(_OPTION, f"there is no file {quoted(os.fspath(file))}")
        if file.is_dir() and file.suffix.lower() != ".gdb":
            raise BadSetting(_OPTION, f"{quoted(os.fspath(file))} is a folder; give a file in it")
        size = file.stat().st_size
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "the name is not valid"
        raise BadSetting(_OPTION, f"cannot be read: {reason}") from None
    if size > MAX_BYTES:
        raise BadSetting(_OPTION, _too_large(size))
    if file.is_dir() or not zipfile.is_zipfile(file):
        # Without its index a Shapefile cannot be opened, and GDAL's own sentence is hard to read.
        if file.suffix.lower() == ".shp" and not file.with_suffix(".shx").exists():
            message = f"{file.name} lacks its .shx file; give all files of the Shapefile, or a zip"
            raise BadSetting(_OPTION, message)
        yield file.absolute()
        return
    with temporary_folder() as folder:
        _unpack(file, folder)
        yield _only_file(folder, layer)


def _too_large(size: int) -> str:
    most = MAX_BYTES // 2**20
    return f"is {size // 2**20} MB large; at most {most} MB are read. Simplify it, or cut it down"


def _unpack(file: Path, folder: Path) -> None:
    try:
        with zipfile.ZipFile(file) as archive:
            members = [one for one in archive.infolist() if not one.is_dir()]
            if len(members) > _MAX_MEMBERS:
                raise BadSetting(_OPTION, f"is a zip of more than {_MAX_MEMBERS} files")
            if (size := sum(one.file_size for one in members)) > MAX_BYTES:
                raise BadSetting(_OPTION, f"unpacked it {_too_large(size)}")
            room = MAX_BYTES
            for member in members:
                parts = [part for part in Path(member.filename).parts if part not in ("..", "/")]
                path = folder.joinpath(*parts)
                path.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(member) as source, path.open("wb") as target:
                    shutil.copyfileobj(_Limited(source, room), target)
                room -= path.stat().st_size
    except (OSError, RuntimeError, ValueError, NotImplementedError, zipfile.BadZipFile) as error:
        raise BadSetting(_OPTION, f"is a zip that cannot be unpacked: {error}") from None


class _Limited:
    """A stream that ends in an error where it is longer than its zip says."""

    def __init__(self, stream: Any, room: int) -> None:
        self._stream, self._room = stream, room

    def read(self, size: int = -1) -> bytes:
        data: bytes = self._stream.read(size)
        self._room -= len(data)
        if self._room < 0:
            raise ValueError("it is larger than it says")
        return data


def _only_file(folder: Path, layer: str | None) -> Path:
    """Return the one boundary file in a folder; of several, the one that is named as the layer."""
    files = sorted(
        path
        for path in folder.rglob("*")
        if path.suffix.lower() in ENDINGS and "__MACOSX" not in path.parts
    )
    if len(files) > 1 and layer is not None:
        files = [path for path in files if path.stem == layer] or files
    if len(files) == 1:
        return files[0]
    if not files:
        raise BadSetting(_OPTION, f"is a zip without a boundary file; {_TAKEN}")
    names = ", ".join(quoted(path.stem) for path in files)
    raise BadSetting("--layer", f"the zip has several boundary files; name one of them: {names}")


def geometries(layer: Layer) -> np.ndarray[Any, Any]:
    """Return the outlines of a layer as geometries; None where one is missing or unreadable."""
    import shapely

    result: np.ndarray[Any, Any] = shapely.from_wkb(layer.outlines, on_invalid="ignore")
    return result
