"""Addresses of the service over the built-in dataset, for tests that go through many of them."""

from __future__ import annotations

ID = "handover-2020"
PAGES = ("/", f"/{ID}/", f"/{ID}/embed")
TABLES = tuple(
    f"/{ID}/{name}.{ending}"
    for name in ("claims", "events", "reports", "sources", "actors")
    for ending in ("csv", "json")
)
DATA = (f"/{ID}/regions.geojson", f"/{ID}/regions.csv", *TABLES)
