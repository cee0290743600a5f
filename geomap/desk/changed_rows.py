"""What changes in the ledger: claims, reports, sources and actors, row by row."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from geomap.check.columns import Table
from geomap.check.ledger import ACTORS, CLAIMS, REPORTS, SOURCES
from geomap.core.claims import Actor, Claim, Report, Source
from geomap.core.dataset import Dataset
from geomap.desk.differences import Difference, brief
from geomap.desk.rows import Matched, match_claims, match_reports, values
from geomap.feeds.phrases import Phrases
from geomap.wording import Words, format_day, format_span

Describe = Callable[[Dataset, Any], str]


def ledger_changes(old: Dataset, new: Dataset, words: Words) -> Iterator[Difference]:
    """Yield what changes in the ledger: claims first, then reports, sources and actors."""
    lang = words.language
    before, after = old.ledger, new.ledger
    claims = match_claims(before.claims, after.claims)
    reports = match_reports(before.reports, after.reports)
    yield from _table(words, old, new, CLAIMS, claims, _Claims(lang))
    yield from _table(words, old, new, REPORTS, reports, _Reports(words))
    sources = _by_id(before.sources, after.sources)
    yield from _table(words, old, new, SOURCES, sources, _named(words))
    actors = _by_id(before.actors, after.actors)
    yield from _table(words, old, new, ACTORS, actors, _named(words))


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """Return how values differ, by name: `colour: #2a78b5 → #e08a2c`."""
    flat, other = flattened(before), flattened(after)
    return "; ".join(
        f"{name}: {flat.get(name) or '∅'} → {other.get(name) or '∅'}"
        for name in dict.fromkeys((*flat, *other))
        if flat.get(name, "") != other.get(name, "")
    )


def flattened(values: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    """Return values as brief texts, those within a mapping as `name:key`."""
    flat: dict[str, str] = {}
    for name, value in values.items():
        key = f"{prefix}:{name}".strip(":") if prefix else str(name)
        if isinstance(value, Mapping):
            flat |= flattened(value, key)
        elif isinstance(value, list | tuple):
            flat[key] = brief(", ".join(map(str, value)))
        elif value is not None and value != "" and value is not False:
            flat[key] = brief(str(value))
    return flat


def _table(
    words: Words,
    old: Dataset,
    new: Dataset,
    table: Table[Any],
    matched: Matched[Any],
    describe: Describe,
) -> Iterator[Difference]:
    file = table.file
    for row in matched.removed:
        what = describe(old, row)
        text = words.say("Deleted from {file}: {text}", file=file, text=what)
        yield Difference("removed", text, file, _region(row), before=what)
    for was, row in matched.changed:
        yield _changed(words, table, was, row, describe(new, row))
    for row in matched.added:
        what = describe(new, row) + _by(words, row)
        text = words.say("Added to {file}: {text}", file=file, text=what)
        yield Difference("added", text, file, _region(row), after=what)


def _changed(words: Words, table: Table[Any], was: Any, row: Any, what: str) -> Difference:
    file, before, after = table.file, _cells(table, was), _cells(table, row)
    if isinstance(row, Claim) and row.withdrawn and not was.withdrawn:
        day = format_day(words, row.withdrawn)
        reason = row.withdrawn_becauses.get(words.language) or row.withdrawn_because
        text = words.say("Withdrawn in {file} on {day}: {text}", file=file, day=day, text=what)
        because = words.say("Reason: {reason}", reason=reason)
        text = f"{text}. {because}" if reason else text
        rest = {name: v for name, v in after.items() if not name.startswith("withdrawn")}
        others = changes({name: before.get(name, "") for name in rest}, rest)
        text = f"{text} [{others}]" if others else text
        return Difference("withdrawn", text, file, _region(row), before=what)
    differing = changes(before, after)
    text = words.say(
        "Changed in {file}: {text} [{changes}]", file=file, text=what, changes=differing
    )
    return Difference("changed", text, file, _region(row), before=what, after=differing)


def _cells(table: Table[Any], row: Any) -> dict[str, str]:
    """Return the texts of a row's cells by the names of their columns."""
    cells = {}
    for name in (*table.names, *table.language_names([row])):
        if declared := table.column(name):
            cells[name] = declared[0].text(row, declared[1])
    return cells


def _region(row: Any) -> str:
    return str(getattr(row, "region", ""))


def _by(words: Words, row: Any) -> str:
    """Who of the desk entered a row, as the end of a line."""
    author = getattr(row, "author", "")
    entered = words.say("entered by {author}", author=author)
    return f" [{entered}]" if author else ""


class _Claims:
    """What a claim says, and of which region."""

    def __init__(self, lang: str) -> None:
        self._lang = lang
        self._phrases: dict[int, Phrases] = {}

    def __call__(self, dataset: Dataset, claim: Claim) -> str:
        phrases = self._phrases.setdefault(id(dataset), Phrases(dataset, self._lang))
        return phrases.of_region(claim.region, phrases.cited(claim))


class _Reports:
    """When a report was, and what it tells."""

    def __init__(self, words: Words) -> None:
        self._words = words

    def __call__(self, dataset: Dataset, report: Report) -> str:
        text = report.texts.get(self._words.language) or report.text
        return f"{format_span(self._words, report.date)}: {brief(text)} ({report.citation})"


def _named(words: Words) -> Describe:
    def describe(dataset: Dataset, row: Source | Actor) -> str:
        names = row.names.get(words.language) or row.name
        if isinstance(row, Actor):
            return f"{names} ({row.id})"
        parts = (row.publisher, row.title, format_day(words, row.published))
        return f"{', '.join(part for part in parts if part)} ({row.id})"

    return describe


def _by_id(old: Mapping[str, Any], new: Mapping[str, Any]) -> Matched[Any]:
    pairs = [(old[id], new[id]) for id in old if id in new]
    return Matched(
        [row for id, row in old.items() if id not in new],
        [row for id, row in new.items() if id not in old],
        [(was, row) for was, row in pairs if values(was) != values(row)],
    )
