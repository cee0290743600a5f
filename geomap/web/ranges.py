"""The header Range (RFC 9110, section 14): which bytes of a file a client asks for."""

from __future__ import annotations

import re

_ONE_RANGE = re.compile(r"bytes\s*=\s*(\d{0,18})\s*-\s*(\d{0,18})\s*", re.ASCII | re.IGNORECASE)


def asked_range(asked: str | None, if_range: str | None, size: int, tag: str) -> range | None:
    """Return which bytes of `size` are asked for, empty where the file has none of them.

    None if the whole file is to be sent: without the header, for several ranges at once, for a
    header that makes no sense, and where `if_range` is not the `tag` of the file, so that it has
    changed since.
    """
    match = _ONE_RANGE.fullmatch((asked or "").strip())
    if match is None or (if_range is not None and if_range.strip() != tag):
        return None
    first, last = match.groups()
    if not first:
        return range(max(0, size - int(last)), size) if last else None
    if last and int(last) < int(first):
        return None
    return range(int(first), min(int(last) + 1 if last else size, size))
