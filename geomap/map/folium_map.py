"""The interactive map: Folium draws the skeleton, our own script fills it from a JSON block.

Nothing that comes from a dataset passes through Folium or its templates. Names, notes, sources
and geometry travel in one `<script type="application/json">` element that :func:`json_block`
writes, and the browser puts them on the page as text nodes. What Folium renders is made of
`templates/widget.html` only; ids are fixed, so equal input gives equal bytes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any, NamedTuple

import folium
import orjson
from branca.element import Element, Figure
from folium.template import Template

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
    # One file, because each further connection costs a phone a round trip more.
    "geomap.js": (
        f"{_LEAFLET}.js",
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
    ),
}
"""The files a page loads, in this order, each with the files under `static/` it is made of."""

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
ALL_ASSETS = {
    name: paths for files in (ASSETS, *MODE_ASSETS.values()) for name, paths in files.items()
}

THEMES = ("auto", "light", "dark")
CONTROLS = ("full", "slider", "none")
"""`full`: slider, play and steps; `slider`: the slider alone; `none`: one day without a slider."""

Link = Callable[[str], str]

_HEIGHT = "560px"  # of the frame in a notebook
_STANDALONE_CSS = (
    "html,body{margin:0;height:100%}"
    ".gm-static{padding:1rem;font:1rem/1.5 sans-serif}"
    ".gm-static :is(th,td,caption){padding:.3rem 1rem .3rem 0;text-align:start;vertical-align:top}"
)
# Whole-line comments and indentation. No string in our files spans lines, so none is touched.
_COMMENT = re.compile(r"^[ \t]*(?:/\*.*?\*/|//[^\n]*)\n|^[ \t]+|^\n", re.MULTILINE | re.DOTALL)
_ESCAPES = str.maketrans({c: f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"})


def script_json(value: Any) -> str:
    """Return a value as JSON that can stand in a script element: no text of it ends the script."""
    return orjson.dumps(value).decode().translate(_ESCAPES)


class Parts(NamedTuple):
    """The pieces of a rendered map, for a page that places them itself.

    `head` and `body` are HTML; `script` is the exact text of the one inline script: nothing else
    may stand between `<script>` and `</script>`, or its hash in a Content-Security-Policy fails.
    """

    head: str
    body: str
    script: str


class _Verbatim(Element):  # type: ignore[misc]
    """Text that is put out as it is, never read as a template."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text

    def render(self, **kwargs: Any) -> str:
        """Return the text."""
        return self.text


class _Page(Figure):  # type: ignore[misc]
    """The document around the map, without Folium's own head."""

    def __init__(self, lang: str, direction: str, title: str, deferred: bool) -> None:
        super().__init__(height=_HEIGHT)
        self.header._children.clear()
        self.lang, self.direction, self.heading = lang, direction, title
        self.deferred = deferred
        self.without_scripts = ""

    def parts(self) -> Parts:
        """Render head, body and script."""
        for child in self._children.values():
            child.render()
        script = self.script.render().strip()
        if self.deferred:
            # The linked scripts are deferred, so Leaflet is there only once the page is parsed.
            script = f'addEventListener("DOMContentLoaded", function () {{\n{script}\n}});'
        return Parts(self.header.render().strip(), self.html.render().strip(), script)

    def render(self, **kwargs: Any) -> str:
        """Return the whole document."""
        head, body, script = self.parts()
        return (
            f'<!DOCTYPE html>\n<html lang="{escape(self.lang)}" dir="{escape(self.direction)}">\n'
            '<head>\n<meta charset="utf-8">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f"<title>{escape(self.heading)}</title>\n{head}\n</head>\n"
            f'<body>\n<main>\n<h1 class="gm-live">{escape(self.heading)}</h1>\n{body}\n'
            f"{self._noscript()}</main>\n"
            f"<script>{script}</script>\n</body>\n</html>\n"
        )

    def _noscript(self) -> str:
        if not self.without_scripts:
            return ""
        style = "<style>.gm { display: none !important; }</style>"
        return f"<noscript>\n{style}\n{self.without_scripts}\n</noscript>\n"


class TerritoryMap(folium.Map):  # type: ignore[misc]
    """A `folium.Map` whose element is the geomap widget; other Folium layers can be added to it.

    Use :func:`build`. The map needs the widget's scripts, styles and a payload beside it.
    """

    default_js: list[tuple[str, str]] = []  # noqa: RUF012 - Folium's own attribute
    default_css: list[tuple[str, str]] = []  # noqa: RUF012

    def __init__(
        self,
        *,
        theme: str,
        controls: str,
        fill: bool,
        follow_address: bool,
        mode: str,
        compared: Sequence[str],
    ) -> None:
        self._template = _template()
        super().__init__(tiles=None, zoom_control=False, zoom_snap=0, wheel_px_per_zoom_level=120)
        for option in ("zoom", "prefer_canvas"):  # the view comes from the payload's bounds
            self.options.pop(option, None)
        self._id = "geomap"
        self.theme, self.controls = theme, controls
        self.fill, self.follow_address = fill, follow_address
        self.mode, self.compared = mode, ",".join(compared)


def build(
    payload: Mapping[str, Any],
    *,
    link: Link | None = None,
    theme: str = "auto",
    controls: str = "full",
    follow_address: bool = False,
    fill: bool | None = None,
    without_scripts: str = "",
    mode: str = "map",
    compared: Sequence[str] = (),
) -> folium.Map:
    """Draw the map of a payload.

    `link` turns a name of :data:`ASSETS` into an address; the page then loads its files from
    there and holds one inline script and no inline style. Without `link` all is inside the
    document, which works in a notebook and, saved, without a network.

    `follow_address` keeps the `date` parameter of the page's address in step with the slider.
    `fill` makes the map take its frame's whole height; the default is to do so without `link`.

    `without_scripts` is HTML, its texts escaped, that the document holds for readers whose browser
    runs no script; it does not pass through Folium.

    `mode` is one of :data:`MODES`; `compared` are the two days of `compare`, as ISO texts.

    Raises ValueError for a theme, controls or a mode that there is not.
    """
    known = (("theme", theme, THEMES), ("controls", controls, CONTROLS), ("mode", mode, MODES))
    for name, value, allowed in known:
        if value not in allowed:
            raise ValueError(f"{name} is {value!r}; it must be one of {', '.join(allowed)}")
    territory = TerritoryMap(
        theme=theme,
        controls=controls,
        fill=link is None if fill is None else fill,
        follow_address=follow_address,
        mode=mode,
        compared=compared,
    )
    page = _Page(str(payload["lang"]), str(payload["dir"]), str(payload["title"]), link is not None)
    page.without_scripts = without_scripts
    page.add_child(territory, name="map")
    page.header.add_child(_Verbatim(_head(link, mode)), name="assets")
    page.html.add_child(_Verbatim(json_block(payload)), name="data")
    return territory


def parts(territory: folium.Map) -> Parts:
    """Render a map that :func:`build` made into the pieces of a page."""
    page = territory.get_root()
    if not isinstance(page, _Page):
        raise TypeError("parts() takes a map made by build()")
    return page.parts()


def json_block(payload: Mapping[str, Any]) -> str:
    """Write the payload as a data block that no text in it can close or be read as markup in."""
    text = script_json(payload)
    return f'<script type="application/json" id="geomap-data">{text}</script>'


def assets_of(mode: str) -> tuple[str, ...]:
    """Return the names of the files that a page with a map in this mode loads."""
    return (*ASSETS, *MODE_ASSETS[mode])


@cache
def _template() -> Template:
    path = files(__package__) / "templates" / "widget.html"
    return Template(path.read_text(encoding="utf-8"))


@cache
def asset(name: str) -> str:
    """The text of a file of :data:`ASSETS` or :data:`MODE_ASSETS`, without indentation and comments.

    Raises KeyError for another name.
    """
    static = files(__package__) / "static"
    texts = []
    for path in ALL_ASSETS[name]:
        text = (static / path).read_text(encoding="utf-8")
        texts.append(text if path.endswith("leaflet.js") else _COMMENT.sub("", text))
    return "\n".join([_properties(), *texts] if name == "geomap.css" else texts)


def _properties() -> str:
    """The colours and sizes that the style sheet takes from `present`."""
    shared = sizes.css_properties()
    light, dark = css_properties("light"), css_properties("dark")
    return f":root{{{shared}{light}}}:root.gm-dark{{{dark}color-scheme:dark}}"


def _head(link: Link | None, mode: str) -> str:
    tags = []
    for name in assets_of(mode):
        if name.endswith(".css"):
            tags.append(
                f"<style>{_STANDALONE_CSS}{asset(name)}</style>"
                if link is None
                else f'<link rel="stylesheet" href="{escape(link(name))}">'
            )
        else:
            tags.append(
                f"<script>{asset(name)}</script>"
                if link is None
                else f'<script defer src="{escape(link(name))}"></script>'
            )
    return "\n".join(tags)
