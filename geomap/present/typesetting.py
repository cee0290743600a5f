"""Texts on a picture: made safe, measured, wrapped and cut, without a font at hand.

Widths are those of DejaVu Sans, which is as wide as screen fonts get, so that a text set in any
other font fits where this module says that it fits. All sizes and widths are in pixels.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from geomap.wording.catalogue import Spans

BOLD = 1.11
"""How much wider bold letters are; Armenian ones hardly are."""
SPACED = 0.14
"""The space between the letters of a spaced word, in parts of its size."""
ELLIPSIS = "…"
# No line ends between a number and the word that it counts: "1 December", "20 km".
_BLANK = re.compile(r"(?<!\d) | (?![^\W\d])")
_BREAKS = re.compile(r"[\t-\r\x1c-\x1e\x85\u2028\u2029]+")
# Controls, halves of characters and marks that turn the direction of what stands around them.
_UNSEEN = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff0-\uffff"
    r"\ud800-\udfff\U000e0000-\U000e0fff]"
)
_WIDTHS = {
    letter: width / 100
    for width, letters in {
        25: "՛՝լյ\u202f",
        30: " ,.IJijl·ıłІЇЈіїј՚‘’\u200a\u00a0",
        35: "-/:;\\f|՜",
        40: "!()[]rt՞չ",
        45: '"ւ',
        50: "*_`sz§ѕ՟էշ–“”„",
        55: "?Lcгсэєґ‹›ՒջԼ",
        60: "FPTYaekovxy«»УГРТабвекотухчьяђёўծձօ•əß",
        70: "ABCRVXZЄБАВКСХЧЬЭЯдцъԻՀՉՏՐ",
        75: "DGHNUЙИЛНПмԱԲԳԴԵԶԸԺԿՁՂՃՅՆՇՈՋՍՎՑՔթ",
        80: "&OQwДОЦыՄՊՌՓՕՖֆևƏ",
        85: "#+<=>M^~×МФЪфюԹԾ≠",
        90: "Жшљњw\u053dж",
        95: "%mщապտփ",
        100: "@WЫ…—",
        110: "ЉЊЖЩЮШ№",
    }.items()
    for letter in letters
}
_ORDINARY, _WIDE = 0.65, 1.0


def clean(text: str) -> str:
    """Return a stranger's text as one line that is safe to draw and allowed in XML."""
    return _UNSEEN.sub("", _BREAKS.sub(" ", text)).strip()


def clean_spans(spans: Spans) -> Spans:
    """Return a text in pieces made safe like any other; blanks between pieces stay."""
    return tuple((_UNSEEN.sub("", _BREAKS.sub(" ", text)), bold) for text, bold in spans)


def capitals(text: str, language: str) -> str:
    """Return a text in capitals; Azerbaijani and Turkish keep the dot on their i."""
    return (text.replace("i", "İ") if language in ("az", "tr") else text).upper()


@lru_cache(maxsize=4096)
def width(text: str, size: float, *, bold: bool = False, spaced: bool = False) -> float:
    """Return how wide a text is at a size, within a few parts of a hundred."""
    widths = sum(_letter(letter, bold) for letter in unicodedata.normalize("NFD", text))
    return float(size * (widths + (SPACED * len(text) if spaced else 0)))


def spans_width(spans: Spans, size: float) -> float:
    """Return how wide a line of bold and ordinary pieces is."""
    return sum(width(text, size, bold=bold) for text, bold in spans)


def shorten(
    text: str, size: float, room: float, *, bold: bool = False, spaced: bool = False
) -> str:
    """Return a text that is no wider than `room`, its end replaced by … where it must be cut."""
    if width(text, size, bold=bold, spaced=spaced) <= room:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if width(text[:middle] + ELLIPSIS, size, bold=bold, spaced=spaced) <= room:
            low = middle
        else:
            high = middle - 1
    return text[:low].rstrip(" ,·") + ELLIPSIS


def wrap(spans: Spans, size: float, room: float) -> list[Spans]:
    """Return a text as lines no wider than `room`; a word that is wider than that is cut."""
    lines: list[list[tuple[str, bool]]] = [[]]
    used = 0.0
    for word in _words(spans):
        if len(word) == 1:
            word = [(shorten(word[0][0], size, room, bold=word[0][1]), word[0][1])]
        wide = spans_width(tuple(word), size)
        blank = width(" ", size)
        if used and used + blank + wide > room:
            lines.append([])
            used = 0.0
        elif used:
            lines[-1].append((" ", False))
            used += blank
        lines[-1] += word
        used += wide
    return [_merge(line) for line in lines if line]


def cut(lines: list[Spans], most: int, size: float, room: float) -> list[Spans]:
    """Return at most `most` lines, the last ending in … where some were left out."""
    if len(lines) <= most:
        return lines
    *kept, last = lines[:most]
    *head, (text, bold) = last
    left = room - spans_width(tuple(head), size)
    return [*kept, (*head, (shorten(f"{text} {ELLIPSIS}", size, left, bold=bold), bold))]


def _letter(letter: str, bold: bool) -> float:
    found = _WIDTHS.get(letter)
    if found is None and unicodedata.combining(letter):
        return 0.0
    if found is None:
        found = _WIDE if unicodedata.east_asian_width(letter) in "WF" else _ORDINARY
    return found * BOLD if bold and not "\u0530" <= letter <= "\u058f" else found


def _words(spans: Spans) -> list[list[tuple[str, bool]]]:
    """The words of a text, each as its pieces; a no-break space does not part words."""
    words: list[list[tuple[str, bool]]] = [[]]
    for text, bold in spans:
        for number, part in enumerate(_BLANK.split(text)):
            if number:
                words.append([])
            if part:
                words[-1].append((part, bold))
    return [word for word in words if word]


def _merge(pieces: list[tuple[str, bool]]) -> Spans:
    """Join neighbours of one weight; a blank between two bold words is bold too."""
    merged: list[tuple[str, bool]] = []
    for number, (text, bold) in enumerate(pieces):
        if text == " " and merged and number + 1 < len(pieces):
            bold = merged[-1][1] and pieces[number + 1][1]
        if merged and merged[-1][1] == bold:
            merged[-1] = (merged[-1][0] + text, bold)
        else:
            merged.append((text, bold))
    return tuple(merged)
