"""KML 2.2 (OGC 12-007), for Google Earth and similar software.

Written here and not by GDAL, whose driver puts texts into CDATA sections that a `]]>` breaks, and
knows neither colours nor spans of time.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from statistics import fmean
from typing import Any
from xml.etree.ElementTree import Element, SubElement, indent, tostring

import shapely

from geomap.core.dataset import Dataset
from geomap.core.region_status import Status
from geomap.formats.csv import cell
from geomap.formats.export import Days, Export, Format
from geomap.formats.shapes import DECIMALS
from geomap.wording import sentence, words_in

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# No id of a region or an actor starts with an underscore, so these cannot clash.
_SCHEMA = "_row"
_STYLE = "_style"
_GREY = "#9a9a9a"
_INK = "#333333"
_SOLID = "b8"  # opacity 72 %
_FAINT = "40"  # 25 %


@dataclass(frozen=True)
class _Style:
    """How KML shows a status; colours as KML writes them, opacity, blue, green, red."""

    fill: str
    line: str = f"ff{_INK[5:7]}{_INK[3:5]}{_INK[1:3]}"
    width: float = 1.5


def write(export: Export) -> bytes:
    """Return one placemark a row: its colour, its days, its sentences, its values as data.

    KML has no patterns. A divided region has the mean of its holders' colours, an unclear one is
    grey, an unknown one hardly tinted, a due one has a broad line in the next holder's colour.
    `TimeSpan` has the first and the last day for which the row is valid. Flags are 1 or 0. A
    description is HTML to its readers, so its texts are escaped. Characters that XML cannot hold
    become U+FFFD.
    """
    root = Element("kml", {"xmlns": "http://www.opengis.net/kml/2.2"})
    root.set("xmlns:atom", "http://www.w3.org/2005/Atom")
    document = SubElement(root, "Document")
    _add(document, "name", export.title)
    _add(SubElement(document, "atom:author"), "atom:name", export.about["attribution"])
    _add(document, "description", _lines(export.notes))
    styles = [_style(export.dataset, status) for status in export.statuses or ()]
    ids = {style: f"{_STYLE}{n}" for n, style in enumerate(dict.fromkeys(styles), start=1)}
    for style, id in ids.items():
        _add_style(document, id, style)
    _add_schema(document, export)
    # GDAL reads a folder as a layer of the same name.
    folder = SubElement(document, "Folder")
    _add(folder, "name", export.layer)
    words = words_in(export.lang, export.dataset)
    columns = _columns(export)
    for n, row in enumerate(export.rows):
        text, look = "", None
        if export.statuses:
            pieces = sentence(words, export.dataset, export.statuses[n])
            text, look = "".join(piece for piece, _ in pieces), ids[styles[n]]
        values = {name: row[name] for name in columns}
        mark = SubElement(folder, "Placemark", id=export.ids[n].replace("@", "."))
        _add(mark, "name", row.get("name") or export.ids[n])
        _add_placemark(mark, values, text, export.validity[n], look)
        if export.with_geometry:
            _add_outlines(mark, export.geometries[n])
    indent(root, " ")
    content: bytes = tostring(root, encoding="UTF-8", xml_declaration=True)
    return content


def _columns(export: Export) -> list[str]:
    """The columns that are data: but for the name, and the id where it is the placemark's own."""
    shown = {"name", "id"} if export.layer in ("regions", "events") else {"name"}
    return [name for name in export.columns if name not in shown]


def _style(dataset: Dataset, status: Status) -> _Style:
    actors = dataset.ledger.actors
    if status.control_status == "unclear":
        return _Style(_colour(_SOLID, [_GREY]))
    holder = actors[status.actor].colour if status.actor else _GREY
    others = [actors[id].colour for id in status.other_actors]
    fill = _colour(_SOLID if status.actor or others else _FAINT, [holder, *others])
    if not status.pending:
        return _Style(fill)
    awaited = dict.fromkeys(due.actor for due in status.pending)
    return _Style(fill, _colour("ff", [actors[id].colour for id in awaited]), 5)


def _colour(opacity: str, colours: list[str]) -> str:
    """The mean of colours (#rrggbb), as KML writes one."""
    blue, green, red = (round(fmean(int(c[n : n + 2], 16) for c in colours)) for n in (5, 3, 1))
    return f"{opacity}{blue:02x}{green:02x}{red:02x}"


def _add_style(parent: Element, id: str, look: _Style) -> None:
    style = SubElement(parent, "Style", id=id)
    line = SubElement(style, "LineStyle")
    _add(line, "color", look.line)
    _add(line, "width", f"{look.width:g}")
    _add(SubElement(style, "PolyStyle"), "color", look.fill)


def _add_schema(parent: Element, export: Export) -> None:
    schema = SubElement(parent, "Schema", name=export.layer, id=_SCHEMA)
    types = {"flag": "bool", "boolean": "bool", "number": "double"}
    for name in _columns(export):
        kind = types.get(export.kinds[name], "string")
        SubElement(schema, "SimpleField", type=kind, name=name)


def _add_placemark(
    mark: Element, values: dict[str, Any], text: str, days: Days | None, style: str | None
) -> None:
    shown = {name: cell(value) for name, value in values.items()}
    facts = (f"{name}: {value}" for name, value in shown.items() if value)
    _add(mark, "description", _lines("\n".join([*([text, ""] if text else []), *facts])))
    if days:
        span = SubElement(mark, "TimeSpan")
        for name, day in zip(("begin", "end"), days, strict=True):
            if day:
                _add(span, name, day.isoformat())
    if style:
        _add(mark, "styleUrl", f"#{style}")
    data = SubElement(SubElement(mark, "ExtendedData"), "SchemaData", schemaUrl=f"#{_SCHEMA}")
    for name, value in shown.items():
        # GDAL 3.6 reads the word true as 0.
        written = str(int(values[name])) if isinstance(values[name], bool) else value
        if written:
            _add(data, "SimpleData", written).set("name", name)


def _add_outlines(mark: Element, geometry: shapely.Geometry) -> None:
    parts = shapely.get_parts(geometry)
    outlines = mark if len(parts) == 1 else SubElement(mark, "MultiGeometry")
    for part in parts:
        if part.geom_type == "Polygon":
            _add_polygon(outlines, part)
        else:
            _add_coordinates(SubElement(outlines, part.geom_type), part)


def _add_polygon(parent: Element, polygon: shapely.Polygon) -> None:
    shape = SubElement(parent, "Polygon")
    rings = [("outerBoundaryIs", polygon.exterior)]
    rings += [("innerBoundaryIs", ring) for ring in polygon.interiors]
    for name, ring in rings:
        _add_coordinates(SubElement(SubElement(shape, name), "LinearRing"), ring)


def _add_coordinates(place: Element, geometry: shapely.Geometry) -> None:
    points = shapely.get_coordinates(geometry)
    _add(place, "coordinates", " ".join(f"{_degrees(x)},{_degrees(y)}" for x, y in points))


def _degrees(value: float) -> str:
    return f"{value:.{DECIMALS}f}".rstrip("0").rstrip(".")


def _add(parent: Element, name: str, text: str) -> Element:
    element = SubElement(parent, name)
    element.text = _NOT_XML.sub("\ufffd", text)
    return element


def _lines(text: str) -> str:
    return html.escape(text).replace("\n", "<br>")


FORMAT = Format("kml", "application/vnd.google-earth.kml+xml", "KML", write, compressible=True)
