"""What changes beside the ledger: dataset.yaml, the texts of regions, and what is drawn beneath."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from geomap.check.names import META
from geomap.core.dataset import Dataset
from geomap.desk.changed_rows import changes
from geomap.desk.differences import Difference, brief
from geomap.wording import Words

_WITHIN = ("source", "locator", "note")
_MOST_NAMES = 12


def file_changes(old: Dataset, new: Dataset, words: Words) -> Iterator[Difference]:
    """Yield what changes in dataset.yaml, then in regions, then in the context."""
    if differing := changes(asdict(old.meta), asdict(new.meta)):
        text = words.say("Changed in {file}: {text}", file=META, text=differing)
        yield Difference("changed", text, META, after=differing)
    yield from _regions(old, new, words)
    yield from _context(old, new, words)


def _regions(old: Dataset, new: Dataset, words: Words) -> Iterator[Difference]:
    before, after = _by_id(old), _by_id(new)
    for id, row in before.items():
        if id not in after:
            what = f"{row['name']} ({id})"
            text = words.say("Deleted from {file}: {text}", file=row["file"], text=what)
            yield Difference("removed", text, row["file"], id, before=what)
    for id, row in after.items():
        what = f"{row['name']} ({id})"
        if id not in before:
            text = words.say("Added to {file}: {text}", file=row["file"], text=what)
            yield Difference("added", text, row["file"], id, after=what)
        elif differing := changes(_texts(before[id]), _texts(row)):
            text = words.say(
                "Changed in {file}: {text} [{changes}]",
                file=row["file"],
                text=what,
                changes=differing,
            )
            yield Difference("changed", text, row["file"], id, before=what, after=differing)


def _by_id(dataset: Dataset) -> dict[str, dict[str, Any]]:
    rows = dataset.regions.to_dict("records")
    return {row["id"]: row for row in rows}


def _texts(row: dict[str, Any]) -> dict[str, Any]:
    """Return what a region's file says of it, by the names of its properties."""
    within = {f"lies_within:{name}": row[f"lies_within_{name}"] for name in _WITHIN}
    names = {f"name:{key}": name for key, name in row["names"].items()}
    plain = {name: row[name] for name in ("name", "note", "lies_within", "label_lon", "label_lat")}
    others = {"alt_name": "; ".join(row["alt_names"])}
    return {**plain, **names, **others, **within, **row["further"]}


def _context(old: Dataset, new: Dataset, words: Words) -> Iterator[Difference]:
    """Yield a difference for each file of the context that has other features than before."""
    before, after = _features(old), _features(new)
    files = dict.fromkeys((*before, *after))
    for file in files:
        was, now = before.get(file, Counter()), after.get(file, Counter())
        names = dict.fromkeys(name for name, _ in (*(was - now), *(now - was)))
        if names:
            listed = list(names)[:_MOST_NAMES] + (["…"] if len(names) > _MOST_NAMES else [])
            what = ", ".join(listed)
            text = words.say("Changed in {file}: {text}", file=file, text=what)
            yield Difference("changed", text, file, after=what)


def _features(dataset: Dataset) -> dict[str, Counter[tuple[str, str]]]:
    """Return the features of the context by file: how each is called, and all that it holds."""
    features: dict[str, Counter[tuple[str, str]]] = {}
    for row in dataset.context.to_dict("records"):
        name = brief(f"{row['kind']} {row['name']}".strip())
        content = repr({key: value for key, value in row.items() if key != "geometry"})
        held = features.setdefault(row["file"], Counter())
        held[name, content + row["geometry"].wkb_hex] += 1
    return features
