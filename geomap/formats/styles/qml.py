"""QML, the layer styles of QGIS 3: fills and hatches as rules, whose names make the legend."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET
from collections.abc import Mapping

from geomap.formats.styles.rules import Rule, StyleSheet, Value, expression
from geomap.picture.style import fill, stroke
from geomap.present.scene import Hatch

Layer = tuple[str, Mapping[str, object], Hatch | None]
"""Class and properties of a symbol layer; for a line pattern, the bars that it repeats."""
# QGIS compares days with instants, and would lose the last day of each row.
_START = 'to_datetime("valid_from")'
_END = "to_datetime(\"valid_to\") + to_interval('1 day')"
_BY_EXPRESSIONS, _WITHOUT_END = "4", "0"


def write_qml(sheet: StyleSheet) -> bytes:
    """Return a style for QGIS; that of a history sets the temporal controller, too."""
    root = ET.Element("qgis", version="3.22.0", styleCategories="Symbology|Temporal")
    if sheet.name == "history":
        ET.SubElement(
            root,
            "temporal",
            enabled="1",
            mode=_BY_EXPRESSIONS,
            limitMode=_WITHOUT_END,
            startExpression=_START,
            endExpression=_END,
        )
    renderer = ET.SubElement(root, "renderer-v2", type="RuleRenderer", symbollevels="0")
    rules = ET.SubElement(renderer, "rules", key="root")
    symbols = ET.SubElement(renderer, "symbols")
    for number, rule in enumerate(sheet.rules):
        ET.SubElement(
            rules,
            "rule",
            key=f"rule-{number}",
            symbol=str(number),
            label=rule.label,
            filter=expression(rule, _condition),
        )
        _add_symbol(symbols, str(number), "fill", _layers(sheet, rule))
    ET.indent(root)
    return b"%s\n" % ET.tostring(root, encoding="utf-8")


def _condition(column: str, values: tuple[Value, ...]) -> str:
    if column == "valid_from":
        # A day in one file is a text in another.
        field = "format_date(to_date(\"valid_from\"), 'yyyy-MM-dd')"
    else:
        field = f'"{column}"'
    if values == (None,):
        # A file without a type for what is nowhere given has an empty text.
        return f"coalesce({field}, '') = ''"
    if isinstance(values[0], bool):
        return field if values == (True,) else f"NOT {field}" if values == (False,) else "TRUE"
    quoted = ", ".join(_quoted(str(value)) for value in values if value is not None)
    one_of = f"{field} IN ({quoted})" if "," in quoted else f"{field} = {quoted}"
    return f"({one_of} OR {field} IS NULL)" if None in values else one_of


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"


def _layers(sheet: StyleSheet, rule: Rule) -> list[Layer]:
    drawn = fill(sheet.drawing, rule.look)
    line = stroke(sheet.drawing, rule.look.outline)
    layers: list[Layer] = [
        ("SimpleFill", {"color": _colour(drawn["fill"]), "outline_style": "no"}, None)
    ]
    layers += [("LinePatternFill", _pattern(hatch), hatch) for hatch in drawn["hatches"]]
    dashes = ";".join(f"{length:g}" for length in line["dash"])
    outline = {
        "line_color": _colour(line["stroke"]),
        "line_width": f"{line['stroke_width']:g}",
        "line_width_unit": "Pixel",
        "joinstyle": "round",
        "capstyle": "flat" if dashes else "round",
        "use_custom_dash": int(bool(dashes)),
        "customdash": dashes or "5;2",
        "customdash_unit": "Pixel",
    }
    return [*layers, ("SimpleLine", outline, None)]


def _pattern(hatch: Hatch) -> dict[str, object]:
    return {
        # Anticlockwise from level, where a hatch has it clockwise from upright.
        "angle": f"{(90 - hatch.angle) % 180:g}",
        "distance": _number(hatch.period),
        "distance_unit": "Pixel",
        "offset": _number(hatch.start + hatch.width / 2),
        "offset_unit": "Pixel",
        "line_width": _number(hatch.width),
        "line_width_unit": "Pixel",
        "color": _colour(hatch.colour),
    }


def _add_symbol(parent: ET.Element, name: str, kind: str, layers: list[Layer]) -> None:
    symbol = ET.SubElement(parent, "symbol", name=name, type=kind, alpha="1", clip_to_extent="1")
    for number, (kind, properties, hatch) in enumerate(layers):
        layer = ET.SubElement(symbol, "layer", attrib={"class": kind, "enabled": "1", "pass": "0"})
        options = ET.SubElement(layer, "Option", type="Map")
        for key, value in properties.items():
            ET.SubElement(options, "Option", name=key, value=str(value), type="QString")
        if hatch:
            bar = {
                "line_color": _colour(hatch.colour),
                "line_width": _number(hatch.width),
                "line_width_unit": "Pixel",
                "capstyle": "flat",
            }
            _add_symbol(layer, f"@{name}@{number}", "line", [("SimpleLine", bar, None)])


def _colour(colour: str) -> str:
    """A colour such as #1c2530 as QGIS writes it."""
    return ",".join(str(int(colour[place : place + 2], 16)) for place in (1, 3, 5)) + ",255"


def _number(value: float) -> str:
    return f"{value:.4f}".rstrip("0").rstrip(".") if math.isfinite(value) else "0"
