"""Region files for tests, and the one fault of a bad one."""

from __future__ import annotations

import json
from typing import Any

from datasets import REGIONS

from geomap.check.regions import read_regions
from geomap.errors import Fault


def files(**documents: Any) -> dict[str, bytes]:
    """Region files by stem, from GeoJSON documents or raw text."""
    return {
        f"regions/{stem}.geojson": (d if isinstance(d, str) else json.dumps(d)).encode()
        for stem, d in documents.items()
    }


def the_fault(content: Any) -> Fault:
    """The only fault of a regions folder with one bad file, `bad`, and a good one."""
    frame, faults = read_regions(files(bad=content, vale=REGIONS["vale"]))
    assert list(frame["id"]) == ["vale"]
    assert len(faults) == 1, faults
    return faults[0]
