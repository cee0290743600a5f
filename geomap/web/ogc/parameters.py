"""The parameters of `/ogc/`: from the text of an address to one typed value."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import ZoneInfo

from werkzeug.datastructures import MIMEAccept, MultiDict
from werkzeug.http import parse_accept_header

from geomap.core.dataset import Dataset
from geomap.core.selection import check_known, check_sources
from geomap.errors import BadQuery
from geomap.formats.export import FLAGS
from geomap.formats.query import Bbox
from geomap.web.ogc.crs import Crs, parse_box, parse_crs
from geomap.web.ogc.days import Days, parse_datetime
from geomap.web.ogc.documents import GEOJSON, HTML, JSON, OPENAPI, SCHEMA
from geomap.web.ogc.filters import LANGUAGES, Filter, parse_filter
from geomap.web.ogc.layers import Kind
from geomap.web.parameters import choice, languages, one

LIMIT, MAX_LIMIT = 100, 10_000
FACES = ("json", "html")
CHOICE = ("known", "sources", "lang")
"""Whose word counts, by when, in which language: parameters of every answer with features."""
SELECTION = (
    *("bbox", "bbox-crs", "datetime", "limit", "offset", "crs"),
    *("filter", "filter-lang", "filter-crs"),
)
_DATA = (JSON, GEOJSON, SCHEMA, OPENAPI, OPENAPI.partition(";")[0])
_TRUTHS = ("true", "1", "false", "0")
_MUST_HAVE_VALUE = ("bbox", "datetime", "limit", "offset", "filter")


@dataclass(frozen=True)
class Choice:
    """Whose word counts, by when, and in which language."""

    known: datetime.date | None
    sources: tuple[str, ...] | None
    lang: str
    crs: Crs


@dataclass(frozen=True)
class Selection:
    """Which features are asked for, and which page of them.

    `days` are all to be met: GDAL gives one for each of the conditions that it hands on.
    """

    days: tuple[Days, ...]
    bbox: Bbox | None
    equal: tuple[tuple[str, str | bool], ...]
    filter: Filter | None
    limit: int
    offset: int


def check_names(args: MultiDict[str, str], *allowed: str) -> None:
    """Refuse a parameter that is not `f` or among `allowed` (OGC 17-069r4, 7.6: answer 400)."""
    for name in args:
        if name not in ("f", *allowed):
            known = ", ".join(("f", *allowed))
            raise BadQuery(name[:40], f"is no parameter of this address; it takes {known}")


def parse_face(args: MultiDict[str, str], accept: str) -> str:
    """Return `html` or `json`: as `f` says, else what `accept` prefers; JSON where it is a draw."""
    return choice(args, "f", FACES, "html" if prefers_html(accept) else "json")


def prefers_html(accept: str) -> bool:
    """Whether a header `Accept` prefers a page to data; the cache has to tell the two apart."""
    return _prefers_html(accept[:500])


@lru_cache(maxsize=1024)
def _prefers_html(accept: str) -> bool:
    best = parse_accept_header(accept, MIMEAccept).best_match((*_DATA, HTML), default=JSON)
    return best == HTML


def parse_lang(args: MultiDict[str, str], dataset: Dataset, preferred: str) -> str:
    """Return the language of names and attribution. Raises BadQuery."""
    offered = languages(dataset)
    return choice(args, "lang", offered, preferred if preferred in offered else offered[0])


def parse_choice(args: MultiDict[str, str], dataset: Dataset, preferred: str) -> Choice:
    """Return whose word counts, by when, in which language and CRS. Raises BadQuery."""
    return Choice(
        known=check_known(one(args, "known")),
        sources=check_sources(dataset, ",".join(args.getlist("sources"))),
        lang=parse_lang(args, dataset, preferred),
        crs=parse_crs("crs", one(args, "crs")),
    )


def parse_selection(args: MultiDict[str, str], dataset: Dataset, kind: Kind) -> Selection:
    """Return which features are asked for. Raises BadQuery naming the parameter."""
    for name in _MUST_HAVE_VALUE:
        if name in args and not all(value.strip() for value in args.getlist(name)):
            raise BadQuery(name, "is empty; give it a value or leave it out")
    box, text = one(args, "bbox"), one(args, "filter")
    box_crs = parse_crs("bbox-crs", one(args, "bbox-crs"))
    filter_crs = parse_crs("filter-crs", one(args, "filter-crs"))
    language = choice(args, "filter-lang", LANGUAGES, LANGUAGES[0])
    zone = ZoneInfo(dataset.meta.timezone)
    return Selection(
        days=tuple(parse_datetime(text.strip(), zone) for text in args.getlist("datetime")),
        bbox=parse_box(box, box_crs) if box else None,
        equal=tuple(_equal(args, name) for name in kind.filters if name in args),
        filter=parse_filter(text, language, filter_crs, dataset, kind.columns) if text else None,
        # A limit above the highest is answered with the highest (OGC 17-069r4, 7.15.2).
        limit=min(_whole("limit", one(args, "limit") or str(LIMIT), 1), MAX_LIMIT),
        offset=_whole("offset", one(args, "offset") or "0", 0),
    )


def _equal(args: MultiDict[str, str], name: str) -> tuple[str, str | bool]:
    if name in FLAGS:
        return name, choice(args, name, _TRUTHS, "") in _TRUTHS[:2]
    return name, one(args, name)


def _whole(parameter: str, text: str, least: int) -> int:
    if not (text.isascii() and text.isdigit() and int(text[:9] or 0) >= least):
        takes = f"it takes a whole number, {least} or more"
        raise BadQuery(parameter, f"{text[:40]!r} is out of the question; {takes}")
    return int(text) if len(text) <= 9 else 10**9
