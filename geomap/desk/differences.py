"""One difference between two versions of a dataset."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["status", "outline", "added", "removed", "withdrawn", "changed"]


@dataclass(frozen=True)
class Difference:
    """One thing that differs, as a sentence in `text`.

    `kind` "status" is what the map says of a region on the days from `first` to `last` (ISO 8601);
    "outline" is where it lies; the others are about a row or a key of `file`. `before` and `after`
    are what the older and the newer version have, "" where one has nothing.
    """

    kind: Kind
    text: str
    file: str = ""
    region: str = ""
    first: str = ""
    last: str = ""
    before: str = ""
    after: str = ""


def brief(text: str, longest: int = 120) -> str:
    """Return a text in one line, cut where it is very long."""
    text = " ".join(text.split())
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
