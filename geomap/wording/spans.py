"""Days and spans of days in words. Dates are set as CLDR sets them in each language."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from babel.dates import format_date, format_skeleton

from geomap.core.dates import Span
from geomap.core.kinds import DateForm
from geomap.wording.catalogue import Name, Words
from geomap.wording.endings import dated, ordinal, smooth

Form = DateForm
_LONG = {"hy": "y 'թ'. MMMM d"}
"""Where CLDR's long date is that of a letterhead, and a sentence needs another: in Armenian the day
comes last, since it takes the endings (`նոյեմբերի 25-ին`)."""
_SHORT = {"ar": "d MMM y", "hy": "d MMM, y 'թ'."}
"""As CLDR's medium date, without the zero before a day of one digit; in Arabic with the month's name,
since digits alone are read in two orders."""
_LONG_WITHOUT_YEAR = {"hy": "MMMM d"}
_CACHED = 2**14
"""So many days and spans are set once; a ledger has few days and many claims about each."""


def long_pattern(words: Words) -> str:
    """Return the CLDR pattern by which a day is written in full."""
    return str(_LONG.get(words.language) or words.locale.date_formats["long"].pattern)


@lru_cache(maxsize=_CACHED)
def format_day(words: Words, day: date, *, year: int | None = None, short: bool = False) -> str:
    """Return a day as `30 November 2020`; without its year where that is `year`; `short` as 30 Nov."""
    if day.year != year:
        pattern = _SHORT.get(words.language, "medium") if short else long_pattern(words)
        return str(format_date(day, pattern, locale=words.locale))
    own = _LONG_WITHOUT_YEAR.get(words.language)
    if own and not short:
        return str(format_date(day, own, locale=words.locale))
    return str(format_skeleton("MMMd" if short else "MMMMd", day, locale=words.locale))


@lru_cache(maxsize=_CACHED)
def format_span(words: Words, span: Span, form: Form = "when", *, year: int | None = None) -> str:
    """Return a span of days as an adverbial: when something happened, since when, or when it is due.

    `by` is the form of an arrangement: "by 20 November" only where the span is open to the past,
    "on 15 November" where a source names the day itself. A limit of the span that is qualified is
    worded so: "about 8 November" (`~`), "perhaps" (`?`). The year is left out where it is `year`,
    the one the reader is looking at.
    """
    return smooth(words.language, _FORMS[form](words, span, year))


def qualified(words: Words, text: str, qualifier: str) -> str:
    """Return a date in words with its EDTF qualifier: `~` about, `?` perhaps, `%` both."""
    if qualifier == "~":
        return words.say("about {date}", date=text)
    if qualifier == "?":
        return words.say("perhaps {date}", date=text)
    if qualifier == "%":
        return words.say("perhaps about {date}", date=text)
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
        return "year", _year(words, span.end.year, span.qualifier)
    names, month = words.locale.months, span.end.month
    forms = {
        "name": names["stand-alone"]["wide"][month],
        "genitive": names["format"]["wide"][month],
        "year": f"{span.end.year}",
        "ordinal": ordinal(words.language, span.end.year),
    }
    name = str(format_skeleton("yMMMM", span.end, locale=words.locale))
    return "month", _in_forms(words, name, span.qualifier, forms)


def _year(words: Words, year: int, qualifier: str = "") -> Name:
    forms = {"ordinal": qualified(words, ordinal(words.language, year), qualifier)}
    return _in_forms(words, f"{year}", qualifier, forms)


def _decade(words: Words, span: Span) -> Name | None:
    """The decade of whose early years a span speaks (`[1990~..1994~]`), None for any other span."""
    if span.start is None or not _whole_years(span):
        return None
    first, last = span.start.year, span.end.year
    approximate = span.start_qualifier == span.end_qualifier == "~"
    if not (approximate and first % 10 == 0 and 3 <= last - first <= 4):
        return None
    return Name(f"{first}", {"ordinal": ordinal(words.language, first)})


def _limits(words: Words, span: Span, year: int | None) -> dict[str, Name]:
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
        "start": _day(words, start, start_year, span.start_qualifier),
        "end": _day(words, end, end_year, span.end_qualifier),
    }


def _day(words: Words, day: date, year: int | None, qualifier: str) -> Name:
    """A day in words with its qualifier, and with the endings of languages that set them."""
    shown_year = None if day.year == year else day.year
    bare = format_day(words, day, year=day.year)
    forms = {
        form: qualified(words, text, qualifier)
        for form, text in dated(words.language, bare, shown_year).items()
    }
    return _in_forms(words, format_day(words, day, year=year), qualifier, forms)


def _in_forms(words: Words, text: str, qualifier: str, forms: dict[str, str]) -> Name:
    """A date with its qualifier, and both apart for languages that set something between them:
    `about` is the qualifier with a space behind it, "" where there is none, `bare` the date.
    """
    apart = {"about": qualified(words, "", qualifier), "bare": text}
    return Name(qualified(words, text, qualifier), forms | apart)


def _last_day(words: Words, span: Span, year: int | None) -> Name:
    return _day(words, span.end, year, span.end_qualifier)


def _when(words: Words, span: Span, year: int | None) -> str:
    if span.start is None:
        return words.say("on or before {day}", day=_last_day(words, span, year))
    return _in_span(words, span, year)


def _by(words: Words, span: Span, year: int | None) -> str:
    if span.start is None:
        return words.say("by {day}", day=_last_day(words, span, year))
    return _in_span(words, span, year)


def _in_span(words: Words, span: Span, year: int | None) -> str:
    """A span whose start is known, as the time in which something happens."""
    if span.exact and span.qualifier:
        return words.say("{qualified_day}", qualified_day=_last_day(words, span, year))
    if span.exact:
        return words.say("on {day}", day=_last_day(words, span, year))
    unit, name = _unit(words, span)
    if unit == "month":
        return words.say("in {month}", month=name)
    if unit == "year":
        return words.say("in {year}", year=name)
    if decade := _decade(words, span):
        return words.say("in the early {decade}s", decade=decade)
    if _whole_years(span):
        return words.say("between {first} and {last}", **_years(words, span))
    return words.say("between {start} and {end}", **_limits(words, span, year))


def _since(words: Words, span: Span, year: int | None) -> str:
    if span.start is None:
        return words.say("since {day} at the latest", day=_last_day(words, span, year))
    if span.exact:
        return words.say("since {day}", day=_last_day(words, span, year))
    unit, name = _unit(words, span)
    if unit == "month":
        return words.say("since {month}", month=name)
    if unit == "year":
        return words.say("since {year}", year=name)
    if decade := _decade(words, span):
        return words.say("since the early {decade}s", decade=decade)
    if _whole_years(span):
        return words.say("since some time between {first} and {last}", **_years(words, span))
    return words.say("since a day between {start} and {end}", **_limits(words, span, year))


def _years(words: Words, span: Span) -> dict[str, Name]:
    """The first and last year of a span of whole years, in words."""
    first = span.start or span.end
    return {
        "first": _year(words, first.year, span.start_qualifier),
        "last": _year(words, span.end.year, span.end_qualifier),
    }


def _whole_years(span: Span) -> bool:
    return bool(span.start) and str(span).strip("[]?~%").count("-") == 0


_FORMS = {"when": _when, "since": _since, "by": _by}
