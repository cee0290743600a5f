"""What was meant by a misspelt name, in bounded time however many names are wrong."""

from __future__ import annotations

import difflib
from bisect import bisect_left
from collections.abc import Iterable

from geomap.errors import quoted, short

_MOST = 30
"""Suggestions that one `Names` makes: who reads a list of faults has seen the pattern by then."""
_NEIGHBOURS = 500
_LONGEST = 60
_LISTED = 20


class Names:
    """The names that may be used somewhere, to say of a wrong one what was meant."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = sorted(names)
        self._hints: dict[str, str] = {}

    def meant(self, name: str) -> str:
        """Return the name most like `name`; "" if none is, or too many have been asked for.

        Among more than 500 names, only those next to it in the alphabet are compared.
        """
        if name not in self._hints:
            if len(name) > _LONGEST or len(self._hints) >= _MOST:
                return ""
            place = bisect_left(self._names, name)
            first = max(0, min(place - _NEIGHBOURS // 2, len(self._names) - _NEIGHBOURS))
            candidates = self._names[first : first + _NEIGHBOURS]
            near = difflib.get_close_matches(name, candidates, n=1)
            self._hints[name] = near[0] if near else ""
        return self._hints[name]

    def hint(self, name: str) -> str:
        """Return the end of a sentence about a wrong name: what was meant, or what there is."""
        if near := self.meant(name):
            return f"is {quoted(near)} meant?"
        listed = [short(known) for known in self._names[:_LISTED]]
        more = ["…"] if len(self._names) > _LISTED else []
        return f"known: {', '.join([*listed, *more]) or 'none'}"
