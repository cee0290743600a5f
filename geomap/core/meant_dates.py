"""What was meant by a date that is not written as EDTF: as spreadsheets and people write them."""

from __future__ import annotations

import re
from datetime import date, timedelta

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = rf"(?P<month>{'|'.join(_MONTHS)})[a-z]*\.?"
_DAY_NUMBER = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?\.?"
_YEAR = r"(?P<year>\d{4})"
_TIME = r"(?:[ t]\d{1,2}:\d.*)?"
_NUMBERS = re.compile(rf"(?P<first>\d{{1,2}})[./-](?P<second>\d{{1,2}})[./-]{_YEAR}{_TIME}")
_YEAR_FIRST = re.compile(
    rf"{_YEAR}(?P<mark>[./-]?)(?P<month>\d{{1,2}})(?P=mark)(?P<day>\d{{1,2}}){_TIME}"
)
_WORDS = (
    re.compile(rf"{_DAY_NUMBER} ?-?(?:of )?{_MONTH},?[ -]{_YEAR}"),
    re.compile(rf"{_MONTH} {_DAY_NUMBER},? {_YEAR}"),
    re.compile(rf"{_MONTH},? {_YEAR}"),
)
_MONTH_YEAR = re.compile(rf"(?P<month>\d{{1,2}})[./-]{_YEAR}")
_SERIAL = re.compile(r"(?P<days>\d{5})(?:\.0+)?")
_SERIAL_ZERO = date(1899, 12, 30)
"""The day that a spreadsheet counts as 0, by those of today; Excel takes 1900 for a leap year."""
_ABOUT = re.compile(r"(?:c\.|ca\.?|circa|about|around)\s*(?P<rest>.+)")
_BY = re.compile(r"(?:by|before|until|up to|not later than)\s+(?P<rest>.+)")
_BETWEEN = tuple(
    re.compile(rf"\[?(?:between |from )?(?P<start>.+?){mark}(?P<end>.+?)\]?")
    for mark in (r"\s*\.\.+\s*", r"\s*[–—]\s*", r"\s+(?:-|to|and|until)\s+", r"\s*/\s*")
)
"""The first is tried first: a slash may part a day from a month, too."""
_LONGEST = 60


def meant_days(text: str) -> tuple[str, ...]:
    """Return the days that a text may mean, as ISO 8601; several where its numbers are in no known
    order, as in 04/05/2021, and none where it is not understood.
    """
    text = " ".join(text.lower().split())
    if len(text) > _LONGEST:
        return ()
    if match := _SERIAL.fullmatch(text):
        return (str(_SERIAL_ZERO + timedelta(int(match["days"]))),)
    if match := _YEAR_FIRST.fullmatch(text):
        return _real(match["year"], (match["month"], match["day"]))
    if match := _NUMBERS.fullmatch(text):
        first, second = match["first"], match["second"]
        return _real(match["year"], (second, first), (first, second))
    for form in _WORDS[:2]:
        if match := form.fullmatch(text):
            return _real(match["year"], (_number(match["month"]), match["day"]))
    return ()


def meant_spans(text: str) -> tuple[str, ...]:
    """Return the dates that a text may mean, as EDTF: days, months, and ranges of them."""
    text = " ".join(text.lower().split())
    if len(text) > _LONGEST:
        return ()
    if days := meant_days(text):
        return days
    if match := _WORDS[2].fullmatch(text):
        return _months(match["year"], _number(match["month"]))
    if match := _MONTH_YEAR.fullmatch(text):
        return _months(match["year"], match["month"])
    if match := _ABOUT.fullmatch(text):
        return tuple(f"{date}~" for date in _unit(match["rest"]))
    if match := _BY.fullmatch(text):
        return tuple(f"[..{date}]" for date in _unit(match["rest"]))
    for form in _BETWEEN:
        if match := form.fullmatch(text):
            ends = _unit(match["end"])
            spans = [f"[{a}..{b}]" for a in _unit(match["start"]) for b in ends if a <= b]
            if spans:
                return tuple(spans)
    return ()


def written(meant: tuple[str, ...]) -> str:
    """Return the end of a sentence that says what to write, "" where nothing is meant."""
    return f"write {' or '.join(meant)}" if meant else ""


def _unit(text: str) -> tuple[str, ...]:
    """Return a date within a longer form: as it is where it is written well already."""
    well_written = re.fullmatch(r"\d{4}(-\d\d(-\d\d)?)?", text)
    return (text,) if well_written else meant_spans(text)


def _number(month: str) -> str:
    return str(_MONTHS.index(month) + 1)


def _real(year: str, *months_and_days: tuple[str, str]) -> tuple[str, ...]:
    """Return those of the days that are in the calendar, each once."""
    days = []
    for month, day in months_and_days:
        try:
            days.append(str(date(int(year), int(month), int(day))))
        except ValueError:
            continue
    return tuple(dict.fromkeys(days))


def _months(year: str, month: str) -> tuple[str, ...]:
    return (f"{year}-{int(month):02}",) if 1 <= int(month) <= 12 else ()
