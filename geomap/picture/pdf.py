"""A picture's SVG as a page of PDF, by typst, which is loaded only when one is asked for."""

from __future__ import annotations

import json

from geomap.errors import MissingExtra
from geomap.fonts import FOLDER
from geomap.picture.svg import write_svg
from geomap.present.scene import Scene
from geomap.present.typesetting import drawable

# Texts arrive as data, so that nothing in them is read as typst's own language. Without a date in
# it, equal pictures are equal files. 96 pixels are an inch, and that is 72 points.
_PAGE = b"""
#let about = json(bytes(sys.inputs.about))
#set document(
  title: about.title, description: about.description, keywords: about.keywords, date: none,
)
#set text(font: "Noto Sans", lang: about.language)
#set page(width: about.width * 0.75pt, height: about.height * 0.75pt, margin: 0pt)
#image(bytes(sys.inputs.svg), format: "svg", width: 100%, height: 100%, alt: about.description)
"""


def write_pdf(scene: Scene) -> bytes:
    """Return a scene as a one-page PDF, 96 px an inch, its text selectable and its fonts embedded.

    Fonts are those of the package alone, whatever this machine has; a letter that they lack is
    drawn as a box. Raises MissingExtra where typst is not installed.
    """
    try:
        from typst import Fonts, compile
    except ImportError:
        raise MissingExtra("pictures", "pictures") from None
    about = {
        "title": scene.title,
        "description": scene.description,
        "keywords": scene.keywords,
        "language": scene.language,
        "width": scene.width,
        "height": scene.height,
    }
    svg = drawable(write_svg(scene, for_pdf=True).decode())
    fonts = Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FOLDER)]
    )
    page = compile(
        _PAGE,
        font_paths=fonts,
        ignore_system_fonts=True,
        sys_inputs={"svg": svg, "about": json.dumps(about)},
    )
    return bytes(page)
