"""What every format writes: rows of plain values with outlines, and how those of a day are made."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import pandas as pd

from geomap.core.claims import Source
from geomap.core.dataset import Dataset, name_in, text_in
from geomap.core.events import source_counts
from geomap.core.further import further
from geomap.core.geometry import CRS
from geomap.core.region_status import Status
from geomap.core.selection import check_date, check_known, check_language, check_sources
from geomap.core.status import COLUMNS, intervals, row, statuses
from geomap.errors import MissingExtra
from geomap.formats.query import Bbox
from geomap.formats.shapes import Shapes, inside, shapes
from geomap.wording import Words

STATUS_COLUMNS = tuple(name for name in COLUMNS if name != "geometry")
ROW_COLUMNS = (*STATUS_COLUMNS, "as_of", "known", "attribution", "licence")
FLAGS = ("overdue", "disputed", "part")  # `part` is a column of events
LISTS = (
    *("other_actors", "claimed_by", "sources", "consistent_sources", "claimed_by_sources"),
    *("disputed_dates", "disputed_since"),
)
"""Columns of rows and events that are lists of texts; joined where a format has none."""
VALID = ("valid_from", "valid_to")
"""The first and the last day for which a row is valid, both included; None: open."""
SEPARATOR = "; "
_SUBJECTS = {"events": "Events", "context": "What is drawn beneath"}
Kind = Literal["text", "list", "flag", "day", "number", "boolean"]
"""What the values of a column are; all but lists and flags may be None."""
Days = tuple[date | None, date]


@dataclass(frozen=True, eq=False)
class Export:
    """Rows about the regions of one dataset, ready to be written.

    `rows` have a plain value for each of `columns`, and `id` and `name` at least: dates as EDTF
    strings, `LISTS` lists, None where nothing is known. `ids` are unique. `places` are the
    positions of their outlines in `shapes`. `statuses`, where there are any, is what each row was
    made of, `days` the first and the last day for which each is valid. `as_of` is the day that all
    rows speak of, None if they speak of several. `further` are the kinds of the columns that only
    this dataset or table has. `layer` names the table.
    """

    dataset: Dataset
    as_of: date | None
    known: date | None
    chosen: tuple[str, ...] | None
    lang: str
    columns: tuple[str, ...]
    rows: tuple[dict[str, Any], ...]
    ids: tuple[str, ...]
    places: tuple[int, ...]
    shapes: Shapes
    further: Mapping[str, Kind] = field(default_factory=dict)
    statuses: tuple[Status, ...] | None = None
    days: tuple[Days, ...] | None = None
    layer: str = "regions"
    with_geometry: bool = True

    @property
    def title(self) -> str:
        """The dataset's title in the chosen language."""
        return text_in(self.dataset.meta.title, self.lang)

    @cached_property
    def sources(self) -> tuple[Source, ...]:
        """The sources that count: published by `known` and among those chosen."""
        return counting_sources(self.dataset, self.known, self.chosen)

    @cached_property
    def geometries(self) -> np.ndarray[Any, Any]:
        """One shapely geometry a row, in degrees, six decimals, exterior rings anticlockwise."""
        return self.shapes.geometries[list(self.places)]

    @property
    def geometry_json(self) -> list[bytes]:
        """The same geometries as GeoJSON text; null where the export is to have none."""
        if not self.with_geometry:
            return [b"null"] * len(self.places)
        return [self.shapes.json[place] for place in self.places]

    @cached_property
    def kinds(self) -> dict[str, Kind]:
        """What the values of each column are."""
        return {name: self._kind(name) for name in self.columns}

    def _kind(self, name: str) -> Kind:
        if name in self.further:
            return self.further[name]
        if name in FLAGS or name in LISTS:
            return "flag" if name in FLAGS else "list"
        return "day" if name in VALID else "text"

    @cached_property
    def about(self) -> dict[str, Any]:
        """What belongs to the export as a whole: title, as_of, known, period, sources, terms."""
        return {
            "title": self.title,
            **({"as_of": self.as_of.isoformat()} if self.as_of else {}),
            **terms(self.dataset, self.known, self.chosen, self.lang),
        }

    @property
    def moment(self) -> date:
        """The day that stands in place of the time of writing, which would change the bytes."""
        return self.as_of or self.dataset.period.end

    @cached_property
    def validity(self) -> tuple[Days | None, ...]:
        """First and last day, within the dataset's period, for which each row is valid."""
        if self.days is not None:
            return self.days
        if self.as_of is None or self.statuses is None:
            return (None,) * len(self.rows)
        parts = intervals(self.dataset, self.known, self.chosen)
        return tuple(
            next((i.first, i.last) for i in parts[row["id"]] if i.first <= self.as_of <= i.last)
            for row in self.rows
        )

    @property
    def notes(self) -> str:
        """`about` in lines of text, for formats that have room for a description only."""
        lines = [
            self.title,
            f"{_SUBJECTS.get(self.layer, 'Status')} on {self.as_of or 'every day'}, "
            f"{_by_what(self.known)}.",
            f"Period covered: {' to '.join(self.about['period'])}.",
            f"Attribution: {self.about['attribution']}",
            f"Licence: {self.about['licence']} {self.about['licence_url']}".rstrip(),
        ]
        if self.about["limits"]:
            lines.append(f"Limits: {self.about['limits']}")
        if self.about["accuracy"]:
            lines.append(f"Accuracy: {self.about['accuracy']}")
        return "\n".join([*lines, "Sources:", *map(source_line, self.about["sources"])])

    def frame(self, joined: bool = True) -> gpd.GeoDataFrame:
        """Return the rows with their geometry in EPSG:4326; each list as one text if `joined`."""
        columns = {}
        for name, kind in self.kinds.items():
            values = [row[name] for row in self.rows]
            if kind == "list" and joined:
                values = [SEPARATOR.join(value) for value in values]
            columns[name] = pd.Series(values, dtype=_DTYPES[kind])
        return gpd.GeoDataFrame(columns, geometry=self.geometries, crs=CRS)


_DTYPES: dict[Kind, str] = {
    # As objects, or pandas would turn None into NaN.
    **dict.fromkeys(("text", "list"), "object"),
    "flag": "bool",
    "day": "datetime64[s]",
    "number": "Float64",
    "boolean": "boolean",
}


@dataclass(frozen=True)
class Format:
    """One file format: its ending, its names for machines and people, and its writer.

    `write` returns the same bytes for the same export. `extra` is the optional dependency group
    that it needs, if any. `shown_by_browsers`: a browser can display such a file.
    `compressible`: gzip makes it clearly smaller. `works_without_geometry`: it can hold rows that
    have no outlines. `title_in` translates the title; None where it is
    a name that is the same in every language.
    """

    ending: str
    media_type: str
    title: str
    write: Callable[[Export], bytes]
    extra: str | None = None
    shown_by_browsers: bool = False
    compressible: bool = False
    works_without_geometry: bool = False
    title_in: Callable[[Words], str] | None = None

    def title_for(self, words: Words) -> str:
        """Return its title in a language."""
        return self.title_in(words) if self.title_in else self.title


def make_export(
    dataset: Dataset,
    date: date | str | None = None,
    known: date | str | None = None,
    sources: Collection[str] | str | None = None,
    lang: str = "en",
    bbox: Bbox | None = None,
    simplify: float | None = None,
) -> Export:
    """Return the status of the regions that touch `bbox` on `date` (None: the dataset's own date).

    `bbox` is west, south, east, north in degrees (west > east crosses the antimeridian),
    `simplify` a tolerance in metres. Raises BadQuery as `status_on` does, and for a language that
    the dataset does not have.
    """
    day = check_date(dataset, dataset.meta.date if date is None or date == "" else date)
    clock, chosen = check_known(known), check_sources(dataset, sources)
    names = region_names(dataset, lang)
    same = {"as_of": day.isoformat(), **same_in_rows(dataset, clock, lang)}
    places = range(len(names)) if bbox is None else inside(dataset, bbox)
    on_day = statuses(dataset, day, clock, chosen)
    own = further(dataset)
    rows = []
    for place in places:
        values = row(on_day[place]) | same | {"name": names[place]}
        rows.append({column: values[column] for column in ROW_COLUMNS} | own.rows[place])
    return Export(
        dataset=dataset,
        as_of=day,
        known=clock,
        chosen=chosen,
        lang=lang,
        columns=(*ROW_COLUMNS, *own.kinds),
        rows=tuple(rows),
        ids=tuple(str(row["id"]) for row in rows),
        places=tuple(places),
        shapes=shapes(dataset, simplify),
        further=own.kinds,
        statuses=tuple(on_day[place] for place in places),
    )


def same_in_rows(dataset: Dataset, known: date | None, lang: str) -> dict[str, Any]:
    """Return the columns that are the same in every row: known, attribution, licence."""
    return {
        "known": known.isoformat() if known else None,
        "attribution": text_in(dataset.meta.attribution, lang),
        "licence": dataset.meta.licence.name,
    }


def terms(
    dataset: Dataset, known: date | None, chosen: tuple[str, ...] | None, lang: str = "en"
) -> dict[str, Any]:
    """Return what every kind of export says about itself: known, period, sources, terms of use."""
    meta = dataset.meta
    return {
        "known": known.isoformat() if known else None,
        "period": [meta.period.start.isoformat(), meta.period.end.isoformat()],
        "sources": [source_row(s, lang) for s in counting_sources(dataset, known, chosen)],
        "attribution": text_in(meta.attribution, lang),
        "licence": meta.licence.name,
        "licence_url": meta.licence.url,
        "limits": text_in(meta.limits, lang),
        "accuracy": text_in(meta.accuracy, lang),
        "language": lang,
        "version": dataset.version,
    }


def counting_sources(
    dataset: Dataset, known: date | None, chosen: tuple[str, ...] | None
) -> tuple[Source, ...]:
    """Return the sources published by `known` and among the chosen ones, in the ledger's order."""
    sources = dataset.ledger.sources.values()
    return tuple(source for source in sources if source_counts(source, known, chosen))


def source_row(source: Source, lang: str = "en") -> dict[str, str]:
    """Return a source as plain texts, so that an export explains its own citations."""
    return {
        "id": source.id,
        "publisher": name_in(source.publisher, source.publishers, lang),
        "title": source.title,
        "published": source.published.isoformat(),
        "url": source.url,
    }


def source_line(row: Mapping[str, str]) -> str:
    """Return a `source_row` as one line of text."""
    return f"{row['id']}: {', '.join(text for name, text in row.items() if text and name != 'id')}"


def need(module: str, title: str) -> Any:
    """Return an optional library; raises MissingExtra, naming the format, if it is not there."""
    try:
        return importlib.import_module(module)
    except ImportError:
        raise MissingExtra(title, "formats") from None


def _by_what(known: date | None) -> str:
    return f"by the claims published by {known}" if known else "by all claims published"


def region_names(dataset: Dataset, lang: str) -> list[str]:
    """The regions' names in a language, as written in the dataset where it has no other."""
    check_language(dataset, lang)
    regions = zip(dataset.regions["name"], dataset.regions["names"], strict=True)
    return [names.get(lang) or name for name, names in regions]
