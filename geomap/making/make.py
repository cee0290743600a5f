"""A sound dataset from a boundary file, written whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date as Date
from pathlib import Path
from typing import Any

import numpy as np

from geomap.check.whole import build
from geomap.errors import BadSetting, DatasetError
from geomap.making import ground, outlines, texts
from geomap.making.naming import Group, choose_columns, group
from geomap.making.reading import Layer, geometries, read_layer
from geomap.starter import refuse_used, write_folder


@dataclass(frozen=True, kw_only=True)
class Choices:
    """What `geomap new` may be told about a boundary file; None is to guess, and say so.

    `names` are the columns of names by language, `languages` the codes that a map can be shown in.
    """

    layer: str | None = None
    where: str | None = None
    crs: str | None = None
    encoding: str | None = None
    id: str | None = None
    name: str | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    languages: Sequence[str] = ("en",)


@dataclass(frozen=True)
class Made:
    """What was written: the regions' ids, the files, and sentences about guesses and repairs."""

    regions: tuple[str, ...]
    files: tuple[str, ...]
    notes: tuple[str, ...]


def make_dataset(
    folder: str | os.PathLike[str],
    file: str | os.PathLike[str],
    choices: Choices | None = None,
    today: Date | None = None,
) -> Made:
    """Write a dataset into a new or empty folder, with regions from a vector file.

    Its period is the year of `today` up to that day. Raises BadSetting where the file or a choice
    cannot be followed, DatasetError where the result would not be sound, FolderInUse and CannotWrite
    as `write_starter`. Then nothing is written.
    """
    choices = choices or Choices()
    refuse_used(folder)
    layer = read_layer(file, choices.layer, choices.where, choices.encoding)
    groups, shapes, notes = _regions(layer, choices)
    spoken = {key.removeprefix("name:") for g in groups for key in g.properties if ":" in key}
    languages = [code for code in choices.languages if code != "en" and code in spoken]
    if silent := sorted({*choices.names} - {"en", *languages}):
        names = ", ".join(silent)
        notes.append(f"Names in {names} are kept, but geomap has no sentences in that language.")
    view = ground.view_of(shapes)
    if view[2] - view[0] > 180:
        notes.append(
            "The regions lie on both sides of the world, so the map opens on all of it; set "
            "view.bounds in dataset.yaml to show less first."
        )
    content = texts.files(
        texts.Facts(
            folder=Path(folder).absolute().name,
            boundaries=Path(file).name,
            layer=layer.name,
            crs=_crs(layer, choices),
            where=choices.where or "",
            view=view,
            zooms=ground.zooms_of(view),
            languages=("en", *languages),
            today=today or Date.today(),
            notes=tuple(notes),
        )
    )
    for one, shape in zip(groups, shapes, strict=True):
        content[f"regions/{one.id}.geojson"] = texts.geojson([(one.properties, shape)])
    for name, features in ground.ground(shapes, view, languages).items():
        rows = [(feature["properties"], feature["geometry"]) for feature in features]
        content[f"context/{name}"] = texts.geojson(rows)
    guides = ("README.md", "context/README.md")
    _, faults = build({name: content[name] for name in content if name not in guides}, set())
    if not all(fault.doubt for fault in faults):
        raise DatasetError(f"what {os.fspath(file)} would give", faults)
    files = write_folder(folder, content)
    return Made(tuple(one.id for one in groups), tuple(files), tuple(notes))


def _crs(layer: Layer, choices: Choices) -> str:
    if not (crs := choices.crs or layer.crs):
        message = "the file does not say its coordinate reference system; give it as EPSG:32638"
        raise BadSetting("--crs", message)
    return crs


def _regions(layer: Layer, choices: Choices) -> tuple[list[Group], np.ndarray[Any, Any], list[str]]:
    """Return the regions, their outlines in degrees, and sentences about what was done."""
    crs = _crs(layer, choices)
    columns, guesses = choose_columns(layer.columns, choices.id, choices.name, choices.names)
    labels = [
        f"{name or 'a feature without a name'} (feature {place})"
        for place, name in enumerate(layer.columns[columns.name], start=1)
    ]
    whole, repairs = outlines.whole_polygons(geometries(layer), labels)
    keep = [place for place, outline in enumerate(whole) if outline is not None]
    groups, joins = group(layer.columns, columns, keep)
    names = [str(one.properties["name"]) for one in groups]
    shapes = outlines.joined(whole, [one.features for one in groups])
    shapes = outlines.to_degrees(shapes, names, crs)
    shapes, changes = outlines.clean(shapes, names)
    return groups, shapes, [*layer.notes, *guesses, *repairs, *joins, *changes]
