"""What was reported when, withdrawn and put right, and the doubts between events."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from datasets import claim, dataset_files
from march import DUE, HANDOVER, HELD, march

from geomap.check.ledger import read_ledger
from geomap.core.claims import Ledger, Report
from geomap.core.dates import parse_span
from geomap.core.doubts import (
    contradicting_arrangements,
    contradicting_holders,
    parts_of_nothing,
)
from geomap.core.events import resolve
from geomap.core.history import (
    corrections_since,
    reported,
    reported_days,
    visible_reports,
    withdrawn_claims,
)


def ledger(*claims: dict[str, str]) -> Ledger:
    made, faults = read_ledger(dataset_files(claims), ["hill", "vale"])
    assert faults == []
    return made


def day(number: int) -> date:
    return date(2021, 3, number)


def handover(on: str, source: str, **more: str) -> dict[str, str]:
    return claim("handover", "handover", "south", on, source, **more)


# When it was reported


def test_a_span_was_reported_when_it_was_first_reached_not_when_it_was_first_mentioned() -> None:
    made = ledger(
        handover("[2021-03-01..2021-03-08]", "s05"),
        handover(march(6), "s10"),
        handover(march(6), "s20"),
    )
    assert reported(made, "handover") == day(10)
    assert reported(made, "handover", day(9)) == day(5)
    assert reported(made, "handover", None, ["s05", "s20"]) == day(20)
    assert reported_days(made) == {"handover": day(10)}
    with pytest.raises(KeyError):
        reported(made, "handover", day(4))


def test_a_dispute_was_reported_when_it_began() -> None:
    made = ledger(
        handover(march(4), "s05"),
        handover(march(8), "s15"),
        handover(march(6), "s20"),
    )
    assert reported(made, "handover") == day(15)


def test_a_withdrawal_brings_an_earlier_span_back() -> None:
    made = ledger(
        handover("[2021-03-01..2021-03-08]", "s05"),
        handover(march(6), "s10", withdrawn=march(20)),
    )
    assert reported(made, "handover") == day(5)


# What was withdrawn and put right


def test_withdrawn_claims_are_those_that_were_visible_once() -> None:
    made = ledger(
        handover(march(4), "s05", withdrawn=march(20)),
        handover(march(6), "s10", withdrawn=march(15)),
        handover(march(6), "s15", withdrawn=march(15)),
        handover(march(6), "s20"),
    )
    assert [claim.source for claim in withdrawn_claims(made)] == ["s10", "s05"]
    assert [claim.source for claim in withdrawn_claims(made, day(19))] == ["s10"]
    assert withdrawn_claims(made, day(14)) == ()
    assert [claim.source for claim in withdrawn_claims(made, None, ["s05"])] == ["s05"]


def corrections(made: Ledger, known: int) -> list[tuple[int, str, str]]:
    return [(c.day.day, c.claim.source, c.effect) for c in corrections_since(made, day(known))]


def test_what_is_withdrawn_later_corrects_what_was_known() -> None:
    made = ledger(handover(march(4), "s05", withdrawn=march(20)), handover(march(4), "s10"))
    assert corrections(made, 12) == [(20, "s05", "withdrawn")]
    assert corrections(made, 20) == corrections(made, 4) == []
    assert corrections_since(made, None) == []


def test_the_first_claim_that_contradicts_corrects_one_that_agrees_or_narrows_does_not() -> None:
    made = ledger(
        handover("[2021-03-01..2021-03-04]", "s05"),
        handover(march(4), "s10"),
        handover(march(6), "s15"),
        handover(march(7), "s20"),
    )
    assert corrections(made, 5) == [(15, "s15", "contradicts")]
    assert corrections(made, 15) == []


def test_an_event_that_contradicts_about_the_holder_corrects() -> None:
    other = claim("other", "handover", "east", march(4), "s15")
    made = ledger(handover(march(4), "s05"), other)
    assert corrections(made, 5) == [(15, "s15", "first")]
    later = claim("other", "handover", "east", march(12), "s15")
    assert corrections(ledger(handover(march(4), "s05"), later), 5) == []


# Reports


def test_reports_obey_the_clock_and_the_choice_of_sources() -> None:
    rows = tuple(
        Report(
            row=number,
            date=parse_span(march(2)),
            region="hill",
            text="Convoys pass",
            source=source,
            locator="¶3",
        )
        for number, source in enumerate(("s05", "s10"), start=2)
    )
    made = replace(ledger(HELD), reports=rows)
    assert visible_reports(made) == rows
    assert visible_reports(made, day(9)) == rows[:1]
    assert visible_reports(made, None, ["s10"]) == rows[1:]
    assert rows[0].citation == "s05¶3"


# Doubts


def ids(pairs: list[tuple[object, object]]) -> set[frozenset[str]]:
    return {frozenset(event.id for event in pair) for pair in pairs}  # type: ignore[attr-defined]


def test_events_that_contradict_each_other_about_the_holder() -> None:
    other = claim("other", "handover", "east", march(18))
    part = claim("part", "handover", "east", march(18), part="part")
    assert ids(contradicting_holders(resolve(ledger(HELD, HANDOVER, other)))) == {
        frozenset(("handover", "other"))
    }
    assert not list(contradicting_holders(resolve(ledger(HELD, HANDOVER, part))))
    settled = {**other, "date": "[2021-03-17..2021-03-20]"}
    last = claim("last", "control", "east", march(19))
    assert ids(contradicting_holders(resolve(ledger(HELD, HANDOVER, settled)))) == {
        frozenset(("handover", "other"))
    }
    assert not list(contradicting_holders(resolve(ledger(HELD, HANDOVER, settled, last))))


def test_arrangements_that_contradict_each_other() -> None:
    swap = claim("swap", "due", "east", march(20), since=march(5))
    moved = claim("moved", "due", "south", march(25), since=march(10))
    alike = {**DUE, "event": "alike"}
    assert ids(contradicting_arrangements(resolve(ledger(HELD, DUE, swap, moved)))) == {
        frozenset(("due", "swap"))
    }
    assert not list(contradicting_arrangements(resolve(ledger(HELD, DUE, alike, moved))))


def test_a_part_of_nothing() -> None:
    part = claim("part", "control", "east", march(10), part="part")
    assert [e.id for e in parts_of_nothing(resolve(ledger(part, HANDOVER)))] == ["part"]
    assert parts_of_nothing(resolve(ledger(part, HELD))) == []
