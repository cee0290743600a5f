"""The fonts that pictures are set in, and how wide their letters are.

They are Noto Sans with Armenian, Georgian and Arabic, one file a style; README.md says where they
come from.
"""

from __future__ import annotations

import json
import re
import unicodedata
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent
FONT_FILES = {
    "Regular": "NotoSans-Regular.ttf",
    "Bold": "NotoSans-Bold.ttf",
    "Italic": "NotoSans-Italic.ttf",
}
"""The file of each style."""
WIDTHS_FILE = "widths.json"
JOINED_FILE = "joined.json"
TATWEEL = 0x0640
"""A stroke that lengthens the join between two Arabic letters."""
INVISIBLE = ("Cc", "Cf", "Zl", "Zp")
"""Unicode's categories of characters that nobody sees."""
_VARIANTS = re.compile(r"[\ufe00-\ufe0f]")  # ask for another form of the letter before them


@cache
def widths(style: str) -> dict[str, int]:
    """Return how far each character of a style advances, in 1/1000 of the font's size."""
    runs = json.loads((FOLDER / WIDTHS_FILE).read_text(encoding="utf-8"))[style]
    return {
        chr(int(first) + number): width
        for first, run in runs.items()
        for number, width in enumerate(run)
    }


@cache
def joined_widths(style: str) -> dict[str, list[int]]:
    """Return how far Arabic letters advance where they join others, in 1/1000 of the font's size.

    A letter that joins on both sides has three: at the start, in the middle and at the end of a word;
    one that joins only the letter before it has one, at the end. Others are not in the table.
    """
    table = json.loads((FOLDER / JOINED_FILE).read_text(encoding="utf-8"))[style]
    return dict(table)


def has_letter(letter: str) -> bool:
    """Return whether the fonts can draw a letter, in one piece or from its parts."""
    advances = widths("Regular")
    return letter in advances or all(
        part in advances for part in unicodedata.normalize("NFD", letter)
    )


def missing_letters(text: str) -> set[str]:
    """Return the letters of a text that the fonts lack; pictures show a box for each."""
    letters = _VARIANTS.sub("", unicodedata.normalize("NFC", text))
    return {c for c in letters if unicodedata.category(c) not in INVISIBLE and not has_letter(c)}
