"""Days and spans of days in words. Dates are set as CLDR sets them in each language."""

from __future__ import annotations

from datetime import date
from typing import Literal

from babel.dates import format_date, format_skeleton

from geomap.core.dates import Span
from geomap.wording.catalogue import Name, Words
from geomap.wording.endings import ordinal, smooth

Form = Literal["when", "since", "by"]
FORM_OF_KIND: dict[str, Form] = {"control": "since", "due": "by", "handover": "when"}
"""How the date of a claim or event of each kind is put: held since, due by, handed over on."""
_LONG = {"hy": "y 'թ'. MMMM d"}
"""Where CLDR's long date is that of a letterhead, and a sentence needs another: in Armenian the day
comes last, since it takes the endings (`նոյեմբերի 25-ին`)."""
_SHORT = {"hy": "d MMM, y 'թ'."}
"""As CLDR's medium date, without the zero before a day of one digit."""
_LONG_WITHOUT_YEAR = {"hy": "MMMM d"}


def long_pattern(words: Words) -> str:
    """Return the CLDR pattern by which a day is written in full."""
    return str(_LONG.get(words.language) or words.locale.date_formats["long"].pattern)


def format_day(words: Words, day: date, *, year: int | None = None, short: bool = False) -> str:
    """Return a day as `30 November 2020`; without its year where that is `year`; `short` as 30 Nov."""
    if day.year != year:
        pattern = _SHORT.get(words.language, "medium") if short else long_pattern(words)
        return str(format_date(day, pattern, locale=words.locale))
    own = _LONG_WITHOUT_YEAR.get(words.language)
    if own and not short:
        return str(format_date(day, own, locale=words.locale))
    return str(format_skeleton("MMMd" if short else "MMMMd", day, locale=words.locale))


def format_span(words: Words, span: Span, form: Form = "when", *, year: int | None = None) -> str:
    """Return a span of days as an adverbial: when something happened, since when, or by when.

    The year is left out where it is `year`, the one the reader is looking at.
    """
    text = smooth(words.language, _FORMS[form](words, span, year))
    if span.qualifier == "~":
        return words.say("{when} (approximate)", when=text)
    if span.qualifier == "?":
        return words.say("{when} (uncertain)", when=text)
    if span.qualifier == "%":
        return words.say("{when} (uncertain and approximate)", when=text)
    return text


def _unit(words: Words, span: Span) -> tuple[str, Name]:
    """The calendar unit that a span is, `month`, `year` or `` for none, and its name in words.

    A month's name has the forms `name` and `genitive` of the month and `year` and `ordinal` of its
    year, for languages that put them in an order or a case of their own.
    """
    text = str(span).rstrip("?~%")
    if text.startswith("["):
        return "", Name("")
    if len(text) == 4:
        return "year", _year(words, span.end.year)
    names, month = words.locale.months, span.end.month
    forms = {
        "name": names["stand-alone"]["wide"][month],
        "genitive": names["format"]["wide"][month],
        "year": f"{span.end.year}",
        "ordinal": ordinal(words.language, span.end.year),
    }
    return "month", Name(str(format_skeleton("yMMMM", span.end, locale=words.locale)), forms)


def _year(words: Words, year: int) -> Name:
    return Name(f"{year}", {"ordinal": ordinal(words.language, year)})


def _limits(words: Words, span: Span, year: int | None) -> dict[str, str]:
    """The first and last day of a span in words; a year that both share stands once, two always.

    It stands where a reader meets it: with the last day, or with the first if the year comes first.
    """
    start, end = span.start or span.end, span.end
    start_year = end_year = year if start.year == end.year else None
    if start.year == end.year != year:
        if long_pattern(words).startswith("y"):
            end_year = end.year
        else:
            start_year = start.year
    return {
        "start": format_day(words, start, year=start_year),
        "end": format_day(words, end, year=end_year),
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
        first, last = _year(words, span.start.year), _year(words, span.end.year)
        return words.say("since some time between {first} and {last}", first=first, last=last)
    return words.say("since a day between {start} and {end}", **_limits(words, span, year))


def _by(words: Words, span: Span, year: int | None) -> str:
    if span.exact or span.start is None or _unit(words, span)[0]:
        return words.say("by {day}", day=format_day(words, span.end, year=year))
    return words.say("by a day between {start} and {end}", **_limits(words, span, year))


def _whole_years(span: Span) -> bool:
    return bool(span.start) and str(span).strip("[]?~%").count("-") == 0


_FORMS = {"when": _when, "since": _since, "by": _by}
