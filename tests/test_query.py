"""From the text of an address to typed values, and back to the shortest address of the same view."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from geomap import sources as datasets
from geomap.core.dataset import Dataset
from geomap.errors import BadQuery
from geomap.map.folium_map import CONTROLS, THEMES
from geomap.web.parameters import (
    QUERY,
    Parameter,
    Query,
    choice,
    languages,
    parse_query,
    pick,
    plain_text,
    whole_number,
)

BUILTIN = datasets.open()
SOURCES = tuple(BUILTIN.ledger.sources)


def parse(**args: str) -> Query:
    return parse_query(BUILTIN, MultiDict(args))


def test_an_empty_address_is_the_datasets_own_view() -> None:
    found = parse()
    assert found.date == BUILTIN.meta.date
    assert (found.known, found.sources) == (None, None)
    assert (found.theme, found.controls) == ("auto", "full")
    assert found.lang == languages(BUILTIN)[0]
    assert not found.restricted


def test_every_parameter_is_read() -> None:
    found = parse(
        date="2020-11-20",
        known="2020-11-24",
        sources="truce-2020-11-10, ap-2020-11-30",
        theme="dark",
        controls="none",
    )
    assert (found.date, found.known) == (date(2020, 11, 20), date(2020, 11, 24))
    # In the order of the ledger, so that one view has one address.
    assert found.sources == ("ap-2020-11-30", "truce-2020-11-10")
    assert (found.theme, found.controls) == ("dark", "none")
    assert found.restricted


@pytest.mark.parametrize("empty", ["", "  "])
def test_an_empty_parameter_is_none(empty: str) -> None:
    names = ("date", "known", "lang", "theme", "controls")
    assert parse(**dict.fromkeys(names, empty)) == parse()


@pytest.mark.parametrize("day", ["", " 2020-11-30"])
def test_the_day_is_the_datasets_own(day: str) -> None:
    assert parse(date=day).date == BUILTIN.meta.date


def test_the_latest_day_is_the_last_of_the_period() -> None:
    assert parse(date="latest").date == BUILTIN.period.end


@pytest.mark.parametrize("day", ["latest", "2020-11-30", "2020-11-20"])
def test_a_day_that_an_address_names_stays_in_it(day: str) -> None:
    assert parse(date=day).address(parse()) == {"date": day}


@pytest.mark.parametrize(
    "day",
    [
        *("2020-11", "20201130", "2020-W48-1", "2020-11-30T00:00", "2020-11-30?", "+2020-11-30"),
        *("30.11.2020", "today", "٢٠٢٠-١١-٣٠", "2020-11-31", "0000-01-01", "-1", "1e3", "\x00"),
    ],
)
@pytest.mark.parametrize("name", ["date", "known"])
def test_only_whole_days_are_days(name: str, day: str) -> None:
    with pytest.raises(BadQuery) as error:
        parse(**{name: day})
    assert error.value.parameter == name
    assert str(error.value).startswith(f"{name}: ")


@pytest.mark.parametrize("day", ["2020-09-27", "2020-12-01"])
def test_both_ends_of_the_period_are_in_it(day: str) -> None:
    assert parse(date=day).date == date.fromisoformat(day)


@given(st.dates())
def test_a_day_is_answered_or_refused_with_the_period(day: date) -> None:
    if BUILTIN.period.start <= day <= BUILTIN.period.end:
        assert parse(date=day.isoformat()).date == day
    else:
        with pytest.raises(BadQuery, match="outside 2020-09-27 to 2020-12-01"):
            parse(date=day.isoformat())


@given(st.text(max_size=300), st.sampled_from(["date", "known", "sources", "lang", "theme"]))
def test_any_text_gives_a_query_or_a_short_sentence(text: str, name: str) -> None:
    refused = None
    try:
        parse(**{name: text})
    except BadQuery as error:
        refused = error
    assert refused is None or (refused.parameter == name and len(str(refused)) < 1000)


def test_all_sources_are_no_choice() -> None:
    assert parse(sources=",".join(reversed(SOURCES))).sources is None


def test_a_parameter_given_twice_is_refused_but_for_sources() -> None:
    several = MultiDict([("sources", SOURCES[0]), ("sources", SOURCES[1])])
    assert parse_query(BUILTIN, several).sources == SOURCES[:2]
    for name in ("date", "known", "lang", "theme", "controls"):
        with pytest.raises(BadQuery, match=f"{name}: is given more than once"):
            parse_query(BUILTIN, MultiDict([(name, ""), (name, "")]))


def test_parameters_of_others_are_left_alone() -> None:
    others = MultiDict([("utm_source", "a"), ("utm_source", "b"), ("Date", "x"), ("date ", "x")])
    assert parse_query(BUILTIN, others) == parse()


def test_the_language_asked_for_wins_over_the_readers() -> None:
    lang = languages(BUILTIN)[-1]
    args = MultiDict([("lang", lang)])
    assert parse_query(BUILTIN, args, lang="en").lang == lang
    assert parse_query(BUILTIN, MultiDict(), lang=lang).lang == lang


def test_a_dataset_in_no_language_of_ours_is_shown_in_english(
    make_dataset: Callable[..., Path],
) -> None:
    icelandic = datasets.open(make_dataset(meta={"languages": ["is"]}))
    assert languages(icelandic) == ("en",)


def value(parameter: Parameter, *texts: str) -> object:
    """Return the value of a parameter that is given so many times."""
    return parameter.value(MultiDict([(parameter.name, text) for text in texts]), BUILTIN)


def test_one_word_of_several() -> None:
    size = choice("size", "", ("s", "l"), "s")
    assert [value(size), value(size, ""), value(size, " l ")] == ["s", "s", "l"]
    with pytest.raises(BadQuery, match="size: 'xl' is not known; it takes one of s, l"):
        value(size, "xl")


def test_a_whole_number() -> None:
    limit = whole_number("limit", "", 1, most=100)
    assert [value(limit), value(limit, " 7"), value(limit, "9" * 40)] == [None, 7, 100]
    assert value(whole_number("n", "", 1), "9" * 40) == 10**9
    for wrong in ("0", "-1", "1.5", "१", "1e3", "ten"):
        with pytest.raises(BadQuery, match=r"limit: .* it takes a whole number, 1 or more"):
            value(limit, wrong)


def test_an_empty_parameter_is_absent_refused_or_a_value() -> None:
    assert value(plain_text("a", ""), " ") is None
    assert value(plain_text("a", "", empty="value"), " ") == ""
    with pytest.raises(BadQuery, match="a: is empty; give it a value or leave it out"):
        value(plain_text("a", "", empty="refused"), " ")
    with pytest.raises(BadQuery, match="a: is missing; give a letter"):
        value(plain_text("a", "", required="give a letter"))


def test_pick_takes_what_is_given() -> None:
    assert pick({"a": "1", "b": "2"}, "b", "c") == {"b": "2"}


@given(st.sampled_from(QUERY), st.text(max_size=100))
def test_a_value_written_into_an_address_is_read_as_itself(parameter: Parameter, text: str) -> None:
    try:
        found = value(parameter, text)
    except BadQuery:
        return
    if found is not None:
        assert value(parameter, *parameter.texts(found)) == found


QUERIES = st.builds(
    Query,
    date=st.dates(BUILTIN.period.start, BUILTIN.period.end),
    known=st.none() | st.dates(),
    sources=st.none()
    | st.sets(st.sampled_from(SOURCES), min_size=1, max_size=len(SOURCES) - 1).map(
        lambda chosen: tuple(id for id in SOURCES if id in chosen)
    ),
    lang=st.sampled_from(languages(BUILTIN)),
    theme=st.sampled_from(THEMES),
    controls=st.sampled_from(CONTROLS),
)


@given(QUERIES)
def test_an_address_leads_back_to_its_view(query: Query) -> None:
    address = query.address(parse())
    assert parse(**address) == query
    assert not set(address) - {"date", "known", "sources", "lang", "theme", "controls"}


def test_an_address_holds_only_what_differs(builtin: Dataset) -> None:
    assert parse().address(parse()) == {}
    query = parse(date="2020-11-20", theme="dark")
    assert query.address(parse()) == {"date": "2020-11-20", "theme": "dark"}
