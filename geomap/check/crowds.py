"""Regions with more events than anybody can follow, and than a map can be made of in time."""

from __future__ import annotations

from collections.abc import Iterator

from geomap.check.ledger import CLAIMS
from geomap.core.claims import Ledger
from geomap.errors import Fault, quoted

MAX_EVENTS = 500
"""Events of a region. Each is compared with all others of the region that have no known order."""
_MOST = 50


def crowded_regions(ledger: Ledger) -> Iterator[Fault]:
    """Yield a fault for each region, up to 50, that has more than MAX_EVENTS events."""
    events: dict[str, dict[str, int]] = {}
    for claim in ledger.claims:
        events.setdefault(claim.region, {}).setdefault(claim.event, claim.row)
    crowded = [(region, rows) for region, rows in events.items() if len(rows) > MAX_EVENTS]
    for region, rows in crowded[:_MOST]:
        row = [*rows.values()][MAX_EVENTS]
        message = (
            f"region {quoted(region)} has {len(rows):,} events; a region takes at most "
            f"{MAX_EVENTS}, so give claims about one event one id, or make two datasets of it"
        )
        yield Fault(CLAIMS.file, row, "event", message)
