"""The Atom feed and the calendar, each read back by a reader that is not its writer."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import feedparser
import pytest
import vobject
from datasets import ACTORS, REGIONS, SOURCES, claim, region, square
from hostile import write_hostile
from hypothesis import given, settings
from test_properties import AROUND, CHOSEN, KNOWN, dataset_of, ledgers

import geomap
from geomap.core.claims import Ledger
from geomap.core.events import resolve
from geomap.errors import BadQuery
from geomap.feeds import atom_feed, changes, handover_calendar
from geomap.feeds.phrases import clean
from geomap.web import Settings, create_app

MakeDataset = Callable[..., Path]
SITE = "https://maps.example"
HELD = claim("held", "control", "south", "2021-02-01")
HOSTILE = "K<b>&amp;</b>\"'; {{ 7*7 }}\\n\\N,;: ¶ Քարվաճառ Кельбаджар"


def page(day: date, known: date | None) -> str:
    return f"{SITE}/?date={day}&known={known}"


def read_atom(dataset: geomap.api.Dataset, *args: Any) -> Any:
    body = atom_feed(dataset, *args, page=page, address=f"{SITE}/feed.atom")
    ET.fromstring(body)
    feed = feedparser.parse(body)
    assert not feed.bozo
    return feed


def read_ics(dataset: geomap.api.Dataset, *args: Any) -> dict[str, Any]:
    """Return the calendar's events by UID."""
    calendar = vobject.readOne(handover_calendar(dataset, *args, page=page).decode())
    return {event.uid.value: event for event in calendar.contents.get("vevent", [])}


def only(events: dict[str, Any]) -> Any:
    assert len(events) == 1
    return next(iter(events.values()))


@pytest.fixture
def opened(make_dataset: MakeDataset) -> Callable[..., geomap.api.Dataset]:
    return lambda *args, **kwargs: geomap.open(make_dataset(*args, **kwargs))


@pytest.fixture(scope="module")
def builtin() -> geomap.api.Dataset:
    return geomap.open()


# --- history --------------------------------------------------------------------------------------


def test_each_claim_comes_once(builtin: geomap.api.Dataset) -> None:
    history = changes(builtin)
    assert sorted(c.claim.row for c in history) == [c.row for c in builtin.ledger.claims]
    assert [c.day for c in history] == sorted(c.day for c in history)


@pytest.mark.parametrize("known", ["2020-11-09", "2020-11-10", "2020-11-24", "2020-12-01"])
@pytest.mark.parametrize("sources", [None, "ap-2020-11-30,ap-2020-11-25"])
def test_the_history_leads_to_what_is_known(
    builtin: geomap.api.Dataset, known: str, sources: str | None
) -> None:
    last = {c.claim.event: c.after for c in changes(builtin, known, sources)}
    chosen = sources.split(",") if sources else None
    expected = {e.id: e for e in resolve(builtin.ledger, date.fromisoformat(known), chosen)}
    assert {id: event for id, event in last.items() if event} == expected


def effects(dataset: geomap.api.Dataset) -> list[str]:
    return [change.effect for change in changes(dataset)]


def test_what_a_claim_does(opened: Any) -> None:
    span = "[2021-03-02..2021-03-09]"
    dataset = opened(
        [
            claim("h", "handover", "north", span, "s05"),
            claim("h", "handover", "north", "[2021-03-01..2021-03-31]", "s10"),
            claim("h", "handover", "north", "2021-03-06", "s15"),
            claim("h", "handover", "north", "2021-03-08", "s20", withdrawn="2021-03-26"),
            claim("h", "handover", "north", "2021-03-06", "s25"),
        ]
    )
    assert effects(dataset) == [
        *("first", "agrees", "narrowed", "contradicts", "contradicts", "settled"),
    ]
    texts = [e.content[0].value for e in read_atom(dataset).entries][::-1]
    assert "between 2 March and 9 March 2021" in texts[2]
    assert "on 6 March 2021" in texts[2]
    assert texts[3].endswith(
        "on 6 March 2021 (Paper, 15 Mar 2021) or on 8 March 2021 (Paper, 20 Mar 2021)."
    )
    assert "withdrawn" in texts[5]


def test_an_entry_tells_stating_from_being_consistent(opened: Any) -> None:
    dataset = opened(
        [
            claim("h", "handover", "north", "2021-03-06", "s10"),
            claim("h", "handover", "north", "2021-03-06", "s15"),
            claim("h", "handover", "north", "[2021-03-01..2021-03-09]", "s20"),
        ]
    )
    _, states, consistent = (e.content[0].value for e in read_atom(dataset).entries[::-1])
    assert states == "This states what was known already: on 6 March 2021."
    assert consistent == (
        "This is consistent with what was known: on 6 March 2021 "
        "(Paper, 10 Mar 2021 and Paper, 15 Mar 2021)."
    )


def test_a_claim_that_fits_every_day_claimed_contradicts_none(opened: Any) -> None:
    dataset = opened(
        [
            claim("h", "handover", "north", "2021-03-06", "s10"),
            claim("h", "handover", "north", "2021-03-08", "s15"),
            claim("h", "handover", "north", "2021-03", "s20"),
        ]
    )
    entries = read_atom(dataset).entries
    assert entries[0].content[0].value.startswith("This contradicts none of the claims about it")
    assert [entry.tags[1].term for entry in entries] == ["agrees", "contradicts", "first"]


def test_who_names_another_holder_is_said_from_that_day_on(opened: Any) -> None:
    dataset = opened(
        [
            claim("a", "control", "north", "2021-03-02", "s05"),
            claim("b", "control", "south", "2021-03-02", "s10"),
        ]
    )
    second, first = (entry.content[0].value for entry in read_atom(dataset).entries)
    assert "contradicts" not in first
    assert second.endswith(
        "This contradicts another claim about who holds Hill: "
        "Held by the North since 2 March 2021 (Paper, 5 Mar 2021)."
    )


def test_a_reason_is_in_the_entry_of_the_withdrawal_only(opened: Any) -> None:
    row = claim("h", "handover", "north", "2021-03-06", "s05", withdrawn="2021-03-10", note="Noon")
    dataset = opened([row | {"withdrawn_because": "Another hill was meant"}])
    gone, came = (entry.content[0].value for entry in read_atom(dataset).entries)
    assert gone.endswith("Reason: Another hill was meant")
    assert came == "This is the first claim about it.\nNoon"
    assert "Another hill" not in str(read_atom(dataset, "2021-03-09"))
    assert "Reason: Another hill" in only(read_ics(dataset)).description.value
    assert "Another hill" not in only(read_ics(dataset, "2021-03-09")).description.value


def test_a_withdrawn_claim_widens_again_and_the_last_one_leaves_nothing(opened: Any) -> None:
    dataset = opened(
        [
            claim("h", "handover", "north", "[2021-03-01..2021-03-09]", "s05"),
            claim("h", "handover", "north", "2021-03-06", "s10", withdrawn="2021-03-12"),
            claim("g", "handover", "north", "2021-03-06", "s10", withdrawn="2021-03-13")
            | {"region": "vale"},
        ]
    )
    assert effects(dataset) == ["first", "narrowed", "first", "withdrawn", "withdrawn_last"]
    *_, widened, gone = (e for e in read_atom(dataset).entries[::-1])
    assert "Before: on 6 March 2021. Now: between 1 March and 9 March 2021." in (
        widened.content[0].value
    )
    assert gone.title.startswith("Withdrawn: Vale")


def test_a_correction_on_one_day_contradicts_nothing(opened: Any) -> None:
    dataset = opened(
        [
            claim("h", "handover", "north", "2021-03-06", "s05", withdrawn="2021-03-10"),
            claim("h", "handover", "north", "2021-03-07", "s10"),
        ]
    )
    assert effects(dataset) == ["first", "withdrawn_last", "first"]


def test_a_claim_withdrawn_before_it_came_never_counted(opened: Any) -> None:
    dataset = opened([claim("h", "handover", "north", "2021-03-06", "s05", withdrawn="2021-03-05")])
    assert effects(dataset) == []
    assert read_atom(dataset).entries == []


# --- Atom -----------------------------------------------------------------------------------------


def test_feed_of_the_builtin_dataset(builtin: geomap.api.Dataset) -> None:
    feed = read_atom(builtin)
    assert feed.version == "atom10"
    assert len(feed.entries) == len(builtin.ledger.claims)
    assert feed.feed.updated == feed.entries[0].updated == "2020-12-01T00:00:00+04:00"
    assert "CC0-1.0" in feed.feed.rights
    assert "CC0-1.0։ " in read_atom(builtin, None, None, "hy").feed.rights
    assert len({entry.id for entry in feed.entries}) == len(feed.entries)
    assert all(re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", entry.id) for entry in feed.entries)
    dates = [datetime.fromisoformat(entry.updated) for entry in feed.entries]
    assert dates == sorted(dates, reverse=True)
    by_title = {entry.title: entry for entry in feed.entries}
    aghdam = by_title["Aghdam: Handed over to Azerbaijan on 20 November 2020 (AP, 20 Nov 2020)"]
    assert aghdam.author == "Associated Press, carried by Taiwan News"
    assert builtin.meta.accuracy["en"] in feed.feed.subtitle
    assert aghdam.link == f"{SITE}/?date=2020-11-20&known=2020-11-20"
    assert [link.href for link in aghdam.links if link.rel == "via"] == [
        "https://www.taiwannews.com.tw/en/news/4058400"
    ]


def test_the_day_narrows_what_the_week_said(builtin: geomap.api.Dataset) -> None:
    only_ap = "ap-2020-11-30,ap-2020-11-25"
    texts = {e.title: e.content[0].value for e in read_atom(builtin, None, only_ap).entries}
    week = next(text for title, text in texts.items() if "16 November" in title)
    assert week.startswith("This is the first claim")


def test_a_postponement_is_titled_as_one(builtin: geomap.api.Dataset) -> None:
    postponed = next(e for e in read_atom(builtin).entries if e.tags[1].term == "postponed")
    assert postponed.title == (
        "Kalbajar: Handover to Azerbaijan postponed, now due on 25 November 2020 (JAMnews)"
    )
    assert postponed.content[0].value.startswith(
        "This postponed the handover of Kalbajar. "
        "Before: on 15 November 2020. Now: on 25 November 2020."
    )
    events = read_ics(builtin, "2020-11-16").values()
    assert "Kalbajar: Handover to Azerbaijan postponed, now due on 25 November 2020" in {
        event.summary.value for event in events
    }


def test_required_elements(builtin: geomap.api.Dataset) -> None:
    """RFC 4287, sections 4.1.1 and 4.1.2."""
    body = atom_feed(builtin, page=page, address=f"{SITE}/feed.atom")
    atom = "{http://www.w3.org/2005/Atom}"
    root = ET.fromstring(body)
    assert root.tag == f"{atom}feed"
    for element in (root, *root.iter(f"{atom}entry")):
        for name in ("id", "title", "updated"):
            assert len(element.findall(atom + name)) == 1
            assert element.findtext(atom + name)
    links = {(link.get("rel"), link.get("href")) for link in root.findall(f"{atom}link")}
    assert ("self", f"{SITE}/feed.atom") in links


def test_ids_hang_on_the_claim_not_on_its_row_or_note(opened: Any) -> None:
    rows = [
        claim("h", "handover", "north", "2021-03-06", "s05", note="One"),
        claim("h", "handover", "north", "2021-03-06", "s10"),
    ]
    first = {e.id for e in read_atom(opened(rows)).entries}
    again = [rows[1], HELD, rows[0] | {"note": "Another"}]
    assert first < {e.id for e in read_atom(opened(again)).entries}


@pytest.mark.parametrize("known", [None, "2020-11-20"])
def test_equal_input_equal_bytes(builtin: geomap.api.Dataset, known: str | None) -> None:
    again = geomap.open()
    assert atom_feed(builtin, known, page=page, address="/a") == atom_feed(
        again, known, page=page, address="/a"
    )
    assert handover_calendar(builtin, known, page=page) == handover_calendar(
        again, known, page=page
    )


def test_known_and_sources(builtin: geomap.api.Dataset) -> None:
    entries = read_atom(builtin, "2020-11-20", "ap-2020-11-20,truce-2020-11-10").entries
    assert len(entries) == 8
    assert all(entry.updated <= "2020-11-20T00:00:00+04:00" for entry in entries)
    for make in (changes, lambda *a: handover_calendar(*a, page=page)):
        with pytest.raises(BadQuery, match="nobody"):
            make(builtin, None, "nobody")


# --- calendar -------------------------------------------------------------------------------------


def test_calendar_of_the_builtin_dataset(builtin: geomap.api.Dataset) -> None:
    events = {e.summary.value: e for e in read_ics(builtin).values()}
    assert set(events) == {
        "Aghdam: Handed over to Azerbaijan",
        "Kalbajar: Handed over to Azerbaijan",
        "Lachin: Handed over to Azerbaijan",
    }
    event = events["Kalbajar: Handed over to Azerbaijan"]
    assert event.dtstart.value == date(2020, 11, 25)
    assert event.dtend.value == date(2020, 11, 26)
    assert event.status.value == "CONFIRMED"
    assert event.sequence.value == "2"
    assert event.url.value == f"{SITE}/?date=2020-11-25&known=None"
    assert event.dtstamp.value == event.last_modified.value
    assert event.dtstamp.value == datetime.fromisoformat("2020-11-30T00:00:00+04:00")
    assert "Caucasian Knot" in event.description.value
    stating, consistent = event.description.value.split("Consistent with this, without stating it:")
    assert "https://eng.kavkaz-uzel.media/articles/52882" in stating
    assert "between 15 November and 25 November 2020 (AP, 30 Nov 2020, ¶5, ¶6)" in consistent
    assert "between 15 November" not in stating


def test_a_postponement_moves_the_event(builtin: geomap.api.Dataset) -> None:
    lives = []
    for known in ("2020-11-14", "2020-11-15", "2020-11-25"):
        rows = read_ics(builtin, known)
        uid, event = next((u, e) for u, e in rows.items() if "Kalbajar" in e.summary.value)
        values = (event.dtstart, event.status, event.sequence)
        lives.append((uid, *(str(value.value) for value in values)))
    uids, days, statuses, sequences = zip(*lives, strict=True)
    assert len(set(uids)) == 1
    assert days == ("2020-11-15", "2020-11-25", "2020-11-25")
    assert statuses == ("TENTATIVE", "TENTATIVE", "CONFIRMED")
    assert sequences == ("0", "1", "2")


def test_a_span_covers_all_its_days(builtin: geomap.api.Dataset) -> None:
    events = {e.summary.value: e for e in read_ics(builtin, None, "ap-2020-11-30").values()}
    event = events[
        "Aghdam: Handed over to Azerbaijan between about 8 November and 25 November 2020"
    ]
    assert event.dtstart.value == date(2020, 11, 8)
    assert event.dtend.value == date(2020, 11, 26)
    assert event.status.value == "CONFIRMED"


def test_days_that_contradict_each_other_stand_with_their_sources(opened: Any) -> None:
    dataset = opened(
        [
            claim("h", "handover", "north", "2021-03-06", "s10"),
            claim("h", "handover", "north", "2021-03-08", "s15"),
        ]
    )
    assert only(read_ics(dataset)).summary.value == (
        "Hill: Handed over to the North on 6 March 2021 (Paper, 10 Mar 2021) "
        "or on 8 March 2021 (Paper, 15 Mar 2021)"
    )


def test_arrangements_of_one_day_that_contradict_each_other_are_both_shown(opened: Any) -> None:
    dataset = opened(
        [
            claim("d1", "due", "north", "2021-03-12", "s05", since="2021-03-05"),
            claim("d2", "due", "north", "2021-03-20", "s05", since="2021-03-05"),
        ]
    )
    event = only(read_ics(dataset))
    assert (event.dtstart.value, event.dtend.value) == (date(2021, 3, 12), date(2021, 3, 21))
    assert "12 March" in event.summary.value
    assert "20 March" in event.summary.value


def test_one_handover_has_one_uid_whoever_is_asked(builtin: geomap.api.Dataset) -> None:
    every = set(read_ics(builtin))
    for source in builtin.ledger.sources:
        assert set(read_ics(builtin, None, source)) <= every


def test_a_later_handover_back_and_forth_is_another_event(opened: Any) -> None:
    dataset = opened(
        [
            claim("d1", "due", "north", "2021-03-05", "s00", since="2021-03-01"),
            claim("h1", "handover", "north", "2021-03-05", "s05"),
            claim("h2", "handover", "south", "2021-03-10", "s10"),
            claim("d2", "due", "north", "2021-03-30", "s15", since="2021-03-15"),
        ]
    )
    events = read_ics(dataset).values()
    lives = sorted((str(e.dtstart.value), e.status.value) for e in events)
    assert lives == [
        ("2021-03-05", "CONFIRMED"),
        ("2021-03-10", "CONFIRMED"),
        ("2021-03-30", "TENTATIVE"),
    ]


@pytest.mark.parametrize(
    "second",
    [
        claim("d2", "due", "north", "", "s10", since="2021-03-10"),
        None,
    ],
    ids=["postponed without a date", "withdrawn"],
)
def test_what_has_no_day_any_more_is_cancelled(opened: Any, second: dict | None) -> None:
    first = claim("d1", "due", "north", "2021-03-12", "s05", since="2021-03-05")
    rows = [first, second] if second else [first | {"withdrawn": "2021-03-10"}]
    event = only(read_ics(opened(rows)))
    assert event.status.value == "CANCELLED"
    assert event.dtstart.value == date(2021, 3, 12)
    assert event.sequence.value == "1"


def test_an_arrangement_that_never_had_a_day_is_left_out(opened: Any) -> None:
    assert read_ics(opened([claim("d", "due", "north", "", "s05")])) == {}


# --- whatever the ledger --------------------------------------------------------------------------


@settings(max_examples=50)
@given(ledgers(), KNOWN, CHOSEN)
def test_the_history_leads_to_what_is_known_whatever_the_ledger(
    ledger: Ledger, known: date | None, sources: list[str] | None
) -> None:
    last = {c.claim.event: c.after for c in changes(dataset_of(ledger), known, sources)}
    expected = {event.id: event for event in resolve(ledger, known, sources)}
    assert {id: event for id, event in last.items() if event} == expected


@settings(max_examples=50)
@given(ledgers(), CHOSEN)
def test_every_entry_has_an_id_of_its_own(ledger: Ledger, sources: list[str] | None) -> None:
    dataset = dataset_of(ledger)
    history = changes(dataset, None, sources)
    root = ET.fromstring(atom_feed(dataset, None, sources, page=page, address="/a"))
    ids = [element.text for element in root.iter("{http://www.w3.org/2005/Atom}id")]
    assert len(set(ids)) == len(ids) == len(history) + 1


@settings(max_examples=50)
@given(ledgers(), CHOSEN, AROUND, AROUND)
def test_a_calendar_only_ever_goes_on(
    ledger: Ledger, sources: list[str] | None, one: date, other: date
) -> None:
    dataset = dataset_of(ledger)
    then = read_ics(dataset, min(one, other), sources)
    now = read_ics(dataset, max(one, other), sources)
    assert set(then) <= set(now)
    for uid, before in then.items():
        after = now[uid]
        values = [(e.dtstart.value, e.dtend.value, e.status.value) for e in (before, after)]
        numbers = [int(e.sequence.value) for e in (before, after)]
        assert numbers[0] <= numbers[1]
        assert numbers[0] < numbers[1] or values[0] == values[1]
        assert before.last_modified.value <= after.last_modified.value


# --- strangers' text ------------------------------------------------------------------------------


@pytest.fixture
def hostile(opened: Any) -> geomap.api.Dataset:
    name = HOSTILE * 4
    return opened(
        [
            claim("h", "handover", "north", "2021-03-06", "s05", note=name, locator=HOSTILE),
        ],
        sources=[s | {"publisher": HOSTILE} for s in SOURCES],
        actors=[ACTORS[0] | {"name": HOSTILE}, *ACTORS[1:]],
        regions={**REGIONS, "hill": region("hill", square(10, 50), name=name)},
        meta={"title": HOSTILE, "attribution": HOSTILE},
    )


def test_texts_come_through_letter_for_letter(hostile: geomap.api.Dataset) -> None:
    body = atom_feed(hostile, page=page, address="/a")
    texts = "".join(ET.fromstring(body).itertext())
    assert HOSTILE in texts
    assert HOSTILE * 4 in texts
    event = only(read_ics(hostile))
    assert HOSTILE * 4 in event.summary.value
    assert HOSTILE * 4 in event.description.value
    assert event.categories.value == [HOSTILE * 4]


def test_no_text_is_ever_markup_or_a_placeholder(tmp_path: Path) -> None:
    folder, given = write_hostile(tmp_path / "hostile")
    dataset = geomap.open(folder)
    feed = "".join(ET.fromstring(atom_feed(dataset, page=page, address="/a")).itertext())
    publishers = given["sources"][::3]
    counting = {claim.source for claim in dataset.ledger.claims}
    for source, publisher in zip(SOURCES, publishers, strict=True):
        assert source["id"] not in counting or publisher in feed
    for text in (*given["regions"][::2], *given["claims"], *given["notes"], given["meta"][0]):
        assert text in feed
    shown = "".join(e.summary.value + e.description.value for e in read_ics(dataset).values())
    for text in (*given["regions"][::2], *given["actors"][::2], given["notes"][2]):
        assert text in shown


def test_clean_drops_controls_and_nothing_else() -> None:
    assert clean("a\x00\x07b\x85\ufffe\r\nc\rd\te\u2028f\U0001f600") == "ab\nc\nd\te\nf\U0001f600"


def test_lines_are_folded_between_letters(hostile: geomap.api.Dataset) -> None:
    """RFC 5545, section 3.1: no line is longer than 75 octets, its break left out."""
    body = handover_calendar(hostile, page=page)
    assert body.endswith(b"END:VCALENDAR\r\n")
    lines = body.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    for line in lines:
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f]", line.decode())


# --- on the web -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def client(builtin: geomap.api.Dataset) -> Any:
    return create_app([builtin], Settings(base_url=SITE)).test_client()


@pytest.mark.parametrize(
    ("name", "media_type"),
    [("feed.atom", "application/atom+xml"), ("handovers.ics", "text/calendar")],
)
def test_served(client: Any, name: str, media_type: str) -> None:
    address = f"/handover-2020/{name}"
    answer = client.get(f"{address}?known=2020-11-20&sources=ap-2020-11-20&lang=en")
    assert answer.status_code == 200
    assert answer.content_type == f"{media_type}; charset=utf-8"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    again = client.get(answer.request.full_path, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert client.get(f"{address}?known=2020-13-01").status_code == 400
    assert client.get(f"{address}?sources=nobody").status_code == 400
    assert client.get(f"{address}?lang=tlh").status_code == 400
    assert client.get(f"/nothing/{name}").status_code == 404


def test_addresses_lead_to_the_page_of_that_day(client: Any) -> None:
    feed = feedparser.parse(client.get("/handover-2020/feed.atom?sources=ap-2020-11-20").data)
    assert feed.feed.links[0].href == f"{SITE}/handover-2020/feed.atom?sources=ap-2020-11-20"
    link = feed.entries[0].link
    assert link == (f"{SITE}/handover-2020/?date=2020-11-20&sources=ap-2020-11-20&known=2020-11-20")
    assert client.get(link.removeprefix(SITE)).status_code == 200


def test_the_page_names_its_feed(client: Any) -> None:
    head = client.get("/handover-2020/?known=2020-11-20").text.partition("</head>")[0]
    link = re.search(r'<link rel="alternate" type="application/atom\+xml" href="([^"]+)"', head)
    assert link is not None
    assert client.get(link[1]).status_code == 200
