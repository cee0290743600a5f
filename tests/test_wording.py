"""What the data says in English: spans of days, the sentence of each status, the headline."""

from __future__ import annotations

import re
from datetime import date

import pytest
from datasets import SOURCES, claim, region, square
from wording_rows import (
    DUE,
    EAST,
    EN,
    GOT,
    HELD,
    LATER,
    OTHER_DAY,
    PART,
    SOME_DAY,
    Row,
    Rows,
    Small,
    head,
    said,
)

from geomap.core.dataset import Dataset
from geomap.core.dates import parse_span
from geomap.core.events import postponements, resolve
from geomap.core.status import statuses
from geomap.present.texts import credit
from geomap.wording import (
    claim_text,
    event_text,
    format_day,
    format_span,
    sentence,
    statements,
    words_in,
)
from geomap.wording.sentences import citation, event_when

# spans of days ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("edtf", "when", "since", "by"),
    [
        ("2020-11-25", "on 25 November 2020", "since 25 November 2020", "on 25 November 2020"),
        ("2020-11", "in November 2020", "since November 2020", "in November 2020"),
        ("1994", "in 1994", "since 1994", "in 1994"),
        (
            "[2020-11-16..2020-11-22]",
            "between 16 November and 22 November 2020",
            "since a day between 16 November and 22 November 2020",
            "between 16 November and 22 November 2020",
        ),
        (
            "[2020-11-08~..2020-11-25]",
            "between about 8 November and 25 November 2020",
            "since a day between about 8 November and 25 November 2020",
            "between about 8 November and 25 November 2020",
        ),
        (
            "[2019-12-20..2020-01-05?]",
            "between 20 December 2019 and perhaps 5 January 2020",
            "since a day between 20 December 2019 and perhaps 5 January 2020",
            "between 20 December 2019 and perhaps 5 January 2020",
        ),
        (
            "[..2020-11-10]",
            "on or before 10 November 2020",
            "since 10 November 2020 at the latest",
            "by 10 November 2020",
        ),
        (
            "[..2020-11-08~]",
            "on or before about 8 November 2020",
            "since about 8 November 2020 at the latest",
            "by about 8 November 2020",
        ),
        (
            *("2020-11-25?", "perhaps 25 November 2020"),
            *("since perhaps 25 November 2020", "perhaps 25 November 2020"),
        ),
        (
            *("2020-11-25~", "about 25 November 2020"),
            *("since about 25 November 2020", "about 25 November 2020"),
        ),
        (
            *("1994%", "in perhaps about 1994"),
            *("since perhaps about 1994", "in perhaps about 1994"),
        ),
        (
            *("[1990~..1994~]", "in the early 1990s"),
            *("since the early 1990s", "in the early 1990s"),
        ),
    ],
)
def test_a_span_in_words(edtf: str, when: str, since: str, by: str) -> None:
    span = parse_span(edtf)
    assert format_span(EN, span) == when
    assert format_span(EN, span, "since") == since
    assert format_span(EN, span, "by") == by


def test_years_that_are_no_early_decade_are_no_early_decade() -> None:
    assert format_span(EN, parse_span("[1990..1994]"), "since") == (
        "since some time between 1990 and 1994"
    )
    for edtf in ("[1990~..1999~]", "[1992~..1996~]", "[1990~..1994]"):
        assert "early" not in format_span(EN, parse_span(edtf), "since")


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


# statuses ---------------------------------------------------------------------------------------

SENTENCES: list[tuple[str, Rows, str, str]] = [
    ("held", [HELD], "05", "Held by the South since 1990."),
    ("not known", [], "05", "Not known: none of the sources shown says who holds it."),
    (
        *("due by", [HELD, DUE], "10"),
        "Due to be handed over to the North by 10 March. Held by the South since 1990.",
    ),
    (
        *("due on", [HELD, LATER], "10"),
        "Due to be handed over to the North on 20 March. Held by the South since 1990.",
    ),
    (
        *("due, no date", [HELD, DUE | {"date": ""}], "05"),
        "Due to be handed over to the North; no date stated. Held by the South since 1990.",
    ),
    (
        *("past its day", [HELD, DUE], "11"),
        "Was due to be handed over to the North by 10 March; none of the sources shown says whether"
        " it happened. Held by the South since 1990.",
    ),
    (
        *("put off", [HELD, DUE, LATER], "15"),
        "Due to be handed over to the North on 20 March. Held by the South since 1990."
        " It was first due by 10 March.",
    ),
    ("handed over", [HELD, DUE, GOT], "12", "Handed over to the North on 12 March."),
    (
        *("handed over after a delay", [HELD, DUE, LATER, GOT], "12"),
        "Handed over to the North on 12 March. It was first due by 10 March.",
    ),
    (
        *("handed over some day", [HELD, GOT | SOME_DAY], "15"),
        "Handed over to the North between 12 March and 15 March.",
    ),
    (
        *("perhaps handed over", [HELD, DUE, GOT | SOME_DAY], "13"),
        "Not clear on this date: it was handed over to the North between 12 March and 15 March."
        " Before that it was held by the South. It was due by 10 March.",
    ),
    (
        *("perhaps held", [claim("c", "control", "north", "[2021-03-12..2021-03-15]")], "13"),
        "Not clear on this date: it came to be held by the North between 12 March and 15 March.",
    ),
    (
        *("days in dispute", [HELD, GOT, OTHER_DAY], "20"),
        "Handed over to the North on 12 March (Paper, 1 Jan 2022) or on 14 March (Paper, 15 Mar"
        " 2021). Sources contradict each other.",
    ),
    (
        "holders in dispute",
        [
            HELD,
            GOT | {"kind": "control"},
            OTHER_DAY | {"event": "c", "kind": "control", "actor": "east"} | SOME_DAY,
        ],
        "15",
        "Not clear on this date: sources contradict each other on who holds it. It came to be held"
        " by the North on 12 March. It came to be held by the East between 12 March and 15 March.",
    ),
    (
        *("arrangements in dispute", [HELD, DUE, LATER | {"since": "2021-03-03"}], "05"),
        "Due to be handed over to the North by 10 March. Due to be handed over to the North on"
        " 20 March. Held by the South since 1990. Sources contradict each other.",
    ),
    (
        *("divided", [HELD, claim("p", "control", "east", "2021-03-02") | PART], "05"),
        "Divided: a part of it has been held by the East since 2 March."
        " The rest has been held by the South since 1990.",
    ),
    (
        *("perhaps divided", [HELD, GOT | PART | SOME_DAY], "13"),
        "Held by the South since 1990. Perhaps divided: a part of it came to be held by the North"
        " between 12 March and 15 March.",
    ),
    (
        *("divided, the rest unknown", [GOT | PART], "13"),
        "Not known but for a part: none of the sources shown says who holds the rest."
        " Divided: a part of it has been held by the North since 12 March.",
    ),
    (
        *("handed over but for a part", [HELD, GOT, OTHER_DAY | PART | EAST], "20"),
        "Handed over to the North on 12 March. Divided: a part of it has been held by the East"
        " since 14 March.",
    ),
    (
        *("a part due", [HELD, DUE | PART], "05"),
        "Due to be handed over in part to the North by 10 March. Held by the South since 1990.",
    ),
    (
        *("a part past its day", [HELD, DUE | PART], "13"),
        "Was due to be handed over in part to the North by 10 March; none of the sources shown says"
        " whether it happened. Held by the South since 1990.",
    ),
]


@pytest.mark.parametrize(
    ("rows", "day", "text"), [pytest.param(*c[1:], id=c[0]) for c in SENTENCES]
)
def test_the_sentences_of_a_status(dataset: Small, rows: Rows, day: str, text: str) -> None:
    assert said(dataset(*rows), day) == text


def test_each_sentence_has_the_claims_that_state_it(dataset: Small) -> None:
    agrees = claim("held", "control", "south", "[..2000]", "s05", locator="¶3")
    data = dataset(HELD | {"locator": "¶1"}, agrees, DUE | {"source": "s10", "locator": "c2"})
    status = statuses(data, "2021-03-05")[0]
    assert [each.cited for each in statements(EN, data, status)] == [
        (("s10", "c2"),),
        (("s00", "¶1"),),
    ]


def test_by_the_other_source_alone_nothing_is_in_dispute(dataset: Small) -> None:
    data = dataset(HELD, GOT, OTHER_DAY)
    assert said(data, "20", sources="s15") == "Handed over to the North on 14 March."
    assert "between" not in said(data, "13")
    event = next(e for e in resolve(data.ledger) if e.id == "got")
    assert event_when(EN, data, event) == (
        "on 12 March 2021 (Paper, 1 Jan 2022) or on 14 March 2021 (Paper, 15 Mar 2021)"
    )


def test_a_sentence_names_another_year(dataset: Small) -> None:
    data = dataset(HELD, GOT)
    assert said(data, "20", year=2020) == "Handed over to the North on 12 March 2021."
    assert said(data, "20", year=None) == "Handed over to the North on 12 March 2021."


def test_what_it_lies_within_is_a_sources_word(dataset: Small) -> None:
    within = {"lies_within": "north", "lies_within:source": "s10", "lies_within:locator": "¶2"}
    regions = {"hill": region("hill", square(10, 50), **within)}
    data = dataset(HELD, regions=regions)
    assert said(data, "05").endswith(" Paper, 10 Mar 2021, ¶2: it lies within the North.")
    assert "lies within" not in said(data, "05", known="2021-03-09")


PART_WORDS = {
    "en": re.compile("part"),
    "az": re.compile("qismən|hissə", re.I),
    "hy": re.compile("մաս", re.I),
    "ru": re.compile("част", re.I),
}


@pytest.mark.parametrize("language", PART_WORDS)
@pytest.mark.parametrize(
    ("row", "day"),
    [
        (claim("it", "control", "north", "2021-03-02"), "13"),
        (claim("it", "control", "north", "[2021-03-02..2021-03-20]"), "13"),
        (DUE | {"event": "it"}, "05"),
        (DUE | {"event": "it"}, "13"),
        (DUE | {"event": "it", "date": ""}, "05"),
        (GOT | {"event": "it"}, "13"),
        (GOT | {"event": "it", "date": "[2021-03-02..2021-03-20]"}, "13"),
    ],
)
def test_what_concerns_a_part_is_never_said_of_the_whole(
    dataset: Small, language: str, row: Row, day: str
) -> None:
    data, words = dataset(HELD, row | PART), words_in(language)
    event = next(e for e in resolve(data.ledger) if e.id == "it")
    texts = [
        *(said(data, day, language=language), head(data, day, language)),
        *(event_text(words, data, event), event_text(words, data, event, postponed=True)),
        claim_text(words, data, event.claims[0]),
    ]
    for text in texts:
        assert PART_WORDS[language].search(text), text


def test_what_a_status_is_stands_in_bold(dataset: Small) -> None:
    for _, rows, day, _ in SENTENCES:
        pieces = sentence(EN, data := dataset(*rows), statuses(data, f"2021-03-{day}")[0], 2021)
        assert pieces[0][1], pieces


# events and sources -----------------------------------------------------------------------------


def test_an_event_in_words(builtin: Dataset) -> None:
    events = resolve(builtin.ledger)
    moved = postponements(events)
    texts = {e.id: event_text(EN, builtin, e, postponed=e.id in moved) for e in events}
    assert texts["kalbajar-due"] == "Handover to Azerbaijan agreed, due on 15 November 2020"
    assert texts["kalbajar-due-postponed"] == (
        "Handover to Azerbaijan postponed, now due on 25 November 2020"
    )
    assert texts["aghdam-due"] == "Handover to Azerbaijan agreed, due by 20 November 2020"
    assert texts["kalbajar-handover"] == "Handed over to Azerbaijan"
    assert texts["lachin-corridor"] == "A part held by Russian peacekeepers"


def test_a_claim_that_gives_no_new_date(builtin: Dataset) -> None:
    row = next(c for c in builtin.ledger.claims if c.kind == "due" and c.date is None)
    assert claim_text(EN, builtin, row) == "Handover to Azerbaijan agreed, no date stated"
    assert claim_text(EN, builtin, row, postponed=True) == (
        "Handover to Azerbaijan postponed, no date stated"
    )


def test_two_sources_of_one_name_are_enough_to_need_their_days(dataset: Small) -> None:
    two = [source | {"publisher": "Gazette"} for source in SOURCES[:2]]
    data = dataset(sources=[*two, SOURCES[2] | {"publisher": "Mail"}])
    assert citation(EN, data, "s05", "¶5") == "Gazette, 5 Mar 2021, ¶5"
    assert citation(EN, data, "s10", "¶5") == "Mail ¶5"


@pytest.mark.parametrize(
    ("used", "text"),
    [
        (0, "Nobody"),
        (1, "Sources: Paper, 1 Jan 2020. Nobody"),
        (2, "Sources: Paper, 1 Jan 2020 · Paper, 5 Mar 2021. Nobody"),
        (4, "Sources: Paper, 1 Jan 2020 · Paper, 5 Mar 2021 and 2 more. Nobody"),
    ],
)
def test_the_credit_names_two_sources_and_counts_the_rest(
    dataset: Small, used: int, text: str
) -> None:
    assert credit(EN, dataset(HELD), [source["id"] for source in SOURCES[:used]]) == text
