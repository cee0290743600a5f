"""Which rows of an export have which look: the rules that every style language writes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from geomap.formats.export import Export
from geomap.picture.style import Style
from geomap.present import sizes
from geomap.present.legend import legend
from geomap.present.looks import Look, look_of
from geomap.present.statuses import Facts, facts_of
from geomap.present.themes import THEMES
from geomap.wording import Words, words_in

Value = str | bool | None
Match = Mapping[str, tuple[Value, ...]]
"""The values that each column of a row may have; all columns have to fit."""
_ALWAYS = ("control_status", "actor")
_IF_NEEDED = ("valid_from", "id", "overdue", "disputed", "divided")
"""Columns that tell looks apart; the first ones are left out first."""

_AND = " · "
"""Between the words for the signs of one look."""


@dataclass(frozen=True)
class Rule:
    """One look, its name in the legend, and the rows that have it: those that fit any match."""

    label: str
    look: Look
    matches: tuple[Match, ...]


@dataclass(frozen=True)
class StyleSheet:
    """The rules for one layer, and `drawing`, which turns looks into colours and pixels."""

    name: str
    title: str
    lang: str
    rules: tuple[Rule, ...]
    drawing: Style


@dataclass(frozen=True)
class _Seen:
    """A look that occurs, and the row that has it."""

    label: str
    look: Look
    row: Mapping[str, Value]

    def key(self, columns: tuple[str, ...]) -> tuple[Value, ...]:
        return tuple(self.row[column] for column in columns)


def style_of(export: Export, theme: str = "light") -> StyleSheet | None:
    """Return the style for an export's rows, in its language; None where no row has a status."""
    if not export.statuses:
        return None
    words = words_in(export.lang, export.dataset)
    labels: dict[Facts, str] = {}
    seen = []
    for row, status in zip(export.rows, export.statuses, strict=True):
        facts = facts_of(status)
        if facts not in labels:
            labels[facts] = _label(words, export, facts)
        seen.append(_Seen(labels[facts], look_of(facts), row))
    return StyleSheet(
        name=export.layer,
        title=export.title,
        lang=export.lang,
        rules=_rules(seen),
        drawing=Style(THEMES[theme], export.dataset.ledger.actors, *sizes.PICTURE),
    )


def _label(words: Words, export: Export, facts: Facts) -> str:
    """The legend's words for one look; a look of several signs has the words of each."""
    entries = legend(words, export.dataset, [facts])
    return _AND.join(entry.label for entry in entries)


def _rules(seen: list[_Seen]) -> tuple[Rule, ...]:
    columns = _columns(seen)
    groups: dict[tuple[str, Look], list[Match]] = {}
    for one in seen:
        matches = groups.setdefault((one.label, one.look), [])
        match = dict(zip(columns, ((value,) for value in one.key(columns)), strict=True))
        if match not in matches:
            matches.append(match)
    rules = [Rule(label, look, _merged(alike)) for (label, look), alike in groups.items()]
    # The plain colours first, as in the map's legend.
    return tuple(sorted(rules, key=lambda rule: (len(rule.look.patterns), rule.label.count(_AND))))


def _columns(seen: list[_Seen]) -> tuple[str, ...]:
    """The fewest columns by which rows of different looks differ."""
    columns = [*_ALWAYS, *(name for name in _IF_NEEDED if seen and name in seen[0].row)]
    for name in _IF_NEEDED:
        fewer = tuple(column for column in columns if column != name)
        if len({one.key(fewer) for one in seen}) == len(
            {(one.key(fewer), one.label, one.look) for one in seen}
        ):
            columns = [*fewer]
    return tuple(columns)


def _merged(matches: list[Match]) -> tuple[Match, ...]:
    """Join matches that differ in one column only."""
    if not matches:
        return ()
    for column in matches[0]:
        joined: dict[tuple[object, ...], Match] = {}
        for match in matches:
            others = tuple((name, match[name]) for name in match if name != column)
            before = joined.get(others)
            values = (*before[column], *match[column]) if before else match[column]
            joined[others] = {**match, column: tuple(dict.fromkeys(values))}
        matches = [*joined.values()]
    return tuple(matches)


def expression(
    rule: Rule,
    condition: Callable[[str, tuple[Value, ...]], str],
    both: str = " AND ",
    either: str = " OR ",
) -> str:
    """Return a rule's matches as one text; `condition` writes the values of a column."""
    texts = [both.join(condition(*item) for item in match.items()) for match in rule.matches]
    return texts[0] if len(texts) == 1 else either.join(f"({text})" for text in texts)
