"""Regions as they are shown: what is said of each status, and a region's course through the period."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date as Date
from typing import Any

from geomap.core.dataset import Dataset
from geomap.core.region_status import Status
from geomap.core.status import Interval
from geomap.present import texts
from geomap.present.evidence import report_views, withdrawn
from geomap.present.looks import look_of
from geomap.present.numbers import region_numbers
from geomap.present.selection import Selection
from geomap.present.statuses import (
    consistent_claims,
    dates_of,
    facts_of,
    passages_of,
    stating_claims,
)
from geomap.present.views import Card, RegionView, ReportView, Stretch
from geomap.wording import Words
from geomap.wording.sentences import region_name, region_text
from geomap.wording.short_lines import region_dates


def card_of(words: Words, dataset: Dataset, status: Status, year: int | None, number: int) -> Card:
    """Return what is said of a status; dates of `year` are written without it."""
    facts = facts_of(status)
    return Card(
        region=status.region,
        name=region_name(words, dataset, status.region),
        look=look_of(facts),
        facts=facts,
        passages=passages_of(words, dataset, status, year),
        when=region_dates(words, status, year),
        dates=dates_of(words, dataset, status),
        stating=tuple(claim.row for claim in stating_claims(status)),
        consistent=tuple(claim.row for claim in consistent_claims(status)),
        number=number,
    )


def regions_of(
    words: Words,
    dataset: Dataset,
    selection: Selection,
    parts: Mapping[str, Sequence[Interval]],
) -> tuple[RegionView, ...]:
    """Return every region with its course; `parts` are its intervals, by region id."""
    gone: dict[str, list[int]] = {id: [] for id in parts}
    for claim in withdrawn(dataset, selection):
        gone[claim.region].append(claim.row)
    reports = report_views(words, dataset, selection)
    numbers = region_numbers(dataset, selection)
    return tuple(
        _region(
            words,
            dataset,
            row,
            parts[row.id],
            reports.get(row.id, ()),
            tuple(gone[row.id]),
            numbers[row.id],
        )
        for row in dataset.regions.itertuples()
    )


def _region(
    words: Words,
    dataset: Dataset,
    row: Any,
    parts: Sequence[Interval],
    reports: tuple[ReportView, ...],
    gone: tuple[int, ...],
    number: int,
) -> RegionView:
    name = texts.name_in(words, row)
    # "az" is a name in a language, "az:genitive" a form of it.
    translated = [text for key, text in row.names.items() if ":" not in key]
    names = dict.fromkeys([row.name, *translated, *row.alt_names])
    return RegionView(
        id=row.id,
        name=name,
        alternates=tuple(other for other in names if other != name),
        label=(row.label_lon, row.label_lat),
        geometry=row.geometry,
        note=region_text(words, dataset, row.id, "note"),
        stretches=tuple(
            Stretch(
                part.first,
                part.last,
                card_of(words, dataset, part.status, year_of(part.first, part.last), number),
            )
            for part in parts
        ),
        reports=reports,
        withdrawn=gone,
        number=number,
    )


def year_of(first: Date, last: Date) -> int | None:
    """Return the year that need not be written, because every day from `first` to `last` lies in it."""
    return first.year if first.year == last.year else None
