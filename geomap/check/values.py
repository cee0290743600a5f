"""Texts to values: ids, links, colours. Each function raises ValueError with a sentence."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import urlsplit

from geomap.errors import quoted, short

ID_PATTERN = re.compile(r"[a-z0-9]+(?:[-_.][a-z0-9]+)*")
COLOUR_PATTERN = re.compile(r"#[0-9a-fA-F]{6}")
_LANGUAGE_TAG = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
MAX_TEXT = 20_000
"""Characters of a text: ten pages, more than anybody reads on a map."""
# Control characters but tab and line ends, lone surrogates and what else XML cannot hold, and the
# marks that turn the direction of the text after them around.
_INVISIBLE = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)


def identifier(text: str) -> str:
    """Return an id as it is."""
    if not ID_PATTERN.fullmatch(text):
        such = f", such as {slug(text)}" if slug(text) else ""
        raise ValueError(
            f"{quoted(text)} is not an id; use lower-case letters, digits and hyphens{such}"
        )
    return text


def slug(text: str) -> str:
    """Return an id made of a text's Latin letters and digits, "" where it has none."""
    plain = unicodedata.normalize("NFKD", short(text).lower()).encode("ascii", "ignore").decode()
    return "-".join(re.findall("[a-z0-9]+", plain))


def link(text: str) -> str:
    """Return a web address, or "", as it is."""
    try:
        address = urlsplit(text)
    except ValueError:  # brackets that hold no IPv6 address
        address = urlsplit("")
    if text and not (address.scheme in ("http", "https") and address.netloc):
        raise ValueError(
            f"{quoted(text)} is not a web address; start it with https:// or leave it empty"
        )
    return text


def visible(text: str) -> str:
    """Return a text as it is; it may hold no control character, and is no book."""
    if len(text) > MAX_TEXT:
        raise ValueError(f"is longer than {MAX_TEXT:,} characters; shorten it")
    if match := _INVISIBLE.search(text):
        raise ValueError(f"holds a control character (U+{ord(match[0]):04X}); remove it")
    return text


def filled(text: str) -> str:
    """Return a text as it is; it may not be empty."""
    if not text:
        raise ValueError("is empty; every row needs a value here")
    return text


def colour(text: str) -> str:
    """Return a colour as #rrggbb in lower case."""
    if not COLOUR_PATTERN.fullmatch(text):
        raise ValueError(f"{quoted(text)} is not a colour; write it as #2a78b5")
    return text.lower()


def is_language_tag(text: str) -> bool:
    """Return whether a text has the form of a language's code, such as az or sr-Latn (BCP 47)."""
    return _LANGUAGE_TAG.fullmatch(text) is not None


def not_a_language(tag: str) -> str:
    """Return the doubt about a column or property such as `name:english`."""
    return (
        f"{short(tag)!r} is not the code of a language, so nobody will see these texts; "
        "write it as az or sr-Latn"
    )
