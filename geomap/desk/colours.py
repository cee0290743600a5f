"""How colours look to eyes that see them differently, and how far apart two of them are.

Colour-blind sight is simulated by the matrices of Machado, Oliveira and Fernandes, "A
Physiologically-based Model for Simulation of Color Vision Deficiency" (IEEE TVCG 15, 2009), for the
whole absence of one kind of cone; they are for linear RGB. Distances are CIE 1976 L*a*b* ones.
"""

from __future__ import annotations

from typing import Any

import numpy as np

Colour = np.ndarray[Any, np.dtype[np.float64]]
"""Red, green and blue of sRGB, 0 to 1."""

SIGHTS: dict[str, list[list[float]]] = {
    "normal": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
APART = 15
"""The least distance of two fills; 2.3 is what an eye can just tell when they lie side by side."""
_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
"""Linear sRGB to CIE XYZ under daylight D65 (IEC 61966-2-1)."""
_WHITE = _XYZ.sum(axis=1)


def over(colour: str, ground: str, opacity: float) -> Colour:
    """Return a colour as it looks over another; both as #rrggbb."""
    top, below = _parsed(colour), _parsed(ground)
    mixed: Colour = top * opacity + below * (1 - opacity)
    return mixed


def seen(colour: Colour, sight: str) -> Colour:
    """Return how a colour looks to an eye of `SIGHTS`."""
    linear = np.clip(np.array(SIGHTS[sight]) @ _linear(colour), 0, 1)
    looks: Colour = np.where(
        linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055
    )
    return looks


def difference(one: Colour, other: Colour) -> float:
    """Return how far apart two colours are; 0 where they are one colour."""
    return float(np.linalg.norm(_lab(one) - _lab(other)))


def _linear(colour: Colour) -> Colour:
    """Return the light of a colour, in proportion to its intensity (IEC 61966-2-1)."""
    light: Colour = np.where(colour <= 0.04045, colour / 12.92, ((colour + 0.055) / 1.055) ** 2.4)
    return light


def _lab(colour: Colour) -> Colour:
    ratio = _XYZ @ _linear(colour) / _WHITE
    x, y, z = np.where(ratio > 216 / 24389, np.cbrt(ratio), (ratio * 24389 / 27 + 16) / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def _parsed(colour: str) -> Colour:
    return np.array([int(colour[place : place + 2], 16) for place in (1, 3, 5)]) / 255
