"""Helpers for statuses in the world of `datasets`: one region, `hill`, over one March."""

from __future__ import annotations

from datetime import date

from datasets import FIRST, LAST, claim, days

from geomap.core.dataset import Dataset
from geomap.core.region_status import Status
from geomap.core.status import statuses

PERIOD = days(date.fromisoformat(FIRST), date.fromisoformat(LAST))

HELD = claim("held", "control", "north", "1994")
DUE = claim("due", "due", "south", "2021-03-20", since="2021-03-05")
HANDOVER = claim("handover", "handover", "south", "2021-03-18")


def march(day: int) -> str:
    return f"2021-03-{day:02}"


def on(dataset: Dataset, day: int, **query: object) -> Status:
    """The status of `hill` on a day of March."""
    return statuses(dataset, march(day), **query)[0]  # type: ignore[arg-type]


def kinds(dataset: Dataset, **query: object) -> list[tuple[int, str, str | None]]:
    """The days of March on which kind of status or actor of `hill` change, and to what."""
    found: list[tuple[int, str, str | None]] = []
    for day in PERIOD:
        status = on(dataset, day.day, **query)
        now = (status.control_status, status.actor)
        if not found or found[-1][1:] != now:
            found.append((day.day, *now))
    return found
