"""Helpers for what the built-in dataset says: its rows, and its sentences with who states each."""

from __future__ import annotations

import re
from typing import Any

from geomap.core.claims import cite
from geomap.core.dataset import Dataset
from geomap.core.region_status import Status
from geomap.core.status import row, statuses
from geomap.wording import headline, statements, words_in

ARTICLE = "ap-2020-11-30"
AZ, ARM, PEACEKEEPERS = "azerbaijan", "armenian-forces", "russian-peacekeepers"
REGIONS = ("kalbajar", "aghdam", "lachin", "nagorno-karabakh")
EN = words_in("en")

Told = list[tuple[str, list[str]]]


def status(builtin: Dataset, region: str, day: str, **query: Any) -> Status:
    """The status of a region on a day."""
    return next(s for s in statuses(builtin, day, **query) if s.region == region)


def on(builtin: Dataset, region: str, day: str, **query: Any) -> dict[str, Any]:
    """The public row of a region on a day."""
    return row(status(builtin, region, day, **query))


def told(builtin: Dataset, region: str, day: str, **query: Any) -> Told:
    """The sentences of a region's card in English, each with its `source¶locator` citations."""
    return sentences_of(builtin, status(builtin, region, day, **query))


def sentences_of(builtin: Dataset, one: Status) -> Told:
    """The sentences about a status in English, as `told`."""
    return [
        ("".join(text for text, _ in statement.text), [cite(*place) for place in statement.cited])
        for statement in statements(EN, builtin, one, 2020)
    ]


def head(builtin: Dataset, day: str, **query: Any) -> str:
    """The headline of a day in English, `{date}` for the day itself."""
    pieces = headline(EN, builtin, statuses(builtin, day, **query), 2020)
    return "".join(text for text, _ in pieces)


def subset(row: dict[str, Any], **expected: Any) -> bool:
    """Whether a row holds these values; shows both where it does not."""
    assert {key: row[key] for key in expected} == expected
    return True


def cards(text: str) -> list[tuple[str, str, Told]]:
    """Read expected cards: a line `# region: day, day`, then sentences, each with `[who; who]`."""
    found: list[tuple[str, str, Told]] = []
    for block in text.split("#")[1:]:
        where, _, body = block.partition("\n")
        region, _, on_days = where.strip().partition(": ")
        sentences = re.findall(r"(.+?) \[(.*?)\]", " ".join(body.split()))
        pairs = [(text.strip(), who.split("; ") if who else []) for text, who in sentences]
        found += [(region, day, pairs) for day in on_days.split(", ")]
    return found
