"""The parameters of addresses: each declared once, with its parsing and its documentation.

A route lists the parameters that it reads (see `geomap.web.route`). What it is given, the key under
which its answer is cached and its description in OpenAPI come from the same declarations.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, NamedTuple

from werkzeug.datastructures import MultiDict

from geomap.core.dataset import Dataset
from geomap.core.selection import check_date, check_dates, check_known, check_sources
from geomap.errors import BadQuery, quoted
from geomap.map.assets import MODES
from geomap.map.folium_map import CONTROLS, THEMES
from geomap.wording import LANGUAGES, languages_of

Node = dict[str, Any]
"""A piece of a JSON document."""
Schema = Node | Callable[[Sequence[Dataset]], Node]
"""A JSON Schema as OpenAPI 3.0 writes it, or how it is made from the datasets of a site."""
LATEST = "latest"
_TEXT: Node = {"type": "string"}


@dataclass(frozen=True, eq=False)
class Parameter:
    """One parameter of an address.

    `parse(text, dataset)` returns its value, which can be hashed, or raises BadQuery; a repeatable
    parameter is parsed from the list of its texts. `default` is the text that stands for an absent
    one; without it the value is then None. `empty` says how an empty text is treated: as absent,
    as an error, or as a value. `required`, if set, makes the parameter mandatory; it ends the error
    message by saying what to give. `texts` turns a value back into the texts of an address.
    `description` and `schema` are for the documentation.
    """

    name: str
    description: str
    schema: Schema
    parse: Callable[[Any, Any], Hashable]
    default: str | None = None
    repeatable: bool = False
    required: str = ""
    empty: Literal["absent", "refused", "value"] = "absent"
    texts: Callable[[Any], list[str]] = lambda value: [str(value)]

    def value(self, args: MultiDict[str, str], dataset: Dataset | None) -> Any:
        """Return the value that a request gives it. Raises BadQuery, naming the parameter."""
        texts = [text.strip() for text in args.getlist(self.name)]
        if len(texts) > 1 and not self.repeatable:
            raise BadQuery(self.name, "is given more than once")
        if self.empty == "refused" and not all(texts):
            raise BadQuery(self.name, "is empty; give it a value or leave it out")
        if self.empty == "absent" and not any(texts):
            texts = [] if self.default is None else [self.default]
        if not texts:
            if self.required:
                raise BadQuery(self.name, f"is missing; {self.required}")
            return None
        return self.parse(texts if self.repeatable else texts[0], dataset)


def choice(name: str, description: str, allowed: Sequence[str], default: str | None) -> Parameter:
    """Return a parameter that takes one of a few words."""
    schema = {"type": "string", "enum": list(allowed)}

    def parse(text: str, _: object) -> str:
        return one_of(name, text, allowed)

    return Parameter(name, description, schema, parse, default)


def whole_number(
    name: str,
    description: str,
    least: int,
    *,
    most: int | None = None,
    schema: Node | None = None,
    **options: Any,
) -> Parameter:
    """Return a parameter that takes a whole number of at least `least`; above `most` it is `most`."""
    limits: Node = {"minimum": least} if most is None else {"minimum": least, "maximum": most}

    def parse(text: str, _: object) -> int:
        if not (text.isascii() and text.isdigit() and int(text[:9]) >= least):
            takes = f"it takes a whole number, {least} or more"
            raise BadQuery(name, f"{quoted(text)} is not possible; {takes}")
        number = int(text) if len(text) <= 9 else 10**9
        return number if most is None else min(number, most)

    whole = {"type": "integer", **limits, **(schema or {})}
    return Parameter(name, description, whole, parse, **options)


def plain_text(name: str, description: str, schema: Node = _TEXT, **options: Any) -> Parameter:
    """Return a parameter whose value is its text."""
    return Parameter(name, description, schema, lambda text, _: text, **options)


def one_of(name: str, text: str, allowed: Sequence[str]) -> str:
    """Return a text that is one of those allowed. Raises BadQuery naming the parameter `name`."""
    if text not in allowed:
        raise BadQuery(name, f"{quoted(text)} is not known; it takes one of {', '.join(allowed)}")
    return text


def languages(dataset: Dataset) -> tuple[str, ...]:
    """Return the languages that a dataset can be shown in, the first being its own."""
    return languages_of(dataset)


def all_languages(datasets: Sequence[Dataset]) -> tuple[str, ...]:
    """Return the languages that any of several datasets can be shown in."""
    return tuple(dict.fromkeys(lang for d in datasets for lang in languages(d))) or LANGUAGES[:1]


class Day(NamedTuple):
    """The day that a page shows, and how its address names it: "" where it does not."""

    date: datetime.date
    name: str


def _date(text: str, dataset: Dataset) -> datetime.date:
    return dataset.period.end if text == LATEST else check_date(dataset, text)


def _named_day(text: str, dataset: Dataset) -> Day:
    date = _date(text, dataset) if text else dataset.meta.date
    return Day(date, text if text in ("", LATEST) else date.isoformat())


def _sources(texts: Sequence[str], dataset: Dataset) -> tuple[str, ...] | None:
    sources = check_sources(dataset, ",".join(texts))
    # A form with every box ticked means all sources.
    return None if sources == tuple(dataset.ledger.sources) else sources


def _language(text: str, dataset: Dataset | None) -> str:
    return one_of("lang", text, languages(dataset) if dataset else LANGUAGES)


def _source_schema(datasets: Sequence[Dataset]) -> Node:
    ids = list(dict.fromkeys(id for dataset in datasets for id in dataset.ledger.sources))
    return {"type": "array", "items": {"type": "string", "enum": ids}}


DATE = Parameter(
    "date",
    "The day shown; the dataset's own if absent",
    {"type": "string", "description": "A day of the dataset's period, or `latest`: its last"},
    lambda text, dataset: _date(text, dataset) if text else dataset.meta.date,
    "",
)
"""For downloads. Absent and named, the same day has one answer."""
NAMED_DATE = replace(DATE, parse=_named_day, texts=lambda day: [day.name])
"""For pages, whose links repeat the day if and only if their own address names it."""
KNOWN = Parameter(
    "known",
    "Only claims published by this day count",
    {"type": "string", "format": "date"},
    lambda text, _: check_known(text),
    empty="refused",
)
"""For data, where an empty one is a mistake of the program that asks: it is not to get later claims."""
SOURCES = Parameter(
    "sources",
    "Only claims of these sources count",
    _source_schema,
    _sources,
    repeatable=True,
    empty="refused",
    texts=lambda ids: [",".join(ids)],
)
LANG = Parameter(
    "lang",
    "Language of names",
    lambda datasets: {"type": "string", "enum": list(all_languages(datasets))},
    _language,
)
"""Its value is None where it is absent: `geomap.web.route` then chooses a language."""
THEME = choice("theme", "Colours", THEMES, THEMES[0])
CONTROLS_SHOWN = choice("controls", "Controls", CONTROLS, CONTROLS[0])
MODE = choice("mode", "The map, its events as a story, or two days side by side", MODES, MODES[0])
COMPARED = Parameter(
    "dates",
    "The two days that are compared; the period's first and the one shown if absent",
    {"type": "string", "description": "Two days of the dataset's period, with a comma between"},
    lambda text, dataset: check_dates(dataset, text, least=2, most=2),
    texts=lambda days: [",".join(map(str, days))],
)
CLAIMS = (KNOWN, SOURCES)
"""Which claims count."""
QUERY = (
    NAMED_DATE,
    # A form sends the fields that its reader left empty.
    *(replace(parameter, empty="absent") for parameter in CLAIMS),
    *(LANG, THEME, CONTROLS_SHOWN),
)
"""The parameters of a page about a dataset, from which a `Query` is made."""


@dataclass(frozen=True)
class Query:
    """What a page was asked for; `day_name` is the day as its address names it, "" if it does not."""

    date: datetime.date
    known: datetime.date | None
    sources: tuple[str, ...] | None
    lang: str
    theme: str
    controls: str
    day_name: str = field(default="", compare=False)

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Query:
        """Return the query that the values of `QUERY`, by name, are."""
        fields = {parameter.name: values[parameter.name] for parameter in QUERY}
        day: Day = fields["date"]
        return cls(**fields | {"date": day.date, "day_name": day.name})

    @property
    def restricted(self) -> bool:
        """Whether claims are left out by the chosen clock or sources."""
        return self.known is not None or self.sources is not None

    def address(self, default: Query) -> dict[str, str]:
        """Return the parameters that lead back to this view; `default` values are left out.

        A day that the address names stays, so that it is fixed wherever the address is handed on.
        """
        day = self.date.isoformat() if self.date != default.date else None
        values = {
            "date": self.day_name or day,
            "known": self.known.isoformat() if self.known else None,
            "sources": ",".join(self.sources) if self.sources is not None else None,
            "lang": self.lang if self.lang != default.lang else None,
            "theme": self.theme if self.theme != default.theme else None,
            "controls": self.controls if self.controls != default.controls else None,
        }
        return {key: value for key, value in values.items() if value is not None}


def parse_query(dataset: Dataset, args: MultiDict[str, str], *, lang: str | None = None) -> Query:
    """Return what a page's parameters ask for; `lang` is the language if they name none.

    Raises BadQuery naming the parameter. Unknown parameters are ignored, because sharing a link
    often adds some.
    """
    values = {parameter.name: parameter.value(args, dataset) for parameter in QUERY}
    return Query.of(values | {"lang": values["lang"] or lang or languages(dataset)[0]})


def default_query(dataset: Dataset) -> Query:
    """Return the view that an address without parameters shows."""
    return parse_query(dataset, MultiDict())


def pick(parameters: Mapping[str, str], *names: str) -> dict[str, str]:
    """Return some of the parameters, where they are given."""
    return {key: value for key, value in parameters.items() if key in names}
