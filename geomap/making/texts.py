"""The texts of a new dataset: dataset.yaml, tables, guide, and GeoJSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date as Date
from typing import Any

import shapely

from geomap.check.meta import MAX_ID
from geomap.check.names import RESERVED_IDS
from geomap.making.ground import BEYOND, Bounds
from geomap.making.naming import slug
from geomap.starter import example

_META = """\
# What this dataset is, and how its map opens. README.md explains every key and file.
# Written by `geomap new`. What is marked with TODO is yours to fill in.
id: {id}
title: {title}  # TODO
# summary: one or two sentences for the page and for search engines  # TODO
# TODO: the days that your sources speak about. The map makes no claim about others.
period: {{start: {start}, end: {end}}}
date: {end}
timezone: UTC
languages: {languages}
licence: {{name: not chosen yet}}  # TODO: the terms under which others may use your data
attribution: {attribution}  # TODO: who published the boundaries
# accuracy: how exact the boundaries are, and what they leave out  # TODO
view:
  bounds: {bounds}
  min_zoom: {min_zoom}
  max_zoom: {max_zoom}  # lower it where your boundaries are no longer exact
"""
_ACTORS = """\
id,name,colour,colour:dark
actor-one,Actor One,#2a78b5,#4f9fdb
actor-two,Actor Two,#e08a2c,#f0a04b
"""
_SOURCES = """\
id,name,publisher,title,published,url,language,kind
example-source,,Example Gazette,An example to write over,{start},https://example.org/,en,news
"""
_CLAIMS = "event,region,kind,actor,date,since,part,source,locator,withdrawn,note\n"
_LEAD = """\
This folder is one dataset: who held which region on which day, and who says so. `geomap new` made it
from `{boundaries}`; what it did is written at the end. No source says anything yet, so each region is
shown as unknown. Write the ledger, and let `geomap check` tell you what does not fit:"""
_MADE = """\

## How this folder was made

The regions come from `{boundaries}`, layer `{layer}`{where}, in {crs}. They were brought into
longitude and latitude, rounded, and given common borders.

{notes}
Write here who published that file, under which licence, and where it can be had.

`context/` was cut from the world that geomap carries, {beyond:g} times the size of the first view
beyond each of its edges: see [context/README.md](context/README.md).
"""
_CONTEXT = """\
# Where the context comes from

| file | from | licence |
|---|---|---|
| `countries.geojson` | Natural Earth, 1:10m; the names: Unicode CLDR | public domain; Unicode License |
| `water.geojson` | Natural Earth, 1:10m; the sea is what the countries leave free | public domain |
| `towns.geojson` | GeoNames, towns of at least 15,000 inhabitants | CC BY 4.0: name GeoNames |
| `inset.geojson` | the same countries, and capitals | as above |

Lines are good to one or two kilometres. Natural Earth draws borders as they are held and not as they
are claimed, and GeoNames has one name for a town: look whether your readers would take either for a
position of yours, and change it. Names of towns in other languages go into `name:xx`; lakes have none.
"""


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What the texts tell: the folder's name, the boundary file, and what was decided."""

    folder: str
    boundaries: str
    layer: str
    crs: str
    where: str
    view: Bounds
    zooms: tuple[int, int]
    languages: tuple[str, ...]
    today: Date
    notes: tuple[str, ...]


def files(facts: Facts) -> dict[str, bytes]:
    """Return all files of a new dataset but regions and context, name to content."""
    start = facts.today.replace(month=1, day=1)
    meta = _META.format(
        id=_quoted(_id(facts.folder)),
        title=_quoted(f"{facts.folder}: who held which region, and who says so"),
        start=start,
        end=facts.today,
        languages=f"[{', '.join(facts.languages)}]",
        attribution=_quoted(
            f"Boundaries: {facts.boundaries}; countries and water: Natural Earth; towns: GeoNames"
        ),
        bounds=list(facts.view),
        min_zoom=facts.zooms[0],
        max_zoom=facts.zooms[1],
    )
    content = {
        "README.md": _guide(facts),
        "actors.csv": _ACTORS,
        "claims.csv": _CLAIMS,
        "context/README.md": _CONTEXT,
        "dataset.yaml": meta,
        "sources.csv": _SOURCES.format(start=start),
    }
    return {name: text.encode() for name, text in content.items()}


def _guide(facts: Facts) -> str:
    """Return the guide of the starting dataset, with a beginning and an end for this one."""
    heading, _, rest = example("README.md").decode().split("\n\n", 2)
    made = _MADE.format(
        boundaries=facts.boundaries,
        layer=facts.layer,
        where=f", where `{facts.where}`" if facts.where else "",
        crs=_system(facts.crs),
        notes="".join(f"- {note}\n" for note in facts.notes),
        beyond=BEYOND,
    )
    return "\n\n".join([heading, _LEAD.format(boundaries=facts.boundaries), rest]) + made


def _system(crs: str) -> str:
    """Return a coordinate reference system in a word: its code, else its name."""
    from pyproj import CRS

    system = CRS.from_user_input(crs)
    return crs if len(crs) < 20 else str(system.name)


def _id(folder: str) -> str:
    """Return a dataset's id after its folder's name."""
    name = slug(folder)[:MAX_ID].strip("-") or "map"
    return f"{name}-map" if name in RESERVED_IDS else name


def _quoted(text: str) -> str:
    """Return a text as YAML has it between quotation marks."""
    return json.dumps(text, ensure_ascii=False)


def geojson(rows: Iterable[tuple[Mapping[str, Any], shapely.Geometry]]) -> bytes:
    """Return features as GeoJSON, one position a line, so that differences are easy to read.

    One feature is written as such, several as a collection.
    """
    features = [
        '{"type": "Feature",\n"properties": '
        f"{json.dumps(dict(properties), ensure_ascii=False, indent=1)},\n"
        f'"geometry": {_positions(outline)}}}'
        for properties, outline in rows
    ]
    if len(features) == 1:
        return f"{features[0]}\n".encode()
    together = ",\n".join(features)
    return f'{{"type": "FeatureCollection", "features": [\n{together}\n]}}\n'.encode()


def _positions(outline: shapely.Geometry) -> str:
    return str(shapely.to_geojson(outline)).replace("],[", "],\n[")
