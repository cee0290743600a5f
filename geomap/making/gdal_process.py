"""Reads one vector file in a process of its own: `python -m geomap.making.gdal_process`.

A boundary file comes from strangers, and GDAL looks at its content to find out what it is: a file
that is called .geojson may hold a description by which GDAL reads other files or fetches addresses.
So `reading` starts this process with only the drivers of its list, and it gives itself limits of
memory. It reads a request from standard input and writes the answer to standard output, both JSON.
"""

from __future__ import annotations

import contextlib
import sys
from typing import Any

import orjson

MEMORY = 4 * 2**30
"""Bytes of address space that the process may use."""


def main() -> None:
    """Answer the request on standard input."""
    request = orjson.loads(sys.stdin.buffer.read())
    with contextlib.suppress(ImportError, ValueError, OSError):  # not every system has limits
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    answer = {"layers": _layers, "read": _read}[request.pop("task")]
    sys.stdout.buffer.write(orjson.dumps(_caught(answer, request)))


def _caught(answer: Any, request: dict[str, Any]) -> dict[str, Any]:
    from pyogrio.errors import DataLayerError, DataSourceError, FeatureError, GeometryError

    try:
        result: dict[str, Any] = answer(**request)
    except UnicodeDecodeError as error:
        return {"error": "encoding", "detail": f"{error.reason}, in {error.encoding}"}
    except LookupError as error:
        return {"error": "encoding", "detail": str(error)}
    except MemoryError:
        return {"error": "memory", "detail": ""}
    except ValueError as error:
        kind = "where" if request.get("where") and "SQL" in str(error) else "content"
        return {"error": kind, "detail": str(error)}
    except (DataSourceError, DataLayerError, FeatureError, GeometryError, RuntimeError) as error:
        return {"error": "content", "detail": str(error)}
    return result


def _layers(path: str) -> dict[str, Any]:
    import pyogrio

    layers = [(str(name), str(kind or "")) for name, kind in pyogrio.list_layers(path)]
    return {
        "layers": [
            {"name": name, "kind": kind, "columns": _columns(path, name)} for name, kind in layers
        ],
        "driver": pyogrio.read_info(path, layer=layers[0][0])["driver"] if layers else "",
    }


def _columns(path: str, layer: str) -> list[str]:
    import pyogrio

    return [str(name) for name in pyogrio.read_info(path, layer=layer)["fields"]]


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
