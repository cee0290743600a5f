"""The map as Folium draws it, and as a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geomap.core.dataset import Dataset
from geomap.map.noscript import still
from geomap.present.payload import Day, Sources, payload

if TYPE_CHECKING:
    import folium

__all__ = ["draw"]


def draw(
    dataset: Dataset,
    *,
    date: Day = None,
    known: Day = None,
    sources: Sources = None,
    lang: str = "en",
    theme: str = "auto",
    controls: str = "full",
) -> folium.Map:
    """Return the interactive map of a dataset, everything it needs inside.

    It shows in a notebook and `.save("map.html")` writes one file that works without a network.
    Raises BadQuery as `status_on` does, ValueError for an unknown theme or controls.
    """
    from geomap.map.folium_map import build

    content = payload(dataset, date=date, known=known, sources=sources, lang=lang)
    return build(content, theme=theme, controls=controls, without_scripts=still(content))
