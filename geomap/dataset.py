"""One dataset as a frozen value: opened from a folder or a zip of one, checked as a whole.

Whatever a dataset was opened from, its files become one mapping of name to bytes, and everything
downstream sees the same `Dataset`.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
from shapely.geometry import box

from geomap.bundle import META, TABLES, read_bundle
from geomap.errors import DatasetError, Fault, quoted
from geomap.features import read_features
from geomap.ledger import ACTORS, SOURCES, Ledger, read_ledger
from geomap.meta import Meta, Period, View, read_meta
from geomap.regions import read_context, read_regions

__all__ = ["Dataset", "Meta", "builtin_path", "check", "load", "open", "text_in"]

_WITHOUT_ID = (None, "type", "crs", "features", "id")
"""The columns of faults by which a region's id is not known, or not as it was meant."""


@dataclass(frozen=True, eq=False)
class Dataset:
    """One dataset: what dataset.yaml says, the ledger, and regions and context in EPSG:4326.

    `version` is a hash of every byte that it was read from; equal bytes give an equal version.
    """

    meta: Meta
    ledger: Ledger
    regions: gpd.GeoDataFrame
    context: gpd.GeoDataFrame
    version: str

    def __repr__(self) -> str:
        return (
            f"<Dataset {self.id}: {len(self.regions)} regions, {len(self.ledger.claims)} claims "
            f"by {len(self.ledger.sources)} sources, {self.period.start} to {self.period.end}>"
        )

    @property
    def id(self) -> str:
        """The dataset's name in addresses."""
        return self.meta.id

    @property
    def period(self) -> Period:
        """The days that the dataset speaks about."""
        return self.meta.period

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """What the map shows first: west, south, east, north in degrees."""
        if self.meta.view:
            return self.meta.view.bounds
        west, south, east, north = self.regions.total_bounds
        x, y = (east - west) * 0.15 + 1e-3, (north - south) * 0.15 + 1e-3
        return float(west - x), float(south - y), float(east + x), float(north + y)


def text_in(texts: dict[str, str], language: str) -> str:
    """Return a text in `language`, else in English, else as it was written."""
    for key in (language, "en", ""):
        if texts.get(key):
            return texts[key]
    return next(iter(texts.values()), "")


def builtin_path() -> Path:
    """Return the folder of the built-in dataset: inside the package, or beside it in a checkout."""
    here = Path(__file__).parent
    return next(p for p in (here / "data", here.parent / "data") if (p / META).is_file())


def open(source: str | os.PathLike[str] | None = None) -> Dataset:
    """Return the dataset in a folder or a zip of one; without argument the built-in dataset.

    Raises NotFound where there is nothing of that name, DatasetError with every fault where the
    dataset is not sound.
    """
    name = "built-in dataset" if source is None else os.fspath(source)
    dataset, faults = load(source)
    if dataset is None or faults:
        raise DatasetError(name, faults)
    return dataset


def check(source: str | os.PathLike[str] | None = None) -> list[Fault]:
    """Return every fault of a dataset, ordered by file and row; an empty list if it is sound."""
    return load(source)[1]


def load(source: str | os.PathLike[str] | None = None) -> tuple[Dataset | None, list[Fault]]:
    """Return the dataset as far as it can be read, and its faults. Raises NotFound."""
    files, faults = read_bundle(builtin_path() if source is None else source)
    if faults and not files:
        return None, faults
    dataset, found = _build(files, {fault.file for fault in faults})
    return (None if faults else dataset), _in_order([*faults, *found])


def _build(files: dict[str, bytes], unread: set[str]) -> tuple[Dataset | None, list[Fault]]:
    """Return the dataset that `files` (name to content) hold, if it can be built, and its faults.

    `unread` are the files that are there but not in `files`; that they are missing is no fault.
    """
    meta, faults = read_meta(files)
    regions, wrong = read_regions(files)
    faults += wrong
    context, wrong = read_context(files)
    faults += wrong
    ledger, wrong = read_ledger(files, _region_ids(files, regions, faults, unread))
    faults += wrong
    if any(name.startswith("regions/") for name in unread):
        unread = {*unread, "regions/"}
    faults = [fault for fault in faults if fault.file not in unread]
    if meta is not None:
        faults += _check_whole(meta, ledger, regions, unread | {fault.file for fault in faults})
        if meta.view and not any(fault.column == "view.bounds" for fault in faults):
            faults += _check_view(meta.view, regions)
    if meta is None or not len(regions):
        return None, faults
    return Dataset(meta, ledger, regions, context, _version(files)), faults


def _in_order(faults: list[Fault]) -> list[Fault]:
    order = {name: place for place, name in enumerate((META, *TABLES))}
    return sorted(faults, key=lambda f: (order.get(f.file, 9), f.file, f.row or 0))


def _region_ids(
    files: dict[str, bytes], regions: gpd.GeoDataFrame, faults: list[Fault], unread: set[str]
) -> set[str] | None:
    """Return the ids that claims may name; None where a mistake in the regions leaves them open.

    A region with another fault still has its id: one mistake is reported once.
    """
    wrong = [fault for fault in faults if fault.file.startswith("regions/")]
    open_ids = any(fault.column in _WITHOUT_ID for fault in wrong)
    if open_ids or any(name.startswith("regions/") for name in unread):
        return None
    broken = {fault.file: files[fault.file] for fault in wrong}
    found = {feature.text("id") for feature in read_features(broken, "regions/", [])}
    return found | set(regions["id"])


def _version(files: dict[str, bytes]) -> str:
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(f"{name}\0{len(files[name])}\0".encode() + files[name])
    return digest.hexdigest()[:16]


def _check_whole(
    meta: Meta, ledger: Ledger, regions: gpd.GeoDataFrame, unsound: set[str]
) -> list[Fault]:
    """Return the faults that show only between dataset.yaml, the ledger and the regions.

    What a table lacks because the file itself is `unsound` is not reported again.
    """
    faults: list[Fault] = []
    if SOURCES.file not in unsound:
        for number, milestone in enumerate(meta.milestones):
            if milestone.source not in ledger.sources:
                message = f"there is no source {quoted(milestone.source)}"
                faults.append(Fault(META, None, f"milestones.{number}.source", message))
    for region in regions[regions["lies_within"] != ""].itertuples():
        source, actor = region.lies_within_source, region.lies_within
        if SOURCES.file not in unsound and source not in ledger.sources:
            message = f"there is no source {quoted(source)}; say who says so"
            faults.append(Fault(region.file, None, "lies_within:source", message))
        if ACTORS.file not in unsound and actor not in ledger.actors:
            message = f"there is no actor {quoted(actor)}"
            faults.append(Fault(region.file, None, "lies_within", message))
    return faults


def _check_view(view: View, regions: gpd.GeoDataFrame) -> list[Fault]:
    """Return a fault for each region that the map's first view does not show at all."""
    shown = box(*view.bounds)
    faults = []
    for region in regions.itertuples():
        if not shown.intersects(region.geometry):
            west, south, east, north = region.geometry.bounds
            swapped = shown.intersects(box(south, west, north, east))
            hint = (
                "are longitude and latitude swapped?"
                if swapped
                else "correct it, or view.bounds in dataset.yaml"
            )
            message = f"lies outside the map's view; {hint}"
            faults.append(Fault(region.file, None, "geometry", message))
    return faults
