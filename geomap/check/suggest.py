"""What was meant by a misspelt name, in bounded time however many names are wrong."""

from __future__ import annotations

import difflib
from bisect import bisect_left
from collections.abc import Iterable, Mapping

from geomap.check.values import slug
from geomap.errors import quoted, short

_MOST = 30
"""Suggestions that one `Names` makes: who reads a list of faults has seen the pattern by then."""
_NEIGHBOURS = 500
_LONGEST = 60
_LISTED = 20


class Names:
    """The names that may be used somewhere, to say of a wrong one what was meant.

    `called` holds names by what else people call them, such as ids by the names that readers see.
    """

    def __init__(self, names: Iterable[str], called: Mapping[str, str] | None = None) -> None:
        self._names = sorted(names)
        self._called = {text.casefold(): name for text, name in (called or {}).items()}
        self._hints: dict[str, str] = {}

    def meant(self, name: str) -> str:
        """Return the name most like `name`; "" if none is, or too many have been asked for.

        Among more than 500 names, only those next to it in the alphabet are compared.
        """
        if own := self._called.get(name.casefold()):
            return own
        if name not in self._hints:
            if len(name) > _LONGEST or len(self._hints) >= _MOST:
                return ""
            place = bisect_left(self._names, name)
            first = max(0, min(place - _NEIGHBOURS // 2, len(self._names) - _NEIGHBOURS))
            candidates = self._names[first : first + _NEIGHBOURS]
            near = difflib.get_close_matches(slug(name) or name, candidates, n=1)
            self._hints[name] = near[0] if near else ""
        return self._hints[name]

    def hint(self, name: str) -> str:
        """Return the end of a sentence about a wrong name: what was meant, or what there is."""
        if own := self._called.get(name.casefold()):
            return f"write {quoted(own)}, which is the id of that name"
        if near := self.meant(name):
            return f"is {quoted(near)} meant?"
        listed = [short(known) for known in self._names[:_LISTED]]
        more = ["…"] if len(self._names) > _LISTED else []
        return f"known: {', '.join([*listed, *more]) or 'none'}"
