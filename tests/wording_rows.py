"""The claims of small datasets about which sentences are made, and those sentences in plain text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from datasets import claim

from geomap.core.dataset import Dataset
from geomap.core.status import statuses
from geomap.wording import headline, sentence, words_in

EN = words_in("en")
HELD = claim("held", "control", "south", "1990")
DUE = claim("due", "due", "north", "[..2021-03-10]", since="2021-03-03")
LATER = claim("later", "due", "north", "2021-03-20", since="2021-03-09")
GOT = claim("got", "handover", "north", "2021-03-12")
PART = {"part": "part"}
GAZETTE = {"source": "s15"}
OTHER_DAY = GOT | GAZETTE | {"date": "2021-03-14"}
EAST = {"event": "p", "kind": "control", "actor": "east"}
SOME_DAY = {"date": "[2021-03-12..2021-03-15]"}
Row = Mapping[str, str]
Rows = list[Row]
Small = Callable[..., Dataset]


def said(
    data: Dataset, day: str, year: int | None = 2021, language: str = "en", **view: Any
) -> str:
    """Return the sentences about the region `hill` on a day of March 2021, as plain text."""
    status = next(s for s in statuses(data, f"2021-03-{day}", **view) if s.region == "hill")
    return "".join(text for text, _ in sentence(words_in(language), data, status, year))


def head(data: Dataset, day: str, language: str = "en") -> str:
    pieces = headline(words_in(language), data, statuses(data, f"2021-03-{day}"), 2021)
    return "".join(text for text, _ in pieces)
