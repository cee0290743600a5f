"""The built-in dataset's sources, row by row: what each narrows, where it says so, every name."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from handover import ARM, ARTICLE, AZ, REGIONS, on, subset

from geomap.core.dataset import Dataset
from geomap.core.dates import parse_span
from geomap.core.status import intervals

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
    other = replace(claim, row=1000, source="trend-2020-11-20", date=parse_span("2020-11-19"))
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
