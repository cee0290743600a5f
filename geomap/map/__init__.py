"""The interactive map, as Folium draws it, and what stands in for it without scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geomap.core.dataset import Dataset
from geomap.map.noscript import noscript
from geomap.present import payload, select, view
from geomap.present.selection import Day, Sources
from geomap.wording import words_in

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

    words = words_in(lang, dataset)
    shown = view(dataset, select(dataset, date, known, sources), words)
    without_scripts = noscript(shown.today, words)
    return build(payload(shown), theme=theme, controls=controls, without_scripts=without_scripts)
