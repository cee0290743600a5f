"""How a status looks: fill, pattern and outline, the same in the browser and in pictures.

`KINDS` has one entry for each status kind, `MODIFIERS` one for what can be so besides. A new status
kind needs its entry here, its rule in `core.region_status` and its sentence in `wording`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from geomap.present.statuses import Facts

SWATCH_OUTLINE = 0.65
"""The width of a swatch's outline, and of its dashes, as a share of a region's."""


@dataclass(frozen=True)
class Colour:
    """A colour by what it stands for: an actor (by id), or else a role of the theme."""

    actor: str | None = None
    role: str = ""


INK, PAPER, HATCH = Colour(role="ink"), Colour(role="paper"), Colour(role="hatch")
LAND, DISTRICT = Colour(role="land"), Colour(role="district")
OUTLINE, DASHES = Colour(role="outline"), Colour(role="dashes")


@dataclass(frozen=True)
class Stripe:
    """Parallel bars of one colour, `width` pixels wide, that begin at `start` of each period.

    `across` turns them by a right angle.
    """

    colour: Colour
    width: float
    start: float = 0.0
    across: bool = False


@dataclass(frozen=True)
class Pattern:
    """Stripes over a fill, the later over the earlier, repeated every `period` pixels.

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
    colour: Colour = OUTLINE


@dataclass(frozen=True)
class Look:
    """How a status looks. `fill` is None where the land shows through.

    `opacity` is that of the fill, on top of the theme's, which counts for the patterns too. Of two
    patterns the second lies over the first; a square of its period holds the first a whole number
    of times (see `_slanted` and `_over`), so that a browser can repeat both as one. `sign` stands
    for the look where there are no colours.
    """

    fill: Colour | None
    opacity: float = 1.0
    patterns: tuple[Pattern, ...] = ()
    outline: Outline = Outline()
    sign: str = "■"


def _held(facts: Facts) -> Look:
    return Look(Colour(facts.actor, "" if facts.actor else "paper"))


def _due(facts: Facts) -> Look:
    """The holder's colour, with slanted bars of whoever is to get it."""
    bars = _side_by_side(facts.next_actors, 4)
    return replace(
        _held(facts), patterns=(Pattern(_slanted(5 + 4 * len(bars)), 45, bars),), sign="◪"
    )


def _unclear(facts: Facts) -> Look:
    """Grey hatching; between its lines the colour of each who is claimed to hold it."""
    step = 7.0 if facts.claimants else 5.0
    stripes: list[Stripe] = []
    for number, actor in enumerate(facts.claimants or (None,)):
        stripes.append(Stripe(HATCH, 1.3, number * step))
        if actor:
            stripes.append(Stripe(Colour(actor), 4, number * step + 2.2))
    period = _slanted(step * max(len(facts.claimants), 1))
    return Look(PAPER, 0.75, (Pattern(period, -45, tuple(stripes)),), sign="?")


def _unknown(facts: Facts) -> Look:
    return Look(None, outline=Outline(dash=(1.5, 3), colour=DASHES), sign="□")


_TINT, _TONE = 0.15, 0.48
"""How strong the tint of a country is, and the tone of land that a note speaks of: see `Look`."""
LINE = Look(None, outline=Outline(1.6, (5, 4), DASHES), sign="┄")
"""A line beneath the names, such as one that was in force earlier."""
PLAIN_LAND = Look(LAND, outline=Outline(1, colour=DISTRICT), sign=" ")
"""Land of which the map says nothing."""


def tint_of(actor: str) -> Look:
    """Return the pale look of an actor's own country, which is never the look of a status."""
    return Look(Colour(actor), _TINT, outline=Outline(0))


def tone_of(actor: str) -> Look:
    """Return the look of land outside the regions of which a note says that an actor holds it.

    Without an actor it is grey.
    """
    fill = Colour(actor) if actor else HATCH
    return Look(fill, _TONE, outline=Outline(1, colour=DISTRICT))


KINDS: dict[str, Callable[[Facts], Look]] = {
    "held": _held,
    "handed_over": _held,
    "due": _due,
    "unclear": _unclear,
    "unknown": _unknown,
}
"""The look of each status kind."""


def _divided(look: Look, facts: Facts) -> Look:
    """With upright bars of who else holds a part, thin ones where that is not certain.

    They have a rim, for eyes to which both colours are alike.
    """
    certain = facts.divided == "yes"
    width, rim, gap = (5.0, 1.0, 7) if certain else (2.0, 0.5, 11)
    bars = _side_by_side(facts.other_actors, width, rim)
    edges = Stripe(PAPER, 2 * rim + width * len(bars))
    period = round(edges.width) + gap
    if look.patterns:
        period, sign = _over(look.patterns[-1], period), look.sign
    else:
        sign = "◧" if certain else "▥"
    pattern = Pattern(period, 0, (edges, *bars))
    return replace(look, patterns=(*look.patterns, pattern), sign=sign)


def _disputed(look: Look, facts: Facts) -> Look:
    """Under a fine grid; where sources name different holders, the hatching says so already."""
    if facts.claimants:
        return look
    grid = (Stripe(INK, 0.8), Stripe(INK, 0.8, across=True))
    *below, last = look.patterns or (Pattern(_slanted(6), 45, ()),)
    return replace(look, patterns=(*below, replace(last, stripes=(*last.stripes, *grid))))


def _claimed(look: Look, facts: Facts) -> Look:
    """With thin level lines of those who claim it without holding it, side by side in a pale rim."""
    line, rim, gap, start = 1.6, 0.8, 7, 2.5
    lines = _side_by_side(facts.claimed_by, line, start + rim, across=True)
    edges = Stripe(PAPER, 2 * rim + line * len(lines), start, across=True)
    period = math.ceil(edges.width) + gap
    if look.patterns:
        period, sign = _over(look.patterns[-1], period), look.sign
    else:
        sign = "▤"
    pattern = Pattern(period, 0, (edges, *lines))
    return replace(look, patterns=(*look.patterns, pattern), sign=sign)


def _overdue(look: Look, facts: Facts) -> Look:
    """Within a bold dashed outline."""
    return replace(look, outline=Outline(3, (8, 5), DASHES))


MODIFIERS: tuple[tuple[Callable[[Facts], bool], Callable[[Look, Facts], Look]], ...] = (
    (lambda facts: facts.divided != "no", _divided),
    (lambda facts: facts.disputed, _disputed),
    (lambda facts: bool(facts.claimed_by), _claimed),
    (lambda facts: facts.overdue, _overdue),
)
"""What can be so besides the status kind, and what it changes, in the order in which they apply."""


@lru_cache(maxsize=1024)
def look_of(facts: Facts) -> Look:
    """Return the look of a status."""
    look = KINDS[facts.kind](facts)
    for applies, change in MODIFIERS:
        if applies(facts):
            look = change(look, facts)
    return look


def swatch_outline(outline: Outline) -> Outline:
    """Return the outline of a swatch that stands for a region with `outline`."""
    dash = tuple(length * SWATCH_OUTLINE for length in outline.dash)
    return replace(outline, width=outline.width * SWATCH_OUTLINE, dash=dash)


def _side_by_side(
    actors: Sequence[str], width: float, start: float = 0, *, across: bool = False
) -> tuple[Stripe, ...]:
    """Bars of several actors' colours, one behind the other."""
    return tuple(
        Stripe(Colour(actor), width, start + number * width, across)
        for number, actor in enumerate(actors)
    )


def _slanted(period: float) -> float:
    """The nearest period whose bars at 45 degrees are a whole number of pixels apart on a level."""
    return round(period * math.sqrt(2)) / math.sqrt(2)


def _over(below: Pattern, least: float) -> int:
    """The least period of upright or level bars over others with which both repeat alike."""
    apart = round(below.period * (math.sqrt(2) if below.angle % 90 else 1))
    return apart * math.ceil(least / apart)
