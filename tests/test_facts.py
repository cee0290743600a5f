"""The built-in dataset says what its sources say: every worked example, day by day."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from geomap.dataset import Dataset
from geomap.dates import days, parse_span
from geomap.status import intervals, row, statuses

ARTICLE = "ap-2020-11-30"
AZ, ARM = "azerbaijan", "ethnic-armenian-forces"
REGIONS = ("kalbajar", "aghdam", "lachin", "nagorno-karabakh")


def on(builtin: Dataset, region: str, day: str, **query: Any) -> dict[str, Any]:
    """The public row of a region on a day."""
    return next(row(s) for s in statuses(builtin, day, **query) if s.region == region)


def subset(found: dict[str, Any], **expected: Any) -> bool:
    """Whether a row holds these values; shows both where it does not."""
    assert {key: found[key] for key in expected} == expected
    return True


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


def test_the_article_alone_knows_nothing_of_a_part(builtin: Dataset) -> None:
    found = [
        on(builtin, "nagorno-karabakh", str(day), sources=ARTICLE)
        for day in days(builtin.period.start, builtin.period.end)
    ]
    assert {(r["control_status"], r["since"], r["part"]) for r in found} == {
        ("held", "1994", False)
    }


# How the sources narrow a date


@pytest.mark.parametrize(
    ("sources", "span"),
    [
        (ARTICLE, "[2020-11-08..2020-11-25]"),
        (f"{ARTICLE},ap-2020-11-25", "[2020-11-16..2020-11-22]"),
        (f"{ARTICLE},ap-2020-11-25,ap-2020-11-20", "2020-11-20"),
        (f"{ARTICLE},rw-2020-11-21", "2020-11-20"),
        (f"{ARTICLE},anews-2020-11-30", "2020-11-20"),
    ],
)
def test_each_source_narrows_aghdams_date(builtin: Dataset, sources: str, span: str) -> None:
    assert subset(
        on(builtin, "aghdam", "2020-11-30", sources=sources), handover_date=span, disputed=False
    )


@pytest.mark.parametrize("source", ["kavkaz-uzel-2020-11-25", "anews-2020-11-30"])
def test_each_source_gives_kalbajars_day(builtin: Dataset, source: str) -> None:
    found = on(builtin, "kalbajar", "2020-11-30", sources=[ARTICLE, source])
    assert found["handover_date"] == "2020-11-25"


@pytest.mark.parametrize(
    ("region", "due"),
    [("kalbajar", "2020-11-15"), ("aghdam", "2020-11-20"), ("lachin", "2020-12-01")],
)
def test_the_truce_alone_makes_three_regions_due(builtin: Dataset, region: str, due: str) -> None:
    found = on(builtin, region, "2020-11-10", sources="truce-2020-11-10")
    assert subset(found, control_status="due", actor=ARM, handover_due=due)


def test_no_source_contradicts_another(builtin: Dataset) -> None:
    parts = [part for parts in intervals(builtin).values() for part in parts]
    assert not any(part.status.disputed for part in parts)


def test_a_source_that_did_would_be_shown_beside_the_others(builtin: Dataset) -> None:
    ledger = builtin.ledger
    claim = next(c for c in ledger.claims if c.source == "ap-2020-11-20")
    other = claim.model_copy(
        update={"row": 1000, "source": "trend-2020-11-20", "date": parse_span("2020-11-19")}
    )
    more = replace(builtin, ledger=replace(ledger, claims=(*ledger.claims, other)))
    assert subset(
        on(more, "aghdam", "2020-11-19"),
        control_status="unclear",
        disputed=True,
        handover_date="[2020-11-08..2020-11-25]",
    )
    found = on(more, "aghdam", "2020-11-30")
    assert subset(found, control_status="handed_over", disputed=True)
    assert {"ap-2020-11-20", "trend-2020-11-20"} <= set(found["sources"])


# The rows themselves


def test_every_claim_has_a_source_and_is_by_its_word_alone(builtin: Dataset) -> None:
    ledger = builtin.ledger
    assert {claim.source for claim in ledger.claims} == set(ledger.sources)
    assert {claim.actor for claim in ledger.claims} <= set(ledger.actors) == {AZ, ARM}
    assert {claim.region for claim in ledger.claims} == set(REGIONS)
    pairs = [(claim.event, claim.source) for claim in ledger.claims]
    assert len(set(pairs)) == len(pairs)


def test_the_articles_claims_name_their_paragraphs(builtin: Dataset) -> None:
    rows = [claim for claim in builtin.ledger.claims if claim.source == ARTICLE]
    assert rows
    for claim in rows:
        assert re.fullmatch(r"¶\d+(, ¶\d+)*", claim.locator), claim
        assert all(1 <= int(n) <= 13 for n in re.findall(r"\d+", claim.locator)), claim


def test_the_truce_claims_name_their_clauses(builtin: Dataset) -> None:
    clauses = {
        claim.event: claim.locator
        for claim in builtin.ledger.claims
        if claim.source == "truce-2020-11-10" and claim.kind == "due"
    }
    assert clauses == {
        "kalbajar-due": "clause 6",
        "aghdam-due": "clause 2",
        "lachin-due": "clause 6",
    }


@pytest.mark.parametrize(
    ("source", "published"),
    [
        ("ap-2020-11-30", "2020-11-30"),
        ("truce-2020-11-10", "2020-11-10"),
        ("jamnews-2020-11-15", "2020-11-15"),
        ("ap-2020-11-20", "2020-11-20"),
        ("rw-2020-11-21", "2020-11-21"),
        ("ap-2020-11-25", "2020-11-25"),
        ("kavkaz-uzel-2020-11-25", "2020-11-25"),
        ("trend-2020-11-20", "2020-11-20"),
        ("today-az-2020-11-25", "2020-11-25"),
        ("anews-2020-11-30", "2020-11-30"),
        ("aljazeera-2020-11-20", "2020-11-20"),
        ("yjc-2020-12-01", "2020-12-01"),
    ],
)
def test_each_source_has_its_day_and_its_link(
    builtin: Dataset, source: str, published: str
) -> None:
    found = builtin.ledger.sources[source]
    assert str(found.published) == published
    # No link is known for the article; none is made up.
    assert bool(found.url) == (source != ARTICLE)


def test_the_period_ends_on_1_december_and_says_so(builtin: Dataset) -> None:
    assert (str(builtin.period.start), str(builtin.period.end)) == ("2020-09-27", "2020-12-01")
    assert str(builtin.meta.date) == "2020-11-30"
    assert builtin.meta.limits["en"]


# Names


@pytest.mark.parametrize(
    ("region", "en", "az", "hy", "ru", "also"),
    [
        ("kalbajar", "Kalbajar", "Kəlbəcər", "Քարվաճառ", "Кельбаджар", {"Kelbajar", "Karvachar"}),
        ("aghdam", "Aghdam", "Ağdam", "Աղդամ", "Агдам", {"Agdam", "Akna", "Ակնա"}),
        (
            *("lachin", "Lachin", "Laçın", "Լաչին", "Лачин"),
            {"Berdzor", "Բերձոր", "Kashatagh", "Քաշաթաղ"},
        ),
        (
            *("nagorno-karabakh", "Nagorno-Karabakh", "Dağlıq Qarabağ", "Լեռնային Ղարաբաղ"),
            *("Нагорный Карабах", {"Artsakh", "Արցախ"}),
        ),
    ],
)
def test_each_region_has_its_names(
    builtin: Dataset, region: str, en: str, az: str, hy: str, ru: str, also: set[str]
) -> None:
    found = next(r for r in builtin.regions.itertuples() if r.id == region)
    assert found.name == en
    assert {code: found.names[code] for code in ("az", "hy", "ru")} == {
        "az": az,
        "hy": hy,
        "ru": ru,
    }
    alternates = " ".join(found.alt_names)
    assert all(name in alternates for name in also), alternates
