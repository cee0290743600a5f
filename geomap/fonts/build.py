"""Derives the font files and their table of widths from the fonts of Debian's `fonts-noto-core`.

Run it as `python -m geomap.fonts.build`, with fonttools installed. Equal inputs give equal bytes.

Each style becomes one file that holds all scripts, because renderers differ in how they look for a
letter in a second font. To add a script, add its font and its code points to `SOURCES`.
"""

from __future__ import annotations

import io
import json
import math
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from geomap.fonts import FOLDER, FONT_FILES, JOINED_FILE, TATWEEL, WIDTHS_FILE

INPUT = Path("/usr/share/fonts/truetype/noto")
SOURCES = {
    "NotoSans": (
        *range(0x0020, 0x0250),  # Latin
        *(0x0259, 0x0292),  # ə of Azerbaijani, ʒ of Skolt Sami
        *range(0x02B9, 0x02DE),  # letter-like apostrophes and accents that stand alone
        *range(0x0300, 0x0370),  # combining accents
        *range(0x0370, 0x0460),  # Greek, Cyrillic
        *range(0x0490, 0x0530),  # Cyrillic of Central Asia, the Caucasus and Siberia
        *range(0x1E00, 0x1F00),  # Latin with two accents, as Vietnamese has
        *range(0x2000, 0x2070),  # punctuation
        *range(0x2070, 0x2190),  # small figures, currencies, letter-like signs
    ),
    "NotoSansArmenian": (*range(0x0531, 0x0590), *range(0xFB13, 0xFB18)),
    "NotoSansGeorgian": (
        *range(0x10D0, 0x1100),
        *range(0x1C90, 0x1CC0),  # the capitals into which Python turns Georgian letters
    ),
    # Letters of Arabic, Persian, Kurdish, Pashto, Urdu and Uyghur, their marks, points and digits
    "NotoSansArabic": (*range(0x0600, 0x0700),),
    # Arrows and signs of calculation: ← → ↔ − ≈ ≠ ≤ ≥
    "NotoSansMath": (*range(0x2190, 0x219A), 0x2212, 0x2248, 0x2260, 0x2264, 0x2265),
    # Signs that stand for a place, a state or a missing letter: □ ■ ▲ ▼ ◆ ○ ● ◪ ★ ✓ ✗
    "NotoSansSymbols2": (
        *(0x25A0, 0x25A1, 0x25B2, 0x25B3, 0x25BC, 0x25BD, 0x25C6, 0x25C7, 0x25CB, 0x25CF),
        *(0x25E7, 0x25E8, 0x25E9, 0x25EA, 0x2605, 0x2606, 0x2713, 0x2717),
    ),
}
"""The fonts that one file is merged from, the first giving its name and line height, with the code
points taken from each; those that the font does not have are passed over."""
_FEATURES = ("ccmp", "locl", "kern", "mark", "mkmk")
_JOINED_FEATURES = (*_FEATURES, "isol", "init", "medi", "fina", "rlig")
"""For letters that join: other forms at the start, in the middle and at the end of a word."""
_JOINED = ("NotoSansArabic",)
_DROPPED = ("DSIG", "gasp", "meta")
_NAMES = (0, 1, 2, 4, 5, 6, 13, 14)  # copyright, family, style, version, licence
_SLANT = math.tan(math.radians(12))
"""How far Noto Sans Italic leans. The other fonts have no italic, so theirs is slanted here, as
browsers do by themselves; but Arabic, which knows no italic, stays upright."""


def build(target: Path = FOLDER, source: Path = INPUT) -> None:
    """Write the font files and the table of widths into a folder. Raises OSError."""
    widths, joined = {}, {}
    for style, name in FONT_FILES.items():
        font = _merged(style, source)
        font.save(target / name)
        widths[style] = _runs(_widths(font))
        joined[style] = _joined_widths(font)
    for file, table in ((WIDTHS_FILE, widths), (JOINED_FILE, joined)):
        text = json.dumps(table, separators=(",", ":"), sort_keys=True)
        (target / file).write_text(text.replace("],", "],\n") + "\n", encoding="utf-8")


def read_widths(path: Path) -> dict[int, int]:
    """Return the advance widths that a font file gives its characters, in 1/1000 em."""
    from fontTools.ttLib import TTFont

    return _widths(TTFont(path))


def _widths(font: Any) -> dict[int, int]:
    unit = 1000 / font["head"].unitsPerEm
    advances = font["hmtx"]
    return {code: round(advances[name][0] * unit) for code, name in font.getBestCmap().items()}


def _joined_widths(font: Any) -> dict[str, list[int]]:
    """How far letters that join their neighbours advance in their other forms, in 1/1000 em.

    Of a letter that joins on both sides: at the start, in the middle and at the end of a word; of one
    that joins only the letter before it: at the end.
    """
    unit = 1000 / font["head"].unitsPerEm
    advances, cmap = font["hmtx"], font.getBestCmap()
    forms = {feature: _replaced(font, feature) for feature in ("init", "medi", "fina")}
    table = {}
    for code, name in sorted(cmap.items()):
        wanted = ("init", "medi", "fina") if name in forms["init"] else ("fina",)
        if name in forms["fina"]:
            table[chr(code)] = [round(advances[forms[form][name]][0] * unit) for form in wanted]
        elif code == TATWEEL:
            table[chr(code)] = [round(advances[name][0] * unit)] * 3
    return table


def _replaced(font: Any, feature: str) -> dict[str, str]:
    """Which glyph a feature of the font sets in place of which."""
    table = font["GSUB"].table
    glyphs: dict[str, str] = {}
    for record in table.FeatureList.FeatureRecord:
        if record.FeatureTag == feature:
            for number in record.Feature.LookupListIndex:
                for subtable in table.LookupList.Lookup[number].SubTable:
                    glyphs |= getattr(subtable, "ExtSubTable", subtable).mapping
    return glyphs


def _runs(widths: dict[int, int]) -> dict[str, list[int]]:
    """Widths by the code point of the first of each unbroken run of code points."""
    runs: dict[str, list[int]] = {}
    first = previous = -2
    for code in sorted(widths):
        if code != previous + 1:
            first = code
        runs.setdefault(str(first), []).append(widths[code])
        previous = code
    return runs


def _merged(style: str, source: Path) -> Any:
    """One style of all the fonts as a single font."""
    from fontTools.merge import Merger
    from fontTools.ttLib import TTFont

    parts = []
    taken: set[int] = set()
    for name, codes in SOURCES.items():
        own = source / f"{name}-{style}.ttf"
        font = TTFont(own if own.exists() else source / f"{name}-Regular.ttf")
        _reduce(font, set(codes) - taken, _JOINED_FEATURES if name in _JOINED else _FEATURES)
        taken |= set(font.getBestCmap())
        if style == "Italic" and not own.exists() and name not in _JOINED:
            _slant(font)
        parts.append(font)
    files = [io.BytesIO() for _ in parts]
    for font, file in zip(parts, files, strict=True):
        font.save(file)
    merged = Merger().merge(files)
    merged.recalcTimestamp = False
    for time in ("created", "modified"):
        setattr(merged["head"], time, parts[0]["head"].created)
    return merged


def _reduce(font: Any, codes: Iterable[int], features: Iterable[str]) -> None:
    """Leave in a font only what these characters need, without hints for coarse screens."""
    from fontTools.subset import Options, Subsetter

    options = Options(
        layout_features=list(features),
        name_IDs=list(_NAMES),
        hinting=False,
        notdef_outline=True,
        glyph_names=False,
    )
    options.drop_tables += _DROPPED
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=codes)
    subsetter.subset(font)


def _slant(font: Any) -> None:
    """Lean every letter of an upright font to the right."""
    from fontTools.pens.recordingPen import DecomposingRecordingPen
    from fontTools.pens.transformPen import TransformPen
    from fontTools.pens.ttGlyphPen import TTGlyphPen

    glyphs = font.getGlyphSet()
    slanted = {}
    for name in font.getGlyphOrder():
        outline = DecomposingRecordingPen(glyphs)
        glyphs[name].draw(outline)
        pen = TTGlyphPen(None)
        outline.replay(TransformPen(pen, (1, 0, _SLANT, 1, 0, 0)))
        slanted[name] = pen.glyph()
    for name, glyph in slanted.items():
        font["glyf"][name] = glyph
        glyph.recalcBounds(font["glyf"])
        font["hmtx"][name] = (font["hmtx"][name][0], getattr(glyph, "xMin", 0))
    if "GPOS" in font:  # where accents sit on upright letters
        del font["GPOS"]


if __name__ == "__main__":
    build(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
