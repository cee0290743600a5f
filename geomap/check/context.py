"""What is drawn beneath the regions, checked: countries, areas, water, lines, towns, the inset."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date as Day
from typing import Any

import geopandas as gpd
import numpy as np

from geomap.check.features import Feature, in_degrees
from geomap.check.further import unread
from geomap.check.regions import LANGUAGE_COLUMN, names_of, read_rows, texts_of
from geomap.check.suggest import Names
from geomap.core.claims import Ledger
from geomap.core.dates import parse_day, parse_span
from geomap.core.geometry import CRS
from geomap.errors import Fault, quoted

_AREAS = ("Polygon", "MultiPolygon")
_LINES = ("LineString", "MultiLineString")
_GEOMETRIES = {
    "country": _AREAS,
    "area": _AREAS,
    "district": (*_AREAS, *_LINES),
    "lake": _AREAS,
    "line": (*_AREAS, *_LINES),
    "town": ("Point",),
    "inset": (*_AREAS, "Point"),
}
CONTEXT_KINDS = tuple(_GEOMETRIES)
_TONED = ("country", "area")
"""The kinds that may have an actor's tone."""
_PERIODIC = ("area", "district", "line")
"""The kinds that may be drawn on some days only."""
_COLUMNS = [
    *("kind", "name", "names", "rank", "label_lon", "label_lat", "actor", "date"),
    *("shown_from", "shown_to", "note", "source", "locator", "file", "geometry"),
]
_TEXTS = ("kind", "name", "actor", "date", "from", "to", "note", "source", "locator")
_TRANSLATED = ("name", "note", "locator")
_NOT_SHOWN = ("alt_name",)
"""For whoever reads the file."""
_READ = (*_TEXTS, *_NOT_SHOWN, "rank", "label_lon", "label_lat")
_DEGREES = {"label_lon": (-180.0, 180.0), "label_lat": (-90.0, 90.0)}


def read_context(files: dict[str, bytes]) -> tuple[gpd.GeoDataFrame, list[Fault]]:
    """Return what is drawn beneath, from `context/*.geojson` of `files`, and every fault.

    Columns: kind (one of CONTEXT_KINDS), name, names, rank (1 to 9, 1 is labelled first), label
    point (or NaN), actor whose colour tints it ("" for none), date (a Span: when what the note says
    came about; or None), shown_from and shown_to (the first and the last day on which it is drawn,
    or None), note and locator (by language, "" for the one without), source of the
    note, file (the name in `files`), geometry. CRS: EPSG:4326.
    """
    rows, faults = read_rows(files, "context/", _faults, _row)
    return gpd.GeoDataFrame(rows, columns=_COLUMNS, geometry="geometry", crs=CRS), faults


def unknown_names(context: gpd.GeoDataFrame, ledger: Ledger) -> Iterator[Fault]:
    """Yield a fault for each actor and source of the context that the tables do not have."""
    actors, sources = Names(ledger.actors), Names(ledger.sources)
    for row in context.itertuples():
        if row.actor and row.actor not in ledger.actors:
            hint = actors.hint(row.actor)
            message = f"there is no actor {quoted(row.actor)}; {hint}"
            yield Fault(row.file, None, "actor", message, value=row.actor)
        if row.source and row.source not in ledger.sources:
            hint = sources.hint(row.source)
            message = f"there is no source {quoted(row.source)}; {hint}"
            yield Fault(row.file, None, "source", message, value=row.source)


def _row(feature: Feature) -> dict[str, Any]:
    date = feature.text("date")
    return {
        "kind": feature.text("kind") or "line",
        "name": feature.text("name"),
        "names": names_of(feature),
        "rank": int(feature.value("rank", 1)),
        "label_lon": feature.value("label_lon", np.nan),
        "label_lat": feature.value("label_lat", np.nan),
        "actor": feature.text("actor"),
        "date": parse_span(date) if date else None,
        "shown_from": _day(feature, "from"),
        "shown_to": _day(feature, "to"),
        "note": texts_of(feature, "note"),
        "source": feature.text("source"),
        "locator": texts_of(feature, "locator"),
        "file": feature.file,
        "geometry": feature.geometry,
    }


def _faults(feature: Feature) -> list[Fault]:
    faults = list(feature.text_faults(LANGUAGE_COLUMN, _TEXTS))
    for prefix in ("note:", "locator:"):
        faults += feature.text_faults(prefix, ())
    kind = feature.text("kind")
    if kind and kind not in CONTEXT_KINDS and not faults:
        near = Names(CONTEXT_KINDS).meant(kind)
        hint = f"is {near!r} meant?" if near else f"use one of {', '.join(CONTEXT_KINDS)}"
        faults.append(feature.fault("kind", f"{quoted(kind)} is not drawn; {hint}"))
    takes = _GEOMETRIES.get(kind or "line", ())
    if feature.geometry is None or not in_degrees(feature.geometry):
        faults.append(feature.fault(None, "has a feature without a usable geometry"))
    elif takes and feature.geometry.geom_type not in takes:
        message = f"is a {feature.geometry.geom_type}; a {kind or 'line'} is a {' or '.join(takes)}"
        faults.append(feature.fault("geometry", message))
    rank = feature.properties.get("rank")
    if rank is not None and (isinstance(rank, bool) or rank not in range(1, 10)):
        message = "must be a whole number from 1 (labelled first) to 9"
        faults.append(feature.fault("rank", message))
    numbers = feature.number_faults(_DEGREES, "write degrees")
    faults += [*_tone_faults(feature), *_period_faults(feature)]
    return [*faults, *numbers, *unread(feature, _is_read)]


def _is_read(name: str) -> bool:
    return name in _READ or name.partition(":")[0] in _TRANSLATED


def _day(feature: Feature, name: str) -> Day | None:
    text = feature.text(name)
    return parse_day(text) if text else None


def _period_faults(feature: Feature) -> Iterator[Fault]:
    """Yield what is wrong with the days on which something is drawn."""
    kind = feature.text("kind") or "line"
    days = {}
    for name in ("from", "to"):
        if not feature.text(name):
            continue
        if kind in CONTEXT_KINDS and kind not in _PERIODIC:
            message = f"is only for {', '.join(_PERIODIC)}; a {kind} is drawn on all days"
            yield feature.fault(name, message)
            continue
        try:
            days[name] = _day(feature, name)
        except ValueError as error:
            yield feature.fault(name, str(error))
    first, last = days.get("from"), days.get("to")
    if first and last and last < first:
        yield feature.fault("to", f"{last} is before the first day, {first}")


def _tone_faults(feature: Feature) -> Iterator[Fault]:
    """Yield what is wrong with a tone: each is explained, and what explains it has a source."""
    kind = feature.text("kind")
    if feature.text("actor") and kind not in _TONED:
        message = f"gives a tone, which only a {' or an '.join(_TONED)} can have; leave it out"
        yield feature.fault("actor", message)
    if kind != "area":
        return
    note, source = texts_of(feature, "note"), feature.text("source")
    if note and not source:
        yield feature.fault("source", "is missing; say who says what the note says")
    if not note:
        for name in ("actor", "source", "date"):
            if feature.text(name):
                message = f"has no note beside it; say what the {name} is for in a note"
                yield feature.fault(name, message)
    if date := feature.text("date"):
        try:
            parse_span(date)
        except ValueError as error:
            yield feature.fault("date", str(error))
