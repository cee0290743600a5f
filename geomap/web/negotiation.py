"""Content negotiation: the language of a page, and whether to answer with a page or data."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from werkzeug.datastructures import LanguageAccept, MIMEAccept
from werkzeug.http import parse_accept_header

from geomap.web.site import Site

JSON, HTML, GEOJSON = "application/json", "text/html", "application/geo+json"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
SCHEMA = "application/schema+json"
PROBLEM = "application/problem+json"
_DATA = (JSON, GEOJSON, SCHEMA, OPENAPI, OPENAPI.partition(";")[0], PROBLEM)
_LONGEST = 500
"""Characters of a header that are read, so that the caches below stay small."""


def prefers_html(accept: str, *, data: bool = True) -> bool:
    """Return whether a header Accept prefers a page to JSON.

    If it prefers neither, the answer is JSON where `data` is true, else a page.
    """
    return _prefers_html(accept[:_LONGEST], data)


def preferred_face(accept: str, files: Mapping[str, str]) -> str:
    """Return what a header Accept prefers: `json`, `html`, or the ending of one of `files`.

    `files` are media types by ending. If it prefers none, the answer is `json`.
    """
    return _preferred_face(accept[:_LONGEST], tuple(files.items()))


def page_language(site: Site, accept_language: str) -> str:
    """Return the language of the site's datasets that best matches a browser's languages."""
    return _best_language(site.languages, accept_language[:_LONGEST])


@lru_cache(maxsize=256)
def _prefers_html(accept: str, data: bool) -> bool:
    offers = (*_DATA, HTML) if data else (HTML, *_DATA)
    return parse_accept_header(accept, MIMEAccept).best_match(offers, offers[0]) == HTML


@lru_cache(maxsize=256)
def _preferred_face(accept: str, files: tuple[tuple[str, str], ...]) -> str:
    faces = {**dict.fromkeys(_DATA, "json"), HTML: "html"}
    for ending, media_type in files:
        faces.setdefault(media_type.partition(";")[0], ending)
    return faces[parse_accept_header(accept, MIMEAccept).best_match(faces, JSON)]


@lru_cache(maxsize=256)
def _best_language(offered: tuple[str, ...], accept_language: str) -> str:
    accepted = parse_accept_header(accept_language, LanguageAccept)
    return accepted.best_match(offered) or offered[0]
