"""Endings that a rule of the language gives, so that no dataset and no translator has to list them.

A message asks for one as for a case: `{year:ordinal}`, `{regions:definite}`. In a language without
such a rule the text stays as it is.
"""

from __future__ import annotations

import re

_AZERBAIJANI_UNITS = ("", "ci", "ci", "cü", "cü", "ci", "cı", "ci", "ci", "cu")
_AZERBAIJANI_TENS = ("cü", "cu", "ci", "cu", "cı", "ci", "cı", "ci", "ci", "cı")
_BEFORE_SECOND = re.compile(r"\bс (?=2\b)")
_ARMENIAN_VOWELS = "աեէըիոօւ"  # a final ւ is the second letter of ու
_ARMENIAN = re.compile(r"[ա-և]$", re.IGNORECASE)


def ordinal(language: str, number: int) -> str:
    """Return a number as an ordinal, where years are counted so: Azerbaijani `1994-cü`.

    The ending follows the vowels of the last word with which the number is read aloud.
    """
    if language != "az":
        return str(number)
    if number % 10:
        ending = _AZERBAIJANI_UNITS[number % 10]
    elif number % 100:
        ending = _AZERBAIJANI_TENS[number // 10 % 10]
    else:
        ending = "cü" if number % 1000 else "ci"  # yüzüncü, mininci
    return f"{number}-{ending}"


def smooth(language: str, text: str) -> str:
    """Return an adverbial of time as it is pronounced: Russian `со 2 ноября`, not `с 2 ноября`."""
    return _BEFORE_SECOND.sub("со ", text) if language == "ru" else text


def definite(language: str, name: str) -> str:
    """Return a name with the definite article that Armenian sets on a sentence's subject."""
    if language != "hy" or not name:
        return name
    if not _ARMENIAN.search(name):
        return f"{name}-ը"
    return name + ("ն" if name[-1].lower() in _ARMENIAN_VOWELS else "ը")


def dated(language: str, day: str, year: int | None) -> dict[str, str]:
    """Return a day with the endings that Azerbaijani sets behind it: on, since, by, and of the day.

    `day` is written without its year; `year` follows it, None where the reader knows the year.
    """
    if language != "az":
        return {}
    if year is None:
        return {
            "on": f"{day} tarixində",
            "since": f"{day} tarixindən",
            "by": f"{day} tarixinədək",
            "of": day,
        }
    whole = f"{day} {ordinal(language, year)} il"
    return {"on": f"{whole}də", "since": f"{whole}dən", "by": f"{whole}ədək", "of": whole}
