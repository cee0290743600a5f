"""A scene as PNG or PDF, drawn by matplotlib, which is loaded only when a picture is asked for.

No pyplot and no state of its own: one figure a picture. Matplotlib keeps fonts and settings for
the whole process, so a lock lets in one picture at a time. The font is DejaVu Sans, which comes
with matplotlib and has Latin, Cyrillic, Armenian, Georgian and more; a letter that it lacks is
drawn as a box.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from geomap.errors import MissingExtra
from geomap.present.scene import Label, Scene, Shape, bars, outlines
from geomap.wording.catalogue import Spans

_DPI = 96
_POINT = 72 / _DPI
_FONTS = {False: "DejaVuSans.ttf", True: "DejaVuSans-Bold.ttf"}
_SLANTED = "DejaVuSans-Oblique.ttf"
_SETTINGS = {"pdf.fonttype": 42, "pdf.compression": 6, "text.hinting": "none"}
"""On top of matplotlib's own defaults: whatever the caller has set for plots is not for us."""
_HAIR = "\u200a"
_BOX = "□"
_LOCK = threading.Lock()


def write_png(scene: Scene) -> bytes:
    """Return a scene as PNG of exactly its size in pixels. Raises MissingExtra."""
    return _draw(scene, _print_png)


def write_pdf(scene: Scene) -> bytes:
    """Return a scene as a one-page PDF, 96 px an inch, its text selectable. Raises MissingExtra."""
    return _draw(scene, _print_pdf)


def _print_png(figure: Any, scene: Scene) -> bytes:
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    file = io.BytesIO()
    about = {"Software": None, "Title": scene.title, "Description": scene.description}
    FigureCanvasAgg(figure).print_png(file, metadata=about)
    return file.getvalue()


def _print_pdf(figure: Any, scene: Scene) -> bytes:
    from matplotlib.backends.backend_pdf import FigureCanvasPdf

    file = io.BytesIO()
    about = {
        "Title": scene.title,
        "Subject": scene.description,
        "Keywords": ", ".join(scene.keywords),
        "Creator": "geomap",
        # Nothing that changes from one run to the next, so that equal pictures are equal files.
        "Producer": "matplotlib",
        "CreationDate": None,
    }
    FigureCanvasPdf(figure).print_pdf(file, metadata=about)
    return file.getvalue()


def _draw(scene: Scene, write: Callable[[Any, Scene], bytes]) -> bytes:
    try:
        from matplotlib import style
        from matplotlib.figure import Figure
    except ImportError:
        raise MissingExtra("pictures", "pictures") from None
    with _LOCK, style.context(["default", _SETTINGS]):
        size = (scene.width / _DPI, scene.height / _DPI)
        figure = Figure(figsize=size, dpi=_DPI, facecolor=scene.paper)
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set_axis_off()
        axes.set_xlim(0, scene.width)
        axes.set_ylim(scene.height, 0)
        for items in scene.layers.values():
            for item in items:
                if isinstance(item, Shape):
                    _add_shape(axes, item)
                else:
                    _add_label(axes, item, spaced=item.spaced and write is _print_png)
        return write(figure, scene)


def _add_shape(axes: Any, shape: Shape) -> None:
    def add(geometry: shapely.Geometry, **look: Any) -> None:
        from matplotlib.patches import PathPatch

        path = _path(geometry)
        if path is not None:
            axes.add_artist(PathPatch(path, joinstyle="round", capstyle="butt", **look))

    if shape.fill:
        add(shape.geometry, facecolor=shape.fill, edgecolor="none", linewidth=0)
    for hatch in shape.hatches:
        bar = bars(hatch, shape.geometry)
        add(bar, facecolor=hatch.colour, edgecolor="none", linewidth=0)
    if shape.stroke:
        width = shape.stroke_width * _POINT
        # Matplotlib measures dashes in line widths.
        dash = (0, tuple(d / shape.stroke_width for d in shape.dash)) if shape.dash else "-"
        add(shape.geometry, fill=False, edgecolor=shape.stroke, linewidth=width, linestyle=dash)


def _add_label(axes: Any, label: Label, *, spaced: bool) -> None:
    pieces = tuple((_drawable(text, bold), bold) for text, bold in label.text)
    if spaced:
        pieces = tuple((_HAIR.join(text), bold) for text, bold in pieces)
    x = label.x
    if len(pieces) > 1:
        x -= {"start": 0, "middle": 0.5, "end": 1}[label.anchor] * _width(pieces, label.size)
    for text, bold in pieces:
        _add_text(axes, label, x, text, bold, "start" if len(pieces) > 1 else label.anchor)
        x += _width(((text, bold),), label.size)


def _add_text(axes: Any, label: Label, x: float, text: str, bold: bool, anchor: str) -> None:
    from matplotlib.patheffects import Stroke

    look = {
        "fontproperties": _font(label.size * _POINT, bold, label.italic),
        "ha": {"start": "left", "middle": "center", "end": "right"}[anchor],
        "va": "baseline",
        # A stranger's "$" is a dollar sign.
        "parse_math": False,
        "clip_on": False,
    }
    if label.halo:
        # The rim alone is drawn as outlines; the letters over it stay text.
        rim = Stroke(linewidth=label.size * 0.24 * _POINT, foreground=label.halo, alpha=0.75)
        axes.text(x, label.y, text, color=label.halo, path_effects=[rim], **look)
    axes.text(x, label.y, text, color=label.colour, **look)


def _path(geometry: shapely.Geometry) -> Any:
    """A geometry as one matplotlib path, or None where nothing of it is left."""
    from matplotlib.path import Path as Outline

    points, codes = [], []
    for line in outlines(geometry):
        xy = shapely.get_coordinates(line)
        code = np.full(len(xy), Outline.LINETO, dtype=Outline.code_type)
        code[0] = Outline.MOVETO
        if line.geom_type == "LinearRing":
            code[-1] = Outline.CLOSEPOLY
        points.append(xy)
        codes.append(code)
    return Outline(np.concatenate(points), np.concatenate(codes)) if points else None


def _width(pieces: Spans, size: float) -> float:
    """How wide a line is, by the very font that it is drawn in."""
    from matplotlib.textpath import text_to_path

    return sum(
        text_to_path.get_text_width_height_descent(text, _font(size, bold), False)[0]
        for text, bold in pieces
    )


def _font(size: float, bold: bool, italic: bool = False) -> Any:
    """The font that matplotlib brings along, never another of that name on this machine."""
    from matplotlib import get_data_path
    from matplotlib.font_manager import FontProperties

    name = _SLANTED if italic and not bold else _FONTS[bold]
    return FontProperties(fname=Path(get_data_path(), "fonts", "ttf", name), size=size)


def _drawable(text: str, bold: bool) -> str:
    known = _letters(bold)
    return "".join(letter if ord(letter) in known else _BOX for letter in text)


@cache
def _letters(bold: bool) -> frozenset[int]:
    """The characters that the font has."""
    from matplotlib.font_manager import get_font

    return frozenset(get_font(_font(10, bold).get_file()).get_charmap())
