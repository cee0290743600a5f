"""The built-in dataset says what its sources say: every worked example, day by day."""

from __future__ import annotations

from typing import Any

import pytest
from datasets import days
from handover import ARM, ARTICLE, AZ, on, subset

from geomap.core.dataset import Dataset
from geomap.core.dates import parse_span
from geomap.core.status import statuses
from geomap.present.statuses import cite_short
from geomap.wording import headline, sentence, words_in

# All sources


def test_aghdam_on_30_november(builtin: Dataset) -> None:
    assert subset(
        on(builtin, "aghdam", "2020-11-30"),
        control_status="handed_over",
        actor=AZ,
        since="2020-11-20",
        previous_actor=ARM,
        handover_date="2020-11-20",
        handover_due="2020-11-20",
        handover_due_first="2020-11-20",
        overdue=False,
        disputed=False,
        part=False,
    )


def test_kalbajar_on_30_november(builtin: Dataset) -> None:
    assert subset(
        on(builtin, "kalbajar", "2020-11-30"),
        control_status="handed_over",
        actor=AZ,
        since="2020-11-25",
        previous_actor=ARM,
        handover_date="2020-11-25",
        handover_due="2020-11-25",
        handover_due_first="2020-11-15",
        overdue=False,
        disputed=False,
        part=False,
    )


def test_lachin_on_30_november(builtin: Dataset) -> None:
    assert subset(
        on(builtin, "lachin", "2020-11-30"),
        control_status="due",
        actor=ARM,
        since="1992-05-18",
        previous_actor=None,
        handover_date=None,
        handover_due="2020-12-01",
        handover_due_first="2020-12-01",
        overdue=False,
        disputed=False,
    )


def test_nagorno_karabakh_on_30_november(builtin: Dataset) -> None:
    assert subset(
        on(builtin, "nagorno-karabakh", "2020-11-30"),
        control_status="held",
        actor=ARM,
        since="1994",
        previous_actor=None,
        handover_date=None,
        handover_due=None,
        part=True,
        disputed=False,
        lies_within=AZ,
    )


@pytest.mark.parametrize(("day", "part"), [("2020-11-09", False), ("2020-11-10", True)])
def test_nagorno_karabakh_is_held_in_part_from_the_truce(
    builtin: Dataset, day: str, part: bool
) -> None:
    assert subset(
        on(builtin, "nagorno-karabakh", day), control_status="held", since="1994", part=part
    )


@pytest.mark.parametrize(
    ("region", "day", "status", "due"),
    [
        ("kalbajar", "2020-09-27", "held", None),
        ("aghdam", "2020-09-27", "held", None),
        ("lachin", "2020-09-27", "held", None),
        ("nagorno-karabakh", "2020-09-27", "held", None),
        ("kalbajar", "2020-11-09", "held", None),
        ("kalbajar", "2020-11-10", "due", "2020-11-15"),
        ("aghdam", "2020-11-10", "due", "2020-11-20"),
        ("lachin", "2020-11-10", "due", "2020-12-01"),
        ("kalbajar", "2020-11-12", "due", "2020-11-15"),
        ("kalbajar", "2020-11-16", "due", "2020-11-25"),
        ("aghdam", "2020-11-19", "due", "2020-11-20"),
        ("aghdam", "2020-11-20", "handed_over", "2020-11-20"),
        ("kalbajar", "2020-11-24", "due", "2020-11-25"),
        ("kalbajar", "2020-11-25", "handed_over", "2020-11-25"),
        ("lachin", "2020-11-30", "due", "2020-12-01"),
        ("lachin", "2020-12-01", "handed_over", "2020-12-01"),
        ("nagorno-karabakh", "2020-12-01", "held", None),
    ],
)
def test_the_status_of_a_day(
    builtin: Dataset, region: str, day: str, status: str, due: str | None
) -> None:
    found = on(builtin, region, day)
    assert subset(
        found,
        control_status=status,
        actor=AZ if status == "handed_over" else ARM,
        handover_due=due,
        overdue=False,
        disputed=False,
    )


def test_lachin_was_handed_over_on_the_last_day(builtin: Dataset) -> None:
    assert subset(
        on(builtin, "lachin", "2020-12-01"),
        actor=AZ,
        handover_date="2020-12-01",
        handover_due="2020-12-01",
        previous_actor=ARM,
    )


@pytest.mark.parametrize(
    ("region", "since"),
    [
        ("kalbajar", "1993-04-03"),
        ("aghdam", "1993-07-23"),
        ("lachin", "1992-05-18"),
        ("nagorno-karabakh", "1994"),
    ],
)
def test_since_when_it_had_been_held(builtin: Dataset, region: str, since: str) -> None:
    assert subset(on(builtin, region, "2020-09-27"), actor=ARM, since=since)


# What was known


@pytest.mark.parametrize(
    ("region", "day", "known", "expected"),
    [
        (
            *("kalbajar", "2020-11-25", "2020-11-24"),
            {"control_status": "due", "handover_due": "2020-11-25", "overdue": False},
        ),
        (
            *("kalbajar", "2020-11-30", "2020-11-20"),
            {"control_status": "due", "handover_due": "2020-11-25", "overdue": True},
        ),
        (
            *("aghdam", "2020-11-30", "2020-11-20"),
            {"control_status": "handed_over", "handover_date": "2020-11-20"},
        ),
        (
            *("aghdam", "2020-11-20", "2020-11-19"),
            {"control_status": "due", "handover_due": "2020-11-20", "overdue": False},
        ),
        (
            *("kalbajar", "2020-11-16", "2020-11-14"),
            {"control_status": "due", "handover_due": "2020-11-15", "overdue": True},
        ),
        (
            *("lachin", "2020-12-01", "2020-11-30"),
            {"control_status": "due", "handover_due": "2020-12-01", "overdue": False},
        ),
        (
            *("lachin", "2020-09-27", "2020-11-09"),
            {"control_status": "unknown", "actor": None, "handover_due": None},
        ),
    ],
)
def test_what_was_known_by_a_day(
    builtin: Dataset, region: str, day: str, known: str, expected: dict[str, Any]
) -> None:
    assert subset(on(builtin, region, day, known=known), **expected)


# The article alone


def test_the_article_alone_dates_kalbajar_by_its_first_due_day(builtin: Dataset) -> None:
    assert subset(
        on(builtin, "kalbajar", "2020-11-30", sources=ARTICLE),
        control_status="handed_over",
        actor=AZ,
        handover_date="[2020-11-15..2020-11-25]",
        handover_due_first="2020-11-15",
        handover_due=None,
        disputed=False,
    )
    since = on(builtin, "kalbajar", "2020-11-10", sources=ARTICLE)["since"]
    assert since == "[1990..1994]"


def test_the_article_alone_leaves_aghdam_open(builtin: Dataset) -> None:
    found = on(builtin, "aghdam", "2020-11-30", sources=ARTICLE)
    assert subset(found, control_status="handed_over", actor=AZ, disputed=False)
    span = parse_span(found["handover_date"])
    assert str(span.end) <= "2020-11-25"
    assert not span.exact
    assert str(span.start) == "2020-11-08"
    assert subset(
        on(builtin, "aghdam", "2020-11-12", sources=ARTICLE),
        control_status="unclear",
        handover_due=None,
    )


def test_the_article_alone_gives_lachin_no_date(builtin: Dataset) -> None:
    for day in ("2020-11-30", "2020-12-01"):
        assert subset(
            on(builtin, "lachin", day, sources=ARTICLE),
            control_status="due",
            actor=ARM,
            handover_due=None,
            handover_due_first=None,
            handover_date=None,
            overdue=False,
        )


@pytest.mark.parametrize("region", ["aghdam", "lachin"])
def test_the_article_alone_does_not_say_since_when(builtin: Dataset, region: str) -> None:
    found = on(builtin, region, "2020-09-27", sources=ARTICLE)
    assert subset(found, control_status="unclear", actor=None, since=None)


@pytest.mark.parametrize("day", ["2020-09-27", "2020-10-01", "2020-11-07"])
def test_the_article_alone_says_that_it_does_not_say(builtin: Dataset, day: str) -> None:
    words, found = words_in("en"), statuses(builtin, day, sources=ARTICLE)
    text = "".join(piece for piece, _ in headline(words, builtin, found, 2020))
    assert text == (
        "On {date}, it is not clear who held Aghdam and Lachin."
        " Kalbajar and Nagorno-Karabakh are held by ethnic Armenian forces."
    )
    for status in found:
        if status.region in ("aghdam", "lachin"):
            said = "".join(piece for piece, _ in sentence(words, builtin, status, 2020))
            assert said == (
                "Not clear on this date: it may have been held by ethnic Armenian forces,"
                " said to hold it since 8 November or earlier."
            )
            assert cite_short(words, builtin, status) == "AP, 30 Nov 2020, ¶2, ¶11, ¶13"


def test_the_article_alone_knows_nothing_of_a_part(builtin: Dataset) -> None:
    found = [
        on(builtin, "nagorno-karabakh", str(day), sources=ARTICLE)
        for day in days(builtin.period.start, builtin.period.end)
    ]
    assert {(r["control_status"], r["since"], r["part"]) for r in found} == {
        ("held", "1994", False)
    }
