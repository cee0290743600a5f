"""What every part of a picture shares: its day, its colours and sizes, and how a status is inked."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import Any

from geomap.core.dataset import Dataset
from geomap.core.rules import Status
from geomap.present.scene import Hatch, Theme, mix
from geomap.wording import Words

NARROW = 480
"""Below this width, in pixels, the legend moves under the map."""
LOW = 300
"""Below this height, in pixels, it does so too, and letters on the map are smaller."""
_SHARE = 0.72
"""How strongly a region's colour covers the land, as on the interactive map."""
_FAINT = 0.29


@dataclass(frozen=True)
class Sheet:
    """What every part of a picture needs: which day of which dataset, its colours and sizes.

    `known` and `sources` are None where nothing is left out; sizes are in pixels.
    """

    dataset: Dataset
    words: Words
    day: date
    known: date | None
    sources: tuple[str, ...] | None
    found: list[Status]
    theme: Theme
    width: int
    height: int

    @property
    def scale(self) -> float:
        """How large letters and lines are: they grow with the picture and shrink less than it."""
        size = math.sqrt(self.width * self.height / (960 * 600))
        return min(size, 2.4) if size > 1 else 1 - (1 - size) * 0.3

    @property
    def small(self) -> bool:
        """Whether there is no room for a legend on the map."""
        return self.width < NARROW or self.low

    @property
    def low(self) -> bool:
        """Whether the picture is so low that letters on the map have to be smaller."""
        return self.height < LOW

    def colour(self, actor: str | None) -> str:
        """Return an actor's colour in this theme; nobody's is the paper's."""
        if actor is None:
            return self.theme.paper
        found = self.dataset.ledger.actors[actor]
        return (found.dark or found.colour) if self.theme.dark else found.colour


def fill_of(
    sheet: Sheet,
    kind: str,
    actor: str | None,
    following: str | None = None,
    *,
    part: bool = False,
    disputed: bool = False,
) -> tuple[str | None, tuple[Hatch, ...]]:
    """Return the fill of a status: its actor's colour, and the bars that say what else is so.

    `kind` is a control status, `following` the actor who is to get the region.
    """
    theme, scale = sheet.theme, sheet.scale
    held = mix(sheet.colour(actor), theme.land, _SHARE)
    fill: str | None = held
    hatches: list[Hatch] = []
    if kind == "unclear":
        fill = mix(theme.paper, theme.land, 0.6)
        hatches.append(Hatch(theme.hatch, 1.3 * scale, 5 * scale, -45))
    elif kind == "unknown":
        fill = None
    else:
        if part:
            fill = mix(sheet.colour(actor), theme.land, _FAINT)
            hatches.append(Hatch(held, 2 * scale, (9 if following else 6) * scale, 45))
        if following:
            colour = mix(sheet.colour(following), theme.land, _SHARE)
            hatches.append(Hatch(colour, 4 * scale, 9 * scale, 45))
    if disputed:
        hatches += [Hatch(theme.ink, 0.8 * scale, 6 * scale, angle) for angle in (45, -45)]
    return fill, tuple(hatches)


def outline_of(
    sheet: Sheet, *, unknown: bool = False, overdue: bool = False, thin: bool = False
) -> dict[str, Any]:
    """Return how a region is outlined, as arguments of a Shape; `thin` for a legend's sign."""
    scale = sheet.scale * (0.55 if thin else 1)
    if overdue:
        look = {"stroke_width": 3 * scale, "dash": (8 * scale, 5 * scale)}
    elif unknown:
        look = {"stroke_width": 1.4 * scale, "dash": (4 * scale, 4 * scale)}
    else:
        look = {"stroke_width": 1.4 * scale, "dash": ()}
    return {"stroke": sheet.theme.ink, **look}
