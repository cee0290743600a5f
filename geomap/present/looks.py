"""How a status looks: fill, pattern and outline, the same in the browser and in pictures.

`KINDS` has one entry for each status kind, `MODIFIERS` one for what can be so besides. A new status
kind needs its entry here, its rule in `core.rules` and its sentence in `wording`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from geomap.present.statuses import Facts

OPACITY = 0.72
"""How strongly a region's colours cover the land."""
SWATCH_OUTLINE = 0.65
"""The width of a swatch's outline, and of its dashes, as a share of a region's."""


@dataclass(frozen=True)
class Colour:
    """A colour by what it stands for: an actor (by id), or else a role of the theme."""

    actor: str | None = None
    role: str = ""


INK, PAPER, HATCH = Colour(role="ink"), Colour(role="paper"), Colour(role="hatch")


@dataclass(frozen=True)
class Stripe:
    """Parallel bars of one colour, `width` pixels wide; `across` turns them by a right angle."""

    colour: Colour
    width: float
    across: bool = False


@dataclass(frozen=True)
class Pattern:
    """Stripes over a fill, repeated every `period` pixels.

    `angle` is in degrees, clockwise from upright; 45 leans like a slash.
    """

    period: float
    angle: float
    stripes: tuple[Stripe, ...]


@dataclass(frozen=True)
class Outline:
    """The line around a region: its width and dashes in pixels."""

    width: float = 1.5
    dash: tuple[float, ...] = ()
    colour: Colour = INK


@dataclass(frozen=True)
class Look:
    """How a status looks. `fill` is None where the land shows through.

    `opacity` is that of the fill, on top of `OPACITY`, which counts for the pattern too. `sign`
    stands for the look where there are no colours.
    """

    fill: Colour | None
    opacity: float = 1.0
    pattern: Pattern | None = None
    outline: Outline = Outline()
    sign: str = "■"


def _held(facts: Facts) -> Look:
    return Look(Colour(facts.actor, "" if facts.actor else "paper"))


def _due(facts: Facts) -> Look:
    stripes = (Stripe(Colour(facts.next_actor), 4),) if facts.next_actor else ()
    return replace(_held(facts), pattern=Pattern(9, 45, stripes), sign="◪")


def _unclear(facts: Facts) -> Look:
    return Look(PAPER, 0.75, Pattern(5, -45, (Stripe(HATCH, 1.3),)), sign="?")


def _unknown(facts: Facts) -> Look:
    return Look(None, outline=Outline(dash=(4, 4)), sign="□")


KINDS: dict[str, Callable[[Facts], Look]] = {
    "held": _held,
    "handed_over": _held,
    "due": _due,
    "unclear": _unclear,
    "unknown": _unknown,
}
"""The look of each status kind."""


def _divided(look: Look) -> Look:
    """Pale, with bars of the holder's colour."""
    if look.fill is None or look.fill.actor is None:
        return look
    return replace(_striped(look, Stripe(look.fill, 2), first=True), opacity=0.4)


def _disputed(look: Look) -> Look:
    """Under a fine grid."""
    return _striped(look, Stripe(INK, 0.8), Stripe(INK, 0.8, across=True))


def _overdue(look: Look) -> Look:
    """Within a bold dashed outline."""
    return replace(look, outline=Outline(3, (8, 5)))


MODIFIERS: dict[str, Callable[[Look], Look]] = {
    "part": _divided,
    "disputed": _disputed,
    "overdue": _overdue,
}
"""What a fact besides the status kind changes, in the order in which they apply."""


def look_of(facts: Facts) -> Look:
    """Return the look of a status."""
    look = KINDS[facts.kind](facts)
    for name, change in MODIFIERS.items():
        if getattr(facts, name):
            look = change(look)
    return look


def swatch_outline(outline: Outline) -> Outline:
    """Return the outline of a swatch that stands for a region with `outline`."""
    dash = tuple(length * SWATCH_OUTLINE for length in outline.dash)
    return replace(outline, width=outline.width * SWATCH_OUTLINE, dash=dash)


def _striped(look: Look, *stripes: Stripe, first: bool = False) -> Look:
    """Return a look with further stripes, over or (`first`) under those that it has."""
    pattern = look.pattern or Pattern(6, 45, ())
    both = (*stripes, *pattern.stripes) if first else (*pattern.stripes, *stripes)
    return replace(look, pattern=replace(pattern, stripes=both))
