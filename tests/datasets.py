"""Small datasets for tests: written as a folder, row by row from dicts.

The world of these tests: March 2021, the regions `hill` and `vale` side by side, and the actors
`north`, `south` and `east`. Source `s05` was published on 5 March, `s10` on 10 March, and so on;
`s00` was published in 2020, long before, and `later`, where a claim names it, in 2022.
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml


def days(first: date, last: date) -> list[date]:
    """Return every day from `first` to `last`, both included."""
    return [first + timedelta(n) for n in range((last - first).days + 1)]


FIRST, LAST = "2021-03-01", "2021-03-31"
META: dict[str, Any] = {
    "id": "test",
    "title": "Hill and vale",
    "period": {"start": FIRST, "end": LAST},
    "date": "2021-03-15",
    "licence": {"name": "CC0-1.0"},
    "attribution": "Nobody",
}
ACTORS = (
    {"id": "north", "name": "the North", "colour": "#2a78b5"},
    {"id": "south", "name": "the South", "colour": "#e08a2c"},
    {"id": "east", "name": "the East", "colour": "#5b6673"},
)
PUBLISHED = {
    "s00": "2020-01-01",
    "s05": "2021-03-05",
    "s10": "2021-03-10",
    "s15": "2021-03-15",
    "s20": "2021-03-20",
    "s25": "2021-03-25",
}
SOURCES = tuple(
    {"id": id, "publisher": "Paper", "title": f"Story {id}", "published": day}
    for id, day in PUBLISHED.items()
)
LATER = {"id": "later", "publisher": "Paper", "title": "Looking back", "published": "2022-01-01"}
"""A source that is in a dataset only where a claim names it."""
ACTOR_COLUMNS = ("id", "name", "colour")
SOURCE_COLUMNS = ("id", "publisher", "title", "published", "url", "language", "kind")
CLAIM_COLUMNS = (
    *("event", "region", "kind", "actor", "date", "since", "part"),
    *("source", "locator", "withdrawn", "note", "added"),
)


def claim(event: str, kind: str, actor: str, date: str, source: str = "", **more: str) -> dict:
    """Return a row of claims.csv, about the region `hill` unless `more` names another.

    Without a source it is `s00`, or `later` for what happened after `s00` was published.
    """
    if not source:
        news = kind != "due" and date.lstrip("[") > PUBLISHED["s00"]
        source = LATER["id"] if news else "s00"
    return {
        "event": event,
        "region": "hill",
        "kind": kind,
        "actor": actor,
        "date": date,
        "source": source,
        **more,
    }


def square(west: float, south: float, side: float = 1.0) -> dict[str, Any]:
    """Return a square as a GeoJSON Polygon, its corners in degrees."""
    east, north = west + side, south + side
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def region(id: str, geometry: Any, **properties: Any) -> dict[str, Any]:
    """Return a region's GeoJSON document."""
    properties = {"id": id, "name": id.capitalize(), **properties}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


REGIONS = {
    "hill": region("hill", square(10, 50)),
    "vale": region("vale", square(11, 50)),
}


def csv_text(rows: Iterable[Mapping[str, str]], columns: Iterable[str]) -> str:
    """Return rows as CSV; columns that only rows name come after `columns`."""
    rows = list(rows)
    columns = list(dict.fromkeys([*columns, *(name for row in rows for name in row)]))
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


class _Dumper(yaml.SafeDumper):
    """Writes a value that comes again out again; datasets take no aliases."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def dataset_files(
    claims: Iterable[Mapping[str, str]] = (),
    *,
    sources: Iterable[Mapping[str, str]] = SOURCES,
    actors: Iterable[Mapping[str, str]] = ACTORS,
    regions: Mapping[str, Any] = REGIONS,
    meta: Mapping[str, Any] | None = None,
    raw: Mapping[str, str | bytes | None] | None = None,
) -> dict[str, bytes]:
    """Return a dataset's files by name.

    `regions` are GeoJSON documents by file stem, `meta` replaces keys of dataset.yaml, `raw` whole
    files: their text or bytes, or None for a file that shall be missing.
    """
    claims = list(claims)
    if any(claim.get("source") == LATER["id"] for claim in claims):
        sources = [*sources, LATER]
    files: dict[str, str | bytes | None] = {
        "dataset.yaml": yaml.dump({**META, **(meta or {})}, Dumper=_Dumper, allow_unicode=True),
        "actors.csv": csv_text(actors, ACTOR_COLUMNS),
        "sources.csv": csv_text(sources, SOURCE_COLUMNS),
        "claims.csv": csv_text(claims, CLAIM_COLUMNS),
        **{f"regions/{stem}.geojson": json.dumps(doc) for stem, doc in regions.items()},
        **(raw or {}),
    }
    return {
        name: content.encode() if isinstance(content, str) else content
        for name, content in files.items()
        if content is not None
    }


def write_dataset(folder: Path, *args: Any, **kwargs: Any) -> Path:
    """Write the files of `dataset_files` into `folder`, which it creates, and return it."""
    for name, content in dataset_files(*args, **kwargs).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def write_zip(path: Path, files: Mapping[str, bytes], prefix: str = "") -> Path:
    """Write `files` into a zip at `path`, each name with `prefix` before it, and return the path."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(prefix + name, content)
    return path
