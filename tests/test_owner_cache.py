"""Data derived from a dataset: few entries, shared between equal answers, freed with the dataset."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable
from datetime import date
from itertools import product
from pathlib import Path

from datasets import META, PUBLISHED, claim, write_dataset
from march import DUE, HANDOVER, HELD, PERIOD, march

from geomap import sources as datasets
from geomap.cache import OwnerCache
from geomap.core import status
from geomap.core.dataset import Dataset
from geomap.core.stretches import Interval, Stretches
from geomap.web import create_app

CLAIMS = (
    HELD,
    {**DUE, "source": "s05", "added": march(7)},
    {**HANDOVER, "source": "s20", "withdrawn": march(27)},
    claim("later", "handover", "south", march(19), "s25", added=march(26)),
)


class Owner:
    """Something that data is derived from."""


def test_the_least_recently_used_goes_first() -> None:
    cache: OwnerCache[Owner, int] = OwnerCache(2)
    owner, computed = Owner(), []
    for key in (1, 2, 1, 3, 1, 2):
        assert cache.get(owner, key, lambda key=key: computed.append(key) or key) == key
    assert computed == [1, 2, 3, 2]
    assert (cache.count(owner), cache.count(Owner())) == (2, 0)


def test_an_edited_dataset_is_let_go(make_dataset: Callable[..., Path]) -> None:
    folder = make_dataset(CLAIMS)
    opened = datasets.open(folder)
    app = create_app([opened])
    old = weakref.ref(opened)
    del opened
    client = app.test_client()
    pages = ("/test/", "/test/embed?known=2021-03-10", "/test/regions.topojson", "/test/map.svg")
    collection = (
        "/ogc/collections/test.regions/items?crs=http://www.opengis.net/def/crs/EPSG/0/3857"
    )
    for path in (*pages, "/test/feed.atom", "/test/handovers.ics", collection):
        assert client.get(path).status_code == 200, path
    write_dataset(folder, CLAIMS, meta={**META, "title": "Edited"})
    app.extensions["geomap"].replace(datasets.open(folder))
    assert "Edited" in client.get("/test/").text
    gc.collect()
    assert old() is None


def test_clocks_that_show_the_same_share_one_history(dataset: Callable[..., Dataset]) -> None:
    data = dataset(*CLAIMS)

    def decided_anew(known: date, sources: tuple[str, ...] | None) -> dict[str, list[Interval]]:
        views = status._views(data, known, sources)
        stretches = Stretches(views, data.period, status._row_values, len(status._VALUES))
        return {region: [*parts] for region, parts in stretches.intervals().items()}

    clocks = [date(2000, 1, 1), *PERIOD, date(2030, 1, 1)]
    for known, sources in product(clocks, (None, ("s20", "s25"))):
        assert status.intervals(data, known, sources) == decided_anew(known, sources)
    days = {*PUBLISHED.values(), march(7), march(26), march(27)}
    assert status._stretches_cached.count(data) == 2 * (1 + len(days))
