"""The fonts that pictures are set in, and how wide their letters are.

They are Noto Sans with Armenian and Georgian, one file a style; README.md says where they come from.
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
