"""Claims to events: what counts, what claims agree on, and where they contradict each other."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

import pytest
from datasets import claim, dataset_files

from geomap.check.ledger import read_ledger
from geomap.core.dates import parse_span
from geomap.core.events import Event, resolve


def events(
    *claims: dict[str, str], known: str | None = None, sources: Collection[str] | None = None
) -> list[Event]:
    ledger, faults = read_ledger(dataset_files(claims), ["hill", "vale"])
    assert faults == []
    return [*resolve(ledger, date.fromisoformat(known) if known else None, sources)]


def handover(day: str, source: str = "", **more: str) -> dict[str, str]:
    return claim("handover", "handover", "south", day, source, **more)


def due(day: str, source: str = "s10", **more: str) -> dict[str, str]:
    return claim("due", "due", "south", day, source, **more)


@pytest.mark.parametrize(
    ("dates", "span"),
    [
        (["2021-03-10"], "2021-03-10"),
        (["2021-03", "2021-03-10"], "2021-03-10"),
        (["[2021-03-01..2021-03-12]", "[2021-03-08..2021-03-20]"], "[2021-03-08..2021-03-12]"),
        (["[..2021-03-12]", "[2021-03-08..2021-03-20]", "2021"], "[2021-03-08..2021-03-12]"),
        (["2021-03-10?", "2021-03-10"], "2021-03-10"),
        (["2021-03~", "2021-03"], "2021-03"),
        (["2021-03-10~"], "2021-03-10~"),
    ],
)
def test_an_event_takes_the_days_that_all_its_claims_allow(dates: list[str], span: str) -> None:
    (event,) = events(*(handover(day) for day in dates))
    assert str(event.span) == span
    assert not event.disputed


@pytest.mark.parametrize(
    ("dates", "span"),
    [
        (["2021-03-10", "2021-03-12"], "[2021-03-10..2021-03-12]"),
        (["2021-03-12", "2021-03-10", "2021-03-11"], "[2021-03-10..2021-03-12]"),
        (["[..2021-03-05]", "2021-03-20"], "[..2021-03-20]"),
        # Two of three agree, and still it is for the reader to judge who is right.
        (["2021-03-10", "2021-03-10", "2021-02"], "[2021-02-01..2021-03-10]"),
        # A qualifier does not widen a date, so these contradict each other too.
        (["2021-03-10~", "2021-03-11"], "[2021-03-10~..2021-03-11]"),
    ],
)
def test_claims_that_contradict_each_other_are_a_dispute_and_all_are_kept(
    dates: list[str], span: str
) -> None:
    (event,) = events(*(handover(day) for day in dates))
    assert event.disputed
    assert event.span == parse_span(span)
    assert [str(c.date) for c in event.claims] == dates


def test_claims_count_by_event_and_events_keep_the_order_of_the_ledger() -> None:
    found = events(
        claim("held", "control", "north", "1994"),
        handover("2021-03"),
        claim("held", "control", "north", "1994-05"),
        handover("2021-03-10"),
    )
    assert [(e.id, e.kind, e.actor, e.region, len(e.claims)) for e in found] == [
        ("held", "control", "north", "hill", 2),
        ("handover", "handover", "south", "hill", 2),
    ]


def test_an_event_is_partial_if_any_claim_says_part() -> None:
    assert not events(handover("2021-03"))[0].part
    assert events(handover("2021-03"), handover("2021-03-10", part="part"))[0].part


@pytest.mark.parametrize(
    ("known", "span"),
    [
        ("2021-03-09", "2021-03"),
        ("2021-03-10", "[2021-03-01..2021-03-09]"),
        ("2021-03-19", "[2021-03-01..2021-03-09]"),
        ("2021-03-20", "2021-03-08"),
        (None, "2021-03-08"),
    ],
)
def test_a_claim_counts_from_the_day_its_source_was_published(known: str | None, span: str) -> None:
    (event,) = events(
        handover("2021-03", "s05"),
        handover("[2021-02..2021-03-09]", "s10"),
        handover("2021-03-08", "s20"),
        known=known,
    )
    assert str(event.span) == span


def test_before_anything_was_published_there_is_no_event() -> None:
    assert events(handover("2021-03", "s10"), known="2021-03-09") == []


@pytest.mark.parametrize(
    ("known", "there"), [("2021-03-11", False), ("2021-03-12", True), (None, True)]
)
def test_a_claim_entered_later_counts_from_the_day_it_was_added(
    known: str | None, there: bool
) -> None:
    assert bool(events(handover("2021-03", "s10", added="2021-03-12"), known=known)) is there


@pytest.mark.parametrize(
    ("known", "there"),
    [("2021-03-09", False), ("2021-03-10", True), ("2021-03-14", True), ("2021-03-15", False)],
)
def test_a_withdrawn_claim_counts_until_the_day_before_its_withdrawal(
    known: str, there: bool
) -> None:
    assert bool(events(handover("2021-03", "s10", withdrawn="2021-03-15"), known=known)) is there


def test_a_withdrawn_claim_does_not_count_today() -> None:
    (event,) = events(handover("2021-03"), handover("2021-03-08", "s10", withdrawn="2021-03-15"))
    assert str(event.span) == "2021-03"


def test_withdrawing_the_claim_that_contradicts_ends_the_dispute() -> None:
    claims = handover("2021-03-06", "s05"), handover("2021-03-09", "s10", withdrawn="2021-03-15")
    assert [events(*claims, known=f"2021-03-{day}")[0].disputed for day in ("09", 10, 14, 15)] == [
        *(False, True, True, False)
    ]


@pytest.mark.parametrize(
    ("sources", "span"),
    [
        (["s05"], "2021-03"),
        (["s10"], "[2021-03-08..2021-03-12]"),
        (["s05", "s10"], "[2021-03-08..2021-03-12]"),
        (None, "2021-03-10"),
    ],
)
def test_only_chosen_sources_count(sources: list[str] | None, span: str) -> None:
    (event,) = events(
        handover("2021-03", "s05"),
        handover("[2021-03-08..2021-03-12]", "s10"),
        handover("2021-03-10", "s20"),
        sources=sources,
    )
    assert str(event.span) == span


def test_with_no_source_chosen_nothing_counts() -> None:
    assert events(handover("2021-03"), sources=[]) == []


def test_an_arrangement_without_a_date_has_no_span() -> None:
    (event,) = events(due(""))
    assert event.span is None
    assert not event.disputed


def test_a_claim_without_a_date_allows_every_day() -> None:
    (event,) = events(due(""), due("2021-03-25"), due(""))
    assert str(event.span) == "2021-03-25"
    assert not event.disputed


def test_an_arrangement_counts_from_the_day_its_claim_names() -> None:
    (event,) = events(due("2021-03-25", since="2021-03-07"))
    assert str(event.in_force) == "2021-03-07"


def test_an_arrangement_without_that_day_counts_from_the_publication() -> None:
    (event,) = events(due("2021-03-25", "s10"))
    assert str(event.in_force) == "[..2021-03-10]"


def test_the_earliest_publication_tells_from_when_it_counts() -> None:
    (event,) = events(due("2021-03-25", "s20"), due("2021-03-25", "s05"))
    assert str(event.in_force) == "[..2021-03-05]"


def test_a_later_report_does_not_move_the_day_from_which_it_counts() -> None:
    (event,) = events(due("2021-03-25", "s05", since="2021-03-02"), due("2021-03-25", "s20"))
    assert str(event.in_force) == "2021-03-02"
    assert not event.disputed


def test_claims_that_differ_in_when_an_arrangement_began_are_a_dispute() -> None:
    (event,) = events(due("2021-03-25", since="2021-03-02"), due("2021-03-25", since="2021-03-04"))
    assert event.disputed
    assert str(event.in_force) == "[2021-03-02..2021-03-04]"
    assert str(event.span) == "2021-03-25"


@pytest.mark.parametrize("kind", ["control", "handover"])
def test_only_arrangements_are_in_force(kind: str) -> None:
    assert events(claim("e", kind, "north", "1994"))[0].in_force is None


# Who states it


def states(*claims: dict[str, str]) -> tuple[list[int], list[int], list[int]]:
    """The numbers of the claims that state the event, its being in force, and neither."""
    (event,) = events(*claims)
    return tuple(  # type: ignore[return-value]
        [claim.row - 2 for claim in part]
        for part in (event.stating, event.stating_since, event.consistent)
    )


@pytest.mark.parametrize(
    ("dates", "stating"),
    [
        (["2021-03-10", "2021-03", "2021-03-10"], [0, 2]),
        (["[2021-03-01..2021-03-12]", "[2021-03-08..2021-03-20]", "2021-03"], [0, 1]),
        (["[2021-03-01..2021-03-12]", "[2021-03-08..2021-03-20]", "2021-03-08~"], [1, 2]),
        # The firm word of a day states it; the doubtful one fits.
        (["2021-03-10?", "2021-03-10"], [1]),
        # Doubtful and approximate together are both.
        (["2021-03-10?", "2021-03-10~"], [0, 1]),
        (["[..2021-03-12]", "[..2021-03-20]"], [0]),
        # A dispute is what all say.
        (["2021-03-10", "2021-03-12", "2021-03"], [0, 1, 2]),
    ],
)
def test_who_states_a_span(dates: list[str], stating: list[int]) -> None:
    rest = [n for n in range(len(dates)) if n not in stating]
    assert states(*(handover(day) for day in dates)) == (stating, [], rest)


def test_that_it_was_only_a_part_is_stated_too() -> None:
    claims = handover("2021-03-10"), handover("2021-03", part="part"), handover("2021-03")
    assert states(*claims) == ([0, 1], [], [2])


def test_who_states_an_arrangement() -> None:
    assert states(
        due("2021-03-25", since="2021-03-07"),
        due("2021-03-25", "s20"),
        due("", since="2021-03"),
    ) == ([0, 1], [0], [2])


def test_an_arrangement_without_any_date_is_stated_by_all() -> None:
    assert states(due("", "s20"), due("", "s05"))[:2] == ([0, 1], [1])


def test_who_reports_an_arrangement_first_states_that_it_is_in_force() -> None:
    assert states(due("2021-03-25", "s20"), due("", "s05")) == ([0], [1], [])
