"""The scripts and styles of the map: which files they are made of, linked to or written out."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from functools import cache
from html import escape
from importlib.resources import files

from geomap.present import sizes
from geomap.present.themes import css_properties

_LEAFLET = "vendor/leaflet-1.9.4/leaflet"
ASSETS: Mapping[str, tuple[str, ...]] = {
    "geomap.css": (
        f"{_LEAFLET}.css",
        "geomap.css",
        "geomap-ground.css",
        "geomap-labels.css",
        "geomap-card.css",
        "geomap-time.css",
        "geomap-frame.css",
    ),
    # Leaflet is two thirds of what is loaded. What does without it runs while it is on its way.
    "geomap.js": (
        "geomap.js",
        "geomap-look.js",
        "geomap-fade.js",
        "geomap-legend.js",
        "geomap-inset.js",
        "geomap-card.js",
        "geomap-chart.js",
        "geomap-time.js",
        "geomap-labels.js",
        "geomap-map.js",
        "geomap-early.js",
    ),
    "leaflet.js": (f"{_LEAFLET}.js",),
}
"""The files a page loads, in this order, each with the files under `static/` it is made of."""
LAST = "leaflet.js"
"""The file that the others do not wait for."""

MODE_ASSETS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "map": {},
    "story": {"geomap-story.css": ("geomap-story.css",), "geomap-story.js": ("geomap-story.js",)},
    "compare": {
        "geomap-compare.css": ("geomap-compare.css",),
        "geomap-compare.js": ("geomap-compare.js",),
    },
}
"""What each mode loads besides: the map alone, its events as a story, or two days side by side."""
MODES = tuple(MODE_ASSETS)
ALONE_ASSETS: Mapping[str, tuple[str, ...]] = {
    name: (name,) for name in ("geomap-alone.css", "geomap-alone.js")
}
"""What a map loads besides that no site serves, after the rest."""
ALL_ASSETS = {
    name: paths for files in (ASSETS, *MODE_ASSETS.values()) for name, paths in files.items()
}
Link = Callable[[str], str]

# Whole-line comments and indentation. No string in our files spans lines, so none is touched.
_COMMENT = re.compile(r"^[ \t]*(?:/\*.*?\*/|//[^\n]*)\n|^[ \t]+|^\n", re.MULTILINE | re.DOTALL)


def assets_of(mode: str) -> tuple[str, ...]:
    """Return the names of the files that a page with a map in this mode loads."""
    return (*ASSETS, *MODE_ASSETS[mode])


@cache
def asset(name: str) -> str:
    """The text of a file of :data:`ASSETS` or :data:`MODE_ASSETS`, without indentation and comments.

    Raises KeyError for another name.
    """
    static = files(__package__) / "static"
    texts = []
    for path in {**ALL_ASSETS, **ALONE_ASSETS}[name]:
        text = (static / path).read_text(encoding="utf-8")
        texts.append(text if path.endswith("leaflet.js") else _COMMENT.sub("", text))
    return "\n".join([_properties(), *texts] if name == "geomap.css" else texts)


def _properties() -> str:
    """The colours and sizes that the style sheet takes from `present`."""
    shared = sizes.css_properties()
    light, dark = css_properties("light"), css_properties("dark")
    return f":root{{{shared}{light}}}:root.gm-dark{{{dark}color-scheme:dark}}"


def head(link: Link | None, mode: str) -> str:
    """Return the elements of a page's head: links to the files, or without `link` their contents."""
    if link is None:
        styles = [f"<style>{asset(name)}</style>" for name in standalone(mode, ".css")]
        scripts = [f"<script>{asset(name)}</script>" for name in standalone(mode, ".js")]
        return "\n".join([*styles, *scripts])
    return "\n".join(
        f'<link rel="stylesheet" href="{escape(link(name))}">'
        if name.endswith(".css")
        else f'<script defer src="{escape(link(name))}"></script>'
        for name in assets_of(mode)
    )


def standalone(mode: str, ending: str) -> list[str]:
    """Return the names of the files with this ending that a map has which no site serves."""
    return [name for name in (*assets_of(mode), *ALONE_ASSETS) if name.endswith(ending)]


@cache
def data_link(name: str) -> tuple[str, str]:
    """Return a file's name, and an address that is its content."""
    kind = "text/css" if name.endswith(".css") else "text/javascript"
    content = base64.b64encode(asset(name).encode()).decode()
    return name, f"data:{kind};charset=utf-8;base64,{content}"
