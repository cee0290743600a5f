"""A picture's SVG as PNG, by resvg, which is loaded only when one is asked for."""

from __future__ import annotations

from geomap.errors import MissingExtra
from geomap.fonts import FOLDER, FONT_FILES
from geomap.picture.svg import write_svg
from geomap.present.scene import Scene
from geomap.present.typesetting import drawable


def write_png(scene: Scene) -> bytes:
    """Return a scene as PNG of exactly its size in pixels.

    Fonts are those of the package alone, whatever this machine has; a letter that they lack is
    drawn as a box. Raises MissingExtra where resvg-py is not installed.
    """
    try:
        from resvg_py import svg_to_bytes
    except ImportError:
        raise MissingExtra("pictures", "pictures") from None
    svg = drawable(write_svg(scene).decode())
    files = [str(FOLDER / name) for name in FONT_FILES.values()]
    return bytes(svg_to_bytes(svg_string=svg, font_files=files, skip_system_fonts=True))
