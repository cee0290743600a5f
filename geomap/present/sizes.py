"""Sizes that several outputs share, in pixels."""

from __future__ import annotations

PREVIEW = (1200, 630)
"""A picture for social media and for an editor's preview."""
PICTURE = (960, 600)
"""A picture where no size is asked for."""
NARROW_PICTURE = (360, 520)
"""A picture for a phone, where no script runs."""
EMBED_WIDTH = 640
"""The width for which an embed's height is given where only a height can be."""
EMBED_HEIGHTS = (460, 760)
"""The least and greatest height of an embed whose height follows from its width, be it by the
snippet's style or asked of a page that fits it."""
ACCEPTED_HEIGHTS = (200, 1000)
"""What such a page accepts at most, whoever asks (`web/static/embed.js`)."""
SHAPES = {"standard": (16, 13), "wide": (16, 9), "square": (1, 1), "tall": (3, 4)}
"""The shapes of an embed that the builder offers: width to height."""
SWATCH = (22, 14)
"""A swatch in the browser's legend and cards."""

REGION_NAME = 13.5
TOWN_NAME = 11.5
WATER_NAME = 12.0
COUNTRY_NAME = 12.0
LINE_NAME = 10.5
"""The letters of names on the map, where they are neither enlarged nor reduced."""

LOW_LETTERS, NARROW_LETTERS = 0.88, 0.94
"""How much smaller names on the map are where it is low, or (in the browser) narrow."""


def embed_height(shape: str, width: int = EMBED_WIDTH) -> int:
    """Return the height of an embed of one of `SHAPES` at a width, within `EMBED_HEIGHTS`."""
    across, down = SHAPES[shape]
    least, greatest = EMBED_HEIGHTS
    return min(max(round(width * down / across), least), greatest)


def css_properties() -> str:
    """Return the letters' sizes as declarations of CSS custom properties, in em of 16 px."""
    sizes = {
        "region": REGION_NAME,
        "town": TOWN_NAME,
        "water": WATER_NAME,
        "country": COUNTRY_NAME,
        "line": LINE_NAME,
    }
    declared = [f"--gm-size-{kind}:{size / 16}em;" for kind, size in sizes.items()]
    return "".join([*declared, f"--gm-low:{LOW_LETTERS};--gm-narrow-letters:{NARROW_LETTERS};"])
