"""Which files a route becomes when the site is built as files: declared beside the route.

A file stands for one combination of values. The first of a parameter's values is the default, which
stands neither in the file's path nor in the address that the file answers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date as Date
from itertools import product
from typing import Any

from geomap.cache import OwnerCache
from geomap.core.dataset import Dataset
from geomap.core.status import intervals
from geomap.picture.film import FILM_TYPES, is_filmed
from geomap.present import Selection
from geomap.present.ground import context_of, ground_changes
from geomap.present.steps import steps
from geomap.web.parameters import languages
from geomap.wording import words_in

MOST_DAYS = 100
"""With more days on which something changes, a site would have far too many files."""
_days: OwnerCache[Dataset, frozenset[Date]] = OwnerCache(1)
_films: OwnerCache[Dataset, tuple[str, ...]] = OwnerCache(1)
Choice = Sequence[str] | Callable[[Any], Sequence[str]]
"""The values of a parameter, or how they follow from the dataset."""


@dataclass(frozen=True)
class Family:
    """Files of a route: one for each combination of `choices`; all of them have the `fixed` values.

    Both are by the names of parameters, those of the route's path included.
    """

    choices: Mapping[str, Choice] = field(default_factory=dict)
    fixed: Mapping[str, str] = field(default_factory=dict)

    def values_of(self, name: str, dataset: Dataset | None) -> Sequence[str]:
        """Return the values of one parameter, the default first."""
        choice = self.choices[name]
        return choice(dataset) if callable(choice) else choice

    def combinations(self, dataset: Dataset | None) -> Iterator[dict[str, str]]:
        """Yield every combination of values, defaults included."""
        lists = [self.values_of(name, dataset) for name in self.choices]
        for values in product(*lists):
            yield dict(zip(self.choices, values, strict=True))


@dataclass(frozen=True)
class Built:
    """How a route becomes files.

    `in_browser` are parameters that a page's script reads from the address, so that one file
    answers all their values. Files that are no use without the site's public address `need_address`.
    """

    families: tuple[Family, ...] = (Family(),)
    in_browser: tuple[str, ...] = ()
    need_address: bool = False


def each(fixed: Mapping[str, str] | None = None, /, **choices: Choice) -> Family:
    """Return the family of files for every combination of some parameters' values."""
    return Family(choices, fixed or {})


def built_days(dataset: Dataset) -> tuple[str, ...]:
    """Return no day, for the dataset's own, and each day that has files of its own, ascending.

    Those are the days on which something happens or changes, and the dataset's own. Where they are
    more than `MOST_DAYS` it is the dataset's own alone: `history` has all the others.
    """
    days = changing_days(dataset)
    with_files = {dataset.meta.date, *(days if len(days) <= MOST_DAYS else ())}
    return ("", *(day.isoformat() for day in sorted(with_files)))


def built_films(dataset: Dataset) -> tuple[str, ...]:
    """Return the endings of the films of a dataset's period, none where there is no film of it."""
    if len(changing_days(dataset)) > MOST_DAYS:
        return ()
    return _films.get(dataset, None, lambda: tuple(FILM_TYPES) if _is_filmed(dataset) else ())


def _is_filmed(dataset: Dataset) -> bool:
    words = words_in(languages(dataset)[0])
    return is_filmed(steps(words, dataset, Selection(dataset.meta.date, None, None)))


def changing_days(dataset: Dataset) -> frozenset[Date]:
    """Return the days of the period on which something happens or changes, on the map or beneath."""
    return _days.get(dataset, None, lambda: _make_days(dataset))


def _make_days(dataset: Dataset) -> frozenset[Date]:
    period, selection = dataset.period, Selection(dataset.meta.date, None, None)
    words = words_in(languages(dataset)[0])
    days = {part.first for parts in intervals(dataset).values() for part in parts}
    days |= set(ground_changes(context_of(words, dataset, selection)))
    if len(days) <= MOST_DAYS:  # what steps say takes long where they are many
        days |= {step.day for step in steps(words, dataset, selection)}
    return frozenset(day for day in days if period.start <= day <= period.end)
