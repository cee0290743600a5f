"""SLD 1.0 (OGC 02-070), as GeoServer and MapServer read it.

A hatch is a mark that is repeated, which has no offset: bars of several colours are drawn one upon
the other, each as wide as all that follow, so that a rim of each can be seen.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Sequence

from geomap.formats.styles.rules import Rule, StyleSheet, Value
from geomap.picture.style import fill, stroke
from geomap.present.scene import Hatch

_SLD, _OGC = "http://www.opengis.net/sld", "http://www.opengis.net/ogc"
_MARKS = {
    0: "shape://vertline",
    45: "shape://slash",
    90: "shape://horline",
    135: "shape://backslash",
}
_SLANTED = 2**0.5
"""A slanted mark is repeated along the level, where its lines are so much further apart."""


def write_sld(sheet: StyleSheet) -> bytes:
    """Return a style as SLD."""
    root = ET.Element(
        "StyledLayerDescriptor", {"version": "1.0.0", "xmlns": _SLD, "xmlns:ogc": _OGC}
    )
    layer = ET.SubElement(root, "NamedLayer")
    _text(layer, "Name", sheet.name)
    style = ET.SubElement(layer, "UserStyle")
    _text(style, "Title", sheet.title)
    rules = ET.SubElement(style, "FeatureTypeStyle")
    for number, rule in enumerate(sheet.rules, 1):
        _add_rule(rules, f"look-{number}", sheet, rule)
    ET.indent(root)
    return b"%s\n" % ET.tostring(root, encoding="utf-8", xml_declaration=True)


def _add_rule(parent: ET.Element, name: str, sheet: StyleSheet, rule: Rule) -> None:
    element = ET.SubElement(parent, "Rule")
    _text(element, "Name", name)
    _text(element, "Title", rule.label)
    _add_filter(element, rule)
    drawn = fill(sheet.drawing, rule.look)
    plain = ET.SubElement(ET.SubElement(element, "PolygonSymbolizer"), "Fill")
    _parameter(plain, "fill", drawn["fill"])
    for hatch in _concentric(drawn["hatches"]):
        _add_hatch(element, hatch)
    line = stroke(sheet.drawing, rule.look.outline)
    outline = ET.SubElement(ET.SubElement(element, "LineSymbolizer"), "Stroke")
    _parameter(outline, "stroke", line["stroke"])
    _parameter(outline, "stroke-width", f"{line['stroke_width']:g}")
    _parameter(outline, "stroke-linejoin", "round")
    if line["dash"]:
        _parameter(outline, "stroke-dasharray", " ".join(f"{length:g}" for length in line["dash"]))


def _concentric(hatches: Sequence[Hatch]) -> list[Hatch]:
    """Return the hatches with one centre for all bars of a direction."""
    centred = []
    for number, hatch in enumerate(hatches):
        rest = [other for other in hatches[number:] if other.angle == hatch.angle]
        end = max(other.start + other.width for other in rest)
        width = min(end - min(other.start for other in rest), hatch.period - 1)
        centred.append(Hatch(hatch.colour, width, hatch.period, hatch.angle))
    return centred


def _add_hatch(parent: ET.Element, hatch: Hatch) -> None:
    angle = hatch.angle % 180
    size = hatch.period * (_SLANTED if angle % 90 else 1)
    repeated = ET.SubElement(
        ET.SubElement(ET.SubElement(parent, "PolygonSymbolizer"), "Fill"), "GraphicFill"
    )
    graphic = ET.SubElement(repeated, "Graphic")
    mark = ET.SubElement(graphic, "Mark")
    _text(mark, "WellKnownName", _MARKS[round(angle)])
    bar = ET.SubElement(mark, "Stroke")
    _parameter(bar, "stroke", hatch.colour)
    _parameter(bar, "stroke-width", f"{hatch.width:.3g}")
    _text(graphic, "Size", f"{size:.4g}")


def _add_filter(parent: ET.Element, rule: Rule) -> None:
    filter = ET.SubElement(parent, "ogc:Filter")
    target = _group(filter, "Or", len(rule.matches))
    for match in rule.matches:
        conditions = _group(target, "And", len(match))
        for column, values in match.items():
            _add_condition(_group(conditions, "Or", len(values)), column, values)


def _group(parent: ET.Element, name: str, members: int) -> ET.Element:
    """An element that joins several conditions; where there is one, that needs none."""
    return ET.SubElement(parent, f"ogc:{name}") if members > 1 else parent


def _add_condition(parent: ET.Element, column: str, values: tuple[Value, ...]) -> None:
    for value in values:
        if value is None:
            test = ET.SubElement(parent, "ogc:PropertyIsNull")
        else:
            test = ET.SubElement(parent, "ogc:PropertyIsEqualTo")
        _text(test, "ogc:PropertyName", column)
        if value is not None:
            _text(test, "ogc:Literal", str(value).lower() if isinstance(value, bool) else value)


def _text(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = text


def _parameter(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, "CssParameter", name=name).text = text
