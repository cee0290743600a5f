"""Reading GeoJSON documents into features, one fault for each that cannot be read.

Files are parsed as JSON here, never sniffed by GDAL: a file that only pretends to be GeoJSON could
otherwise make GDAL open other files or addresses.
"""

from __future__ import annotations

import json
import re
from codecs import BOM_UTF8
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import orjson
import shapely
from shapely.errors import ShapelyError
from shapely.geometry import shape

from geomap.check.values import is_language_tag, not_a_language, visible
from geomap.errors import Fault

_KEY_END = re.compile(rb'"\s*:')
_WGS84_NAMES = ("CRS84", "EPSG::4326", "EPSG:4326")


MAX_VALUE = 200
"""How much of a property's text a fault carries."""
MAX_PROPERTIES = 1000
"""Of a feature; and of the further ones of all regions, which are columns of one table."""


@dataclass(frozen=True)
class Feature:
    """A feature of a file: its properties, and its geometry, longitude first, None if unreadable.

    The feature's id is among the properties. `number` counts from 1; None where it is the only one.
    """

    file: str
    number: int | None
    properties: dict[str, Any]
    geometry: shapely.Geometry | None

    def fault(self, column: str | None, message: str) -> Fault:
        """Return a fault of this feature."""
        which = f" (feature {self.number})" if self.number else ""
        value = self.text(column)[:MAX_VALUE] if column in self.properties else None
        return Fault(self.file, None, column, message + which, value=value)

    def text(self, name: str) -> str:
        """Return a property as text, "" where it is absent or null."""
        value = self.properties.get(name)
        return "" if value is None else str(value)

    def value(self, name: str, default: float) -> float:
        """Return a property as a number, `default` where it is absent or null."""
        value = self.properties.get(name)
        return default if value is None else float(value)

    def text_faults(self, prefix: str, names: tuple[str, ...]) -> Iterator[Fault]:
        """Yield the faults of the properties that must be texts: `names`, and all with `prefix`."""
        for name, value in self.properties.items():
            if value is None or not (name in names or name.startswith(prefix)):
                continue
            if isinstance(value, bool | list | dict):
                yield self.fault(name, "must be a text")
                continue
            if name.startswith(prefix) and not is_language_tag(
                name.removeprefix(prefix).partition(":")[0]
            ):
                yield replace(
                    self.fault(name, not_a_language(name.removeprefix(prefix))), doubt=True
                )
            try:
                visible(str(value))
            except ValueError as error:
                yield self.fault(name, str(error))

    def number_faults(self, limits: dict[str, tuple[float, float]], hint: str) -> Iterator[Fault]:
        """Yield the faults of the properties that must be numbers within `limits`, if they exist."""
        for name, (low, high) in limits.items():
            value = self.properties.get(name)
            if value is None:
                continue
            if isinstance(value, bool) or not isinstance(value, int | float):
                yield self.fault(name, "must be a number")
            elif not low <= value <= high:
                yield self.fault(name, f"is {value:g}; {hint}")


def read_features(files: dict[str, bytes], folder: str, faults: list[Fault]) -> Iterator[Feature]:
    """Yield the features of a folder's files in `files` (name to content); add to `faults`."""
    for file in sorted(name for name in files if name.startswith(folder)):
        yield from _read(file, files[file], faults)


def _read(file: str, content: bytes, faults: list[Fault]) -> Iterator[Feature]:
    try:
        document = orjson.loads(content.removeprefix(BOM_UTF8))
        repeated = _repeated_keys(content, document)
    except orjson.JSONDecodeError as error:
        faults.append(Fault(file, None, None, _not_json(content, error)))
        return
    except (MemoryError, RecursionError):
        faults.append(Fault(file, None, None, "is too large or too deep to read; simplify it"))
        return
    for key in sorted(repeated):
        faults.append(Fault(file, None, key, "stands twice in one object; keep one of the two"))
    kind = document.get("type") if isinstance(document, dict) else None
    if kind not in ("Feature", "FeatureCollection"):
        message = "is not GeoJSON; it must be a Feature or a FeatureCollection"
        faults.append(Fault(file, None, "type", message))
        return
    if not _is_wgs84(document.get("crs")):
        message = "is not in longitude and latitude (WGS 84); reproject it to EPSG:4326"
        faults.append(Fault(file, None, "crs", message))
        return
    features = document.get("features", []) if kind == "FeatureCollection" else [document]
    if not isinstance(features, list) or not features:
        faults.append(Fault(file, None, "features", "holds no feature"))
        return
    for number, feature in enumerate(features, start=1):
        if not isinstance(feature, dict) or not isinstance(feature.get("properties") or {}, dict):
            faults.append(Fault(file, None, "features", "holds something that is not a feature"))
            continue
        properties = dict(feature.get("properties") or {})
        if len(properties) > MAX_PROPERTIES:
            message = f"are {len(properties):,}; a feature takes at most {MAX_PROPERTIES:,}"
            faults.append(Fault(file, None, "properties", message))
            continue
        if properties.get("id") is None:
            properties["id"] = feature.get("id")
        place = number if len(features) > 1 else None
        yield Feature(file, place, properties, _geometry(feature.get("geometry")))


def _is_wgs84(crs: Any) -> bool:
    """Return whether the member `crs` of older GeoJSON, if there is one, names WGS 84."""
    try:
        return not crs or any(name in str(crs) for name in _WGS84_NAMES)
    except RecursionError:  # lists within lists
        return False


def _not_json(content: bytes, error: orjson.JSONDecodeError) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return "is not JSON in UTF-8; save it as UTF-8"
    if text.lstrip().startswith("<"):
        return "is not JSON but XML; export it as GeoJSON"
    return f"is not JSON: {error}"


def _repeated_keys(content: bytes, document: Any) -> set[str]:
    """Return the keys that stand twice in one object, of which JSON readers take the last.

    Every key of the document is a quotation mark before a colon in the file. Only where there are
    more of those is the file read again, slowly; texts that hold such a pair are the other reason.
    """
    if len(_KEY_END.findall(content)) <= _count_keys(document):
        return set()
    repeated: set[str] = set()

    def collect(pairs: list[tuple[str, Any]]) -> None:
        seen: set[str] = set()
        for key, _ in pairs:
            (repeated if key in seen else seen).add(key)

    json.loads(content.removeprefix(BOM_UTF8), object_pairs_hook=collect)
    return repeated


def _count_keys(value: Any) -> int:
    """Return the number of keys of all objects in a document, lists of numbers left out."""
    if isinstance(value, dict):
        return len(value) + sum(map(_count_keys, value.values()))
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return sum(map(_count_keys, value))
    return 0


def _geometry(member: Any) -> shapely.Geometry | None:
    """Return the geometry of a feature, or None where it is no GeoJSON geometry."""
    try:
        return _simple_polygon(member) or (shapely.force_2d(shape(member)) if member else None)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError, ShapelyError):
        return None
    except (MemoryError, RecursionError):
        return None


def _simple_polygon(member: Any) -> shapely.Polygon | None:
    """Return a polygon of well-formed rings, much faster than `shape` does; None for all else."""
    if not isinstance(member, dict) or member.get("type") != "Polygon":
        return None
    try:
        rings = [np.array(ring) for ring in member.get("coordinates") or ()]
    except ValueError:  # positions of different lengths
        return None
    if not rings or not all(r.ndim == 2 and r.dtype.kind in "if" and len(r) > 3 for r in rings):
        return None
    outer, *holes = [shapely.linearrings(ring[:, :2]) for ring in rings]
    return shapely.polygons(outer, holes=holes or None)


def in_degrees(geometry: shapely.Geometry) -> bool:
    """Return whether a geometry has coordinates, and all are longitudes and latitudes."""
    coordinates = shapely.get_coordinates(geometry)
    if not len(coordinates) or not np.isfinite(coordinates).all():
        return False
    return bool((np.abs(coordinates) <= [180, 90]).all())
