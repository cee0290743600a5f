"""The collections: a dataset's regions and events as rows with a geometry and days of validity.

What is needed to find features is made once for each clock, choice of sources and language: their
ids, days and places. The row of a feature is made when it is on a page, or when a filter names its
property, so that a page costs what it holds and not what is stored.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import orjson

from geomap.cache import OwnerCache
from geomap.core.arrangements import fulfilled
from geomap.core.dataset import Dataset
from geomap.core.dates import Span
from geomap.core.events import Event, resolve
from geomap.core.further import further
from geomap.core.region_status import Status
from geomap.core.status import Interval, intervals
from geomap.errors import NotFound
from geomap.formats.export import LISTS, ROW_COLUMNS, VALID
from geomap.formats.history import row_id, row_writer
from geomap.formats.tables import EVENT_COLUMNS, event_writer
from geomap.memory import collector_paused

_AS_OF = "as_of"
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
MOST_REMEMBERED = 20_000
"""So many serialised features of a layer are remembered at most."""
_FEW = 8
"""Of more than one in so many features, a property is read of all of them, once."""


@dataclass(frozen=True, eq=False)
class Layer:
    """The features of a collection, in a fixed order.

    `first` and `last` are the days for which each is valid, both included, as ordinals; 0 is the
    open past. `places` says which of the dataset's regions gives the geometry, `statuses` what the
    row of a region is made of, None for a table of other things. `write` makes the row of a feature.
    """

    ids: Sequence[str]
    first: np.ndarray[Any, Any]
    last: np.ndarray[Any, Any]
    places: np.ndarray[Any, Any]
    write: Callable[[int], dict[str, Any]]
    statuses: Sequence[Status] | None = None
    _columns: dict[str, list[Any]] = field(default_factory=dict)
    _ends: dict[int, tuple[bytes, bytes]] = field(default_factory=dict)

    @cached_property
    def numbers(self) -> dict[str, int]:
        """The number of each feature, by its id."""
        return {id: number for number, id in enumerate(self.ids)}

    @cached_property
    def _property_ids(self) -> frozenset[str]:
        if self.statuses is None:
            return frozenset(self.ids)
        return frozenset(status.region for status in self.statuses)

    def has_property_id(self, id: str) -> bool:
        """Return whether the property `id` of a feature has this value: of a region, the region's."""
        return id in self._property_ids

    def values(self, numbers: np.ndarray[Any, Any], name: str, day: str | None) -> list[Any]:
        """Return a property of some features; `as_of` is `day` if one day was asked about."""
        if day and name == _AS_OF:
            return [day] * len(numbers)
        if name not in self._columns:
            if len(numbers) * _FEW < len(self.ids):
                return [self.write(number)[name] for number in numbers.tolist()]
            self._columns[name] = [self.write(number)[name] for number in range(len(self.ids))]
        column = self._columns[name]
        return [column[number] for number in numbers.tolist()]

    def row(self, number: int, day: str | None, names: Iterable[str]) -> dict[str, Any]:
        """Return some properties of a feature; `as_of` as `values` has it."""
        row = self.write(number)
        return {name: day if day and name == _AS_OF else row[name] for name in names}

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
        if names is not None:
            properties: tuple[bytes, ...] = (orjson.dumps(self.row(number, day, names)),)
        else:
            before, after = self._serialised(number)
            as_of = orjson.dumps(day or self._first_day(number)) if after else b""
            properties = before, as_of, after
        id = orjson.dumps(self.ids[number])
        return b"".join(
            (
                *(b'{"type":"Feature","id":', id, b',"geometry":', geometry),
                *(b',"properties":', *properties),
            )
        )

    def _first_day(self, number: int) -> str:
        return date.fromordinal(int(self.first[number])).isoformat()

    def _serialised(self, number: int) -> tuple[bytes, bytes]:
        """The properties before and after the value of `as_of` (after: empty where there is none)."""
        ends = self._ends.get(number)
        if ends is None:
            if len(self._ends) >= MOST_REMEMBERED:
                self._ends.clear()
            ends = self._ends[number] = _ends(self.write(number))
        return ends


@dataclass(frozen=True)
class CollectionKind:
    """A kind of collection: its name, its columns, and the function that makes its rows.

    `with_further`: its features have the further properties of their regions, too.
    """

    name: str
    columns: tuple[str, ...]
    with_further: bool
    make: Callable[[Dataset, date | None, tuple[str, ...] | None, str], Layer]

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
        lambda: _made(kind, dataset, known, sources, lang),
    )


def find_kind(name: str) -> CollectionKind:
    """Return the kind of collection of that name. Raises NotFound."""
    if name not in KINDS:
        raise NotFound("there is no collection of that name; /ogc/collections lists them")
    return KINDS[name]


def _made(
    kind: CollectionKind,
    dataset: Dataset,
    known: date | None,
    sources: tuple[str, ...] | None,
    lang: str,
) -> Layer:
    with collector_paused():
        return kind.make(dataset, known, sources, lang)


def _ends(row: dict[str, Any]) -> tuple[bytes, bytes]:
    if _AS_OF not in row:
        return orjson.dumps(row), b""
    names = list(row)
    at = names.index(_AS_OF)
    before = orjson.dumps({name: row[name] for name in names[:at]})
    after = orjson.dumps({name: row[name] for name in names[at + 1 :]})
    return before[:-1] + b',"as_of":', b"," + after[1:]


def _in_order(items: Sequence[Any], plain: Callable[[Any], bool]) -> list[Any]:
    """Put features with a date that is not a plain day first.

    Clients infer a column's type from the first features, and then infer text.
    """
    return [*(i for i in items if not plain(i)), *(i for i in items if plain(i))]


@lru_cache(maxsize=4096)
def _is_day(span: Span | None) -> bool:
    """Whether a date is a single day without qualifier, or none."""
    return span is None or bool(_DAY.fullmatch(str(span)))


def _is_due_day(span: Span | None) -> bool:
    """The same of a date by which something is due; of one open to the past rows have its last day."""
    return _is_day(span) or bool(span and span.start is None and not span.end_qualifier)


def _regions(
    dataset: Dataset, known: date | None, sources: tuple[str, ...] | None, lang: str
) -> Layer:
    """One feature for each interval of days in which the status of a region stays the same."""

    def plain(item: tuple[int, Interval]) -> bool:
        status = item[1].status
        return (
            _is_day(status.since)
            and _is_day(status.handover.span if status.handover else None)
            and _is_due_day(status.handover_due)
            and _is_due_day(status.handover_due_first)
        )

    courses = intervals(dataset, known, sources).values()
    items = [(place, part) for place, parts in enumerate(courses) for part in parts]
    items = _in_order(items, plain)
    columns = (*ROW_COLUMNS, *VALID, *further(dataset).kinds)
    _, write = row_writer(dataset, known, lang)

    def row(number: int) -> dict[str, Any]:
        values = write(*items[number])
        values[_AS_OF] = values["valid_from"]
        return {name: values[name] for name in columns}

    return Layer(
        ids=[row_id(part) for _, part in items],
        first=np.array([part.first.toordinal() for _, part in items], dtype=np.int64),
        last=np.array([part.last.toordinal() for _, part in items], dtype=np.int64),
        places=np.array([place for place, _ in items], dtype=np.int64),
        write=row,
        statuses=[part.status for _, part in items],
    )


def _events(
    dataset: Dataset, known: date | None, sources: tuple[str, ...] | None, lang: str
) -> Layer:
    """One feature an event, with the outline of its region."""
    places = {id: place for place, id in enumerate(dataset.regions["id"])}
    of_region: dict[str, list[Event]] = {id: [] for id in places}
    events = resolve(dataset.ledger, known, sources)
    for event in events:
        of_region[event.region].append(event)
    end = dataset.period.end
    valid = ((event, *_days(event, of_region[event.region], end)) for event in events)
    # The map makes no claim about days after the period.
    items = _in_order(
        [item for item in valid if not (item[1] and item[1] > item[2])],
        lambda item: _is_day(item[0].span) and _is_day(item[0].in_force),
    )
    write = event_writer(dataset, known, sources, lang)

    def row(number: int) -> dict[str, Any]:
        event, first, last = items[number]
        days = (first.isoformat() if first else None, last.isoformat())
        return write(event) | dict(zip(VALID, days, strict=True))

    return Layer(
        ids=[event.id for event, _, _ in items],
        first=np.array([day.toordinal() if day else 0 for _, day, _ in items], dtype=np.int64),
        last=np.array([day.toordinal() for _, _, day in items], dtype=np.int64),
        places=np.array([places[event.region] for event, _, _ in items], dtype=np.int64),
        write=row,
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
