"""One dataset as a frozen value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import geopandas as gpd

from geomap.core.claims import Ledger
from geomap.core.meta import Meta, Period


@dataclass(frozen=True, eq=False)
class Dataset:
    """One dataset: what dataset.yaml says, the ledger, and regions and context in EPSG:4326.

    `version` is a hash of every byte that it was read from; equal bytes give an equal version.
    `catalogues` are the dataset's own translations of geomap, as gettext files by language.
    """

    meta: Meta
    ledger: Ledger
    regions: gpd.GeoDataFrame
    context: gpd.GeoDataFrame
    version: str
    catalogues: Mapping[str, bytes] = field(default_factory=dict)

    def __repr__(self) -> str:
        return (
            f"<Dataset {self.id}: {len(self.regions)} regions, {len(self.ledger.claims)} claims "
            f"by {len(self.ledger.sources)} sources, {self.period.start} to {self.period.end}>"
        )

    @property
    def id(self) -> str:
        """The dataset's name in addresses."""
        return self.meta.id

    @property
    def period(self) -> Period:
        """The days that the dataset speaks about."""
        return self.meta.period

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """What the map shows first: west, south, east, north in degrees."""
        if self.meta.view:
            return self.meta.view.bounds
        west, south, east, north = self.regions.total_bounds
        x, y = (east - west) * 0.15 + 1e-3, (north - south) * 0.15 + 1e-3
        return float(west - x), float(south - y), float(east + x), float(north + y)


def name_in(name: str, names: Mapping[str, str], language: str) -> str:
    """Return the name of a region, an actor or a source in `language`, else as it was written."""
    return names.get(language) or name


def text_in(texts: Mapping[str, str], language: str) -> str:
    """Return a text in `language`, else in English, else as it was written."""
    for key in (language, "en", ""):
        if texts.get(key):
            return texts[key]
    return next(iter(texts.values()), "")
