"""The outlines of all regions as the browser gets them: as fine as its frames can show."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import shapely

from geomap.cache import OwnerCache
from geomap.core.arcs import Arcs, arcs_of
from geomap.core.dataset import Dataset
from geomap.present.scene import fit
from geomap.present.zooms import zoom_limits

_FRAME = (1000, 800)
"""A large frame, in pixels."""
_CLOSER = 2
"""By so many zooms more than a large frame needs for the whole map are outlines exact."""
_EXACT = 0.5
"""Pixels by which a simplified outline may differ from its region's."""
_DEGREES_PER_PIXEL = 360 / 256
"""At zoom 0, along the equator."""


@dataclass(frozen=True)
class Outlines:
    """The regions' outlines, in the dataset's order, on a grid of `1 / scale` degrees."""

    scale: int
    arcs: Arcs


_outlines: OwnerCache[Dataset, Outlines] = OwnerCache(1)


def outlines_of(dataset: Dataset) -> Outlines:
    """Return the outlines of a dataset's regions, simplified so that neighbours still fit together.

    What is left out is too small to be seen at the zooms at which a large frame shows the whole map,
    or a quarter of its width: so their size hangs on what is shown, and not on how finely it was drawn.
    """
    return _outlines.get(dataset, None, lambda: _make(dataset))


def _make(dataset: Dataset) -> Outlines:
    zoom = min(fit(dataset.bounds, *_FRAME, pad=0).zoom + _CLOSER, zoom_limits(dataset)[1])
    tolerance = _EXACT * _DEGREES_PER_PIXEL / 2**zoom
    scale = 10 ** max(0, math.ceil(-math.log10(tolerance)))
    geometries = np.asarray(dataset.regions.geometry.array)
    return Outlines(scale, arcs_of(shapely.coverage_simplify(geometries, tolerance), scale))
