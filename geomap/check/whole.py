"""A dataset's files to one checked `Dataset`, and every fault of theirs."""

from __future__ import annotations

import hashlib
from itertools import islice

import geopandas as gpd
from shapely.geometry import box

from geomap.check.context import read_context, unknown_names
from geomap.check.crowds import crowded_regions
from geomap.check.features import read_features
from geomap.check.ledger import ACTORS, CLAIMS, SOURCES, read_ledger
from geomap.check.meta import read_meta
from geomap.check.names import CATALOGUES, META
from geomap.check.regions import read_regions
from geomap.check.suggest import Names
from geomap.check.workbooks import table_of, tables_as_csv, with_workbooks
from geomap.core.claims import Ledger
from geomap.core.dataset import Dataset
from geomap.core.doubts import contradicting_arrangements, contradicting_holders, parts_of_nothing
from geomap.core.events import resolve
from geomap.core.governments import renounced_without_claim
from geomap.core.meta import Meta, View
from geomap.errors import Fault, quoted
from geomap.fonts import missing_letters
from geomap.memory import collector_paused

MAX_PAIRS = 100
"""Doubts about pairs of events, of a kind: a ledger with more has one mistake in many places."""
_MOST_LETTERS = 8
_WITHOUT_ID = (None, "type", "crs", "features", "properties", "id")
"""The columns of faults by which a region's id is not known, or not as it was meant."""


def build(files: dict[str, bytes], unread: set[str]) -> tuple[Dataset | None, list[Fault]]:
    """Return the dataset that `files` (name to content) hold, if it can be built, and its faults.

    `unread` are files that exist but are not in `files`; that they are missing is no fault. Where
    there are faults, not only doubts, the dataset is what could be read of it.
    """
    version = _version(files)
    tables, unread_books = tables_as_csv(files)
    # Of a table whose workbook cannot be read, nothing is known.
    unknown = {table_of(fault.file) for fault in unread_books} - {*tables}
    with collector_paused():
        dataset, faults = _build(tables, unread | unknown, version)
    return (None if unread_books else dataset), [*unread_books, *with_workbooks(faults, files)]


def _build(
    files: dict[str, bytes], unread: set[str], version: str
) -> tuple[Dataset | None, list[Fault]]:
    """Return the dataset of `files` whose tables are all CSV, and its faults, as `build` does."""
    meta, faults = read_meta(files)
    regions, wrong = read_regions(files)
    faults += wrong
    context, wrong = read_context(files)
    faults += wrong
    names = dict(zip(regions["name"], regions["id"], strict=True))
    ledger, wrong = read_ledger(files, _region_ids(files, regions, faults, unread), names)
    faults += wrong
    if any(name.startswith("regions/") for name in unread):
        unread = {*unread, "regions/"}
    faults = [fault for fault in faults if fault.file not in unread]
    crowded = list(crowded_regions(ledger))
    faults += crowded or _doubts(ledger)
    if meta is not None:
        unsound = {fault.file for fault in faults if not fault.doubt}
        faults += _check_whole(meta, ledger, regions, unread | unsound)
        if not (unread | unsound) & {ACTORS.file, SOURCES.file}:
            faults += unknown_names(context, ledger)
        if meta.view and not any(fault.column == "view.bounds" for fault in faults):
            faults += _check_view(meta.view, regions)
    faults += _letters(meta, ledger, regions)
    if meta is None or not len(regions):
        return None, faults
    return Dataset(meta, ledger, regions, context, version, _catalogues(files)), faults


def _catalogues(files: dict[str, bytes]) -> dict[str, bytes]:
    """Return the dataset's own translations of geomap by language, as the files hold them."""
    return {
        name.removeprefix(CATALOGUES).removesuffix(".po"): content
        for name, content in files.items()
        if name.startswith(CATALOGUES)
    }


def _doubts(ledger: Ledger) -> list[Fault]:
    """Return a doubt for each pair of events that contradict each other, and for each lone part.

    Such a ledger is sound: the map shows both. But most often one of them is a slip.
    """
    if any(claim.source not in ledger.sources for claim in ledger.claims):
        return []
    events = resolve(ledger)
    doubts = [
        (
            later,
            f"gives the region to {quoted(later.actor)}, and event {quoted(event.id)} (row "
            f"{event.claims[0].row}) to {quoted(event.actor)}, at a time that may be the same; "
            "the map shows both and calls it unclear. Narrow a date if one came first",
        )
        for event, later in islice(contradicting_holders(events), MAX_PAIRS)
    ]
    doubts += [
        (
            later,
            f"agrees on another transfer than event {quoted(event.id)} (row "
            f"{event.claims[0].row}) from the same day on; the map shows both. Give the later one "
            "a later 'since'",
        )
        for event, later in islice(contradicting_arrangements(events), MAX_PAIRS)
    ]
    doubts += [
        (
            event,
            "is about a part, but no claim says who holds the whole region; add one",
        )
        for event in parts_of_nothing(events)
    ]
    doubts += [
        (
            event,
            f"gives up a claim of {quoted(event.actor)} that no row with kind 'claimed' makes "
            "before; add that row, or correct a date",
        )
        for event in renounced_without_claim(events)
    ]
    return [
        Fault(CLAIMS.file, event.claims[0].row, "event", message, doubt=True)
        for event, message in doubts
    ]


def _letters(meta: Meta | None, ledger: Ledger, regions: gpd.GeoDataFrame) -> list[Fault]:
    """Return a doubt for each name with letters that pictures cannot show.

    Names in a language that the dataset does not offer are in no picture.
    """
    offered = {"", *(meta.languages if meta else ())}
    named = [
        (region.file, None, "name" if key == "" else f"name:{key}", text)
        for region in regions.itertuples()
        for key, text in [("", region.name), *region.names.items()]
        if key.partition(":")[0] in offered
    ]
    named += [
        (ACTORS.file, None, f"name of {actor.id}", text)
        for actor in ledger.actors.values()
        for key, text in [("", actor.name), *actor.names.items()]
        if key.partition(":")[0] in offered
    ]
    named += [
        (META, None, f"title.{lang}", text) for lang, text in (meta.title if meta else {}).items()
    ]
    doubts = []
    for file, row, column, text in named:
        if missing := sorted(missing_letters(text)):
            letters = ", ".join(missing[:_MOST_LETTERS])
            message = (
                f"has letters that the fonts of pictures lack ({letters}): pictures show a box "
                "for each. The page shows them in the reader's own fonts"
            )
            doubts.append(Fault(file, row, column, message, doubt=True))
    return doubts


def _region_ids(
    files: dict[str, bytes], regions: gpd.GeoDataFrame, faults: list[Fault], unread: set[str]
) -> set[str] | None:
    """Return the ids that claims may name; None where a mistake in the regions leaves them open.

    A region with another fault still has its id: one mistake is reported once.
    """
    wrong = [fault for fault in faults if fault.file.startswith("regions/") and not fault.doubt]
    open_ids = any(fault.column in _WITHOUT_ID for fault in wrong)
    if open_ids or any(name.startswith("regions/") for name in unread):
        return None
    broken = {fault.file: files[fault.file] for fault in wrong}
    ids = {feature.text("id") for feature in read_features(broken, "regions/", [])}
    return ids | set(regions["id"])


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
    sources, actors = Names(ledger.sources), Names(ledger.actors)
    if SOURCES.file not in unsound:
        for number, milestone in enumerate(meta.milestones):
            if milestone.source not in ledger.sources:
                hint = sources.hint(milestone.source)
                message = f"there is no source {quoted(milestone.source)}; {hint}"
                column = f"milestones.{number}.source"
                faults.append(Fault(META, None, column, message, value=milestone.source))
    for region in regions[regions["lies_within"] != ""].itertuples():
        source, actor = region.lies_within_source, region.lies_within
        if SOURCES.file not in unsound and source not in ledger.sources:
            message = f"there is no source {quoted(source)}; say who says so"
            faults.append(Fault(region.file, None, "lies_within:source", message))
        if ACTORS.file not in unsound and actor not in ledger.actors:
            message = f"there is no actor {quoted(actor)}; {actors.hint(actor)}"
            faults.append(Fault(region.file, None, "lies_within", message, value=actor))
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
