"""What lies beneath the regions, and the small map, as the browser gets them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any

import numpy as np
import shapely

from geomap.present import inset
from geomap.present.ground import labelled
from geomap.present.payload_values import CONTEXT_SCALE, geometry_of, iso, runs_of
from geomap.present.scene import outlines
from geomap.present.schema import ContextPayload, InsetPayload, TonePayload
from geomap.present.views import ContextView, Tone, View

WriteTone = Callable[[Tone], TonePayload]


def contexts(view: View, tone: WriteTone) -> Iterator[ContextPayload]:
    """Yield what is drawn beneath; a town is its name alone, and so is left out where it has none."""
    context = view.today.context
    places: dict[int, Any] = {}
    for kind, runs in (
        ("town", view.labels.towns),
        ("lake", view.labels.waters),
        ("country", view.labels.countries),
        ("line", view.labels.lines),
    ):
        places |= dict(zip(map(id, labelled(context, kind)), runs, strict=True))
    for one in context:
        named = places.get(id(one))
        if one.kind != "town" or any(run[1] for run in named or ()):
            yield _context(one, named, tone)


def _context(
    one: ContextView, runs: Iterable[Iterable[float]] | None, tone: WriteTone
) -> ContextPayload:
    town = one.kind == "town"
    payload: ContextPayload = {
        "kind": one.kind,
        "name": one.name if runs else "",
        "label": (one.label[1], one.label[0]) if one.label and runs else None,
        "places": runs_of(runs or ()),
        "geometry": None if town else geometry_of(one.geometry, CONTEXT_SCALE),
        "tone": None if one.tone is None else tone(one.tone),
    }
    if one.first or one.last:
        payload["days"] = iso(one.first or date.min), iso(one.last or date.max)
    return payload


def inset_of(drawn: inset.Inset) -> InsetPayload:
    """Return the small map as it was laid out."""
    left, top, right, bottom = drawn.frame
    return {
        "size": (drawn.width, drawn.height),
        "land": "".join(_path(ring) for one in drawn.land for ring in outlines(one)),
        "frame": (round(left, 1), round(top, 1), round(right, 1), round(bottom, 1)),
        "places": [
            {
                "name": place.name,
                "dot": (round(place.dot[0], 1), round(place.dot[1], 1)),
                "text": (round(place.text[0], 1), round(place.text[1], 1)),
                "anchor": place.anchor,
            }
            for place in drawn.places
        ],
        "letters": inset.LETTERS,
        "dot": inset.DOT,
    }


def _path(ring: shapely.Geometry) -> str:
    """A ring as path data: its first point, then each from the one before, in tenths of a pixel."""
    points = (shapely.get_coordinates(ring)[:-1] * 10).round().astype(int)
    (x, y), steps = points[0], np.diff(points, axis=0)
    moved = "".join(f"{dx}{'' if dy < 0 else ' '}{dy}" + " " for dx, dy in steps.tolist())
    return f"M{x} {y}l{moved.strip()}z".replace(" -", "-")
