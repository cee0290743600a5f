"""What readers are told, in every output: who holds what, who says so, and what was put right."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from datasets import REGIONS, claim, csv_text, region, square
from markup import Markup, text_of
from picture_reading import svg_texts

from geomap.core.dataset import Dataset
from geomap.map.noscript import noscript
from geomap.picture.picture import picture
from geomap.present import day_view, payload, select, view
from geomap.present.looks import PAPER
from geomap.present.views import View
from geomap.terminal import status_table
from geomap.web import create_app
from geomap.wording import words_in

ENGLISH = words_in("en")


def page(dataset: Dataset, **query: str) -> str:
    """The reader's page."""
    return create_app([dataset]).test_client().get("/test/", query_string=query).text


def embed(dataset: Dataset, **query: str) -> str:
    """The embed."""
    return create_app([dataset]).test_client().get("/test/embed", query_string=query).text


def shown(dataset: Dataset, **query: str) -> View:
    """What is shown, as values."""
    return view(dataset, select(dataset, **query), ENGLISH)


def map_data(dataset: Dataset, **query: str) -> str:
    """What the map in the browser gets."""
    return json.dumps(payload(shown(dataset, **query)), ensure_ascii=False)


def _picture(dataset: Dataset, **query: str) -> str:
    data = picture(dataset, "svg", **query)
    hints = [element.text for element in Markup(data.decode()).all("title")]
    return "\n".join([*svg_texts(data), *hints])


def _table(dataset: Dataset, **query: str) -> str:
    text = status_table(
        dataset, query["date"], query.get("known"), query.get("sources"), "en", width=400
    )
    return " ".join(text.split())


def _without_scripts(dataset: Dataset, **query: str) -> str:
    return noscript(day_view(dataset, select(dataset, **query), ENGLISH), ENGLISH)


OUTPUTS = {
    "page": page,
    "embed": embed,
    "map": map_data,
    "picture": _picture,
    "terminal": _table,
    "without scripts": _without_scripts,
}
every_output = pytest.mark.parametrize("output", OUTPUTS.values(), ids=OUTPUTS)
Output = Callable[..., str]
Open = Callable[..., Dataset]


@every_output
def test_sources_that_name_different_holders_are_all_shown(dataset: Open, output: Output) -> None:
    data = dataset(
        claim("first", "control", "north", "2021-03-10", "s10", locator="¶1"),
        claim("second", "control", "south", "2021-03-10", "s15", locator="¶2"),
    )
    text = output(data, date="2021-03-20")
    for expected in ("Not clear", "held by the North", "held by the South", "10 Mar 2021, ¶1"):
        assert expected in text
    assert "15 Mar 2021, ¶2" in text


@pytest.mark.parametrize("first", ["north", "south"])
def test_neither_of_them_is_painted_as_the_holder(dataset: Open, first: str) -> None:
    second = {"north": "south", "south": "north"}[first]
    data = dataset(
        claim("a", "control", first, "2021-03-10", "s10"),
        claim("b", "control", second, "2021-03-10", "s15"),
    )
    (look,) = {one.card.look for one in shown(data).regions[0].stretches if one.last.day == 31}
    colours = [stripe.colour.actor for pattern in look.patterns for stripe in pattern.stripes]
    assert look.fill == PAPER
    assert [actor for actor in colours if actor] == ["north", "south"]
    kinds = [entry.kind for entry in shown(data).legend]
    assert "contradiction" in kinds
    assert "disputed" not in kinds


DIVIDED = (
    claim("whole", "control", "south", "1990"),
    claim("part", "control", "north", "[2021-03-05..2021-03-10]", "s15", part="part", locator="¶3"),
)


@every_output
@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("2021-03-07", "a part of it came to be held by the North between 5 March and 10 March."),
        ("2021-03-20", "has been held by the North since a day between 5 March and 10 March."),
    ],
)
def test_who_holds_a_part_is_named(dataset: Open, output: Output, date: str, expected: str) -> None:
    text = output(dataset(*DIVIDED), date=date)
    assert expected in text
    assert "15 Mar 2021, ¶3" in text


@pytest.mark.parametrize(
    ("date", "sign", "label"),
    [
        ("2021-03-03", "■ Hill", None),
        ("2021-03-07", "▥ Hill", "Perhaps divided: a part held by the North"),
        ("2021-03-20", "◧ Hill", "Divided: a part held by the North"),
    ],
)
def test_a_divided_region_has_a_sign_of_its_own(
    dataset: Open, date: str, sign: str, label: str | None
) -> None:
    data = dataset(*DIVIDED)
    assert sign in _table(data, date=date)
    view_of_day = day_view(data, select(data, date=date), ENGLISH)
    assert [e.label for e in view_of_day.legend if "divided" in e.kind] == ([label] * bool(label))


def test_the_legend_has_a_sign_for_each_pair_of_holders(dataset: Open) -> None:
    rows = [
        *DIVIDED,
        claim("vale", "control", "south", "1990", region="vale"),
        claim("vale-part", "control", "east", "2021-03-05", region="vale", part="part"),
    ]
    signs = [one for one in shown(dataset(*rows)).legend if one.kind == "divided"]
    assert len({one.look for one in signs}) == len({one.label for one in signs}) == 2
    assert all(one.label.startswith("Divided: a part held by ") for one in signs)


# Who says so


def test_each_sentence_has_the_claims_that_state_it_alone(dataset: Open) -> None:
    data = dataset(
        claim("held", "control", "south", "1990", "s00", locator="¶1"),
        claim("due", "due", "north", "[..2021-03-20]", "s05", since="2021-03-05", locator="¶2"),
        claim("due", "due", "north", "", "s10", since="2021-03-05", locator="¶3"),
        claim("due", "due", "north", "[..2021-03-25]", "s15", locator="¶4"),
    )
    card = shown(data, date="2021-03-15").today.cards[0]
    said = {"".join(t for t, _ in passage.text): passage.cite for passage in card.passages}
    assert said == {
        "Due to be handed over to the North by 20 March.": "Paper, 5 Mar 2021, ¶2",
        "Held by the South since 1990.": "Paper, 1 Jan 2020, ¶1",
    }
    assert card.dates == (("Due", "by 20 March 2021"), ("Held", "since 1990"))
    assert [row - 1 for row in card.consistent] == [4]
    row = next(row for row in shown(data).timeline if row.what.endswith("due by 20 March 2021"))
    assert [c.text for c in row.citations] == ["Paper, 5 Mar 2021, ¶2", "Paper, 10 Mar 2021, ¶3"]
    assert [c.text for c in row.consistent] == ["Paper, 15 Mar 2021, ¶4"]


def test_reported_is_when_these_days_were_first_known(dataset: Open) -> None:
    data = dataset(
        claim("got", "handover", "north", "[2021-03-01..2021-03-08]", "s10"),
        claim("got", "handover", "north", "2021-03-06", "s20"),
    )
    (row,) = shown(data).timeline
    assert row.reported == "20 Mar 2021"
    (row,) = shown(data, known="2021-03-15").timeline
    assert row.reported == "10 Mar 2021"


def test_first_and_then_are_said_only_of_a_date_that_moved(dataset: Open) -> None:
    first = claim("first", "due", "north", "[..2021-03-10]", "s05", since="2021-03-05")
    moved = claim("moved", "due", "north", "[..2021-03-20]", "s10", since="2021-03-10")
    open_end = claim("open", "due", "north", "", "s10", since="2021-03-10")

    def dates(*rows: dict[str, str]) -> dict[str, str]:
        return dict(shown(dataset(*rows), date="2021-03-12").today.cards[0].dates)

    assert dates(first) == {"Due": "by 10 March 2021"}
    assert dates(first, moved) == {"First due": "by 10 March 2021", "Then due": "by 20 March 2021"}
    assert dates(first, open_end) == {
        "First due": "by 10 March 2021",
        "Then due": "no date stated",
    }


@every_output
def test_disputed_days_stand_with_who_gives_them(dataset: Open, output: Output) -> None:
    data = dataset(
        claim("got", "handover", "north", "2021-03-05", "s10"),
        claim("got", "handover", "north", "2021-03-06", "s15"),
    )
    text = output(data, date="2021-03-20")
    assert "on 5 March (Paper, 10 Mar 2021) or on 6 March (Paper, 15 Mar 2021)" in text
    assert "between 5" not in text
    assert "5–6 Mar" not in text


def test_so_do_disputed_days_of_an_agreement(dataset: Open) -> None:
    data = dataset(
        claim("due", "due", "north", "2021-03-20", "s10", since="2021-03-05"),
        claim("due", "due", "north", "2021-03-20", "s15", since="2021-03-07"),
    )
    (row,) = shown(data).timeline
    assert row.when == (
        "On 5 March 2021 (Paper, 10 Mar 2021) or on 7 March 2021 (Paper, 15 Mar 2021)"
    )
    assert row.disputed


def test_page_embed_and_picture_credit_the_same_sources(dataset: Open) -> None:
    rows = [
        claim("held", "control", "south", "1990", "s00"),
        claim("hint", "control", "south", "[1980..1999]", "s05", region="hill"),
        *(
            claim("got", "handover", "north", "2021-03-04", source)
            for source in ("s10", "s15", "s20", "s25")
        ),
    ]
    data = dataset(*rows)
    credit = "Sources: Paper, 10 Mar 2021 · Paper, 15 Mar 2021 and 2 more. Nobody"
    assert credit in " ".join(text_of(page(data, date="2021-03-15"), "span", id="credit"))
    drawn = " ".join(_picture(data, date="2021-03-15").split())
    short = shown(data, date="2021-03-15").today.credit_short
    assert short == "Paper and 3 more · Nobody · ends on 31 Mar 2021"
    assert credit in drawn or short in drawn
    given = payload(shown(data))
    at = next(h for h in given["headlines"] if h["first"] <= "2021-03-15" <= h["last"])
    assert given["credits"][at["credit"]] == credit


# What was put right

SECRET = {"note": "a desk note", "locator": "p. 77"}
WITHDRAWN = (
    claim("held", "control", "south", "1990", "s00"),
    claim("got", "handover", "north", "2021-03-05", "s05"),
    claim(
        *("got", "handover", "north", "2021-03-08", "s10"),
        withdrawn="2021-03-20",
        withdrawn_because="The paper took it back",
        **SECRET,
    ),
)
BECAUSE = "Withdrawn on 20 March 2021: The paper took it back"


def test_a_withdrawn_claim_stays_with_day_and_reason(dataset: Open) -> None:
    data = dataset(*WITHDRAWN)
    html = page(data)
    assert text_of(html, "s") == ["Handed over to the North, on 8 March 2021"]
    assert BECAUSE in text_of(html, "small")
    assert "All its claims were withdrawn." in text_of(html, "small")
    rows = [row.what for row in shown(data).timeline if row.withdrawn]
    assert rows == [
        "Claim withdrawn: Handed over to the North, on 8 March 2021. The paper took it back"
    ]
    given = payload(shown(data))
    (number,) = given["regions"][0]["withdrawn"]
    assert given["claims"][number]["withdrawn"] == BECAUSE
    assert given["regions"][1]["withdrawn"] == []


@every_output
def test_what_was_withdrawn_states_nothing_any_more(dataset: Open, output: Output) -> None:
    text = output(dataset(*WITHDRAWN), date="2021-03-21")
    assert "Handed over" in text
    assert "8 March (" not in text
    assert "a desk note" not in text


def test_before_its_day_nobody_knows_of_a_withdrawal(dataset: Open) -> None:
    data = dataset(*WITHDRAWN)
    then = shown(data, known="2021-03-19")
    assert not any(one.withdrawn for one in (*then.timeline, *then.claims, *then.sources))
    assert then.regions[0].withdrawn == ()
    assert "took it back" not in map_data(data, known="2021-03-19")
    assert "a desk note" in map_data(data, known="2021-03-19")


@every_output
@pytest.mark.parametrize(
    "query", [{"known": "2021-03-09"}, {"sources": "s05,s00"}], ids=["clock", "sources"]
)
def test_nothing_of_a_claim_left_out_gets_through(
    dataset: Open, output: Output, query: dict[str, str]
) -> None:
    data = dataset(*WITHDRAWN[:2], {**WITHDRAWN[2], "withdrawn": "", "withdrawn_because": ""})
    text = output(data, date="2021-03-15", **query)
    for secret in ("a desk note", "on 8 March"):
        # A page that is fixed to an earlier clock tells what contradicts it now, in its own place.
        if "known" in query and output is page and secret == "on 8 March":
            text = text.partition('id="corrections"')[0] + text.partition("</section>")[2]
        assert secret not in text


def test_a_map_fixed_to_an_earlier_clock_says_how_it_was_corrected(dataset: Open) -> None:
    data = dataset(*WITHDRAWN)
    html = page(data, known="2021-03-19")
    assert "The map was corrected since" in text_of(html, "p", class_="restricted")[0]
    (section,) = Markup(html).all("section", id="corrections")
    assert (
        "20 March 2021 · Hill: Claim withdrawn: Handed over to the North, on 8 March 2021 "
        "(Paper, 10 Mar 2021, p. 77). The paper took it back"
    ) in " ".join(section.text.split())
    assert json.loads(map_data(data, known="2021-03-19"))["corrected"]
    assert "The map was corrected since" in _picture(data, date="2021-03-15", known="2021-03-19")
    for query in ({}, {"known": "2021-03-20"}):
        assert "corrected since" not in page(data, **query)


def test_so_it_does_where_a_later_claim_contradicts_it(dataset: Open) -> None:
    data = dataset(*WITHDRAWN[:2], {**WITHDRAWN[2], "withdrawn": "", "withdrawn_because": ""})
    (correction,) = shown(data, known="2021-03-09").corrections
    assert correction.day == "10 March 2021"
    assert correction.text == (
        "Hill: A later claim contradicts what was known: "
        "Handed over to the North, on 8 March 2021 (Paper, 10 Mar 2021, p. 77)"
    )


# What else is reported

REPORTS = (
    {"date": "2021-03-04", "region": "hill", "text": "A bridge burns", "source": "s05"},
    {"date": "2021-03-09", "region": "", "text": "Talks begin", "source": "s10"},
)


def reporting(dataset: Open, **parts: Any) -> Dataset:
    """A dataset with reports."""
    columns = ("date", "region", "text", "source", "locator")
    raw = {"reports.csv": csv_text(REPORTS, columns)}
    return dataset(claim("held", "control", "south", "1990", "s00"), raw=raw, **parts)


def test_reports_are_in_the_timeline_and_on_the_card_of_their_region(dataset: Open) -> None:
    then = shown(reporting(dataset))
    rows = [(row.when, row.region, row.what) for row in then.timeline]
    assert rows[:2] == [
        ("9 Mar 2021", "", "Talks begin"),
        ("4 Mar 2021", "Hill", "A bridge burns"),
    ]
    (report,) = payload(then)["regions"][0]["reports"]
    assert report == {
        "when": "On 4 March 2021",
        "text": "A bridge burns",
        "cite": "Paper, 5 Mar 2021",
        "url": "",
    }
    assert then.regions[1].reports == ()


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ({"known": "2021-03-04"}, []),
        ({"known": "2021-03-05"}, ["A bridge burns"]),
        ({"sources": "s10"}, ["Talks begin"]),
    ],
)
def test_they_follow_the_clock_and_the_choice_of_sources(
    dataset: Open, query: dict[str, str], told: list[str]
) -> None:
    data = reporting(dataset)
    texts = [row.what for row in shown(data, **query).timeline]
    assert [text for text in texts if text != "Held by the South"] == told
    html = page(data, **query)
    assert ("A bridge burns" in html) == ("A bridge burns" in told)


def test_what_a_report_tells_is_no_milestone_besides(dataset: Open) -> None:
    milestones = [
        {"date": "2021-03-04", "label": "Fire", "source": "s05"},
        {"date": "2021-03-08", "label": "Truce", "source": "s05"},
    ]
    then = shown(reporting(dataset, meta={"milestones": milestones}))
    assert [row.what for row in then.timeline] == [
        *("Talks begin", "Truce", "A bridge burns", "Held by the South"),
    ]
    assert [tick.label for tick in then.ticks if tick.label] == ["Fire", "Truce"]


# Sources and data


def test_a_source_has_its_publisher_in_the_readers_language(dataset: Open) -> None:
    sources = [
        {
            "id": "s00",
            "publisher": "The Paper",
            "publisher:ru": "Газета",
            "title": "",
            "published": "2020-01-01",
            "language": "en",
        }
    ]
    data = dataset(
        claim("held", "control", "south", "1990", "s00"),
        sources=sources,
        meta={"languages": ["en", "ru"], "accuracy": {"en": "Good to a mile."}},
    )
    (source,) = view(data, select(data), words_in("ru")).sources
    assert (source.publisher, source.publisher_language) == ("Газета", "")
    (source,) = shown(data).sources
    assert (source.publisher, source.publisher_language) == ("The Paper", "en")
    assert (source.title, source.title_language) == ("report", "")
    assert "Good to a mile." in text_of(page(data), "p")
    assert "Good to a mile." in _without_scripts(data, date="2021-03-15")


def test_a_region_tells_what_its_outline_leaves_out(dataset: Open) -> None:
    hill = region("hill", square(10, 50), note="Beyond the river nobody counted.")
    data = dataset(
        claim("held", "control", "south", "1990", "s00"), regions={**REGIONS, "hill": hill}
    )
    assert "Beyond the river nobody counted." in text_of(page(data), "p", class_="card-note")
    assert payload(shown(data))["regions"][0]["note"] == "Beyond the river nobody counted."
