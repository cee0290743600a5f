"""`make sentences`: list every sentence that the built-in dataset can produce, in each language.

All days, as known on each day on which that changes, by each source alone, by each pair and by all.
The lists are files that people review; `tests/test_sentences.py` fails where a sentence has
changed, so that no change goes unseen.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import combinations
from pathlib import Path

from geomap import sources
from geomap.core.dataset import Dataset
from geomap.core.events import postponements, resolve, visibility_days
from geomap.core.history import changes
from geomap.core.status import intervals
from geomap.feeds.phrases import Phrases
from geomap.wording import LANGUAGES, Words, claim_text, event_text, headline, words_in
from geomap.wording.sentences import citations
from geomap.wording.spans import format_span
from geomap.wording.statements import statements

FOLDER = Path(__file__).parent / "sentences"
YEAR = 2020

Choice = tuple[date | None, tuple[str, ...] | None]


def choices(dataset: Dataset) -> list[Choice]:
    """Return every clock with every source alone, every pair, and all sources together."""
    ids = tuple(dataset.ledger.sources)
    sets = [None, *((id,) for id in ids), *combinations(ids, 2)]
    return [
        (known, chosen) for known in (None, *visibility_days(dataset.ledger)) for chosen in sets
    ]


def listing(dataset: Dataset, language: str) -> str:
    """Return a language's list: a heading for each kind of sentence, then each sentence once."""
    words = words_in(language)
    kinds: dict[str, set[str]] = {
        name: set() for name in ("Headlines", "Cards", "Events", "Claims", "Feed")
    }
    for known, chosen in choices(dataset):
        kinds["Headlines"].update(_headlines(words, dataset, known, chosen))
        kinds["Cards"].update(_cards(words, dataset, known, chosen))
        kinds["Events"].update(_events(words, dataset, known, chosen))
    kinds["Claims"].update(_claims(words, dataset))
    kinds["Feed"].update(_feed(dataset, language))
    return "".join(
        f"# {name}\n" + "".join(f"{text}\n" for text in sorted(texts)) + "\n"
        for name, texts in kinds.items()
    )


def _headlines(
    words: Words, dataset: Dataset, known: date | None, chosen: tuple[str, ...] | None
) -> Iterator[str]:
    parts = intervals(dataset, known, chosen)
    starts = sorted({part.first for stretches in parts.values() for part in stretches})
    for day in starts:
        statuses = [
            next(part.status for part in stretches if part.first <= day <= part.last)
            for stretches in parts.values()
        ]
        yield "".join(text for text, _ in headline(words, dataset, statuses, YEAR))


def _cards(
    words: Words, dataset: Dataset, known: date | None, chosen: tuple[str, ...] | None
) -> Iterator[str]:
    for stretches in intervals(dataset, known, chosen).values():
        for part in stretches:
            for statement in statements(words, dataset, part.status, YEAR):
                text = "".join(piece for piece, _ in statement.text)
                cited = " · ".join(citations(words, dataset, statement.cited))
                yield f"{text} [{cited}]"


def _events(
    words: Words, dataset: Dataset, known: date | None, chosen: tuple[str, ...] | None
) -> Iterator[str]:
    events = resolve(dataset.ledger, known, chosen)
    moved = postponements(events)
    for event in events:
        yield event_text(words, dataset, event, postponed=event.id in moved)


def _claims(words: Words, dataset: Dataset) -> Iterator[str]:
    for claim in dataset.ledger.claims:
        text = claim_text(words, dataset, claim)
        when = format_span(words, claim.date, "since") if claim.date else ""
        yield f"{text} ({when})"


def _feed(dataset: Dataset, language: str) -> Iterator[str]:
    phrases = Phrases(dataset, language)
    for chosen in (None, *((id,) for id in dataset.ledger.sources)):
        for change in changes(dataset, None, chosen):
            yield phrases.of_region(change.claim.region, phrases.cited(change.claim))
            yield phrases.effect(change)


def main() -> None:
    """Write the list of every language."""
    FOLDER.mkdir(exist_ok=True)
    dataset = sources.open()
    for language in LANGUAGES:
        text = listing(dataset, language)
        (FOLDER / f"{language}.txt").write_text(text, encoding="utf-8")
        print(f"{language}: {len(text.splitlines())} lines")


if __name__ == "__main__":
    main()
