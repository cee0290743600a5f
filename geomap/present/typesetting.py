"""Texts on a picture: made safe, measured, wrapped and cut.

Widths are those of the fonts that the package ships. Kerning and ligatures are not counted; kerning
makes a text a little narrower. All sizes and widths are in pixels.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache

from geomap.fonts import INVISIBLE, has_letter, joined_widths, widths
from geomap.wording.bidi import without_marks
from geomap.wording.catalogue import Spans

SPACED = 0.14
"""The space between the letters of a spaced word, in parts of its size."""
ELLIPSIS = "…"
# No line ends between a number and the word that it counts: "1 December", "20 km".
_BLANK = re.compile(r"(?<!\d) | (?![^\W\d])")
_BREAKS = re.compile(r"[\t-\r\x1c-\x1e\x85\u2028\u2029]+")
# Control characters and lone surrogates.
_UNSEEN = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u2060-\u2065\u206a-\u206f\ufeff\ufff0-\uffff"
    r"\ud800-\udfff\U000e0000-\U000e0fff]"
)
_JOINING = re.compile("[\u0620-\u06ff]")
_BOX = "□"
"""Stands for a letter that the fonts lack."""
_FULL_WIDTH = 1000
"""The width of a Chinese, Japanese or Korean letter, in 1/1000 of its size: they are square."""
_NO_ADVANCE = (*INVISIBLE, "Mn", "Me")
"""Unicode's categories of characters that take no room on a line: controls, and marks over or under
a letter."""
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")


def clean(text: str) -> str:
    """Return a stranger's text as one line that is safe to draw and allowed in XML."""
    return _clean(text).strip()


def clean_spans(spans: Spans) -> Spans:
    """Return a text in pieces made safe like any other; blanks between pieces stay."""
    return tuple((_clean(text), bold) for text, bold in spans)


def _clean(text: str) -> str:
    return _UNSEEN.sub("", _BREAKS.sub(" ", without_marks(text)))


def capitals(text: str, language: str) -> str:
    """Return a text in capitals; Azerbaijani and Turkish keep the dot on their i."""
    return (text.replace("i", "İ") if language in ("az", "tr") else text).upper()


def drawable(text: str) -> str:
    """Return a text with a box for each letter that the package's fonts lack."""
    return _NOT_ASCII.sub(lambda match: _drawable(match[0]), text)


@lru_cache(maxsize=4096)
def width(
    text: str, size: float, *, bold: bool = False, italic: bool = False, spaced: bool = False
) -> float:
    """Return how wide a text is at a size. A letter that the fonts lack counts as its fallback."""
    style = "Bold" if bold else "Italic" if italic else "Regular"
    advances = widths(style)
    letters = unicodedata.normalize("NFC", text)
    thousandths = sum(_advance(letter, advances) for letter in letters)
    if joins(letters):
        thousandths += _joining(letters, advances, joined_widths(style))
        spaced = False
    return float(size * (thousandths / 1000 + (SPACED * len(text) if spaced else 0)))


def joins(text: str) -> bool:
    """Return whether a text has letters that join their neighbours: no space may part them."""
    return bool(_JOINING.search(text))


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


def _advance(letter: str, advances: Mapping[str, int]) -> int:
    """How far a letter advances, in 1/1000 of its size."""
    if letter in advances:
        return advances[letter]
    if has_letter(letter):
        return sum(advances[part] for part in unicodedata.normalize("NFD", letter))
    if unicodedata.category(letter) in _NO_ADVANCE:
        return 0
    return _FULL_WIDTH if unicodedata.east_asian_width(letter) in "WF" else advances[_BOX]


def _joining(text: str, advances: Mapping[str, int], forms: Mapping[str, Sequence[int]]) -> int:
    """By how much letters are wider, in 1/1000 of their size, for being joined (Unicode, 9.2)."""
    letters = [letter for letter in text if unicodedata.category(letter) not in _NO_ADVANCE]
    wider = 0
    for before, letter, after in zip(["", *letters], letters, [*letters[1:], ""], strict=False):
        own = forms.get(letter, ())
        from_before = bool(own) and len(forms.get(before, ())) == 3
        to_after = len(own) == 3 and after in forms
        if from_before or to_after:
            form = own[-1] if not to_after else own[1] if from_before else own[0]
            wider += form - advances[letter]
    return wider


def _drawable(letter: str) -> str:
    if has_letter(letter):
        return letter
    return "" if unicodedata.category(letter) in _NO_ADVANCE else _BOX


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
