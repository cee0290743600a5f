"""KML 2.2 (OGC 12-007), for Google Earth and its kin.

Written here and not by GDAL, whose driver puts texts into CDATA sections that a `]]>` breaks, and
knows neither colours nor spans of time.
"""

from __future__ import annotations

import html
import re
from datetime import date
from typing import Any
from xml.etree.ElementTree import Element, SubElement, indent, tostring

import shapely

from geomap.formats.csv import cell
from geomap.formats.export import FLAGS, ROW_COLUMNS, Export, Format
from geomap.formats.shapes import DECIMALS

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_DATA = tuple(name for name in ROW_COLUMNS if name not in ("id", "name"))
# No id of a region or an actor starts with a low line, so that these are free.
_SCHEMA = "_row"
_STYLE = "_held"
_NO_ACTOR = "#9a9a9a"
_OUTLINE = "ff333333"
_OPACITY = "b8"  # 72 %


def write(export: Export) -> bytes:
    """Return one placemark a region: its actor's colour, its days, its row as data and to read.

    `TimeSpan` has the first and the last day for which the status holds. Flags are 1 or 0. A
    description is HTML to its readers, so its texts are escaped. Characters that XML cannot hold
    become U+FFFD.
    """
    root = Element("kml", {"xmlns": "http://www.opengis.net/kml/2.2"})
    root.set("xmlns:atom", "http://www.w3.org/2005/Atom")
    document = SubElement(root, "Document")
    _add(document, "name", export.title)
    _add(SubElement(document, "atom:author"), "atom:name", export.about["attribution"])
    _add(document, "description", _lines(export.notes))
    _add_style(document, None, _NO_ACTOR)
    for actor in export.dataset.ledger.actors.values():
        _add_style(document, actor.id, actor.colour)
    _add_schema(document)
    # GDAL takes a folder for a layer, and its name for the layer's.
    folder = SubElement(document, "Folder")
    _add(folder, "name", "regions")
    found = zip(export.rows, export.validity, export.geometries, strict=True)
    for row, days, geometry in found:
        _add_placemark(folder, row, days, geometry)
    indent(root, " ")
    content: bytes = tostring(root, encoding="UTF-8", xml_declaration=True)
    return content


def _add_style(parent: Element, actor: str | None, colour: str) -> None:
    style = SubElement(parent, "Style", id=_style(actor))
    line = SubElement(style, "LineStyle")
    _add(line, "color", _OUTLINE)
    _add(line, "width", "1.5")
    red, green, blue = colour[1:3], colour[3:5], colour[5:7]
    _add(SubElement(style, "PolyStyle"), "color", f"{_OPACITY}{blue}{green}{red}")


def _add_schema(parent: Element) -> None:
    schema = SubElement(parent, "Schema", name="regions", id=_SCHEMA)
    for name in _DATA:
        SubElement(schema, "SimpleField", type="bool" if name in FLAGS else "string", name=name)


def _add_placemark(
    parent: Element, row: dict[str, Any], days: tuple[date, date], geometry: shapely.Geometry
) -> None:
    mark = SubElement(parent, "Placemark", id=row["id"])
    shown = {name: cell(row[name]) for name in _DATA}
    _add(mark, "name", row["name"])
    lines = "\n".join(f"{name}: {value}" for name, value in shown.items() if value)
    _add(mark, "description", _lines(lines))
    span = SubElement(mark, "TimeSpan")
    for name, day in zip(("begin", "end"), days, strict=True):
        _add(span, name, day.isoformat())
    _add(mark, "styleUrl", f"#{_style(row['actor'])}")
    data = SubElement(SubElement(mark, "ExtendedData"), "SchemaData", schemaUrl=f"#{_SCHEMA}")
    for name, value in shown.items():
        if name in FLAGS:
            # GDAL 3.6 reads the word true as 0.
            value = str(int(row[name]))
        if value:
            _add(data, "SimpleData", value).set("name", name)
    polygons = shapely.get_parts(geometry)
    outlines = mark if len(polygons) == 1 else SubElement(mark, "MultiGeometry")
    for polygon in polygons:
        _add_polygon(outlines, polygon)


def _add_polygon(parent: Element, polygon: shapely.Polygon) -> None:
    shape = SubElement(parent, "Polygon")
    rings = [("outerBoundaryIs", polygon.exterior)]
    rings += [("innerBoundaryIs", ring) for ring in polygon.interiors]
    for name, ring in rings:
        place = SubElement(SubElement(shape, name), "LinearRing")
        points = shapely.get_coordinates(ring)
        _add(place, "coordinates", " ".join(f"{_degrees(x)},{_degrees(y)}" for x, y in points))


def _degrees(value: float) -> str:
    return f"{value:.{DECIMALS}f}".rstrip("0").rstrip(".")


def _style(actor: str | None) -> str:
    return f"{_STYLE}.{actor}" if actor else _STYLE


def _add(parent: Element, name: str, text: str) -> Element:
    element = SubElement(parent, name)
    element.text = _NOT_XML.sub("\ufffd", text)
    return element


def _lines(text: str) -> str:
    return html.escape(text).replace("\n", "<br>")


FORMAT = Format("kml", "application/vnd.google-earth.kml+xml", "KML", write, compressible=True)
