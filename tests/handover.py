"""Helpers for what the built-in dataset says."""

from __future__ import annotations

from typing import Any

from geomap.core.dataset import Dataset
from geomap.core.status import row, statuses

ARTICLE = "ap-2020-11-30"
AZ, ARM = "azerbaijan", "ethnic-armenian-forces"
REGIONS = ("kalbajar", "aghdam", "lachin", "nagorno-karabakh")


def on(builtin: Dataset, region: str, day: str, **query: Any) -> dict[str, Any]:
    """The public row of a region on a day."""
    return next(row(s) for s in statuses(builtin, day, **query) if s.region == region)


def subset(found: dict[str, Any], **expected: Any) -> bool:
    """Whether a row holds these values; shows both where it does not."""
    assert {key: found[key] for key in expected} == expected
    return True
