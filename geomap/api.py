"""geomap in Python: `geomap.open(DATASET)` and what a dataset can be asked for."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import orjson

from geomap import sources as _sources
from geomap.core import dataset as _dataset
from geomap.core.events import Event, resolve
from geomap.core.selection import check_known, check_language, check_sources
from geomap.core.status import Interval, intervals, status_on
from geomap.errors import BadQuery, NotFound
from geomap.files import write_whole

if TYPE_CHECKING:
    import folium

Day = date | str | None
PACKAGE = "package"
"""The name of the Data Package among the tables of the ledger."""
Sources = Collection[str] | str | None


class Dataset(_dataset.Dataset):
    """A dataset with its questions as methods. Days are dates or ISO texts such as 2020-11-30.

    Everywhere `known` limits the claims to those published by that day and `sources` to those of
    the named sources; None is no limit. Wrong values raise `geomap.errors.BadQuery`.
    """

    def status_on(
        self, date: Day = None, known: Day = None, sources: Sources = None
    ) -> gpd.GeoDataFrame:
        """Return who holds each region on a day (by default the dataset's own), one row a region.

        Columns as in `geomap.core.status.status_on`: dates as EDTF texts, missing values None, geometry
        in EPSG:4326. Raises BadQuery for a day outside the dataset's period.

        >>> table = open().status_on("2020-11-25", known="2020-11-24").set_index("id")
        >>> table.loc["kalbajar", ["control_status", "handover_due"]].tolist()
        ['due', '2020-11-25']
        """
        return status_on(self, date or self.meta.date, known, sources)

    def events(self, known: Day = None, sources: Sources = None) -> list[Event]:
        """Return what the visible claims agree on, in the order of the ledger.

        >>> for event in open().events(sources="ap-2020-11-30"):
        ...     if event.kind == "handover":
        ...         print(event.region, event.span)
        kalbajar [2020-11-15..2020-11-25]
        aghdam [2020-11-08~..2020-11-25]
        """
        return [*resolve(self.ledger, check_known(known), check_sources(self, sources))]

    def intervals(self, known: Day = None, sources: Sources = None) -> dict[str, list[Interval]]:
        """Return each region's statuses over the whole period, without gap, by region id.

        Days at both ends of an interval belong to it.

        >>> for part in open().intervals()["lachin"]:
        ...     print(part.first, part.last, part.status.control_status)
        2020-09-27 2020-11-09 held
        2020-11-10 2020-11-30 due
        2020-12-01 2020-12-01 handed_over
        """
        return intervals(self, known, sources)

    def draw(
        self, date: Day = None, known: Day = None, sources: Sources = None, **options: Any
    ) -> folium.Map:
        """Return the interactive map as a `folium.Map`; `lang`, `theme` and `controls` as options.

        Everything that the map needs is inside: it shows in a notebook, and one saved file works
        without a network. Raises BadQuery as `status_on` does, and for a language that the dataset
        does not offer.

        >>> page = open().draw("2020-11-30").get_root().render()
        >>> "<script src=" in page
        False
        """
        from geomap.map import draw

        check_language(self, options.get("lang", "en"))
        return draw(self, date=date, known=known, sources=sources, **options)

    def export(
        self,
        file: str | os.PathLike[str],
        date: Day = None,
        known: Day = None,
        sources: Sources = None,
        *,
        layer: str = "regions",
        **options: Any,
    ) -> Path:
        """Write data into a file, its format by the file's ending.

        `layer` says what: "regions", their status on `date`; "history", that over the whole period;
        "context", what is drawn beneath. Options: `lang`, `bbox` (west, south, east, north), and
        but for the context `simplify` (metres). The file is written whole or not at all. Returns
        its path. Raises NotFound for an unknown ending, CannotWrite where the file cannot be
        written.

        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     open().export(Path(folder) / "regions.gpkg", date="2020-11-20").name
        'regions.gpkg'
        """
        from geomap.formats import LAYERS, export_regions, format_for

        path = Path(file)
        ending = format_for(path.name).ending
        if layer not in LAYERS:
            raise BadQuery("layer", f"{layer!r} is not known; it takes one of {', '.join(LAYERS)}")
        if date is not None and layer != "regions":
            raise BadQuery("date", f"is not for the layer {layer!r}, which has every day")
        write = LAYERS[layer]
        if write is export_regions:
            options["date"] = date
        write_whole(path, write(self, ending, known=known, sources=sources, **options))
        return path

    def table(
        self, name: str, file: str | os.PathLike[str], known: Day = None, sources: Sources = None
    ) -> Path:
        """Write what lies behind the status into a file, `.csv` or `.json`.

        `name` is "events", "claims", "reports", "sources" or "actors", or "package": the Data Package
        that describes these tables, in JSON. Returns the file's path. Raises BadQuery for another
        name, NotFound for another ending, CannotWrite.

        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     open().table("claims", Path(folder) / "claims.csv").name
        'claims.csv'
        """
        from geomap.formats import LEDGER
        from geomap.formats.schema import datapackage

        path = Path(file)
        ending = path.suffix.lower().removeprefix(".")
        if name == PACKAGE:
            if ending != "json":
                raise NotFound(f"the Data Package is JSON; give {path.name!r} the ending .json")
            content = orjson.dumps(datapackage(self))
        elif name in LEDGER:
            content = LEDGER[name](self, ending, known, sources)
        else:
            names = ", ".join((*LEDGER, PACKAGE))
            raise BadQuery("layer", f"{name!r} is not known; it takes one of {names}")
        write_whole(path, content)
        return path

    def tiles(
        self,
        file: str | os.PathLike[str],
        known: Day = None,
        sources: Sources = None,
        *,
        lang: str = "en",
    ) -> Path:
        """Write the whole period as vector tiles into one file, `.pmtiles`; return its path.

        Raises BadQuery, CannotWrite.
        """
        from geomap.formats.tiles import export_tiles

        path = Path(file)
        check_language(self, lang)
        write_whole(path, export_tiles(self, known, sources, lang))
        return path

    def page(
        self,
        file: str | os.PathLike[str],
        date: Day = None,
        known: Day = None,
        sources: Sources = None,
        **options: Any,
    ) -> Path:
        """Write the interactive map into one HTML file that works without a network.

        Options: `lang`, `theme` (light, dark or auto) and `controls`, as `draw`. Returns the file's
        path. Raises BadQuery, CannotWrite.

        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     open().page(Path(folder) / "map.html", lang="az").name
        'map.html'
        """
        path = Path(file)
        page: str = self.draw(date, known, sources, **options).get_root().render()
        write_whole(path, page.encode())
        return path

    def feed(
        self,
        file: str | os.PathLike[str],
        page: str,
        known: Day = None,
        sources: Sources = None,
        *,
        lang: str = "en",
    ) -> Path:
        """Write the feed of claims (`.atom`) or the calendar of handovers (`.ics`) into a file.

        `page` is the address of the map's page, to which the entries lead; the feed is to stand beside
        it, as `feed.atom`. Returns the file's path. Raises NotFound for another ending, BadQuery,
        CannotWrite.

        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     open().feed(Path(folder) / "a.ics", "https://maps.example.org/handover-2020/").name
        'a.ics'
        """
        from geomap.feeds import export_feed

        path = Path(file)
        check_language(self, lang)
        ending = path.suffix.lower().removeprefix(".")
        write_whole(path, export_feed(self, ending, page, known, sources, lang))
        return path

    def style(
        self,
        file: str | os.PathLike[str],
        known: Day = None,
        sources: Sources = None,
        **options: Any,
    ) -> list[Path]:
        """Write the map's fills and hatches as a style: `.qml` (QGIS), `.sld` or `.json` (MapLibre).

        Options: `lang`, `theme` (light or dark) and, for MapLibre, `day`: lines and areas that are
        drawn on some days only are those of that day. A style for MapLibre expects
        `regions.geojson` and `context.geojson` beside it; its hatches are written there, too.
        Returns the paths of all files written. Raises NotFound for another ending, MissingExtra,
        CannotWrite.

        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     [path.name for path in open().style(Path(folder) / "map.qml")]
        ['map.qml']
        """
        from geomap.formats.styles import SPRITE_FILES, export_sprite, export_style

        path = Path(file)
        ending = path.suffix.lower().removeprefix(".")
        claims: dict[str, Any] = {"known": known, "sources": sources}
        files = {path: export_style(self, ending, **claims, **options)}
        for name in ("lang", "day"):
            options.pop(name, None)
        for name in SPRITE_FILES if ending == "json" else ():
            files[path.with_name(f"sprite{name}")] = export_sprite(self, name, **claims, **options)
        for target, content in files.items():
            write_whole(target, content)
        return list(files)

    def picture(
        self,
        file: str | os.PathLike[str],
        date: Day = None,
        known: Day = None,
        sources: Sources = None,
        **options: Any,
    ) -> Path:
        """Write the map of a day as a picture into a file: `.svg`, `.png` or `.pdf`.

        Options: `lang`, `theme` (light or dark), `width` and `height` in pixels. Returns the file's
        path. Raises NotFound for another ending, BadQuery, MissingExtra as
        `geomap.picture.picture` does, and CannotWrite.

        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     open().picture(Path(folder) / "map.svg", date="2020-11-20", width=640).name
        'map.svg'
        """
        from geomap.picture.picture import picture

        options |= {"date": date, "known": known, "sources": sources}
        return self._write(file, picture, options)

    def strip(
        self,
        file: str | os.PathLike[str],
        dates: Collection[date | str] | str | None = None,
        known: Day = None,
        sources: Sources = None,
        **options: Any,
    ) -> Path:
        """Write up to 12 days side by side as a picture into a file: `.svg`, `.png` or `.pdf`.

        Without `dates`, each day on which something happens. Otherwise as `picture`.
        """
        from geomap.picture.strip import strip

        options |= {"dates": dates, "known": known, "sources": sources}
        return self._write(file, strip, options)

    def film(
        self,
        file: str | os.PathLike[str],
        known: Day = None,
        sources: Sources = None,
        **options: Any,
    ) -> Path:
        """Write the days on which something happens as a film into a file: `.mp4` or `.gif`.

        Options: `lang`, `theme`, `width` and `height` in pixels (at most 1920), `rest` in seconds,
        `progress`, a function that is called with how much is done and how much there is. Otherwise
        as `picture`.
        """
        from geomap.picture.film import film

        options |= {"known": known, "sources": sources}
        return self._write(file, film, options)

    def _write(
        self, file: str | os.PathLike[str], draw: Callable[..., bytes], options: dict[str, Any]
    ) -> Path:
        """Draw something and write it into a file, whole or not at all."""
        path = Path(file)
        check_language(self, options.get("lang", "en"))
        write_whole(path, draw(self, path.suffix.lower().removeprefix("."), **options))
        return path


def open(source: str | os.PathLike[str] | None = None) -> Dataset:
    """Return the dataset in a folder or a zip of one; without argument the built-in dataset.

    Raises `geomap.errors.NotFound` where there is none, `geomap.errors.CannotRead` where it cannot
    be read, `geomap.errors.DatasetError` listing every fault where it is not sound.

    >>> open().meta.title["en"]
    'The handover of Kalbajar, Aghdam and Lachin'
    """
    data = _sources.open(source)
    return Dataset(**{field.name: getattr(data, field.name) for field in fields(data)})
