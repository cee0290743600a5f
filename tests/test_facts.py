"""The built-in dataset says what its sources say: every worked example, day by day."""

from __future__ import annotations

from typing import Any

import pytest
from datasets import days
from handover import ARM, ARTICLE, AZ, PEACEKEEPERS, Told, cards, head, on, subset, told

from geomap.core.dataset import Dataset
from geomap.core.history import reported_days

# All sources

CARDS = cards("""
# aghdam: 2020-09-27, 2020-11-09
Held by Armenian forces since 23 July 1993. [trend-2020-11-20]

# aghdam: 2020-11-10, 2020-11-19
Due to be handed over to Azerbaijan by 20 November. [truce-2020-11-10¶clause 2]
Held by Armenian forces since 23 July 1993. [trend-2020-11-20]

# aghdam: 2020-11-20, 2020-11-30, 2020-12-01
Handed over to Azerbaijan on 20 November. [ap-2020-11-20; rw-2020-11-21]

# kalbajar: 2020-09-27, 2020-11-09
Held by Armenian forces since 3 April 1993. [today-az-2020-11-25]

# kalbajar: 2020-11-10, 2020-11-12, 2020-11-14
Due to be handed over to Azerbaijan on 15 November.
    [jamnews-2020-11-15; ap-2020-11-30¶2, ¶6, ¶11, ¶13]
Held by Armenian forces since 3 April 1993. [today-az-2020-11-25]

# kalbajar: 2020-11-15, 2020-11-16, 2020-11-24
Due to be handed over to Azerbaijan on 25 November. [jamnews-2020-11-15; rw-2020-11-21]
Held by Armenian forces since 3 April 1993. [today-az-2020-11-25]
It was first due on 15 November. [jamnews-2020-11-15; ap-2020-11-30¶2, ¶6, ¶11, ¶13]

# kalbajar: 2020-11-25, 2020-11-30, 2020-12-01
Handed over to Azerbaijan on 25 November. [kavkaz-uzel-2020-11-25]
It was first due on 15 November. [jamnews-2020-11-15; ap-2020-11-30¶2, ¶6, ¶11, ¶13]

# lachin: 2020-09-27, 2020-11-09
Held by Armenian forces since 18 May 1992. [anews-2020-11-30]

# lachin: 2020-11-10, 2020-11-30
Due to be handed over to Azerbaijan by 1 December. [truce-2020-11-10¶clause 6; rw-2020-11-21]
Held by Armenian forces since 18 May 1992. [anews-2020-11-30]
Perhaps divided: a part of it came to be held by Russian peacekeepers between 10 November and
    1 December. [truce-2020-11-10¶clause 6]

# lachin: 2020-12-01
Handed over to Azerbaijan on 1 December. [yjc-2020-12-01]
Divided: a part of it has been held by Russian peacekeepers since a day between 10 November and
    1 December. [truce-2020-11-10¶clause 6]

# nagorno-karabakh: 2020-09-27, 2020-11-09
Held by Armenian forces since 1994. [ap-2020-11-30¶12]
Perhaps divided: a part of it came to be held by Azerbaijan between 27 September and 10 November.
    [aljazeera-2020-11-20]
AP, 30 Nov 2020, ¶12: it is situated inside Azerbaijan; since the end of the separatist war there
    in 1994 it has been controlled by ethnic Armenian forces that Armenia backs. The article does
    not say where the line ran after the fighting of 2020. [ap-2020-11-30¶12]

# nagorno-karabakh: 2020-11-10, 2020-11-30, 2020-12-01
Divided: a part of it has been held by Azerbaijan since a day between 27 September and 10 November.
    [aljazeera-2020-11-20]
The rest has been held by Armenian forces since 1994. [ap-2020-11-30¶12]
AP, 30 Nov 2020, ¶12: it is situated inside Azerbaijan; since the end of the separatist war there
    in 1994 it has been controlled by ethnic Armenian forces that Armenia backs. The article does
    not say where the line ran after the fighting of 2020. [ap-2020-11-30¶12]
""")


@pytest.mark.parametrize(("region", "day", "sentences"), CARDS)
def test_what_a_card_says_and_who_states_it(
    builtin: Dataset, region: str, day: str, sentences: Told
) -> None:
    assert told(builtin, region, day) == sentences


@pytest.mark.parametrize(
    ("region", "day", "expected"),
    [
        (
            *("aghdam", "2020-11-30"),
            {
                **{"control_status": "handed_over", "actor": AZ, "previous_actor": ARM},
                **{"since": "2020-11-20", "handover_date": "2020-11-20"},
                **{"handover_due": "2020-11-20", "handover_due_first": "2020-11-20"},
                "consistent_sources": [f"{ARTICLE}¶1, ¶2, ¶5, ¶11, ¶13", "ap-2020-11-25"],
            },
        ),
        (
            *("kalbajar", "2020-11-30"),
            {
                **{"control_status": "handed_over", "actor": AZ, "previous_actor": ARM},
                **{"since": "2020-11-25", "handover_date": "2020-11-25"},
                **{"handover_due": "2020-11-25", "handover_due_first": "2020-11-15"},
                "consistent_sources": [f"{ARTICLE}¶5, ¶9"],
            },
        ),
        (
            *("lachin", "2020-11-30"),
            {
                **{"control_status": "due", "actor": ARM, "since": "1992-05-18"},
                **{"previous_actor": None, "handover_date": None},
                **{"handover_due": "2020-12-01", "handover_due_first": "2020-12-01"},
                **{"divided": "perhaps", "other_actors": [PEACEKEEPERS]},
            },
        ),
        (
            *("lachin", "2020-12-01"),
            {
                **{"control_status": "handed_over", "actor": AZ, "previous_actor": ARM},
                **{"handover_date": "2020-12-01", "divided": "yes"},
                "other_actors": [PEACEKEEPERS],
            },
        ),
        (
            *("nagorno-karabakh", "2020-11-09"),
            {"actor": ARM, "since": "1994", "divided": "perhaps", "other_actors": [AZ]},
        ),
        (
            *("nagorno-karabakh", "2020-11-30"),
            {
                **{"control_status": "held", "actor": ARM, "since": "1994", "lies_within": AZ},
                **{"divided": "yes", "other_actors": [AZ], "handover_due": None},
                "sources": [f"{ARTICLE}¶12", "aljazeera-2020-11-20"],
            },
        ),
    ],
)
def test_the_row_of_a_day(
    builtin: Dataset, region: str, day: str, expected: dict[str, Any]
) -> None:
    assert subset(on(builtin, region, day), overdue=False, disputed=False, **expected)


def test_the_headlines(builtin: Dataset) -> None:
    divided = (
        "Nagorno-Karabakh is divided: a part is held by Azerbaijan, the rest by Armenian forces."
    )
    assert head(builtin, "2020-11-09") == (
        "As of {date}, Aghdam, Kalbajar and Lachin are held by Armenian forces. Nagorno-Karabakh is"
        " held by Armenian forces, perhaps but for a part held by Azerbaijan."
    )
    assert head(builtin, "2020-11-12") == (
        "As of {date}, Aghdam is due to be handed over to Azerbaijan by 20 November. Kalbajar is due"
        " to be handed over to Azerbaijan on 15 November. Lachin is due to be handed over to"
        f" Azerbaijan by 1 December. {divided}"
    )
    assert head(builtin, "2020-11-30") == (
        "As of {date}, Aghdam and Kalbajar have been handed over to Azerbaijan. Lachin is due to be"
        f" handed over to Azerbaijan by 1 December. {divided}"
    )
    assert head(builtin, "2020-12-01") == (
        "As of {date}, Aghdam and Kalbajar have been handed over to Azerbaijan. Lachin has been"
        f" handed over to Azerbaijan, but for a part held by Russian peacekeepers. {divided}"
    )


# What was known


KNOWN_THEN = {
    "2020-11-12": """
# kalbajar: 2020-11-12
Due to be handed over to Azerbaijan by 15 November. [truce-2020-11-10¶clause 6]
Held by Armenian forces since 10 November at the latest. [truce-2020-11-10¶clause 6]
""",
    "2020-11-20": """
# kalbajar: 2020-11-30
Was due to be handed over to Azerbaijan on 25 November; none of the sources shown says whether it
    happened. [jamnews-2020-11-15]
Held by Armenian forces since 10 November at the latest. [truce-2020-11-10¶clause 6]
It was first due on 15 November. [jamnews-2020-11-15]

# aghdam: 2020-11-30
Handed over to Azerbaijan on 20 November. [ap-2020-11-20]

# lachin: 2020-09-27
Not clear on this date: it was held by Armenian forces on or before 10 November; none of the
    sources shown says since when. [truce-2020-11-10¶clause 6]

# nagorno-karabakh: 2020-11-30
Not known but for a part: none of the sources shown says who holds the rest. []
Divided: a part of it has been held by Azerbaijan since a day between 27 September and 10 November.
    [aljazeera-2020-11-20]
""",
    "2020-11-24": """
# kalbajar: 2020-11-25
Due to be handed over to Azerbaijan on 25 November. [jamnews-2020-11-15; rw-2020-11-21]
Held by Armenian forces since 10 November at the latest. [truce-2020-11-10¶clause 6]
It was first due on 15 November. [jamnews-2020-11-15]
""",
    "2020-11-09": """
# lachin: 2020-09-27
Not known: none of the sources shown says who holds it. []
""",
}


@pytest.mark.parametrize(
    ("known", "region", "day", "sentences"),
    [(known, *card) for known, text in KNOWN_THEN.items() for card in cards(text)],
)
def test_what_was_known_by_a_day(
    builtin: Dataset, known: str, region: str, day: str, sentences: Told
) -> None:
    assert told(builtin, region, day, known=known) == sentences


@pytest.mark.parametrize(
    ("region", "day", "known", "overdue"),
    [
        ("kalbajar", "2020-11-25", "2020-11-24", False),
        ("kalbajar", "2020-11-30", "2020-11-20", True),
        ("kalbajar", "2020-11-16", "2020-11-14", True),
        ("aghdam", "2020-11-20", "2020-11-19", False),
        ("lachin", "2020-12-01", "2020-11-30", False),
    ],
)
def test_what_is_past_its_day_as_known_then(
    builtin: Dataset, region: str, day: str, known: str, overdue: bool
) -> None:
    row = on(builtin, region, day, known=known)
    assert subset(row, control_status="due", actor=ARM, overdue=overdue)


def test_a_date_was_reported_when_a_source_first_gave_it(builtin: Dataset) -> None:
    reported = {id: str(day) for id, day in reported_days(builtin.ledger).items()}
    assert reported["lachin-held"] == "2020-11-30"
    assert reported["kalbajar-held"] == "2020-11-25"
    assert reported["aghdam-held"] == reported["aghdam-handover"] == "2020-11-20"
    assert reported["lachin-due"] == reported["lachin-corridor"] == "2020-11-10"
    assert reported["nagorno-karabakh-taken"] == "2020-11-20"


# The article alone

ARTICLE_ALONE = cards("""
# aghdam: 2020-09-27, 2020-11-07
Not clear on this date: it was held by Armenian forces on or before about 8 November; none of the
    sources shown says since when. [¶2, ¶11, ¶13]

# aghdam: 2020-11-12, 2020-11-24
Not clear on this date: it was handed over to Azerbaijan between about 8 November and 25 November.
    [¶1, ¶2, ¶5, ¶11, ¶13]
Before that it was held by Armenian forces. [¶2, ¶11, ¶13]

# aghdam: 2020-11-25, 2020-11-30
Handed over to Azerbaijan between about 8 November and 25 November. [¶1, ¶2, ¶5, ¶11, ¶13]

# kalbajar: 2020-09-27, 2020-11-12
Held by Armenian forces since the early 1990s. [¶9]

# kalbajar: 2020-11-16, 2020-11-24
Not clear on this date: it was handed over to Azerbaijan between 15 November and 25 November.
    [¶5, ¶6]
Before that it was held by Armenian forces. [¶9]
It was due on 15 November. [¶2, ¶6, ¶11, ¶13]

# kalbajar: 2020-11-25, 2020-11-30
Handed over to Azerbaijan between 15 November and 25 November. [¶5, ¶6]
It was first due on 15 November. [¶2, ¶6, ¶11, ¶13]

# lachin: 2020-09-27
Not clear on this date: it was held by Armenian forces on or before about 8 November; none of the
    sources shown says since when. [¶2, ¶11, ¶13]

# lachin: 2020-11-25, 2020-11-30, 2020-12-01
Due to be handed over to Azerbaijan; no date stated. [¶2, ¶5, ¶11, ¶13]
Held by Armenian forces since about 8 November at the latest. [¶2, ¶11, ¶13]
""")


@pytest.mark.parametrize(("region", "day", "sentences"), ARTICLE_ALONE)
def test_what_the_article_alone_says(
    builtin: Dataset, region: str, day: str, sentences: Told
) -> None:
    expected = [(text, [f"{ARTICLE}{place}" for place in cited]) for text, cited in sentences]
    assert told(builtin, region, day, sources=ARTICLE) == expected


def test_the_article_alone_knows_nothing_of_a_part(builtin: Dataset) -> None:
    rows = [
        on(builtin, "nagorno-karabakh", str(day), sources=ARTICLE)
        for day in days(builtin.period.start, builtin.period.end)
    ]
    assert {(r["control_status"], r["since"], r["divided"]) for r in rows} == {
        ("held", "1994", "no")
    }
    note = next(c.note for c in builtin.ledger.claims if c.event == "nagorno-karabakh-held")
    assert note == "The source does not tell where the line ran after the fighting of 2020"


def test_the_article_alone_gives_lachin_no_date(builtin: Dataset) -> None:
    row = on(builtin, "lachin", "2020-12-01", sources=ARTICLE)
    assert subset(row, handover_due=None, handover_due_first=None, overdue=False, divided="no")
    assert "Lachin is due to be handed over to Azerbaijan; no date is stated." in head(
        builtin, "2020-11-30", sources=ARTICLE
    )
