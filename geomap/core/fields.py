"""Kinds of value that dataset.yaml and the tables share, each with the sentence for a wrong one."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import BeforeValidator

from geomap.core.dates import Span, parse_day, parse_span
from geomap.errors import quoted

ID_PATTERN = re.compile(r"[a-z0-9]+(?:[-_.][a-z0-9]+)*")
COLOUR_PATTERN = re.compile(r"#[0-9a-fA-F]{6}")
# XML knows no way to write these, halves of characters among them, and a screen shows nothing of
# them; tab and line ends are text.
_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def identifier(text: str) -> str:
    """Return an id as it is. Raises ValueError."""
    if not ID_PATTERN.fullmatch(text):
        raise ValueError(f"{quoted(text)} is not an id; use lower-case letters, digits and hyphens")
    return text


def link(text: str) -> str:
    """Return a web address, or "", as it is. Raises ValueError."""
    try:
        address = urlsplit(text)
    except ValueError:  # brackets that hold no IPv6 address
        address = urlsplit("")
    if text and not (address.scheme in ("http", "https") and address.netloc):
        raise ValueError(
            f"{quoted(text)} is not a web address; start it with https:// or leave it empty"
        )
    return text


def has_unseen(text: str) -> bool:
    """Return whether a text holds a control character."""
    return _UNSEEN.search(text) is not None


def visible(text: str) -> str:
    """Return a text as it is. Raises ValueError where it holds a character that nothing can show."""
    if found := _UNSEEN.search(text):
        raise ValueError(f"holds a control character (U+{ord(found[0]):04X}); remove it")
    return text


def _needed(text: str) -> str:
    if not text:
        raise ValueError("is empty; every row needs a value here")
    return text


def _colour(text: str) -> str:
    if not COLOUR_PATTERN.fullmatch(text):
        raise ValueError(f"{quoted(text)} is not a colour; write it as #2a78b5")
    return text.lower()


def optional(parse: Callable[[str], Any]) -> BeforeValidator:
    """Return a validator that reads an empty cell as None and any other with `parse`."""
    return BeforeValidator(lambda text: parse(text) if text else None)


Id = Annotated[str, BeforeValidator(identifier)]
Text = Annotated[str, BeforeValidator(_needed)]
Link = Annotated[str, BeforeValidator(link)]
Colour = Annotated[str, BeforeValidator(_colour)]
OptionalColour = Annotated[str | None, optional(_colour)]
Day = Annotated[date, BeforeValidator(parse_day)]
OptionalDay = Annotated[date | None, optional(parse_day)]
OptionalSpan = Annotated[Span | None, optional(parse_span)]
