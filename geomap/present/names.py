"""Names on a map, before and after they have got their place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import shapely

from geomap.present import sizes

Side = Literal["left", "middle", "right"]


@dataclass(frozen=True)
class Name:
    """A name that wants a place: its own in degrees; `outline` in Mercator's unit square.

    Only regions and countries have an outline, only towns a rank.
    """

    text: str
    lon: float
    lat: float
    outline: shapely.Geometry | None = None
    rank: int = 1


@dataclass(frozen=True)
class Placed:
    """A name with its place: the middle of its text (of a town, the town itself), in pixels.

    That is `dx`, `dy` away from the anchor, which is at `x`, `y` of the frame. `side` is that of a
    town on which its name stands.
    """

    x: float
    y: float
    lines: tuple[str, ...]
    size: float
    side: Side = "middle"
    dx: float = 0
    dy: float = 0


@dataclass(frozen=True)
class Names:
    """All names on a map."""

    regions: Sequence[Name]
    towns: Sequence[Name]
    waters: Sequence[Name]
    countries: Sequence[Name]


@dataclass(frozen=True)
class Letters:
    """The sizes of names in pixels. `slack` widens them for a font that is not known."""

    region: float = sizes.REGION_NAME
    town: float = sizes.TOWN_NAME
    water: float = sizes.WATER_NAME
    country: float = sizes.COUNTRY_NAME
    slack: float = 1.0

    def times(self, share: float) -> Letters:
        """Return all sizes enlarged or reduced."""
        return Letters(
            region=self.region * share,
            town=self.town * share,
            water=self.water * share,
            country=self.country * share,
            slack=self.slack,
        )


@dataclass(frozen=True)
class Placement:
    """Where each name of a `Names` stands, None for no place; of a country, all places it may take.

    `shrunk` is the share of their size in which the names of regions are set.
    """

    regions: tuple[Placed | None, ...]
    towns: tuple[Placed | None, ...]
    waters: tuple[Placed | None, ...]
    countries: tuple[tuple[Placed, ...], ...]
    shrunk: float
