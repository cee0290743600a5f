"""The built-in dataset's sources, row by row: what each narrows, what else it reports, every name."""

from __future__ import annotations

import re

import pytest
from handover import ARM, ARTICLE, AZ, PEACEKEEPERS, REGIONS, on, subset

from geomap.core.dataset import Dataset
from geomap.core.dates import parse_span
from geomap.core.history import visible_reports

# How the sources narrow a date


@pytest.mark.parametrize(
    ("sources", "span"),
    [
        (ARTICLE, "[2020-11-08~..2020-11-25]"),
        (f"{ARTICLE},ap-2020-11-25", "[2020-11-16..2020-11-22]"),
        (f"{ARTICLE},ap-2020-11-25,ap-2020-11-20", "2020-11-20"),
        (f"{ARTICLE},rw-2020-11-21", "2020-11-20"),
        # That Armenian forces left on the 20th is no claim of who came.
        (f"{ARTICLE},anews-2020-11-30", "[2020-11-08~..2020-11-25]"),
    ],
)
def test_each_source_narrows_aghdams_date(builtin: Dataset, sources: str, span: str) -> None:
    assert subset(
        on(builtin, "aghdam", "2020-11-30", sources=sources), handover_date=span, disputed=False
    )


def test_one_source_gives_kalbajars_day(builtin: Dataset) -> None:
    both = [ARTICLE, "kavkaz-uzel-2020-11-25"]
    assert on(builtin, "kalbajar", "2020-11-30", sources=both)["handover_date"] == "2020-11-25"
    article = on(builtin, "kalbajar", "2020-11-30", sources=ARTICLE)
    assert article["handover_date"] == "[2020-11-15..2020-11-25]"


@pytest.mark.parametrize(
    ("region", "due", "divided"),
    [
        ("kalbajar", "2020-11-15", "no"),
        ("aghdam", "2020-11-20", "no"),
        ("lachin", "2020-12-01", "perhaps"),
    ],
)
def test_the_truce_alone_makes_three_regions_due(
    builtin: Dataset, region: str, due: str, divided: str
) -> None:
    row = on(builtin, region, "2020-11-10", sources="truce-2020-11-10")
    assert subset(row, control_status="due", actor=ARM, handover_due=due, divided=divided)


# The rows themselves


def test_every_claim_has_a_source_and_an_actor(builtin: Dataset) -> None:
    ledger = builtin.ledger
    used = {claim.source for claim in ledger.claims} | {r.source for r in ledger.reports}
    assert used == set(ledger.sources)
    assert {claim.actor for claim in ledger.claims} == set(ledger.actors)
    assert set(ledger.actors) == {AZ, ARM, PEACEKEEPERS}
    assert {claim.region for claim in ledger.claims} == set(REGIONS)
    pairs = [(claim.event, claim.source) for claim in ledger.claims]
    assert len(set(pairs)) == len(pairs)


def test_the_article_and_the_truce_are_cited_by_their_places(builtin: Dataset) -> None:
    rows = [*builtin.ledger.claims, *builtin.ledger.reports]
    for row in (row for row in rows if row.source == ARTICLE):
        assert re.fullmatch(r"¶\d+(, ¶\d+)*", row.locator), row
        assert all(1 <= int(n) <= 13 for n in re.findall(r"\d+", row.locator)), row
    clauses = {
        c.event: c.locator
        for c in builtin.ledger.claims
        if c.source == "truce-2020-11-10" and c.kind == "due"
    }
    assert clauses == {
        "kalbajar-due": "clause 6",
        "aghdam-due": "clause 2",
        "lachin-due": "clause 6",
    }


@pytest.mark.parametrize(
    ("source", "published", "title"),
    [
        (ARTICLE, "2020-11-30", "Azerbaijan deploys forces in Kalbajar and Aghdam"),
        (
            *("truce-2020-11-10", "2020-11-10"),
            "Statement by the leaders of Armenia, Azerbaijan and Russia",
        ),
        ("jamnews-2020-11-15", "2020-11-15", ""),
        ("ap-2020-11-20", "2020-11-20", ""),
        ("trend-2020-11-20", "2020-11-20", ""),
        ("aljazeera-2020-11-20", "2020-11-20", ""),
        ("rw-2020-11-21", "2020-11-21", "Azerbaijan troops enter Aghdam…"),
        ("ap-2020-11-25", "2020-11-25", ""),
        ("kavkaz-uzel-2020-11-25", "2020-11-25", ""),
        ("today-az-2020-11-25", "2020-11-25", ""),
        (
            *("anews-2020-11-30", "2020-11-30"),
            "Deadline for Armenia to evacuate Lachin ending tonight",
        ),
        ("yjc-2020-12-01", "2020-12-01", ""),
    ],
)
def test_each_source_has_its_day_its_link_and_no_made_up_title(
    builtin: Dataset, source: str, published: str, title: str
) -> None:
    found = builtin.ledger.sources[source]
    assert str(found.published) == published
    assert found.title == title
    # No link is known for the article; none is made up.
    assert bool(found.url) == (source != ARTICLE)


def test_a_source_says_whom_it_carries_or_quotes(builtin: Dataset) -> None:
    sources = builtin.ledger.sources
    assert "Republic World" in sources[ARTICLE].publisher
    assert "Taiwan News" in sources["ap-2020-11-20"].publisher
    assert "Dayton Daily News" in sources["ap-2020-11-25"].publisher
    yjc = sources["yjc-2020-12-01"]
    assert "defence ministry" in yjc.publisher
    assert "TASS" in yjc.publisher
    assert "quoting Azerbaijan's defence ministry" in yjc.name


@pytest.mark.parametrize("language", ["az", "hy", "ru"])
def test_publishers_in_each_language(builtin: Dataset, language: str) -> None:
    """A publisher that is more than a name says so in the reader's language."""
    english = re.compile(r"published by|carried by|quoting|Office|ministry|Agency|Knot")
    for source in builtin.ledger.sources.values():
        if english.search(source.publisher):
            assert source.publishers.get(language), source.id
            assert not english.search(source.publishers[language]), source.id


def test_what_else_the_sources_report(builtin: Dataset) -> None:
    reports = [(str(r.date), r.region, r.citation) for r in builtin.ledger.reports]
    during = "[2020-11-08~..2020-11-25]"
    assert reports == [
        ("2020-09-27", "nagorno-karabakh", f"{ARTICLE}¶13"),
        ("2020-11-08~", "", f"{ARTICLE}¶2, ¶10, ¶11, ¶13"),
        (during, "kalbajar", f"{ARTICLE}¶6"),
        (during, "kalbajar", f"{ARTICLE}¶7"),
        (during, "kalbajar", f"{ARTICLE}¶8, ¶9"),
        ("2020-11-19", "aghdam", "rw-2020-11-21"),
        ("2020-11-20", "aghdam", "anews-2020-11-30"),
        ("2020-11-25", "kalbajar", "anews-2020-11-30"),
        ("2020-11-25", "kalbajar", f"{ARTICLE}¶5"),
        ("2020-11-28", "", f"{ARTICLE}¶3, ¶4"),
        ("2020-11-30", "", f"{ARTICLE}¶1"),
    ]
    by = {r.citation: r.text for r in builtin.ledger.reports if r.region == "kalbajar"}
    assert by[f"{ARTICLE}¶7"].startswith("Azerbaijani officials")
    assert "burn their houses" in by[f"{ARTICLE}¶8, ¶9"]
    assert "Azerbaijanis who lived there had fled" in by[f"{ARTICLE}¶8, ¶9"]
    then = visible_reports(builtin.ledger, known=parse_span("2020-11-24").end)
    assert {report.source for report in then} == {"rw-2020-11-21"}


# Names and limits


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


@pytest.mark.parametrize(
    ("en", "az", "hy", "ru"),
    [
        ("Aghdara / Martakert", "Ağdərə", "Մարտակերտ", "Агдере / Мартакерт"),
        ("Khankendi / Stepanakert", "Xankəndi", "Ստեփանակերտ", "Степанакерт / Ханкенди"),
        ("Khojavend / Martuni", "Xocavənd", "Մարտունի", "Мартуни / Ходжавенд"),
        ("Shusha / Shushi", "Şuşa", "Շուշի", "Шуша / Шуши"),
    ],
)
def test_a_town_of_two_names_has_both_in_order(
    builtin: Dataset, en: str, az: str, hy: str, ru: str
) -> None:
    town = next(t for t in builtin.context.itertuples() if t.name == en)
    assert {code: town.names[code] for code in ("az", "hy", "ru")} == {
        "az": az,
        "hy": hy,
        "ru": ru,
    }


@pytest.mark.parametrize("language", ["en", "az", "hy", "ru"])
def test_it_says_what_its_boundaries_are_good_for(builtin: Dataset, language: str) -> None:
    assert builtin.meta.accuracy[language]
    assert builtin.meta.limits[language]
    notes = dict(zip(builtin.regions["id"], builtin.regions["note"], strict=True))
    for region in ("kalbajar", "nagorno-karabakh"):
        note = notes[region][language if language != "en" else ""]
        assert "1994" in note, region
    assert not notes["lachin"]


def test_the_period_ends_on_1_december(builtin: Dataset) -> None:
    assert (str(builtin.period.start), str(builtin.period.end)) == ("2020-09-27", "2020-12-01")
    assert str(builtin.meta.date) == "2020-11-30"
