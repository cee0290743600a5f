"""The interactive map: Folium draws the skeleton, our own script fills it from a JSON block.

Nothing that comes from a dataset passes through Folium or its templates. Names, notes, sources
and geometry travel in one `<script type="application/json">` element that :func:`json_block`
writes, and the browser puts them on the page as text nodes. What Folium renders is made of
`templates/widget.html` only; ids are fixed, so equal input gives equal bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any, NamedTuple

import folium
import orjson
from branca.element import CssLink, Element, Figure, JavascriptLink
from folium.elements import JSCSSMixin
from folium.template import Template

from geomap.map.assets import MODES, Link, asset, data_link, head, standalone
from geomap.map.policy import policy_of_file

THEMES = ("auto", "light", "dark")
CONTROLS = ("full", "slider", "none")
"""`full`: slider, play and steps; `slider`: the slider alone; `none`: one day without a slider."""

_HEIGHT = "560px"  # of the frame in a notebook
_UNTRUSTED = "Make this notebook trusted to load the map: File → Trust Notebook"
_HIDES_THE_MAP = ".gm { display: none !important; }"
_ESCAPES = {c.encode(): f"\\u{ord(c):04x}".encode() for c in "<>&\u2028\u2029"}


def script_json(value: Any) -> str:
    """Return a value as JSON that can stand in a script element: no text of it ends the script."""
    text = orjson.dumps(value)
    for character, escaped in _ESCAPES.items():
        text = text.replace(character, escaped)
    return text.decode()


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
            f'<head>\n<meta charset="utf-8">\n{self._policy(script)}'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f"<title>{escape(self.heading)}</title>\n{head}\n{self._style_without_scripts()}</head>\n"
            f'<body>\n<main>\n<h1 class="gm-live">{escape(self.heading)}</h1>\n{body}\n'
            f"{self._noscript()}</main>\n"
            f"<script>{script}</script>\n</body>\n</html>\n"
        )

    def _repr_html_(self, **kwargs: Any) -> str:
        """Show the document in a notebook. Of one that is not trusted, the words alone are left."""
        return (
            f'<div style="position:relative;width:100%;height:{_HEIGHT}">'
            f"<p>{escape(self.heading)}</p><p>{_UNTRUSTED}</p>"
            f'<iframe srcdoc="{escape(self.render(**kwargs))}" allowfullscreen'
            ' style="position:absolute;inset:0;width:100%;height:100%;border:0"></iframe></div>'
        )

    def _policy(self, script: str) -> str:
        """A policy that allows what is in the document, unless layers were added that load more."""
        territory = self._children["map"]
        added = {*self.header._children, *self.html._children} - {
            "assets",
            "data",
            territory.get_name(),
        }
        if territory.link or territory._children or added:
            return ""
        styles, scripts = (
            [asset(name) for name in standalone(territory.mode, ending)]
            for ending in (".css", ".js")
        )
        policy = policy_of_file([*scripts, script], [*styles, _HIDES_THE_MAP])
        return f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'

    def _style_without_scripts(self) -> str:
        if not self.without_scripts:
            return ""
        return f"<noscript><style>{_HIDES_THE_MAP}</style></noscript>\n"

    def _noscript(self) -> str:
        if not self.without_scripts:
            return ""
        return f"<noscript>\n{self.without_scripts}\n</noscript>\n"


class TerritoryMap(folium.Map):  # type: ignore[misc]
    """A `folium.Map` whose element is the geomap widget; other Folium layers can be added to it.

    Use :func:`build`. Whatever figure it is rendered in gets the widget's scripts, styles and
    payload. Without `link`, `default_js` and `default_css` name the same files as data: addresses,
    for hosts such as streamlit-folium that render the map without its figure's head.
    """

    def __init__(
        self,
        data: str,
        *,
        date: str,
        link: Link | None,
        theme: str,
        controls: str,
        fill: bool,
        follow_address: bool,
        mode: str,
        compared: Sequence[str],
    ) -> None:
        self._template = _template()
        self.default_js: list[tuple[str, str]] = []
        self.default_css: list[tuple[str, str]] = []
        super().__init__(tiles=None, zoom_control=False, zoom_snap=0, wheel_px_per_zoom_level=120)
        for option in ("zoom", "prefer_canvas"):  # the view comes from the payload's bounds
            self.options.pop(option, None)
        self._id = "geomap"
        self.theme, self.controls = theme, controls
        self.fill, self.follow_address = fill, follow_address
        self.mode, self.compared = mode, ",".join(compared)
        self.data, self.date, self.link = data, date, link
        self.version = ""
        if link is None:
            # streamlit-folium draws a map anew only if its script is another.
            self.version = hashlib.sha256(data.encode()).hexdigest()[:16]
            self.default_js = [data_link(name) for name in standalone(mode, ".js")]
            self.default_css = [data_link(name) for name in standalone(mode, ".css")]

    def render(self, **kwargs: Any) -> None:
        """Add the map, and what it and the layers added to it load, to the figure it is in."""
        for name, address in _what_layers_need(self):
            add = self.add_css_link if name.endswith("css") else self.add_js_link
            add(name, address)
        figure = self.get_root()
        figure.header.add_child(_Verbatim(head(self.link, self.mode)), name="assets")
        figure.html.add_child(_Verbatim(self.data), name="data")
        for kind, links in ((JavascriptLink, self.default_js), (CssLink, self.default_css)):
            for name, address in links:
                if not address.startswith("data:"):
                    figure.header.add_child(kind(address), name=name)
        # Folium's own method would put the files that the head holds there a second time.
        super(JSCSSMixin, self).render(**kwargs)


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
        json_block(payload),
        date=str(payload["date"]),
        link=link,
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


@cache
def _template() -> Template:
    path = files(__package__) / "templates" / "widget.html"
    return Template(path.read_text(encoding="utf-8"))


def _what_layers_need(territory: TerritoryMap) -> list[tuple[str, str]]:
    """Return what Folium's own layers on a map take for granted, from where Folium gets it.

    Folium's maps load all of it always. Ours does so if a layer is added that uses it: pop-ups and
    plugins may use jQuery, icons are of Awesome Markers. Bootstrap is left out: no layer needs it.
    """
    layers = list(_below(territory))
    needed: tuple[str, ...] = ()
    if any(isinstance(one, folium.Popup) or getattr(one, "default_js", ()) for one in layers):
        needed += ("jquery",)
    if any(isinstance(one, folium.Icon) for one in layers):
        needed += ("glyphicons", "awesome")
    offered = [*folium.folium._default_js, *folium.folium._default_css]
    return [(name, address) for name, address in offered if needed and name.startswith(needed)]


def _below(element: Element) -> Iterator[Element]:
    for child in element._children.values():
        yield child
        yield from _below(child)
