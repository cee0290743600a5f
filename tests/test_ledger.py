"""The tables of a dataset: what a row means, and every fault with its file, row and column."""

from __future__ import annotations

import time
from typing import Any

import pytest
from datasets import ACTORS, SOURCES, claim, csv_text, dataset_files

from geomap.check.ledger import read_ledger
from geomap.core.claims import Ledger, cite
from geomap.core.dates import parse_span
from geomap.core.events import resolve
from geomap.errors import Fault

HELD = claim("held", "control", "north", "1994")
DUE = claim("due", "due", "south", "2021-03-20")
SOUND = (HELD, DUE)


def read(*claims: dict[str, str], **parts: Any) -> tuple[Ledger, list[Fault]]:
    return read_ledger(dataset_files(claims or SOUND, **parts), ["hill", "vale"])


def the_fault(*claims: dict[str, str], **parts: Any) -> Fault:
    """The only fault of a dataset."""
    faults = read(*claims, **parts)[1]
    assert len(faults) == 1, faults
    return faults[0]


def table(name: str, text: str) -> dict[str, Any]:
    return {"raw": {name: text}}


def test_sound_tables_have_no_fault_and_keep_their_order() -> None:
    ledger, faults = read(HELD, DUE, {**HELD, "date": "[1990..1995]", "source": "s05"})
    assert faults == []
    assert [c.event for c in ledger.claims] == ["held", "due", "held"]
    assert [c.row for c in ledger.claims] == [2, 3, 4]
    assert list(ledger.sources) == [source["id"] for source in SOURCES]
    assert list(ledger.actors) == [actor["id"] for actor in ACTORS]


def test_a_row_becomes_a_claim_with_spans_and_days() -> None:
    row = {
        **DUE,
        "since": "[2021-03-01..2021-03-05]",
        "part": "part",
        "locator": "¶6",
        "added": "2021-03-02",
        "withdrawn": "2021-03-09",
        "note": "As agreed",
        "note:az": "Razılaşdığı kimi",
        "withdrawn_because": "A slip",
        "withdrawn_because:az": "Səhv",
    }
    (found,) = read(row)[0].claims
    assert found.date == parse_span("2021-03-20")
    assert found.since == parse_span("[2021-03-01..2021-03-05]")
    assert found.part is True
    assert found.citation == "s00¶6"
    assert (str(found.added), str(found.withdrawn)) == ("2021-03-02", "2021-03-09")
    assert (found.withdrawn_because, found.withdrawn_becauses) == ("A slip", {"az": "Səhv"})
    assert (found.note, found.notes) == ("As agreed", {"az": "Razılaşdığı kimi"})


def test_names_and_colours_are_read_by_language_and_theme() -> None:
    actor = {
        **ACTORS[0],
        "colour": "#2A78B5",
        "colour:dark": "#4f9fdb",
        "name:az": "Şimal",
        "name:ru:gen": "Севера",
    }
    ledger, faults = read(actors=[actor, *ACTORS[1:]])
    assert faults == []
    north = ledger.actors["north"]
    assert (north.colour, north.dark) == ("#2a78b5", "#4f9fdb")
    assert north.names == {"az": "Şimal", "ru:gen": "Севера"}
    assert ledger.actors["south"].dark is None


@pytest.mark.parametrize(
    ("locator", "citation"),
    [("¶6", "s00¶6"), ("clause 2", "s00¶clause 2"), ("", "s00"), ("¶5, ¶6", "s00¶5, ¶6")],
)
def test_a_citation_is_source_and_locator(locator: str, citation: str) -> None:
    assert cite("s00", locator) == citation


@pytest.mark.parametrize(
    ("change", "column", "message"),
    [
        ({"date": "2021-02-30"}, "date", "no such day in the calendar"),
        ({"date": "March"}, "date", "'March' is not a date; write a day (2020-11-25)"),
        ({"date": "2021-03/2021-04"}, "date", "is not a date"),
        ({"since": "[2021-03-09..2021-03-01]"}, "since", "ends before it starts"),
        ({"kind": "hand-over"}, "kind", "use one of control, due, handover"),
        ({"part": "half"}, "part", "write 'part' or leave it empty"),
        ({"actor": "nroth"}, "actor", "there is no actor 'nroth'; is 'north' meant?"),
        ({"actor": "zzz"}, "actor", "there is no actor 'zzz'; known: east, north, south"),
        ({"region": "hull"}, "region", "there is no region 'hull'; is 'hill' meant?"),
        ({"source": "gazette"}, "source", "there is no source 'gazette'; known: s00, s05"),
        ({"actor": ""}, "actor", "is empty; every row needs a value here"),
        ({"event": "The Handover"}, "event", "use lower-case letters, digits and hyphens"),
        ({"event": "<b>"}, "event", "is not an id"),
        ({"added": "2021-13-01"}, "added", "no such day in the calendar"),
        ({"withdrawn": "yes"}, "withdrawn", "'yes' is not a day; write it as 2020-11-25"),
        ({"added": "2019-12-31"}, "added", "2019-12-31 is before the source was published, 2020"),
        ({"withdrawn": "2019-12-31"}, "withdrawn", "is before the source was published"),
        ({"withdrawn_because": "A slip"}, "withdrawn_because", "gives a reason, but no day"),
        ({"withdrawn_because:az": "Səhv"}, "withdrawn_because", "in column withdrawn"),
        (
            {"added": "2021-03-09", "withdrawn": "2021-03-08"},
            "withdrawn",
            "2021-03-08 is before the claim was added",
        ),
    ],
)
def test_a_bad_cell_of_a_claim_is_named(change: dict[str, str], column: str, message: str) -> None:
    fault = the_fault(HELD, {**DUE, **change})
    assert (fault.file, fault.row, fault.column) == ("claims.csv", 3, column)
    assert message in fault.message


def test_a_claim_may_be_added_and_withdrawn_on_the_day_of_its_publication() -> None:
    day = SOURCES[0]["published"]
    assert read({**HELD, "added": day, "withdrawn": day})[1] == []


@pytest.mark.parametrize("kind", ["control", "handover"])
def test_only_a_due_claim_may_leave_its_date_open(kind: str) -> None:
    fault = the_fault(claim("e", kind, "north", ""))
    assert (fault.row, fault.column) == (2, "date")
    assert "only a 'due' may leave it open" in fault.message
    assert read(claim("e", "due", "north", ""))[1] == []


@pytest.mark.parametrize("kind", ["control", "handover"])
def test_no_source_tells_what_has_not_happened_yet(kind: str) -> None:
    fault = the_fault(claim("e", kind, "north", "[2021-03-12..2021-03-20]", "s10"))
    assert (fault.row, fault.column) == (2, "date")
    assert "starts 2021-03-12, but the source was published before, 2021-03-10" in fault.message
    for day in ("2021-03-11", "2021", "[..2022]"):
        assert read(claim("e", kind, "north", day, "s10"))[1] == []
    assert read(claim("e", "due", "north", "2021-03-20", "s10"))[1] == []


def test_an_arrangement_does_not_end_before_it_is_in_force() -> None:
    fault = the_fault({**DUE, "date": "2021-03", "since": "2021-04-01"})
    assert (fault.row, fault.column) == (2, "date")
    assert "ends 2021-03-31, before the arrangement is in force, 2021-04-01" in fault.message
    assert read({**DUE, "date": "2021-03", "since": "2021"})[1] == []


@pytest.mark.parametrize("kind", ["control", "handover"])
def test_only_a_due_claim_has_a_since(kind: str) -> None:
    fault = the_fault(claim("e", kind, "north", "2021-03-05", since="2021-03-01"))
    assert (fault.row, fault.column) == (2, "since")
    assert "only for 'due'" in fault.message


@pytest.mark.parametrize(
    ("column", "value"), [("region", "vale"), ("actor", "east"), ("kind", "handover")]
)
def test_claims_about_one_event_must_agree_what_it_is(column: str, value: str) -> None:
    fault = the_fault(HELD, DUE, {**DUE, "source": "s25", column: value})
    assert (fault.file, fault.row, fault.column) == ("claims.csv", 4, column)
    assert f"{value!r} differs from {DUE[column]!r} in row 3 of the same event 'due'" in str(fault)


def test_claims_about_one_event_may_differ_in_date_and_part() -> None:
    assert read(HELD, {**HELD, "date": "1999", "part": "part", "source": "s05"})[1] == []


@pytest.mark.parametrize(
    ("change", "column", "message"),
    [
        ({"published": "2021-02-30"}, "published", "no such day in the calendar"),
        ({"published": "2021"}, "published", "'2021' is not a day"),
        ({"published": ""}, "published", "is not a day"),
        ({"publisher": ""}, "publisher", "is empty; every row needs a value here"),
        ({"publisher": " "}, "publisher", "is empty"),
        ({"id": "S 1"}, "id", "is not an id"),
        ({"url": "javascript:alert(1)"}, "url", "start it with https:// or leave it empty"),
        ({"url": "JaVaScRiPt://x.org/%0aalert(1)"}, "url", "is not a web address"),
        ({"url": "data:text/html;base64,AAAA"}, "url", "is not a web address"),
        ({"url": "//example.org/a"}, "url", "is not a web address"),
        ({"url": "www.example.org"}, "url", "is not a web address"),
        ({"url": "https://"}, "url", "is not a web address"),
        ({"url": "file:///etc/passwd"}, "url", "is not a web address"),
        ({"url": "http://["}, "url", "is not a web address"),
    ],
)
def test_a_bad_cell_of_a_source_is_named(change: dict[str, str], column: str, message: str) -> None:
    unused = {"id": "extra", "publisher": "P", "title": "T", "published": "2021-03-01"}
    fault = the_fault(sources=[*SOURCES, {**unused, **change}])
    assert (fault.file, fault.row, fault.column) == ("sources.csv", len(SOURCES) + 2, column)
    assert message in fault.message


@pytest.mark.parametrize("url", ["", "https://example.org/a?b=c#d", "http://example.org"])
def test_a_source_may_have_a_web_address(url: str) -> None:
    ledger, faults = read(sources=[{**SOURCES[0], "url": url}])
    assert faults == []
    assert ledger.sources["s00"].url == url


@pytest.mark.parametrize(
    ("change", "column", "message"),
    [
        ({"colour": "blue"}, "colour", "'blue' is not a colour; write it as #2a78b5"),
        ({"colour": "#fff"}, "colour", "is not a colour"),
        ({"colour": ""}, "colour", "is not a colour"),
        ({"colour": "#2a78b5;x:url(a)"}, "colour", "is not a colour"),
        ({"colour:dark": "black"}, "colour:dark", "is not a colour"),
        ({"name": ""}, "name", "is empty"),
        ({"id": "West!"}, "id", "is not an id"),
        ({"wikidata": "q42"}, "wikidata", "'q42' has not the form of wikidata; write it as Q42"),
        ({"osm": "42"}, "osm", "write it as relation/123"),
    ],
)
def test_a_bad_cell_of_an_actor_is_named(change: dict[str, str], column: str, message: str) -> None:
    extra = {"id": "west", "name": "the West", "colour": "#000000"}
    fault = the_fault(actors=[*ACTORS, {**extra, **change}])
    assert (fault.file, fault.row, fault.column) == ("actors.csv", 5, column)
    assert message in fault.message


@pytest.mark.parametrize(("part", "rows"), [("actors", ACTORS), ("sources", SOURCES)])
def test_an_id_used_twice_is_named_where_it_comes_again(part: str, rows: tuple) -> None:
    fault = the_fault(**{part: [*rows, rows[0]]})
    assert (fault.file, fault.row, fault.column) == (f"{part}.csv", len(rows) + 2, "id")
    assert f"{rows[0]['id']!r} stands twice" in fault.message


def test_a_row_with_several_faults_has_each_of_them_reported() -> None:
    bad = claim(
        "e", "control", "nobody", "2021-02-31", "gazette", region="sea", since="x", part="y"
    )
    assert {(f.row, f.column) for f in read(bad)[1]} == {
        *((2, "region"), (2, "actor"), (2, "date"), (2, "source"), (2, "since"), (2, "part"))
    }


def test_a_row_with_a_bad_cell_is_compared_by_its_others() -> None:
    row = {**HELD, "region": "vale", "date": "98", "since": "2021", "withdrawn": "2019-01-01"}
    faults = read(HELD, row, sources=[{**SOURCES[0], "url": "x"}])[1]
    assert {(f.file, f.row, f.column) for f in faults} == {
        ("sources.csv", 2, "url"),
        *(("claims.csv", 3, column) for column in ("date", "region", "since", "withdrawn")),
    }
    twice = [{**SOURCES[0], "url": "x"}, *SOURCES]
    assert [(f.row, f.column) for f in read(sources=twice)[1]] == [(2, "url"), (3, "id")]


@pytest.mark.parametrize(("part", "column"), [("actors", "actor"), ("sources", "source")])
def test_a_table_with_a_header_alone_is_a_fault(part: str, column: str) -> None:
    faults = read(HELD, **{part: ()})[1]
    assert [(f.file, f.row, f.column) for f in faults] == [
        (f"{part}.csv", None, None),
        ("claims.csv", 2, column),
    ]
    assert "holds no row" in faults[0].message
    assert read_ledger(dataset_files(), ["hill"])[1] == []


def test_one_mistake_in_a_source_is_not_reported_again_for_each_of_its_claims() -> None:
    fault = the_fault(sources=[{**SOURCES[0], "published": "long ago"}, *SOURCES[1:]])
    assert (fault.file, fault.row, fault.column) == ("sources.csv", 2, "published")


def test_rows_have_hashes_by_what_they_say() -> None:
    first, again = read(HELD, DUE)[0], read(HELD, DUE)[0]
    assert len({*first.claims, *again.claims}) == 2
    assert set(first.sources.values()) == set(again.sources.values())
    assert set(first.actors.values()) == set(again.actors.values())
    (event,) = resolve(read(HELD)[0])
    assert {event} == {*resolve(read(HELD)[0])}


def test_a_very_long_wrong_value_is_cut_in_its_message() -> None:
    fault = the_fault(HELD, {**DUE, "actor": "x" * 5000})
    assert "…" in fault.message
    assert len(fault.message) < 200


def test_many_unknown_ids_among_many_alike_are_reported_at_once() -> None:
    ids = [f"source-{n:04}-of-the-paper" for n in range(1000)]
    sources = [{**SOURCES[0], "id": id} for id in ids]
    claims = [{**HELD, "event": f"e{n}", "source": f"{id}s"} for n, id in enumerate(ids)]
    start = time.process_time()
    faults = read(*claims, sources=sources)[1]
    assert time.process_time() - start < 5
    assert [f.column for f in faults] == ["source"] * 1000
    assert f"is {ids[0]!r} meant?" in faults[0].message
    assert "known: source-0000-of-the-paper, " in faults[-1].message


def test_an_unknown_actor_is_not_also_another_than_before() -> None:
    assert the_fault(HELD, {**HELD, "actor": "nobody"}).message.startswith("there is no actor")


REPORT_COLUMNS = ("date", "region", "text", "source", "locator")
REPORT = {"date": "2021-03-10", "region": "hill", "text": "A road opened", "source": "s10"}


def reports(*rows: dict[str, str]) -> dict[str, Any]:
    return table("reports.csv", csv_text(rows, REPORT_COLUMNS))


def test_reports_are_read_with_their_texts_and_places() -> None:
    more = {"locator": "¶2", "text:az": "Yol açıldı", "locator:az": "2-ci bənd"}
    everywhere = {**REPORT, "region": "", "date": "2021-03"}
    ledger, faults = read(HELD, **reports({**REPORT, **more}, everywhere))
    assert faults == []
    first, second = ledger.reports
    assert (first.row, first.date, first.region) == (2, parse_span("2021-03-10"), "hill")
    assert (first.text, first.texts) == ("A road opened", {"az": "Yol açıldı"})
    assert (first.source, first.locator, first.citation) == ("s10", "¶2", "s10¶2")
    assert first.locators == {"az": "2-ci bənd"}
    assert (second.row, second.region, str(second.date)) == (3, "", "2021-03")
    assert len(set(ledger.reports)) == 2


def test_a_dataset_needs_no_reports() -> None:
    ledger, faults = read()
    assert (ledger.reports, faults) == ((), [])
    assert read(**reports())[1] == []


@pytest.mark.parametrize(
    ("change", "column", "message"),
    [
        ({"date": "soon"}, "date", "'soon' is not a date; write a day"),
        ({"date": ""}, "date", "is not a date"),
        ({"region": "hull"}, "region", "there is no region 'hull'; is 'hill' meant?"),
        ({"region": "The Hill"}, "region", "there is no region 'The Hill'; is 'hill' meant?"),
        ({"source": "gazette"}, "source", "there is no source 'gazette'; known: s00"),
        ({"source": ""}, "source", "is empty; every row needs a value here"),
        ({"text": ""}, "text", "is empty; every row needs a value here"),
    ],
)
def test_a_bad_cell_of_a_report_is_named(change: dict[str, str], column: str, message: str) -> None:
    fault = the_fault(HELD, **reports(REPORT, {**REPORT, **change}))
    assert (fault.file, fault.row, fault.column) == ("reports.csv", 3, column)
    assert message in fault.message
