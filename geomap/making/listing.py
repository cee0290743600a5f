"""Lists of places or columns within a sentence."""

from __future__ import annotations

from collections.abc import Sequence

from geomap.errors import short

_LISTED = 5
_LONGEST = 120


def few(texts: Sequence[str]) -> str:
    """Return the first of some texts, and how many more there are."""
    more = len(texts) - _LISTED
    listed = ", ".join(t if len(t) <= _LONGEST else short(t) for t in texts[:_LISTED])
    return f"{listed} and {more} more" if more > 0 else listed
