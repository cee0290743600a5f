"""A style for MapLibre GL: the regions in their looks over the map's own ground."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from html import escape
from typing import Any

import orjson

from geomap.core.dataset import Dataset, text_in
from geomap.formats.styles.rules import Rule, StyleSheet, Value
from geomap.formats.styles.sprite import hatched
from geomap.picture.style import fill, stroke
from geomap.present.looks import LINE, tint_of, tone_of

Node = dict[str, Any]
_GROUND, _REGIONS = "context", "regions"


def write_maplibre(
    sheet: StyleSheet, dataset: Dataset, addresses: Mapping[str, str], day: date
) -> bytes:
    """Return a style as JSON (MapLibre style specification, version 8).

    `addresses` are those of the data (`regions` and `context`, as GeoJSON) and of the hatches'
    `sprite`, without its ending. Of the context only what is drawn on `day` is shown.
    """
    west, south, east, north = dataset.bounds
    # MapLibre puts it on the page as HTML.
    credit = escape(
        f"{text_in(dataset.meta.attribution, sheet.lang)} · {dataset.meta.licence.name}"
    )
    style: Node = {
        "version": 8,
        "name": sheet.title,
        "center": [round((west + east) / 2, 4), round((south + north) / 2, 4)],
        "zoom": dataset.meta.view.min_zoom if dataset.meta.view else 6,
        "sources": {
            name: {"type": "geojson", "data": addresses[name], "attribution": credit}
            for name in (_GROUND, _REGIONS)
        },
        "sprite": addresses["sprite"],
        "layers": [
            *_ground(sheet, day),
            *_regions(sheet),
            *_lines(sheet, day),
        ],
    }
    if not any(hatched(sheet)):
        del style["sprite"]
    return orjson.dumps(style)


def _ground(sheet: StyleSheet, day: date) -> Iterator[Node]:
    """The land and water beneath the regions."""
    theme, drawing = sheet.drawing.theme, sheet.drawing
    # What the countries leave free is sea.
    yield {"id": "sea", "type": "background", "paint": {"background-color": theme.water}}
    tints = {id: fill(drawing, tint_of(id))["fill"] for id in drawing.actors}
    yield _area("countries", "country", {"fill-color": _by_actor(tints, theme.land)})
    tones = {id: fill(drawing, tone_of(id))["fill"] for id in drawing.actors}
    areas = _area("areas", "area", {"fill-color": _by_actor(tones, theme.land)})
    yield _drawn_on(areas, day)
    water = {"fill-color": theme.water, "fill-outline-color": theme.shore}
    yield _area("lakes", "lake", water)
    districts = _line("districts", "district", {"line-color": theme.district, "line-width": 1})
    yield _drawn_on(districts, day)
    yield _line("borders", "country", {"line-color": theme.border, "line-width": 1.2})


def _lines(sheet: StyleSheet, day: date) -> Iterator[Node]:
    """The lines that lie over the regions."""
    yield _drawn_on(_line("lines", "line", _stroke(stroke(sheet.drawing, LINE.outline))), day)


def _drawn_on(layer: Node, day: date) -> Node:
    """Return a layer of what is drawn on a day; texts of days compare as the days do."""
    first, last = (["coalesce", ["get", name], str(day)] for name in ("valid_from", "valid_to"))
    within = [["<=", first, str(day)], [">=", last, str(day)]]
    return {**layer, "filter": ["all", layer["filter"], *within]}


def _by_actor(colours: Mapping[str, str], other: str) -> Any:
    if not colours:
        return other
    pairs = [part for id, colour in colours.items() for part in (id, colour)]
    return ["match", ["coalesce", ["get", "actor"], ""], *pairs, other]


def _area(id: str, kind: str, paint: Node) -> Node:
    return {"id": id, "type": "fill", "source": _GROUND, "filter": _kind(kind), "paint": paint}


def _line(id: str, kind: str, paint: Node) -> Node:
    return {"id": id, "type": "line", "source": _GROUND, "filter": _kind(kind), "paint": paint}


def _kind(kind: str) -> Any:
    return ["==", ["get", "kind"], kind]


def _regions(sheet: StyleSheet) -> Iterator[Node]:
    outlines = []
    for number, rule in enumerate(sheet.rules, 1):
        drawn = fill(sheet.drawing, rule.look)
        name = f"look-{number}"
        shared: Node = {
            "source": _REGIONS,
            "metadata": {"geomap:legend": rule.label},
            "filter": _filter(rule),
        }
        paint = {"fill-pattern": name} if rule.look.patterns else {"fill-color": drawn["fill"]}
        yield {"id": name, "type": "fill", **shared, "paint": paint}
        line = _stroke(stroke(sheet.drawing, rule.look.outline))
        outlines.append({"id": f"{name}-outline", "type": "line", **shared, "paint": line})
    yield from outlines


def _stroke(line: Mapping[str, Any]) -> Node:
    width = line["stroke_width"]
    paint: Node = {"line-color": line["stroke"], "line-width": width}
    if line["dash"]:
        paint["line-dasharray"] = [round(length / width, 3) for length in line["dash"]]
    return paint


def _filter(rule: Rule) -> Any:
    matches = [
        ["all", *(_condition(column, values) for column, values in match.items())]
        for match in rule.matches
    ]
    return matches[0] if len(matches) == 1 else ["any", *matches]


def _condition(column: str, values: tuple[Value, ...]) -> Any:
    tests = [["==", ["get", column], value] for value in values]
    return tests[0] if len(tests) == 1 else ["any", *tests]
