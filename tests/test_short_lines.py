"""The short lines of maps, frames and pictures: dates of regions, lines of days, steps."""

from __future__ import annotations

from datetime import date

import pytest

from geomap import present, sources
from geomap.core.dates import parse_span
from geomap.present import Selection, View, select
from geomap.wording import words_in
from geomap.wording.short_lines import format_short_span

EN = words_in("en")


def view_on(day: str = "2020-11-30", **restrictions: str) -> View:
    """The built-in dataset's view."""
    dataset = sources.open()
    selection: Selection = select(dataset, day, **restrictions)
    return present.view(dataset, selection, EN)


def dates_on(day: str, **restrictions: str) -> dict[str, str]:
    """The dates on the map by region; what is struck out stands between tildes."""
    return {
        card.region: "".join(f"~{text}~" if struck else text for text, struck in card.when)
        for card in view_on(day, **restrictions).today.cards
    }


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        ("2020-11-20", "20 Nov"),
        ("1993-04-03", "3 Apr 1993"),
        ("[..2020-12-01]", "1 Dec"),
        ("[2020-11-16..2020-11-22]", "16–22 Nov"),
        ("[2020-11-08~..2020-11-25]", "about 8–25 Nov"),
        ("1994", "1994"),
        ("1994~", "about 1994"),
        ("[1990..1994]", "1990–1994"),
    ],
)
def test_days_in_short(span: str, expected: str) -> None:
    assert format_short_span(EN, parse_span(span), 2020) == expected


def test_dates_of_regions_through_the_period() -> None:
    assert dates_on("2020-09-27") == {
        "aghdam": "since 1993",
        "kalbajar": "since 1993",
        "lachin": "since 1992",
        "nagorno-karabakh": "since 1994",
    }
    assert dates_on("2020-11-16") == {
        "aghdam": "due 20 Nov",
        "kalbajar": "due 25 Nov, was ~15~",
        "lachin": "due 1 Dec",
        "nagorno-karabakh": "divided",
    }
    assert dates_on("2020-12-01") == {
        "aghdam": "20 Nov",
        "kalbajar": "25 Nov, was ~15~",
        "lachin": "1 Dec",
        "nagorno-karabakh": "divided",
    }


def test_what_is_not_certain_is_marked() -> None:
    """The article alone bounds the handovers and names no date for Lachin."""
    dates = dates_on("2020-11-20", sources="ap-2020-11-30")
    assert dates["aghdam"] == "about 8–25 Nov?"
    assert dates["kalbajar"] == "15–25 Nov?"
    assert dates_on("2020-11-30", sources="ap-2020-11-30")["lachin"] == "due"
    assert dates_on("2020-11-30", known="2020-11-20")["kalbajar"] == "was due 25 Nov"


def test_a_day_in_one_line() -> None:
    assert view_on().today.short == (
        "Handed over: Aghdam, Kalbajar. To be handed over: Lachin (1 Dec). Divided: Nagorno-Karabakh."
    )


def test_steps_are_the_days_on_which_something_happens() -> None:
    steps = view_on().steps
    assert [step.day for step in steps] == [
        *(date(2020, 9, 27), date(2020, 11, 10), date(2020, 11, 15)),
        *(date(2020, 11, 20), date(2020, 11, 25), date(2020, 12, 1)),
    ]
    truce, aghdam = steps[1], steps[3]
    assert truce.line == (
        "Truce. To be handed over: Kalbajar (15 Nov), Aghdam (20 Nov), Lachin (1 Dec). "
        "A part held by Azerbaijan: Nagorno-Karabakh (27 Sept\u2009–\u200910 Nov)."
    )
    assert aghdam.line == "Handed over to Azerbaijan: Aghdam."
    assert aghdam.regions == ("aghdam",)
    assert [citation.text for citation in aghdam.citations] == ["AP, 20 Nov 2020", "Republic World"]


def test_a_day_that_passes_without_the_handover_is_a_step_too() -> None:
    """By what was known on 20 November, Kalbajar was overdue from the 26th."""
    step = next(s for s in view_on(known="2020-11-20").steps if s.day == date(2020, 11, 26))
    assert "Was due: Kalbajar (25 Nov)." in step.line


def test_many_regions_are_counted() -> None:
    from geomap.wording.short_lines import MOST_NAMES, _listed

    names = [(f"Place {n}", "") for n in range(MOST_NAMES + 1)]
    assert _listed(EN, "Handed over", names) == "Handed over: 7 regions."


def test_the_short_credit_names_the_first_source_and_counts_the_others() -> None:
    assert view_on().today.credit_short == (
        "AP and 7 more · Boundaries: Natural Earth · ends on 1 Dec 2020"
    )
