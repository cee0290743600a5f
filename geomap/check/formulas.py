"""Texts that a spreadsheet would take for formulas, in CSV.

CSV has no way to say that a cell is text, so a spreadsheet runs what begins with `=`, `+`, `-` or `@`:
a stranger's note could fetch an address or start a program. As OWASP advises ("CSV injection"), an
apostrophe is written before such a text. Where a table is read it is taken off, so nothing is lost on
the way out and back.
"""

from __future__ import annotations

import re

_FORMULA = re.compile(r"'*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]")
"""How a formula begins, the wide signs of East Asian fonts too; or such a text with apostrophes."""
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")


def defused(text: str) -> str:
    """Return the cell for a text: with an apostrophe before what would be a formula."""
    if _FORMULA.match(text) and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def as_meant(cell: str) -> str:
    """Return the text of a cell; the inverse of `defused`."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
