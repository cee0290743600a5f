"""What every part of a picture shares: its colours and sizes, and how a look is drawn in them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from geomap.core.claims import Actor
from geomap.present import sizes
from geomap.present.looks import LAND, Colour, Look, Outline, Pattern, swatch_outline
from geomap.present.names import Letters
from geomap.present.scene import Hatch, mix
from geomap.present.themes import Theme

NARROW = 480
"""Below this width, in pixels, the legend moves under the map."""
LOW = 300
"""Below this height, in pixels, it does so too, and letters on the map are smaller."""


@dataclass(frozen=True)
class Style:
    """The colours and sizes of a picture, `width` by `height` pixels large.

    In one of a language from right to left (`rtl`) texts, legend, chart and panels run that way.
    """

    theme: Theme
    actors: Mapping[str, Actor]
    width: int
    height: int
    rtl: bool = False

    @property
    def scale(self) -> float:
        """How large letters and lines are: they grow with the picture and shrink less than it."""
        size = math.sqrt(self.width * self.height / math.prod(sizes.PICTURE))
        return min(size, 2.4) if size > 1 else 1 - (1 - size) * 0.3

    @property
    def small(self) -> bool:
        """Whether there is no room for a legend on the map."""
        return self.width < NARROW or self.low

    @property
    def low(self) -> bool:
        """Whether the picture is so low that letters on the map have to be smaller."""
        return self.height < LOW

    @property
    def letters(self) -> Letters:
        """The sizes of names on the map."""
        return Letters().times(self.scale * (sizes.LOW_LETTERS if self.low else 1))

    def colour(self, colour: Colour) -> str:
        """Return a colour in this theme."""
        if colour.actor is None:
            return str(getattr(self.theme, colour.role))
        actor = self.actors[colour.actor]
        return (actor.dark or actor.colour) if self.theme.dark else actor.colour

    def over_land(self, colour: Colour, opacity: float = 1) -> str:
        """Return a colour as it covers the land."""
        return mix(self.colour(colour), self.theme.land, self.theme.opacity * opacity)


def fill(style: Style, look: Look) -> dict[str, Any]:
    """Return the fill and pattern of a look as arguments of a Shape."""
    return {
        # Land, not the tint of the country beneath it.
        "fill": style.over_land(look.fill or LAND, look.opacity),
        "hatches": tuple(hatch for one in look.patterns for hatch in _hatches(style, one)),
    }


def _hatches(style: Style, pattern: Pattern) -> tuple[Hatch, ...]:
    return tuple(
        Hatch(
            style.over_land(stripe.colour),
            stripe.width * style.scale,
            pattern.period * style.scale,
            pattern.angle + (90 if stripe.across else 0),
            stripe.start * style.scale,
        )
        for stripe in pattern.stripes
    )


def stroke(style: Style, outline: Outline) -> dict[str, Any]:
    """Return an outline as arguments of a Shape."""
    return {
        "stroke": style.colour(outline.colour),
        "stroke_width": outline.width * style.scale,
        "dash": tuple(length * style.scale for length in outline.dash),
    }


def swatch(style: Style, look: Look) -> dict[str, Any]:
    """Return a legend's sign as arguments of a Shape."""
    return {**fill(style, look), **stroke(style, swatch_outline(look.outline))}
