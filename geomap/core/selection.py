"""Checks of the parameters of a query: the day, `known`, the sources and the language."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from geomap.core.dataset import Dataset
from geomap.core.dates import parse_day
from geomap.errors import BadQuery, quoted

_NAMED = 40


def check_date(dataset: Dataset, value: date | str, parameter: str = "date") -> date:
    """Return the day that `value` names; raises BadQuery for a day outside the dataset's period."""
    day = _day(parameter, value)
    period = dataset.period
    if not period.start <= day <= period.end:
        raise BadQuery(
            parameter,
            f"{day} lies outside {period.start} to {period.end}; "
            "this map makes no claim about other days",
        )
    return day


def check_dates(
    dataset: Dataset, value: Iterable[date | str] | str, *, least: int = 1, most: int
) -> tuple[date, ...]:
    """Return days, ascending and each once; a string is read as days with commas between.

    Raises BadQuery for a day outside the dataset's period, and where there are fewer than `least`
    or more than `most`.
    """
    given = value.split(",") if isinstance(value, str) else list(value)
    number = f"{least}" if least == most else f"{least} to {most}"
    wanted = f"give {number}, with commas between"
    if len(given) > most:
        raise BadQuery("dates", f"{len(given)} days are too many; {wanted}")
    days = [d for d in (text.strip() if isinstance(text, str) else text for text in given) if d]
    chosen = sorted({check_date(dataset, day, "dates") for day in days})
    if len(chosen) < least:
        raise BadQuery("dates", f"too few days; {wanted}")
    return tuple(chosen)


def check_known(value: date | str | None) -> date | None:
    """Return the day by which claims must have been published, or None for all; else BadQuery."""
    return None if value is None or value == "" else _day("known", value)


def check_sources(dataset: Dataset, value: Collection[str] | str | None) -> tuple[str, ...] | None:
    """Return the chosen source ids in the ledger's order, or None for all.

    A string is read as ids with commas between. Raises BadQuery for an unknown id.
    """
    if value is None or value == "":
        return None
    try:
        ids = {id.strip() for id in value.split(",")} if isinstance(value, str) else set(value)
    except TypeError:
        raise BadQuery("sources", f"{quoted(str(value))} is no list of source ids") from None
    sources = dataset.ledger.sources
    for id in sorted(map(str, ids.difference(sources))):
        known = ", ".join([*list(sources)[:_NAMED], *(["…"] if len(sources) > _NAMED else [])])
        raise BadQuery("sources", f"there is no source {quoted(id)}; this dataset has {known}")
    return tuple(id for id in sources if id in ids)


def check_language(dataset: Dataset, lang: str) -> str:
    """Return one of the dataset's languages, or English; raises BadQuery for another."""
    languages = sorted({*dataset.meta.languages, "en"})
    if lang not in languages:
        raise BadQuery("lang", f"there is no {quoted(str(lang))} here; use {', '.join(languages)}")
    return lang


def _day(parameter: str, value: Any) -> date:
    if isinstance(value, np.datetime64):
        value = value.astype("datetime64[D]").item()
    if isinstance(value, date) and not pd.isna(value):  # pandas.NaT passes for a date
        return date(value.year, value.month, value.day)  # a datetime is reduced to its day
    try:
        return parse_day(str(value))
    except ValueError as error:
        raise BadQuery(parameter, str(error)) from None
