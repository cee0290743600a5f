"""The `datetime` parameter: an instant or an interval, as whole days of the dataset's time zone.

The grammar is that of OGC API - Features Core, section 7.15.4, whose instants are RFC 3339; a date
without a time is taken as well, and stands for its whole day.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo

from geomap.core.dates import parse_day
from geomap.errors import BadQuery

PARAMETER = "datetime"
FOREVER = date.max.toordinal()
_OPEN = ("", "..")
_INSTANT = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.\d{1,12})?(?:[Zz]|([+ -])(\d\d):(\d\d))",
    re.ASCII,
)
_TAKES = (
    "it takes a day (2020-11-25), an instant with its time zone (2020-11-25T08:00:00Z), "
    "or two of them with / between, .. for an open end (2020-11-12/..)"
)


@dataclass(frozen=True)
class Days:
    """The days from `first` to `last`, both included, as proleptic ordinals; 0 is the open past."""

    first: int
    last: int
    instant: bool = False

    @property
    def day(self) -> str | None:
        """The one day asked about, as ISO text; None for an interval."""
        return date.fromordinal(self.first).isoformat() if self.instant else None


def parse_datetime(text: str, zone: tzinfo) -> Days:
    """Return the days that a `datetime` names. Raises BadQuery for whatever it cannot be.

    An instant falls on the day that it is in `zone`, and an interval holds every day that it
    touches: both its ends belong to it.
    """
    if len(text) > 100:
        raise BadQuery(PARAMETER, f"is too long; {_TAKES}")
    ends = text.split("/")
    if len(ends) == 1 and text not in _OPEN:
        day = _moment(text, zone).date().toordinal()
        return Days(day, day, instant=True)
    if len(ends) != 2:
        raise BadQuery(PARAMETER, f"{text[:60]!r} is neither an instant nor an interval; {_TAKES}")
    start, end = (None if end in _OPEN else _moment(end, zone) for end in ends)
    if start and end and _reversed(start, end):
        raise BadQuery(PARAMETER, f"{text!r} ends before it starts; write the earlier end first")
    first = start.date().toordinal() if start else 0
    return Days(first, end.date().toordinal() if end else FOREVER)


def day_of(text: str, zone: tzinfo) -> date:
    """Return the day that an instant, or a day, is in `zone`. Raises BadQuery."""
    return _moment(text, zone).date()


def start_of(day: int, zone: tzinfo) -> str:
    """Return the first instant of a day, given as its ordinal, as RFC 3339 in UTC."""
    return _utc(datetime.combine(date.fromordinal(day), time.min, zone))


def end_of(day: int, zone: tzinfo) -> str:
    """Return the last second of a day, given as its ordinal, as RFC 3339 in UTC."""
    return _utc(datetime.combine(date.fromordinal(day), time(23, 59, 59), zone))


def _utc(moment: datetime) -> str:
    try:
        moment = moment.astimezone(UTC)
    except OverflowError:  # the first or last day of the calendar
        moment = moment.replace(tzinfo=UTC)
    return moment.replace(tzinfo=None).isoformat() + "Z"


def _reversed(start: datetime, end: datetime) -> bool:
    if start.tzinfo and end.tzinfo:
        return start > end
    # A day without a time is a whole day: an instant on it is neither before nor after it.
    return start.date() > end.date()


def _moment(text: str, zone: tzinfo) -> datetime:
    """Return an instant in `zone`, or a day as its naive midnight."""
    match = _INSTANT.fullmatch(text)
    # GDAL writes a day as 2020-11-25T when it passes a filter on.
    bare = text.removesuffix("T") if len(text) == len("2020-11-25T") else text
    try:
        day = parse_day(match[1] if match else bare)
    except ValueError:
        raise BadQuery(PARAMETER, f"{text[:60]!r} is not a day nor an instant; {_TAKES}") from None
    if match is None:
        return datetime.combine(day, time.min)
    hour, minute, second = int(match[2]), int(match[3]), int(match[4])
    offset_hour, offset_minute = int(match[6] or 0), int(match[7] or 0)
    if hour > 23 or minute > 59 or second > 60 or offset_hour > 23 or offset_minute > 59:
        raise BadQuery(PARAMETER, f"{text!r}: there is no such time of day; {_TAKES}")
    offset = timedelta(hours=offset_hour, minutes=offset_minute)
    # An unescaped + arrives as a space. A leap second is counted to the second before it.
    zoned = timezone(-offset if match[5] == "-" else offset)
    try:
        return datetime.combine(day, time(hour, minute, min(second, 59)), zoned).astimezone(zone)
    except OverflowError:
        raise BadQuery(PARAMETER, f"{text!r} lies beyond the calendar; {_TAKES}") from None
