"""Parsing: from the text of an address to typed values, each error naming its parameter."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from werkzeug.datastructures import MultiDict

from geomap.core.dataset import Dataset
from geomap.core.selection import check_date, check_known, check_sources
from geomap.errors import BadQuery, quoted
from geomap.map.folium_map import CONTROLS, THEMES
from geomap.wording import LANGUAGES

LATEST = "latest"
QUERY = ("date", "known", "sources", "lang", "theme", "controls")
"""The parameters that `parse_query` reads. (`basemap`, which the design keeps for later, is not.)"""
_REPEATABLE = ("sources",)
_View = TypeVar("_View", bound=Callable[..., object])


@dataclass(frozen=True)
class Reads:
    """What a view's answer depends on: parameters (None: all of them), and the Host header."""

    parameters: frozenset[str] | None = None
    host: bool = True


def reads(*parameters: str, host: bool = False) -> Callable[[_View], _View]:
    """Say what a view reads; nothing else counts for where its answer is kept.

    A view gives out absolute addresses only with `host`. One that says nothing depends on all.
    """

    def mark(view: _View) -> _View:
        view.reads = Reads(frozenset(parameters), host)  # type: ignore[attr-defined]
        return view

    return mark


@dataclass(frozen=True)
class Query:
    """What a page or a download was asked for."""

    date: datetime.date
    known: datetime.date | None
    sources: tuple[str, ...] | None
    lang: str
    theme: str
    controls: str

    @property
    def restricted(self) -> bool:
        """Whether claims are left out by the chosen clock or sources."""
        return self.known is not None or self.sources is not None

    def address(self, default: Query) -> dict[str, str]:
        """Return the parameters that lead back to this view; `default` values are left out."""
        values = {
            "date": self.date.isoformat() if self.date != default.date else None,
            "known": self.known.isoformat() if self.known else None,
            "sources": ",".join(self.sources) if self.sources is not None else None,
            "lang": self.lang if self.lang != default.lang else None,
            "theme": self.theme if self.theme != default.theme else None,
            "controls": self.controls if self.controls != default.controls else None,
        }
        return {key: value for key, value in values.items() if value is not None}


def parse_query(dataset: Dataset, args: MultiDict[str, str], *, lang: str | None = None) -> Query:
    """Return what a page's parameters ask for; `lang` is the language if they name none.

    Raises BadQuery naming the parameter. Parameters that are none of ours are left alone: links
    get such things added by those who share them.
    """
    day = one(args, "date") or LATEST
    sources = check_sources(dataset, ",".join(args.getlist("sources")))
    if sources == tuple(dataset.ledger.sources):
        sources = None  # a form with every box ticked leaves nothing out
    return Query(
        date=dataset.meta.date if day == LATEST else check_date(dataset, day),
        known=check_known(one(args, "known")),
        sources=sources,
        lang=choice(args, "lang", languages(dataset), lang or languages(dataset)[0]),
        theme=choice(args, "theme", THEMES, THEMES[0]),
        controls=choice(args, "controls", CONTROLS, CONTROLS[0]),
    )


def languages(dataset: Dataset) -> tuple[str, ...]:
    """Return the languages that a dataset can be shown in, the first being its own."""
    found = tuple(lang for lang in dataset.meta.languages if lang in LANGUAGES)
    return found or LANGUAGES[:1]


def one(args: MultiDict[str, str], name: str) -> str:
    """Return a parameter's value, "" where it is absent; BadQuery where it is given twice."""
    values = args.getlist(name)
    if len(values) > 1 and name not in _REPEATABLE:
        raise BadQuery(name, "is given more than once; give it once")
    return values[0].strip() if values else ""


def choice(args: MultiDict[str, str], name: str, allowed: tuple[str, ...], default: str) -> str:
    """Return a parameter that takes one of a few words; BadQuery lists them."""
    value = one(args, name) or default
    if value not in allowed:
        raise BadQuery(name, f"{quoted(value)} is not known; it takes one of {', '.join(allowed)}")
    return value


def pick(parameters: Mapping[str, str], *names: str) -> dict[str, str]:
    """Return some of the parameters, where they are given."""
    return {key: value for key, value in parameters.items() if key in names}
