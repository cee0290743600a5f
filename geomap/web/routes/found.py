"""What search engines and browsers ask a site for by fixed names."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from functools import partial

from flask import Blueprint, Response

from geomap.web.assets import FAVICON, own_file
from geomap.web.built import Built
from geomap.web.openapi import BYTES, TEXT
from geomap.web.parameters import languages
from geomap.web.route import route
from geomap.web.site import absolute, public_root, site

blueprint = Blueprint("found", __name__)
_SITEMAP, _XHTML = "http://www.sitemaps.org/schemas/sitemap/0.9", "http://www.w3.org/1999/xhtml"


@route(
    blueprint,
    "/robots.txt",
    "What search engines may read",
    id="robots",
    tag="Site",
    answers={"text/plain": TEXT},
    absolute_links=True,
    refuses=False,
    open=True,
    built=Built(),
)
def robots() -> Response:
    """Answer that everything may be read, and where the list of pages is."""
    lines = ["User-agent: *", "Disallow:"]
    if public_root():  # a sitemap's address has to be absolute
        lines += ["", f"Sitemap: {absolute('found.sitemap')}"]
    return Response("\n".join([*lines, ""]), content_type="text/plain; charset=utf-8")


@route(
    blueprint,
    "/sitemap.xml",
    "Every page of this site, in each language",
    tag="Site",
    answers={"application/xml": TEXT},
    absolute_links=True,
    refuses=False,
    open=True,
    built=Built(need_address=True),
)
def sitemap() -> Response:
    """Answer with the reader's pages of all datasets, in each of their languages."""
    root = ET.Element("urlset", {"xmlns": _SITEMAP, "xmlns:xhtml": _XHTML})
    for dataset in site().datasets.values():
        main, *others = languages(dataset)
        to = partial(absolute, "pages.reader", dataset_id=dataset.id)
        addresses = {main: to()} | {language: to(lang=language) for language in others}
        for address in addresses.values():
            page = ET.SubElement(root, "url")
            ET.SubElement(page, "loc").text = address
            for language, other in addresses.items():
                link = {"rel": "alternate", "hreflang": language, "href": other}
                ET.SubElement(page, "xhtml:link", link)
    ET.indent(root)
    content = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return Response(content, content_type="application/xml")


@route(
    blueprint,
    "/favicon.ico",
    "The site's sign",
    tag="Site",
    answers={"image/x-icon": BYTES},
    refuses=False,
    open=True,
    built=Built(),
)
def favicon() -> Response:
    """Answer with the icon that browsers ask for unasked."""
    return Response(own_file(FAVICON), content_type="image/x-icon")


@route(
    blueprint,
    "/static/brand.css",
    "The operator's colour",
    id="brand",
    tag="Site",
    answers={"text/css": TEXT},
    refuses=False,
    open=True,
    built=Built(),
)
def brand() -> Response:
    """Answer with a strip in the operator's colour at the top of the full pages."""
    colour = site().settings.colour
    strip = f"@media screen {{ body {{ border-top: .35rem solid {colour}; }} }}\n"
    css = strip if colour else ""
    return Response(css, content_type="text/css; charset=utf-8")
