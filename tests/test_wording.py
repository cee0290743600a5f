"""What the data says in English: spans of days, the sentence of each status, the headline."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from datasets import SOURCES, claim, region, square

from geomap import sources as datasets
from geomap.core.dataset import Dataset
from geomap.core.dates import parse_span
from geomap.core.events import postponements, resolve
from geomap.core.status import statuses
from geomap.present import select, view
from geomap.present.statuses import cite_short
from geomap.present.texts import credit, plain
from geomap.wording import (
    claim_text,
    event_text,
    format_day,
    format_span,
    headline,
    sentence,
    words_in,
)
from geomap.wording.sentences import citation

EN = words_in("en")
HELD = claim("held", "control", "south", "1990")
DUE = claim("due", "due", "north", "2021-03-10", since="2021-03-03")
GOT = claim("got", "handover", "north", "2021-03-12")
Rows = list[Mapping[str, str]]


@pytest.fixture
def small(make_dataset: Callable[..., Path]) -> Callable[..., Dataset]:
    """A function that opens a small dataset of some claims."""
    return lambda *rows, **kwargs: datasets.open(make_dataset(rows, **kwargs))


def said(data: Dataset, day: str, year: int | None = 2021, **view: Any) -> str:
    """Return the sentence about the region `hill` on a day of March 2021, as plain text."""
    status = next(s for s in statuses(data, f"2021-03-{day}", **view) if s.region == "hill")
    return "".join(text for text, _ in sentence(EN, data, status, year))


def head(data: Dataset, day: str) -> str:
    pieces = headline(EN, data, statuses(data, f"2021-03-{day}"), 2021)
    return "".join(text for text, _ in pieces)


# spans of days ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("edtf", "when", "since", "by"),
    [
        ("2020-11-25", "on 25 November 2020", "since 25 November 2020", "by 25 November 2020"),
        ("2020-11", "in November 2020", "since November 2020", "by 30 November 2020"),
        ("1994", "in 1994", "since 1994", "by 31 December 1994"),
        (
            "[2020-11-16..2020-11-22]",
            "between 16 November and 22 November 2020",
            "since a day between 16 November and 22 November 2020",
            "by a day between 16 November and 22 November 2020",
        ),
        (
            "[2019-12-20..2020-01-05]",
            "between 20 December 2019 and 5 January 2020",
            "since a day between 20 December 2019 and 5 January 2020",
            "by a day between 20 December 2019 and 5 January 2020",
        ),
        (
            "[..2020-11-10]",
            "on or before 10 November 2020",
            "since 10 November 2020 or earlier",
            "by 10 November 2020",
        ),
        (
            "[1990..1994]",
            "between 1 January 1990 and 31 December 1994",
            "since some time between 1990 and 1994",
            "by a day between 1 January 1990 and 31 December 1994",
        ),
    ],
)
def test_a_span_in_words(edtf: str, when: str, since: str, by: str) -> None:
    span = parse_span(edtf)
    assert format_span(EN, span) == when
    assert format_span(EN, span, "since") == since
    assert format_span(EN, span, "by") == by


@pytest.mark.parametrize(
    ("edtf", "words"),
    [
        ("2020-11-25?", "on 25 November 2020 (uncertain)"),
        ("2020-11~", "in November 2020 (approximate)"),
        ("1994%", "in 1994 (uncertain and approximate)"),
    ],
)
def test_a_doubt_of_the_source_is_said(edtf: str, words: str) -> None:
    assert format_span(EN, parse_span(edtf)) == words


@pytest.mark.parametrize(
    ("edtf", "year", "words"),
    [
        ("2020-11-25", 2020, "on 25 November"),
        ("2020-11-25", 2021, "on 25 November 2020"),
        ("[2020-11-16..2020-11-22]", 2020, "between 16 November and 22 November"),
        # Without its year the first day would be read as one of 2021, or of 2020.
        ("[2019-12-20..2021-01-05]", 2019, "between 20 December 2019 and 5 January 2021"),
        ("[2019-12-20..2020-01-05]", 2020, "between 20 December 2019 and 5 January 2020"),
        ("[..2020-11-10]", 2020, "on or before 10 November"),
        ("2020-11", 2020, "in November 2020"),
        ("2020", 2020, "in 2020"),
    ],
)
def test_the_year_is_left_out_only_where_no_other_can_be_meant(
    edtf: str, year: int, words: str
) -> None:
    assert format_span(EN, parse_span(edtf), year=year) == words


def test_a_day_long_and_short() -> None:
    day = date(2020, 9, 7)
    assert format_day(EN, day) == "7 September 2020"
    assert format_day(EN, day, short=True) == "7 Sept 2020"
    assert format_day(EN, day, year=2020) == "7 September"
    assert format_day(EN, day, year=2020, short=True) == "7 Sept"


def test_a_period_over_two_years_names_them(small: Callable[..., Dataset]) -> None:
    data = small(
        claim("held", "control", "south", "2020-12-30"),
        meta={"period": {"start": "2020-12-01", "end": "2021-03-31"}},
    )
    hill = next(r for r in view(data, select(data), EN).regions if r.id == "hill")
    texts = [plain(stretch.card.sentence) for stretch in hill.stretches]
    # The second interval runs over New Year, so that no reader could know which year is meant.
    assert texts[-1] == "Held by the South since 30 December 2020."


# statuses ---------------------------------------------------------------------------------------


def test_held(small: Callable[..., Dataset]) -> None:
    assert said(small(HELD), "05") == "Held by the South since 1990."


def test_not_known(small: Callable[..., Dataset]) -> None:
    assert said(small(), "05") == "Not known: no source says who holds it."


def test_held_in_part(small: Callable[..., Dataset]) -> None:
    alone = small(claim("part", "control", "south", "2021-03-02", part="part"))
    assert said(alone, "05") == "Held in part by the South since 2 March."
    later = small(HELD, claim("part", "control", "south", "2021-03-02", part="part"))
    assert said(later, "01") == "Held by the South since 1990."
    assert said(later, "05") == "Held by the South since 1990; only a part of it since 2 March."


def test_due(small: Callable[..., Dataset]) -> None:
    data = small(HELD, DUE)
    assert said(data, "02") == "Held by the South since 1990."
    due = "Due to be handed over to the North by 10 March. Held by the South."
    assert [said(data, day) for day in ("03", "10")] == [due, due]


def test_due_without_a_date(small: Callable[..., Dataset]) -> None:
    data = small(HELD, claim("due", "due", "north", "", since="2021-03-03"))
    assert said(data, "05") == (
        "Due to be handed over to the North; no date stated. Held by the South."
    )


def test_overdue(small: Callable[..., Dataset]) -> None:
    assert said(small(HELD, DUE), "11") == (
        "Overdue: it was to be handed over to the North by 10 March. Held by the South."
    )


def test_postponed(small: Callable[..., Dataset]) -> None:
    data = small(HELD, DUE, claim("later", "due", "north", "2021-03-20", since="2021-03-09"))
    assert said(data, "08") == "Due to be handed over to the North by 10 March. Held by the South."
    assert said(data, "09") == (
        "Due to be handed over to the North by 20 March. Held by the South."
        " It was first due by 10 March."
    )
    assert "Overdue" not in said(data, "15")


def test_handed_over(small: Callable[..., Dataset]) -> None:
    data = small(HELD, DUE, GOT)
    assert said(data, "12") == "Handed over to the North on 12 March."
    later = small(HELD, DUE, claim("later", "due", "north", "2021-03-20", since="2021-03-09"), GOT)
    assert said(later, "12") == (
        "Handed over to the North on 12 March. It was first due by 10 March."
    )


def test_handed_over_in_part(small: Callable[..., Dataset]) -> None:
    data = small(HELD, GOT | {"part": "part"})
    assert said(data, "20") == "Handed over in part to the North on 12 March."


PART = {
    "en": re.compile("part"),
    "az": re.compile("qismən|bir hissə", re.I),
    "hy": re.compile("մասամբ|մասնակի", re.I),
    "ru": re.compile("част", re.I),
}
IN_PART = {
    "held": claim("it", "control", "south", "2021-03-02", part="part"),
    "perhaps held": claim("it", "control", "south", "[2021-03-02..2021-03-20]", part="part"),
    "due": DUE | {"event": "it", "part": "part", "date": "2021-03-28"},
    "due some day": DUE | {"event": "it", "part": "part", "date": ""},
    "overdue": DUE | {"event": "it", "part": "part"},
    "handed over": GOT | {"event": "it", "part": "part"},
    "perhaps handed over": GOT
    | {"event": "it", "part": "part", "date": "[2021-03-02..2021-03-20]"},
}


@pytest.mark.parametrize("kind", IN_PART)
def test_what_concerns_a_part_is_never_said_of_the_whole(
    small: Callable[..., Dataset], kind: str
) -> None:
    data = small(HELD, IN_PART[kind])
    hill = statuses(data, "2021-03-13")[0]
    event = next(e for e in resolve(data.ledger) if e.id == "it")
    for language, part in PART.items():
        words = words_in(language)
        texts = [
            "".join(text for text, _ in sentence(words, data, hill, 2021)),
            "".join(text for text, _ in headline(words, data, [hill], 2021)),
            event_text(words, data, event),
            claim_text(words, data, event.claims[0]),
        ]
        if event.kind == "due":
            texts.append(event_text(words, data, event, postponed=True))
        for text in texts:
            assert part.search(text), text


def test_the_sentences_of_a_part(small: Callable[..., Dataset]) -> None:
    data = {kind: small(HELD, row) for kind, row in IN_PART.items()}
    assert said(data["due"], "13") == (
        "Due to be handed over in part to the North by 28 March. Held by the South."
    )
    assert said(data["overdue"], "13") == (
        "Overdue: it was to be handed over in part to the North by 10 March. Held by the South."
    )
    assert said(data["perhaps handed over"], "13") == (
        "Not clear on this date: it was handed over in part to the North between 2 March and"
        " 20 March."
    )
    rest = " Vale has no known holder."
    assert head(data["due"], "13") == (
        f"On {{date}}, Hill is due to be handed over in part by 28 March.{rest}"
    )
    assert head(data["handed over"], "13") == (
        f"On {{date}}, Hill has been handed over in part to the North.{rest}"
    )


def test_a_part_is_that_of_the_event_that_the_sentence_speaks_of(
    small: Callable[..., Dataset],
) -> None:
    later = claim("later", "control", "north", "2021-03-14", "s15", locator="c2")
    lost = small(HELD, GOT, later | {"part": "part"})
    assert said(lost, "13") == "Handed over to the North on 12 March."
    assert said(lost, "14") == (
        "Handed over to the North on 12 March; held in part since 14 March."
    )
    assert head(lost, "14").startswith("On {date}, Hill is held in part by the North.")
    gained = small(HELD, GOT | {"part": "part"}, later)
    assert said(gained, "14") == (
        "Handed over in part to the North on 12 March. Held by the North."
    )
    assert head(gained, "14").startswith("On {date}, Hill is held by the North.")
    for data in (lost, gained):
        assert "c2" in cite_short(EN, data, statuses(data, "2021-03-14")[0])
    held = claim("held", "control", "south", "1990", part="part")
    assert said(small(held, DUE), "05") == (
        "Due to be handed over to the North by 10 March. Held in part by the South."
    )
    assert head(small(held, DUE), "05").startswith("On {date}, Hill is due to be handed over by")


def test_not_clear(small: Callable[..., Dataset]) -> None:
    data = small(HELD, GOT | {"date": "[2021-03-12..2021-03-15]"})
    assert said(data, "13") == (
        "Not clear on this date: it was handed over to the North between 12 March and 15 March."
    )
    assert said(data, "15") == "Handed over to the North between 12 March and 15 March."
    control = small(claim("c", "control", "north", "[2021-03-12..2021-03-15]"))
    assert said(control, "13") == (
        "Not clear on this date: it may have been held by the North, said to hold it since a day"
        " between 12 March and 15 March."
    )


def test_disputed(small: Callable[..., Dataset]) -> None:
    data = small(HELD, GOT, GOT | {"date": "2021-03-14", "source": "s15"})
    assert said(data, "20") == (
        "Handed over to the North between 12 March and 14 March. Sources contradict each other."
    )
    assert "Sources contradict each other." in said(data, "13")
    assert "contradict" not in said(data, "20", sources="s15")


def test_a_sentence_names_another_year(small: Callable[..., Dataset]) -> None:
    data = small(HELD, GOT)
    assert said(data, "20", year=2020) == "Handed over to the North on 12 March 2021."
    assert said(data, "20", year=None) == "Handed over to the North on 12 March 2021."


def test_it_lies_within(builtin: Dataset) -> None:
    by_region = {s.region: s for s in statuses(builtin, "2020-11-30")}
    text = "".join(t for t, _ in sentence(EN, builtin, by_region["nagorno-karabakh"], 2020))
    assert text.endswith(" It lies within Azerbaijan.")


def test_what_a_status_is_stands_in_bold(builtin: Dataset) -> None:
    for day in ("2020-09-27", "2020-11-12", "2020-11-30"):
        for status in statuses(builtin, day):
            strong = [text for text, bold in sentence(EN, builtin, status, 2020) if bold]
            assert strong[0] in ("Held", "Due", "Handed over")


# headline ---------------------------------------------------------------------------------------


def of(region: str, row: Mapping[str, str]) -> dict[str, str]:
    return {**row, "region": region, "event": f"{region}-{row['event']}"}


def both(*rows: Mapping[str, str]) -> list[dict[str, str]]:
    return [of(region, row) for region in ("hill", "vale") for row in rows]


def test_regions_of_one_status_share_a_sentence(small: Callable[..., Dataset]) -> None:
    data = small(*both(HELD, DUE, GOT))
    assert head(data, "01") == "On {date}, Hill and Vale are held by the South."
    assert head(data, "05") == "On {date}, Hill and Vale are due to be handed over by 10 March."
    assert head(data, "11") == (
        "On {date}, Hill and Vale are overdue: the handover to the North was to happen by 10 March."
    )
    assert head(data, "12") == "On {date}, Hill and Vale have been handed over to the North."


def test_a_list_of_21_regions_is_no_single_one_in_russian(small: Callable[..., Dataset]) -> None:
    ids = [f"r{number:02}" for number in range(21)]
    regions = {id: region(id, square(10 + n, 50)) for n, id in enumerate(ids)}
    data = small(*(of(id, HELD) for id in ids), regions=regions)
    pieces = headline(words_in("ru"), data, statuses(data, "2021-03-05"), 2021)
    text = "".join(text for text, _ in pieces)
    assert "находятся под контролем" in text
    assert "находится" not in text


def test_what_has_changed_comes_first(small: Callable[..., Dataset]) -> None:
    data = small(*both(HELD, DUE), of("vale", GOT))
    assert head(data, "12") == (
        "On {date}, Vale has been handed over to the North."
        " Hill is overdue: the handover to the North was to happen by 10 March."
    )


def test_regions_of_different_days_or_actors_do_not(small: Callable[..., Dataset]) -> None:
    later = of("vale", DUE | {"date": "2021-03-20"})
    assert head(small(*both(HELD), of("hill", DUE), later), "05") == (
        "On {date}, Hill is due to be handed over by 10 March."
        " Vale is due to be handed over by 20 March."
    )
    apart = small(of("hill", HELD), of("vale", HELD | {"actor": "east"}))
    assert head(apart, "05") == "On {date}, Hill is held by the South. Vale is held by the East."


def test_a_headline_owns_up_to_what_is_not_known(small: Callable[..., Dataset]) -> None:
    data = small(of("hill", HELD), of("hill", GOT | {"date": "[2021-03-12..2021-03-15]"}))
    assert head(data, "13") == (
        "On {date}, Hill may or may not have changed hands. Vale has no known holder."
    )
    assert head(small(), "13") == "On {date}, Hill and Vale have no known holder."


def test_a_headline_speaks_of_a_change_of_hands_only_where_there_may_have_been_one(
    small: Callable[..., Dataset],
) -> None:
    open_control = claim("c", "control", "south", "[2021-03-12..2021-03-15]")
    assert head(small(open_control), "13") == (
        "On {date}, it is not clear who held Hill. Vale has no known holder."
    )
    held_too = of("vale", claim("held", "control", "east", "1990"))
    taken = of("vale", open_control)
    assert head(small(open_control, held_too, taken), "13") == (
        "On {date}, it is not clear who held Hill. Vale may or may not have changed hands."
    )
    due = of("vale", DUE)
    assert head(small(open_control, held_too, due), "13") == (
        "On {date}, Vale is overdue: the handover to the North was to happen by 10 March."
        " It is not clear who held Hill."
    )


def test_the_day_of_a_headline_is_a_piece_of_its_own(builtin: Dataset) -> None:
    pieces = headline(EN, builtin, statuses(builtin, "2020-11-30"), 2020)
    assert pieces[:2] == (("On ", False), ("{date}", True))


def test_a_headline_serves_every_day_of_its_interval(builtin: Dataset) -> None:
    rows = view(builtin, select(builtin), EN).headlines
    assert [str(row.first) for row in rows] == [
        *("2020-09-27", "2020-11-10", "2020-11-15", "2020-11-20", "2020-11-25", "2020-12-01")
    ]
    assert str(rows[0].last) == "2020-11-09"
    assert str(rows[-1].last) == "2020-12-01"


# events and sources -----------------------------------------------------------------------------


def test_an_event_in_words(builtin: Dataset) -> None:
    events = resolve(builtin.ledger)
    moved = postponements(events)
    texts = {e.id: event_text(EN, builtin, e, postponed=e.id in moved) for e in events}
    assert texts["kalbajar-due"] == "Handover to Azerbaijan agreed, due by 15 November 2020"
    assert texts["kalbajar-due-postponed"] == "Handover postponed: now due by 25 November 2020"
    assert texts["kalbajar-handover"] == "Handed over to Azerbaijan"
    assert texts["nagorno-karabakh-held-in-part"] == "Held in part by ethnic Armenian forces"


def test_a_claim_that_postpones_is_worded_as_its_event(builtin: Dataset) -> None:
    said = {
        (c.text, c.when)
        for c in view(builtin, select(builtin), EN).claims
        if c.region == "Kalbajar"
    }
    assert ("Handover to Azerbaijan agreed", "by 15 November 2020") in said
    assert ("Handover postponed: now due by 25 November 2020", "") in said
    assert ("Handover postponed; no date stated", "") in said
    assert ("Handover to Azerbaijan agreed", "by 25 November 2020") not in said
    alone = view(builtin, select(builtin, sources="rw-2020-11-21"), EN).claims
    assert "Handover to Azerbaijan agreed" in {claim.text for claim in alone}


def test_what_may_have_happened_is_cited(small: Callable[..., Dataset]) -> None:
    sources = [source | {"name": source["id"].upper()} for source in SOURCES]
    again = claim("again", "control", "south", "[2021-03-12..2021-03-15]", "s15", locator="c2")
    data = small(HELD, again | {"part": "part"}, sources=sources)
    (cited,) = (
        cite_short(EN, data, status)
        for status in statuses(data, "2021-03-13")
        if status.region == "hill"
    )
    assert cited == "S15, c2"


def test_two_sources_of_one_name_are_enough_to_need_their_days(
    small: Callable[..., Dataset],
) -> None:
    two = [source | {"publisher": "Gazette"} for source in SOURCES[:2]]
    data = small(sources=[*two, SOURCES[2] | {"publisher": "Mail"}])
    assert citation(EN, data, "s05", "¶5") == "Gazette, 5 Mar 2021, ¶5"
    assert citation(EN, data, "s10", "¶5") == "Mail ¶5"


@pytest.mark.parametrize(
    ("used", "text"),
    [
        (0, "Nobody"),
        (1, "Sources: Paper, 1 Jan 2020. Nobody"),
        (2, "Sources: Paper, 1 Jan 2020 · Paper, 5 Mar 2021. Nobody"),
        (3, "Sources: Paper, 1 Jan 2020 · Paper, 5 Mar 2021 and 1 more. Nobody"),
        (4, "Sources: Paper, 1 Jan 2020 · Paper, 5 Mar 2021 and 2 more. Nobody"),
    ],
)
def test_the_credit_names_two_sources_and_counts_the_rest(
    small: Callable[..., Dataset], used: int, text: str
) -> None:
    data = small(*(HELD | {"source": source["id"]} for source in SOURCES[:used]))
    assert credit(EN, data, data.ledger.claims) == text


def test_sources_of_one_name_are_told_apart_by_their_day(builtin: Dataset) -> None:
    assert citation(EN, builtin, "ap-2020-11-30", "¶5") == "AP, 30 Nov 2020, ¶5"
    assert citation(EN, builtin, "ap-2020-11-20", "") == "AP, 20 Nov 2020"
    assert citation(EN, builtin, "truce-2020-11-10", "clause 6") == "Truce text, clause 6"
    assert citation(EN, builtin, "anews-2020-11-30", "") == "A News"
