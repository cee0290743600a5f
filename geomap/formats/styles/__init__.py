"""The map's fills, hatches and legend as styles for other software."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from geomap.core.dataset import Dataset
from geomap.core.selection import check_date
from geomap.errors import NotFound
from geomap.formats.history import make_history
from geomap.formats.styles.maplibre import write_maplibre
from geomap.formats.styles.qml import write_qml
from geomap.formats.styles.rules import StyleSheet, style_of
from geomap.formats.styles.sld import write_sld
from geomap.formats.styles.sprite import RATIOS, sprite_index, sprite_picture

__all__ = [
    "SPRITE_FILES",
    "STYLES",
    "STYLE_TITLES",
    "export_sprite",
    "export_style",
    "style_of",
    "write_qml",
]

STYLES = {
    "qml": "application/xml",
    "sld": "application/vnd.ogc.sld+xml",
    "json": "application/vnd.mapbox.style+json",
}
"""The media types of styles by the endings of their files."""
STYLE_TITLES = {"qml": "QGIS", "sld": "SLD", "json": "MapLibre"}
SPRITE_FILES = (".json", ".png", "@2x.json", "@2x.png")
"""What the names of the files that hold a MapLibre style's hatches end in."""
ADDRESSES = {"regions": "regions.geojson", "context": "context.geojson", "sprite": "sprite"}


def export_style(
    dataset: Dataset,
    ending: str,
    known: date | str | None = None,
    sources: Collection[str] | str | None = None,
    lang: str = "en",
    theme: str = "light",
    addresses: Mapping[str, str] = ADDRESSES,
    day: date | str | None = None,
) -> bytes:
    """Return a style with every look that the regions have during the dataset's period.

    It fits the regions of any day, by `known` and `sources` given alike, and their history.
    `addresses` are where a style for MapLibre finds its data and its sprite; `day`, else the
    dataset's own date, says what of the ground is drawn. Raises NotFound for an unknown ending,
    BadQuery.
    """
    if ending not in STYLES:
        raise NotFound(f"there is no style {ending!r}; there are {', '.join(STYLES)}")
    sheet = _sheet(dataset, known, sources, lang, theme)
    if ending == "json":
        return write_maplibre(
            sheet, dataset, addresses, check_date(dataset, day or dataset.meta.date)
        )
    return write_qml(sheet) if ending == "qml" else write_sld(sheet)


def export_sprite(
    dataset: Dataset,
    file: str,
    known: date | str | None = None,
    sources: Collection[str] | str | None = None,
    theme: str = "light",
) -> bytes:
    """Return a file of the hatches of a style for MapLibre: `.json`, `.png`, `@2x.json`, `@2x.png`.

    Raises NotFound, BadQuery, and MissingExtra for a PNG without the extra `pictures`.
    """
    if file not in SPRITE_FILES:
        raise NotFound(f"there is no sprite {file!r}; there are {', '.join(SPRITE_FILES)}")
    size, _, ending = file.rpartition(".")
    sheet = _sheet(dataset, known, sources, dataset.meta.languages[0], theme)
    write = sprite_index if ending == "json" else sprite_picture
    return write(sheet, RATIOS[size])


def _sheet(
    dataset: Dataset,
    known: date | str | None,
    sources: Collection[str] | str | None,
    lang: str,
    theme: str,
) -> StyleSheet:
    sheet = style_of(make_history(dataset, known, sources, lang), theme)
    assert sheet is not None
    return sheet
