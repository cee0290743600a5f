"""The collections: a dataset's regions and events as rows with a geometry and days of validity.

A row is made and serialised once for each clock, choice of sources and language; an answer is its
bytes, joined.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import orjson

from geomap.cache import OwnerCache
from geomap.core.arrangements import fulfilled
from geomap.core.dataset import Dataset
from geomap.core.events import Event
from geomap.core.further import further
from geomap.core.region_status import Status
from geomap.errors import NotFound
from geomap.formats.export import LISTS, ROW_COLUMNS, VALID
from geomap.formats.history import make_history
from geomap.formats.tables import EVENT_COLUMNS, event_rows

_AS_OF = "as_of"
_EDTF = ("since", "handover_date", "handover_due", "handover_due_first", "date")
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_Made = Iterator[tuple[str, int, int, int, dict[str, Any], Status | None]]
"""The id of a feature, its first and last day, its place, its properties, and their status."""


@dataclass(frozen=True, eq=False)
class Layer:
    """The features of a collection, in a fixed order.

    `first` and `last` are the days for which each is valid, both included, as ordinals; 0 is the
    open past. `places` says which of the dataset's regions gives the geometry, `statuses` what the
    row of a region was made of. `ends` are the serialised properties before and after the value of
    `as_of` (after: empty where there is none).
    """

    ids: tuple[str, ...]
    first: np.ndarray[Any, Any]
    last: np.ndarray[Any, Any]
    places: np.ndarray[Any, Any]
    rows: tuple[dict[str, Any], ...]
    statuses: tuple[Status | None, ...]
    ends: tuple[tuple[bytes, bytes], ...]

    @cached_property
    def numbers(self) -> dict[str, int]:
        """The number of each feature, by its id."""
        return {id: number for number, id in enumerate(self.ids)}

    def value(self, number: int, name: str, day: str | None) -> Any:
        """Return a property of a feature; `as_of` is `day` if one day was asked about."""
        return day if day and name == _AS_OF else self.rows[number][name]

    def row(self, number: int, day: str | None, names: Iterable[str]) -> dict[str, Any]:
        """Return some properties of a feature; `as_of` as `value` has it."""
        return {name: self.value(number, name, day) for name in names}

    def feature(
        self,
        number: int,
        geometry: bytes,
        day: str | None = None,
        names: tuple[str, ...] | None = None,
    ) -> bytes:
        """Return a feature as GeoJSON without its closing brace, so that links can follow.

        `names` are the properties that it has; None: all.
        """
        head, tail = self.ends[number]
        if names is not None:
            head, as_of, tail = orjson.dumps(self.row(number, day, names)), b"", b""
        else:
            as_of = orjson.dumps(day or self.rows[number][_AS_OF]) if tail else b""
        id = orjson.dumps(self.ids[number])
        return b"".join(
            (
                *(b'{"type":"Feature","id":', id, b',"geometry":', geometry),
                *(b',"properties":', head, as_of, tail),
            )
        )


@dataclass(frozen=True)
class CollectionKind:
    """A kind of collection: its name, its columns, and the function that makes its rows.

    `with_further`: its features have the further properties of their regions, too.
    """

    name: str
    columns: tuple[str, ...]
    with_further: bool
    make: Callable[[Dataset, date | None, tuple[str, ...] | None, str], _Made]

    @property
    def filters(self) -> tuple[str, ...]:
        """The columns that a parameter of the same name can ask for."""
        return tuple(c for c in self.columns if c not in ("known", *LISTS))

    def further(self, dataset: Dataset) -> tuple[str, ...]:
        """Return the columns that a dataset has besides those of every dataset."""
        return tuple(further(dataset).kinds) if self.with_further else ()

    def all_columns(self, dataset: Dataset) -> tuple[str, ...]:
        """Return every column of a dataset's collection, in their order."""
        return (*self.columns, *self.further(dataset))


_layers: OwnerCache[Dataset, Layer] = OwnerCache(16)


def layer(
    dataset: Dataset,
    kind: CollectionKind,
    known: date | None = None,
    sources: tuple[str, ...] | None = None,
    lang: str = "en",
) -> Layer:
    """Return the features of a collection; the last few are cached. Raises BadQuery."""
    return _layers.get(
        dataset,
        (kind.name, known, sources, lang),
        lambda: _layer(kind, kind.make(dataset, known, sources, lang)),
    )


def find_kind(name: str) -> CollectionKind:
    """Return the kind of collection of that name. Raises NotFound."""
    if name not in KINDS:
        raise NotFound("there is no collection of that name; /ogc/collections lists them")
    return KINDS[name]


def _layer(kind: CollectionKind, made: _Made) -> Layer:
    # Clients infer a column's type from the first features: rows with a date that is not a plain
    # day come first, so that they infer text.
    features = sorted(made, key=lambda feature: _plain_days(feature[4]))
    ids, first, last, places, rows, statuses = (
        zip(*features, strict=True) if features else ((),) * 6
    )
    return Layer(
        ids=tuple(ids),
        first=np.array(first, dtype=np.int64),
        last=np.array(last, dtype=np.int64),
        places=np.array(places, dtype=np.int64),
        rows=tuple(rows),
        statuses=tuple(statuses),
        ends=tuple(_ends(row) for row in rows),
    )


def _ends(row: dict[str, Any]) -> tuple[bytes, bytes]:
    if _AS_OF not in row:
        return orjson.dumps(row), b""
    names = list(row)
    at = names.index(_AS_OF)
    before = orjson.dumps({name: row[name] for name in names[:at]})
    after = orjson.dumps({name: row[name] for name in names[at + 1 :]})
    return before[:-1] + b',"as_of":', b"," + after[1:]


def _plain_days(row: dict[str, Any]) -> bool:
    """Whether every date of a row is a single day without qualifier."""
    return all(_DAY.fullmatch(row.get(name) or "2020-01-01") for name in _EDTF)


def _regions(
    dataset: Dataset, known: date | None, sources: tuple[str, ...] | None, lang: str
) -> _Made:
    """One feature for each interval of days in which the status of a region stays the same."""
    history = make_history(dataset, known, sources, lang)
    columns = (*ROW_COLUMNS, *VALID, *further(dataset).kinds)
    for n, values in enumerate(history.rows):
        values = {**values, _AS_OF: values["valid_from"]}
        first, last = history.validity[n] or (None, date.max)
        yield (
            history.ids[n],
            first.toordinal() if first else 0,
            last.toordinal(),
            history.places[n],
            {name: values[name] for name in columns},
            history.statuses[n] if history.statuses else None,
        )


def _events(
    dataset: Dataset, known: date | None, sources: tuple[str, ...] | None, lang: str
) -> _Made:
    """One feature an event, with the outline of its region."""
    places = {id: place for place, id in enumerate(dataset.regions["id"])}
    events: dict[str, list[Event]] = {id: [] for id in places}
    resolved = event_rows(dataset, known, sources, lang)
    for event, _ in resolved:
        events[event.region].append(event)
    for event, values in resolved:
        start, end = _days(event, events[event.region], dataset.period.end)
        # The map makes no claim about days after the period.
        if start and start > end:
            continue
        valid = {
            "valid_from": start.isoformat() if start else None,
            "valid_to": end.isoformat(),
        }
        yield (
            event.id,
            start.toordinal() if start else 0,
            end.toordinal(),
            places[event.region],
            values | valid,
            None,
        )


def _days(event: Event, events: list[Event], last: date) -> tuple[date | None, date]:
    """The days for which an event is valid, `last` at most; `events` are those of its region.

    What happened, such as a handover: the days on which it may have. An arrangement:
    from the day on which it counts to its last day; where it has none, to its fulfilment.
    """
    if not event.is_arrangement:
        assert event.span  # only an arrangement may be without
        return event.span.start, min(event.span.end, last)
    assert event.in_force  # every arrangement counts from some day
    if event.span:
        end = event.span.end
    else:
        done = (e.span.end for e in events if e.is_transfer and e.span and fulfilled(event, [e]))
        end = min(done, default=date.max)
    # An arrangement that comes into force after its last day is valid on that last day alone.
    return min(event.in_force.end, end), min(end, last)


KINDS = {
    kind.name: kind
    for kind in (
        CollectionKind("regions", (*ROW_COLUMNS, *VALID), True, _regions),
        CollectionKind("events", (*EVENT_COLUMNS, *VALID), False, _events),
    )
}
