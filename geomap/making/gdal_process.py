"""Reads one vector file in a process of its own: `python -m geomap.making.gdal_process`.

A boundary file comes from strangers, and GDAL looks at its content to find out what it is: a file
that is called .geojson may hold a description by which GDAL reads other files or fetches addresses.
So `reading` starts this process with only the drivers of its list, and it gives itself limits of
memory. It reads a request from standard input and writes the answer to standard output, both JSON.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import orjson

MEMORY = 4 * 2**30
"""Bytes of address space that the process may use."""
MAX_COLUMNS = 1000
GUESS = "cp1252"
"""The encoding of texts that are not UTF-8 and do not say."""


NO_AREAS = ("Point", "MultiPoint", "LineString", "MultiLineString")
"""Layers of these kinds hold no areas; others may."""


def main() -> None:
    """Answer the request on standard input."""
    request = orjson.loads(sys.stdin.buffer.read())
    with contextlib.suppress(ImportError, ValueError, OSError):  # not every system has limits
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    sys.stdout.buffer.write(orjson.dumps(_answer(**request)))


def _answer(
    path: str, layer: str | None, where: str | None, encoding: str | None, most: int
) -> dict[str, Any]:
    """Return the file's driver and layers, and what the layer to read holds, or an error.

    `layer` may be left out where only one can hold areas. At most `most` features are read.
    """
    answer: dict[str, Any] = {}
    try:
        import pyogrio

        answer["layers"] = [(str(name), str(kind)) for name, kind in pyogrio.list_layers(path)]
        if chosen := _chosen(answer["layers"], layer):
            info = pyogrio.read_info(path, layer=chosen)
            answer |= {"driver": info["driver"], "chosen": chosen}
            answer["names"] = [str(name) for name in info["fields"]]
            if len(answer["names"]) > MAX_COLUMNS:
                return answer | {"error": "columns", "detail": f"{len(answer['names']):,}"}
            answer |= _content(path, chosen, where, encoding, most, info["driver"])
    except (UnicodeDecodeError, LookupError) as error:
        answer |= {"error": "encoding", "detail": str(error)}
    except MemoryError:
        answer |= {"error": "memory", "detail": ""}
    except Exception as error:  # whatever GDAL and its wrapper raise for a stranger's file
        kind = "where" if where and "SQL" in str(error) else "content"
        answer |= {"error": kind, "detail": str(error)}
    return answer


def _chosen(layers: list[tuple[str, str]], wanted: str | None) -> str | None:
    """Return the layer to read: the one wanted, else the only one that can hold areas."""
    if wanted is not None:
        return wanted if wanted in [name for name, _ in layers] else None
    areas = areal(layers)
    return areas[0] if len(areas) == 1 else None


def areal(layers: Iterable[tuple[str, str]]) -> list[str]:
    """Return the names of the layers (name and kind of geometry) that can hold areas."""
    return [
        name
        for name, kind in layers
        if kind and kind != "None" and kind.removesuffix(" Z") not in NO_AREAS
    ]


def _content(
    path: str, layer: str, where: str | None, encoding: str | None, most: int, driver: str
) -> dict[str, Any]:
    """Return coordinate system, columns and outlines of a layer.

    A Shapefile that does not say how its texts are encoded is read as UTF-8 where that goes, since
    most tools now write that and other text is hardly ever valid in it; else as `GUESS`.
    """
    if driver != "ESRI Shapefile" or encoding or Path(path).with_suffix(".cpg").exists():
        return _read(path, layer, where, encoding, most)
    try:
        return _read(path, layer, where, "UTF-8", most)
    except UnicodeDecodeError:
        return _read(path, layer, where, GUESS, most) | {"guessed": GUESS}


def _read(
    path: str, layer: str, where: str | None, encoding: str | None, most: int
) -> dict[str, Any]:
    from pyogrio.raw import read

    meta, _, outlines, columns = read(
        path,
        layer=layer,
        where=where,
        encoding=encoding,
        max_features=most,
        force_2d=True,
        datetime_as_string=True,
    )
    return {
        "crs": meta["crs"],
        "columns": {
            str(name): [_plain(value) for value in values.tolist()]
            for name, values in zip(meta["fields"], columns, strict=True)
        },
        "outlines": [None if one is None else bytes(one).hex() for one in outlines],
    }


def _plain(value: Any) -> Any:
    """Return a value as JSON can hold it; None for what is no text, number or true/false."""
    if isinstance(value, float):
        return None if value != value or value in (float("inf"), float("-inf")) else value
    return value if isinstance(value, str | int) and abs(_size(value)) < 2**53 else None


def _size(value: str | int) -> int:
    return 0 if isinstance(value, str) else value


if __name__ == "__main__":
    main()
