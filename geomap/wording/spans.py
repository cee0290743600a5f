"""Days and spans of days in words. Dates are set as CLDR sets them in each language."""

from __future__ import annotations

from datetime import date
from typing import Literal

from babel.dates import format_date, format_skeleton

from geomap.dates import Span
from geomap.wording.catalogue import Words

Form = Literal["when", "since", "by"]


def format_day(words: Words, day: date, *, year: int | None = None, short: bool = False) -> str:
    """Return a day as `30 November 2020`; without its year where that is `year`; `short` as 30 Nov."""
    if day.year == year:
        return str(format_skeleton("MMMd" if short else "MMMMd", day, locale=words.locale))
    return str(format_date(day, "medium" if short else "long", locale=words.locale))


def format_span(words: Words, span: Span, form: Form = "when", *, year: int | None = None) -> str:
    """Return a span of days as an adverbial: when something happened, since when, or by when.

    The year is left out where it is `year`, the one the reader is looking at.
    """
    text = _FORMS[form](words, span, year)
    if span.qualifier == "~":
        return words.say("{when} (approximate)", when=text)
    if span.qualifier == "?":
        return words.say("{when} (uncertain)", when=text)
    if span.qualifier == "%":
        return words.say("{when} (uncertain and approximate)", when=text)
    return text


def _unit(words: Words, span: Span) -> tuple[str, str]:
    """The calendar unit that a span is, `day`, `month`, `year` or `` for none, and its name."""
    text = str(span).rstrip("?~%")
    if text.startswith("["):
        return "", ""
    if len(text) == 4:
        return "year", str(format_skeleton("y", span.end, locale=words.locale))
    return "month", str(format_skeleton("yMMMM", span.end, locale=words.locale))


def _limits(words: Words, span: Span, year: int | None) -> dict[str, str]:
    """The first and last day of a span in words; the first without its year if it is the last's."""
    start = span.start or span.end
    known = year if start.year == year else span.end.year
    return {
        "start": format_day(words, start, year=known),
        "end": format_day(words, span.end, year=year),
    }


def _when(words: Words, span: Span, year: int | None) -> str:
    if span.start is None:
        return words.say("on or before {day}", day=format_day(words, span.end, year=year))
    if span.exact:
        return words.say("on {day}", day=format_day(words, span.end, year=year))
    unit, name = _unit(words, span)
    if unit == "month":
        return words.say("in {month}", month=name)
    if unit == "year":
        return words.say("in {year}", year=name)
    return words.say("between {start} and {end}", **_limits(words, span, year))


def _since(words: Words, span: Span, year: int | None) -> str:
    if span.start is None:
        return words.say("since {day} or earlier", day=format_day(words, span.end, year=year))
    if span.exact:
        return words.say("since {day}", day=format_day(words, span.end, year=year))
    unit, name = _unit(words, span)
    if unit == "month":
        return words.say("since {month}", month=name)
    if unit == "year":
        return words.say("since {year}", year=name)
    if _whole_years(span):
        first, last = f"{span.start.year:04}", f"{span.end.year:04}"
        return words.say("since some time between {first} and {last}", first=first, last=last)
    return words.say("since a day between {start} and {end}", **_limits(words, span, year))


def _by(words: Words, span: Span, year: int | None) -> str:
    if span.exact or span.start is None or _unit(words, span)[0]:
        return words.say("by {day}", day=format_day(words, span.end, year=year))
    return words.say("by a day between {start} and {end}", **_limits(words, span, year))


def _whole_years(span: Span) -> bool:
    return bool(span.start) and str(span).strip("[]?~%").count("-") == 0


_FORMS = {"when": _when, "since": _since, "by": _by}
