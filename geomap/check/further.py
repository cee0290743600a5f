"""The further properties of regions, which exports pass on: what can be, and what cannot."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import geopandas as gpd

from geomap.check.features import MAX_PROPERTIES, Feature
from geomap.check.public_ids import PUBLIC_IDS, public_id
from geomap.check.values import visible
from geomap.core.further import NAME, TAKEN, kinds_of
from geomap.errors import Fault, quoted

IsRead = Callable[[str], bool]
"""Whether a property is one of those that we read ourselves."""


def further_of(feature: Feature, is_read: IsRead) -> dict[str, Any]:
    """Return the further properties of a feature that can be passed on."""
    return {
        name: value
        for name, value in _further(feature, is_read)
        if not _cannot_pass_on(name, value)
    }


def further_faults(feature: Feature, is_read: IsRead) -> Iterator[Fault]:
    """Yield what is wrong with the further properties of a feature; a doubt where one is left out."""
    for name, value in _further(feature, is_read):
        own = name.casefold()
        if own in ("id", "name") and not feature.text(own).strip():
            continue  # `ID` in place of `id`: what is missing is reported, and that is one mistake.
        if own in TAKEN:
            message = "is a name that exports give to a column of their own; rename the property"
            yield feature.fault(name, message)
        elif name in PUBLIC_IDS:
            try:
                public_id(name)(str(value))
            except ValueError as error:
                yield feature.fault(name, str(error))
        elif reason := _cannot_pass_on(name, value):
            yield replace(feature.fault(name, f"is not passed on: it {reason}"), doubt=True)


def unread(feature: Feature, is_read: IsRead) -> Iterator[Fault]:
    """Yield a doubt for each property of a feature that is passed on by nothing."""
    for name in feature.properties:
        if name != "id" and feature.properties[name] is not None and not is_read(name):
            message = "is not read, and not passed on; remove it, or name it as the guide does"
            yield replace(feature.fault(name, message), doubt=True)


def unlike(regions: gpd.GeoDataFrame) -> Iterator[Fault]:
    """Yield what is wrong with the further properties of the regions as columns of one table."""
    files: dict[str, str] = {}
    for file, row in zip(regions["file"], regions["further"], strict=True):
        for name in row:
            files.setdefault(name, file)
    if len(files) > MAX_PROPERTIES:
        message = (
            f"are {len(files):,} different ones in all regions, and exports have a column for "
            f"each; at most {MAX_PROPERTIES:,} can be passed on"
        )
        yield Fault("regions/", None, "properties", message)
        return
    kinds = kinds_of(regions["further"])
    spellings: dict[str, str] = {}
    for name, file in files.items():
        other = spellings.setdefault(name.casefold(), name)
        if other != name:
            message = f"differs from {quoted(other)} in capitals only; write both alike"
            yield Fault(file, None, name, message)
        if len(kinds[name]) > 1:
            message = (
                f"is {' here and '.join(sorted(kinds[name]))} there, so exports have it as text; "
                "write it alike in every region"
            )
            yield Fault(file, None, name, message, doubt=True)


def _further(feature: Feature, is_read: IsRead) -> Iterator[tuple[str, Any]]:
    for name, value in feature.properties.items():
        if value is not None and not is_read(name):
            # Some registers number what they list; that is no quantity.
            yield name, str(value) if name in PUBLIC_IDS and type(value) is int else value


def _cannot_pass_on(name: str, value: Any) -> str:
    """Return why a further property cannot stand in every format, "" where it can."""
    if not NAME.fullmatch(name):
        return "has a name that not every format can hold; write letters, digits, _ . : -"
    if not isinstance(value, str | bool | int | float):
        return f"is a {'list' if isinstance(value, list) else 'group'}; write a text or a number"
    try:
        visible(str(value))
    except ValueError as error:
        return str(error)
    return ""
