"""What dataset.yaml says: its keys, what each takes, and the sentence for a wrong one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, Field, fields
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from babel import Locale, UnknownLocaleError

from geomap.check.names import META, RESERVED_IDS
from geomap.check.safe_yaml import in_plain_words, load_yaml
from geomap.check.suggest import Names
from geomap.check.values import identifier, link, visible
from geomap.core.dates import parse_day
from geomap.core.meta import Licence, Meta, Milestone, Period, View
from geomap.errors import Fault, quoted, short

MAX_ID = 60
MAX_YEARS = 200
MAX_ZOOM = 22
YEARS = (100, 2999)
"""The years that a period may touch: browsers misread those below 100, and days have an end at 9999."""
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2}|-[0-9]{3})?")

Parse = Callable[[Any], Any]
"""Reads a value of YAML. Raises ValueError with a sentence, `_Wrong` for places within the value."""


def read_meta(files: dict[str, bytes]) -> tuple[Meta | None, list[Fault]]:
    """Return what dataset.yaml in `files` (name to content) says, None if unreadable, and faults."""
    if META not in files:
        return None, [Fault(META, None, None, "is missing; `geomap new DIR` writes one to copy")]
    try:
        document = load_yaml(files[META])
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        return None, [Fault(META, line, None, in_plain_words(error.problem or "it cannot be read"))]
    except (yaml.YAMLError, ValueError, RecursionError, MemoryError):
        message = "is not valid YAML; `geomap new DIR` writes one that is, to begin with"
        return None, [Fault(META, None, None, message)]
    if not isinstance(document, dict):
        message = "does not hold `key: value` lines; `geomap new DIR` writes one to copy"
        return None, [Fault(META, None, None, message)]
    try:
        meta = _META(document)
    except _Wrong as error:
        return None, [
            Fault(META, None, place, message, value=value_at(document, place))
            for place, message in error.wrong
        ]
    return meta, list(_check(meta))


def value_at(document: Any, place: str) -> str | None:
    """Return the text at a place such as `view.bounds.2`, None where there is none."""
    for key in place.split("."):
        if isinstance(document, list) and key.isdigit() and int(key) < len(document):
            document = document[int(key)]
        elif isinstance(document, dict):
            document = document.get(key)
        else:
            return None
    return document if isinstance(document, str) else None


class _Wrong(ValueError):
    """What is wrong within a value: pairs of a place such as `view.bounds.2` and a sentence."""

    def __init__(self, wrong: list[tuple[str, str]]) -> None:
        self.wrong = wrong
        super().__init__(wrong)


def _at(place: object, error: ValueError) -> list[tuple[str, str]]:
    """Return what is wrong with the value at a place, by places seen from outside."""
    if isinstance(error, _Wrong):
        return [(f"{place}.{inner}", message) for inner, message in error.wrong]
    return [(str(place), str(error))]


def _keys(kind: type, values: Mapping[str, Parse]) -> Parse:
    """Return how a mapping is read into the dataclass `kind`; `values` says how each field is."""

    def parse(value: Any) -> Any:
        names = [field.name for field in fields(kind)]
        if not isinstance(value, dict):
            raise ValueError(f"must hold the keys {', '.join(names)}")
        known = Names(names)
        wrong, parsed = [], {}
        for field in fields(kind):
            if field.name not in value:
                wrong += [(field.name, _missing(field.name))] if _is_needed(field) else []
                continue
            try:
                parsed[field.name] = values[field.name](value[field.name])
            except ValueError as error:
                wrong += _at(field.name, error)
        for name in value:
            if name not in names:
                near = known.meant(str(name))
                hint = f"is {near!r} meant? " if near else ""
                message = f"is not known here; {hint}known: {', '.join(names)}"
                wrong.append((short(str(name)), message))
        if wrong:
            raise _Wrong(wrong)
        return kind(**parsed)

    return parse


def _missing(name: str) -> str:
    return f"is missing; write `{name}: …`, as the guide says"


def _is_needed(field: Field[Any]) -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def _list_of(item: Parse, length: int | None = None) -> Parse:
    """Return how a list of values, all read by `item`, is read into a tuple."""

    def parse(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise ValueError("must be a list")
        if length is not None and len(value) > length:
            raise ValueError(f"has too many entries; write {length}")
        wrong, entries = [], []
        for place, entry in enumerate(value):
            try:
                entries.append(item(entry))
            except ValueError as error:
                wrong += _at(place, error)
        if length is not None:
            wrong += [
                (str(place), f"is missing; write {length} entries")
                for place in range(len(value), length)
            ]
        if wrong:
            raise _Wrong(wrong)
        return tuple(entries)

    return parse


def _plain(value: Any) -> str:
    if value is None:
        raise ValueError("has no value; write one or remove the key")
    if not isinstance(value, str):
        raise ValueError("must be a text")
    return visible(value.strip())


def _text(value: Any) -> str:
    if not (text := _plain(value)):
        raise ValueError("is empty; write a text")
    return text


def _day(value: Any) -> date:
    return parse_day(_plain(value))


def _link(value: Any) -> str:
    return link(_plain(value))


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        raise ValueError("must be a number") from None


def _id(value: Any) -> str:
    text = identifier(_plain(value))
    if text in RESERVED_IDS:
        raise ValueError(f"{quoted(text)} is an address of the site's own; choose another id")
    if len(text) > MAX_ID:
        raise ValueError(f"is {len(text)} characters long; use at most {MAX_ID}")
    return text


def _zone(value: Any) -> str:
    name = _plain(value)
    try:
        return ZoneInfo(name).key
    except (KeyError, ValueError, OSError):  # no such zone, no name of one, a folder of them
        raise ValueError(f"{quoted(name)} is no time zone; write it as Asia/Baku or UTC") from None


def _language(value: Any) -> str:
    code = _plain(value)
    try:
        known = _LANGUAGE.fullmatch(code) and Locale.parse(code, sep="-")
    except (ValueError, UnknownLocaleError):
        known = None
    if not known:
        raise ValueError(
            f"{quoted(code)} is no language; write its code, such as en, az or sr-Latn"
        )
    return code


def _languages(value: Any) -> tuple[str, ...]:
    codes: tuple[str, ...] = _list_of(_language)(value)
    if not codes:
        raise ValueError("is empty; name at least one language, such as [en]")
    if len(set(codes)) < len(codes):
        raise ValueError("names a language twice; name each once")
    return codes


def _texts(value: Any) -> dict[str, str]:
    """Read a text that is written plainly, or once a language: {en: …, az: …}."""
    if isinstance(value, str):
        return {"": _text(value)}
    if not isinstance(value, dict) or not value:
        raise ValueError("must be a text, or one for each language as {en: …, az: …}")
    for code, text in value.items():
        if code and not text:
            raise ValueError(f"has no text for {quoted(code)}; write one or remove the language")
    return {_language(code) if code else "": _text(text) for code, text in value.items()}


def _optional_texts(value: Any) -> dict[str, str]:
    return _texts(value) if value else {}


def _view(value: Any) -> View | None:
    return None if value is None else _VIEW(value)


_VIEW = _keys(View, {"bounds": _list_of(_number, 4), "min_zoom": _number, "max_zoom": _number})
_META = _keys(
    Meta,
    {
        "id": _id,
        "title": _texts,
        "summary": _optional_texts,
        "period": _keys(Period, {"start": _day, "end": _day}),
        "date": _day,
        "timezone": _zone,
        "languages": _languages,
        "licence": _keys(Licence, {"name": _text, "url": _link}),
        "attribution": _texts,
        "limits": _optional_texts,
        "accuracy": _optional_texts,
        "view": _view,
        "milestones": _list_of(
            _keys(
                Milestone,
                {"date": _day, "label": _texts, "source": _text, "locator": _optional_texts},
            )
        ),
    },
)


def _check(meta: Meta) -> Iterator[Fault]:
    start, end = meta.period.start, meta.period.end
    if start > end:
        yield Fault(
            META, None, "period", f"ends ({end}) before it starts ({start}); exchange the two days"
        )
    elif start.year < YEARS[0] or end.year > YEARS[1]:
        message = f"goes from {start} to {end}; use days of the years {YEARS[0]} to {YEARS[1]}"
        yield Fault(META, None, "period", message)
    elif end.year - start.year > MAX_YEARS:
        message = f"is {end.year - start.year} years long; a map shows at most {MAX_YEARS}"
        yield Fault(META, None, "period", message)
    else:
        days = {"date": meta.date}
        days |= {f"milestones.{n}.date": m.date for n, m in enumerate(meta.milestones)}
        for column, day in days.items():
            if not start <= day <= end:
                message = f"{day} lies outside the period {start} to {end}; change either"
                yield Fault(META, None, column, message)
    if meta.view:
        yield from _check_view(meta.view)


def _check_view(view: View) -> Iterator[Fault]:
    west, south, east, north = view.bounds
    # NaN, which YAML can write, is in no order with anything.
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        message = "must be west, south, east, north in degrees, in that order"
        yield Fault(META, None, "view.bounds", message)
    for column in ("min_zoom", "max_zoom"):
        if not 0 <= (zoom := getattr(view, column)) <= MAX_ZOOM:
            message = f"is {zoom:g}; a zoom is a number from 0 to {MAX_ZOOM}"
            yield Fault(META, None, f"view.{column}", message)
    if view.min_zoom > view.max_zoom:
        message = f"{view.min_zoom:g} is more than max_zoom, {view.max_zoom:g}; exchange the two"
        yield Fault(META, None, "view.min_zoom", message)
