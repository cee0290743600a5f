"""What dataset.yaml says, as values.

Texts are by language, those written without one under "". They are compared, but not hashed: a dict
has no hash.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Period:
    """The days that a dataset speaks about, both included."""

    start: datetime.date
    end: datetime.date


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestone:
    """A day worth a tick on the slider that is no event of a region, with who says so."""

    date: datetime.date
    label: dict[str, str] = field(hash=False)
    source: str
    locator: dict[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Licence:
    """Under which terms the dataset may be used."""

    name: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class View:
    """What the map shows first, in degrees (west, south, east, north), and its zoom limits."""

    bounds: tuple[float, float, float, float]
    min_zoom: float = 6
    max_zoom: float = 11


@dataclass(frozen=True, slots=True, kw_only=True)
class Meta:
    """What a dataset is and how its map opens.

    `date` is the day that the map opens on, `timezone` an IANA name, `languages` codes such as en
    or sr-Latn, the main one first.
    """

    id: str
    title: dict[str, str] = field(hash=False)
    summary: dict[str, str] = field(default_factory=dict, hash=False)
    period: Period
    date: datetime.date
    timezone: str = "UTC"
    languages: tuple[str, ...] = ("en",)
    licence: Licence
    attribution: dict[str, str] = field(hash=False)
    limits: dict[str, str] = field(default_factory=dict, hash=False)
    accuracy: dict[str, str] = field(default_factory=dict, hash=False)
    view: View | None = None
    milestones: tuple[Milestone, ...] = ()
