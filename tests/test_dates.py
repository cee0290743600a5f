"""Dates as spans of days: what is read, what is refused, and what comes out again."""

from __future__ import annotations

import warnings
from datetime import date

import pytest
from datasets import days
from hypothesis import given
from hypothesis import strategies as st

from geomap.core.dates import Span, hull, intersect, parse_day, parse_span

with warnings.catch_warnings():
    # The library's own grammar warns under newer versions of its parser.
    warnings.simplefilter("ignore")
    from edtf import parse_edtf
    from edtf.parser.edtf_exceptions import EDTFParseException


def span(start: str | None, end: str, start_mark: str = "", end_mark: str = "") -> Span:
    first = date.fromisoformat(start) if start else None
    return Span(first, date.fromisoformat(end), start_mark, end_mark)


ACCEPTED = {
    "2020-11-25": span("2020-11-25", "2020-11-25"),
    "2020-11": span("2020-11-01", "2020-11-30"),
    "2020-02": span("2020-02-01", "2020-02-29"),
    "2020-12": span("2020-12-01", "2020-12-31"),
    "1994": span("1994-01-01", "1994-12-31"),
    "0001": span("0001-01-01", "0001-12-31"),
    "9999-12-31": span("9999-12-31", "9999-12-31"),
    "1994?": span("1994-01-01", "1994-12-31", "?", "?"),
    "1994-05~": span("1994-05-01", "1994-05-31", "~", "~"),
    "2020-11-25%": span("2020-11-25", "2020-11-25", "%", "%"),
    "[2020-11-16..2020-11-22]": span("2020-11-16", "2020-11-22"),
    "[1990..1994]": span("1990-01-01", "1994-12-31"),
    "[2020-11..2020-12-05]": span("2020-11-01", "2020-12-05"),
    "[1990?..1994~]": span("1990-01-01", "1994-12-31", "?", "~"),
    "[..2020-11]": span(None, "2020-11-30"),
    "[..1994?]": span(None, "1994-12-31", "", "?"),
}

REFUSED = (
    *("", "yesterday", "25.11.2020", "20201125", "2020-11-25T01:00", "2020-11-5", " 2020-11-25"),
    *("2020-11-25\n", "２０２０-11-25", "-0044", "Y12020", "2020-W48", "2020-21", "20XX", "1990s"),
    *("2020-11-16/2020-11-22", "../2020", "[2020-11-10..]", "[..]", "[]", "[2020]", "[2020,2021]"),
    *("{1990..1994}", "[2020-11-16..2020-11-22", "[2020..2021..2022]", "[2020 .. 2021]"),
    *("?2020", "2020-11?-25", "2020?~", "[..2020?]?", "[2021-02..2020]", "[yesterday..2020]"),
    *("2020-11-31", "2021-02-29", "2020-13", "2020-00-10", "0000", "[..2020-11-31]"),
)


@pytest.mark.parametrize(("text", "expected"), ACCEPTED.items())
def test_every_accepted_form_gives_its_days(text: str, expected: Span) -> None:
    assert parse_span(text) == expected


@pytest.mark.parametrize("text", REFUSED)
def test_every_other_form_is_refused_with_a_sentence_that_quotes_it(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a date|calendar|ends before it starts") as error:
        parse_span(text)
    refused = text.strip("[]").split("..")
    assert any(repr(piece) in str(error.value) for piece in (text, *refused))


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("soon", "write a day (2020-11-25), a month (2020-11), a year (1994)"),
        ("[1990..1994]~", "[1990~..1994]), not behind a range"),
        ("x" * 5000, "'" + "x" * 60 + "…' is not a date"),
        ("[x.." + "x" * 5000 + "]", "is not a date"),
        ("2020-02-30", "no such day in the calendar"),
        ("[2021..2020]", "write the earlier date first"),
    ],
)
def test_a_refusal_says_how_to_mend_the_date(text: str, hint: str) -> None:
    with pytest.raises(ValueError, match=r"date|calendar") as error:
        parse_span(text)
    assert hint in str(error.value)
    assert len(str(error.value)) < 400


def test_a_day_is_read_as_that_day() -> None:
    assert parse_day("2020-02-29") == date(2020, 2, 29)


@pytest.mark.parametrize("text", ["", "2020-11", "2020-11-25?", "[..2020-11-25]"])
def test_what_is_no_single_firm_day_is_no_day(text: str) -> None:
    with pytest.raises(ValueError, match="is not a day; write it as 2020-11-25"):
        parse_day(text)


def test_a_day_that_the_calendar_lacks_is_refused() -> None:
    with pytest.raises(ValueError, match="no such day in the calendar"):
        parse_day("2021-02-29")


@pytest.mark.parametrize(
    ("text", "shortest"),
    [
        ("[2020-11-25..2020-11-25]", "2020-11-25"),
        ("[2020-11-01..2020-11-30]", "2020-11"),
        ("[1994-01-01..1994-12-31]", "1994"),
        ("[1994~..1994~]", "1994~"),
        ("[1990-01-01..1994-12-31]", "[1990..1994]"),
        ("[..1994-12-31]", "[..1994]"),
        ("[..2020-11]", "[..2020-11-30]"),
        ("[1994?..1994]", "[1994?..1994]"),
        ("[2020-11..2020-12]", "[2020-11-01..2020-12-31]"),
        ("[2020-01-01..2021-06-30]", "[2020-01-01..2021-06-30]"),
    ],
)
def test_a_span_is_written_as_short_as_it_can_be(text: str, shortest: str) -> None:
    assert str(parse_span(text)) == shortest


def test_a_span_holds_both_its_ends_and_nothing_beyond() -> None:
    week = parse_span("[2020-11-16..2020-11-22]")
    assert [d.day for d in days(date(2020, 11, 14), date(2020, 11, 24)) if d in week] == [
        *range(16, 23)
    ]
    assert date.min in parse_span("[..2020]")
    assert date(2021, 1, 1) not in parse_span("[..2020]")


def test_a_span_of_one_day_is_exact() -> None:
    assert parse_span("2020-11-25").exact
    assert not parse_span("2020-11").exact
    assert not parse_span("[..2020-11-25]").exact


@pytest.mark.parametrize(
    ("text", "mark"),
    [("1994", ""), ("1994~", "~"), ("[1990?..1994]", "?"), ("[1990?..1994~]", "%")],
)
def test_a_span_as_a_whole_is_qualified_by_either_end(text: str, mark: str) -> None:
    assert parse_span(text).qualifier == mark


@pytest.mark.parametrize(
    ("texts", "common"),
    [
        (["[2020-11-08..2020-11-25]", "[2020-11-16..2020-11-22]"], "[2020-11-16..2020-11-22]"),
        (["[2020-11-16..2020-11-22]", "2020-11-20"], "2020-11-20"),
        (["[..2020-11-10]", "[1990..1994]", "1993-04-03"], "1993-04-03"),
        (["[..2020-11-10]", "[..2020-11-08]"], "[..2020-11-08]"),
        (["2020-11", "[2020-11-15..2021]"], "[2020-11-15..2020-11-30]"),
        # A firm statement of a limit outweighs an unsure one, an unsure limit alone stays unsure.
        (["1994?", "1994"], "1994"),
        (["1994?", "1994~"], "1994%"),
        (["1994~", "[1990..1994-06-30]"], "[1994-01-01~..1994-06-30]"),
    ],
)
def test_claims_narrow_a_date_to_the_days_all_allow(texts: list[str], common: str) -> None:
    assert str(intersect(parse_span(text) for text in texts)) == common


def test_claims_without_a_common_day_have_no_intersection() -> None:
    assert intersect([parse_span("2020-11-19"), parse_span("2020-11-20")]) is None


@pytest.mark.parametrize(
    ("texts", "whole"),
    [
        (["2020-11-19", "2020-11-22", "2020-11-20"], "[2020-11-19..2020-11-22]"),
        (["[..2020-11-10]", "2020-11-20"], "[..2020-11-20]"),
        (["1993?", "1995"], "[1993-01-01?..1995-12-31]"),
    ],
)
def test_the_hull_reaches_from_the_earliest_to_the_latest_day(texts: list[str], whole: str) -> None:
    assert hull(parse_span(text) for text in texts) == parse_span(whole)


ANY_DAY = st.dates()
MARKS = st.sampled_from(["", "", "?", "~", "%"])


@st.composite
def units(draw: st.DrawFn) -> str:
    day = draw(ANY_DAY).isoformat()
    return day[: draw(st.sampled_from([4, 7, 10]))] + draw(MARKS)


@st.composite
def texts(draw: st.DrawFn) -> str:
    form = draw(st.sampled_from(["{a}", "[{a}..{b}]", "[..{a}]"]))
    a, b = sorted([draw(units()), draw(units())])
    if form == "[{a}..{b}]" and parse_span(a).start > parse_span(b).end:
        a, b = b, a
    return form.format(a=a, b=b)


@given(texts())
def test_what_is_written_is_read_back_as_the_same_span(text: str) -> None:
    assert parse_span(str(parse_span(text))) == parse_span(text)


@given(st.lists(texts(), min_size=1, max_size=4), ANY_DAY)
def test_an_intersection_holds_a_day_if_and_only_if_every_span_does(
    written: list[str], day: date
) -> None:
    spans = [parse_span(text) for text in written]
    common = intersect(spans)
    edges = {day} | {s.end for s in spans} | {s.start for s in spans if s.start}
    for edge in edges:
        assert (common is not None and edge in common) == all(edge in s for s in spans)


@given(st.lists(texts(), min_size=1, max_size=4))
def test_a_hull_holds_every_day_of_every_span_and_ends_where_they_do(written: list[str]) -> None:
    spans = [parse_span(text) for text in written]
    whole = hull(spans)
    assert all(s.end in whole and (s.start or date.min) in whole for s in spans)
    assert whole.end in {s.end for s in spans}
    assert whole.start in {s.start for s in spans}


@given(texts())
def test_another_edtf_reader_finds_the_same_days(text: str) -> None:
    try:
        other = parse_edtf(text)
    except EDTFParseException:
        # It reads no range whose ends have qualifiers or are not of one precision.
        assert ".." in text
        return
    mine = parse_span(text)
    lower, upper = other.lower_strict(), other.upper_strict()
    assert upper[:3] == mine.end.timetuple()[:3]
    if mine.start is None:
        assert lower == float("-inf")
    else:
        assert lower[:3] == mine.start.timetuple()[:3]


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused_with_a_sentence(text: str) -> None:
    try:
        span = parse_span(text)
    except ValueError as error:
        sentence = str(error)
    else:
        assert span.start is None or span.start <= span.end
        return
    assert "write" in sentence or "calendar" in sentence
