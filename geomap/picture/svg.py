"""A scene as SVG: text as text, patterns as patterns, nothing but shapes and presentation attributes.

It has no style sheet, style attribute, script or reference to another file, so it looks the same
under the strictest Content-Security-Policy. It needs no optional library. PNG and PDF are made from it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from xml.sax.saxutils import escape, quoteattr

import numpy as np
import shapely

from geomap.present.scene import Hatch, Label, Scene, Shape, outlines
from geomap.present.typesetting import SPACED, joins

FONTS = (
    "'Noto Sans', 'Noto Sans Armenian', 'Noto Sans Georgian', 'Noto Sans Arabic', 'Open Sans', "
    "'Segoe UI', Roboto, Arial, sans-serif"
)
"""Noto Sans, by which texts are measured, then common fonts that are about as wide."""
_HALO_WIDTH = 0.32  # in parts of the letters' size
_HALO_OPACITY = 0.85
_LINE_FROM_RIGHT = ("\u202b", "\u202c")
"""Sets a line in the order of a language from right to left. Unlike the attribute `direction` it leaves
where a line starts and ends as it is, and drawing programs know it."""
_OWN_DIRECTION = ("\u2068", "\u2069")
"""Sets a text in the order of its own first letter: a name on the map, which may be in any script."""
_TILE_LENGTH = 20
"""How long a hatch's tile is, in periods: where tiles meet, some viewers show a seam."""


def write_svg(scene: Scene, *, for_pdf: bool = False) -> bytes:
    """Return a scene as an SVG document in UTF-8. Equal scenes give equal bytes.

    With `for_pdf`, text is written so that it can be copied from a PDF: each label once, and without
    letter spacing, which PDF readers take for blanks.
    """
    hatches = _hatches(scene)
    layers = []
    for name, items in scene.layers.items():
        drawn = [
            _shape(item, hatches) if isinstance(item, Shape) else _label(item, for_pdf, scene.rtl)
            for item in items
        ]
        if drawn:
            layers.append(f'<g id="{name}">\n' + "\n".join(drawn) + "\n</g>")
    size = f'width="{scene.width}" height="{scene.height}"'
    return "\n".join(
        [
            '<?xml version="1.0" encoding="UTF-8"?>',
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} '
            f'viewBox="0 0 {scene.width} {scene.height}" role="img" '
            f"xml:lang={quoteattr(scene.language)} lang={quoteattr(scene.language)} "
            f'aria-labelledby="title desc" font-family="{FONTS}" stroke-linejoin="round">',
            f'<title id="title">{escape(scene.title)}</title>',
            f'<desc id="desc">{escape(scene.description)}</desc>',
            *_defs(hatches),
            f'<rect {size} fill="{scene.paper}"/>',
            *layers,
            "</svg>\n",
        ]
    ).encode()


def _hatches(scene: Scene) -> dict[Hatch, str]:
    """Every hatch that occurs, with the id of its pattern."""
    pattern_ids: dict[Hatch, str] = {}
    for items in scene.layers.values():
        for item in items:
            for hatch in item.hatches if isinstance(item, Shape) else ():
                pattern_ids.setdefault(hatch, f"hatch-{len(pattern_ids) + 1}")
    return pattern_ids


def _defs(hatches: dict[Hatch, str]) -> Iterable[str]:
    if not hatches:
        return
    yield "<defs>"
    for hatch, id in hatches.items():
        period, length = _number(hatch.period), _number(hatch.period * _TILE_LENGTH)
        start = f' x="{_number(hatch.start)}"' if hatch.start else ""
        yield (
            f'<pattern id="{id}" width="{period}" height="{length}" patternUnits="userSpaceOnUse" '
            f'patternTransform="rotate({_number(hatch.angle)})">'
            f'<rect{start} width="{_number(hatch.width)}" height="{length}" '
            f'fill="{hatch.colour}"/>'
            f"</pattern>"
        )
    yield "</defs>"


def _shape(shape: Shape, hatches: dict[Hatch, str]) -> str:
    """A shape as one path, or as a group of them where bars or a hint belong to it."""
    path = _path(shape.geometry)
    ink = ""
    if shape.stroke:
        dash = f' stroke-dasharray="{" ".join(map(_number, shape.dash))}"' if shape.dash else ""
        ink = f' stroke="{shape.stroke}" stroke-width="{_number(shape.stroke_width)}"{dash}'
    if not (shape.hatches or shape.hint or shape.id):
        return f'<path d="{path}" fill="{shape.fill or "none"}"{ink}/>'
    id = f" id={quoteattr(shape.id)}" if shape.id else ""
    hint = f"<title>{escape(shape.hint)}</title>" if shape.hint else ""
    fills = [shape.fill or "none", *(f"url(#{hatches[hatch]})" for hatch in shape.hatches)]
    # The outline comes with the last fill, so that no bar covers it.
    paths = [
        f'<path d="{path}" fill="{fill}"{ink if number == len(fills) - 1 else ""}/>'
        for number, fill in enumerate(fills)
    ]
    return f"<g{id}>{hint}{''.join(paths)}</g>"


def _label(label: Label, for_pdf: bool, rtl: bool) -> str:
    if for_pdf and rtl:
        # Marks of direction are drawn as the font's blank: copied text would have marks for blanks.
        pieces = tuple((text.replace(" ", "\u00a0"), bold) for text, bold in label.text)
        label = replace(label, text=pieces)
    x, y, size = _number(label.x), _number(label.y), _number(label.size)
    look = f'x="{x}" y="{y}" font-size="{size}"'
    if label.anchor != "start":
        look += f' text-anchor="{label.anchor}"'
    if label.spaced and not for_pdf and not joins(label.text[0][0]):
        look += f' letter-spacing="{_number(label.size * SPACED)}"'
    if label.italic:
        look += ' font-style="italic"'
    if label.angle:
        look += f' transform="rotate({_number(label.angle)} {x} {y})"'
    if len(label.text) == 1:
        look += ' font-weight="700"' if label.text[0][1] else ""
    before, after = ("", "")
    if rtl:
        before, after = _OWN_DIRECTION if label.halo else _LINE_FROM_RIGHT
    inner = f"{before}{_pieces(label, struck=True)}{after}"
    # A blank at the end of a piece is text, too.
    end = f'xml:space="preserve">{inner}</text>'
    fill = f'fill="{label.colour}"'
    if not label.halo:
        return f"<text {look} {fill} {end}"
    halo = (
        f'stroke="{label.halo}" stroke-width="{_number(label.size * _HALO_WIDTH)}" '
        f'stroke-opacity="{_HALO_OPACITY}"'
    )
    if for_pdf:
        return f'<text {look} {fill} {halo} paint-order="stroke" {end}'
    # Two texts, since not every drawing program knows paint-order.
    rim = f'xml:space="preserve">{before}{_pieces(label, struck=False)}{after}</text>'
    return f'<text {look} fill="none" {halo} aria-hidden="true" {rim}\n<text {look} {fill} {end}'


def _pieces(label: Label, struck: bool) -> str:
    """The pieces of a line, those that differ from it as elements of their own."""
    return "".join(
        _piece(text, bold and len(label.text) > 1, struck and number in label.struck)
        for number, (text, bold) in enumerate(label.text)
    )


def _piece(text: str, bold: bool, struck: bool) -> str:
    look = ' font-weight="700"' if bold else ""
    look += ' text-decoration="line-through"' if struck else ""
    return f"<tspan{look}>{escape(text)}</tspan>" if look else escape(text)


def _path(geometry: shapely.Geometry) -> str:
    """The outlines of a geometry as path data, holes included."""
    return "".join(_outline(part) for part in outlines(geometry))


def _outline(line: shapely.Geometry) -> str:
    points = np.round(shapely.get_coordinates(line), 1)
    # Points that fall on one another at this fineness show nothing.
    kept = points[np.append(True, np.any(points[1:] != points[:-1], axis=1))]
    closed = line.geom_type == "LinearRing"
    if closed and len(kept) > 1:
        kept = kept[:-1]
    joined = "L".join(f"{_number(x)},{_number(y)}" for x, y in kept.tolist())
    return f"M{joined}{'Z' if closed else ''}"


def _number(value: float) -> str:
    """A number with as many decimals as show."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("", "-0") else text
