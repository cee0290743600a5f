"""What lies beneath the regions of a picture, and the lines over them."""

from __future__ import annotations

from typing import Any

import shapely

from geomap.picture.style import Style, fill
from geomap.present.looks import LINE, PLAIN_LAND
from geomap.present.scene import Frame, Item, Shape, outlines
from geomap.present.views import ContextView, DayView


def ground(style: Style, view: DayView, frame: Frame) -> tuple[list[Item], list[Item]]:
    """Return what is drawn under the regions, and the lines over them."""
    theme, scale = style.theme, style.scale
    strokes: dict[str, dict[str, Any]] = {
        "country": {"stroke": theme.border, "stroke_width": 1.5 * scale},
        "district": {"stroke": theme.district, "stroke_width": 1 * scale},
        "lake": {"fill": theme.water, "stroke": theme.shore, "stroke_width": 0.8 * scale},
        "line": {
            "stroke": style.colour(LINE.outline.colour),
            "stroke_width": LINE.outline.width * scale,
            "dash": tuple(length * scale for length in LINE.outline.dash),
        },
    }
    edge = _known_area(view, frame)
    drawn: dict[str, list[Item]] = {kind: [] for kind in strokes}
    tints: list[Item] = []
    areas: list[Item] = []
    for one in view.context:
        part = frame.clip(one.geometry, margin=6)
        if one.kind == "town" or not one.is_drawn_on(view.date) or shapely.is_empty(part):
            continue
        look = _look(one, view)
        if look:
            toned = Shape(part, fill(style, look)["fill"])
            (areas if one.kind == "area" else tints).append(toned)
        if one.kind in strokes:
            shown = _borders(part, edge) if one.kind == "country" else part
            drawn[one.kind].append(Shape(shown, **strokes[one.kind]))
    beneath = [*tints, *areas, *drawn["country"], *drawn["district"], *drawn["lake"]]
    return beneath, drawn["line"]


def _look(one: ContextView, view: DayView) -> Any:
    """How land outside the regions looks; an area without a tone is plain, in a tinted country too."""
    return one.look_on(view.date) or (PLAIN_LAND if one.kind == "area" else None)


def _known_area(view: DayView, frame: Frame) -> shapely.Geometry:
    """The box in which countries are known; none of its sides is a border."""
    countries = [one.geometry for one in view.context if one.kind == "country"]
    whole = frame.project(shapely.envelope(shapely.geometrycollections(countries)))
    inner = whole.buffer(-1, join_style="mitre")
    return whole if inner.is_empty else inner


def _borders(country: shapely.Geometry, edge: shapely.Geometry) -> shapely.Geometry:
    """A country's borders; where the data end it is cut off, and that is no border."""
    lines = shapely.multilinestrings([shapely.LineString(ring) for ring in outlines(country)])
    return shapely.clip_by_rect(lines, *edge.bounds)
