"""Identifiers of regions and actors in public registers: their names here, and their forms."""

from __future__ import annotations

import re
from collections.abc import Callable

from geomap.errors import quoted

PUBLIC_IDS = {
    "iso_3166_2": ("[A-Z]{2}-[A-Z0-9]{1,3}", "AZ-KAL"),
    "wikidata": ("Q[1-9][0-9]*", "Q42"),
    "osm": ("(node|way|relation)/[1-9][0-9]*", "relation/123"),
    "geonames": ("[1-9][0-9]*", "123456"),
}
"""Each identifier's form, as a regular expression, and what one looks like."""


def public_id(name: str) -> Callable[[str], str]:
    """Return the reader of one kind of identifier, which raises ValueError; "" stays as it is."""
    pattern, example = PUBLIC_IDS[name]

    def read(text: str) -> str:
        if text and not re.fullmatch(pattern, text):
            raise ValueError(f"{quoted(text)} has not the form of {name}; write it as {example}")
        return text

    return read
