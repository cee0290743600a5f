"""The axis of time: days as shares of a chart's length."""

from datetime import date, timedelta

from datasets import days
from hypothesis import given
from hypothesis import strategies as st

from geomap.present.axis import Axis, axis

FIRST, LAST = date(2020, 9, 27), date(2020, 12, 1)
EVENTS = [date(2020, 11, 10), date(2020, 11, 15), date(2020, 11, 20), date(2020, 11, 25), LAST]


def test_days_on_which_something_happens_get_the_length() -> None:
    made = axis((FIRST, LAST), EVENTS)
    assert made.at(EVENTS[0]) < 0.3
    assert made.at(EVENTS[2]) - made.at(EVENTS[1]) > 0.15
    assert made.breaks == ((0.0, made.at(EVENTS[0])),)
    assert made.after(LAST) - made.at(LAST) > 0.05  # the last day's state shows, too


def test_without_events_all_days_are_equally_long() -> None:
    made = axis((FIRST, LAST), [])
    assert made.breaks == ()
    lengths = {round(made.after(day) - made.at(day), 6) for day in days(FIRST, LAST)}
    assert len(lengths) == 1


def test_what_lies_outside_the_period_lies_at_its_ends() -> None:
    made = axis((FIRST, LAST), EVENTS)
    assert made == axis((FIRST, LAST), [*EVENTS, date.min, date.max])
    assert (made.at(date.min), made.at(date.max)) == (0.0, 1.0)


def test_the_last_day_of_the_calendar_has_an_end() -> None:
    made = axis((date(9999, 12, 30), date.max), [date.max])
    assert made.after(date.max) == 1.0


@st.composite
def axes(draw: st.DrawFn) -> Axis:
    first = draw(st.dates(date(1900, 1, 1), date(2100, 1, 1)))
    length = draw(st.integers(0, 3000))
    offsets = draw(st.lists(st.integers(0, 3000), max_size=12))
    return axis(
        (first, first + timedelta(length)), [first + timedelta(offset) for offset in offsets]
    )


@given(axes())
def test_a_later_day_lies_further_on(made: Axis) -> None:
    first = made.anchors[0][0]
    shares = [made.at(day) for day in days(first, made.last)]
    assert shares[0] == 0.0
    assert shares == sorted(set(shares))
    assert made.after(made.last) == 1.0
    assert all(
        made.after(day) == made.at(day + timedelta(1)) for day in days(first, made.last)[:-1]
    )
    assert all(0 <= start < end <= 1 for start, end in made.breaks)
