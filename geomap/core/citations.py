"""Who says it: claims to citations, each source once."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from functools import lru_cache

from geomap.core.claims import Claim, cite

Place = tuple[str, str]
"""A source's id, and one place in it: `¶6`, `clause 2`; empty where none is given."""

_PARAGRAPHS = re.compile(r"¶\s*[0-9]+(\s*,\s*¶?\s*[0-9]+)*")
_NUMBER = re.compile(r"([0-9]+)")


@lru_cache(maxsize=65536)
def places(source: str, locator: str) -> tuple[Place, ...]:
    """Return the places that a locator names. A list of paragraphs is several, any other text one."""
    text = locator.strip()
    if not _PARAGRAPHS.fullmatch(text):
        return ((source, text),)
    return tuple((source, f"¶{number}") for number in _NUMBER.findall(text))


def places_of(claims: Iterable[Claim]) -> list[Place]:
    """Return the places that claims are made in, each once, in the order of the claims."""
    named = [place for claim in claims for place in places(claim.source, claim.locator)]
    return list(dict.fromkeys(named))


def citations(cited: Iterable[Place], without: Collection[Place] = ()) -> list[str]:
    """Return places as `source¶locator`, one text a source, in the order of their first mention.

    A source's places stand in their natural order: `¶2, ¶11`. `without` are places to leave out.
    """
    by_source: dict[str, list[str]] = {}
    for source, locator in cited:
        if (source, locator) not in without:
            by_source.setdefault(source, []).append(locator)
    return [cite(source, _listed(locators)) for source, locators in by_source.items()]


def _listed(locators: list[str]) -> str:
    """Several locators in one text, each once, in their natural order."""
    if len(locators) == 1:
        return locators[0]
    return ", ".join(sorted({locator for locator in locators if locator}, key=_natural))


def _natural(text: str) -> tuple[list[tuple[int, str]], str]:
    """A key that sorts the numbers in a text by value, and ¶07 before ¶7."""
    pieces = enumerate(_NUMBER.split(text))  # texts and numbers by turns
    return [(int(piece), "") if place % 2 else (-1, piece) for place, piece in pieces], text
