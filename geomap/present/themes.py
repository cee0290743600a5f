"""The colours that are not an actor's, for light, dark and print: the only place that names them.

The map's style sheet takes them as custom properties (`css_properties`), pictures as values. Print
uses `light`.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Theme:
    """One theme's colours by role, as CSS writes them.

    `ink` and `muted` are for text, `paper` and `rule` for panels, `land` to `district` for the map,
    `hatch` for what is not clear, `outline` for the outlines of regions, `dashes` for dashed ones
    and for lines over the land, `halo` goes around names, `accent` marks links, `focus` what the
    keyboard is on. `opacity` is how strongly the colours and patterns of regions cover the land.
    """

    ink: str
    muted: str
    paper: str
    rule: str
    land: str
    water: str
    shore: str
    border: str
    district: str
    hatch: str
    outline: str
    dashes: str
    track: str
    halo: str
    focus: str
    accent: str
    opacity: float
    dark: bool = False


THEMES = {
    "light": Theme(
        ink="#1c2530",
        muted="#5b6673",
        paper="#ffffff",
        rule="#d5dade",
        land="#f2f1ec",
        water="#cfe0ea",
        shore="#93b4c6",
        border="#8b95a0",
        district="#c3c9cf",
        hatch="#6b7682",
        outline="#1c2530",
        dashes="#1c2530",
        track="#eceff1",
        halo="#ffffffd9",
        focus="#0b57d0",
        accent="#1f5f94",
        opacity=0.72,
    ),
    "dark": Theme(
        ink="#eef2f6",
        muted="#aab4be",
        paper="#161c24",
        rule="#3a434d",
        land="#232a33",
        water="#122b3a",
        shore="#3d6075",
        border="#6f7a85",
        district="#414b56",
        hatch="#aab4be",
        outline="#0d1218",
        dashes="#c9d1d9",
        track="#3a434d",
        halo="#10161dd9",
        focus="#9ecbff",
        accent="#7fbdec",
        opacity=0.84,
        dark=True,
    ),
}


def css_properties(theme: str) -> str:
    """Return a theme's colours as declarations of CSS custom properties, `--gm-ink:#1c2530;…`."""
    colours = asdict(THEMES[theme])
    del colours["dark"]
    return "".join(f"--gm-{role}:{colour};" for role, colour in colours.items())
