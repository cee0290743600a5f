"""`make sentences`: list every sentence that the built-in dataset can produce, in each language.

All days, as known on each day on which that changes, by each source alone, by each pair and by all.
What its ledger does not come to (contradictions, withdrawals, arrangements for a part) is listed
beneath from invented claims about invented places. The lists are files that people review;
`tests/test_sentences.py` fails where a sentence has changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from datasets import region, square, write_dataset

from geomap import sources
from geomap.core.claims import Claim
from geomap.core.dataset import Dataset
from geomap.core.dates import parse_span
from geomap.core.events import Event, postponements, resolve, visibility_days
from geomap.core.history import Change, changes, corrections_since
from geomap.core.kinds import CLAIM_KINDS
from geomap.core.region_status import Status
from geomap.core.status import intervals
from geomap.feeds.atom import MOST_ENTRIES
from geomap.feeds.effects import effect_text
from geomap.feeds.entries import Entry, latest_entries
from geomap.feeds.phrases import Phrases
from geomap.present import select, texts
from geomap.wording import LANGUAGES, Words, claim_text, event_text, headline, words_in
from geomap.wording.catalogue import Spans
from geomap.wording.sentences import citation, citations, event_when, region_name
from geomap.wording.short_lines import events_line, region_dates, state_line
from geomap.wording.spans import format_span
from geomap.wording.statements import statements

FOLDER = Path(__file__).parent / "sentences"
Choice = tuple[date | None, tuple[str, ...] | None]


def choices(dataset: Dataset) -> list[Choice]:
    """Return every clock with every source alone, every pair, and all sources together."""
    ids = tuple(dataset.ledger.sources)
    sets = [None, *((id,) for id in ids), *combinations(ids, 2)]
    return [
        (known, chosen) for known in (None, *visibility_days(dataset.ledger)) for chosen in sets
    ]


@dataclass
class Shown:
    """What a dataset shows under some choices, each different thing once, in the order met."""

    dataset: Dataset
    statuses: dict[Status, None] = field(default_factory=dict)
    days: dict[tuple[Status, ...], None] = field(default_factory=dict)
    events: dict[tuple[Event, bool], None] = field(default_factory=dict)
    entries: dict[tuple[object, ...], Entry] = field(default_factory=dict)
    corrections: dict[tuple[object, ...], Change] = field(default_factory=dict)


def shown(dataset: Dataset, chosen: Iterable[Choice]) -> Shown:
    """Return what a dataset shows under each of some choices."""
    found = Shown(dataset)
    for known, ids in chosen:
        courses = intervals(dataset, known, ids)
        for day in sorted({part.first for parts in courses.values() for part in parts}):
            on_day = [
                next(part.status for part in parts if part.first <= day <= part.last)
                for parts in courses.values()
            ]
            found.days[tuple(on_day)] = None
            found.statuses |= dict.fromkeys(on_day)
        events = resolve(dataset.ledger, known, ids)
        moved = postponements(events)
        found.events |= dict.fromkeys((event, event.id in moved) for event in events)
        for change in corrections_since(dataset.ledger, known, ids):
            found.corrections[_key(change)] = change
        for entry in latest_entries(changes(dataset, known, ids), MOST_ENTRIES):
            found.entries[_key(entry.change)] = entry
    return found


def listing(parts: Mapping[str, Iterable[Shown]], language: str) -> str:
    """Return a language's list: a heading for each kind of sentence, then each sentence once.

    `parts` is what `everything` returns: what is shown, by what stands before its headings.
    """
    words = words_in(language)
    kinds: dict[str, set[str]] = {}
    for before, part in parts.items():
        for each in part:
            for kind, text in _sentences(words, each):
                kinds.setdefault(before + kind, set()).add(text)
    return "".join(
        f"# {name}\n" + "".join(f"{text}\n" for text in sorted(found)) + "\n"
        for name, found in kinds.items()
    )


def everything() -> dict[str, list[Shown]]:
    """Return what the built-in dataset shows under every choice, and the cases of `INVENTED`."""
    dataset = sources.open()
    return {"": [shown(dataset, choices(dataset))], "Invented: ": list(invented())}


# What the built-in ledger does not come to ----------------------------------------------------

NAMES: dict[str, tuple[str, ...]] = {
    "en": ("Hill", "Vale", "the North", "the South", "Agency", "Gazette"),
    "az": ("Təpə", "Vadi", "şimallılar", "cənublular", "Agentlik", "Qəzet"),
    "ar": ("تل", "وادٍ", "الشماليون", "الجنوبيون", "الوكالة", "الجريدة"),
    "hy": ("Բլուր", "Հովիտ", "հյուսիսցիներ", "հարավցիներ", "Գործակալություն", "Թերթ"),
    "ru": ("Холм", "Дол", "северяне", "южане", "Агентство", "Газета"),
}
CASES = {
    "name:az:genitive": ("Təpənin", "Vadinin", "şimallıların", "cənubluların"),
    "name:az:dative": ("", "", "şimallılara", "cənublulara"),
    "name:hy:genitive": ("Բլուրի", "Հովտի", "հյուսիսցիների", "հարավցիների"),
    "name:hy:dative": ("", "", "հյուսիսցիներին", "հարավցիներին"),
    "name:ar:genitive": ("تل", "وادٍ", "الشماليين", "الجنوبيين"),
    "name:ru:genitive": ("Холма", "Дола", "северян", "южан"),
    "name:ru:dative": ("", "", "северянам", "южанам"),
    "name:ru:instrumental": ("", "", "северянами", "южанами"),
}
HELD = {"event": "held", "kind": "control", "actor": "south", "date": "2020-07"}
GOT = {"event": "got", "kind": "handover", "actor": "north", "date": "2021-03-12"}
DUE = {"event": "due", "kind": "due", "actor": "north", "date": "[..2021-03-12]"} | {
    "since": "2021-03-03"
}
LATER = DUE | {"event": "due-later", "date": "2021-03-20", "since": "2021-03-09"}
GAZETTE = {"source": "gazette"}
NORTH = {"actor": "north"}
PART = {"part": "part"}
INVENTED: list[list[dict[str, str]]] = [
    # Days, holders and arrangements that contradict each other.
    [HELD | {"date": "1993?"}, GOT, GOT | GAZETTE | {"date": "2021-03-14"}],
    [HELD | {"date": "2021-03-12"}, HELD | GAZETTE | {"event": "c", "date": "2021-03-12"} | NORTH],
    [HELD | {"date": "1993%"}, DUE, LATER | GAZETTE | {"since": "2021-03-03"}],
    # Arrangements for a part: put off, past their day, without a day.
    [
        HELD,
        DUE | PART,
        LATER | PART,
        LATER | PART | {"event": "open", "date": "", "since": "2021-03-25"},
    ],
    [HELD, GOT | PART | {"date": "[2021-03-12..2021-03-20?]"}],
    [GOT, GOT | PART | {"event": "left", "kind": "control", "actor": "south", "date": "2021-03~"}],
    # A claim withdrawn: one of two, one of one.
    [GOT | {"withdrawn": "2021-03-16"}, GOT | GAZETTE | {"date": "2021-03-14"}],
    [GOT | {"withdrawn": "2021-03-16"}],
]
"""Cases that the built-in ledger does not come to, about invented places, by invented sources."""


def invented() -> Iterator[Shown]:
    """Return what each case of `INVENTED` shows, as known today and before any withdrawal."""
    with TemporaryDirectory() as folder:
        dataset = sources.open(write_dataset(Path(folder), **_invented_tables()))
    for rows in INVENTED:
        claims = tuple(_claim(row, number) for number, row in enumerate(rows, 2))
        other = replace(dataset, ledger=replace(dataset.ledger, claims=claims))
        yield shown(other, [(None, None), (date(2021, 3, 15), None)])


def _invented_tables() -> dict[str, Any]:
    names = [
        {f"name:{language}": texts[place] for language, texts in NAMES.items() if language != "en"}
        | {case: texts[place] for case, texts in CASES.items() if place < 4 and texts[place]}
        for place in range(6)
    ]
    hill, vale, north, south, agency, gazette = (
        {"name": text} | others for text, others in zip(NAMES["en"], names, strict=True)
    )
    published = {"publisher": "Paper", "published": "2021-03-14"}
    return {
        "regions": {
            "hill": region("hill", square(10, 50), **hill),
            "vale": region("vale", square(11, 50), **vale),
        },
        "actors": [
            {"id": "north", "colour": "#2a78b5", **north},
            {"id": "south", "colour": "#e08a2c", **south},
        ],
        "sources": [
            {"id": "agency", **published, **agency},
            {"id": "gazette", **published, **gazette},
        ],
    }


def _claim(row: dict[str, str], number: int) -> Claim:
    spans = {key: parse_span(row[key]) for key in ("date", "since") if row.get(key)}
    withdrawn = row.get("withdrawn")
    values: dict[str, Any] = {
        **{"region": "hill", "source": "agency", **row},
        **{"date": None, "since": None, **spans},
        "part": row.get("part") == "part",
        "withdrawn": date.fromisoformat(withdrawn) if withdrawn else None,
    }
    return Claim(row=number, **values)


# The sentences --------------------------------------------------------------------------------


def _sentences(words: Words, each: Shown) -> Iterator[tuple[str, str]]:
    """Every sentence of a dataset, with the heading that it stands under."""
    dataset, year = each.dataset, each.dataset.period.end.year
    for statuses in each.days:
        yield "Headlines", _plain(headline(words, dataset, statuses, year))
        yield "Lines of a day", state_line(words, dataset, statuses, year)
    for status in each.statuses:
        for statement in statements(words, dataset, status, year):
            cited = " · ".join(citations(words, dataset, statement.cited))
            yield "Cards", f"{_plain(statement.text)} [{cited}]"
        dates = region_dates(words, status, year)
        yield "Dates on the map", "".join(f"~{text}~" if struck else text for text, struck in dates)
    for event, postponed in each.events:
        when = "" if event.is_arrangement else _event_when(words, dataset, event)
        yield "Events", event_text(words, dataset, event, postponed=postponed) + when
        moved = {event.id} if postponed else set()
        yield "Lines of events", events_line(words, dataset, [event], moved, year)
    for claim in dataset.ledger.claims:
        form = CLAIM_KINDS[claim.kind].date_form
        is_dated = claim.date and not CLAIM_KINDS[claim.kind].takes_since
        when = f" | {format_span(words, claim.date, form)}" if is_dated and claim.date else ""
        yield "Claims", claim_text(words, dataset, claim) + when
        if claim.note:
            yield "Notes", claim.notes.get(words.language, claim.note)
    yield from _reports(words, dataset)
    phrases = Phrases(dataset, words.language)
    for entry in each.entries.values():
        claim = entry.change.claim
        yield "Feed", phrases.of_region(claim.region, phrases.cited(claim))
        yield "Feed", effect_text(phrases, entry)
    for change in each.corrections.values():
        yield (
            "Corrections",
            phrases.of_region(change.claim.region, phrases.cited(change.claim)),
        )
    yield from _restrictions(words, dataset)


def _event_when(words: Words, dataset: Dataset, event: Event) -> str:
    return f" | {event_when(words, dataset, event, CLAIM_KINDS[event.kind].date_form)}"


def _reports(words: Words, dataset: Dataset) -> Iterator[tuple[str, str]]:
    for report in dataset.ledger.reports:
        where = f"{region_name(words, dataset, report.region)} | " if report.region else ""
        when = format_span(words, report.date)
        text = report.texts.get(words.language, report.text)
        locator = report.locators.get(words.language, report.locator)
        cited = citation(words, dataset, report.source, locator)
        yield "Reports", f"{where}{when} | {text} [{cited}]"


def _restrictions(words: Words, dataset: Dataset) -> Iterator[tuple[str, str]]:
    """What is said of a clock and of a choice of sources; pairs are lists of two of the same."""
    for known in visibility_days(dataset.ledger):
        yield "Restrictions", texts.known_by(words, select(dataset, known=known))
    ids = list(dataset.ledger.sources)
    for chosen in (*([id] for id in ids), ids[:2]):
        if chosen != ids:
            yield "Restrictions", texts.only_by(words, dataset, select(dataset, sources=chosen))


def _plain(spans: Spans) -> str:
    return "".join(text for text, _ in spans)


def _key(change: Change) -> tuple[object, ...]:
    claim, before, after = change.claim, change.before, change.after
    return (change.day, claim.row, change.withdrawn, change.effect, before, after, change.moved)


def main() -> None:
    """Write the list of every language."""
    FOLDER.mkdir(exist_ok=True)
    parts = everything()
    for language in LANGUAGES:
        text = listing(parts, language)
        (FOLDER / f"{language}.txt").write_text(text, encoding="utf-8")
        print(f"{language}: {len(text.splitlines())} lines")


if __name__ == "__main__":
    main()
