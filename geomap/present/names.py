"""Names on a map, before and after they have got their place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import shapely

from geomap.present import sizes
from geomap.present.board import Box

Side = Literal["left", "middle", "right", "above", "below"]
Dates = tuple[tuple[str, bool], ...]
"""The second line of a region's label as pieces, each with whether it is struck out."""


@dataclass(frozen=True)
class Name:
    """A name that wants a place: its own in degrees; `outline` in Mercator's unit square.

    Only regions, countries and lines have an outline, only towns a rank, only regions a number and
    dates: all second lines that its label may get, of which the widest needs to have room.
    """

    text: str
    lon: float
    lat: float
    outline: shapely.Geometry | None = None
    rank: int = 1
    dates: tuple[Dates, ...] = ()
    number: int = 0


@dataclass(frozen=True)
class Placed:
    """A name with its place, in pixels of the frame: the middle of its text, of a town the town.

    `side` is that of a town on which its name stands. `angle` is clockwise in degrees, of names
    that follow a line.
    """

    x: float
    y: float
    lines: tuple[str, ...]
    size: float
    side: Side = "middle"
    angle: float = 0


@dataclass(frozen=True)
class Form:
    """How a label is broken into lines: its name at each word, its dates at each comma.

    `dated` is whether it has its second line at all.
    """

    words: bool = False
    broken: bool = False
    dated: bool = True


@dataclass(frozen=True)
class RegionPlaced:
    """A region's label with its place: the middle of all its lines, in pixels of the frame.

    `dates` are the lines below the name, `outer` is the box around the middle that all lines take.
    `leader` is where a line leads from a label that stands
    beside its region, `marker` the place of a dot for a region too small to be seen. With
    `numbered` the region's number stands for the label, in a disc.
    """

    x: float
    y: float
    lines: tuple[str, ...]
    dates: tuple[Dates, ...]
    size: float
    form: Form = Form()
    outer: Box = (0, 0, 0, 0)
    leader: tuple[float, float] | None = None
    marker: tuple[float, float] | None = None
    number: int = 0
    numbered: bool = False


@dataclass(frozen=True)
class Names:
    """All names on a map."""

    regions: Sequence[Name]
    towns: Sequence[Name]
    waters: Sequence[Name]
    countries: Sequence[Name]
    lines: Sequence[Name] = ()


@dataclass(frozen=True)
class Letters:
    """The sizes of names in pixels. `slack` widens them for a font that is not known."""

    region: float = sizes.REGION_NAME
    town: float = sizes.TOWN_NAME
    water: float = sizes.WATER_NAME
    country: float = sizes.COUNTRY_NAME
    line: float = sizes.LINE_NAME
    slack: float = 1.0

    def times(self, share: float) -> Letters:
        """Return all sizes enlarged or reduced."""
        return Letters(
            region=self.region * share,
            town=self.town * share,
            water=self.water * share,
            country=self.country * share,
            line=self.line * share,
            slack=self.slack,
        )


@dataclass(frozen=True)
class Placement:
    """Where each name of a `Names` stands, None for no place.

    Of a country and of a line they are all places it may take. `shrunk` is the share of their size
    in which the labels of regions are set. With `numbered`, regions have numbers instead of labels,
    and the legend needs to say which is which. `spare` has further middles for each region's label,
    for a map that shows only a part of it.
    """

    regions: tuple[RegionPlaced | None, ...]
    towns: tuple[Placed | None, ...]
    waters: tuple[Placed | None, ...]
    countries: tuple[tuple[Placed, ...], ...]
    lines: tuple[tuple[Placed, ...], ...]
    shrunk: float
    numbered: bool
    spare: tuple[tuple[bool, ...], ...] = ()
