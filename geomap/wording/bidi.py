"""Texts of mixed writing direction: Latin names in sentences from right to left, and the reverse.

Unicode's bidirectional algorithm (UAX 9) orders letters by their surroundings: in an Arabic sentence
"AP, 20" would be set as one piece from left to right, the day before the comma. An isolate keeps a
name to itself.
"""

from __future__ import annotations

import re
import unicodedata

_FIRST_STRONG, _END = "\u2068", "\u2069"
_ISOLATES = "\u2066\u2067\u2068"
_OTHER_MARKS = re.compile("[\u061c\u200e\u200f\u202a-\u202e]")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\U00010800-\U0001efff]")
"""The blocks that have all letters from right to left, and some signs beside them."""
_ISOLATING = re.compile("[\u2066-\u2069]")
_INNER = re.compile("[\u2066-\u2068][^\u2066-\u2069]*\u2069")


def isolated(text: str, direction: str) -> str:
    """Return a text set apart from the line around it, if it has letters that run against it.

    `direction` is the line's, `ltr` or `rtl`.
    """
    if direction == "ltr" and not _RIGHT_TO_LEFT.search(text):
        return text
    text = without_marks(text)
    outside, inner = text, ""
    while outside != inner:
        outside, inner = _INNER.sub("", outside), outside
    against = ("L",) if direction == "rtl" else ("R", "AL")
    if any(unicodedata.bidirectional(letter) in against for letter in outside):
        return f"{_FIRST_STRONG}{text}{_END}"
    return text


def without_isolates(text: str) -> str:
    """Return a text for where letters are not ordered by their direction, as in most terminals."""
    return _ISOLATING.sub("", text)


def without_marks(text: str) -> str:
    """Return a text without marks that change the direction of what follows it.

    Isolates stay where each that begins also ends; those reach no further than the text.
    """
    text = _OTHER_MARKS.sub("", text)
    depth = 0
    for letter in text:
        depth += (letter in _ISOLATES) - (letter == _END)
        if depth < 0:
            break
    return without_isolates(text) if depth else text
