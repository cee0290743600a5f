"""What is drawn beneath the regions, as a table, so that the map can be made anew elsewhere."""

from __future__ import annotations

import math
from collections.abc import Collection
from datetime import date
from typing import Any

import numpy as np
import shapely

from geomap.core.dataset import Dataset, name_in, text_in
from geomap.core.events import source_counts
from geomap.core.selection import check_known, check_language, check_sources
from geomap.formats.export import Export, Kind, same_in_rows
from geomap.formats.query import Bbox
from geomap.formats.shapes import box, context_shapes

COLUMNS = (
    *("id", "kind", "name", "rank", "label_lon", "label_lat"),
    *(
        "actor",
        "date",
        "valid_from",
        "valid_to",
        "note",
        "source",
        "locator",
        "known",
        "attribution",
        "licence",
    ),
)
_KINDS: dict[str, Kind] = dict.fromkeys(("rank", "label_lon", "label_lat"), "number")


def make_context(
    dataset: Dataset,
    known: date | str | None = None,
    sources: Collection[str] | str | None = None,
    lang: str = "en",
    bbox: Bbox | None = None,
) -> Export:
    """Return what is drawn beneath the regions, one row a feature, that touches `bbox`.

    Columns are `COLUMNS`: `id` is made of kind and place in the dataset, `rank` is 1 for the
    towns that are labelled first, `label_lon` and `label_lat` say where the name stands, `actor` in
    whose tone an area is drawn, `valid_from` and `valid_to` the first and the last day on which it
    is drawn, None where there is no limit. `note`, `source` and `locator` are what a source says of
    it and `date` since when, EDTF. What a source says that does not count, by `known` and
    `sources`, is left out.

    Raises BadQuery for a language or a source that the dataset does not have.
    """
    clock, chosen = check_known(known), check_sources(dataset, sources)
    check_language(dataset, lang)
    same = same_in_rows(dataset, clock, lang)
    outlines = context_shapes(dataset)
    shown = list(range(len(dataset.context)))
    if bbox is not None:
        hits = shapely.intersects(outlines.geometries, box(bbox))
        shown = np.flatnonzero(hits).tolist()
    every = list(dataset.context.itertuples())
    rows = []
    for place in shown:
        source = dataset.ledger.sources.get(every[place].source)
        counts = source is None or source_counts(source, clock, chosen)
        rows.append(_row(every[place], place, lang, counts) | same)
    return Export(
        dataset=dataset,
        as_of=None,
        known=clock,
        chosen=chosen,
        lang=lang,
        columns=COLUMNS,
        rows=tuple(rows),
        ids=tuple(row["id"] for row in rows),
        places=tuple(shown),
        shapes=outlines,
        further=_KINDS,
        layer="context",
    )


def _row(feature: Any, place: int, lang: str, counts: bool) -> dict[str, Any]:
    """A feature's plain values; None for what is not given, or given by a source that counts not."""
    given = {
        "actor": feature.actor or None,
        "date": str(feature.date) if feature.date else None,
        "note": text_in(feature.note, lang) or None,
        "source": feature.source or None,
        "locator": text_in(feature.locator, lang) or None,
    }
    return {
        "id": f"{feature.kind}-{place + 1}",
        "kind": feature.kind,
        "name": name_in(feature.name, feature.names, lang) or None,
        "rank": feature.rank,
        "label_lon": None if math.isnan(feature.label_lon) else feature.label_lon,
        "label_lat": None if math.isnan(feature.label_lat) else feature.label_lat,
        "valid_from": feature.shown_from.isoformat() if feature.shown_from else None,
        "valid_to": feature.shown_to.isoformat() if feature.shown_to else None,
        **(given if counts else dict.fromkeys(given)),
    }
