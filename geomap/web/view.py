"""The values for the page templates: a dataset's view and the query that it answers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from geomap import present
from geomap.core.dataset import Dataset
from geomap.present import DayView, Selection, View
from geomap.web.parameters import Query
from geomap.wording import Words, words_in


@dataclass(frozen=True)
class Page:
    """A page about one dataset: what was asked for, and what is shown."""

    dataset: Dataset
    query: Query
    words: Words

    @cached_property
    def view(self) -> View:
        """What is shown through the period."""
        return present.view(self.dataset, selection_of(self.query), self.words)

    @property
    def today(self) -> DayView:
        """What is shown on the day asked for."""
        return self.view.today


def page_of(dataset: Dataset, query: Query) -> Page:
    """Return what a page about `dataset` shows."""
    return Page(dataset, query, words_in(query.lang, dataset))


def selection_of(query: Query) -> Selection:
    """Return what of a dataset a query asks for."""
    return Selection(query.date, query.known, query.sources)
