"""Every sentence about the built-in dataset, on every day and under every choice of clock and sources,
says what the claims that it cites state, and no more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import pytest
import sentences
from handover import ARTICLE, EN, head, on, sentences_of, subset

from geomap.core.claims import Claim
from geomap.core.dataset import Dataset
from geomap.core.dates import Span, intersect, parse_span
from geomap.core.region_status import Status
from geomap.core.status import intervals
from geomap.wording import format_day
from geomap.wording.sentences import actor_name


@pytest.fixture(scope="module")
def statuses(builtin: Dataset) -> dict[Status, None]:
    """Every status under every clock, source and pair of sources."""
    return sentences.shown(builtin, sentences.choices(builtin)).statuses


def test_no_source_contradicts_another(statuses: dict[Status, None]) -> None:
    assert not any(status.disputed for status in statuses)


KIND_OF_SENTENCE = {
    "due": r"^(Due|Was due|It was (first )?due)\b",
    "handover": r"^(Handed over|Not clear on this date: it was handed over)\b",
    "control": r"\b[Hh]eld by\b",
}


def cited_claims(
    builtin: Dataset, region: str, text: str, cited: list[str]
) -> Iterator[list[Claim]]:
    """The claims that a sentence may mean by its citations: one for each, of its kind."""
    kind = next(kind for kind, words in KIND_OF_SENTENCE.items() if re.search(words, text))
    claims = [c for c in builtin.ledger.claims if c.region == region and c.kind == kind]
    is_part = "a part of it" in text
    for chosen in product(*([c for c in claims if c.citation == one] for one in cited)):
        if all(claim.part == is_part for claim in chosen):
            yield list(chosen)


def days_named(text: str) -> set[str]:
    """The days and years that a sentence names, each with "about" where it says so."""
    names = r"(?:about )?(?:\d+ (?:September|November|December|July|April|May)(?: \d{4})?|\d{4})"
    return set(re.findall(rf"\b{names}\b", text.replace("the early 1990s", "")))


def days_of(span: Span | None) -> set[str]:
    """The days or years that a sentence about a span has to name."""
    if span is None or str(span) == "[1990~..1994~]":
        return set()
    if re.fullmatch(r"\d{4}", str(span)):
        return {str(span)}
    limits = [(span.start, span.start_qualifier), (span.end, span.end_qualifier)]
    return {
        ("about " if qualifier == "~" else "") + format_day(EN, day, year=2020)
        for day, qualifier in limits
        if day
    }


def test_every_sentence_is_stated_by_what_it_cites(
    builtin: Dataset, statuses: dict[Status, None]
) -> None:
    """The claims cited, alone, come to just the days and the actor that the sentence names."""
    checked = 0
    for status in statuses:
        for text, cited in sentences_of(builtin, status):
            if text.startswith("Not known"):
                assert cited == []
                continue
            if text.startswith("AP, 30 Nov 2020, ¶12: it "):
                assert cited == [f"{ARTICLE}¶12"]
                continue
            named = days_named(text)
            for claims in cited_claims(builtin, status.region, text, cited):
                spans = [claim.date for claim in claims if claim.date]
                agreed = intersect(spans) if spans else None
                actors = {actor_name(EN, builtin, claim.actor).text for claim in claims}
                says_when = "Before that" not in text
                if (not says_when or days_of(agreed) == named) and len(actors) == 1:
                    assert text.startswith("It was ") or f" {actors.pop()}" in text, text
                    # A day of its own is given by each of the claims, not by one of them.
                    assert not (agreed and agreed.exact) or set(spans) == {agreed}, text
                    break
            else:
                raise AssertionError(f"{cited} do not state: {text}")
            checked += 1
    assert checked > 200


def test_a_span_of_days_is_worded_as_one(statuses: dict[Status, None], builtin: Dataset) -> None:
    """ "By" only where a source says by, "on" where it names the day, "between" for no day."""
    for status in statuses:
        for due in status.pending:
            (text, _), *_ = sentences_of(builtin, status)
            if due.span:
                assert (" by " if due.span.start is None else " on ") in text.replace(
                    "held by", ""
                ), text


@pytest.mark.parametrize(
    "words", ["overdue", "no source says", "known holder", "since 10 November.", "(uncertain)"]
)
def test_nobody_is_accused_and_no_more_is_denied_than_is_known(words: str) -> None:
    reviewed = (sentences.FOLDER / "en.txt").read_text(encoding="utf-8")
    assert words not in reviewed.lower()


def test_a_day_that_sources_dispute_stands_with_each_of_them(builtin: Dataset) -> None:
    ledger = builtin.ledger
    claim = next(c for c in ledger.claims if c.source == "ap-2020-11-20")
    other = replace(claim, row=1000, source="trend-2020-11-20", date=parse_span("2020-11-19"))
    more = replace(builtin, ledger=replace(ledger, claims=(*ledger.claims, other)))
    row = on(more, "aghdam", "2020-11-30")
    assert subset(row, control_status="handed_over", disputed=True)
    assert {"ap-2020-11-20", "trend-2020-11-20"} <= set(row["sources"])
    part = next(p for p in intervals(more)["aghdam"] if p.status.control_status == "handed_over")
    text, cited = sentences_of(more, part.status)[0]
    assert "on 20 November (AP, 20 Nov 2020" in text
    assert "on 19 November (Trend)" in text
    assert "between 19" not in text
    assert {"ap-2020-11-20", "trend-2020-11-20"} <= set(cited)
    assert "between 19" not in head(more, "2020-11-19")
