"""The fonts that pictures are set in, and how wide their letters are.

They are Noto Sans with Armenian and Georgian, one file a style; README.md says where they come from.
"""

from __future__ import annotations

import json
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


@cache
def widths(style: str) -> dict[str, int]:
    """Return how far each character of a style advances, in 1/1000 of the font's size."""
    runs = json.loads((FOLDER / WIDTHS_FILE).read_text(encoding="utf-8"))[style]
    return {
        chr(int(first) + number): width
        for first, run in runs.items()
        for number, width in enumerate(run)
    }
