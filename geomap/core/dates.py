"""EDTF strings to spans of days and back.

The subset of EDTF (ISO 8601-2, levels 0 to 2) that a claim may use: a day, a month or a year, one
of a range of them (`[2020-11-16..2020-11-22]`), a range open to the past (`[..2020-11-10]`), and the
qualifiers `?` uncertain, `~` approximate, `%` both. Everything else is refused by name: seasons,
intervals with `/`, unspecified digits and open futures would claim more, or less, than a ledger of
handovers can use.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from geomap.core.meant_dates import meant_days, meant_spans, written
from geomap.errors import quoted

_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?([?~%]?)", re.ASCII)
_RANGE = re.compile(r"\[(?:([^.\[\]]+))?\.\.([^.\[\]]+)\]")
_TAKES = (
    "write a day (2020-11-25), a month (2020-11), a year (1994) or a range of them "
    "([2020-11-16..2020-11-22], [..2020-11-10]); if the source is unsure, put ?, ~ or % right "
    "behind a date (1994~, [1990~..1994]), not behind a range"
)


@dataclass(frozen=True)
class Span:
    """The days on which something may have happened: `start` to `end`, both included.

    `start` is None where the span is open to the past. A qualifier belongs to the end of the span
    that it was claimed for: "" none, "?" uncertain, "~" approximate, "%" both. It never widens the
    span.
    """

    start: date | None
    end: date
    start_qualifier: str = ""
    end_qualifier: str = ""

    def __contains__(self, day: date) -> bool:
        return (self.start is None or self.start <= day) and day <= self.end

    @property
    def exact(self) -> bool:
        """Whether the span is one single day."""
        return self.start == self.end

    @property
    def qualifier(self) -> str:
        """What the span as a whole is qualified by."""
        return _join_qualifiers(self.start_qualifier, self.end_qualifier)

    def __str__(self) -> str:
        """Return the span as EDTF, as short as it can be written."""
        if self.start is None:
            return f"[..{_unit(self.end, last=True)}{self.end_qualifier}]"
        if self.start_qualifier == self.end_qualifier:
            whole = _whole_unit(self.start, self.end)
            if whole:
                return whole + self.end_qualifier
        first, last = self.start.isoformat(), self.end.isoformat()
        if first.endswith("-01-01") and last.endswith("-12-31"):
            first, last = first[:4], last[:4]
        return f"[{first}{self.start_qualifier}..{last}{self.end_qualifier}]"


def parse_day(text: str) -> date:
    """Return the day that an ISO 8601 calendar date such as `2020-11-25` names.

    Raises ValueError with a sentence where the text is no such day.
    """
    match = _DATE.fullmatch(text)
    if not match or not match[3] or match[4]:
        remedy = written(meant_days(text)) or "write it as 2020-11-25"
        raise ValueError(f"{quoted(text)} is not a day; {remedy}")
    return _bounds(text, match)[0]


@lru_cache(maxsize=65536)
def parse_span(text: str) -> Span:
    """Return the days that an EDTF string of the accepted subset allows.

    Raises ValueError with a sentence that names the accepted forms.
    """
    single = _DATE.fullmatch(text)
    if single:
        first, last = _bounds(text, single)
        return Span(first, last, single[4], single[4])
    limits = _RANGE.fullmatch(text)
    if not limits:
        raise ValueError(f"{quoted(text)} is not a date; {written(meant_spans(text)) or _TAKES}")
    start, start_qualifier = None, ""
    if limits[1]:
        match = _DATE.fullmatch(limits[1])
        if not match:
            raise ValueError(_no_limit(text, limits[1]))
        start, start_qualifier = _bounds(limits[1], match)[0], match[4]
    match = _DATE.fullmatch(limits[2])
    if not match:
        raise ValueError(_no_limit(text, limits[2]))
    end = _bounds(limits[2], match)[1]
    if start and start > end:
        raise ValueError(f"{quoted(text)} ends before it starts; write the earlier date first")
    return Span(start, end, start_qualifier, match[4])


def intersect(spans: Iterable[Span]) -> Span | None:
    """Return the days that all `spans` allow, or None where there is no such day.

    An end of the result is qualified only if every claim that sets it is: a firm statement of the
    same day outweighs an unsure one.
    """
    spans = list(spans)
    if len(spans) == 1:
        return spans[0]
    starts = [s.start for s in spans if s.start is not None]
    start = max(starts) if starts else None
    end = min(s.end for s in spans)
    if start is not None and start > end:
        return None
    return Span(
        start,
        end,
        _common([s.start_qualifier for s in spans if s.start == start]),
        _common([s.end_qualifier for s in spans if s.end == end]),
    )


def hull(spans: Iterable[Span]) -> Span:
    """Return the span from the earliest to the latest day that any of `spans` claims."""
    spans = list(spans)
    starts = [s.start for s in spans]
    start = None if None in starts else min(s for s in starts if s is not None)
    end = max(s.end for s in spans)
    return Span(
        start,
        end,
        _common([s.start_qualifier for s in spans if s.start == start]),
        _common([s.end_qualifier for s in spans if s.end == end]),
    )


def _no_limit(text: str, limit: str) -> str:
    """What to say of a range of which one end is no date."""
    remedy = written(meant_spans(text)) or _TAKES
    return f"{quoted(limit)} in a range is not a date; {remedy}"


def _bounds(text: str, match: re.Match[str]) -> tuple[date, date]:
    """Return the first and last day of the year, month or day that a match within `text` gives."""
    year, month, day = int(match[1]), match[2], match[3]
    try:
        if month is None:
            return date(year, 1, 1), date(year, 12, 31)
        if day is None:
            last = calendar.monthrange(year, int(month))[1]
            return date(year, int(month), 1), date(year, int(month), last)
        exact = date(year, int(month), int(day))
    except ValueError:
        raise ValueError(
            f"{quoted(text)}: there is no such day in the calendar; write one as 2020-11-25"
        ) from None
    return exact, exact


def _unit(day: date, *, last: bool) -> str:
    """`day` as the end of a range, as a year where it is that year's last (or first) day."""
    text = day.isoformat()
    return text[:4] if text.endswith("-12-31" if last else "-01-01") else text


def _whole_unit(first: date, last: date) -> str | None:
    """The day, month or year that `first` to `last` is, if it is one."""
    text = first.isoformat()
    if first == last:
        return text
    if first.day == 1 and (last.year, last.month) == (first.year, first.month):
        month_end = calendar.monthrange(first.year, first.month)[1]
        return text[:7] if last.day == month_end else None
    whole_year = text.endswith("-01-01") and last == date(first.year, 12, 31)
    return text[:4] if whole_year else None


def _common(qualifiers: list[str]) -> str:
    """The qualifier of a limit that several claims set: none as soon as one of them is firm."""
    if not qualifiers or "" in qualifiers:
        return ""
    return _join_qualifiers(*qualifiers)


def _join_qualifiers(*qualifiers: str) -> str:
    marks = {mark for mark in qualifiers if mark}
    if not marks:
        return ""
    return marks.pop() if len(marks) == 1 else "%"
