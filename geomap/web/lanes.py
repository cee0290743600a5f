"""The lanes in which answers are made: what is slow to make never keeps the quick waiting."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Lane:
    """A kind of work with processes of its own.

    `seconds` is how long one answer may take, `most_jobs` how many may be waited for at once (in
    each worker), and `niceness` the priority that its processes leave to others.
    """

    name: str
    seconds: float
    most_jobs: int
    niceness: int


QUICK = Lane("quick", seconds=30, most_jobs=24, niceness=5)
"""Data of a few milliseconds: tables, feeds, items of OGC API, scripts and styles."""
PAGES = Lane("pages", seconds=60, most_jobs=16, niceness=10)
"""Pages for people and embeds."""
FILES = Lane("files", seconds=60, most_jobs=8, niceness=15)
"""Pictures, strips, and the regions of one day as a file."""
LONG = Lane("long", seconds=120, most_jobs=8, niceness=19)
"""Films, vector tiles, and the whole period as a file."""
LANES = (QUICK, PAGES, FILES, LONG)
